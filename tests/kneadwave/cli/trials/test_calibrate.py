"""A calibration in virtual time, by a person who feels what the motors of a virtual cushion do."""

from datetime import timedelta
from random import Random

import pytest
from feelers import Feeler, other_motors
from people import cleared
from runs import agreed

from firmware_bridge.devices.calibration import ResponseCurve, load_responses
from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.play.session import Session
from kneadwave.cli.terminal.keys import Keys
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.trials import calibrate as calibrating
from kneadwave.cli.trials.calibrate import PLAUSIBLE, SHARE, Asked, calibrate, doubt, felt_profile
from kneadwave.config import Config
from kneadwave.devices import responses_path
from kneadwave.errors import NotCleared, UsageError
from kneadwave.people.gate import admit
from kneadwave.people.history import FELT_S, history
from kneadwave.people.ledger import read
from kneadwave.sessions.felt_test import Bench
from kneadwave.tuning.calibration.response_history import open_curves
from profiles.body import body_map
from profiles.rules.check import check
from simulator.cushion import VirtualCushion
from simulator.link import VirtualLink

URL = "/dev/cushion"
PAIR = ("thigh-r", "thigh-l")
FOUND = {"unsure": "", "start": 60, "hold": 40}


@pytest.fixture
def seat(monkeypatch, one_clock, wall):
    """A person on a cushion whose motors are as one says: `seat(thigh_r=(72, 50))` gives the person."""

    def sit(device="seat-pad-8", answering=True, **motors):
        description = load_device(device)
        person = Feeler(other_motors(place_device(description), **motors), one_clock)

        def link(url):
            made = VirtualLink(VirtualCushion(description, output=person, warm=True), one_clock)
            made.name = url
            person.opened(one_clock.now())
            return made

        told = calibrating.Teller.asked

        def asked(teller, actuator, number, part):
            person.asked(actuator, number, part)
            told(teller, actuator, number, part)

        monkeypatch.setattr("firmware_bridge.wire.link.SerialLink", link)
        monkeypatch.setattr("kneadwave.cli.trials.calibrate.MonotonicClock", lambda: one_clock)
        monkeypatch.setattr("kneadwave.cli.trials.calibrate.Random", lambda: Random(1))
        monkeypatch.setattr("kneadwave.cli.trials.calibrate.require_answers", lambda *_: None)
        monkeypatch.setattr("kneadwave.cli.terminal.prompts.somebody_there", lambda: True)
        monkeypatch.setattr("kneadwave.cli.terminal.prompts.confirm_on_terminal", lambda items: bool(items))
        monkeypatch.setattr(
            "kneadwave.cli.terminal.prompts.ask_yes_no", lambda question: answering and bool(question)
        )
        monkeypatch.setattr(calibrating.Teller, "asked", asked)
        monkeypatch.setattr(Keys, "waiting", lambda self: person.waiting())  # noqa: ARG005
        monkeypatch.setattr(Keys, "typed", lambda self: person.typed())  # noqa: ARG005
        cleared(now=wall())
        return person

    return sit


def asked(*actuators, device="seat-pad-8", **more):
    bench = Bench(device=URL, on=device, config=Config(), limit=more.pop("limit", 1.0))
    return Asked(device, bench, actuators, **more)


def curves(device="seat-pad-8"):
    found = load_responses(responses_path(device), load_device(device))
    return {} if found is None else dict(found.actuator)


def sittings():
    return history(read("me")).sittings


def test_eight_motors_in_one_sitting_within_three_minutes(seat, one_clock):
    true = {
        "thigh_r": (72, 50), "thigh_l": (48, 30), "buttock_r": (60, 40), "buttock_l": (66, 55),
        "back_r": (54, 36), "back_l": (80, 60), "shoulder_r": (62, 41), "shoulder_l": (58, 38),
    }  # fmt: skip
    person = seat(**true)
    calibrate(Output(), asked())
    assert one_clock.now() < 180
    assert person.moved_ms / 1000 <= FELT_S
    found = curves()
    for name, (start, hold) in true.items():
        curve = found[name.replace("_", "-")]
        assert abs(curve.start - start) <= 1
        assert hold - 1 <= curve.hold <= hold / 0.9 + 2
        assert (curve.exponent, curve.ceiling) == (0.5, 0.95)
    (sitting,) = sittings()
    assert (sitting.kind, sitting.profile, sitting.reason) == ("felt test", "calibration", "completed")
    assert sitting.seconds <= FELT_S


