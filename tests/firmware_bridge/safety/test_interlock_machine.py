"""The interlock under whatever sequence of messages: held against a second model, written another way.

The model keeps the history of admitted frames and judges a new one by looking back over it;
the interlock keeps a few counters. Where they disagree, one of them is wrong.
"""

from typing import Any

import pytest
from depth import at_depth
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from interlocks import anywhere

from firmware_bridge.devices.layout import Actuator
from firmware_bridge.errors import InterlockTrip
from firmware_bridge.safety.interlock import Interlock, InterlockEvent, State
from firmware_bridge.wire.messages import (
    Arm,
    Describe,
    Heartbeat,
    Hello,
    HostMessage,
    Limits,
    Reset,
    Setpoints,
    Stop,
)
from profiles.technique import Modality

HASH = 99
BUDGET = 190
CEILINGS = (100, 120, 80, 0)  # the last one is excluded
LOWEST, HIGHEST = (0, 10, 20, 0), (0, 60, 80, 0)
UP, DOWN = 20, 40
COUNT = len(CEILINGS)
PLACES_MM = ((0, 60), (100, 60), (16, 72), (200, 60))  # the first and the third are 20 mm apart: one point
POINTS = ((0, 2), (1,), (3,))
REST = "." * 100  # two seconds
MEMORY = 1500  # half a minute of frames is as far back as the model looks
PLAYS = (State.ARMED, State.PLAYING)


def actuators() -> list[Actuator]:
    common: dict[str, Any] = {"radius_mm": 20, "placed": True, "zone": "sacrum"}
    common |= {"start": 20, "hold": 10, "exponent": 1.0, "attack": 1000, "release": 2000}
    common |= {"tau_ms": 50, "vent_tau_ms": 50, "full_hz": 60.0}
    kinds = (Modality.VIBRATION, Modality.KNEADING, Modality.VIBRATION, Modality.VIBRATION)
    # The kneader claims more than rule 64 grants, the excluded one claims to be strong.
    tops, ceilings = (0, 90, 80, 0), (100, 120, 80, 200)
    return [
        Actuator(
            index=i,
            id=f"a{i}",
            kind=kinds[i],
            x_mm=x,
            y_mm=y,
            excluded="kidney" if i == 3 else "",
            ceiling=ceilings[i],
            rate_min=LOWEST[i],
            rate_max=tops[i],
            **common,
        )
        for i, (x, y) in enumerate(PLACES_MM)
    ]


class Model:
    """What the limits say, from the history alone."""

    def __init__(self) -> None:
        self.on = ["" for _ in POINTS]  # of each point one character a frame: "#" worked, "." did not
        self.drives = (0,) * COUNT

    def permits(self, drives: tuple[int, ...], rates: tuple[int, ...]) -> bool:
        return self.shaped(drives, rates) and self.rested(drives)

    def rested(self, drives: tuple[int, ...]) -> bool:
        return all(self.span(p) + 1 <= 500 for p in range(len(POINTS)) if worked(p, drives))

    def shaped(self, drives: tuple[int, ...], rates: tuple[int, ...]) -> bool:
        within = all(d <= c for d, c in zip(drives, CEILINGS, strict=True))
        smooth = all(-DOWN <= d - was <= UP for d, was in zip(drives, self.drives, strict=True))
        tuned = all(
            (LOWEST[i] <= r <= HIGHEST[i]) if d else r == 0
            for i, (d, r) in enumerate(zip(drives, rates, strict=True))
        )
        return within and smooth and tuned and sum(drives) <= BUDGET

    def span(self, p: int) -> int:
        """Frames, silent ones included, since the first work after the last unbroken rest of 100 frames."""
        return len(self.on[p].rpartition(REST)[2].lstrip("."))

    def note(self, drives: tuple[int, ...]) -> None:
        self.on = [seen[-MEMORY:] + ("#" if worked(p, drives) else ".") for p, seen in enumerate(self.on)]
        self.drives = drives


def worked(p: int, drives: tuple[int, ...]) -> bool:
    return any(drives[i] for i in POINTS[p])


