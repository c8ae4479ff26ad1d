"""`knead run` on a virtual cushion over a pseudo-terminal, and every way in which that can end."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from board_time import waits_for_nobody
from eye import Eye

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.devices.load import load_device
from firmware_bridge.guard.device import Guard
from firmware_bridge.wire.messages import DeviceState
from simulator.cushion import VirtualCushion
from simulator.faults import FaultyLine

Bench = Device = Any
"""Those of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


@pytest.fixture
def playing(bench: Bench) -> tuple[Device, "subprocess.Popen[str]"]:
    device = bench.cushion()
    bench.clear()
    run = bench.start("run", "felt-check", "--device", device.path)
    device.until(device.works, "work of the device")
    return device, run


@contextmanager
def served(
    cushion: Guard, line: FaultyLine | None = None, each: Callable[[], None] = lambda: None
) -> Iterator[str]:
    """A cushion of this process, served by a thread of its own: the port to open."""
    from simulator.pty import PtyCushion

    pty, over = PtyCushion(cushion, MonotonicClock(), line=line), threading.Event()

    def serve() -> None:
        waits_for_nobody()
        pty.serve(over.is_set, each)

    server = threading.Thread(target=serve)
    server.start()
    try:
        yield pty.port
    finally:
        over.set()
        server.join()


def birth(device: Device, seconds: float) -> float:
    """Host time at which the device's clock was 0, or a little later, never earlier."""
    best, until = float("inf"), time.monotonic() + seconds
    while time.monotonic() < until:
        newest = max((line.get("t", 0.0) for line in device.lines()), default=0.0)
        best = min(best, time.monotonic() - newest)
    return best


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_device_first_and_then_ends(
    bench: Bench, playing: tuple[Device, "subprocess.Popen[str]"], number: signal.Signals
) -> None:
    device, run = playing
    run.send_signal(number)
    run.send_signal(number)  # a second one does not break the stop
    ended = bench.ended(run)
    assert ended.code == 128 + number
    device.until(lambda: device.reached("disarmed"), "disarmed device")
    assert not device.events("trip")


def test_a_killed_host_leaves_the_device_at_zero_and_latched(
    playing: tuple[Device, "subprocess.Popen[str]"],
) -> None:
    device, run = playing
    born = birth(device, 1.0)
    run.kill()
    killed = time.monotonic() - born
    run.wait()
    trip = device.until(lambda: device.events("trip"), "trip")[0]
    assert device.last_work() + 0.02 - killed <= 0.55
    assert trip["t"] - killed <= 1.1
    assert trip["reason"] == "link lost"
    assert device.state() == "tripped"


def test_a_host_put_to_sleep_loses_the_device_and_says_so_when_it_wakes(
    bench: Bench, playing: tuple[Device, "subprocess.Popen[str]"]
) -> None:
    device, run = playing
    run.send_signal(signal.SIGSTOP)
    try:
        trip = device.until(lambda: device.events("trip"), "trip")[0]
        assert trip["reason"] == "link lost"
        assert device.last_work() <= trip["t"] - 0.4
        # From outside: nobody reacts, the port is held, so nobody can confirm.
        stop = bench.call("stop", "--device", device.path)
        assert stop.code == 6
        assert "does not react" in stop.err
        assert "hint:" in stop.err
    finally:
        run.send_signal(signal.SIGCONT)
    ended = bench.ended(run)
    assert ended.code in (6, 7)  # 7 when it meets the request to stop before the silence
    assert len([line for line in ended.err.splitlines() if line.startswith("error:")]) == 1


def test_a_new_session_takes_up_a_device_that_had_lost_its_host(
    bench: Bench, playing: tuple[Device, "subprocess.Popen[str]"]
) -> None:
    device, run = playing
    run.kill()
    run.wait()
    device.until(lambda: device.events("trip"), "trip")
    bench.clear()
    assert bench.call("run", "short.toml", "--device", device.path).code == 0


def test_stop_from_another_process_is_confirmed_by_both(
    bench: Bench, playing: tuple[Device, "subprocess.Popen[str]"]
) -> None:
    device, run = playing
    bench.clear("guest")
    busy = bench.call("run", "short.toml", "--device", device.path, "--json")
    assert busy.code == 5
    assert busy.last["exit"] == 5
    assert "in use" in busy.err
    stop = bench.call("stop", "--json")  # one session runs, so it is clear which
    assert stop.code == 0, stop.err
    assert stop.last["confirmed"] is True
    ended = bench.ended(run)
    assert ended.code == 7
    assert "from outside" in ended.err
    assert device.state() == "disarmed"
    # Nobody runs any more: the stop opens the port itself, on a device that may never have been greeted.
    assert bench.call("stop", "--device", device.path).code == 0


