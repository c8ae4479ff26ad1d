"""`knead stop` finds whatever moves: a run without traces, a pulse, a felt test, two guards."""

import os
import shutil
import signal
from typing import Any

import pytest
from served_twins import ServedTwin
from terminals import Terminal

from simulator.twins.tcode import VirtualTCode

Bench = Device = Any
"""Those of conftest, which no test module can import."""

BOTH = """
schema = 1
name = "both"
audience = "test"

[[step]]
name = "feet and shoulders"
technique = { kind = "stroking", speed_mm_s = 190 }
zones = ["foot", "shoulder"]
duration_s = 60
level = 0.5
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


@pytest.mark.parametrize("harm", ["deleted", "damaged"])
def test_a_run_whose_traces_are_gone_is_found_and_stopped(bench: Bench, harm: str) -> None:
    device = bench.cushion()
    bench.clear()
    run = bench.start("run", "felt-check", "--device", device.path)
    device.until(device.works, "work of the device")
    (told,) = (bench.folder / "run").rglob("*.json")
    if harm == "deleted":
        shutil.rmtree(told.parent)
        device.until(told.exists, "a file that tells of the run")
    else:
        told.write_bytes(bytes(100))
    stop = bench.call("stop", "--json")
    assert stop.code == 0, stop.err
    assert stop.last["confirmed"] is True
    assert bench.ended(run).code == 7
    device.until(lambda: device.reached("disarmed"), "rest")


def test_a_pulse_that_places_a_motor_is_stopped(bench: Bench, terminal: Terminal) -> None:
    with ServedTwin(VirtualTCode(4)) as board:
        asks = terminal.start(bench, "device", "new", "mine", "--device", f"tcode:{board.port}")
        for what, press in (("Enter leaves that open: ", "u\n"), ("Is all of this so? [y/n] ", "y\n")):
            bench.until(lambda what=what: terminal.shows(what), what)
            terminal.press(press)
        bench.until(lambda: terminal.heard(lambda: len(board.history) > 1), "a pulse")
        stop = bench.call("stop")
        assert stop.code == 0, stop.err
        assert terminal.ended(asks) == 7
        assert board.comes_off()


def test_a_felt_test_is_stopped(bench: Bench, terminal: Terminal) -> None:
    device = bench.cushion()
    bench.clear()
    assert bench.here("tune", "number", "short.toml", "1", "level", "0.3").code == 0
    asks = terminal.start(bench, "tune", "ab", "short.toml", "--device", device.path)
    device.until(lambda: terminal.heard(device.works), "work")
    stop = bench.call("stop")
    assert stop.code == 0, stop.err
    assert terminal.ended(asks) == 7
    device.until(lambda: device.reached("disarmed"), "rest")


def test_two_guards_of_one_session_are_stopped(bench: Bench) -> None:
    bench.clear()
    pads = [bench.virtual("--as", "hf8"), bench.virtual("--as", "tcode", "--on", "foot-plate")]
    named = ("--device", f"hf8:{pads[0].path}", "--device", f"tcode:{pads[1].path}")
    (bench.folder / "both.toml").write_text(BOTH, encoding="utf-8")
    run = bench.start("run", "both.toml", *named, "--on", "hf8", "--on", "foot-plate")
    for pad in pads:
        pad.until(pad.works, "work of both")
    stop = bench.call("stop", "--json")
    assert stop.code == 0, stop.err
    assert bench.ended(run).code == 7
    for pad in pads:
        pad.until(pad.is_still, "rest of both")


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="only Linux tells who holds a port")
@pytest.mark.parametrize("named", [False, True])
def test_a_run_that_is_suspended_and_has_no_traces_is_found_by_its_port(bench: Bench, named: bool) -> None:
    device = bench.cushion()
    bench.clear()
    run = bench.start("run", "felt-check", "--device", device.path)
    device.until(device.works, "work of the device")
    run.send_signal(signal.SIGSTOP)
    os.waitpid(run.pid, os.WUNTRACED)
    shutil.rmtree(bench.folder / "run" / f"kneadwave-{os.geteuid()}")
    stop = bench.call("stop", "--json", *(("--device", device.path) if named else ()))
    assert stop.code == 6, stop.err
    assert f"process {run.pid} is suspended and holds" in stop.last["error"]
    assert f"kill -9 {run.pid}" in stop.last["hint"]
    device.until(lambda: device.reached("tripped"), "the device's own watchdog")
    run.kill()


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="only Linux tells who holds a port")
@pytest.mark.parametrize("named", [False, True])
def test_one_behind_a_guard_is_found_by_its_guard(bench: Bench, named: bool) -> None:
    pad = bench.virtual("--as", "hf8")
    bench.clear()
    run = bench.start("run", "felt-check", "--device", f"hf8:{pad.path}")
    pad.until(pad.works, "work of the device")
    run.send_signal(signal.SIGSTOP)
    os.waitpid(run.pid, os.WUNTRACED)
    shutil.rmtree(bench.folder / "run" / f"kneadwave-{os.geteuid()}")
    stop = bench.call("stop", "--json", *(("--device", f"hf8:{pad.path}") if named else ()))
    assert stop.code == 6, stop.err
    assert f"process {run.pid} is suspended and holds hf8:" in stop.last["error"]
    assert f"kill -9 {run.pid}" in stop.last["hint"]
    pad.until(pad.is_still, "rest by the guard's watchdog")
    run.kill()
