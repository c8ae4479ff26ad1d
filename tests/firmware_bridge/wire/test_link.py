"""SerialLink on a real pseudo-terminal with real pyserial; what a pseudo-terminal cannot show is said so."""

import errno
import os
import socket
import time
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
import serial
from serial.tools import list_ports

from firmware_bridge.errors import (
    DeviceRemedy,
    LinkError,
    LinkLost,
    LinkTimeout,
    PortBusy,
    PortForbidden,
    PortMissing,
)
from firmware_bridge.wire.link import ALLOWED_USB_IDS, Port, SerialLink, allowed_ports, list_serial_ports
from simulator.clock import VirtualClock

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are POSIX")


@dataclass
class Terminal:
    """Both ends of a pseudo-terminal; the device side is `master`."""

    master: int
    slave: int
    path: str

    def vanish(self) -> None:
        for fd in (self.slave, self.master):
            os.close(fd)
        self.master = self.slave = -1


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    master, slave = os.openpty()
    tty.setraw(slave)
    made = Terminal(master, slave, os.ttyname(slave))
    yield made
    if made.master >= 0:
        made.vanish()


@pytest.fixture
def link(terminal: Terminal) -> Iterator[SerialLink]:
    opened = SerialLink(terminal.path)
    yield opened
    opened.close()


def gather(read: Callable[[], bytes], count: int) -> bytes:
    """What `read` gives until `count` bytes are there: a terminal may hand them over in parts, and late."""
    got, deadline = b"", time.monotonic() + 5.0
    while len(got) < count and time.monotonic() < deadline:
        got += read()
    return got


def fill(link: SerialLink, size: int) -> None:
    """Write until nothing more is taken."""
    for _ in range(1000):
        link.write(b"\x55" * size)


def test_bytes_go_both_ways_unchanged(terminal: Terminal, link: SerialLink) -> None:
    every = bytes(range(256))
    link.write(every)
    assert gather(lambda: os.read(terminal.master, 1000), 256) == every
    assert link.read() == b""
    assert not link.waiting()
    os.write(terminal.master, every)
    deadline = time.monotonic() + 5.0
    while not link.waiting() and time.monotonic() < deadline:
        pass
    assert link.waiting()
    assert gather(link.read, 256) == every
    assert link.read() == b""


def test_a_second_program_finds_the_port_busy(terminal: Terminal, link: SerialLink) -> None:
    with pytest.raises(PortBusy) as caught:
        SerialLink(terminal.path)
    assert terminal.path in str(caught.value)
    assert caught.value.hint == DeviceRemedy.STOP_HOLDER.of(url=terminal.path)
    link.close()
    SerialLink(terminal.path).close()


def test_a_port_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(PortMissing) as caught:
        SerialLink(str(tmp_path / "ttyNONE"))
    assert "ttyNONE" in str(caught.value)


