"""An evening at the terminal: set, shift, smooth, undo, redo, diff, save on a profile full of comments."""

import pytest
from tuned import COMMENTED

from profiles.profile import parse
from profiles.rules.check import check

TUNED = (
    "  [0,    0.50], # settles\n"
    "  [0.25, 0.70], # awake\n"
    "  # from here on as it is\n"
    "  [0.6,  0.90],\n"
    "  [1,    1.00], # and over\n"
)


@pytest.fixture
def tune(knead, tmp_path):
    (tmp_path / "evening.toml").write_bytes(COMMENTED.encode())

    def call(verb, *words):
        ended = knead("tune", verb, "evening.toml", *words)
        assert ended.code == 0, ended.err
        return ended.out

    return call


def test_every_line_that_is_not_tuned_stays_to_the_letter(tune, tmp_path):
    path = tmp_path / "evening.toml"
    tune("set", "strokes", "40%=0.75")
    tune("shift", "strokes", "-5%")
    before = tune("diff")
    tune("smooth", "strokes")
    smoothed = tune("diff")
    assert smoothed != before
    tune("undo")
    assert tune("diff") == before
    tune("redo")
    assert tune("diff") == smoothed
    tune("undo")
    assert path.read_bytes() == COMMENTED.encode()
    saved = tune("save")
    assert saved == before + "saved to evening.toml\n"
    expected = (
        "  [0,    0.45], # settles\n"
        "  [0.25, 0.65], # awake\n"
        "  [0.40, 0.70],\n"
        "  # from here on as it is\n"
        "  [0.6,  0.85],\n"
        "  [1,    0.95], # and over\n"
    )
    assert TUNED in COMMENTED
    assert path.read_bytes() == COMMENTED.replace(TUNED, expected).encode()
    assert not any(found.severity == "error" for found in check(parse(path.read_text(encoding="utf-8"))))


def test_a_curve_on_one_line_a_preset_and_a_number_change_where_they_stand(tune, tmp_path):
    tune("scale", "kneading", "90%")
    tune("preset", "closing", "rise")
    tune("rate", "kneading", "40")
    tune("number", "strokes", "level", "0.25")
    tune("save")
    expected = (
        COMMENTED.replace(
            "points = [[0, 0.5], [40, 1.0], [80, 1.0], [120, 0.6]]",
            "points = [[0, 0.45], [40, 0.9], [80, 0.9], [120, 0.54]]",
        )
        .replace('"hold" #', '"rise" #')
        .replace("rate_cpm = 36", "rate_cpm = 40")
        .replace("level = 0.28", "level = 0.25")
    )
    assert (tmp_path / "evening.toml").read_bytes() == expected.encode()


def test_an_edit_that_the_check_calls_an_error_leaves_file_and_history_alone(tune, knead, tmp_path):
    tune("set", "strokes", "0.8=0.95")
    history = tune("history")
    ended = knead("tune", "number", "evening.toml", "2", "level", "0.9")
    assert ended.code == 3
    assert ended.out == ""
    assert "rule" in ended.err
    assert tune("history") == history
    assert (tmp_path / "evening.toml").read_bytes() == COMMENTED.encode()


def test_a_shipped_profile_is_tuned_into_a_copy(knead, tmp_path):
    for words in (("set", "relaxing-back", "8", "40%=0.9"), ("smooth", "relaxing-back", "8")):
        assert knead("tune", *words).code == 0
    assert knead("tune", "save", "relaxing-back", "--as", "evening").code == 0
    assert knead("tune", "diff", "relaxing-back").out == "there is nothing to save\n"
    assert knead("profile", "check", "evening.toml").code == 0
    assert "[0.4, 0.8667]" in (tmp_path / "evening.toml").read_text(encoding="utf-8")
