"""What is offered at the device is begun from afar, for less and never for more, or not at all."""

from typing import Any

import pytest

from firmware_bridge.clock import Files
from firmware_bridge.play.ending import EndReason
from kneadwave.errors import OfferOver, StoppedOutside, UsageError
from kneadwave.sessions.control_lines import requests_of
from kneadwave.sessions.controls import (
    BeginOffered,
    Heard,
    Inbox,
    Louder,
    Pain,
    PauseOrResume,
    PostureTaken,
    Request,
    StopSession,
)
from kneadwave.sessions.end_events import NotBegun
from kneadwave.sessions.events import ControlHeard, Event
from kneadwave.sessions.offer import OFFER_S, Offered, offer
from kneadwave.sessions.registry import running_sessions
from kneadwave.sessions.start import SessionRequest, plan_session
from simulator.clock import VirtualClock

ASKED = SessionRequest("felt-check", "sim:", intensity=0.8, minutes=5.0)


class At:
    """Requests that come at a time."""

    def __init__(self, clock: VirtualClock, *asked: tuple[float, Request]) -> None:
        self._clock = clock
        self._asked = list(asked)

    def waiting(self) -> bool:
        return any(t <= self._clock.now() for t, _ in self._asked)

    def files(self) -> Files:
        return None

    def take(self) -> list[Request]:
        now = self._clock.now()
        wanted = [request for t, request in self._asked if t <= now]
        self._asked = [each for each in self._asked if each[0] > now]
        return wanted


def offered(*asked: tuple[float, Request]) -> tuple[list[Event], Any, float]:
    """What was told, what came of it, and when."""
    clock = VirtualClock()
    events = offer(plan_session(ASKED), Inbox(At(clock, *asked)), clock)
    told: list[Event] = []
    while True:
        try:
            told.append(next(events))
        except StopIteration as end:
            return told[1:], end.value, clock.now()


def test_it_says_what_it_offers_and_for_how_long() -> None:
    first = next(offer(plan_session(ASKED), Inbox(), VirtualClock()))
    assert first == Offered("felt-check", ("sim:",), OFFER_S, 5.0, 0.8)
    assert first.fields()["devices"] == ["sim:"]


@pytest.mark.parametrize(
    ("begin", "minutes", "intensity"),
    [
        (BeginOffered(id="a"), 5.0, 0.8),
        (BeginOffered(3.0, 0.5, "a"), 3.0, 0.4),
        (BeginOffered(30.0, 1.0, "a"), 5.0, 0.8),
    ],
)
def test_it_is_begun_for_what_was_offered_or_less(
    begin: BeginOffered, minutes: float, intensity: float
) -> None:
    told, asked, _ = offered((3.0, begin))
    assert told == [ControlHeard("begin", "a", "")]
    assert (asked.minutes, asked.intensity) == (minutes, pytest.approx(intensity))
    assert asked.limit == ASKED.limit


@pytest.mark.parametrize("key", [PostureTaken(), PauseOrResume()])
def test_who_made_it_may_begin_it_by_a_key(key: Request) -> None:
    _, asked, at = offered((3.0, key))
    assert asked == ASKED
    assert at < 5.0


def test_nobody_begins_it_and_it_is_over() -> None:
    clock = VirtualClock()
    with pytest.raises(OfferOver, match="within 60 s"):
        list(offer(plan_session(ASKED), Inbox(At(clock, (OFFER_S + 1, BeginOffered()))), clock))
    assert clock.now() == pytest.approx(OFFER_S)


def test_what_begins_nothing_is_heard_and_waited_on() -> None:
    told, asked, at = offered((1.0, Louder()), (2.0, Heard("louder", 1)), (9.0, BeginOffered()))
    assert told == [ControlHeard("louder", 1, ""), ControlHeard("begin", None, "")]
    assert asked == ASKED
    assert at >= 9.0


@pytest.mark.parametrize("stop", [StopSession(EndReason.BY_KEY), Pain()])
def test_who_made_it_takes_it_back(stop: Request) -> None:
    told, asked, at = offered((2.0, BeginOffered()), (2.0, stop), (1.0, stop))
    assert asked is None
    assert isinstance(told[-1], NotBegun)
    assert at < 2.0


@pytest.mark.parametrize("stop", [StopSession(EndReason.BY_KEY), StopSession(EndReason.BY_REQUEST)])
def test_a_stop_counts_before_a_begin_of_the_same_moment(stop: StopSession) -> None:
    if stop.reason is EndReason.BY_REQUEST:
        with pytest.raises(StoppedOutside):
            offered((1.0, BeginOffered()), (1.0, stop))
    else:
        assert offered((1.0, BeginOffered()), (1.0, stop))[1] is None


def test_other_processes_see_it_and_take_it_back() -> None:
    class Asking(VirtualClock):
        def sleep(self, seconds: float, *more: Any) -> None:
            running_sessions()[0].ask_to_stop()
            super().sleep(seconds, *more)

    with pytest.raises(StoppedOutside):
        list(offer(plan_session(ASKED), Inbox(), Asking()))
    assert running_sessions() == []


def test_what_hands_do_is_not_offered() -> None:
    with pytest.raises(UsageError, match="for hands"):
        next(offer(plan_session(SessionRequest("abdomen")), Inbox(), VirtualClock()))


def test_a_begin_by_a_line() -> None:
    assert requests_of(b'{"control": "begin", "id": 1}') == (BeginOffered(None, 1.0, 1),)
    assert requests_of(b'{"control": "begin", "minutes": 4, "intensity": 0.5}') == (BeginOffered(4, 0.5),)


@pytest.mark.parametrize(
    "more", ['"minutes": 0', '"minutes": "4"', '"minutes": true', '"intensity": 1.1', '"intensity": 0']
)
def test_a_begin_with_nonsense_is_refused(more: str) -> None:
    (heard,) = requests_of(f'{{"control": "begin", {more}}}'.encode())
    assert isinstance(heard, Heard)
    assert heard.refused
