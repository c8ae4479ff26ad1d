"""The cushion on a pseudo-terminal, opened by the real pyserial. Real time, so kept short."""

import os
import stat
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from sitting import somebody_at_a_terminal

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.devices.footprint import footprint_limits
from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import LinkError, LinkLost
from firmware_bridge.play.connection import Connection
from firmware_bridge.play.requests import Dialogue
from firmware_bridge.safety.interlock import Interlock
from firmware_bridge.wire.codec import session_hash
from firmware_bridge.wire.link import SerialLink
from firmware_bridge.wire.messages import DeviceState, LimitsHash, Reason
from simulator.cushion import VirtualCushion
from simulator.faults import FaultyLine, parse_fault
from simulator.pty import FAULTY_S, IDLE_S, PtyCushion, PtyError, Terminal, pause_s, refuse_link

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")
PATIENCE_S = 5.0


class Served:
    """A cushion served in a thread of its own until `end` or an unplug."""

    def __init__(self, path=None, line=None, seed=1):
        self.cushion = VirtualCushion(load_device("reference-cushion"), seed=seed)
        self.pty = PtyCushion(self.cushion, MonotonicClock(), path, line)
        self.turns = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self.pty.serve, args=(self._ended.is_set, self._count))

    def _count(self):
        self.turns += 1

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        self._ended.set()
        self.join()

    def join(self):
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


def until(true, seconds=PATIENCE_S):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "in time"
        time.sleep(0.002)


def keep_using(link):
    for _ in range(100):
        link.write(b"\0\0\0\0")
        link.read()
        time.sleep(0.01)


@pytest.fixture
def opened():
    links = []

    def open_link(url):
        links.append(SerialLink(str(url)))
        return links[-1]

    yield open_link
    for link in links:
        link.close()


def dialogue(link):
    return Dialogue(link, MonotonicClock(), Connection())


def test_real_serial_code_meets_the_device_on_the_port(opened):
    with Served() as served:
        device = dialogue(opened(served.pty.port)).identify()
        assert device.identity == served.cushion.identity
        assert device.table == served.cushion.table
        assert served.turns > 0


def test_every_byte_value_passes_unchanged(opened):
    """A terminal that is not raw would eat or translate some of them."""
    with Served() as served:
        link = opened(served.pty.port)
        taken = []
        receive = served.cushion.receive
        served.cushion.receive = lambda data, now: (taken.append(data), receive(data, now))
        everything = bytes(range(256)) * 4
        link.write(everything)
        until(lambda: sum(map(len, taken)) == len(everything))
        assert b"".join(taken) == everything


def test_a_link_leads_to_the_port_while_it_is_served(tmp_path, opened):
    path = tmp_path / "cushion"
    with Served(path) as served:
        assert os.readlink(path) == served.pty.port
        assert stat.S_ISCHR(path.stat().st_mode)
        assert dialogue(opened(path)).identify().identity.model == "reference-cushion"
    assert not path.is_symlink()


@pytest.mark.parametrize("gone", ["/dev/pts/987654", "/dev/ttys987654"])
def test_the_link_of_a_device_that_was_killed_is_replaced(tmp_path, gone):
    path = tmp_path / "cushion"
    path.symlink_to(gone)
    with Served(path) as served:
        assert os.readlink(path) == served.pty.port


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="Linux alone tells whose terminal it is")
def test_a_link_that_by_now_leads_to_somebody_s_terminal_is_replaced(tmp_path):
    link = tmp_path / "cushion"
    with somebody_at_a_terminal() as (_, terminal):
        link.symlink_to(terminal)
        refuse_link(link, replace=False)


@pytest.mark.parametrize("to", ["/dev/null", "/dev/ttyUSB99", "gone", "/dev/pts/987654/x", "cushion"])
def test_any_other_link_is_refused_and_left_alone(tmp_path, to):
    path = tmp_path / "cushion"
    path.symlink_to(to)
    with pytest.raises(PtyError, match=f"is a link to {to}"):
        Terminal(path)
    assert os.readlink(path) == to
    Terminal(path, replace=True).close()
    assert not path.is_symlink()


def test_a_second_device_does_not_take_the_link_of_a_running_one(tmp_path):
    path = tmp_path / "cushion"
    first = Terminal(path)
    with pytest.raises(PtyError, match="may be running on it"):
        Terminal(path)
    assert os.readlink(path) == first.port
    first.close()
    assert not path.is_symlink()


def test_a_link_that_was_replaced_stays_when_the_first_device_ends(tmp_path):
    path = tmp_path / "cushion"
    first, second = Terminal(path), Terminal(path, replace=True)
    first.close()
    assert os.readlink(path) == second.port
    second.close()


