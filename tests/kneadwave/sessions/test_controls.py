"""What requests do to a session, and how an inbox gets them; the loop is tested with the session."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from firmware_bridge.play.ending import EndReason, SessionEnd
from firmware_bridge.play.updates import Phase, Update
from kneadwave.sessions.connect import OtherProcesses
from kneadwave.sessions.controls import (
    AnswerKey,
    Controls,
    Inbox,
    Louder,
    Pain,
    Pause,
    PauseOrResume,
    PostureTaken,
    Request,
    Resume,
    SkipToClosing,
    Softer,
    StopSession,
)
from kneadwave.sessions.events import Event, PainTold
from kneadwave.sessions.guided import GuidedSession
from kneadwave.sessions.note_events import ChangedNothing
from kneadwave.sessions.registry import CHECK_EVERY_S
from profiles.files.load import from_data
from profiles.score import compose
from simulator.clock import VirtualClock

STEPS = [
    {"name": "one", "technique": {"kind": "guide", "instruction": "Breathe."}, "duration_s": 10},
    {
        "name": "over",
        "technique": {"kind": "guide", "instruction": "Turn over.", "posture": "supine"},
        "duration_s": 5,
    },
    {"name": "two", "technique": {"kind": "guide", "instruction": "Breathe."}, "duration_s": 10},
    {
        "name": "up",
        "technique": {"kind": "guide", "instruction": "Sit up.", "posture": "seated"},
        "duration_s": 5,
    },
    {"name": "three", "technique": {"kind": "guide", "instruction": "Breathe."}, "duration_s": 10},
]


class Noted:
    """A session that notes what is done to it."""

    def __init__(self, zone: str = "shoulder", *, changed: bool = True) -> None:
        self.changed = changed
        self.score = compose(from_data({"schema": 1, "name": "routine", "step": STEPS}))
        self.stopped: SessionEnd | None = None
        self.paused = False
        self.done: list[Any] = []
        self.zone = zone

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def go_to(self, seconds: float) -> bool:
        self.done.append(seconds)
        return self.changed

    def ease(self) -> str:
        return self.zone

    def stop(self, reason: EndReason = EndReason.STOPPED, detail: str = "") -> None:
        self.stopped = self.stopped or SessionEnd(reason, detail)

    @property
    def reason(self) -> EndReason | None:
        return None if self.stopped is None else self.stopped.reason

    def __getattr__(self, name: str) -> Callable[[], bool]:
        def noted() -> bool:
            self.done.append(name)
            return self.changed

        return noted


class Bench(NamedTuple):
    """Controls and everything around them."""

    controls: Controls
    session: Noted
    told: list[Event]

    def press(self, *wishes: Request, step: int = 0) -> Noted:
        """Ask and let the controls see to it while `step` plays."""
        for wish in wishes:
            self.controls.inbox.post(wish)
        at = -1 if self.session.paused else step
        update = Update(Phase.PLAYING, 0.0, 0.0, at, 0.0, b"", b"", None)
        self.told.extend(self.controls.attend(self.session, update))
        return self.session


@pytest.fixture
def bench() -> Bench:
    return Bench(Controls(Inbox()), Noted(), [])


@pytest.mark.parametrize(
    ("wish", "done"),
    [
        (Louder(), "louder"),
        (Softer(), "softer"),
        (SkipToClosing(), "skip_to_closing"),
        (AnswerKey("x"), None),
    ],
)
def test_a_request_does_one_thing(bench: Bench, wish: Request, done: str | None) -> None:
    assert bench.press(wish).done == ([done] if done else [])


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Louder(), "the intensity is at 80%, the most of this session"),
        (Softer(), "the intensity is at 80%, the least there is: for less pause or stop it"),
        (SkipToClosing(), "the closing steps have begun already"),
    ],
)
def test_what_changes_nothing_is_told_once(wish: Request, said: str) -> None:
    session, controls = Noted(changed=False), Controls(Inbox())
    update = Update(Phase.PLAYING, 3.0, 0.0, 0, 0.8, b"", b"", None, took=4.0)
    told: list[Event] = []
    for _ in range(3):
        controls.inbox.post(wish)
        told += controls.attend(session, update)
    (note,) = told
    assert isinstance(note, ChangedNothing)
    assert note.text == said
    assert note.fields()["kind"] == "control"


def test_nothing_is_told_of_what_has_an_effect_and_hands_set_their_own_intensity(bench: Bench) -> None:
    bench.press(Louder(), Softer(), SkipToClosing())
    assert bench.told == []
    guided = GuidedSession(bench.session.score, VirtualClock())
    assert not guided.louder()
    assert not guided.softer()
    assert guided.skip_to_closing()
    assert not guided.skip_to_closing()
    assert ChangedNothing("louder", 0.0, 1.0, 1.0).text == "hands set the intensity here"


def test_space_pauses_and_goes_on(bench: Bench) -> None:
    assert bench.press(PauseOrResume()).paused
    assert not bench.press(PauseOrResume()).paused
    assert not bench.press(PostureTaken()).paused
    assert bench.press(Pause()).paused
    assert bench.press(Pause()).paused
    assert not bench.press(Resume()).paused
    assert not bench.press(Resume()).paused
    assert bench.session.done == []


@pytest.mark.parametrize("reason", [EndReason.BY_KEY, EndReason.BY_ABSENCE, EndReason.BY_SIGNAL])
def test_a_stop_ends_it_with_its_reason_whatever_is_asked_beside_it(bench: Bench, reason: EndReason) -> None:
    assert bench.press(Pain(), StopSession(reason), StopSession(EndReason.BY_REQUEST)).reason is reason


def test_pain_comes_before_what_was_asked_for_beside_it() -> None:
    inbox = Inbox()
    for request in (Louder(), StopSession(EndReason.BY_KEY), Softer(), Pain()):
        inbox.post(request)
    assert inbox.take() == [StopSession(EndReason.BY_KEY), Pain(), Louder(), Softer()]


def test_an_inbox_takes_from_its_feeders_in_order_and_from_whoever_posts_last() -> None:
    class Fed:
        def __init__(self, *wanted: Request) -> None:
            self.wanted = list(wanted)

        def waiting(self) -> bool:
            return bool(self.wanted)

        def files(self) -> None:
            return None

        def take(self) -> list[Request]:
            taken, self.wanted = self.wanted, []
            return taken

    inbox = Inbox(Fed(Louder()), Fed(Softer()))
    assert inbox.waiting()
    with inbox.fed_by(Fed(Pause())):
        inbox.post(Resume())
        assert inbox.take() == [Louder(), Softer(), Pause(), Resume()]
    assert not inbox.waiting()
    inbox.post(Pain())
    assert inbox.waiting()
    assert inbox.take() == [Pain()]
    assert inbox.take() == []


def test_a_request_of_another_process_stops_and_is_looked_for_now_and_then() -> None:
    clock, looks = VirtualClock(), []

    class Asking:
        stop_asked = False

        def requested(self) -> bool:
            looks.append(clock.now())
            self.stop_asked = len(looks) > 2
            return self.stop_asked

    asking: Any = Asking()
    controls = Controls(Inbox(OtherProcesses(asking, clock)))
    while not controls.inbox.waiting():
        clock.sleep(0.001)
    assert len(looks) == 3
    assert all(b - a >= CHECK_EVERY_S for a, b in pairwise(looks))
    session = Noted()
    controls.attend(session, Update(Phase.PLAYING, 0.0, 0.0, 0, 0.0, b"", b"", None))
    assert session.reason is EndReason.BY_REQUEST


def test_pain_eases_once_and_stops_the_second_time(bench: Bench) -> None:
    assert bench.press(Pain()).reason is None
    assert bench.controls.eased == "shoulder"
    bench.session.zone = "lumbar"
    assert bench.press(Pain()).reason is EndReason.BY_PAIN
    assert bench.told == [PainTold("shoulder", False), PainTold("shoulder", True)]


def test_pain_where_nothing_can_be_eased_stops_at_once(bench: Bench) -> None:
    bench.session.zone = ""
    assert bench.press(Pain()).reason is EndReason.BY_PAIN
    assert bench.told == [PainTold("", True)]


def test_two_presses_at_once_are_two_presses(bench: Bench) -> None:
    assert bench.press(Pain(), Pain()).reason is EndReason.BY_PAIN


@pytest.mark.parametrize("key", [PostureTaken(), PauseOrResume(), Resume()])
def test_each_change_of_posture_waits_once_and_then_its_step_is_over(bench: Bench, key: Request) -> None:
    assert not bench.press(step=0).paused
    assert bench.press(step=1).paused
    assert bench.controls.awaiting is bench.session.score.steps[1]
    assert bench.press().paused
    session = bench.press(key)
    assert (session.paused, session.done, bench.controls.awaiting) == (False, [15.0], None)
    assert not bench.press(step=1).paused
    assert not bench.press(step=2).paused
    assert bench.press(step=3).paused


def test_a_change_that_was_skipped_is_asked_for_and_only_the_last_one(bench: Bench) -> None:
    assert bench.press(step=4).paused
    assert bench.controls.awaiting is bench.session.score.steps[3]
    assert not bench.press(PostureTaken()).paused
    assert not bench.press(step=4).paused


def test_going_to_the_closing_waits_before_anything_plays_in_the_old_posture(bench: Bench) -> None:
    """The next update would be too late: by then the first frames are on their way."""
    session = bench.session
    strokes = {"technique": {"kind": "stroking"}, "zones": ["lumbar"], "level": 0.2, "duration_s": 10}
    steps = [*STEPS[:-1], {"name": "strokes", **strokes}]
    session.score = compose(from_data({"schema": 1, "name": "routine", "step": steps}))
    bench.press(SkipToClosing(), step=0)
    assert session.paused
    assert session.done == ["skip_to_closing"]
    assert bench.controls.awaiting is session.score.steps[3]
    assert not bench.press(PostureTaken()).paused
    assert not bench.press(SkipToClosing(), step=4).paused
