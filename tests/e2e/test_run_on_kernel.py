"""`knead run` on the firmware's kernel: machine code in a process of its own, at a pseudo-terminal."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from board_time import waits_for_nobody

from firmware_bridge.devices.load import load_device
from firmware_bridge.wire.codec import report_payload
from firmware_bridge.wire.messages import DeviceState, Reason
from simulator.cushion import built_to

Bench = Any
"""That of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


FIRMWARE = 7


class Change(NamedTuple):
    """From `t` on, ms: what the device is doing, and whether its actuators have power and are driven."""

    t: int
    state: DeviceState
    reason: Reason
    permit: bool
    driven: bool


class KernelProcess:
    """A device that the kernel plays, built to the reference cushion."""

    def __init__(self, program: Path, folder: Path) -> None:
        identity, table = built_to(load_device("reference-cushion"), 1)
        identity = identity._replace(firmware=FIRMWARE)
        board, self.path, self.log = folder / "board", folder / "kernel-port", folder / "kernel-log"
        board.write_bytes(b"".join(map(report_payload, (identity, *table))))
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([program, board, self.path], stdin=subprocess.PIPE, stdout=log)
        waits_for_nobody(self.process.pid)

    def changes(self) -> list[Change]:
        """All so far."""
        *lines, _ = self.log.read_text(encoding="ascii").split("\n")
        rows = ([int(word) for word in line.split()] for line in lines)
        return [Change(t, DeviceState(s), Reason(r), bool(permit), bool(on)) for t, s, r, permit, on in rows]

    def when(self, what: Callable[[Change], bool]) -> list[int]:
        """The times, ms, from which on `what` held."""
        return [change.t for change in self.changes() if what(change)]

    def end(self) -> int:
        """Let it end; its exit code."""
        self.process.communicate(timeout=60)
        return self.process.returncode


@pytest.fixture
def device(built: Path, bench: Bench) -> Iterator[KernelProcess]:
    device = KernelProcess(built / "kneadwave-device", bench.folder)
    bench.until(lambda: device.path.exists() and device.changes(), "port of the kernel")
    bench.clear()
    yield device
    assert device.end() == 0
    assert not device.path.is_symlink()


def is_driven(change: Change) -> bool:
    return change.driven


def is_tripped(change: Change) -> bool:
    return change.state is DeviceState.TRIPPED


def powered_only_where_something_may_move(device: KernelProcess) -> None:
    for change in device.changes():
        assert change.permit is (
            change.state in (DeviceState.PLAYING, DeviceState.HOLDING, DeviceState.STOPPING)
        )
        assert change.permit or not change.driven or is_tripped(change), "switched off in the tick of a trip"


def test_a_run_plays_to_its_end_and_leaves_no_power(bench: Bench, device: KernelProcess) -> None:
    ended = bench.call("run", "short.toml", "--device", str(device.path), "--json")
    assert ended.code == 0, ended.err
    lines = map(json.loads, ended.out.splitlines())
    (who,) = [line for line in lines if line["event"] == "identity"]
    assert (who["url"], who["firmware"]) == (str(device.path), FIRMWARE)
    assert device.when(is_driven)
    last = device.changes()[-1]
    assert (last.state, last.permit, last.driven) == (DeviceState.DISARMED, False, False)
    assert last.reason in (Reason.STOP_ZEROS, Reason.STOP_FRAME)
    powered_only_where_something_may_move(device)


def test_a_killed_host_leaves_it_at_zero_and_latched(bench: Bench, device: KernelProcess) -> None:
    run = bench.start("run", "long.toml", "--device", str(device.path))
    bench.until(lambda: device.when(is_driven), "work of the kernel")
    run.kill()
    bench.until(lambda: device.when(is_tripped), "trip")
    (tripped,) = device.when(is_tripped)
    held = device.when(lambda change: change.state is DeviceState.HOLDING)[-1]
    still = device.when(lambda change: change.permit and not change.driven)[-1]
    assert still - held <= 250
    assert still <= tripped - 400, "a second after its host was alive, half a second after it fell silent"
    assert device.changes()[-1][1:] == (DeviceState.TRIPPED, Reason.LINK_LOST, False, False)
    powered_only_where_something_may_move(device)