def test_no_drive_above_its_share_of_the_ceiling_even_for_a_person_who_feels_nothing(seat):
    person = seat()
    person.answers = False
    calibrate(Output(), asked("thigh-r", "back-l"))
    layout = place_device(load_device("seat-pad-8"))
    for actuator, spec, peak in zip(
        layout.actuators, layout.description.actuators, person.peak.tolist(), strict=True
    ):
        tried = actuator.id in ("thigh-r", "back-l")
        assert 60 < peak <= min(SHARE * spec.ceiling_drive, actuator.ceiling) if tried else peak == 0
    assert curves() == {}


@pytest.mark.parametrize("limit", [0.35, 0.8])
def test_a_limit_bounds_the_drives_and_shifts_no_measurement(seat, limit):
    person = seat(thigh_r=(66, 44))
    calibrate(Output(), asked("thigh-r", limit=limit))
    assert abs(curves()["thigh-r"].start - 66) <= 1
    assert person.peak.max() <= 255 * min(0.45, limit)


def test_more_than_a_sitting_holds_goes_on_in_a_fresh_one_through_the_gate(seat):
    seat("reference-cushion", upper_r=(14, 10))
    calibrate(Output(), asked(device="reference-cushion"))
    allowed = {actuator.id for actuator in place_device(load_device("reference-cushion")).allowed}
    assert set(curves("reference-cushion")) == allowed
    assert len(sittings()) == 2
    assert all(each.kind == "felt test" for each in sittings())
    assert all(each.seconds <= FELT_S for each in sittings())


def test_who_does_not_want_a_fresh_sitting_goes_on_later_where_it_was(seat, capsys):
    person = seat("reference-cushion", answering=False)
    calibrate(Output(), asked(device="reference-cushion"))
    first = set(curves("reference-cushion"))
    assert 0 < len(first) < 13
    assert "go on with: knead tune calibrate reference-cushion" in capsys.readouterr().out
    asks = len(person.asks)
    calibrate(Output(), asked(device="reference-cushion"))
    assert not first & {actuator for actuator, _ in person.asks[asks:]}
    assert set(curves("reference-cushion")) > first


def test_again_starts_anew_and_naming_measures_again(seat, capsys):
    person = seat()
    calibrate(Output(), asked("thigh-r"))
    calibrate(Output(), asked("thigh-r"))
    assert [part.value for name, part in person.asks].count("rising") == 2
    with open_curves(load_device("seat-pad-8")) as open_ones:
        for spec in open_ones.description.actuators:
            open_ones.measure(spec.id, first_felt=60, false_alarms=0, **FOUND)
    calibrate(Output(), asked())
    assert "every actuator is calibrated" in capsys.readouterr().out
    assert len(curves()) == 8
    calibrate(Output(), asked(again=True))
    assert [part.value for name, part in person.asks].count("rising") == 10


@pytest.mark.parametrize("key", ["q", "s", "\x1b", "\x04", "\x1a", "p"])
def test_an_ending_key_stops_at_once_and_what_was_found_stays(seat, one_clock, key):
    person = seat()
    person.press(27.0, key)
    calibrate(Output(), asked(*PAIR))
    assert one_clock.now() < 28.5
    assert person.last_ms / 1000 < 27.4
    assert set(curves()) == {"thigh-r"}
    assert sittings()[-1].reason == ("stopped for pain" if key == "p" else "stopped by a key")


def test_any_other_key_stops_the_stimulus_at_once(seat):
    person = seat()
    person.answers = False
    person.press(4.0, "x")
    person.press(4.5, "q")
    calibrate(Output(), asked("thigh-r"))
    # 250 ms are on their way to the device, the rest is the release.
    assert 3.0 < person.last_ms / 1000 < 4.35


def test_a_measurement_far_off_is_told_and_kept_only_when_asked_for(seat, capsys):
    seat(thigh_r=(17, 12))
    calibrate(Output(), asked("thigh-r"))
    said = capsys.readouterr().out
    assert "not kept: start 17 is far from the 60 of the description" in said
    assert "--accept" in said
    assert curves() == {}
    seat(thigh_r=(17, 12))
    calibrate(Output(), asked("thigh-r", accept=True))
    assert abs(curves()["thigh-r"].start - 17) <= 1


