"""What a session tells becomes the state of a cushion, and commands become controls, or are refused."""

from typing import Any

import pytest

from kneadwave.firmware import version
from kneadwave.firmware.version import VERSION
from kneadwave.mqtt.commands import ALWAYS, FRESH, Command
from kneadwave.mqtt.cushion import Cushion, Refused, ceilings_of, cushions_of
from kneadwave.sessions.snapshot import NOTES_MAX

SESSION = {"event": "session", "pid": 7, "profile": "relaxing-back", "devices": ["/dev/a"]}
OFFER = {"event": "offer", "profile": "relaxing-back", "seconds": 60.0, "minutes": 10.0, "intensity": 1.0}
START = {
    "event": "start",
    "profile": "relaxing-back",
    "port": "/dev/a",
    "excluded": [{"id": "x", "reason": "kidney"}],
}
PROGRESS = {"event": "progress", "t": 1.0, "left": 90.4, "phase": "playing", "intensity": 0.9}
PAUSED = {**PROGRESS, "phase": "paused"}
SUMMARY = {"event": "summary", "confirmed": True}
END = {"event": "end", "ok": True, "reason": "completed", "trips": 0, "confirmed": True}
NOW = 100.0


def cushion(*events: dict[str, Any], now: float = NOW, **fields: Any) -> Cushion:
    made = Cushion("a", "/dev/a", "A", present=True, **fields)
    for event in events:
        if event["event"] == "session":
            made.attached(event)
        else:
            made.take(event, now)
    return made


def does(made: Cushion, name: str, value: Any = None, now: float = NOW) -> list[dict[str, Any]]:
    return made.controls(Command(name, value), now)


@pytest.mark.parametrize(
    ("events", "word"),
    [
        ((), "at rest"),
        ((SESSION,), "starting"),
        ((SESSION, OFFER), "offered"),
        ((SESSION, OFFER, START), "playing"),
        ((SESSION, START, PAUSED), "paused"),
        ((SESSION, START, {**SUMMARY, "confirmed": False}), "not confirmed"),
        ((SESSION, START, SUMMARY, END), "at rest"),
    ],
)
def test_its_state_in_a_word(events: tuple[dict[str, Any], ...], word: str) -> None:
    told = cushion(*events).state(NOW)
    assert told["state"] == word
    assert told["playing"] is (word == "playing")
    assert told["offered"] is (word == "offered")
    assert told["problem"] is (word == "not confirmed")


def test_a_cushion_that_is_not_plugged_in_is_unavailable() -> None:
    assert Cushion("a", "/dev/a", "A").state(NOW)["state"] == "unavailable"


def test_an_offer_stands_for_its_time_alone() -> None:
    made = cushion(SESSION, OFFER)
    assert made.state(NOW + 59.9)["offered"]
    assert not made.state(NOW + 60.0)["offered"]


def test_what_it_tells_while_it_plays() -> None:
    told = cushion(SESSION, START, {"event": "step", "name": "feet"}, PROGRESS).state(NOW)
    shown = {key: told[key] for key in ("routine", "step", "left_s", "intensity_now", "actuators_off")}
    assert shown == {
        "routine": "relaxing-back",
        "step": "feet",
        "left_s": 90,
        "intensity_now": 90,
        "actuators_off": 1,
    }


def test_nobody_s_name_is_told_unless_it_is_wanted() -> None:
    whom = {"event": "recipient", "name": "me"}
    assert cushion(SESSION, whom).state(NOW)["recipient"] == ""
    assert cushion(SESSION, whom, names=True).state(NOW)["recipient"] == "me"
    assert cushion(names=True).state(NOW)["recipient"] == ""


def test_who_lies_there_is_known_to_the_end_however_many_notes_there_are() -> None:
    whom = {"event": "recipient", "name": "me"}
    notes = [{"event": "note", "kind": "limit", "text": str(number)} for number in range(NOTES_MAX)]
    made = cushion(SESSION, whom, START, *notes, names=True)
    assert made.state(NOW)["recipient"] == "me"
    made.detached()
    assert made.state(NOW)["recipient"] == ""
    made.attached(SESSION)
    assert made.state(NOW)["recipient"] == "", "nobody has told who it is now"


