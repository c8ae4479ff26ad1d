"""The byte pipe to a device, and the only room that knows pyserial.

`/dev/ttyACM0`, `COM3`       a serial port
`id:SERIAL`                  the USB device with that serial number
`socket://host:port`         a serial port behind a network socket
"""

import errno
import os
import select
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import serial
from serial.tools import list_ports

from firmware_bridge.clock import Clock, Files, MonotonicClock
from firmware_bridge.errors import (
    CHECK_CABLE,
    DeviceRemedy,
    LinkError,
    LinkLost,
    LinkTimeout,
    PortBusy,
    PortForbidden,
    PortMissing,
)
from firmware_bridge.wire.framing import BAUD
from firmware_bridge.wire.holder import holder_of
from firmware_bridge.wire.terminal import terminal_of

try:
    from termios import error as _TerminalError
except ImportError:  # Windows
    _TerminalError = OSError  # type: ignore[misc,assignment]

_FOREIGN = (serial.SerialException, OSError, _TerminalError)
"""What pyserial lets through. termios.error is no OSError: a flush on a port that has vanished raises it."""

WRITE_TIMEOUT_S = 0.2
"""A write that a device does not take within this time has failed; below the 250 ms of link loss."""
CAN_SELECT = os.name != "nt"
"""Whether a port can be asked, without waiting, if it takes more; on Windows pyserial waits for that."""
ALLOWED_USB_IDS: frozenset[str] = frozenset({"1209:0001"})
"""USB vendor:product pairs of Kneadwave firmware. pid.codes sets 1209:0001 aside for private tests."""
READ_BYTES = 4096
_MEMORY = 1
"""The number of /dev/null and what else is memory among the devices of Linux; admin-guide/devices.txt."""


class Link(Protocol):
    """A pipe of bytes to one device. Nothing here blocks longer than WRITE_TIMEOUT_S."""

    name: str

    def write(self, data: bytes) -> None:
        """Send; raises LinkLost or LinkTimeout."""
        ...

    def read(self) -> bytes:
        """What has arrived, perhaps nothing; raises LinkLost."""
        ...

    def waiting(self) -> bool:
        """Whether something has arrived that `read` would return. Never raises."""
        ...

    @property
    def files(self) -> Files:
        """What can be read when `waiting` turns true. Never raises."""
        ...

    def abandon_output(self) -> None:
        """Throw away what is queued and not yet on the line. Never raises."""
        ...

    def signal_break(self) -> None:
        """Hold the line in a break condition for a moment, where the line can do that. Never raises."""
        ...

    def close(self) -> None:
        """Give the device up. Never raises."""
        ...


@dataclass(frozen=True)
class Port:
    """A serial port that is there. `usb_id` is `vendor:product` in hex, empty when it is no USB device."""

    device: str
    usb_id: str
    serial_number: str
    description: str


class SerialLink:
    """A real serial port, held exclusively. `clock` (real time where none is given) times its writes."""

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        """Open `url`; raises PortMissing, PortForbidden, PortBusy or another LinkError."""
        self.name = url
        self._clock = clock or MonotonicClock()
        self._port = open_port(_resolve(url))

    def write(self, data: bytes) -> None:
        with foreign_errors(self.name):
            if CAN_SELECT:
                self._write_while_taken(data)
            else:
                self._port.write(data)

    def read(self) -> bytes:
        with foreign_errors(self.name):
            # A socket only says whether anything has come; with no timeout, `read` gives what is there.
            return bytes(self._port.read(READ_BYTES))

    def waiting(self) -> bool:
        try:
            return bool(self._port.in_waiting)
        except (*_FOREIGN, TypeError):
            return True  # `read` will tell what happened

    @property
    def files(self) -> Files:
        try:
            return (int(self._port.fileno()),) if CAN_SELECT else None
        except (*_FOREIGN, AttributeError):  # pyserial has ports without a descriptor
            return None

    def abandon_output(self) -> None:
        with suppress(*_FOREIGN, AttributeError):
            self._port.reset_output_buffer()

    def signal_break(self) -> None:
        with suppress(*_FOREIGN, AttributeError):
            self._port.send_break()

    def close(self) -> None:
        with suppress(*_FOREIGN):
            self._port.close()

    def _write_while_taken(self, data: bytes) -> None:
        """Write as much at a time as the port takes.

        pyserial's own limit also fails writes that succeeded, where this process got no time in between. Here
        the port is asked once more when the time is over.
        """
        deadline = self._clock.now() + WRITE_TIMEOUT_S
        while data:
            left = max(0.0, deadline - self._clock.now())
            if not select.select([], [self._port], [], left)[1]:
                raise serial.SerialTimeoutException
            data = data[self._port.write(data) :]


def list_serial_ports() -> list[Port]:
    """Every serial port of this machine. Opens none of them."""
    return sorted((_port(p) for p in list_ports.comports()), key=lambda port: port.device)


def allowed_ports(ports: Iterable[Port], also: Iterable[str] = ()) -> list[Port]:
    """Those of `ports` that may be opened unasked: known USB ids, and the ids or serial numbers in `also`."""
    allowed = ALLOWED_USB_IDS | {entry.lower() for entry in also if entry}
    return [
        p for p in ports if p.usb_id in allowed or (p.serial_number and p.serial_number.lower() in allowed)
    ]


