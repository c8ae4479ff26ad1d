"""Virtual cushions by the dozen in a process of their own.

`python -m kneadwave.sessions.many_cushions COUNT DEVICE FD` says their ports on the socket FD, as one line of
JSON, plays until the other end has no more to say, and says how often each of them held.
"""

import json
import socket
import sys
import threading
from typing import Any, TextIO

from firmware_bridge import MonotonicClock
from firmware_bridge.guard.output import NoOutput
from kneadwave.descriptions import load_described
from kneadwave.sessions.kernel import playing
from simulator.cushion import virtual_cushion
from simulator.pty import PtyCushion


class CountedHolds(NoOutput):
    """Counts how often a device held because nothing more had come to play."""

    def __init__(self) -> None:
        self.count = 0

    def event(self, at_ms: int, event: str, **fields: Any) -> None:
        super().event(at_ms, event, **fields)
        self.count += event == "link" and fields.get("state") == "lost"


def serve(count: int, device: str, host: TextIO) -> None:
    """Serve `count` cushions built to the description `device`, each in a thread. PtyError for too many."""
    description, library, clock = load_described(device), playing(), MonotonicClock()
    over, holds = threading.Event(), [CountedHolds() for _ in range(count)]
    ptys = [
        PtyCushion(virtual_cushion(library, description, seed=seed, output=output), clock)
        for seed, output in enumerate(holds)
    ]
    threads = [threading.Thread(target=pty.serve, args=(over.is_set,)) for pty in ptys]
    for thread in threads:
        thread.start()
    _say(host, [pty.port for pty in ptys])
    host.read()
    over.set()
    for thread in threads:
        thread.join()
    _say(host, [each.count for each in holds])


def _say(host: TextIO, line: list[Any]) -> None:
    host.write(f"{json.dumps(line)}\n")
    host.flush()


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[3])) as channel, channel.makefile("rw", encoding="utf-8") as lines:
        try:
            serve(int(sys.argv[1]), sys.argv[2], lines)
        except OSError:  # who started it misses the line of ports, and says what that means
            sys.exit(1)
