"""Opening a device behind Intiface: which version its server speaks, and which device is meant."""

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from firmware_bridge.errors import DeviceRefused, LinkError, LinkLost, PortMissing
from firmware_bridge.guard.outputs.buttplug import VERSIONS
from firmware_bridge.guard.outputs.intiface import Intiface
from firmware_bridge.guard.outputs.output import OutputRefused
from firmware_bridge.guard.outputs.stream import StreamOutput
from kneadwave.guards.web import AGAIN_S, web_socket

if TYPE_CHECKING:
    from firmware_bridge.clock import Clock
    from firmware_bridge.wire.websocket import WebSocketPipe

ANSWER_S: Final = 1.0
"""How long a server may take to greet, or to list its devices."""
WAIT_S: Final = 0.01
"""One of the waits that this is counted in: a busy computer holds up both sides."""
DIALS: Final = 50
"""A server of one client at a time listens again a moment after that has left: 20 ms a try."""
PORT: Final = 12345


def open_intiface(place: str, clock: "Clock", channels: int) -> StreamOutput:
    """The device of `ws://HOST[:PORT][/DEVICE]`, to drive so many `channels` of it; link errors.

    Without channels it is asked which devices there are, so that they can be told to be off.
    """
    return _opened(place, clock, channels)[1]


def motors_at(place: str, clock: "Clock") -> int:
    """How many motors the device of that place has; DeviceRefused where several may be meant, link errors."""
    dialect, output = _opened(place, clock, 0)
    output.close()
    if len(dialect.motors_meant) != 1:
        raise DeviceRefused(
            f"{place} has several devices: which one is meant?", hint="add its number or its name: /NAME"
        )
    return dialect.motors_meant[0]


def _opened(place: str, clock: "Clock", channels: int) -> tuple[Intiface, StreamOutput]:
    server, wanted = _split(place)
    for version in VERSIONS:
        pipe = _dial(server, clock, 1 if version == VERSIONS[0] else DIALS)
        dialect = Intiface(version, wanted, channels)
        output = StreamOutput(dialect, pipe, clock.now, clock.sleep)
        try:
            if _greeted(dialect, pipe, clock):
                if not channels:
                    _await_list(output, clock)
                return dialect, output
        except BaseException:
            output.close()
            raise
        output.close()
    raise LinkError(f"{server} speaks neither v4 nor v3 of the Buttplug protocol", hint="is it Intiface?")


def _split(place: str) -> tuple[str, str]:
    try:
        if not place.startswith("ws://"):
            raise ValueError("another scheme")
        parts = urlsplit(place)
        where = f"{parts.scheme}://{parts.netloc}"
        return where if parts.port else f"{where}:{PORT}", unquote(parts.path.strip("/"))
    except ValueError as error:
        raise LinkError(f"{place} is no address of a server", hint="say ws://HOST:PORT") from error


def _dial(server: str, clock: "Clock", tries: int) -> "WebSocketPipe":
    for left in reversed(range(tries)):
        try:
            return web_socket(server)
        except PortMissing:
            if not left:
                raise
            clock.sleep(AGAIN_S)
    raise AssertionError


def _greeted(dialect: Intiface, pipe: "WebSocketPipe", clock: "Clock") -> bool:
    """Whether the server answers in the version of `dialect`."""
    try:
        pipe.send(dialect.greeting())
        for _ in range(round(ANSWER_S / WAIT_S)):
            clock.sleep(WAIT_S)
            dialect.take(pipe.receive())
            if dialect.greeted:
                break
    except LinkLost:
        return False
    return dialect.greeted


def _await_list(output: StreamOutput, clock: "Clock") -> None:
    try:
        for _ in range(round(ANSWER_S / WAIT_S)):
            if output.ask(clock.now()):
                return
            clock.sleep(WAIT_S)
    except OutputRefused as error:
        raise LinkError(str(error)) from error
    raise LinkError("the server does not say which devices it has")