def test_a_latched_trip_is_told_and_cleared_only_when_asked(
    bench: Bench, playing: tuple[Device, "subprocess.Popen[str]"]
) -> None:
    device, run = playing
    run.kill()
    run.wait()
    device.until(lambda: device.events("trip"), "trip")
    told = bench.call("stop", "--device", device.path)
    assert told.code == 0
    assert "nothing was heard from the program that played on it" in told.out
    assert device.state() == "tripped"
    cleared = bench.call("stop", "--device", device.path, "--reset", "--json")
    assert cleared.code == 0
    assert cleared.last["cleared"] == "link lost"
    device.until(lambda: device.reached("disarmed"), "disarmed device")


def test_a_device_that_is_unplugged_ends_the_session_with_6(bench: Bench) -> None:
    device = bench.virtual()
    bench.clear()
    run = bench.start("run", "felt-check", "--device", device.path, "--json", "--record", "host.jsonl")
    device.until(device.works, "work of the device")
    device.process.kill()  # its end of the line goes with it
    ended = bench.ended(run)
    assert ended.code == 6
    assert ended.last["ok"] is False
    assert '"ok":false' in (bench.folder / "host.jsonl").read_text().splitlines()[-1]


def test_a_device_that_restarts_ends_the_session_with_6(bench: Bench) -> None:
    """It loses power once it works, however long the host took to begin."""
    eye, line = Eye(), FaultyLine()

    def lose_power() -> None:
        if not line.resets and any(part.any() for part in eye.drive_parts):
            line.resets += 1

    cushion = VirtualCushion(load_device("reference-cushion"), output=eye)
    bench.clear()
    with served(cushion, line, lose_power) as port:
        ended = bench.call("run", "felt-check", "--device", port)
    assert ended.code == 6
    assert "restarted" in ended.err
    assert line.resets == 1
    assert cushion.state is DeviceState.DISARMED
    assert not eye.drive_parts[-1].any()


def test_garbage_on_the_line_breaks_no_limit_and_never_hangs(bench: Bench) -> None:
    device = bench.virtual("--fault", "flip=1%@2.5s+2s", "--fault", "drop=1%@2.5s+2s", "--seed", "3")
    bench.clear()
    ended = bench.call("run", "short.toml", "--device", device.path)
    assert ended.code in (0, 6, 7)
    assert_limits_kept(device)


def test_a_device_with_other_limits_is_refused(bench: Bench) -> None:
    device = bench.cushion()
    bench.clear()
    ended = bench.call("run", "short.toml", "--device", device.path, "--on", "seat-pad-8")
    assert ended.code == 7
    assert "other limits" in ended.err
    assert not device.works()


def test_a_device_with_another_protocol_is_refused(bench: Bench) -> None:
    device = VirtualCushion(load_device("reference-cushion"))
    device.identity = device.identity._replace(protocol=9)
    device.reset(0)  # as it tells from its next start on
    bench.clear()
    with served(device) as port:
        ended = bench.call("run", "short.toml", "--device", port)
    assert ended.code == 7
    assert "protocol 9" in ended.err


def test_a_port_where_nobody_answers_ends_with_6_and_a_missing_one_with_4(bench: Bench) -> None:
    master, slave = os.openpty()
    try:
        bench.clear("guest")
        bench.clear("me")
        silent = bench.start("run", "short.toml", "--device", os.ttyname(slave), "--recipient", "guest")
        missing = bench.call("run", "short.toml", "--device", "/dev/no-such-port", "--json")
        assert missing.code == 4
        assert "no port" in missing.last["error"]
        ended = bench.ended(silent)
        assert ended.code == 6
        assert "does not answer" in ended.err
    finally:
        os.close(master)
        os.close(slave)


def test_virtual_ends_with_0_on_ctrl_c_and_removes_its_link(bench: Bench) -> None:
    device = bench.virtual()
    assert device.path in (device.process.stdout.readline() if device.process.stdout else "")
    device.process.send_signal(signal.SIGINT)
    assert bench.ended(device.process).code == 0
    assert not os.path.lexists(device.path)
    assert device.lines()[-1]["kind"] == "end"
    other = bench.virtual()
    other.process.terminate()
    assert bench.ended(other.process).code == 143


def test_felt_check_works_every_allowed_actuator_and_no_other(bench: Bench) -> None:
    device = bench.virtual()
    bench.clear()
    ended = bench.ended(bench.start("run", "felt-check", "--device", device.path), within=60.0)
    assert ended.code == 0, ended.err
    assert "\x1b" not in ended.out + ended.err
    peaks = assert_limits_kept(device)
    for actuator, peak in zip(device.lines()[0]["actuators"], peaks, strict=True):
        assert (peak == 0) is actuator["excluded"], actuator["id"]


def assert_limits_kept(device: Device) -> list[int]:
    """No tick above a ceiling, none on an excluded actuator; the peak drive of each actuator."""
    actuators = device.lines()[0]["actuators"]
    peaks = [max(drives) for drives in zip(*(tick["drive"] for tick in device.ticks()), strict=True)]
    for actuator, peak in zip(actuators, peaks, strict=True):
        assert peak <= (0 if actuator["excluded"] else actuator["ceiling"] * 255)
    return peaks
