"""Asks one port what hangs on it, in every dialect that is known.

Only what a person has named: to open a port restarts some boards. The questions go out in an order in which
none can be taken for a command of another dialect: HELLO of docs/wire.md has no byte that begins or ends a
command of lines, an empty command ends it as noise, and what is asked then (P, D1, D2) only asks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from firmware_bridge.clock import Clock
from firmware_bridge.errors import DeviceRefused, LinkTimeout
from firmware_bridge.guard.outputs.hf8 import MOTORS, Hf8
from firmware_bridge.guard.outputs.output import OutputRefused
from firmware_bridge.guard.outputs.tcode import TCode
from kneadwave.errors import SessionRemedy, UsageError
from kneadwave.guards.dialects import network_pipe, place_of, port_path, refuse_unknown, scheme_of

if TYPE_CHECKING:
    from firmware_bridge.wire.link import Link

ANSWER_S: Final = 1.0
"""How long an answer to one question may take, seconds."""
MORE_S: Final = 0.3
"""How long the rest of an answer may take, after it has begun."""
POLL_S: Final = 0.01


class Line(Protocol):
    """What is asked, and answers."""

    def write(self, data: bytes) -> None: ...
    def read(self) -> bytes: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Answered:
    """What answered at a port: `url` is what `--device` takes, `scheme` is empty for docs/wire.md.

    `channels` it has, None where it does not say; `refused` says why it is not driven as it is now.
    """

    url: str
    scheme: str
    what: str
    channels: int | None
    refused: str = ""


def probe(port: str, clock: Clock) -> Answered:
    """Ask the device at a port, a URL with a scheme included; nothing moves by it.

    Raises PortMissing, PortForbidden, PortBusy, and LinkTimeout where nothing answers in a known dialect.
    """
    from firmware_bridge.wire.link import SerialLink

    named = _port_of(port)
    link = SerialLink(named, clock)
    try:
        for ask in (_wire, _hf8, _tcode):
            answered = ask(link, named, clock)
            if answered is not None:
                return answered
    finally:
        link.close()
    raise LinkTimeout(
        f"nothing at {named} answers in a dialect that is known here",
        hint="is it powered, and has it finished starting?",
    )


def _port_of(named: str) -> str:
    refuse_unknown(named)
    if scheme_of(named) is None:
        return named
    path = port_path(named)
    if path is None:
        raise UsageError(f"{named} is at no port", hint="name a port, such as /dev/ttyUSB0 or COM3")
    return path


def _wire(link: "Link", port: str, clock: Clock) -> Answered | None:
    from firmware_bridge.play.wire_device import WireDevice

    try:
        told = WireDevice(link, clock).identify()
    except LinkTimeout:
        return None
    except DeviceRefused as error:
        return Answered(port, "", "speaks docs/wire.md", None, str(error))
    return Answered(port, "", f"{told.identity.model}, speaks docs/wire.md", len(told.table))


def _hf8(link: "Line", port: str, clock: Clock) -> Answered | None:
    dialect = Hf8()
    link.write(dialect.questions())
    refused = _heard(link, dialect.take, dialect.answered, clock)
    if refused is None:
        return None
    return Answered(
        f"hf8:{port}", "hf8", f"HF8 seat pad, its control box at {dialect.scale} of 255", MOTORS, refused
    )


def _tcode(link: "Line", port: str, clock: Clock) -> Answered | None:
    dialect = TCode(0)
    link.write(dialect.questions())
    refused = _heard(link, dialect.take, dialect.answered, clock)
    if refused is None:
        return None
    clock.sleep(MORE_S)
    dialect.take(link.read())
    axes = dialect.channels_named
    what = f"T-Code v0.3, {axes} {'axis' if axes == 1 else 'axes'} of vibration"
    return Answered(f"tcode:{port}", "tcode", what if not refused else "T-Code", axes, refused)


def _heard(
    link: "Line", take: Callable[[bytes], None], answered: Callable[[], bool], clock: Clock
) -> str | None:
    """Wait for an answer: "" once it came, why it is not driven where it says so, None where none comes."""
    for _ in range(round(ANSWER_S / POLL_S)):  # counted: a busy computer may hold up both sides
        take(link.read())
        try:
            if answered():
                return ""
        except OutputRefused as error:
            return str(error)
        clock.sleep(POLL_S)
    return None


def channels_of(url: str, clock: Clock) -> int | None:
    """How many channels the device of a URL says it has; None where nobody can say without being told.

    Asks it in the dialect of its scheme alone; raises as `probe` does.
    """
    scheme, place = url.partition(":")[0].lower(), place_of(url)
    if scheme == "intiface":
        from kneadwave.guards.intiface import motors_at

        return motors_at(place, clock)
    ask = _ASKED.get(scheme)
    if ask is None:
        return None
    link = _line_to(place, clock)
    try:
        answered = ask(link, place, clock)
    finally:
        link.close()
    if answered is None:
        raise LinkTimeout(f"{url} does not answer as such a device would", hint=SessionRemedy.ASK_PORT)
    if answered.refused:
        raise DeviceRefused(f"{url}: {answered.refused}")
    return answered.channels


class NetworkLine:
    """What is on a network as a line: what is not taken at once was not asked."""

    def __init__(self, place: str) -> None:
        self._pipe = network_pipe(place)

    def write(self, data: bytes) -> None:
        self._pipe.send(data)

    def read(self) -> bytes:
        return self._pipe.receive()

    def close(self) -> None:
        self._pipe.close()


def _line_to(place: str, clock: Clock) -> "Line":
    if "://" in place:
        return NetworkLine(place)
    from firmware_bridge.wire.link import SerialLink

    return SerialLink(place, clock)


_ASKED: Final[dict[str, Callable[["Line", str, Clock], Answered | None]]] = {"hf8": _hf8, "tcode": _tcode}
