"""The description that is written: whole, valid, and what was said; never over another file."""

import pytest

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from kneadwave.errors import UsageError
from kneadwave.placing.notes import UNSAID, Notes
from kneadwave.placing.places import NOT_CLEAR, spot_of, zone_names
from kneadwave.placing.written import description_of_notes, description_text, write_description


def notes(channels=4, **channel):
    said = {number.removeprefix("c"): note for number, note in channel.items()}
    return Notes.model_validate({"schema": 1, "channels": channels, "mounting": "on", "channel": said})


def test_it_loads_and_holds_what_was_said(tmp_path):
    said = notes(c0={"place": "thigh-right"}, c1={"x_mm": -85, "y_mm": -220}, c2={"off": "nothing felt"})
    path = tmp_path / "own" / "pad.toml"
    write_description(path, description_text("pad", said), force=False)
    device = load_device(path)
    assert device == description_of_notes("pad", said)
    assert (device.stops_by_itself, device.overall_ceiling, str(device.mounting)) == (False, 0.6, "on")
    layout = place_device(device)
    assert [each.id for each in layout.actuators] == ["thigh-r", "thigh-l", "channel-2", "channel-3"]
    assert [bool(each.excluded) for each in layout.actuators] == [False, False, True, True]
    spot = spot_of("thigh-right")
    assert (layout.actuators[0].x_mm, layout.actuators[0].y_mm) == (spot.x_mm, spot.y_mm)
    assert {each.ceiling for each in layout.allowed} <= set(range(154))
    assert "channel 2, off: nothing felt" in path.read_text()


def test_why_a_motor_stays_off_is_kept():
    said = notes(c0={"off": 'its wire\nis "torn"'}, c1={"place": "lumbar-left"}, c2={"place": "thigh-left"})
    layout = place_device(description_of_notes("pad", said))
    assert [each.excluded.partition(" (deny")[0] for each in layout.excluded] == [
        'its wire\nis "torn"',
        NOT_CLEAR,
        UNSAID,
    ]


def test_a_measured_place_over_the_spine_is_written_and_stays_off():
    layout = place_device(description_of_notes("pad", notes(c0={"x_mm": 0, "y_mm": 300})))
    assert "spine" in layout.actuators[0].excluded
    assert layout.allowed == []


@pytest.mark.parametrize("zone", zone_names())
def test_names_stay_names_however_many_lie_in_one_zone(zone):
    each = {f"c{n}": {"place": f"{zone}-left", "clear": True} for n in range(12)}
    device = description_of_notes("pad", notes(12, **each))
    assert len({spec.id for spec in device.actuators}) == 12


def test_sixty_four_channels_fit():
    each = {f"c{n}": {"place": "gluteal-left"} for n in range(32)}
    assert len(description_of_notes("pad", notes(64, **each)).actuators) == 64
    each |= {f"c{n}": {"place": "gluteal-left"} for n in range(64)}
    with pytest.raises(UsageError, match="payload bytes"):
        description_of_notes("pad", notes(64, **each))


def test_nothing_is_written_over_but_a_file_and_by_force(tmp_path):
    path, other = tmp_path / "pad.toml", tmp_path / "other.toml"
    text = description_text("pad", notes())
    other.write_text("kept")
    path.symlink_to(other)
    for force in (False, True):
        with pytest.raises(UsageError, match="is there already"):
            write_description(path, text, force=force)
    path.unlink()
    path.write_text("old")
    with pytest.raises(UsageError, match="is there already"):
        write_description(path, text, force=False)
    assert path.read_text() == "old"
    write_description(path, text, force=True)
    assert path.read_text() == text
    assert other.read_text() == "kept"
    assert sorted(tmp_path.glob("*pad*")) == [path]
    with pytest.raises(UsageError, match="cannot be written"):
        write_description(other / "pad.toml", text, force=False)
