"""Felt tests of somebody: checked, past the gate, in the ledger, within the limits, stopped from outside."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from felt import Always, Noting, Scripted, stroke
from people import cleared, make_recipient, screened

from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.play.ending import EndReason
from kneadwave.cli.live_session import feel, require_answers
from kneadwave.cli.terminal.output import Output
from kneadwave.config import Config
from kneadwave.devices import port_of
from kneadwave.errors import Interrupted, NotCleared, NotPlayable, StoppedOutside, UsageError
from kneadwave.people.allowance import LEAST_S
from kneadwave.people.history import FELT_DAY_S, FELT_S, sessions
from kneadwave.people.ledger import read
from kneadwave.people.recipient import load
from kneadwave.sessions.felt_test import IDLE_MAX_S, Bench, Felt, FeltTest, Procedure
from kneadwave.sessions.registry import find
from profiles.profile import Profile
from simulator.clock import VirtualClock

Press = Callable[[float, str], None]
WIDTH = len(load_device("reference-cushion").actuators)
CUSHION = Bench(device="/dev/cushion")
SIM = Bench(device="sim:")


@pytest.fixture
def me(wall: Any) -> Any:
    cleared("me", now=wall())
    return wall


def felt(
    bench: Bench = CUSHION, profile: Profile | None = None, procedure: Procedure | None = None, **more: Any
) -> Felt:
    return feel(Output(), bench, FeltTest(profile or stroke(), **more), procedure or Procedure())


@pytest.mark.usefixtures("me")
def test_it_is_written_down_as_a_felt_test(port: Any, press: Press, wall: Any) -> None:
    assert felt() == Felt("completed", True, 10.0)
    screened("me", now=wall())
    press(30.0, "other")
    ended = felt(profile=stroke(seconds=50.0))
    assert (ended.reason, ended.completed) == (EndReason.BY_KEY, False)
    done, stopped = sessions(read("me"))
    assert (done.kind, done.profile, done.device, done.reason) == (
        "felt test",
        "stroke",
        "/dev/cushion",
        "completed",
    )
    assert 8.0 < done.seconds < 11.0
    assert done.zones["lumbar-left"].peak > 0.0
    assert stopped.reason == EndReason.BY_KEY
    assert port.opened == 2


def test_without_a_person_or_the_list_nothing_is_opened(port: Any, wall: Any) -> None:
    with pytest.raises(NotCleared, match="no recipient yet"):
        felt()
    make_recipient("me")
    with pytest.raises(NotCleared, match="not asked today"):
        felt()
    screened("me", now=wall())
    assert port.opened == 0
    felt()
    with pytest.raises(NotCleared, match="not confirmed"):  # each run needs the list anew
        felt()
    assert port.opened == 1


def test_five_minutes_a_day_and_no_more(port: Any, wall: Any) -> None:
    cleared("me", now=wall())
    for _ in range(20):
        screened("me", now=wall())
        if sum(sitting.seconds for sitting in sessions(read("me"))) > FELT_DAY_S - LEAST_S:
            break
        felt(profile=stroke(seconds=60.0))
    with pytest.raises(NotCleared, match="felt tests of five minutes a day"):
        felt(profile=stroke(seconds=60.0))
    assert sum(sitting.seconds for sitting in sessions(read("me"))) <= FELT_DAY_S
    assert {sitting.kind for sitting in sessions(read("me"))} == {"felt test"}
    assert port.opened < 10


@pytest.mark.usefixtures("me", "port")
def test_a_test_that_may_rest_moves_for_a_minute_all_the_same(wall: Any) -> None:
    class Waving:
        """Moves for two seconds in three."""

        def render(self, start: int, count: int) -> Any:
            wave = Always(WIDTH, 0.2).render(start, count)
            on = (start + np.arange(count)) % 150 < 100
            return replace(wave, level=wave.level * on[:, None])

    began = wall()
    ended = felt(profile=stroke(seconds=60.0), sampler=lambda layout: Waving(), idle_s=1000.0)  # noqa: ARG005
    assert (ended.reason, ended.completed) == (EndReason.TIME_OVER, False)
    (sitting,) = sessions(read("me"))
    assert sitting.kind == "felt test"
    assert FELT_S - 2.0 < sitting.seconds <= FELT_S
    assert 80.0 < (wall() - began).total_seconds() < 104.0  # rests between spans of ten seconds included


@pytest.mark.usefixtures("me", "port")
def test_rests_are_bounded_too_and_nothing_rests_without_a_sampler(wall: Any) -> None:
    began = wall()
    felt(profile=stroke(seconds=10.0), sampler=lambda layout: Always(WIDTH, 0.0), idle_s=1000.0)  # noqa: ARG005
    assert (wall() - began).total_seconds() < FELT_S + IDLE_MAX_S
    screened("me", now=wall())
    began = wall()
    felt(profile=stroke(seconds=10.0), idle_s=1000.0)
    assert (wall() - began).total_seconds() < 12.0


def test_a_limit_of_the_person_the_option_and_the_config_all_count(me: Any, port: Any) -> None:
    cleared("me", now=me(), sensitivity="sensitive")

    class Look(Procedure):
        def began(self, session: Any) -> None:
            intensities.append((session.feed.intensity, session.most))

    intensities: list[tuple[float, float]] = []
    felt(replace(CUSHION, limit=0.8, config=Config(limit=0.6)), procedure=Look())
    assert intensities == [(load("me").limit, 0.6)]
    assert load("me").limit < 1.0
    assert port.moved


@pytest.mark.usefixtures("port")
def test_a_zone_that_hurts_is_lowered_for_samplers_too(me: Any) -> None:
    cleared("me", now=me(), pain={"lumbar": 4})
    ceilings: dict[str, int] = {}

    def sampler(layout: Any) -> Always:
        ceilings.update({actuator.id: actuator.ceiling for actuator in layout.actuators})
        return Always(len(layout.actuators), 1.0)

    felt(sampler=sampler)
    plain = {a.id: a.ceiling for a in place_device(load_device("reference-cushion")).actuators}
    assert ceilings["lumbar-r"] < plain["lumbar-r"]
    assert ceilings["upper-r"] == plain["upper-r"]


def test_the_check_refuses_before_anybody_is_asked(port: Any) -> None:
    from profiles.files.load import from_data

    steps = [
        {"name": n, "technique": t, "zones": ["lumbar"], "duration_s": 5, "level": 0.3}
        for n, t in (
            ("a", {"kind": "stroking"}),
            ("b", {"kind": "kneading", "rate_cpm": 61}),
            ("c", {"kind": "stroking"}),
        )
    ]
    fast = from_data({"schema": 1, "name": "fast", "audience": "test", "step": steps})
    with pytest.raises(NotPlayable, match="61 kneading cycles"):
        felt(profile=fast)
    assert port.opened == 0


@pytest.mark.parametrize(
    "profile", [stroke(seconds=60.5), stroke(audience="quick"), stroke(seconds=120.0, audience="any")]
)
def test_what_is_no_felt_test_is_refused(port: Any, profile: Profile) -> None:
    with pytest.raises(NotPlayable, match="no felt test"):
        felt(profile=profile)
    assert port.opened == 0


@pytest.mark.usefixtures("me")
def test_a_device_that_reaches_nothing_of_it_plays_no_silence(port: Any) -> None:
    port.device = "seat-pad-8"
    profile = stroke().model_copy(
        update={"step": tuple(s.model_copy(update={"zones": ("neck",)}) for s in stroke().step)}
    )
    with pytest.raises(NotPlayable, match="reaches nothing in neck") as refused:
        felt(profile=profile)
    assert "thigh-left" in str(refused.value.hint)
    assert not port.moved
    assert sessions(read("me")) == []


@pytest.mark.usefixtures("me", "port")
@pytest.mark.parametrize(
    "raised",
    [
        {"ceiling": 255},
        {"excluded": "", "ceiling": 1},
        {"attack": 4000},
        {"rate_max": 200},
        {"x_mm": 1},
    ],
)
def test_a_tuning_that_allows_more_is_refused(raised: dict[str, Any]) -> None:
    def tuning(layout: Any) -> Any:
        index = next(a.index for a in layout.actuators if bool(a.excluded) is ("excluded" in raised))
        changed = [replace(a, **raised) if a.index == index else a for a in layout.actuators]
        return replace(layout, actuators=tuple(changed))

    with pytest.raises(ValueError, match="raises what actuator"):
        felt(tuning=tuning)
    assert sessions(read("me")) == []


@pytest.mark.usefixtures("me")
def test_response_curves_that_would_raise_anything_are_not_taken_up(
    port: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raised(layout: Any, target: Any, limit: float) -> Any:  # noqa: ARG001
        return replace(layout, actuators=tuple(replace(a, ceiling=255) for a in layout.actuators)), None

    monkeypatch.setattr("kneadwave.sessions.connect.with_responses", raised)
    with pytest.raises(ValueError, match="raises what actuator"):
        felt()
    assert not port.moved


@pytest.mark.usefixtures("port")
@pytest.mark.parametrize("limit", [0.6, 0.4])
def test_response_curves_are_held_to_the_limit_of_the_recipient_and_of_the_options(
    wall: Any, monkeypatch: pytest.MonkeyPatch, limit: float
) -> None:
    def heard(layout: Any, target: Any, most: float) -> Any:  # noqa: ARG001
        limits.append(most)
        return layout, None

    limits: list[float] = []
    monkeypatch.setattr("kneadwave.sessions.connect.with_responses", heard)
    cleared("me", now=wall(), sensitivity="very-sensitive")
    felt(replace(CUSHION, limit=limit))
    assert limits == [min(0.5, limit)]


@pytest.mark.usefixtures("me", "port")
def test_a_tuning_that_lowers_is_what_is_played() -> None:
    def tuning(layout: Any) -> Any:
        lowered = [replace(a, ceiling=min(a.ceiling, 60)) for a in layout.actuators]
        return replace(layout, actuators=tuple(lowered))

    procedure = Noting()
    felt(tuning=tuning, procedure=procedure)
    assert 0 < max(max(update.drives) for update in procedure.updates) <= 60


@pytest.mark.usefixtures("one_clock")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_on_sim_it_needs_no_person_and_a_signal_stops_it(number: int) -> None:
    class Send(Procedure):
        def follow(self, session: Any, update: Any) -> None:
            seen.append(session)
            if update.elapsed > 2.0 and len(sent) < 2:
                sent.append(number)
                os.kill(os.getpid(), number)

    seen: list[Any] = []
    sent: list[int] = []
    with pytest.raises(Interrupted) as caught:
        felt(SIM, procedure=Send())
    assert caught.value.number == number
    assert seen[-1].stop_confirmed


@pytest.mark.usefixtures("one_clock")
def test_another_process_can_stop_it() -> None:
    class Ask(Procedure):
        def follow(self, session: Any, update: Any) -> None:  # noqa: ARG002
            running = find(port_of("sim:"))
            if running is not None and update.elapsed > 2.0:
                running.ask_to_stop()

    with pytest.raises(StoppedOutside) as stopped:
        felt(SIM, procedure=Ask())
    assert stopped.value.ending.reason is EndReason.BY_REQUEST


@pytest.mark.usefixtures("one_clock")
def test_a_reader_that_goes_away_stops_it() -> None:
    class Broken(Procedure):
        def follow(self, session: Any, update: Any) -> None:
            seen.append(session)
            if update.elapsed > 2.0:
                raise BrokenPipeError(32, "nobody reads")

    seen: list[Any] = []
    with pytest.raises(StoppedOutside, match="output went away"):
        felt(SIM, procedure=Broken())
    assert seen[-1].stop_confirmed


def test_a_test_that_asks_questions_needs_a_terminal() -> None:
    with pytest.raises(UsageError, match="knead tune ab asks how it feels"):
        require_answers("knead tune ab", Bench())


def test_scripted_keys_wait_for_their_time() -> None:
    clock = VirtualClock()
    keys = Scripted(clock, {1.0: "a"})
    assert not keys.waiting()
    clock.sleep(1.0)
    assert keys.waiting()
    assert keys.typed() == ["a"]
