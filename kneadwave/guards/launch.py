"""The player's side of a guard: starts it in a process of its own, and is a link to it."""

import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from firmware_bridge import errors
from firmware_bridge.clock import Clock, Files
from firmware_bridge.errors import BridgeError, LinkError, LinkLost, LinkTimeout
from kneadwave.errors import SessionRemedy
from kneadwave.guards.channel import START_S, ChannelReader, packed
from kneadwave.guards.dialects import guarded
from kneadwave.guards.marks import forget
from kneadwave.guards.scope import started
from kneadwave.guards.sound import PlaysOn
from kneadwave.guards.watch import GuardWatch

WRITE_TIMEOUT_S = 0.2
END_S = 1.0
"""How long a guard may take to switch off and end, once its host is gone."""
READ_BYTES = 4096


class GuardLink:
    """A link to the guard of the device of `url`, built to the description of that name or path.

    With `placing` channels it is built to place so many motors, and to no description.
    Raises what opening the device raises: PortMissing, PortForbidden, PortBusy, DeviceRefused, LinkTimeout.
    """

    def __init__(self, url: str, description: str, clock: Clock, placing: int = 0) -> None:
        self.name = url
        self.sound: PlaysOn | None = None
        """The sound card, where the device plays on one."""
        self.about = ""
        """What a person should know of what the device said of itself."""
        self._clock = clock
        self._wire, wire = socket.socketpair()
        self._channel, channel = socket.socketpair()
        with wire, channel:
            self._process = _start(url, description, wire, channel, placing)
        lines = ChannelReader(self._channel)
        try:
            self._await_ready(lines)
        except BaseException:
            self._close_sockets()
            self._process.kill()
            self._process.wait()
            raise
        self._wire.setblocking(False)
        second = guarded(url).second
        self._second = None if second is None else second(lines.fd, url, clock)
        self._watch = GuardWatch(
            self._process.pid,
            self._channel,
            lines,
            self._second,
            self._end_wire,
            off_without_guard=second is None,
        )

    @property
    def guard_pid(self) -> int:
        """The process of the guard."""
        return self._process.pid

    @property
    def off(self) -> bool:
        """Whether the device was told to be off, once the guard has ended."""
        return self._watch.off

    def write(self, data: bytes) -> None:
        deadline = self._clock.now() + WRITE_TIMEOUT_S
        while data:
            left = max(0.0, deadline - self._clock.now())
            try:
                if not select.select([], [self._wire], [], left)[1]:
                    raise LinkTimeout(f"the guard of {self.name} takes no more data")
                data = data[self._wire.send(data) :]
            except BlockingIOError:
                continue
            except (OSError, ValueError) as error:
                raise self._lost() from error

    def read(self) -> bytes:
        try:
            data = self._wire.recv(READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._lost() from error
        if not data:
            raise self._lost()
        return data

    def waiting(self) -> bool:
        try:
            return bool(select.select([self._wire], [], [], 0)[0])
        except (OSError, ValueError):
            return True  # `read` will tell what happened

    @property
    def files(self) -> Files:
        return (self._wire.fileno(),)

    def abandon_output(self) -> None:
        """Do nothing: the guard reads at once, and what it hands to the device it throws away by itself."""

    def signal_break(self) -> None:
        with suppress(OSError):
            self._channel.send(packed(**{"break": True}))

    def close(self) -> None:
        """End the guard: everything is off when this returns, or was told to be."""
        with suppress(OSError):
            self._wire.shutdown(socket.SHUT_RDWR)
        if not self._watch.join(END_S):
            self._process.send_signal(signal.SIGKILL)  # the watch sees it, and switches off
            self._watch.join(END_S)
        self._process.wait()
        if self._watch.off:
            forget(self.name)
        if self._second is not None:
            self._second.close()
        self._close_sockets()

    def _end_wire(self) -> None:
        with suppress(OSError):
            self._wire.shutdown(socket.SHUT_RDWR)

    def _lost(self) -> LinkError:
        self._watch.join(END_S)
        if self._watch.error is not None:
            told = _error_of(self._watch.error)
            if isinstance(told, LinkError):
                return told
        if self._watch.fell_silent:
            return LinkLost(
                f"the guard of {self.name} was not heard for a quarter of a second, so the device was "
                "switched off",
                hint="this computer is busy: close other programs, then try again",
            )
        return LinkLost(f"the guard of {self.name} is gone, so the device was switched off")

    def _close_sockets(self) -> None:
        for each in (self._wire, self._channel):
            each.close()

    def _await_ready(self, lines: ChannelReader) -> None:
        deadline = self._clock.now() + START_S
        while not lines.ended:
            left = deadline - self._clock.now()
            if left <= 0 or not select.select([self._channel], [], [], left)[0]:
                raise LinkTimeout(f"the guard of {self.name} does not start")
            for said in lines.read():
                if said.get("ready"):
                    self.sound = PlaysOn(**said["sound"]) if "sound" in said else None
                    self.about = str(said.get("about", ""))
                    return
                if said.get("error"):
                    raise _error_of(said)
        raise LinkLost(f"the guard of {self.name} ended as it began")


def _start(
    url: str, description: str, wire: socket.socket, channel: socket.socket, placing: int
) -> subprocess.Popen[bytes]:
    fds = (wire.fileno(), channel.fileno())
    command = [sys.executable, "-m", "kneadwave.guards.process", url, description, *map(str, fds)]
    if placing:
        command.append(str(placing))

    def start(words: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            words,
            pass_fds=fds,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=Path(sys.prefix),
            env=os.environ | {"PYTHONSAFEPATH": "1"},
        )

    return started(command, start)


def _error_of(said: dict[str, Any]) -> BridgeError:
    kind = getattr(errors, str(said["error"]), LinkError)
    known = kind if isinstance(kind, type) and issubclass(kind, BridgeError) else LinkError
    hint = said.get("hint")
    # A remedy comes as its plain words; as data again a front end has words of its own for it.
    remedy = next((each for each in (*errors.DeviceRemedy, *SessionRemedy) if each == hint), hint)
    return known(str(said.get("message")), hint=remedy)