def test_a_start_above_the_ceiling_that_was_set_is_told_and_not_kept(seat, capsys):
    seat(thigh_r=(100, 70))
    with open_curves(load_device("seat-pad-8")) as open_ones:
        open_ones.change({"thigh-r": ResponseCurve(start=60, hold=40, exponent=0.5, ceiling=0.35)}, "by hand")
    calibrate(Output(), asked("thigh-r"))
    assert "not kept: it starts above its ceiling" in capsys.readouterr().out
    assert (curves()["thigh-r"].start, curves()["thigh-r"].ceiling) == (60, 0.35)


@pytest.mark.parametrize(
    ("start", "hold", "believed"),
    [(17, 12, False), (18, 12, True), (120, 80, True), (121, 80, False), (60, 11, False), (60, 12, True)],
)
def test_what_is_believed_lies_between_a_third_and_twice_what_is_described(start, hold, believed):
    spec = load_device("seat-pad-8").actuators[0]
    assert PLAUSIBLE == (0.3, 2.0)
    assert (doubt(spec, {"unsure": "", "start": start, "hold": hold}) == "") is believed


def test_an_unsure_answer_is_told_and_nothing_is_written(seat, capsys):
    person = seat()
    person.answers = False
    calibrate(Output(), asked("thigh-r"))
    said = capsys.readouterr().out
    assert "thigh-r: unsure, nothing was felt up to drive 11" in said
    assert not responses_path("seat-pad-8").exists()


def test_with_little_left_of_the_day_it_ends_in_time_and_hurries_nothing(seat, wall, monkeypatch):
    person, jumps = seat(thigh_r=(70, 46)), []
    with_it = Session.go_to
    monkeypatch.setattr(
        Session, "go_to", lambda self, at: (jumps.append(self.feed.position), with_it(self, at))
    )
    for _ in range(5):
        with admit("me", felt_profile(), wall(), confirmed=agreed(wall())) as sitting:
            sitting.begin("felt", URL, 58.0, wall())
            sitting.end("completed", 58.0, {}, wall() + timedelta(seconds=1))
            wall.start += timedelta(seconds=58)
    calibrate(Output(), asked())
    assert 0 < person.moved_ms / 1000 <= 10.6
    assert sittings()[-1].reason == "out of time"
    assert jumps == []
    assert abs(curves()["thigh-r"].start - 70) <= 1


def test_a_trial_on_sim_keeps_nothing(seat, capsys, monkeypatch):
    person = seat()
    monkeypatch.setattr("simulator.cushion.NoOutput", lambda: person)
    calibrate(Output(), Asked("seat-pad-8", Bench(device="sim:", on="seat-pad-8"), ("thigh-r",)))
    assert "60 → 60" in capsys.readouterr().out.replace("->", "→")
    assert not responses_path("seat-pad-8").exists()
    with open_curves(load_device("seat-pad-8")) as curves:
        assert curves.measured == {}
    assert sittings() == ()


def test_who_was_not_cleared_is_not_touched(seat, wall):
    person = seat()
    wall.start += timedelta(days=1)
    with pytest.raises(NotCleared):
        calibrate(Output(), asked(*PAIR))
    assert person.moved_ms == 0
    assert person.asks == []


def test_an_actuator_that_stays_off_is_not_tried(seat):
    seat("reference-cushion")
    with pytest.raises(UsageError, match="'spine' stays off"):
        calibrate(Output(), asked("spine", device="reference-cushion"))
    with pytest.raises(UsageError, match="no actuator 'spin'"):
        calibrate(Output(), asked("spin", device="reference-cushion"))


@pytest.mark.parametrize("device", ["seat-pad-8", "reference-cushion", "mat-64"])
def test_the_felt_test_passes_the_check_on_every_device_and_is_one(device, wall):
    profile, body = felt_profile(), body_map()
    found = check(profile, body, place_device(load_device(device)).places())
    assert [finding for finding in found if finding.severity == "error"] == []
    assert profile.duration_s == FELT_S
    cleared(now=wall())
    with admit("me", profile, wall(), confirmed=None) as sitting:
        assert sitting.clearance.allowed_s == FELT_S