def test_what_happened_is_told_once() -> None:
    made = cushion(SESSION)
    happened = [made.take(event, NOW) for event in (OFFER, START, PROGRESS, SUMMARY, END)]
    assert [each and each["event_type"] for each in happened] == ["offered", "began", None, None, "ended"]


@pytest.mark.parametrize(
    ("end", "kind", "problem"),
    [
        ({"ok": True, "reason": "stopped by a key", "trips": 0}, "stopped", False),
        ({"ok": False, "reason": "tripped: x", "trips": 1, "error": "x"}, "tripped", True),
        ({"ok": False, "error": "the port is gone"}, "stopped", True),
        ({"ok": False, "reason": "stopped from outside", "error": "x"}, "stopped", False),
    ],
)
def test_how_it_ended(end: dict[str, Any], kind: str, problem: bool) -> None:
    made = cushion(SESSION, START)
    told = made.take({"event": "end", **end}, NOW)
    assert told is not None
    assert told["event_type"] == kind
    made.detached()
    state = made.state(NOW)
    assert (state["problem"], state["state"]) == (problem, "at rest")
    assert state["last_reason"]


def test_what_has_to_be_looked_after_is_in_the_state_until_the_next_session_begins() -> None:
    hurt = cushion(SESSION, START, {"event": "pain", "zone": "neck", "action": "eased"})
    assert (hurt.state(NOW)["pain"], hurt.state(NOW)["tripped"]) == ("neck", False)
    hurt.take(END | {"ok": False, "reason": "tripped: x", "trips": 1, "error": "x"}, NOW)
    hurt.detached()
    assert (hurt.state(NOW)["pain"], hurt.state(NOW)["tripped"]) == ("", True)
    hurt.attached(SESSION)
    hurt.take(START, NOW)
    assert hurt.state(NOW)["tripped"] is False


def test_the_ceiling_of_a_zone_is_that_of_its_strongest_actuator_that_may_move() -> None:
    told = [
        {"zone": "neck", "excluded": "", "ceiling_felt": 0.3012},
        {"zone": "neck", "excluded": "", "ceiling_felt": 0.4},
        {"zone": "neck", "excluded": "touches the spine", "ceiling_felt": 0.9},
        {"zone": "lumbar-left", "excluded": "", "ceiling_felt": 0.5008},
    ]
    assert ceilings_of(told) == {"lumbar-left": 50, "neck": 40}
    state = cushion(ceilings=ceilings_of(told)).state(NOW)
    assert (state["ceiling"], state["ceilings"]["neck"]) == (50, 40)
    assert cushion().state(NOW)["ceiling"] is None


def identity(model: str, firmware: int) -> dict[str, Any]:
    return {"event": "identity", "url": "/dev/a", "model": model, "firmware": firmware}


@pytest.mark.parametrize(
    ("model", "firmware", "latest"),
    [
        ("motor-cushion-16", VERSION, VERSION),
        ("motor-cushion-16", VERSION + 1, VERSION + 1),  # newer than what this package could build
        ("motor-cushion-16", 0, 0),  # a virtual one
        ("somebody-else-s", 7, 7),
    ],
)
def test_the_firmware_that_was_heard_is_told_and_the_newest_of_ours(
    model: str, firmware: int, latest: int
) -> None:
    made = cushion(SESSION, identity(model, firmware), START)
    told = made.state(NOW)
    assert told["firmware"] == firmware
    assert told["versions"] == {"installed_version": str(firmware), "latest_version": str(latest)}
    made.detached()
    assert made.state(NOW)["versions"] == told["versions"], "the last that was heard is kept"


def test_a_firmware_older_than_ours_has_an_update(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "VERSION", 3)
    told = cushion(SESSION, identity("motor-cushion-16", 1)).state(NOW)["versions"]
    assert told == {"installed_version": "1", "latest_version": "3"}


def test_before_a_device_was_heard_nothing_is_known_of_its_firmware() -> None:
    told = cushion(SESSION, START).state(NOW)
    assert (told["firmware"], told["versions"]) == (None, {})


def test_pain_is_told_with_its_zone() -> None:
    told = cushion(SESSION, START).take({"event": "pain", "zone": "neck", "action": "eased"}, NOW)
    assert told == {"event_type": "pain", "zone": "neck", "action": "eased"}


