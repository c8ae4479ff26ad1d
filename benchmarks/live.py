"""Real time over a real pseudo-terminal: processor share, stop and trip latency, zero after a kill."""

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import psutil

from benchmarks.measure import KNEAD, PYTHON, percentile, row
from benchmarks.people import somebody
from firmware_bridge.clock import MonotonicClock
from firmware_bridge.devices.layout import Layout, place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import LinkError
from firmware_bridge.play.connection import Connection
from firmware_bridge.play.wire_device import WireDevice
from firmware_bridge.wire.framing import Frame, FrameDecoder, pack_frame
from firmware_bridge.wire.link import SerialLink
from firmware_bridge.wire.messages import (
    SETPOINTS,
    STOP,
    DeviceState,
    MessageError,
    Setpoints,
    Status,
    unpack_report,
)

ROUNDS = 200
KILLS = 50
SHARE_S = 15.0
"""For so long a process is looked at."""
STALL_S = 0.2
STALLS = 20
DEVICE = "reference-cushion"


@contextmanager
def cushion(record: Path | None = None) -> Iterator[Path]:
    """A virtual cushion in a process of its own; gives its port."""
    with served(record) as (port, _):
        yield port


@contextmanager
def served(record: Path | None = None) -> Iterator[tuple[Path, psutil.Process]]:
    """The same, with its process."""
    with tempfile.TemporaryDirectory() as folder:
        port = Path(folder) / "cushion"
        recorded = [] if record is None else ["--record", str(record)]
        command = [*KNEAD, "virtual", "--on", DEVICE, "--path", str(port), *recorded]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                _wait(port.exists, 10)
                yield port, psutil.Process(process.pid)
            finally:
                process.send_signal(signal.SIGINT)


def share() -> None:
    """How much of a core host and cushion take, idle and while they play, without their starts."""
    with served() as (port, device), somebody() as env:
        sleep(1.0)
        row("virtual cushion, idle", *_at_most(_share_of(device), 0.005))
        nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = [*KNEAD, "run", "relaxing-back", "--device", str(port)]
        with subprocess.Popen(command, env=env, **nowhere) as process:
            sleep(20.0)  # until it is in full swing
            host = psutil.Process(process.pid)
            row("knead run, 16 actuators at 50 Hz", *_at_most(_share_of(host), 0.008))
            row("virtual cushion, playing", f"{_share_of(device):.2%} of a core", "to be reported", None)
            process.send_signal(signal.SIGINT)


def _share_of(process: psutil.Process) -> float:
    began, before = monotonic(), process.cpu_times()
    sleep(SHARE_S)
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / (monotonic() - began)


def _at_most(share: float, most: float) -> tuple[str, str, bool]:
    return f"{share:.2%} of a core", f"at most {most:.1%}", share <= most


def stalls() -> None:
    """The host stopped for STALL_S at many phases of a session: how often the device held meanwhile."""
    with cushion() as port, somebody() as env:
        command = [*KNEAD, "run", "relaxing-back", "--device", str(port), "--json"]
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as host:
            sleep(20.0)
            for turn in range(STALLS):
                host.send_signal(signal.SIGSTOP)
                sleep(STALL_S)
                host.send_signal(signal.SIGCONT)
                sleep(1.0 + 0.037 * turn)
            host.send_signal(signal.SIGINT)
            told = host.communicate()[0]
    lost = sum(json.loads(line).get("losses", 0) for line in told.splitlines())
    row(f"host stopped for {STALL_S * 1000:.0f} ms, {STALLS} times: the link lost", f"{lost}", "0", lost == 0)


def latency() -> None:
    """From the moment the host wants it to the device's report that every drive is zero, or that it stops."""
    _latency("", 5)
    busy = [subprocess.Popen([PYTHON, "-c", "while True: pass"]) for _ in range(2)]
    try:
        _latency(" beside two busy loops", 20)
    finally:
        for loop in busy:
            loop.kill()
            loop.wait()


def _latency(beside: str, trip_ms: float) -> None:
    with cushion() as port:
        link = SerialLink(str(port))
        try:
            trips = [_trip(link, turn) for turn in range(ROUNDS)]
            _rows(f"trip: violation to 'tripped, all zero'{beside}", trips, trip_ms)
            stops = [_stop(link, turn) for turn in range(1, ROUNDS + 1)]  # the first resets the last trip
            _rows(f"stop: STOP to 'stopping'{beside}", [taken for taken, _ in stops], 20)
            _rows(f"stop: STOP to 'disarmed, all zero'{beside}", [done for _, done in stops], 300)
        finally:
            link.close()


