"""A WebSocket, and the only room that knows the package websockets: a line is a message, a message a line.

Neither end waits once it is open. What is said over the wire is not encrypted: see `local_address`.
"""

import ipaddress
import socket
from contextlib import suppress
from typing import Final

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidURI
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import Protocol, State
from websockets.server import ServerProtocol
from websockets.uri import WebSocketURI, parse_uri

from firmware_bridge.errors import LinkError, LinkLost, PortMissing
from firmware_bridge.wire.link import READ_BYTES, foreign_errors

SCHEME: Final = "ws://"
DIAL_S: Final = 1.0
"""How long another program may take to answer each of the first steps."""
ANSWERS_MAX: Final = 64
"""In so many pieces its first answer may come."""
MESSAGE_MAX: Final = 1 << 17
"""Bytes of the longest message that is taken; a list of a hundred devices has some 100,000."""
WINDOW: Final = 4
"""So many updates may be on their way unanswered; then nothing more is taken, so nothing queues."""


class MessageSocket:
    """Lines over an open WebSocket; every method may raise LinkLost."""

    def __init__(self, name: str, connected: socket.socket, protocol: Protocol) -> None:
        self.name = name
        self._socket = connected
        self._protocol = protocol
        self._begun = b""
        self._fragments: list[bytes] = []
        self._heard = b""

    def fileno(self) -> int:
        """Its descriptor."""
        return self._socket.fileno()

    def send(self, data: bytes) -> int:
        """Each line that is not empty as a message; how many bytes of `data` were taken, in whole lines."""
        taken = 0
        for line in data.splitlines(keepends=True):
            if line.strip() and not self._put(line):
                break
            taken += len(line)
        return taken

    def receive(self) -> bytes:
        """What has arrived: each message as a line."""
        self._read()
        heard, self._heard = self._heard, b""
        if not heard and self._protocol.state is not State.OPEN:
            raise LinkLost(f"{self.name} is gone: the other end closed", hint="is the program still running?")
        return heard

    def close(self) -> None:
        """Say goodbye, where that can be said at once. Never raises."""
        with suppress(LinkError):
            if self._protocol.state is State.OPEN:
                self._protocol.send_close(1000)
            self._flush()
        self._socket.close()

    def _put(self, line: bytes) -> bool:
        if not self._flush():
            return False
        if self._protocol.state is not State.OPEN:
            raise LinkLost(f"{self.name} is gone: the other end closed", hint="is the program still running?")
        self._protocol.send_text(line)
        self._flush()  # what does not fit follows: a message that has begun has to end
        return True

    def _flush(self) -> bool:
        """Whether all that was begun is on its way."""
        self._begun += b"".join(self._protocol.data_to_send())
        with foreign_errors(self.name), suppress(BlockingIOError):
            while self._begun:
                self._begun = self._begun[self._socket.send(self._begun) :]
        if len(self._begun) > MESSAGE_MAX:
            raise LinkLost(f"{self.name} asks much and reads nothing")
        return not self._begun

    def _read(self) -> None:
        if self._protocol.state not in (State.CONNECTING, State.OPEN) or len(self._heard) > MESSAGE_MAX:
            return
        with foreign_errors(self.name):
            try:
                data = self._socket.recv(READ_BYTES)
            except BlockingIOError:
                return
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._hear(event)
        self._flush()

    def _hear(self, frame: Frame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._fragments.append(bytes(frame.data))
            if frame.fin:
                whole = b"".join(self._fragments).rstrip(b"\r\n")
                self._heard += whole.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"
                self._fragments = []


class WebSocketPipe(MessageSocket):
    """A WebSocket to `ws://HOST[:PORT][/PATH]`. PortMissing where nobody answers, LinkError for a bad place.

    After each update the other end is asked for a sign of life (a ping, which every WebSocket answers): where
    WINDOW of them stay out, nothing more is taken until one comes.
    """

    def __init__(self, place: str) -> None:
        uri = _uri(place)
        protocol = ClientProtocol(uri, max_size=MESSAGE_MAX)
        try:
            where = local_address(uri.host, uri.port)
            connected = socket.create_connection(where, DIAL_S)
        except LinkError:
            raise
        except OSError as error:
            raise PortMissing(
                f"{place} cannot be reached: {error}", hint="is the program running, and its server started?"
            ) from error
        super().__init__(place, connected, protocol)
        self._asked = self._answered = 0
        self._urgent = False
        try:
            self._shake_hands(protocol)
        except BaseException:
            connected.close()
            raise
        connected.setblocking(False)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> int:
        if self._asked - self._answered >= WINDOW:
            self._read()
            if self._asked - self._answered >= WINDOW and not self._urgent:
                return 0 if data.strip() else len(data)
        self._urgent = False
        taken = super().send(data)
        if data[:taken].strip():
            self._asked += 1
            self._protocol.send_ping(self._asked.to_bytes(8))
            self._flush()
        return taken

    def arrived(self) -> bool:
        """Whether the other end has read all that was sent."""
        self._read()
        return self._answered == self._asked

    def discard(self) -> None:
        """What is said next waits for no answer: it is urgent."""
        self._urgent = True

    def _shake_hands(self, protocol: ClientProtocol) -> None:
        protocol.send_request(protocol.connect())
        try:
            self._socket.sendall(b"".join(protocol.data_to_send()))
            for _ in range(ANSWERS_MAX):
                if protocol.state is State.CONNECTING and protocol.handshake_exc is None:
                    self._read()
        except OSError as error:
            raise PortMissing(f"{self.name} does not answer: {error}", hint="is it a WebSocket?") from error
        if protocol.state is not State.OPEN:
            told = protocol.handshake_exc or "it does not answer"
            raise PortMissing(f"{self.name} is no WebSocket: {told}", hint="say ws://HOST:PORT")

    def _hear(self, frame: Frame) -> None:
        super()._hear(frame)
        if frame.opcode is Opcode.PONG:
            number = int.from_bytes(frame.data)
            if self._answered < number <= self._asked:
                self._answered = number


def accepted(connected: socket.socket, name: str) -> MessageSocket | None:
    """The server's end of a connection that was just made; None where the other end does not shake hands."""
    protocol = ServerProtocol(max_size=MESSAGE_MAX)
    connected.settimeout(DIAL_S)
    try:
        for _ in range(ANSWERS_MAX):
            data = connected.recv(READ_BYTES)
            protocol.receive_data(data)
            for request in protocol.events_received():
                if isinstance(request, Request):
                    protocol.send_response(protocol.accept(request))
                    connected.sendall(b"".join(protocol.data_to_send()))
            if protocol.state is not State.CONNECTING or not data:
                break
    except OSError:
        protocol.state = State.CLOSED
    if protocol.state is not State.OPEN:
        connected.close()
        return None
    connected.setblocking(False)
    return MessageSocket(name, connected, protocol)


def local_address(host: str, port: int) -> tuple[str, int]:
    """The address of `host`; LinkError for one out in the internet, OSError for none.

    What is said is not encrypted: on its way through other people's networks it could be read and changed.
    """
    address = str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
    if ipaddress.ip_address(address.partition("%")[0]).is_global:
        raise LinkError(f"{host} is not in your own network, and what is said to it is not encrypted")
    return address, port


def _uri(place: str) -> WebSocketURI:
    try:
        if not place.startswith(SCHEME):
            raise InvalidURI(place, "it does not begin with ws://")
        return parse_uri(place)
    except (InvalidURI, ValueError) as error:
        raise LinkError(f"{place} is no address of a WebSocket", hint="say ws://HOST:PORT") from error
