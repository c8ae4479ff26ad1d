"""Many paced sessions in one process, each on a virtual cushion of its own: `python -m benchmarks.fleet 100`.

Kernel and veto are in C where they are built, as in a simulation. A cushion plays what was due since its host
spoke last, by its own clock, so a host that is late for it is late as on a line.
"""

import os
import sys
from collections.abc import Callable
from resource import RUSAGE_SELF, getrusage
from threading import Thread
from time import monotonic, process_time, sleep

from benchmarks.measure import row
from firmware_bridge.clock import Files, never
from firmware_bridge.play.session import Session
from firmware_bridge.play.wire_device import WireDevice
from kneadwave.descriptions import load_described
from kneadwave.sessions.kernel import playing
from kneadwave.sessions.prepare import load, place
from simulator.cushion import virtual_cushion
from simulator.link import VirtualLink
from simulator.run import native_veto

SECONDS = 20.0
START_S = 0.1
"""Within so long all of them are started."""
DEVICE = "reference-cushion"
PROFILE = "relaxing-back"


class SleepingClock:
    """Real time, slept through in one piece: nothing arrives from a cushion in this process meanwhile."""

    def now(self) -> float:
        """Seconds."""
        return monotonic()

    def sleep(self, seconds: float, wake: Callable[[], bool] = never, files: Files = None) -> None:  # noqa: ARG002
        """So long, unless it is to wake already."""
        if seconds > 0 and not wake():
            sleep(seconds)


def main(count: int = 100) -> None:
    """Play `count` sessions for SECONDS; what they cost, and how many held or ended."""
    description, library = load_described(DEVICE), playing(None)
    placed = place(load(PROFILE, 1.70), description)
    before = getrusage(RUSAGE_SELF).ru_maxrss
    sessions = []
    for seed in range(count):
        clock = SleepingClock()
        cushion = virtual_cushion(library, description, seed=seed, warm=True)
        device = WireDevice(VirtualLink(cushion, clock), clock, native=native_veto(library))
        sessions.append(Session(placed.score, placed.layout, device, clock))
    threads = [Thread(target=_play, args=(session,), daemon=True) for session in sessions]
    began, cpu = monotonic(), process_time()
    watch = _Watch()
    watch.start()
    for number, thread in enumerate(threads):
        thread.start()
        sleep(max(0.0, began + START_S * number / count - monotonic()))
    for thread in threads:
        thread.join()
    share = (process_time() - cpu) / (monotonic() - began)
    each_mib = (getrusage(RUSAGE_SELF).ru_maxrss - before) / 1024 / count
    held, moved = sum(s.losses.count for s in sessions), sum(s.shifts for s in sessions)
    ended = sum(s.stopped is not None for s in sessions)
    row(
        f"{count} sessions on virtual cushions, one process",
        f"{share:.1%} of a core",
        "at most 50 %",
        share <= 0.5,
    )
    row("how often one held", f"{held}", "0", held == 0)
    row("how often one was moved back in time", f"{moved}", "to be reported", None)
    row("the longest that a thread which wanted to run did not", f"{watch.longest * 1000:.0f} ms", "", None)
    row("of them ended", f"{ended}", "0", ended == 0)
    row("memory of one session", f"{each_mib:.2f} MiB", "to be reported", None)


class _Watch(Thread):
    """Notes how late a thread is that wants to run every 5 ms: on a busy computer others are why."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.longest = 0.0

    def run(self) -> None:
        """For ever."""
        while True:
            due = monotonic() + 0.005
            sleep(0.005)
            self.longest = max(self.longest, monotonic() - due)


def _play(session: Session) -> None:
    updates = session.play()
    end = monotonic() + SECONDS
    for _ in updates:
        if monotonic() > end:
            break
    updates.close()


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main(*map(int, sys.argv[1:]))
