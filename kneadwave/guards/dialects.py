"""Which URL is spoken how: the scheme names a dialect, and what follows says where the device is.

hf8:PORT                       the seat pad of eight motors on a serial port
tcode:PORT, tcode:udp://H:P    axes of vibration, on a serial port or over a network
tcode:ws://H:P/ws              the same, over a WebSocket
intiface:ws://H:P[/DEVICE]     a device that vibrates, behind Intiface
audio:NAME                     shakers behind an amplifier, on a sound card of two to eight channels
evdev:NODE                     two rumble motors of a game controller, on an input device of Linux

A scheme that is not among them may be of another package: `packages`.
"""

import os
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from kneadwave.errors import UsageError
from profiles.near import did_you_mean

if TYPE_CHECKING:
    from firmware_bridge.clock import Clock
    from firmware_bridge.guard.outputs.output import GuardOutput, OffSwitch
    from firmware_bridge.guard.outputs.stream import Dialect, Pipe
    from firmware_bridge.wire.pipe import DatagramPipe
    from firmware_bridge.wire.websocket import WebSocketPipe
    from kneadwave.guards.sound import PlaysOn

PORT: Final = "PORT"
_MEANS_ONE: Final = {
    "sim": re.compile(""),
    "id": re.compile(r"(?!//).+"),
    "socket": re.compile(
        r"//(?:\[[0-9A-Fa-f:.]+\]|[^\s/:?#@\[\]]+):(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])"
    ),
}
"""What follows these, and nothing else: a serial number, a host and its port."""
UDP: Final = "udp://"
WS: Final = "ws://"


@dataclass(frozen=True)
class Opened:
    """An opened device: the output that drives it, and its descriptor where a second process may use it.

    `sound`: on which sound card it plays.
    """

    output: "GuardOutput"
    fd: int | None = None
    sound: "PlaysOn | None" = None


@dataclass(frozen=True)
class Scheme:
    """How devices of one scheme are driven.

    `open` takes the place, a clock and for how many channels. `second` makes what tells the device to be off
    when its guard is gone, of the descriptor that it had, where there was one to share; None for what is off
    by then. `description` is the shipped description that counts where no other is named, None where nobody
    can know where the motors lie. A place is what `place` says, or begins with one of `networks`; with an
    empty `place` it always does. By `lag_s` more than its guard puts out a pulse may last at the device.
    """

    open: "Callable[[str, Clock, int], Opened]"
    second: "Callable[[int | None, str, Clock], OffSwitch | None] | None"
    description: str | None
    networks: tuple[str, ...] = ()
    place: str = PORT
    lag_s: float = 0.0

    @property
    def ports(self) -> bool:
        """Whether a place is the path of a port."""
        return self.place == PORT

    @property
    def placed(self) -> bool:
        """Whether its motors can be placed by pulses: what is at a port, or on a network."""
        return self.ports or bool(self.networks)

    def forms(self, name: str) -> list[str]:
        """How its URLs are written, the usual form first."""
        own = [f"{name}:{self.place}"] if self.place else []
        return own + [f"{name}:{network}HOST:PORT" for network in self.networks]


def scheme_of(url: str) -> Scheme | None:
    """How the device of `url` is driven; None for one that speaks docs/wire.md itself.

    A scheme that is not ours may be of an installed package; OutputPackageError where that is broken.
    """
    name, colon, place = url.partition(":")
    known = SCHEMES.get(name.lower())
    if known is not None or not colon or place.startswith("//"):
        return known
    from kneadwave.guards.packages import scheme_named

    return cast("Scheme | None", scheme_named(name.lower(), Scheme))


def known_forms() -> str:
    """How the URLs of devices are written: of one that speaks docs/wire.md itself, and of each dialect."""
    ours = (scheme.forms(name)[0] for name, scheme in SCHEMES.items())
    return ", ".join(["sim:", "a port", "id:SERIAL", "socket://HOST:PORT", *ours])


def refuse_unknown(url: str) -> None:
    """UsageError for what is no URL, or one of a scheme that nobody knows, unless a port is called so."""
    from kneadwave.guards.packages import NAMED, TAKEN

    name, colon, place = url.partition(":")
    known_as = _MEANS_ONE.get(name)
    if (colon and known_as is not None and not known_as.fullmatch(place)) or "\0" in url:
        raise UsageError(f"{url!r} names no device", hint=f"known are {known_forms()}")
    if colon and place.startswith("//") and known_as is None:
        raise UsageError(f"there is no scheme {name}:// for a device", hint=f"known are {known_forms()}")
    if not colon or known_as is not None or name in TAKEN or not NAMED.fullmatch(name.lower()):
        return
    if scheme_of(url) is None and not os.path.exists(url):
        mean = did_you_mean(name, (*SCHEMES, *_MEANS_ONE))
        raise UsageError(f"there is no scheme {name}: for a device", hint=f"{mean}known are {known_forms()}")


def guarded(url: str) -> Scheme:
    """How the device of `url` is driven; UsageError for one that no guard of ours can drive."""
    scheme = scheme_of(url)
    if scheme is None:
        raise UsageError(f"{url}: no such device is known", hint=f"known are {known_forms()}")
    return scheme


