"""`knead tune ab` and `sweep` on `knead virtual` over a pseudo-terminal, with a person at another one."""

import os
import random
import time
from pathlib import Path
from typing import Any

import pytest
from depth import at_depth
from terminals import Terminal

from kneadwave.tuning.curves.select import with_step
from kneadwave.tuning.workspace import look, open_desk
from profiles.parameters import with_number

Bench = Device = Any
"""Those of conftest, which no test module can import."""
STOPPED_S = 0.6
"""From whatever ends a felt test to a cushion at zero, by its own recording."""
VERBS = {
    "ab": ("tune", "ab", "short.toml"),
    "sweep": ("tune", "sweep", "short.toml", "1", "level", "--from", "0.3", "--to", "0.45", "--steps", "4"),
}
QUESTION = "[1] first  [2] second  [0] no difference"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


@pytest.fixture
def profile(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A profile of one short step, and an edit of it that was not saved."""
    bench.clear()
    monkeypatch.setenv("XDG_STATE_HOME", bench.env["XDG_STATE_HOME"])
    path: Path = bench.folder / "short.toml"
    with open_desk(str(path)) as desk:
        desk.edit("softer", lambda profile: with_step(profile, 0, with_number(profile.step[0], "level", 0.3)))
    return path


class DeviceClock:
    """The time of a device by the host's own clock: as close as its recording tells, never ahead of it."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._birth = float("inf")

    def look(self) -> float:
        newest = max((line.get("t", 0.0) for line in self._device.lines()), default=0.0)
        self._birth = min(self._birth, time.monotonic() - newest)
        return newest

    def now(self) -> float:
        return time.monotonic() - self._birth

    def passes(self, seconds: float, terminal: Terminal) -> None:
        """Wait until so much of the device's time has passed, looking often."""
        goal = self.look() + seconds
        self._device.until(lambda: terminal.heard(lambda: self.look() >= goal), f"{seconds:g} s more")


def at_rest_after(device: Device, since: float) -> None:
    """The cushion does not move any more, and did not for longer than STOPPED_S after `since`."""
    device.until(lambda: device.state() in ("disarmed", "tripped") and device.is_still(), "device at rest")
    assert 0.0 < device.last_work() <= since + STOPPED_S


def playing(bench: Bench, terminal: Terminal, verb: str) -> tuple[Device, Any, DeviceClock]:
    device = bench.cushion()
    run = terminal.start(bench, *VERBS[verb], "--device", device.path)
    device.until(lambda: terminal.heard(device.works), "work")
    clock = DeviceClock(device)
    clock.passes(0.3, terminal)
    return device, run, clock


def history(path: Path) -> list[str]:
    """What the journal says was done."""
    return [entry.what for entry in look(str(path)).history()]


def test_ab_is_answered_told_and_written_down(bench: Bench, terminal: Terminal, profile: Path) -> None:
    before = profile.read_bytes()
    device, run, _ = playing(bench, terminal, "ab")
    assert not terminal.restored
    device.until(lambda: terminal.shows("  second"), "second")
    busy = bench.here("tune", "undo", "short.toml")
    assert busy.code != 0
    assert "hint:" in busy.err
    device.until(lambda: terminal.shows(f"{QUESTION}  [r] once more"), "question")
    assert "saved" not in terminal.text
    assert "edited" not in terminal.text
    rest = device.last_work()
    terminal.press("2")
    assert terminal.ended(run) == 0
    device.until(lambda: terminal.shows("version was better"), "what was which")
    assert device.last_work() <= rest + 0.1
    assert terminal.restored
    assert device.state() == "disarmed"
    assert not device.events("trip")
    assert profile.read_bytes() == before
    assert "compared 1 one stroke: " in history(profile)[-1]


def test_ab_once_more_within_the_sitting_and_the_last_question_at_rest(
    bench: Bench, terminal: Terminal, profile: Path
) -> None:
    before = profile.read_bytes()
    device, run, _ = playing(bench, terminal, "ab")
    device.until(lambda: terminal.shows("[r] once more"), "question")
    terminal.forget()
    terminal.press("r")
    device.until(lambda: terminal.shows("  second"), "second round")
    device.until(lambda: terminal.shows(QUESTION), "question")
    assert "once more" not in terminal.text
    assert device.state() == "disarmed"
    assert not terminal.restored
    terminal.press("0")
    assert terminal.ended(run) == 0
    device.until(lambda: terminal.shows("no difference felt"), "the last word")
    assert terminal.restored
    assert len([each for each in device.events("state") if each["state"] == "armed"]) == 1
    assert profile.read_bytes() == before
    assert "(2 rounds)" in history(profile)[-1]


def test_sweep_takes_the_value_that_feels_right(bench: Bench, terminal: Terminal, profile: Path) -> None:
    before = profile.read_bytes()
    device, run, clock = playing(bench, terminal, "sweep")
    device.until(lambda: terminal.shows("2 of 4"), "second value")
    clock.passes(1.5, terminal)
    pressed = clock.now()
    terminal.press("\r")
    assert terminal.ended(run) == 0
    at_rest_after(device, pressed)
    device.until(lambda: terminal.shows("keep: knead tune save short.toml"), "the last word")
    assert "level 0.3 -> 0.343" in terminal.text
    assert terminal.restored
    assert device.state() == "disarmed"
    assert profile.read_bytes() == before
    assert history(profile)[-1] == "sweep: step 1 level 0.343"
    with open_desk(str(profile)) as desk:
        assert desk.undo().what == "softer"


@pytest.mark.parametrize(
    ("verb", "keys", "code", "says"),
    [
        ("ab", "x", 0, "stopped by a key"),
        ("sweep", "\x1b[A", 0, "stopped by a key"),
        ("sweep", "\x03", 130, "ended by Ctrl-C"),
    ],
)
def test_any_other_key_and_ctrl_c_stop_both_and_write_nothing(
    bench: Bench, terminal: Terminal, profile: Path, verb: str, keys: str, code: int, says: str
) -> None:
    before, told = profile.read_bytes(), history(profile)
    device, run, clock = playing(bench, terminal, verb)
    pressed = clock.now()
    terminal.press(keys)
    assert terminal.ended(run) == code
    device.until(lambda: terminal.shows(says), "last line")
    at_rest_after(device, pressed)
    assert terminal.restored
    assert QUESTION not in terminal.text
    assert not device.events("trip")
    assert (profile.read_bytes(), history(profile)) == (before, told)


@pytest.mark.parametrize("verb", VERBS)
def test_a_terminal_that_goes_away_stops_both(
    bench: Bench, terminal: Terminal, profile: Path, verb: str
) -> None:
    before, told = profile.read_bytes(), history(profile)
    device, run, clock = playing(bench, terminal, verb)
    gone = clock.now()
    os.close(terminal.master)
    terminal.master = -1
    assert run.wait(timeout=60) in (129, 7)
    at_rest_after(device, gone)
    assert device.state() == "disarmed"
    assert (profile.read_bytes(), history(profile)) == (before, told)


def test_a_terminal_that_goes_away_leaves_the_question_unanswered(
    bench: Bench, terminal: Terminal, profile: Path
) -> None:
    before, told = profile.read_bytes(), history(profile)
    device, run, _ = playing(bench, terminal, "ab")
    device.until(lambda: terminal.shows(QUESTION), "question")
    os.close(terminal.master)
    terminal.master = -1
    assert run.wait(timeout=60) in (129, 7)
    device.until(lambda: device.reached("disarmed"), "disarmed device")
    assert (profile.read_bytes(), history(profile)) == (before, told)


@pytest.mark.parametrize("seed", range(1, 1 + at_depth(4, least=2)))
def test_killed_at_a_random_moment_both_leave_the_cushion_at_zero_and_the_profile_whole(
    bench: Bench, terminal: Terminal, profile: Path, seed: int
) -> None:
    drawn = random.Random(seed)
    verb, moment = sorted(VERBS)[seed % 2], drawn.uniform(0.1, 4.0)
    before, told = profile.read_bytes(), history(profile)
    device, run, clock = playing(bench, terminal, verb)
    clock.passes(moment, terminal)
    run.kill()
    killed = clock.now()
    run.wait()
    device.until(lambda: device.reached("tripped"), "trip")
    at_rest_after(device, killed)
    assert device.events("trip")[0]["reason"] == "link lost"
    assert (profile.read_bytes(), history(profile)) == (before, told)
    with open_desk(str(profile)) as desk:  # nobody holds it any more
        desk.undo()


def test_no_escape_byte_under_no_color(bench: Bench, terminal: Terminal, profile: Path) -> None:
    run = terminal.start(bench, *VERBS["sweep"], "--device", "sim:", NO_COLOR="1")
    bench.until(lambda: terminal.shows("level 0.3  1 of 4"), "first value")
    terminal.press("x")
    assert terminal.ended(run) == 0
    bench.until(lambda: terminal.shows("nothing was taken; level 0.3 stays"), "the last word")
    assert "\x1b" not in terminal.text
    assert profile.exists()
