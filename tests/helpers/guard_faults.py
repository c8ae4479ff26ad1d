"""One fault at a time while a guarded device moves: how long until it is off, and whether it stays so."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from time import monotonic, sleep

from served_twins import ServedTwin

from firmware_bridge.devices.load import load_device
from kneadwave.guards.dialects import SCHEMES
from simulator.twins import TWINS, over_web

PLAYER = Path(__file__).with_name("guarded_player.py")
ANY = "cushion-4"
"""The description of what has none of its own."""
AFTER_S = 0.6
"""So long it is watched after it was off."""
DEADLINE_S = 60.0
TRIES = 5
KICK_S = 0.38
"""After the first movement, of 0.28 s, motors rest for 0.2 s: in the middle of that. Then they go on."""
SILENT = "was not heard for a quarter of a second"
"""What a player says of a guard that got no time: everything was off in the moment before the fault."""
LINE_FULL_S = 1.0
"""So long a device takes nothing, and then what there is."""


class Fault(StrEnum):
    """What befalls player, guard or line."""

    PLAYER_KILLED = "player killed"
    PLAYER_STOPPED = "player stopped"
    PLAYER_CRASHED = "player crashed in mid-write"
    GUARD_KILLED = "guard killed"
    GUARD_STOPPED = "guard stopped"
    LINE_FULL = "the device takes nothing for a while"
    UNPLUGGED = "cable pulled"
    BOTH_KILLED = "both killed, then any knead command"


def guard_of(url: str) -> int:
    """The process of the guard of `url`; AssertionError unless there is just one."""
    asked = b"\0".join((b"kneadwave.guards.process", url.encode(), b""))
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if int(entry.name) and asked in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    assert len(found) == 1, found
    return found[0]


def cells() -> Iterator[tuple[str, str, Fault]]:
    """Every fault of every dialect, on a line and over each network; datagrams fill no line up."""
    for scheme in TWINS:
        about = SCHEMES[scheme]
        networks = [network.partition(":")[0] for network in about.networks]
        for network in ([""] if about.ports else []) + networks:
            for fault in Fault:
                if not (network == "udp" and fault is Fault.LINE_FULL):
                    yield scheme, network, fault


@dataclass(frozen=True)
class Outcome:
    """`off_s`: seconds from the fault until everything was off, None where that never came.

    `moved_after`: whether anything moved after that. `said`: what the player said at its end.
    """

    off_s: float | None
    moved_after: bool
    said: str


class EndedBefore(Exception):
    """The player ended before the fault."""


def strike(fault: Fault, scheme: str, env: dict[str, str], network: str = "") -> Outcome:
    """Play on a virtual device behind a guard until it moves, let `fault` happen, and watch.

    A guard that gets no time for 250 ms is taken for dead, and that ends a session too: where a machine is as
    busy as that, it is tried again.
    """
    for left in reversed(range(TRIES)):
        try:
            return _strike(fault, scheme, env, network)
        except EndedBefore:
            if not left:
                raise
    raise AssertionError


def _strike(fault: Fault, scheme: str, env: dict[str, str], network: str) -> Outcome:
    description = SCHEMES[scheme].description or ANY
    make = partial(over_web, scheme) if network == "ws" else TWINS[scheme]
    with ServedTwin(make(len(load_device(description).actuators)), network) as served:
        url = f"{scheme}:{served.port}"
        command = [sys.executable, str(PLAYER), url, description]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as player:
            assert player.stdout is not None
            guard = int(player.stdout.readline())
            try:
                for before_s in (KICK_S, 0.0):
                    _wait(lambda: served.moves or player.poll() is not None, "movement")
                    sleep(before_s)
                if player.poll() is not None:
                    raise EndedBefore(player.stdout.read())
                began = monotonic()
                seen_from = _happen(fault, served, player.pid, guard, env)
                _wait(lambda: served.off_at() is not None or fault is Fault.UNPLUGGED, "rest")
                off = served.off_at()
                sleep(AFTER_S)
                again = served.moved_since(seen_from if off is None else off)
                off_s = None if off is None else max(0.0, off - max(began, seen_from))
                moved = again is not None or (off is not None and any(served.levels))
                said = _ended(fault, player, guard)
                if fault is Fault.UNPLUGGED and SILENT in said:
                    raise EndedBefore(said)
                return Outcome(off_s, moved, said)
            finally:
                for pid in (player.pid, guard):
                    _kill(pid, signal.SIGKILL)


def _happen(fault: Fault, served: ServedTwin, player: int, guard: int, env: dict[str, str]) -> float:
    """Let it happen; from when on the device is expected to be off soon."""
    match fault:
        case Fault.PLAYER_KILLED:
            os.kill(player, signal.SIGKILL)
        case Fault.PLAYER_STOPPED:
            os.kill(player, signal.SIGSTOP)
        case Fault.PLAYER_CRASHED:
            os.kill(player, signal.SIGUSR1)
        case Fault.GUARD_KILLED:
            os.kill(guard, signal.SIGKILL)
        case Fault.GUARD_STOPPED:
            os.kill(guard, signal.SIGSTOP)
        case Fault.LINE_FULL:
            served.take_nothing()
            sleep(LINE_FULL_S)
            served.reading.set()
            _wait(served.has_caught_up, "end of what was on its way")
        case Fault.UNPLUGGED:
            served.unplug()
        case Fault.BOTH_KILLED:
            os.kill(guard, signal.SIGSTOP)  # or it would switch off before its own end comes
            for pid in (player, guard):
                os.kill(pid, signal.SIGKILL)
            _wait(lambda: not alive(guard), "end of the guard")
            now = monotonic()
            command = [sys.executable, "-m", "kneadwave", "--version"]
            subprocess.run(command, env=env, check=True, capture_output=True)
            return now
    return monotonic()


def _ended(fault: Fault, player: "subprocess.Popen[str]", guard: int) -> str:
    """Let both end; what the player said."""
    if fault is Fault.PLAYER_STOPPED:
        _kill(player.pid, signal.SIGKILL)
    said = player.communicate(timeout=DEADLINE_S)[0]
    _wait(lambda: not alive(guard), "end of the guard")
    return str(said).strip()


def alive(pid: int) -> bool:
    """Whether there is a process of that number, ended ones left out."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _kill(pid: int, number: int) -> None:
    if alive(pid):
        os.kill(pid, number)


def _wait(condition: Callable[[], bool], what: str) -> None:
    deadline = monotonic() + DEADLINE_S
    while not condition():
        assert monotonic() < deadline, f"no {what} within {DEADLINE_S:g} s"
        sleep(0.002)
