"""`knead tune response` and `calibrate` as a caller meets them, and curves in use on a real device."""

import json

import pytest
from people import cleared

from firmware_bridge.devices.layout import Layout
from firmware_bridge.devices.load import load_device
from kneadwave.devices import responses_of, responses_path
from kneadwave.errors import Exit

SET = ("tune", "response", "reference-cushion", "lumbar-r", "start=70", "hold=50", "ceiling=60%")


def test_response_shows_what_is_described(knead):
    ended = knead("tune", "response", "seat-pad-8")
    head, *rows = ended.out.splitlines()
    assert head.split() == ["actuator", "start", "hold", "exponent", "ceiling"]
    assert rows[0].split() == ["thigh-r", "60", "40", "0.5", "95", "%", "as", "described"]
    assert len(rows) == 8


def test_response_shows_what_stays_off(knead):
    rows = knead("tune", "response", "reference-cushion").out.splitlines()
    assert [row.split()[0] for row in rows if row.endswith("off")] == ["kidney-r", "kidney-l", "spine"]


def test_response_sets_and_shows_the_change(knead):
    ended = knead(*SET)
    assert ended.code == Exit.DONE
    (row,) = ended.out.splitlines()[1:]
    assert row.split() == [
        "lumbar-r",
        "60",
        "→",
        "70",
        "40",
        "→",
        "50",
        "0.5",
        "80",
        "%",
        "→",
        "60",
        "%",
        "tuned",
    ]
    assert responses_of(load_device("reference-cushion")).actuator["lumbar-r"].start == 70


def test_response_as_json_has_both_curves(knead):
    knead(*SET)
    *events, end = knead("tune", "response", "reference-cushion", "--json").events
    tuned = {event["actuator"]: event["tuned"] for event in events if event["event"] == "response"}
    assert tuned["lumbar-r"] == {"start": 70, "hold": 50, "exponent": 0.5, "ceiling": 0.6}
    assert tuned["lumbar-l"] is None
    assert end["ok"]
    assert end["made"] == str(responses_of(load_device("reference-cushion")).made)


def test_response_undo_and_reset(knead):
    knead(*SET)
    assert "back to the version before" in knead("tune", "response", "reference-cushion", "--undo").out
    assert responses_of(load_device("reference-cushion")) is None
    knead(*SET)
    told = knead("tune", "response", "reference-cushion", "lumbar-r", "--reset").out
    assert told.startswith("lumbar-r is as described")
    told = knead("tune", "response", "reference-cushion", "--reset").out
    assert told.startswith("every actuator was as described")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("lumbar-r", "ceiling=81%"), Exit.INVALID, "a ceiling of 81% is above the 80% of the description"),
        (("lumbar-r", "start=20"), Exit.USAGE, "hold level 40 is above the start level 20"),
        (("lumbar-x", "start=70"), Exit.USAGE, "has no actuator 'lumbar-x'"),
        (("lumbar-r", "strat=70"), Exit.USAGE, "'strat=70' is no NAME=VALUE"),
        (("--undo",), Exit.INVALID, "there is nothing to undo"),
        (("lumbar-r", "--undo"), Exit.USAGE, "several changes at once"),
        (("lumbar-r", "start=70", "--reset"), Exit.USAGE, "several changes at once"),
    ],
)
def test_what_response_refuses_changes_nothing(knead, words, code, says):
    ended = knead("tune", "response", "reference-cushion", *words)
    assert ended.code == code
    assert "error: " in ended.err
    assert says in ended.err
    assert "hint: " in ended.err
    assert not responses_path("reference-cushion").exists()


def test_an_unknown_device_has_a_hint(knead):
    ended = knead("tune", "response", "seat-pad")
    assert ended.code == Exit.INVALID
    assert "did you mean 'seat-pad-8'?" in ended.err


def test_calibrate_asks_nobody_who_is_not_there(knead):
    ended = knead("tune", "calibrate", "seat-pad-8", "--device", "sim:")
    assert ended.code == Exit.USAGE
    assert "nobody sits at a terminal here" in ended.err
    assert "--control stdin" in ended.err
    assert "tune preview" not in ended.err, "which plays a step, and finds out nothing of a device"


@pytest.fixture
def layouts(monkeypatch):
    """The layouts of all sessions."""
    from firmware_bridge.play.session import Session

    seen: list[Layout] = []
    play = Session.play

    def noted(session):
        seen.append(session.layout)
        return play(session)

    monkeypatch.setattr(Session, "play", noted)
    return seen


def test_run_on_a_real_device_takes_the_curves_up_and_says_so(knead, port, wall, layouts):
    knead(*SET)
    made = responses_of(load_device("reference-cushion")).made
    cleared(now=wall())
    ended = knead("run", "felt-check", "--device", port.url)
    assert ended.code == Exit.DONE
    assert f"with the response curves of {made}" in ended.out.splitlines()
    (layout,) = layouts
    lumbar = next(actuator for actuator in layout.actuators if actuator.id == "lumbar-r")
    assert (lumbar.start, lumbar.hold, lumbar.ceiling) == (70, 50, 153)
    assert port.moved


def test_run_on_sim_and_simulate_do_not(knead, one_clock, layouts):  # noqa: ARG001
    knead(*SET)
    for words in (("run", "felt-check", "--device", "sim:"), ("simulate", "felt-check")):
        ended = knead(*words)
        assert ended.code == Exit.DONE
        assert "response curves" not in ended.out
    assert {layout.actuators[1].start for layout in layouts} == {60}


def test_run_tells_of_the_curves_as_json(knead, port, wall):
    knead(*SET)
    cleared(now=wall())
    (told,) = [
        event
        for event in knead("run", "felt-check", "--device", port.url, "--json").events
        if event["event"] == "responses"
    ]
    assert told["actuators"] == ["lumbar-r"]


def test_curves_that_are_amiss_move_nothing(knead, port, wall):
    knead(*SET)
    path = responses_path("reference-cushion")
    path.write_text(path.read_text(encoding="utf-8").replace("0.6", "0.9"), encoding="utf-8")
    cleared(now=wall())
    ended = knead("run", "felt-check", "--device", port.url)
    assert ended.code == Exit.INVALID
    assert "a ceiling of 90% is above the 80% of the description" in ended.err
    assert not port.moved
    assert json.loads(path.with_suffix(".history.jsonl").read_text(encoding="utf-8").splitlines()[0])


def test_curves_that_cannot_be_read_tell_how_to_do_without_them(knead):
    knead(*SET)
    path = responses_path("reference-cushion")
    path.write_text("schema = ", encoding="utf-8")
    ended = knead("tune", "response", "reference-cushion")
    assert ended.code == Exit.INVALID
    assert "take it away: the described curves count then" in ended.err
    path.unlink()
    assert knead("tune", "response", "reference-cushion").code == Exit.DONE
