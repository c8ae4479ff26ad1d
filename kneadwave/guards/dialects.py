"""Which URL is spoken how: the scheme names a dialect, and what follows says where the device is.

hf8:PORT                       the seat pad of eight motors on a serial port
tcode:PORT, tcode:udp://H:P    axes of vibration, on a serial port or over a network
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kneadwave.errors import UsageError

if TYPE_CHECKING:
    from firmware_bridge.clock import Clock
    from firmware_bridge.guard.outputs.output import GuardOutput
    from firmware_bridge.guard.outputs.stream import Dialect, Pipe
    from firmware_bridge.wire.pipe import DatagramPipe, SerialPipe

UDP: Final = "udp://"


@dataclass(frozen=True)
class Scheme:
    """How devices of one scheme are driven: `dialect` makes one for so many channels.

    `description` is the shipped description that counts where no other is named. `network`: whether one may
    be at the end of a network.
    """

    dialect: "Callable[[int], Dialect]"
    description: str
    network: bool = False


@dataclass(frozen=True)
class Opened:
    """An opened device: the output that drives it, and its descriptor where a second process may use it."""

    output: "GuardOutput"
    fd: int | None = None


def scheme_of(url: str) -> Scheme | None:
    """How the device of `url` is driven; None for one that speaks docs/wire.md itself."""
    return SCHEMES.get(url.partition(":")[0].lower())


def place_of(url: str) -> str:
    """What follows the scheme; UsageError where nothing does, or no place of such a device."""
    scheme, _, place = url.partition(":")
    if not place:
        raise UsageError(f"{url} names no device", hint=f"say where it is: {scheme}:PORT")
    network = SCHEMES[scheme.lower()].network
    if "://" in place and not (network and place.startswith(UDP)):
        also = f", or {scheme}:{UDP}HOST:PORT" if network else ""
        raise UsageError(f"{url} is no place of such a device", hint=f"say {scheme}:PORT{also}")
    return place


def open_output(url: str, clock: "Clock", channels: int | None = None) -> Opened:
    """Open the device of a URL that `scheme_of` knows, to drive so many `channels` of it; link errors.

    Without a number it can be told to be off, and no more.
    """
    pipe = _pipe(place_of(url))
    return Opened(_output(url, pipe, clock, channels or 0), pipe.fileno())


def second_output(fd: int, url: str, clock: "Clock") -> "GuardOutput":
    """The device of `url` by the descriptor that its guard had, to be told to be off."""
    from firmware_bridge.wire.pipe import DatagramPipe, SecondDescriptor

    pipe = DatagramPipe.adopted(fd, url) if UDP in url else SecondDescriptor(fd, url)
    return _output(url, pipe, clock, 0)


def _pipe(place: str) -> "SerialPipe | DatagramPipe":
    from firmware_bridge.wire.pipe import DatagramPipe, SerialPipe

    return DatagramPipe(place.removeprefix(UDP)) if place.startswith(UDP) else SerialPipe(place)


def _output(url: str, pipe: "Pipe", clock: "Clock", channels: int) -> "GuardOutput":
    from firmware_bridge.guard.outputs.stream import StreamOutput

    scheme = scheme_of(url)
    assert scheme is not None
    return StreamOutput(scheme.dialect(channels), pipe, clock.now, clock.sleep)


def _hf8(_channels: int) -> "Dialect":
    from firmware_bridge.guard.outputs.hf8 import Hf8

    return Hf8()


def _tcode(channels: int) -> "Dialect":
    from firmware_bridge.guard.outputs.tcode import TCode

    return TCode(channels)


SCHEMES: Final[dict[str, Scheme]] = {
    "hf8": Scheme(_hf8, "hf8"),
    "tcode": Scheme(_tcode, "cushion-4", network=True),
}
"""One line for each dialect."""
