"""A guard in a scope of its own, where a systemd of this user runs: what ends its terminal does not end it.

Memory that runs short is taken from a scope as a whole, and a login that ends takes its scopes with it. The
guard is the process that should be left over. Where anything about it fails, a guard starts without a scope.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

PROGRAM: Final = "systemd-run"
OPTIONS: Final = ("user", "scope", "quiet", "collect")
TAKES_S: Final = 1.0
"""The longest that it may take to make the scope; project's choice: a guard that starts waits for it."""
LOOK_S: Final = 0.005

Start = Callable[[list[str]], "subprocess.Popen[bytes]"]


def started(command: list[str], start: Start) -> "subprocess.Popen[bytes]":
    """Start a Python `command` by `start`, in a scope of its own where there can be one; raises as that does.

    `start` makes it the leader of a session. What makes the scope becomes the command, so that both are one
    process; where it does not, it is ended first.
    """
    prefix = _prefix()
    if prefix:
        with suppress(OSError):
            process = start([*prefix, *command])
            if _became_python(process):
                return process
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return start(command)


def _prefix() -> list[str]:
    """What makes a scope of this user; nothing where no manager of theirs runs."""
    program = shutil.which(PROGRAM)
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if program is None or not runtime or not os.path.exists(os.path.join(runtime, "systemd", "private")):
        return []
    return [program, *(f"--{option}" for option in OPTIONS), "--"]


def _became_python(process: "subprocess.Popen[bytes]") -> bool:
    """Whether the process turns into Python before TAKES_S are over."""
    ours = os.path.realpath(sys.executable)
    for _ in range(round(TAKES_S / LOOK_S)):
        with suppress(OSError):
            if os.readlink(f"/proc/{process.pid}/exe") == ours:
                return True
        with suppress(subprocess.TimeoutExpired):
            process.wait(LOOK_S)
            return False
    return False