@contextmanager
def foreign_errors(name: str) -> Iterator[None]:
    """Translate what pyserial and the system raise; the one place that does."""
    try:
        yield
    except serial.SerialTimeoutException as error:
        raise LinkTimeout(f"{name} takes no more data", hint="the device may hang; unplug it") from error
    except (*_FOREIGN, TypeError) as error:
        # TypeError: pyserial's read on a port that another thread or a signal handler closed.
        raise LinkLost(f"{name} is gone: {_why_gone(name, error)}", hint=CHECK_CABLE) from error


def _why_gone(name: str, error: Exception) -> str:
    """What befell an open port, or a connection."""
    if "://" in name or isinstance(error, ConnectionError):
        return "the connection broke off"
    return "its cable was pulled, or it was switched off"


def open_port(url: str) -> serial.Serial:
    """Open a port, exclusively; nothing on it waits. PortMissing, PortForbidden, PortBusy, or LinkError."""
    timeout = 0 if CAN_SELECT else WRITE_TIMEOUT_S
    _refuse_terminal(url)
    try:
        if "://" in url:
            if not url.startswith("socket://"):  # pyserial knows more, which reach what nobody named
                raise ValueError("no such place")
            return serial.serial_for_url(url, timeout=0, write_timeout=timeout)
        return serial.Serial(
            url,
            baudrate=BAUD,
            timeout=0,
            write_timeout=timeout,
            exclusive=None if os.name == "nt" else True,
        )
    except (*_FOREIGN, ValueError) as error:
        raise opening_error(url, error) from error


def _refuse_terminal(path: str) -> None:
    """PortMissing for the terminal of a person: what lay there has ended, and its name is used again."""
    pid = terminal_of(path)
    if pid:
        raise PortMissing(
            f"{path} is somebody's terminal by now (process {pid}), and no device",
            hint="the virtual device that was there has ended: start it again",
        )


def opening_error(url: str, error: Exception, kind: str = "serial port") -> LinkError:
    """What an error of the system or of pyserial means, where `url` was to be opened."""
    number = getattr(error, "errno", None)
    text = str(error)
    if number in (errno.EWOULDBLOCK, errno.EBUSY) or "exclusively lock" in text:
        holder = None if "://" in url else holder_of(url)
        hint = DeviceRemedy.STOP_HOLDER.of(url=url)
        if holder is not None:
            hint = DeviceRemedy.END_HOLDER.of(url=url, pid=str(holder.pid))
        return PortBusy(f"{url} is in use by {holder or 'another program'}", hint=hint)
    if (
        number in (errno.EACCES, errno.EPERM)
        or isinstance(error, PermissionError)
        or "PermissionError" in text
    ):
        if os.name == "nt":  # Windows says "access denied" for a port that somebody holds
            return PortBusy(f"{url} is in use by another program", hint="close the program that holds it")
        return PortForbidden(
            f"you may not open {url}", hint="join the group that owns it (often dialout), then log in again"
        )
    if url.startswith("socket://") or (number is None and "://" in url):
        return PortMissing(f"nobody answers at {url}", hint="is it on, and is that its host and port?")
    if "://" not in url and _is_no_port(url, text):
        return PortMissing(f"{url} is no {kind}", hint=DeviceRemedy.LIST_PORTS)
    if number == errno.ENOENT or "FileNotFoundError" in text or ("could not open" in text and number is None):
        return PortMissing(f"there is no port {url}", hint=DeviceRemedy.LIST_PORTS)
    reason = os.strerror(number) if isinstance(number, int) else text
    return LinkError(f"{url} cannot be opened: {reason}", hint=DeviceRemedy.LIST_PORTS)


def _is_no_port(path: str, told: str = "") -> bool:
    """Whether what lies at `path` is there, but no serial port; `told` is what opening it said."""
    if os.name != "posix":
        return False
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return False
    if not stat.S_ISCHR(found.st_mode):
        return True
    memory = sys.platform == "linux" and os.major(found.st_rdev) == _MEMORY
    return memory or f"({errno.ENOTTY}," in told


def look_for_port(path: str) -> None:
    """PortMissing, PortForbidden or PortBusy where `path` plainly cannot be opened; opens nothing.

    Windows tells only when a port is opened.
    """
    if os.name != "posix":
        return
    _refuse_terminal(path)
    try:
        os.stat(path)
        if _is_no_port(path):
            raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if holder_of(path, locked=True) is not None:
            raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK))
    except OSError as error:
        raise opening_error(path, error) from error


def _resolve(url: str) -> str:
    if not url.startswith("id:"):
        return url
    wanted = url.removeprefix("id:")
    named = [port.device for port in list_serial_ports() if wanted and port.serial_number == wanted]
    if len(named) == 1:
        return named[0]
    none = f"no device has the serial number {wanted}"
    several = f"{len(named)} ports have the serial number {wanted}: {', '.join(named)}"
    raise PortMissing(several if named else none, hint=DeviceRemedy.LIST_PORTS)


def _port(found: "list_ports.common.ListPortInfo") -> Port:  # type: ignore[name-defined]
    usb_id = "" if found.vid is None else f"{found.vid:04x}:{found.pid:04x}"
    return Port(found.device, usb_id, found.serial_number or "", found.description or "")
