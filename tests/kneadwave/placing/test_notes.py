"""What was said is kept in a file that reads back to the same; a file that says otherwise is refused."""

import pytest

from firmware_bridge.errors import DeviceDescriptionError
from kneadwave.errors import UsageError
from kneadwave.placing.notes import (
    UNSAID,
    ChannelNote,
    Notes,
    answers_template,
    dump_notes,
    load_notes,
    note_of,
    save_notes,
)
from kneadwave.placing.places import NOT_CLEAR, Measured, Off, said, spot_of, zone_names
from profiles.technique import Mounting


def notes(**more):
    return Notes.model_validate({"schema": 1, "channels": 4, **more})


def test_notes_read_back_to_the_same(tmp_path):
    kept = notes(device='hf8:/dev/tty"\\ACM0\n', pulses=7, mounting="behind")
    for channel, text in enumerate(["9r", "85 -220", "n"]):
        kept = kept.with_note(channel, note_of(said(text), clear=channel == 0))
    save_notes(tmp_path / "new" / "pad.placing.toml", kept)
    assert load_notes(tmp_path / "new" / "pad.placing.toml") == kept
    assert kept.mounting is Mounting.BEHIND
    assert [kept.of(channel) is None for channel in range(4)] == [False, False, False, True]
    assert kept.with_note(1, None).of(1) is None


def test_where_a_channel_lies_follows_from_what_was_said():
    kept = notes(
        channel={
            "0": {"place": "thigh-right"},
            "1": {"place": "lumbar-left"},
            "2": {"place": "lumbar-left", "clear": True},
        }
    )
    assert kept.at(0) == spot_of("thigh-right")
    assert kept.at(1) == Off(NOT_CLEAR), "deny by default"
    assert kept.at(2) == spot_of("lumbar-left")
    assert kept.at(3) == Off(UNSAID)
    assert ChannelNote(x_mm=5, y_mm=6).at() == Measured(5, 6)
    assert ChannelNote(off="broken").at() == Off("broken")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("schema = 1\nchannels = 0\n", "channels"),
        ("schema = 1\nchannels = 65\n", "channels"),
        ("schema = 2\nchannels = 4\n", "schema"),
        ("schema = 1\nchannels = 4\npulses = -1\n", "pulses"),
        ("schema = 1\nchannels = 4\nchanels = 4\n", "did you mean"),
        ("schema = 1\nchannels = 4\nmounting = 'beside'\n", "mounting"),
        ("schema = 1\nchannels = 4\n[channel.4]\nplace = '9r'\n", "there are 4"),
        ("schema = 1\nchannels = 4\n[channel.first]\nplace = '9r'\n", "channel"),
        ("schema = 1\nchannels = 4\n[channel.0]\nplace = 'spine'\n", "says no place"),
        ("schema = 1\nchannels = 4\n[channel.0]\nplace = '9r'\noff = 'x'\n", "one of them"),
        ("schema = 1\nchannels = 4\n[channel.0]\nx_mm = 5\n", "both x_mm and y_mm"),
        ("schema = 1\nchannels = 4\n[channel.0]\nx_mm = 900\ny_mm = 0\n", "off the body"),
        ("schema = 1\nchannels = 4\n[channel.0]\nx_mm = 5.5\ny_mm = 0\n", "x_mm"),
        ("schema = 1\nchannels =\n", ""),
    ],
)
def test_a_file_that_says_anything_else_is_refused(tmp_path, text, words):
    path = tmp_path / "places.toml"
    path.write_text(text)
    with pytest.raises(DeviceDescriptionError) as refused:
        load_notes(path)
    assert words in f"{refused.value} {refused.value.hint}"
    assert str(path) in str(refused.value)


def test_the_template_is_a_file_that_places_nothing(tmp_path):
    path = tmp_path / "places.toml"
    path.write_text(answers_template(4, zone_names(), "do that"))
    empty = load_notes(path)
    assert empty.channels == 4
    assert [empty.at(channel) for channel in range(4)] == [Off(UNSAID)] * 4
    assert "neck, shoulder, upper-back, flank, lumbar, sacrum" in path.read_text()


def test_what_cannot_be_kept_is_told(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        save_notes(tmp_path / "taken" / "pad.placing.toml", notes())
    assert dump_notes(notes()).endswith("pulses = 0\n")