@pytest.mark.parametrize("name", sorted((ALWAYS | FRESH) - {"start", "routine", "minutes", "intensity"}))
def test_a_control_goes_to_the_session_there_is(name: str) -> None:
    assert does(cushion(SESSION, START), name) == [{"control": name}]
    with pytest.raises(Refused, match="nothing plays"):
        does(cushion(), name)


def test_what_was_refused_when_it_was_read_stays_so() -> None:
    with pytest.raises(Refused, match="old"):
        cushion(SESSION, START).controls(Command("louder", refused="old"), NOW)


@pytest.mark.parametrize(
    ("made", "now", "why"),
    [
        (cushion(SESSION, OFFER), NOW, "does not allow"),
        (cushion(allow_start=True), NOW, "nothing is offered"),
        (cushion(SESSION, allow_start=True), NOW, "nothing is offered"),
        (cushion(SESSION, OFFER, allow_start=True), NOW + 60.0, "nothing is offered"),
        (cushion(SESSION, OFFER, START, allow_start=True), NOW, "nothing is offered"),
    ],
)
def test_a_start_takes_up_an_offer_that_stands_and_nothing_else(made: Cushion, now: float, why: str) -> None:
    with pytest.raises(Refused, match=why):
        does(made, "start", now=now)


def test_a_start_begins_what_is_offered_with_what_was_wished() -> None:
    made = cushion(SESSION, OFFER, allow_start=True)
    assert does(made, "start") == [{"control": "begin", "intensity": 1.0}]
    assert does(made, "minutes", 8) == does(made, "intensity", 60) == []
    assert does(made, "start") == [{"control": "begin", "intensity": 0.6, "minutes": 8.0}]
    assert does(made, "routine", "neck") == []
    with pytest.raises(Refused, match="relaxing-back is offered"):
        does(made, "start")
    assert does(made, "routine", "relaxing-back") == []
    assert does(made, "start")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("minutes", 0),
        ("minutes", 21),
        ("minutes", "8"),
        ("minutes", True),
        ("intensity", 9),
        ("intensity", 101),
        ("intensity", None),
        ("routine", 3),
    ],
)
def test_a_wish_that_is_none_is_refused(name: str, value: Any) -> None:
    with pytest.raises(Refused):
        does(cushion(SESSION, OFFER, allow_start=True), name, value)


def test_an_intensity_is_reached_by_steps_that_the_session_limits() -> None:
    made = cushion(SESSION, START, PROGRESS)
    assert does(made, "intensity", 70) == [{"control": "softer"}] * 2
    assert does(made, "intensity", 100) == [{"control": "louder"}]
    assert does(made, "intensity", 90) == []


def test_cushions_are_called_by_their_serial_number_or_computer_and_port() -> None:
    one, other = cushions_of(["id:KW0001", "/dev/ttyACM0", "id:KW0001"])
    assert one.id == "kw0001"
    assert other.id.endswith("-ttyacm0")
    assert not one.allow_start


def test_a_device_at_rest_is_told_before_its_session_has_written_all_down() -> None:
    made = cushion(SESSION, START, PROGRESS)
    assert made.snapshot is not None
    made.snapshot.stop = "asked"
    rest = {"event": "state", "state": "stopped", "confirmed": True}
    assert made.take(rest, NOW) == {"event_type": "at_rest", "confirmed": True}
    assert made.state(NOW)["stop"] == "confirmed"
    assert made.state(NOW)["state"] == "at rest"
    assert made.take(rest, NOW) is None  # once


@pytest.mark.parametrize("said", [{"confirmed": False}, {}])
def test_a_device_that_does_not_say_so_is_not_at_rest(said: dict[str, Any]) -> None:
    made = cushion(SESSION, START, PROGRESS)
    assert made.snapshot is not None
    made.snapshot.stop = "asked"
    assert made.take({"event": "state", "state": "stopped", **said}, NOW) is None
    assert made.state(NOW)["stop"] == "asked"


def test_a_rest_that_nobody_asked_for_is_no_answer() -> None:
    made = cushion(SESSION, START, PROGRESS)
    assert made.take({"event": "state", "state": "done", "confirmed": True}, NOW) is None
