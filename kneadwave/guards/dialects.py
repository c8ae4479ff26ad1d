"""Which URL is spoken how: the scheme names a dialect, and what follows says where the device is.

hf8:PORT     the seat pad of eight motors on a serial port
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kneadwave.errors import UsageError

if TYPE_CHECKING:
    from firmware_bridge.clock import Clock
    from firmware_bridge.guard.outputs.output import GuardOutput
    from firmware_bridge.guard.outputs.stream import Dialect, Pipe

Opener = Callable[[str, "Clock"], "Opened"]


@dataclass(frozen=True)
class Opened:
    """An opened device: the output that drives it, and its descriptor where a second process may use it."""

    output: "GuardOutput"
    fd: int | None = None


@dataclass(frozen=True)
class Scheme:
    """How devices of one scheme are driven: `open` one by what follows the colon, or end one by `second`.

    `description` is the shipped description that counts where no other is named. `second` gives the output
    that zeroes a device whose guard is gone, over the guard's own descriptor.
    """

    description: str
    open: Opener
    second: "Callable[[int, str, Clock], GuardOutput]"


def scheme_of(url: str) -> Scheme | None:
    """How the device of `url` is driven; None for one that speaks docs/wire.md itself."""
    return SCHEMES.get(url.partition(":")[0].lower())


def place_of(url: str) -> str:
    """What follows the scheme; UsageError where nothing does."""
    place = url.partition(":")[2]
    if not place:
        raise UsageError(f"{url} names no device", hint=f"say where it is: {url}PORT")
    return place


def open_output(url: str, clock: "Clock") -> Opened:
    """Open the device of a URL that `scheme_of` knows; link errors where that fails."""
    scheme = scheme_of(url)
    assert scheme is not None
    return scheme.open(place_of(url), clock)


def _hf8() -> "Dialect":
    from firmware_bridge.guard.outputs.hf8 import Hf8

    return Hf8()


def _stream(dialect: "Dialect", pipe: "Pipe", clock: "Clock") -> "GuardOutput":
    from firmware_bridge.guard.outputs.stream import StreamOutput

    return StreamOutput(dialect, pipe, clock.now, clock.sleep)


def _on_serial(make: "Callable[[], Dialect]") -> Opener:
    def open_port(place: str, clock: "Clock") -> Opened:
        from firmware_bridge.wire.pipe import SerialPipe

        pipe = SerialPipe(place)
        return Opened(_stream(make(), pipe, clock), pipe.fileno())

    return open_port


def _second(make: "Callable[[], Dialect]") -> "Callable[[int, str, Clock], GuardOutput]":
    def adopt(fd: int, name: str, clock: "Clock") -> "GuardOutput":
        from firmware_bridge.wire.pipe import SecondDescriptor

        return _stream(make(), SecondDescriptor(fd, name), clock)

    return adopt


SCHEMES: Final[dict[str, Scheme]] = {
    "hf8": Scheme("hf8", _on_serial(_hf8), _second(_hf8)),
}
"""One line for each dialect."""
