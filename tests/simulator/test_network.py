"""Virtual devices on a network: datagrams, and a WebSocket of one host at a time."""

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import pytest
from websockets.sync.client import connect

from simulator.network import DatagramPort, NetworkError, WebSocketPort
from simulator.twins import TWINS, left_by, over_web


def read(place):
    """What arrives next."""
    heard = b""
    while not heard:
        place.wait(1.0)
        heard = place.read()
    return heard


def test_datagrams_are_answered_to_who_spoke_last():
    with closing(DatagramPort()) as place, socket.socket(type=socket.SOCK_DGRAM) as host:
        place.write(b"to nobody")
        assert place.read() == b""
        host.sendto(b"D1\n", ("127.0.0.1", int(place.port.rpartition(":")[2])))
        assert read(place) == b"D1\n"
        place.write(b"")
        place.write(b"TCode v0.3\n")
        assert host.recv(100) == b"TCode v0.3\n"


@contextmanager
def host_of(place):
    """A host on `place`, which reads what opens and closes the connection in a thread of its own."""
    hands, host = ThreadPoolExecutor(1), ExitStack()
    opening = hands.submit(lambda: host.enter_context(connect(place.port, compression=None)))
    while not opening.done():
        place.wait(0.01)
        assert place.read() == b""
    yield opening.result()
    closing = hands.submit(host.close)
    while not closing.done():
        place.wait(0.01)
        place.read()


def test_a_websocket_has_one_host_at_a_time_and_tells_when_it_left():
    left = []
    with closing(WebSocketPort(left=lambda: left.append(True))) as place:
        assert place.read() == b""
        place.write(b"to nobody\n")
        for turn in range(2):
            with host_of(place) as host:
                assert len(left) == turn
                host.send("D1")
                assert read(place) == b"D1\n"
                place.write(b"hello\n")
                assert host.recv() == "hello\n"
        while len(left) < 2:
            place.read()


def test_who_is_no_host_is_hung_up_on():
    with closing(WebSocketPort()) as place:
        with socket.create_connection(("127.0.0.1", int(place.port.rpartition(":")[2]))) as other:
            other.sendall(b"nonsense\r\n\r\n")
            other.shutdown(socket.SHUT_WR)
            place.wait(1.0)
            assert place.read() == b""
        with host_of(place) as host:
            host.send("D1")
            assert read(place) == b"D1\n"


def test_a_host_that_is_torn_away_has_left():
    left = []
    with closing(WebSocketPort(left=lambda: left.append(True))) as place:
        with host_of(place) as host:
            host.socket.shutdown(socket.SHUT_RDWR)
            while not left:
                place.write(b"hello\n")
        assert left == [True]


@pytest.mark.parametrize("make", [DatagramPort, WebSocketPort])
@pytest.mark.parametrize("where", ["127.0.0.1:99999", "127.0.0.1", "203.0.113.9:0"])
def test_a_place_that_cannot_be_had_is_refused(make, where):
    with pytest.raises(NetworkError, match="cannot be served"):
        make(f"x://{where}")


def test_twins_over_the_web_are_told_that_their_host_left():
    assert over_web("tcode", 2).take(b"D1\n") == b'{"command": "tcode", "message": "TCode v0.3\\n"}\n'
    left_by(TWINS["tcode"](2))()
    server = over_web("intiface", 2)
    left_by(server)()
    assert b"has to come first" in server.take(b'[{"Ping":{"Id":1}}]\n')
