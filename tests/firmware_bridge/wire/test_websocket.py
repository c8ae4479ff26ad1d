"""The WebSocket of a guard, against a server of the package websockets, and against what is none."""

import socket
import threading
from contextlib import closing, suppress
from time import monotonic, sleep

import pytest
from websockets.frames import Opcode
from websockets.server import ServerProtocol
from websockets.sync.server import serve

from firmware_bridge.errors import LinkError, LinkLost, PortMissing
from firmware_bridge.wire import websocket
from firmware_bridge.wire.websocket import MESSAGE_MAX, WINDOW, WebSocketPipe, accepted, local_address

DEADLINE_S = 60.0


class Far:
    """A server of the package, in threads: what it heard, and its connection."""

    def __init__(self):
        self.heard = []
        self.connected = threading.Event()
        self.over = threading.Event()
        self._server = serve(self._handle, "127.0.0.1", 0, compression=None)
        self.place = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/ws"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def _handle(self, connection):
        self.connection = connection
        self.connected.set()
        self.heard.extend(connection)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()


class Raw:
    """A socket that listens and speaks what it is told, whatever that is; it never reads by itself."""

    def __init__(self, answer):
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.place = f"ws://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        self.peer = self._listener.accept()[0]
        self.peer.recv(4096)
        self.peer.sendall(self._answer)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._thread.join()
        self.peer.close()
        self._listener.close()


@pytest.fixture
def far():
    with Far() as far:
        yield far


@pytest.fixture
def pipe(far):
    with closing(WebSocketPipe(far.place)) as pipe:
        assert far.connected.wait(DEADLINE_S)
        yield pipe


class Slow:
    """The server's end of a connection, by the bare protocol of the package; it reads only when asked to."""

    def __init__(self, connected):
        self.socket = connected
        self.protocol = ServerProtocol()
        self.protocol.receive_data(connected.recv(4096))
        (request,) = self.protocol.events_received()
        self.protocol.send_response(self.protocol.accept(request))
        connected.sendall(b"".join(self.protocol.data_to_send()))

    def read(self):
        """The messages that have arrived, in a list; pings are answered."""
        self.protocol.receive_data(self.socket.recv(1 << 16))
        frames = self.protocol.events_received()
        self.socket.sendall(b"".join(self.protocol.data_to_send()))
        return [bytes(frame.data) for frame in frames if frame.opcode is Opcode.TEXT]


@pytest.fixture
def pair():
    """A pipe, and the other end of it."""
    listener = socket.create_server(("127.0.0.1", 0))
    found = []
    thread = threading.Thread(target=lambda: found.append(Slow(listener.accept()[0])))
    thread.start()
    with closing(WebSocketPipe(f"ws://127.0.0.1:{listener.getsockname()[1]}")) as pipe:
        thread.join()
        with closing(found[0].socket):
            yield pipe, found[0]
    listener.close()


def until(condition):
    deadline = monotonic() + DEADLINE_S
    while not condition():
        assert monotonic() < deadline
        sleep(0.001)


def heard_by(pipe, ends=b"\n"):
    """What arrives, until it ends so."""
    heard = b""

    def ended():
        nonlocal heard
        heard += pipe.receive()
        return heard.endswith(ends)

    until(ended)
    return heard


def test_each_line_is_a_message_and_each_message_a_line(far, pipe):
    assert pipe.receive() == b""
    assert pipe.fileno() > 0
    assert pipe.send(b"\nV00000I1\nDSTOP\n") == 16
    until(lambda: pipe.arrived() and far.heard == ["V00000I1\n", "DSTOP\n"])
    far.connection.send("one\ntwo\r\n")
    far.connection.send(iter(["in ", "pieces"]))
    assert heard_by(pipe, b"pieces\n") == b"one two\nin pieces\n"


def test_it_answers_pings_while_it_is_read(far, pipe):
    answered = far.connection.ping()
    until(lambda: pipe.receive() == b"" and answered.is_set())


@pytest.mark.parametrize("used", ["receive", "send", "arrived"])
def test_a_server_that_leaves_is_a_lost_link(far, pipe, used):
    far.connection.send("last")
    leaving = threading.Thread(target=far.connection.close)
    leaving.start()

    def told():
        try:
            return not (pipe.send(b"V0\n") if used == "send" else pipe.receive() + bytes(pipe.arrived()))
        except LinkLost:
            return True

    assert heard_by(pipe) == b"last\n"
    until(told)
    with pytest.raises(LinkLost):
        pipe.receive()
    pipe.close()
    leaving.join()


