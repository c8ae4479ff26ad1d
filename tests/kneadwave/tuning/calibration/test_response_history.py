"""The response curves of a device under change: versions, undo, a file that is always whole."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from firmware_bridge.devices.calibration import ResponseCurve, load_responses
from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import DeviceDescriptionError
from kneadwave.devices import responses_folder, responses_of, responses_path
from kneadwave.errors import UsageError
from kneadwave.store.files import KeptFileError
from kneadwave.tuning.calibration.response_history import NothingToUndo, edited, open_curves
from kneadwave.tuning.journal import InUse

PAD = load_device("seat-pad-8")
START = datetime(2026, 3, 1, 18, 0, tzinfo=timezone(timedelta(hours=1)))


class Days:
    """Each look at the time is a day later."""

    def __init__(self):
        self.at = START

    def __call__(self):
        self.at += timedelta(days=1)
        return self.at


def curve(**values):
    return ResponseCurve(**{"start": 66, "hold": 48, "exponent": 0.5, "ceiling": 0.7, **values})


def file():
    path = responses_path("seat-pad-8")
    return path.read_text(encoding="utf-8") if path.exists() else None


def history():
    path = responses_path("seat-pad-8").with_suffix(".history.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_change_is_written_whole_with_its_day_and_read_back():
    with open_curves(PAD, lambda: START) as curves:
        assert curves.responses is None
        assert curves.curve("thigh-r").start == 60
        curves.change({"thigh-r": curve()}, "by hand")
        assert curves.curve("thigh-r") == curve()
    found = responses_of(PAD)
    assert found.made == START.date()
    assert found.actuator == {"thigh-r": curve()}
    assert file().startswith("# Response curves of the device 'seat-pad-8'")
    assert [path.name for path in responses_folder().iterdir() if path.name.startswith(".")] == []


def test_curves_stand_in_the_order_of_the_device_and_others_stay():
    with open_curves(PAD) as curves:
        curves.change({"back-l": curve()}, "one")
        curves.change({"thigh-l": curve(start=70)}, "two")
    assert list(responses_of(PAD).actuator) == ["thigh-l", "back-l"]


def test_undo_goes_back_version_by_version_to_identical_bytes():
    versions = [file()]
    with open_curves(PAD, Days()) as curves:
        for start in (61, 62, 63):
            curves.change({"thigh-r": curve(start=start)}, f"start {start}")
            versions.append(file())
    for before in reversed(versions[:-1]):
        with open_curves(PAD, Days()) as curves:
            curves.undo()
        assert file() == before
    with pytest.raises(NothingToUndo), open_curves(PAD) as curves:
        curves.undo()
    assert [line["event"] for line in history()] == ["saved"] * 3 + ["undone"] * 3


def test_reset_of_one_and_of_all():
    with open_curves(PAD) as curves:
        curves.change({"thigh-r": curve(), "back-l": curve()}, "both")
        assert curves.reset("thigh-r")
        assert not curves.reset("thigh-r")
        assert list(responses_of(PAD).actuator) == ["back-l"]
        assert curves.reset()
        assert file() is None
        assert not curves.reset()
        curves.undo()
    assert list(responses_of(PAD).actuator) == ["back-l"]


def test_what_somebody_else_wrote_into_the_file_can_be_undone_too():
    with open_curves(PAD) as curves:
        curves.change({"thigh-r": curve()}, "ours")
    ours = file()
    responses_path("seat-pad-8").write_text(ours.replace("start = 66", "start = 77"), encoding="utf-8")
    with open_curves(PAD) as curves:
        assert curves.curve("thigh-r").start == 77
        curves.undo()
    assert file() == ours


def test_a_change_that_was_noted_but_not_written_is_no_change(monkeypatch):
    with open_curves(PAD) as curves:
        curves.change({"thigh-r": curve()}, "first")
        before = file()
        with monkeypatch.context() as patched:
            patched.setattr("kneadwave.tuning.calibration.response_history.write_whole", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                curves.change({"thigh-r": curve(start=70)}, "killed here")
    assert file() == before
    with open_curves(PAD) as curves:
        assert curves.curve("thigh-r").start == 66


def test_a_ceiling_above_the_described_one_changes_nothing():
    with open_curves(PAD) as curves, pytest.raises(DeviceDescriptionError, match="95% of the description"):
        curves.change({"thigh-r": curve(ceiling=0.96)}, "too high")
    assert file() is None
    assert history() == []


def test_two_at_once_are_not_let_in():
    with open_curves(PAD), pytest.raises(InUse), open_curves(PAD):
        raise AssertionError


def test_a_history_that_was_changed_is_told_and_nothing_is_written():
    with open_curves(PAD) as curves:
        curves.change({"thigh-r": curve()}, "first")
        curves.change({"thigh-r": curve(start=70)}, "second")
    before, path = file(), responses_path("seat-pad-8").with_suffix(".history.jsonl")
    path.write_text(path.read_text(encoding="utf-8").replace("first", "worst"), encoding="utf-8")
    with pytest.raises(KeptFileError, match="line 1 was damaged"), open_curves(PAD):
        raise AssertionError
    assert file() == before


def test_measurements_outlast_the_process_and_are_written_once():
    found = {"start": 66, "hold": 48, "unsure": ""}
    with open_curves(PAD) as curves:
        curves.measure("thigh-r", **found)
        curves.measure("thigh-l", **found)
        assert curves.fresh == {"thigh-r", "thigh-l"}
    with open_curves(PAD) as curves:
        assert curves.fresh == set()
        assert curves.unwritten == ["thigh-r", "thigh-l"]
        curves.change({"thigh-r": curve()}, "calibrated thigh-r", calibrated=["thigh-r"])
        assert curves.unwritten == ["thigh-l"]
        assert set(curves.measured) == {"thigh-r", "thigh-l"}
        curves.measure("thigh-r", **found)
        assert curves.unwritten == ["thigh-r", "thigh-l"] or curves.unwritten == ["thigh-l", "thigh-r"]
        curves.begin_anew()
        assert (curves.measured, curves.unwritten) == ({}, [])


def test_words_change_a_curve():
    assert edited(curve(), ["start=70", "ceiling=60%", "exponent=1"]) == curve(
        start=70, ceiling=0.6, exponent=1.0
    )
    assert edited(curve(), []) == curve()


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("start", "is no NAME=VALUE"),
        ("stop=1", "is no NAME=VALUE"),
        ("start=6.5", "start=6.5: this is not a drive"),
        ("ceiling=much", "this is not a number"),
        ("start=255", "start: "),
        ("hold=67", "hold level 67 is above the start level 66"),
        ("ceiling=10%", "below the start level 66"),
        ("exponent=nan", "exponent: "),
    ],
)
def test_a_word_that_is_none_is_refused(word, says):
    with pytest.raises(UsageError, match=says):
        edited(curve(), [word])


def test_the_file_is_that_of_the_device_alone():
    with open_curves(PAD) as curves:
        curves.change({"thigh-r": curve()}, "ours")
    assert load_responses(responses_path("mat-64")) is None
    assert responses_of(load_device("mat-64")) is None


def test_a_measurement_whose_curve_never_came_to_the_disk_is_still_to_be_written(monkeypatch):
    with open_curves(PAD) as curves:
        curves.change({"thigh-l": curve()}, "by hand")
        curves.measure("thigh-r", start=66, hold=48, unsure="")
        with monkeypatch.context() as patched:
            patched.setattr("kneadwave.tuning.calibration.response_history.write_whole", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                curves.change({"thigh-r": curve()}, "calibrated thigh-r", calibrated=["thigh-r"])
    with open_curves(PAD) as curves:
        assert curves.unwritten == ["thigh-r"]
        curves.change({"thigh-r": curve()}, "calibrated thigh-r", calibrated=["thigh-r"])
    with open_curves(PAD) as curves:
        assert curves.unwritten == []
        curves.undo()
        assert set(curves.responses.actuator) == {"thigh-l"}
