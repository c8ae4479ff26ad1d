"""A `map` over processes: the same results in the same order, whatever the number of them.

    with processes(jobs) as over:
        for result in over(work, tasks): ...

`work` is a function of a module and knows nothing but its task; task and result are pickled. So any other
`map` of this kind, such as that of a distributed engine, can stand in its place.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from kneadwave.errors import KneadError, TuningRemedy
from simulator.spread import Task, TaskResult

Over = Callable[[Callable[[Task], TaskResult], Iterable[Task]], Iterator[TaskResult]]
"""What a `map` does here: run the function on every task; the results in the order of the tasks."""
_ENDING = {
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)
}
"""What ends a command from outside."""
_ALONE = TuningRemedy.ONE_PROCESS
_R = TypeVar("_R")


class WorkersLost(KneadError):
    """A process that shared the work went away."""


@contextmanager
def processes(jobs: int) -> Iterator[Over]:
    """A `map` over `jobs` processes, over none but this one where that is 1; however it is left, they end.

    Tasks begin when they are handed in, while this process goes on. WorkersLost where a process was ended.
    """
    if jobs < 2:
        yield map
        return
    # Fresh processes: a fork would copy whatever this one holds open, and its threads' locks.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin)

    def over(work: Callable[[Task], TaskResult], tasks: Iterable[Task]) -> Iterator[TaskResult]:
        with _signals_wait(), _lost():
            return _told(pool.map(work, tasks))

    try:
        with _signals_wait():
            for _ in range(jobs):
                pool.submit(os.getpid)  # they start now, and are there when there is work
        yield over
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _told(results: Iterator[_R]) -> Iterator[_R]:
    with _lost():
        yield from results


def _begin() -> None:
    """In a worker: go when the process that it works for has gone, however that ended."""
    # Once it has freed a large piece, the allocator keeps freed memory: it would else give back and ask anew
    # for every array, which takes its time.
    bytearray(1 << 24)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _signals_wait() -> Iterator[None]:
    """While entered, signals wait: a worker that starts here is started whole, and never hears of them.

    A terminal sends Ctrl-C to all processes of a command; it is for this one to end the others.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _lost() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool as error:
        raise WorkersLost(
            "a process that shared the work was ended", hint=TuningRemedy.ONE_PROCESS
        ) from error
