"""Motors of many variants, shared among processes: the same figures come out whatever the number of them.

Variants fall into groups of a fixed size, and frames into pieces of a fixed length. A group carries its
motors from piece to piece, so its pieces come in order; groups know nothing of one another. This process
plays the score meanwhile, hands pieces out as soon as they are there, and takes its share once the score is
played.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import numpy as np

from firmware_bridge.devices.layout import Actuator
from kneadwave.cli.terminal.signals import ENDING
from kneadwave.errors import KneadError
from simulator.motor import BankMemory
from simulator.spread import BLOCK, Drawn, Errand, Felt, Frames, Made, advance

GROUP = 20  # variants side by side; ours: their arrays stay in the cache
PIECE = 48 * BLOCK  # frames of one errand: two minutes of a session, some tenth of a second of work
_IN_HAND = 2  # errands of each helper: one that it runs, and one that waits, so that it is never idle

_keys = count()


class WorkersLost(KneadError):
    """A process that shared the work went away."""


class Group:
    """Some variants on their way through the frames: their motors, what was felt, and how far they are."""

    def __init__(self, actuators: Sequence[Actuator], zones: Sequence[int], drawn: Drawn, steps: int) -> None:
        self.variants = drawn.variants
        self.done = 0
        self.felt = np.zeros((drawn.variants, steps, len(zones)))
        self.frames = np.zeros((steps, len(zones)), dtype=np.int64)
        self._key = next(_keys)
        self._made_of: Made = (actuators, zones, drawn)
        self._memory: BankMemory | None = None
        self._steps = steps

    def errand(self, frames: Frames) -> Errand:
        """What `advance` needs for the next piece."""
        rows = slice(self.done, self.done + PIECE)
        piece = Frames(frames.drive[rows], frames.rate[rows], frames.step[rows])
        return Errand(self._key, self._made_of, self._memory, piece, self._steps)

    def take(self, memory: BankMemory, felt: Felt, frames: int) -> None:
        """Take what `advance` brought back for so many frames."""
        self._memory = memory
        self.felt += felt.felt
        self.frames += felt.frames
        self.done += frames


@dataclass(frozen=True)
class Helpers:
    """Processes that can be sent on errands; without a pool there are none."""

    pool: ProcessPoolExecutor | None
    count: int


ALONE = Helpers(None, 0)


class Crew:
    """This process and its helpers, who bring groups through the frames."""

    def __init__(self, groups: Sequence[Group], helpers: Helpers = ALONE) -> None:
        self._groups = list(groups)
        self._pool = helpers.pool
        self._errands = helpers.count * _IN_HAND
        self._away: dict[Future[tuple[BankMemory, Felt]], tuple[Group, int]] = {}

    def done(self, frames: int) -> float:
        """The part (0 to 1) of so many frames of every variant that is done."""
        done = sum(group.done * group.variants for group in self._groups)
        return min(1.0, done / (max(1, frames) * sum(group.variants for group in self._groups)))

    def look(self, frames: Callable[[], Frames], available: int) -> None:
        """Take in what helpers have done, and hand out whole pieces of what is there; never waits."""
        if self._pool is None:
            return
        if any(future.done() for future in self._away) or len(self._away) < self._errands:
            self._gather()
            self._hand_out(frames, available // PIECE * PIECE)

    def finish(self, frames: Frames, tell: Callable[[], None]) -> None:
        """Bring all groups to the end; `tell` is called after every piece."""
        end = len(frames.drive)
        while any(group.done < end for group in self._groups):
            self._gather()
            self._hand_out(lambda: frames, end)
            group = self._next(end)
            if group is not None:
                errand = group.errand(frames)
                group.take(*advance(errand), len(errand.frames.drive))
            elif self._away:
                wait(self._away, return_when=FIRST_COMPLETED)
            tell()

    def _next(self, available: int) -> Group | None:
        """The group at home that is least far, None if all have done what is there."""
        away = [group for group, _ in self._away.values()]
        home = [group for group in self._groups if group.done < available and group not in away]
        return min(home, key=lambda group: group.done, default=None)

    def _hand_out(self, frames: Callable[[], Frames], available: int) -> None:
        if self._pool is None:
            return
        while len(self._away) < self._errands:
            group = self._next(available)
            if group is None:
                return
            errand = group.errand(frames())
            with _not_for_helpers(), _lost():
                self._away[self._pool.submit(advance, errand)] = group, len(errand.frames.drive)

    def _gather(self) -> None:
        for future in [future for future in self._away if future.done()]:
            group, frames = self._away.pop(future)
            with _lost():
                group.take(*future.result(), frames)


@contextmanager
def helping(jobs: int) -> Iterator[Helpers]:
    """Processes that make `jobs` of them with this one; however the block is left, they end with it."""
    others = jobs - 1
    if others < 1:
        yield ALONE
        return
    # Fresh processes: a fork would copy whatever this one holds open, and its threads' locks.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(others, mp_context=context, initializer=_ends_with_its_parent)
    try:
        with _not_for_helpers():
            for _ in range(others):
                pool.submit(_nothing)  # they start now, and are there when there is work
        yield Helpers(pool, others)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _nothing() -> None:
    """The first errand of a helper."""
    # Once it has freed a large piece, the allocator keeps freed memory: it would else give back and ask anew
    # for every array, which takes its time.
    bytearray(1 << 24)


def _ends_with_its_parent() -> None:
    """In a helper: go when the process that it works for has gone, however that ended."""
    parent = multiprocessing.parent_process()
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _not_for_helpers() -> Iterator[None]:
    """While entered, signals wait: a helper that starts here is started whole, and never hears of them.

    A terminal sends Ctrl-C to all processes of a command; it is for this one to end the others.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _lost() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool as error:
        raise WorkersLost("a process that shared the work was ended", hint="try --jobs 1") from error