def test_a_link_that_now_leads_elsewhere_is_left_alone(tmp_path):
    path = tmp_path / "cushion"
    with Served(path):
        path.unlink()
        path.symlink_to("/dev/null")
    assert os.readlink(path) == "/dev/null"


@pytest.mark.parametrize("kind", ["file", "directory", "no folder"])
def test_a_place_that_is_taken_is_refused_and_left_alone(tmp_path, kind):
    path = tmp_path / "cushion"
    if kind == "file":
        path.write_text("mine")
    elif kind == "directory":
        path.mkdir()
    else:
        path = tmp_path / "none" / "cushion"
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    with pytest.raises(PtyError, match="cushion"):
        PtyCushion(VirtualCushion(load_device("seat-pad-8")), MonotonicClock(), path)
    if before:
        assert len(os.listdir("/proc/self/fd")) == before, "nothing is left open"
    if kind == "file":
        assert path.read_text() == "mine"


def test_closing_twice_closes_nobody_elses_file(tmp_path):
    pty = PtyCushion(VirtualCushion(load_device("seat-pad-8")), MonotonicClock())
    pty.close()
    others = [os.open(tmp_path, os.O_RDONLY) for _ in range(4)]  # these take the numbers that came free
    pty.close()
    for fd in others:
        os.fstat(fd)
        os.close(fd)


def test_a_served_cushion_that_is_armed_and_left_alone_latches(opened):
    with Served() as served:
        talk = dialogue(opened(served.pty.port))
        device = talk.identify()
        ceilings = bytes(0 if info.excluded else info.ceiling for info in device.table)
        hashed = session_hash(device.identity.limits_hash, 60, ceilings)
        talk.connection.guard(_permitting(hashed))
        talk.tell_limits(60, ceilings, len(ceilings), LimitsHash(hashed, 60))
        talk.arm(hashed)
        assert served.cushion.state is DeviceState.ARMED
        began = time.monotonic()
        until(lambda: served.cushion.state is DeviceState.TRIPPED)
        assert 0.8 < time.monotonic() - began < 1.6
        assert served.cushion.reason is Reason.LINK_LOST


def _permitting(hashed):
    layout = place_device(load_device("reference-cushion"))
    footprints = footprint_limits(layout.description.actuators, layout.stature_m)
    return Interlock(layout.actuators, layout.power_budget, hashed, footprints)


def test_an_unplugged_port_is_gone(tmp_path, opened):
    path = tmp_path / "cushion"
    with Served(path, FaultyLine([parse_fault("unplug@0.2s")])) as served:
        link = opened(path)
        served.join()
        assert not path.is_symlink()
        with pytest.raises(LinkLost):
            keep_using(link)
        with pytest.raises(LinkError):
            SerialLink(str(path))


def test_a_device_that_resets_draws_another_epoch(opened):
    with Served(line=FaultyLine([parse_fault("reset@0.1s")])) as served:
        epoch = served.cushion.epoch
        until(lambda: served.cushion.epoch != epoch)
        assert dialogue(opened(served.pty.port)).identify().identity == served.cushion.identity


def test_a_host_that_never_reads_blocks_nobody():
    with Served() as served:
        fd = os.open(served.pty.port, os.O_RDWR | os.O_NOCTTY)
        try:
            turns = served.turns
            served.cushion.transmit = lambda: bytes(10_000)
            until(lambda: served.turns > turns + 20)
        finally:
            os.close(fd)


@pytest.mark.parametrize(
    ("state", "output_sum", "pauses"),
    [
        (DeviceState.DISARMED, 0, (IDLE_S, IDLE_S)),
        (DeviceState.TRIPPED, 0, (IDLE_S, IDLE_S)),
        (DeviceState.DISARMED, 3, (0.020, 0.001)),  # which cannot be: it is looked at closely
        (DeviceState.ARMED, 0, (0.020, 0.001)),
        (DeviceState.PLAYING, 0, (0.020, 0.001)),
        (DeviceState.HOLDING, 9, (0.020, 0.001)),
        (DeviceState.STOPPING, 9, (0.020, 0.001)),
    ],
)
def test_it_sleeps_until_it_puts_something_out_and_longer_at_rest(state, output_sum, pauses):
    at = SimpleNamespace(state=state, output_sum=output_sum)
    assert (pause_s(at, FaultyLine(), 40), pause_s(at, FaultyLine(), 59)) == pauses


def test_a_line_that_holds_bytes_back_is_looked_at_often():
    idle = SimpleNamespace(state=DeviceState.DISARMED, output_sum=0)
    assert pause_s(idle, FaultyLine([parse_fault("delay=1%")]), 40) == FAULTY_S