def kill() -> None:
    """From SIGKILL of the host to the first recorded tick with all drives at zero, delays included."""
    times = [_kill_one(2.5 + 0.037 * i) for i in range(KILLS)]
    worst = max(times) * 1000
    row(
        f"host killed to all zero as recorded, worst of {KILLS}",
        f"{worst:.0f} ms",
        "at most 520 ms",
        worst <= 520,
    )


def _kill_one(after: float) -> float:
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "r.jsonl"
        with cushion(record) as port, somebody() as env:
            command = [*KNEAD, "run", "felt-check", "--device", str(port)]
            nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            with subprocess.Popen(command, env=env, **nowhere) as host:
                _wait(lambda: _drives(record) > 0, 10)
                sleep(after)
                _wait(lambda: _drives(record) > 0, 10)
                host.kill()
                killed = monotonic()
                _wait(lambda: _drives(record) == 0, 3)
                return monotonic() - killed


def _drives(record: Path) -> int:
    """Sum of the drives in the last whole tick of a recording that grows; 0 before there is one."""
    if not record.exists():
        return 0
    with record.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - 2048))
        lines = file.read().split(b"\n")[:-1]
    for line in reversed(lines):
        if line.startswith(b'{"kind":"tick"'):
            return sum(json.loads(line)["drive"])
    return 0


def _playing(link: SerialLink, turn: int) -> tuple[Connection, Layout]:
    """Arm the device and bring one actuator up by hand."""
    clock = MonotonicClock()
    device = WireDevice(link, clock)
    device.identify()
    connection = device.connection
    layout = place_device(load_device(DEVICE))
    if turn:  # the turn before may have tripped it, which is cleared once nobody was heard for a while
        device.reset()
    device.arm(layout, 60.0)
    free = [a for a in layout.allowed if not a.rate_max]
    chosen = free[turn % len(free)]  # in turn, or the cushion would make a busy one rest
    due = connection.device_time(clock.now()) + 150
    for step in range(12):
        level = min(60, step * (chosen.attack // 50))
        drives = bytes(level if a.index == chosen.index else 0 for a in layout.actuators)
        link.write(
            connection.send(Setpoints(drives, bytes(len(drives))), clock.now(), t_ms=round(due + 20 * step))
        )
        sleep(0.02)
    _hear(link, lambda status: status.output_sum > 0)
    return connection, layout


def _trip(link: SerialLink, turn: int) -> float:
    connection, layout = _playing(link, turn)
    excluded = layout.excluded[0].index
    payload = (1 << excluded).to_bytes((len(layout.actuators) + 7) // 8, "little") + b"\x50"
    began = monotonic()
    link.write(pack_frame(Frame(SETPOINTS, 0, 0, connection.epoch, 0, payload)))
    _hear(link, lambda status: status.state == DeviceState.TRIPPED and status.output_sum == 0)
    return monotonic() - began


def _stop(link: SerialLink, turn: int) -> tuple[float, float]:
    _playing(link, turn)
    began = monotonic()
    link.write(pack_frame(Frame(STOP, 0, 0, 0, 0, b"")))
    _hear(link, lambda status: status.state in (DeviceState.STOPPING, DeviceState.DISARMED))
    taken = monotonic() - began
    _hear(link, lambda status: status.state == DeviceState.DISARMED and status.output_sum == 0)
    return taken, monotonic() - began


def _hear(link: SerialLink, wanted: Callable[[Status], bool]) -> None:
    decoder = FrameDecoder()
    deadline = monotonic() + 2
    while monotonic() < deadline:
        for frame in decoder.feed(link.read()):
            try:
                report = unpack_report(frame)
            except MessageError:
                continue
            if isinstance(report, Status) and wanted(report):
                return
        sleep(0.0005)
    raise LinkError("the cushion did not report in time")


def _rows(name: str, seconds: list[float], target_ms: float) -> None:
    half, most = (percentile(seconds, share) * 1000 for share in (0.5, 0.99))
    name = f"{name} ({len(seconds)})"
    row(name, f"p50 {half:.1f}, p99 {most:.1f} ms", f"p99 at most {target_ms:g} ms", most <= target_ms)


def _wait(condition: Callable[[], bool], seconds: float) -> None:
    deadline = monotonic() + seconds
    while not condition():
        if monotonic() > deadline:
            raise TimeoutError("the benchmark waited in vain")
        sleep(0.002)