def test_nothing_queues_at_an_end_that_does_not_read(pair):
    pipe, end = pair
    assert [pipe.send(b"level\n") for _ in range(WINDOW + 1)] == [6] * WINDOW + [0]
    assert not pipe.arrived()
    assert pipe.send(b"") == 0
    pipe.discard()
    assert pipe.send(b"zero\n") == 5, "what is urgent does not wait"
    assert pipe.send(b"level\n") == 0
    heard = []
    while heard[-1:] != [b"zero\n"]:
        heard += end.read()
    assert heard == [b"level\n"] * WINDOW + [b"zero\n"]
    until(pipe.arrived)
    assert pipe.send(b"level\n") == 6


def test_a_message_that_has_begun_is_ended_and_none_begun_behind_it(pair):
    pipe, end = pair
    line, sent, heard = b"x" * (1 << 16) + b"\n", 0, []
    pipe.discard()
    while pipe.send(line):
        pipe.discard()
        sent += 1
    while len(heard) < sent:
        heard += end.read()
        pipe.arrived()
    assert heard == [line] * sent
    until(pipe.arrived)


def test_pongs_to_what_was_not_asked_count_for_nothing(far, pipe):
    far.connection.pong((99).to_bytes(8))
    far.connection.pong(b"")
    far.connection.send("after")
    assert heard_by(pipe) == b"after\n"
    pipe.send(b"a\n")
    until(pipe.arrived)


def test_a_message_that_is_too_long_is_a_lost_link(far, pipe):
    far.connection.send("x" * (MESSAGE_MAX + 1))
    with pytest.raises(LinkLost):
        heard_by(pipe)


def test_one_that_asks_and_never_reads_is_a_lost_link(pair):
    pipe, end = pair
    end.protocol.send_ping(b"x" * 100)
    pings = b"".join(end.protocol.data_to_send()) * 1000
    over = threading.Event()

    def flood():
        with suppress(OSError):
            while not over.is_set():
                end.socket.sendall(pings)

    flooding = threading.Thread(target=flood)
    flooding.start()
    with pytest.raises(LinkLost, match="reads nothing"):
        until(lambda: pipe.receive() != b"")
    over.set()
    pipe.close()
    flooding.join()


@pytest.mark.parametrize(
    "answer",
    [b"", b"220 mail ready\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n"],
)
def test_what_answers_as_something_else_is_no_websocket(answer, monkeypatch):
    monkeypatch.setattr(websocket, "DIAL_S", 0.2)
    with Raw(answer) as far, pytest.raises(PortMissing, match=r"is no WebSocket|does not answer"):
        WebSocketPipe(far.place)


def test_where_nobody_listens_nothing_is_reached():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(PortMissing, match="cannot be reached") as told:
            WebSocketPipe(f"ws://127.0.0.1:{nobody.getsockname()[1]}")
    assert told.value.hint


@pytest.mark.parametrize(
    "place", ["", "ws://", "wss://127.0.0.1", "http://127.0.0.1", "ws://127.0.0.1:x", "pad"]
)
def test_what_is_no_place_is_refused(place):
    with pytest.raises(LinkError, match="is no address"):
        WebSocketPipe(place)


@pytest.mark.parametrize("host", ["93.184.215.14", "2606:2800:21f:cb07::1"])
def test_nothing_is_said_into_the_internet(host):
    with pytest.raises(LinkError, match="not in your own network"):
        local_address(host, 80)
    with pytest.raises(LinkError, match="not in your own network"):
        WebSocketPipe(f"ws://[{host}]" if ":" in host else f"ws://{host}")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "::1", "10.0.0.7", "192.168.4.1", "fe80::1", "fd00::1", "100.64.0.1"]
)
def test_ones_own_network_may_be_spoken_to(host):
    assert local_address(host, 80) == (host, 80)


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\n\r\n", b"nonsense\r\n\r\n"])
def test_who_does_not_shake_hands_is_not_accepted(said):
    near, far = socket.socketpair()
    near.sendall(said)
    near.shutdown(socket.SHUT_WR)
    assert accepted(far, "far") is None
    near.close()
