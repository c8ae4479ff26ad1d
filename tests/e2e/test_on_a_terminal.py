"""The live view and its keys, with the command at a real terminal."""

import os
import select
import struct
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

Bench = Any
"""That of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


class Terminal:
    """A terminal of 80 x 30 characters, and what was written to it."""

    def __init__(self) -> None:
        import fcntl
        import termios

        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 80, 0, 0))
        self.text = ""
        self.before = termios.tcgetattr(self.slave)

    def start(self, bench: Bench, *words: str, **env: str) -> "subprocess.Popen[str]":
        import fcntl
        import termios

        def take_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        bench.env.update({"TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8", **env})
        ends = {"stdin": self.slave, "stdout": self.slave, "stderr": self.slave}
        process: subprocess.Popen[str] = bench.start(
            *words, **ends, start_new_session=True, preexec_fn=take_terminal
        )
        return process

    def shows(self, words: str) -> bool:
        while select.select([self.master], [], [], 0.01)[0]:
            self.text += os.read(self.master, 65536).decode("utf-8", "replace")
        return words in self.text

    def forget(self) -> None:
        self.shows("")
        self.text = ""

    def press(self, key: str) -> None:
        os.write(self.master, key.encode())

    @property
    def restored(self) -> bool:
        import termios

        return bool(termios.tcgetattr(self.slave) == self.before)

    def close(self) -> None:
        for fd in (self.master, self.slave):
            if fd >= 0:
                os.close(fd)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


def test_keys_steer_the_session_and_the_terminal_is_restored(bench: Bench, terminal: Terminal) -> None:
    device = bench.virtual()
    run = terminal.start(bench, "run", "felt-check", "--device", device.path)
    device.until(lambda: terminal.shows("playing"), "live view")
    assert not terminal.restored
    device.until(lambda: terminal.shows("step 1 of 2"), "step")
    device.until(lambda: terminal.shows("┊"), "body map")
    device.until(lambda: terminal.shows("space pause"), "help line")
    terminal.press("-")
    device.until(lambda: terminal.shows("intensity 90 %"), "lower intensity")
    terminal.press(" ")
    device.until(lambda: terminal.shows("paused"), "pause")
    terminal.forget()
    terminal.press(" ")
    device.until(lambda: terminal.shows("playing"), "playing again")
    terminal.press("c")
    device.until(lambda: terminal.shows("step 2 of 2"), "closing")
    terminal.press("q")
    assert run.wait(timeout=20) == 0
    device.until(lambda: terminal.shows("stopped by a key"), "last line")
    assert terminal.restored
    assert device.state() == "disarmed"


def test_ctrl_c_on_the_terminal_stops_and_restores_it(bench: Bench, terminal: Terminal) -> None:
    device = bench.virtual()
    run = terminal.start(bench, "run", "felt-check", "--device", device.path)
    device.until(device.works, "work")
    terminal.press("\x03")
    assert run.wait(timeout=20) == 130
    device.until(lambda: terminal.shows("error: ended by Ctrl-C"), "the last word")
    assert terminal.restored
    assert not device.events("trip")


def test_a_terminal_that_goes_away_stops_the_session(bench: Bench, terminal: Terminal) -> None:
    device = bench.virtual()
    run = terminal.start(bench, "run", "felt-check", "--device", device.path)
    device.until(device.works, "work")
    terminal.shows("")
    os.close(terminal.master)
    terminal.master = -1
    assert run.wait(timeout=20) in (129, 7)
    device.until(lambda: device.reached("disarmed"), "disarmed device")
    assert not device.events("trip")


def test_no_escape_byte_under_no_color(bench: Bench, terminal: Terminal) -> None:
    run = terminal.start(bench, "run", "short.toml", "--device", "sim:", NO_COLOR="1")
    bench_over = bench.until(lambda: terminal.shows("at rest") or run.poll() is not None, "end")
    assert bench_over
    assert run.wait(timeout=20) == 0
    assert terminal.shows("step 1 of 1")
    assert "\x1b" not in terminal.text


def test_a_reader_that_goes_away_stops_the_session(bench: Bench) -> None:
    device = bench.virtual()
    run = bench.start("run", "felt-check", "--device", device.path, "--json")
    assert run.stdout is not None
    device.until(device.works, "work")
    run.stdout.close()
    assert run.wait(timeout=20) == 7
    device.until(lambda: device.reached("disarmed"), "disarmed device")
    assert "Traceback" not in run.stderr.read()