@pytest.mark.parametrize("what", ["a file", "a directory"])
def test_something_that_is_no_serial_port_is_a_link_error(tmp_path: Path, what: str) -> None:
    path = tmp_path / "thing"
    path.mkdir() if what == "a directory" else path.write_text("x")
    with pytest.raises(LinkError) as caught:
        SerialLink(str(path))
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("url", ["nonsense://x", "socket://127.0.0.1:1", "socket://"])
def test_an_address_that_cannot_be_opened_is_a_link_error(url: str) -> None:
    with pytest.raises(LinkError, match=url):
        SerialLink(url)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_a_forbidden_port_says_what_to_do(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Root may open everything, so the system's refusal is made here."""

    def refuse(*_: object, **__: object) -> None:
        raise serial.SerialException(number, "could not open port x: [Errno 13] Permission denied")

    monkeypatch.setattr(serial, "Serial", refuse)
    with pytest.raises(PortForbidden) as caught:
        SerialLink("/dev/ttyS0")
    assert "dialout" in (caught.value.hint or "")


def test_a_vanished_port_is_a_lost_link_and_stopping_it_never_raises(
    terminal: Terminal, link: SerialLink
) -> None:
    link.write(b"x")
    terminal.vanish()
    for use in (link.read, lambda: link.write(b"x")):
        with pytest.raises(LinkLost) as caught:
            use()
        assert str(caught.value) == f"{link.name} is gone: its cable was pulled, or it was switched off"
        assert "start" not in str(caught.value.hint), "it may go on where it was"
    assert link.waiting()
    link.abandon_output()
    link.signal_break()
    link.close()
    link.close()


def test_a_closed_port_is_a_lost_link(link: SerialLink) -> None:
    link.close()
    for use in (link.read, lambda: link.write(b"x")):
        with pytest.raises(LinkLost):
            use()
    assert link.waiting()
    link.abandon_output()
    link.signal_break()


def test_a_device_that_takes_nothing_is_a_timeout_not_a_wait_for_ever(link: SerialLink) -> None:
    with pytest.raises(LinkTimeout) as caught:
        fill(link, 1024)
    assert isinstance(caught.value, TimeoutError)


def test_a_computer_that_stalls_while_it_writes_loses_no_link(terminal: Terminal) -> None:
    class Stalling(VirtualClock):
        """Five seconds pass between any two looks at the time, and pyserial's own clock does the same."""

        def now(self) -> float:
            self.sleep(5.0)
            return super().now()

    stalling = Stalling()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("serial.serialutil.Timeout.TIME", stalling.now)
        link = SerialLink(terminal.path, stalling)
        for number in range(10):
            link.write(bytes([number]) * 100)
        link.close()
    assert gather(lambda: os.read(terminal.master, 4096), 1000) == b"".join(
        bytes([number]) * 100 for number in range(10)
    )


def test_abandoned_output_does_not_arrive_later(terminal: Terminal, link: SerialLink) -> None:
    with pytest.raises(LinkTimeout):
        fill(link, 1024)
    link.abandon_output()
    link.write(b"stop")
    arrived = b""
    while not arrived.endswith(b"stop"):
        arrived += os.read(terminal.master, 65536)
    assert len(arrived) <= 4096 + 4  # what was on the line already; a terminal takes several times as much


def test_a_break_on_a_line_without_breaks_is_no_error(terminal: Terminal, link: SerialLink) -> None:
    link.signal_break()
    link.write(b"after")
    assert os.read(terminal.master, 10) == b"after"


def test_a_socket_carries_bytes_and_its_write_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = SerialLink(f"socket://127.0.0.1:{server.getsockname()[1]}")
        other, _ = server.accept()
        with other:
            link.write(b"hello")
            assert other.recv(10) == b"hello"
            other.sendall(bytes(range(200)))
            while not link.waiting():
                pass
            assert link.read() == bytes(range(200)), "all that is there, not a byte a call"
            link.abandon_output()
            link.signal_break()
            with pytest.raises(LinkTimeout):
                fill(link, 65536)
            link.close()


def test_a_connection_that_ends_is_no_cable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = SerialLink(f"socket://127.0.0.1:{server.getsockname()[1]}")
        server.accept()[0].close()
        while not link.waiting():
            pass
        with pytest.raises(LinkLost, match="is gone: the connection broke off"):
            link.read()
        link.close()


def ports(monkeypatch: pytest.MonkeyPatch, *found: SimpleNamespace) -> None:
    monkeypatch.setattr(list_ports, "comports", lambda: list(found))


def usb(device: str, serial_number: str | None, vid: int | None = 0x1209, pid: int = 1) -> SimpleNamespace:
    return SimpleNamespace(device=device, vid=vid, pid=pid, serial_number=serial_number, description=None)


def test_ports_are_listed_in_order_with_what_is_known_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    ports(monkeypatch, usb("/dev/ttyB", "S1"), usb("/dev/ttyA", None, vid=None))
    assert list_serial_ports() == [Port("/dev/ttyA", "", "", ""), Port("/dev/ttyB", "1209:0001", "S1", "")]


def test_id_opens_the_device_with_that_serial_number(
    monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    ports(monkeypatch, usb("/dev/ttyOTHER", "S1"), usb(terminal.path, "S2"))
    link = SerialLink("id:S2")
    assert link.name == "id:S2"
    link.write(b"x")
    assert os.read(terminal.master, 10) == b"x"
    link.close()


@pytest.mark.parametrize("wanted", ["S3", "", "s1"])
def test_id_of_no_device_is_missing(monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    ports(monkeypatch, usb("/dev/ttyA", "S1"), usb("/dev/ttyB", None))
    with pytest.raises(PortMissing, match="serial number"):
        SerialLink(f"id:{wanted}")


def test_only_known_devices_may_be_opened_unasked() -> None:
    ours = Port("/dev/ttyA", "1209:0001", "S1", "")
    modem = Port("/dev/ttyB", "2341:0043", "ABC", "")
    bare = Port("/dev/ttyS0", "", "", "")
    everything = [ours, modem, bare]
    assert frozenset({"1209:0001"}) == ALLOWED_USB_IDS
    assert allowed_ports(everything) == [ours]
    assert allowed_ports(everything, ["2341:0043"]) == [ours, modem]
    assert allowed_ports(everything, ["abc"]) == [ours, modem]
    assert allowed_ports(everything, [""]) == [ours]
    assert allowed_ports([]) == []


@pytest.mark.skipif(os.name != "posix", reason="Windows knows no such files")
@pytest.mark.parametrize("place", ["folder", "file", "/dev/null", "/dev/zero"])
def test_what_is_no_port_is_told_as_missing(place, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(PortMissing, match="is no serial port"):
        SerialLink(str(tmp_path / place))


def test_where_nobody_answers_there_is_no_device():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(PortMissing, match="nobody answers"):
        SerialLink(f"socket://127.0.0.1:{port}")


@pytest.mark.parametrize("url", ["loop://", "spy:///dev/ttyUSB0", "hwgrep://USB"])
def test_what_pyserial_alone_knows_is_not_opened(url, monkeypatch):
    monkeypatch.setattr(serial, "serial_for_url", lambda *_, **__: pytest.fail("opened"))
    with pytest.raises(PortMissing):
        SerialLink(url)


def test_a_serial_number_of_two_ports_opens_neither(monkeypatch):
    ports = [Port(f"/dev/ttyACM{n}", "1209:0001", "KW1", "") for n in range(2)]
    monkeypatch.setattr("firmware_bridge.wire.link.list_serial_ports", lambda: ports)
    with pytest.raises(PortMissing, match="2 ports have the serial number KW1: /dev/ttyACM0, /dev/ttyACM1"):
        SerialLink("id:KW1")