def place_of(url: str) -> str:
    """What follows the scheme; UsageError where nothing does, or no place of such a device."""
    scheme, _, place = url.partition(":")
    known = guarded(url)
    forms = ", or ".join(known.forms(scheme))
    if not place:
        raise UsageError(f"{url} names no device", hint=f"say where it is: {forms}")
    if "://" in place and not place.startswith(known.networks):
        raise UsageError(f"{url} is no place of such a device", hint=f"say {forms}")
    return place


def port_path(url: str) -> str | None:
    """The path of the port in a URL that `guarded` knows; None where the device is at none."""
    place = place_of(url)
    return place if guarded(url).ports and "://" not in place else None


def open_output(url: str, clock: "Clock", channels: int | None = None) -> Opened:
    """Open the device of a URL that `scheme_of` knows, to drive so many `channels` of it; link errors.

    Without a number it can be told to be off, and no more.
    """
    return guarded(url).open(place_of(url), clock, channels or 0)


def switch_off(url: str, clock: "Clock") -> None:
    """Tell the device of a URL to be off, over a line opened for that; as `open_output`, and OutputStuck."""
    with closing(open_output(url, clock).output) as output:
        output.zero()


@dataclass(frozen=True)
class _Stream:
    """Opens devices whose `dialect`, made for so many channels, is bytes on a line or over datagrams."""

    dialect: "Callable[[int], Dialect]"

    def open(self, place: str, clock: "Clock", channels: int) -> Opened:
        from firmware_bridge.wire.pipe import SerialPipe

        if place.startswith((UDP, WS)):
            pipe = network_pipe(place)
            return Opened(self._output(pipe, clock, channels), None if WS in place else pipe.fileno())
        line = SerialPipe(place)
        return Opened(self._output(line, clock, channels), line.fileno())

    def second(self, fd: int | None, url: str, clock: "Clock") -> "OffSwitch | None":
        from firmware_bridge.wire.pipe import DatagramPipe, SecondDescriptor

        if WS in url:
            return _redialed(url, clock)
        if fd is None:
            return None
        pipe = DatagramPipe.adopted(fd, url) if UDP in url else SecondDescriptor(fd, url)
        return self._output(pipe, clock, 0)

    def _output(self, pipe: "Pipe", clock: "Clock", channels: int) -> "GuardOutput":
        from firmware_bridge.guard.outputs.stream import StreamOutput

        return StreamOutput(self.dialect(channels), pipe, clock.now, clock.sleep)


def network_pipe(place: str) -> "DatagramPipe | WebSocketPipe":
    """What is at a `udp://` or `ws://` place; link errors."""
    from firmware_bridge.wire.pipe import DatagramPipe

    if not place.startswith(WS):
        return DatagramPipe(place.removeprefix(UDP))
    from kneadwave.guards.web import web_socket

    return web_socket(place)


def stream_scheme(
    dialect: "Callable[[int], Dialect]", description: str, networks: tuple[str, ...] = ()
) -> Scheme:
    """The scheme of a dialect of bytes, made for so many channels: on a serial port, or over `networks`."""
    stream = _Stream(dialect)
    return Scheme(stream.open, stream.second, description, networks)


def _redialed(url: str, clock: "Clock") -> "OffSwitch":
    from kneadwave.guards.web import Redialed

    return Redialed(lambda: open_output(url, clock).output, clock)


def _hf8(_channels: int) -> "Dialect":
    from firmware_bridge.guard.outputs.hf8 import Hf8

    return Hf8()


def _tcode(channels: int) -> "Dialect":
    from firmware_bridge.guard.outputs.tcode import TCode

    return TCode(channels)


def _intiface(place: str, clock: "Clock", channels: int) -> Opened:
    from kneadwave.guards.intiface import open_intiface

    return Opened(open_intiface(place, clock, channels))


_HF8: Final = _Stream(_hf8)
_TCODE: Final = _Stream(_tcode)


def _audio(place: str, clock: "Clock", channels: int) -> Opened:
    from kneadwave.guards.sound import open_sound

    output, plays_on = open_sound(place, clock, channels)
    return Opened(output, sound=plays_on)


def _evdev(place: str, clock: "Clock", _channels: int) -> Opened:
    from firmware_bridge.guard.outputs.rumble import RumbleOutput
    from firmware_bridge.wire.evdev import EvdevMotors

    return Opened(RumbleOutput(EvdevMotors(place), clock.sleep))


SCHEMES: Final[dict[str, Scheme]] = {
    "hf8": Scheme(_HF8.open, _HF8.second, "hf8"),
    "tcode": Scheme(_TCODE.open, _TCODE.second, "cushion-4", networks=(UDP, WS)),
    "intiface": Scheme(
        _intiface, lambda _, url, clock: _redialed(url, clock), None, networks=(WS,), place="", lag_s=0.16
    ),
    "audio": Scheme(_audio, None, "shakers-2", place="NAME"),
    "evdev": Scheme(_evdev, None, None, place="NODE"),
}
"""One line for each dialect."""
