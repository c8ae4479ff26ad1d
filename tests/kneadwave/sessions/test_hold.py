"""`knead set`: one level in one zone for some seconds, on a cushion in this process and in virtual time."""

from collections.abc import Callable
from typing import Any

import pytest
from people import cleared

from firmware_bridge.devices.load import load_device, place_device
from kneadwave.cli.set import complete_zone
from kneadwave.errors import Exit, UsageError
from kneadwave.people.history import sessions
from kneadwave.people.ledger import read
from kneadwave.sessions.hold import level_from, seconds_from

Knead = Callable[..., Any]
SIM = ("--device", "sim:")

pytestmark = pytest.mark.usefixtures("one_clock")


def test_a_zone_is_held_at_a_level_and_told_as_it_is_felt(knead: Knead) -> None:
    ended = knead("set", "lumbar", "40%", "--for", "5s", *SIM)
    assert ended.code == 0
    first, last = ended.out.splitlines()
    assert first == "lumbar at 40% for 5 s: lumbar-r, lumbar-l; any key stops"
    assert last.startswith("completed; the device is at rest after 0:0")
    events = knead("set", "lumbar", "0.4", "--for", "5", *SIM, "--json").events
    held = next(event for event in events if event["event"] == "hold")
    assert held == {
        "event": "hold",
        "zone": "lumbar",
        "level": 0.4,
        "felt": pytest.approx(0.4, abs=0.01),
        "seconds": 5.0,
        "actuators": ["lumbar-r", "lumbar-l"],
    }
    levels = {event["t"]: event["level"] for event in events if event["event"] == "progress"}
    assert max(levels.values()) == pytest.approx(0.4, abs=0.01)
    assert all(level == pytest.approx(0.4, abs=0.01) for t, level in levels.items() if 1.2 < t < 3.9)
    assert min(level for t, level in levels.items() if t < 0.5) < 0.3
    assert events[-1] == {"event": "end", "ok": True, "trips": 0, "reason": "completed", "confirmed": True}


def test_one_side_and_every_kind_of_actuator_there(knead: Knead) -> None:
    layout = place_device(load_device("reference-cushion"))
    wanted = [actuator.id for actuator in layout.allowed if actuator.zone == "shoulder-left"]
    events = knead("set", "shoulder-left", "20%", "--for", "1s", *SIM, "--json").events
    assert next(event for event in events if event["event"] == "hold")["actuators"] == wanted


def test_limits_hold_it_lower_and_that_is_said(knead: Knead) -> None:
    ended = knead("set", "lumbar", "40%", "--for", "1s", *SIM, "--limit", "20%")
    assert "note: limits hold it at 20% instead of 40%" in ended.err
    assert "lumbar at 20% for 1 s" in ended.out


@pytest.mark.parametrize(("limit", "felt"), [(30, 0.3), (39, 0.39), (41, 0.4), (100, 0.4)])
def test_a_limit_is_the_most_and_scales_nothing(knead: Knead, limit: int, felt: float) -> None:
    events = knead("set", "lumbar", "40%", "--for", "1s", *SIM, "--limit", f"{limit}%", "--json").events
    held = next(event for event in events if event["event"] == "hold")
    assert held["felt"] == pytest.approx(felt, abs=0.01)
    strongest = max(event["level"] for event in events if event["event"] == "progress")
    assert strongest == pytest.approx(felt, abs=0.01)


@pytest.mark.parametrize(
    ("words", "code", "cause", "hint"),
    [
        (("lumbar", "51%"), Exit.INVALID, "above the ceiling of the zone 'lumbar', 50% (rule 246)", "50%"),
        (("spine", "20%"), Exit.INVALID, "excluded zone: spinal column, C1 to L5", "beside it"),
        (("kidney", "20%"), Exit.INVALID, "excluded zone", "beside it"),
        (("lumbr", "20%"), Exit.INVALID, "no zone 'lumbr'", "did you mean 'lumbar'"),
        (("neck", "20%"), Exit.INVALID, "reaches nothing in neck", "the zones that it works on: flank-left"),
        (("lumbar", "0"), Exit.USAGE, "'0' is no level", "from 2% to 100%"),
        (("lumbar", "nan"), Exit.USAGE, "'nan' is no level", "from 2% to 100%"),
        (("lumbar", "loud"), Exit.USAGE, "'loud' is no level", "as 40% or 0.4"),
    ],
)
def test_what_cannot_be_held_is_refused(
    knead: Knead, words: tuple[str, str], code: Exit, cause: str, hint: str
) -> None:
    ended = knead("set", *words, "--for", "1s", *SIM, "--json")
    assert ended.code == code
    assert cause in ended.events[-1]["error"]
    assert hint in ended.events[-1]["hint"]


def test_a_zone_beside_which_something_lies_is_not_held_by_it(knead: Knead) -> None:
    ended = knead("set", "sacrum-left", "20%", "--for", "1s", *SIM)
    assert ended.code == Exit.INVALID
    assert "reference-cushion drives nothing in sacrum-left" in ended.err
    assert "the zones that it works on: flank-left" in ended.err
    assert "completed" not in ended.out


def test_the_shell_completes_zones_of_one_side_and_of_both() -> None:
    assert complete_zone("lum") == ["lumbar", "lumbar-left", "lumbar-right"]
    assert complete_zone("spine") == []


def test_the_length_is_a_must_and_has_bounds(knead: Knead) -> None:
    assert knead("set", "lumbar", "40%", *SIM).code == Exit.USAGE
    for word in ("0.4s", "10.1s", "nan", "", "long", "-5"):
        with pytest.raises(UsageError, match="no length of a hold"):
            seconds_from(word)
    assert [seconds_from(word) for word in ("0.5s", "10", " 5S ")] == [0.5, 10.0, 5.0]
    assert [level_from(word) for word in ("2%", "0.4", " 100% ")] == [0.02, 0.4, 1.0]


def test_on_a_device_it_is_a_felt_test_of_somebody(
    knead: Knead, port: Any, wall: Any, press: Callable[[float, str], None], one_clock: Any
) -> None:
    assert knead("set", "lumbar", "40%", "--for", "5s", "--device", "/dev/cushion").code == Exit.STOPPED
    assert port.opened == 0
    cleared("me", now=wall())
    press(one_clock.now() + 2.0, "other")
    ended = knead("set", "lumbar", "40%", "--for", "5s", "--device", "/dev/cushion", "--json")
    assert ended.code == 0
    assert ended.events[-1]["reason"] == "stopped by a key"
    (sitting,) = sessions(read("me"))
    assert (sitting.kind, sitting.profile) == ("felt test", "set-lumbar")
    assert set(sitting.zones) == {"lumbar-left", "lumbar-right"}
    assert 0.5 < sitting.seconds < 3.0


def test_ten_seconds_end_within_what_a_point_bears(knead: Knead) -> None:
    ended = knead("set", "upper-back", "50%", "--for", "10s", *SIM, "--json")
    assert ended.code == 0
    assert ended.events[-1]["trips"] == 0
