"""A stop that waits before a session begins: nothing is opened, and it ends as it would have later."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any

import pytest
from people import ledger_of

from firmware_bridge.clock import Files
from firmware_bridge.play.ending import EndReason
from kneadwave.errors import StoppedOutside
from kneadwave.sessions.controls import Heard, Inbox, Louder, Pain, Pause, Request, Softer, StopSession
from kneadwave.sessions.end_events import NotBegun
from kneadwave.sessions.events import ControlHeard, Event
from kneadwave.sessions.start import SessionRequest, plan_session

pytestmark = pytest.mark.usefixtures("one_clock")


class Fed:
    """A feeder with something to take, or with nothing."""

    def __init__(self, *requests: Request) -> None:
        self.requests = list(requests)
        self.taken = 0

    def waiting(self) -> bool:
        return bool(self.requests)

    def files(self) -> Files:
        return ()

    def take(self) -> Iterable[Request]:
        self.taken += 1
        wanted, self.requests = self.requests, []
        return wanted


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("reason", [EndReason.BY_KEY, EndReason.BY_CONTROL, EndReason.BY_ABSENCE, None])
@pytest.mark.parametrize("by_hand", [False, True])
def test_nothing_is_opened_and_nothing_written_down(
    port: Any, one_clock: Any, minutes: Callable[..., str], reason: EndReason | None, by_hand: bool
) -> None:
    asked = Pain() if reason is None else StopSession(reason)
    before = ledger_of().read_bytes()
    plan = plan_session(SessionRequest("abdomen" if by_hand else minutes(5), None if by_hand else port.url))
    told: list[Event] = []
    refused = pytest.raises(StoppedOutside) if reason is EndReason.BY_ABSENCE else nullcontext()
    with refused:
        for event in plan.play(None, Inbox(Fed(Heard("stop", 7), asked)), one_clock):
            told.append(event)
    assert told == [ControlHeard("stop", 7, ""), NotBegun(str(reason or EndReason.BY_PAIN))]
    assert port.opened == 0
    assert ledger_of().read_bytes() == before


def test_what_else_waits_is_taken_in_its_order_later() -> None:
    fed, quiet = Fed(Pause()), Fed()
    inbox = Inbox(fed, quiet)
    inbox.post(Louder())
    assert inbox.look() == inbox.look() == [Pause(), Louder()]
    assert quiet.taken == 0, "who has nothing to say is not asked: a signal would only ask from then on"
    fed.requests = [Softer()]
    assert inbox.waiting()
    assert inbox.take() == [Pause(), Louder(), Softer()]
    assert not inbox.waiting()
    assert inbox.take() == []


@pytest.mark.usefixtures("me")
def test_a_key_that_was_pressed_too_early_is_told(
    knead: Callable[..., Any], port: Any, minutes: Callable[..., str], press: Callable[[float, str], None]
) -> None:
    press(0.0, "s")
    ended = knead("run", minutes(5), "--device", port.url, "--json")
    assert (ended.code, port.opened) == (0, 0)
    assert ended.events[-1]["reason"] == "stopped by a key"
    assert {"event": "state", "t": 0.0, "took": 0.0, "state": "stopped"} in ended.events
    press(0.0, "s")
    said = knead("run", minutes(5), "--device", port.url).out
    assert "stopped by a key before it began; nothing was opened" in said
