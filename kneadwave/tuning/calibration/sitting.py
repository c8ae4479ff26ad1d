"""One sitting of a calibration: plays what the search wants next, and hands it the keys of the person.

Times are frames of the session. Frames are handed out some way ahead of what the device plays: what a person
answers to lies that far behind.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from firmware_bridge.devices.layout import Layout
from firmware_bridge.limits import DWELL_LIMIT_FRAMES, DWELL_REST_FRAMES
from firmware_bridge.play.device import LOOKAHEAD_MS
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.session import Session
from firmware_bridge.play.updates import Update
from kneadwave.sessions.felt_test import Procedure
from kneadwave.tuning.calibration.probe import Probe
from kneadwave.tuning.calibration.staircase import Found, Part, Search
from kneadwave.tuning.calibration.subject import Subject
from profiles.waveform import FRAME_RATE_HZ

ENDING = frozenset("qs\x1b\x03\x04\x1a")
"""Keys that end it all: q, s, Esc, Ctrl-C, Ctrl-D, Ctrl-Z. Every other one is an answer, but for PAIN_KEY."""
PAIN_KEY = "p"
"""It hurts, as in every session."""
AHEAD = LOOKAHEAD_MS * FRAME_RATE_HZ // 1000
MOVES_MAX = 58 * FRAME_RATE_HZ
"""Frames of movement of one sitting: a felt test has a minute, and the last release is part of it."""
READ = 40  # frames (0.8 s) to read what is asked; project's choice
GAP = (15, 35)  # frames between two pulses; project's choice: drawn anew, so that no rhythm answers
HELD = 20  # frames; project's choice: a key that comes sooner after the last is that one held down
RELEASE = 15  # frames in which the last drive comes down
TAIL = 2  # frames of release that are still movement, about
ROUND = (7 * FRAME_RATE_HZ, 15 * FRAME_RATE_HZ)
"""Frames of movement, and in all, that an actuator needs as a rule: with less left none is begun."""


class SittingListener(Protocol):
    """Who hears how a sitting goes."""

    def asked(self, actuator: str, number: int, part: Part) -> None:
        """The person is asked something about an actuator, the `number`-th of this sitting."""
        ...

    def found(self, actuator: str, found: Found) -> None:
        """An actuator is done; `found` is the result."""
        ...


Subjects = Callable[[Layout, float], Sequence[Subject]]
"""The actuators of a layout to be tried, at the intensity of the session."""


class Examiner(Procedure):
    """Goes through the actuators, one after the other, as long as the sitting lasts.

    `subjects` gives those of a layout that are to be tried.
    """

    def __init__(self, subjects: Subjects, listener: SittingListener, random: Random) -> None:
        self.moved = 0
        """Frames in which anything was driven."""
        self.probe: Probe | None = None
        self._subjects = subjects
        self._listener = listener
        self._random = random
        self._left: list[Subject] = []
        self._number = 0
        self._search: Search | None = None
        self._told: Part | None = None
        self._begin = 0
        self._last_key = -HELD
        self._span_from: int | None = None  # first frame of the actuator's work since its last rest
        self._still_since = -DWELL_REST_FRAMES
        self._over = False

    def sampler(self, layout: Layout) -> Probe:
        """Return what the felt test plays: the probe, silent until a trial begins."""
        self.probe = Probe(layout)
        return self.probe

    def began(self, session: Session) -> None:
        """Take the armed session: which actuators may be tried and how strongly; begin the first trial."""
        assert self.probe is not None
        self.probe.gain = session.feed.intensity
        self._left = list(self._subjects(session.layout, session.feed.intensity))
        self._next(session)

    def follow(self, session: Session, update: Update) -> None:  # noqa: ARG002
        """Take note of the time: that no key came while a trial listened is an answer as well."""
        trial = self._search.trial if self._search is not None else None
        if trial is not None and not self._over and self._felt_now(session) >= self._begin + trial.listens:
            self._answer(session, None)

    def key(self, session: Session, update: Update, key: str) -> None:  # noqa: ARG002
        """Take a key: an answer to the trial, or what ends the sitting."""
        if key in ENDING or key == PAIN_KEY:
            session.stop(EndReason.BY_KEY if key in ENDING else EndReason.BY_PAIN)
            return
        at = self._felt_now(session)
        held = at - self._last_key < HELD
        self._last_key = at
        if held or self._over or self._search is None:
            return
        if at < self._begin:
            self._search.early()
            self._silence(session)
            self._next(session)
        else:
            self._answer(session, at - self._begin)

    def _felt_now(self, session: Session) -> int:
        """The frame that the device plays now."""
        return session.feed.position - AHEAD

    def _answer(self, session: Session, at: int | None) -> None:
        assert self._search is not None
        self._silence(session)
        self._search.answer(at)
        self._next(session)

    def _silence(self, session: Session) -> None:
        """Nothing more, from the next frame on that was not handed out."""
        assert self.probe is not None
        driven = self.probe.cut(session.feed.position)
        session.refresh()
        if driven:
            self.moved += driven + TAIL
            self._still_since = session.feed.position + RELEASE

    def _next(self, session: Session) -> None:
        """Play what comes next; end the sitting where nothing is left, or no time for it."""
        search = self._search
        if search is not None and search.trial is None:
            assert search.found is not None
            self._listener.found(search.subject.id, search.found)
            self._search = search = None
        if search is None:
            search = self._begin_next(session)
        if search is None or search.trial is None or not self._room(session, len(search.trial.drives)):
            self._over = True
            session.go_to(session.score.duration)
            return
        self._play(session, search)

    def _begin_next(self, session: Session) -> Search | None:
        needed, whole = ROUND
        while self._left and self._room(session, needed, whole):
            subject = self._left.pop(0)
            search = Search(subject, self._random)
            self._number += 1
            if search.trial is not None:
                self._search, self._told, self._span_from = search, None, None
                return search
            assert search.found is not None
            self._listener.found(subject.id, search.found)
        return None

    def _room(self, session: Session, moving: int, whole: int | None = None) -> bool:
        """Whether so much movement, and so much time, is left in this sitting."""
        ends = round((session.score.duration - session.score.fade_out) * FRAME_RATE_HZ)
        length = (moving if whole is None else whole) + READ
        return self.moved + moving + RELEASE <= MOVES_MAX and session.feed.position + length <= ends

    def _play(self, session: Session, search: Search) -> None:
        trial = search.trial
        assert trial is not None
        assert self.probe is not None
        shown = Part.PULSE if trial.part is Part.NOTHING else trial.part
        gap = self._random.randint(*GAP)
        if shown is not self._told:
            self._told, gap = shown, READ
            self._listener.asked(search.subject.id, self._number, shown)
        self._begin = session.feed.position + gap
        ends = self._begin + len(trial.drives) + 2 * RELEASE
        if self._span_from is not None and ends - self._span_from > DWELL_LIMIT_FRAMES:
            self._begin = max(self._begin, self._still_since + DWELL_REST_FRAMES)
        if self._span_from is None or self._begin - self._still_since >= DWELL_REST_FRAMES:
            self._span_from = self._begin
        self.probe.play(self._begin, search.subject.index, trial.drives)
        session.refresh()
