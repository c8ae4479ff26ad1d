"""Lines to devices of other dialects: a real pseudo-terminal with real pyserial, real datagrams."""

import os
import socket

import pytest

from firmware_bridge.errors import LinkError, LinkLost, PortBusy, PortMissing
from firmware_bridge.wire.pipe import DatagramPipe, SecondDescriptor, SerialPipe
from simulator.pty import Terminal


@pytest.fixture
def terminal():
    made = Terminal()
    yield made
    made.close()


@pytest.fixture
def far():
    """A socket that a datagram pipe speaks to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(10.0)
        yield made


def place_of(far):
    return f"127.0.0.1:{far.getsockname()[1]}"


def until_it_fails(pipe, data):
    """A line may take one or two more before it tells that it is gone."""
    for _ in range(100):
        pipe.send(data)


@pytest.fixture
def pipe(terminal):
    made = SerialPipe(terminal.port)
    yield made
    made.close()


def test_bytes_go_both_ways_and_nothing_waits(terminal, pipe):
    assert pipe.receive() == b""
    assert pipe.send(b"") == 0
    assert pipe.send(b"M01\r") == 4
    assert terminal.read() == b"M01\r"
    terminal.write(b"E255,A0\r")
    assert pipe.receive() == b"E255,A0\r"


def test_a_full_line_takes_nothing_until_what_waits_is_thrown_away(terminal, pipe):
    terminal.clog(b"\r" * 64)
    assert pipe.send(b"M01\r") == 0
    pipe.discard()
    assert pipe.send(b"M01\r") == 4


def test_it_is_held_alone(terminal, pipe):  # noqa: ARG001  (the pipe holds it)
    with pytest.raises(PortBusy):
        SerialPipe(terminal.port)


def test_no_port_is_missing(tmp_path):
    with pytest.raises(PortMissing):
        SerialPipe(str(tmp_path / "none"))


def test_a_port_that_goes_is_a_lost_link(terminal, pipe):
    terminal.close()
    with pytest.raises(LinkLost):
        until_it_fails(pipe, b"M01\r")
    pipe.close()


def test_a_second_descriptor_reaches_the_same_line(terminal, pipe):
    second = SecondDescriptor(os.dup(pipe.fileno()), "pad")
    pipe.close()
    assert second.receive() == b""
    assert second.send(b"M00\r") == 4
    assert terminal.read() == b"M00\r"
    os.set_blocking(second.fileno(), False)
    terminal.clog(b"\r" * 64)
    while second.send(b"\r"):
        pass  # a line that is full for who asks first takes a few bytes more
    assert second.send(b"M00\r") == 0
    second.discard()
    assert second.send(b"M00\r") == 4
    second.close()
    second.close()


def test_a_second_descriptor_of_a_port_that_went_is_a_lost_link(terminal, pipe):
    second = SecondDescriptor(os.dup(pipe.fileno()), "pad")
    terminal.close()
    with pytest.raises(LinkLost):
        until_it_fails(second, b"M00\r")
    second.close()


def test_each_line_is_a_datagram_and_answers_come_back(far):
    pipe = DatagramPipe(place_of(far))
    assert pipe.receive() == b""
    assert pipe.send(b"\nV00000I1\nDSTOP\n") == 16
    said = [far.recvfrom(100) for _ in range(2)]
    assert [data for data, _ in said] == [b"V00000I1\n", b"DSTOP\n"]
    far.sendto(b"TCode v0.3\n", said[0][1])
    pipe.discard()
    assert pipe.receive() == b"TCode v0.3\n"
    second = DatagramPipe.adopted(os.dup(pipe.fileno()), "other")
    pipe.close()
    second.send(b"DSTOP\n")
    assert far.recv(100) == b"DSTOP\n"
    second.close()


def test_a_place_where_nobody_listens_is_a_lost_link():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        pipe = DatagramPipe(place_of(nobody))
    with pytest.raises(LinkLost):
        until_it_fails(pipe, b"DSTOP\n")
    pipe.close()


@pytest.mark.parametrize("place", ["", "localhost", "localhost:", "localhost:x", "127.0.0.1:99999", "x:0"])
def test_what_is_no_place_is_refused(place):
    with pytest.raises(LinkError, match="cannot be reached"):
        DatagramPipe(place)
