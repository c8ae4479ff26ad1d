"""`knead tune calibrate` on a terminal, against a virtual cushion, by a person who feels what it puts out."""

import json
import os
import signal
import struct
import subprocess
import time
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from terminals import Terminal

from firmware_bridge.devices.load import load_device, place_device
from simulator.motor import MotorBank

Bench = Any
"""That of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")

REACTION_S = 0.3
FELT = 0.012
START, HOLD = 72, 50
GONE = "as soon as it is gone"

TWO = """
schema = 1
name = "two-motors"
title = "Two motors at the thighs"
power_budget = 400
"""
MOTOR = """
[[actuator]]
id = "{name}"
kind = "vibration"
x_mm = {x}
y_mm = -220
radius_mm = 20
ceiling = 0.95
attack_per_s = 800
release_per_s = 1600
response = {{ start = 60, hold = 40, exponent = 0.5 }}
motor = {{ tau_ms = 60, full_hz = 70.0 }}
"""


class Sitter(Terminal):
    """Sits on the cushion at a terminal: reads what is asked, feels what the growing recording says."""

    def __init__(self, bench: Bench, device: Any) -> None:
        import fcntl
        import termios

        super().__init__()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.feels = False
        self._bench, self._device = bench, device
        described = place_device(load_device(str(bench.folder / "two.toml")))
        self._motors = MotorBank([replace(each, start=START, hold=HOLD) for each in described.actuators])
        self._read = 0
        self._last_t = 0.0
        self._due: float | None = None

    def sit(self, *words: str) -> "subprocess.Popen[str]":
        import termios

        # As every shell does after a process that was killed.
        termios.tcsetattr(self.slave, termios.TCSANOW, self.before)
        self.text = ""
        return self.start(self._bench, "tune", "calibrate", "two.toml", "--device", self._device.path, *words)

    def answers_until(self, words: str) -> bool:
        """One look at screen and cushion; whether the screen shows `words`."""
        seen = self.shows(words)
        for line in self._new_ticks():
            self._feel(line)
        if self._due is not None and time.monotonic() >= self._due:
            self._due = None
            self.press("x")
        return seen

    def _new_ticks(self) -> list[dict[str, Any]]:
        with self._device.record.open(encoding="utf-8") as file:
            file.seek(self._read)
            whole, newline, _ = file.read().rpartition("\n")
        self._read += len((whole + newline).encode())
        lines = (json.loads(line) for line in whole.splitlines())
        return [line for line in lines if line["kind"] == "tick"]

    def _feel(self, tick: dict[str, Any]) -> None:
        # Ticks of silence are left out: what moved has come to rest in them.
        missing = min(50, round((tick["t"] - self._last_t) * 50) - 1)
        self._last_t = tick["t"]
        drives = np.array([[0] * len(tick["drive"])] * max(0, missing) + [tick["drive"]])
        felt = bool(self._motors.step(drives, np.zeros_like(drives))[-1].max() >= FELT)
        if felt is self.feels:
            return
        self.feels = felt
        asked = self.text.rpartition("press any key")[2]
        if felt is not asked.strip().startswith(GONE):
            self._due = time.monotonic() + REACTION_S


@pytest.fixture
def sitter(bench: Bench) -> Iterator[Sitter]:
    motors = [MOTOR.format(name=name, x=x) for name, x in (("right", 85), ("left", -85))]
    (bench.folder / "two.toml").write_text("".join([TWO, *motors]), encoding="utf-8")
    device = bench.cushion(str(bench.folder / "two.toml"))
    made = Sitter(bench, device)
    made.device = device  # type: ignore[attr-defined]
    yield made
    made.close()


def curves(bench: Bench) -> dict[str, Any]:
    path = bench.folder / "data" / "kneadwave" / "responses" / "two-motors.toml"
    if not path.exists():
        return {}
    found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))["actuator"]
    return found


def assert_measured(curve: dict[str, Any]) -> None:
    """As well as somebody can whose hands a busy computer slows down; in virtual time it is held exactly."""
    assert START - 3 <= curve["start"] <= START * 1.25
    assert HOLD - 6 <= curve["hold"] <= curve["start"]
    assert (curve["exponent"], curve["ceiling"]) == (0.5, 0.95)


def test_killed_resumed_and_stopped_a_calibration_loses_nothing(bench: Bench, sitter: Any) -> None:
    device = sitter.device
    bench.clear()
    first = sitter.sit()
    bench.until(lambda: sitter.answers_until("2 of 2  left"), "the second motor")
    assert curves(bench) == {}
    moved = device.last_work()
    bench.until(lambda: sitter.heard(lambda: device.last_work() > moved), "movement of the second motor")
    first.send_signal(signal.SIGKILL)
    first.wait(timeout=60)
    trip = bench.until(lambda: device.events("trip"), "trip")[0]
    assert trip["reason"] == "link lost"
    assert device.last_work() < trip["t"] - 0.2
    assert curves(bench) == {}

    second = sitter.sit()
    bench.until(lambda: sitter.shows("Is all of this so? [y/n]"), "the list before a run")
    assert device.state() == "tripped"
    sitter.press("y\n")
    bench.until(lambda: sitter.answers_until("1 of 1  left"), "the second motor again")
    bench.until(lambda: sitter.answers_until("short ones"), "pulses")
    sitter.press("q")
    assert sitter.ended(second) == 0
    bench.until(lambda: sitter.shows("go on with: knead tune calibrate two-motors"), "the last word")
    assert device.state() == "disarmed"
    assert "1 of 2 kept" in sitter.text
    (name,) = curves(bench)
    assert name == "right"
    assert_measured(curves(bench)["right"])


def test_a_terminal_that_goes_away_ends_it_and_the_cushion_rests(bench: Bench, sitter: Any) -> None:
    device = sitter.device
    bench.clear()
    run = sitter.sit("--only", "left")
    device.until(lambda: sitter.heard(device.works), "work")
    sitter.shows("")
    os.close(sitter.master)
    sitter.master = -1
    assert run.wait(timeout=60) in (129, 7)
    device.until(lambda: device.reached("disarmed"), "disarmed device")
    assert not device.events("trip")
    assert curves(bench) == {}
    sitter.master = os.dup(sitter.slave)  # for the end of the test to close


def test_another_program_may_ask_for_one_sitting(bench: Bench) -> None:
    (bench.folder / "two.toml").write_text(
        TWO + MOTOR.format(name="right", x=85) + MOTOR.format(name="left", x=-85), encoding="utf-8"
    )
    words = ("tune", "calibrate", "two.toml", "--device", "sim:", "--only", "right", "--json")
    sitting = bench.start(*words, "--control", "stdin", stdin=subprocess.PIPE)
    told = []
    for line in sitting.stdout:
        told.append(json.loads(line))
        if told[-1]["event"] == "asked" and told[-1]["part"] == "rising":
            break
    sitting.stdin.write('{"control": "stop"}\n')
    sitting.stdin.flush()
    told += [json.loads(line) for line in sitting.stdout]
    assert (told[-1]["event"], told[-1]["ok"], told[-1]["left"]) == ("end", True, ["right"])
