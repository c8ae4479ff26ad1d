"""`knead tune robust` in real processes: however it ends, none of them stays behind."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are counted in /proc")
COMMAND = ("tune", "robust", "relaxing-back", "--variants", "5000", "--jobs", "3")


def members(group: int) -> set[int]:
    """The processes of a group that still run."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group and fields[0] != "Z":
                found.add(int(entry.name))
    return found


@pytest.mark.parametrize(
    ("number", "whole_group", "code"),
    [
        (signal.SIGINT, True, 130),  # what a terminal does at Ctrl-C
        (signal.SIGINT, False, 130),
        (signal.SIGTERM, False, 143),
        (signal.SIGKILL, False, -9),
    ],
)
def test_whatever_ends_it_ends_its_workers(
    bench: Any, number: signal.Signals, whole_group: bool, code: int
) -> None:
    process = bench.start(*COMMAND, start_new_session=True)
    # Itself, three workers, and what counts the resources that they share.
    bench.until(lambda: len(members(process.pid)) >= 5, "workers")
    (os.killpg if whole_group else os.kill)(process.pid, number)
    if number is signal.SIGKILL:  # a worker that was being started may complain
        process.communicate(timeout=60)
        assert process.returncode == code
    else:
        ended = bench.ended(process)
        assert ended.code == code
        assert ended.err.startswith("error: ended by")
    bench.until(lambda: not members(process.pid), "end of all processes")