def towards(drives: tuple[int, ...], goal: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(max(was - DOWN, min(was + UP, to)) for was, to in zip(drives, goal, strict=True))


DRIVES = st.tuples(
    st.integers(0, 101), st.integers(0, 121), st.integers(0, 81), st.sampled_from([0, 0, 0, 1])
)
RATES = st.tuples(
    st.sampled_from([0, 0, 0, 1]),
    st.sampled_from([9, 10, 60, 61]),
    st.sampled_from([19, 20, 80, 81]),
    st.just(0),
)
GOOD = st.tuples(st.integers(0, 70), st.integers(0, 60), st.integers(0, 60), st.just(0))


class InterlockMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.interlock = Interlock(actuators(), BUDGET, HASH, anywhere(len(actuators())))
        self.model = Model()
        self.expected = State.DISARMED
        self.begin_anew(arms=1, resets=False)

    # -- what a session does ---------------------------------------------------------------------------

    def tell(self, message: HostMessage, allowed: bool, following: State | None = None) -> None:
        if allowed:
            assert self.interlock.admit(message).message == message
            self.expected = following or self.expected
        else:
            with pytest.raises(InterlockTrip):
                self.interlock.admit(message)
            self.expected = State.TRIPPED

    def arm(self, session_hash: int = HASH) -> None:
        ready = session_hash == HASH and self.expected in (State.DISARMED, State.ARMING)
        self.tell(Arm(session_hash), ready, State.ARMING)

    def stop(self) -> None:
        still = self.expected in (State.DISARMED, State.TRIPPED)
        self.tell(Stop(), allowed=True, following=self.expected if still else State.STOPPING)

    def come_to_rest(self) -> None:
        self.interlock.observe(InterlockEvent.DISARMED)
        self.model.drives = (0,) * COUNT
        self.expected = State.TRIPPED if self.expected is State.TRIPPED else State.DISARMED

    def reset(self) -> None:
        idle = self.expected in (State.DISARMED, State.TRIPPED)
        self.tell(Reset(), allowed=idle, following=State.DISARMED)
        if idle:
            self.model.drives = (0,) * COUNT

    @precondition(lambda self: self.expected in (State.DISARMED, State.TRIPPED, State.STOPPING))
    @rule(arms=st.integers(1, 2), resets=st.booleans())
    def begin_anew(self, arms: int, resets: bool) -> None:
        self.come_to_rest()
        if resets or self.expected is State.TRIPPED:
            self.reset()
        for _ in range(arms):
            self.arm()
        self.interlock.observe(InterlockEvent.ARM_CONFIRMED)
        self.expected = State.ARMED

    @rule(
        what=st.sampled_from(
            ["ask", "beat", "limits", "strong", "stop", "stop", "rest", "reset", "arm", "wrong arm"]
        )
    )
    def say_anything(self, what: str) -> None:
        match what:
            case "ask":
                self.tell(Hello(), allowed=True)
                self.tell(Describe(0), allowed=True)
            case "beat":
                self.tell(Heartbeat(), self.expected not in (State.DISARMED, State.TRIPPED))
            case "limits":
                self.tell(Limits(0, 1200, bytes(CEILINGS)), self.expected is State.DISARMED)
            case "strong":
                self.tell(Limits(2, 600, bytes((CEILINGS[2], CEILINGS[3] + 1))), allowed=False)
            case "stop":
                self.stop()
            case "rest":
                self.come_to_rest()
            case "reset":
                self.reset()
            case "arm":
                self.arm()
            case _:
                self.arm(HASH + 1)

    # -- setpoints -------------------------------------------------------------------------------------

    def put(self, drives: tuple[int, ...], rates: tuple[int, ...] | None = None) -> None:
        rates = rates or tuple(low if d else 0 for low, d in zip(LOWEST, drives, strict=True))
        shaped = self.expected in PLAYS and self.model.shaped(drives, rates)
        allowed = shaped and self.model.rested(drives)
        self.tell(Setpoints(bytes(drives), bytes(rates)), allowed, State.PLAYING)
        if shaped:  # also when it was refused for too long a work: the attempt ends a rest
            self.model.note(drives)

    @rule(drives=DRIVES, rates=RATES)
    def put_anything(self, drives: tuple[int, ...], rates: tuple[int, ...]) -> None:
        self.put(drives, rates)

    @precondition(lambda self: self.expected in PLAYS)
    @rule(who=st.integers(0, COUNT - 1), by=st.sampled_from([-41, -40, -1, 1, 20, 21]))
    def step_one_actuator(self, who: int, by: int) -> None:
        drives = list(self.model.drives)
        drives[who] = max(0, drives[who] + by)
        self.put(tuple(drives))

    @precondition(lambda self: self.expected in PLAYS and any(self.model.drives))
    @rule(who=st.integers(0, COUNT - 1), rate=st.sampled_from([0, 1, 9, 10, 19, 20, 60, 61, 80, 81]))
    def tune_one_actuator(self, who: int, rate: int) -> None:
        rates = [low if d else 0 for low, d in zip(LOWEST, self.model.drives, strict=True)]
        rates[who] = rate
        self.put(self.model.drives, tuple(rates))

    @precondition(lambda self: self.expected in PLAYS)
    @rule(goal=GOOD)
    def rise(self, goal: tuple[int, ...]) -> None:
        while self.expected in PLAYS and self.model.drives != goal:
            self.put(towards(self.model.drives, goal))

    @precondition(lambda self: self.expected in PLAYS and worked(0, self.model.drives))
    @rule(short=st.sampled_from([-1, 0, 0, 1, 2, 50]))
    def work_up_to_the_limit(self, short: int) -> None:
        """Hold what is on until the first point has been worked for ten seconds, give or take."""
        while self.expected in PLAYS and self.model.span(0) <= 499 - short:
            self.put(self.model.drives)

    @precondition(lambda self: self.expected in PLAYS and not worked(0, self.model.drives))
    @rule(short=st.sampled_from([0, 1, 1, 2, 50]))
    def rest_up_to_the_limit(self, short: int) -> None:
        """Hold what is on until the first point has rested for two seconds, give or take."""
        while self.expected in PLAYS and not self.model.on[0].endswith("." * (100 - short)):
            self.put(self.model.drives)

    @precondition(lambda self: self.expected in PLAYS)
    @rule(cycles=st.integers(1, 3), pause=st.sampled_from([99, 100, 101]), turn=st.integers(1, 600))
    def work_and_rest(self, cycles: int, pause: int, turn: int) -> None:
        """One point at its limits of time, again and again, its two actuators in turns."""
        self.rise((0,) * COUNT)
        turns = ((10, 0, 0, 0), (0, 0, 10, 0))
        for _ in range(cycles):
            if self.expected in PLAYS:
                self.put(turns[0])  # trips where the pause before was too short
            while self.expected in PLAYS and self.model.span(0) <= 499:
                self.put(turns[self.model.span(0) // turn % 2])
            for _ in range(pause):
                if self.expected in PLAYS:
                    self.put((0,) * COUNT)

    # -- always ----------------------------------------------------------------------------------------

    @invariant()
    def is_where_it_should_be(self) -> None:
        if hasattr(self, "interlock"):
            assert self.interlock.state is self.expected
            assert (self.interlock.trip is not None) == (self.expected is State.TRIPPED)

    @invariant()
    def tripped_admits_nothing_that_moves(self) -> None:
        if getattr(self, "expected", None) is not State.TRIPPED:
            return
        silence, told = Setpoints(bytes(COUNT), bytes(COUNT)), Limits(0, 600, bytes(COUNT))
        for message in (silence, Setpoints(b"\x0a\0\0\0", bytes(COUNT)), Arm(HASH), Heartbeat(), told):
            with pytest.raises(InterlockTrip):
                self.interlock.admit(message)
        assert self.interlock.admit(Stop()).message == Stop()
        assert self.interlock.state is State.TRIPPED


TestInterlock = InterlockMachine.TestCase
TestInterlock.settings = settings(max_examples=at_depth(60), stateful_step_count=20)


def test_the_model_itself_knows_the_limits() -> None:
    """A model that permits everything, or nothing, would prove nothing."""
    model = Model()
    assert model.permits((20, 20, 20, 0), (0, 10, 20, 0))
    for drives, rates in (
        ((21, 0, 0, 0), (0, 0, 0, 0)),
        ((0, 0, 0, 1), (0, 0, 0, 0)),
        ((0, 20, 0, 0), (0, 61, 0, 0)),
        ((0, 0, 20, 0), (0, 0, 19, 0)),
        ((0, 0, 0, 0), (0, 10, 0, 0)),
    ):
        assert not model.permits(drives, rates)
    for _ in range(250):
        model.note((10, 0, 0, 0))
        model.note((0, 0, 10, 0))
    assert not model.permits((10, 0, 0, 0), (0,) * COUNT)
    for _ in range(99):
        model.note((0,) * COUNT)
    assert not model.permits((10, 0, 0, 0), (0,) * COUNT)
    model.note((0,) * COUNT)
    assert model.permits((10, 0, 0, 0), (0,) * COUNT)
