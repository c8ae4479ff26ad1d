"""Whoever watches a session may leave it, or fail, at any event: what it means is written down."""

from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
from people import cleared, make_recipient, screened

from firmware_bridge.errors import LinkLost
from kneadwave.errors import NotCleared
from kneadwave.people.history import sessions
from kneadwave.people.ledger import read
from kneadwave.people.screening import Confirmation
from kneadwave.sessions.controls import Inbox
from kneadwave.sessions.end_events import HandsDone, Summed
from kneadwave.sessions.events import Event, Progressed, Started
from kneadwave.sessions.outcome import settled
from kneadwave.sessions.record import Keeper
from kneadwave.sessions.start import SessionRequest, plan_session

HANDS = """
schema = 1
name = "hands"
audience = "quick"

[[step]]
name = "neck"
technique = { kind = "guide", instruction = "Stroke the neck.", part = "neck" }
duration_s = 4
"""


def ended(error: Exception | None = None) -> Any:
    device = SimpleNamespace(frames_sent=1, bytes_sent=1, status=None)
    return SimpleNamespace(
        stopped=None,
        stop_confirmed=True,
        trips=0,
        shifts=0,
        losses=SimpleNamespace(count=0),
        took=0.0,
        substitutions=(),
        device=device,
        error=error,
    )


def failing(error: Exception) -> Iterator[Event]:
    yield Event()
    raise error


def test_a_summary_that_nobody_can_show_does_not_hide_what_went_wrong() -> None:
    registration: Any = SimpleNamespace(confirmed=False)
    played: Any = settled(failing(LinkLost("gone")), ended(), registration, Keeper())
    next(played)
    assert isinstance(next(played), Summed)
    with pytest.raises(LinkLost, match="gone"):
        played.throw(OSError("nobody reads"))


def test_an_error_while_a_session_is_left_is_told_as_itself() -> None:
    def hand() -> Iterator[Event]:
        try:
            yield Event()
        finally:
            raise ZeroDivisionError("the hand broke")

    played: Any = settled(hand(), ended(), SimpleNamespace(confirmed=False), Keeper())  # type: ignore[arg-type]
    next(played)
    with pytest.raises(ZeroDivisionError):
        played.close()


@pytest.fixture
def hands(tmp_path: Any) -> SessionRequest:
    path = tmp_path / "hands.toml"
    path.write_text(HANDS, encoding="utf-8")
    return SessionRequest(str(path))


def test_hands_that_are_left_at_any_event_leave_an_end_in_the_ledger(
    hands: SessionRequest, one_clock: Any, wall: Any
) -> None:
    cleared("me", now=wall())
    kinds = [type(event) for event in plan_session(hands).play(None, Inbox(), one_clock)]
    assert kinds[-1] is HandsDone
    assert sessions(read("me"))[-1].reason == "completed"
    for count in range(1, len(kinds) + 1):
        screened("me", now=wall())
        with closing(plan_session(hands).play(None, Inbox(), one_clock)) as events:
            for _ in range(count):
                next(events)
        if Started not in kinds[:count]:  # nothing began
            assert [entry.event for entry in read("me")][-1] != "began"
            continue
        assert [entry.event for entry in read("me")][-1] == "ended", kinds[count - 1]
        done = kinds[count - 1] is HandsDone
        assert sessions(read("me"))[-1].reason == ("completed" if done else "broken off")


def test_a_plan_that_is_played_again_has_to_be_confirmed_again(port: Any, wall: Any, one_clock: Any) -> None:
    make_recipient("me")
    screened("me", now=wall(), ready=False)
    plan = plan_session(SessionRequest("felt-check", port.url))
    asked = plan.questions()
    assert asked
    one_clock.sleep(1.0)
    confirmed = Confirmation(frozenset(question.id for question in asked), wall())
    one_clock.sleep(1.0)
    for _ in plan.play(confirmed, Inbox(), one_clock):
        pass
    assert plan.questions() == asked
    with pytest.raises(NotCleared, match="earlier"):
        next(plan.play(confirmed, Inbox(), one_clock))
    assert port.opened == 1


def test_progress_names_the_step_that_began_last(port: Any, wall: Any, one_clock: Any) -> None:
    cleared("me", now=wall())
    told = list(plan_session(SessionRequest("felt-check", port.url)).play(None, Inbox(), one_clock))
    assert next(n for n, event in enumerate(told) if isinstance(event, Started)) == 4, "after four notices"
    assert {event.fields()["step"] for event in told if isinstance(event, Progressed)} == {1, 2}
