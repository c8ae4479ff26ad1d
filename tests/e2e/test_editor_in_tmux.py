"""The full-screen editor in a real terminal: what tmux shows, and how every end leaves the terminal."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from depth import at_depth

Bench = Any
"""That of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None, reason="needs tmux: apt-get install tmux, or brew install tmux"
)

PROFILE = """\
schema = 1
name = "evening"  # mine
audience = "test"
fade_in_s = 0.5
fade_out_s = 0.5

[[step]]
name = "opening"
technique = { kind = "stroking", speed_mm_s = 190 }
zones = ["lumbar", "upper-back"]
duration_s = 5
level = 0.3
curve = [
  [0.0, 0.5],   # light at first
  [0.5,  1.0],
  [1.0, 0.5],
]
"""


class Tmux:
    """A terminal of 80 x 24 with a shell that runs one command, and says afterwards how it ended."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench = bench
        self.folder = folder
        self.profile = folder / "evening.toml"
        self.profile.write_text(PROFILE, encoding="utf-8")

    def start(self, *words: str, size: tuple[int, int] = (80, 24), **env: str) -> None:
        command = " ".join(words)
        script = self.folder / "script.sh"
        script.write_text(
            f"export TERM={env.pop('TERM', 'screen-256color')}\nbefore=$(stty -g)\n"
            f"sh -c 'echo $$ >pid; exec {command}'\n"
            'echo "ended with $?"\n[ "$(stty -g)" = "$before" ] && echo the terminal is as before\n'
            "sleep 60\n",
            encoding="utf-8",
        )
        self.bench.env |= {"LANG": "C.UTF-8", "PYTHONPATH": os.getcwd(), **env}
        shell = f"cd {self.folder} && sh {script}"
        self.tmux("new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), shell)

    def tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-f", os.devnull, "-S", str(self.folder / "tmux"), *words],
            env=self.bench.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", "--", *keys)

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def until(self, *words: str) -> str:
        """Wait until the screen shows all of it, however many spaces lie between two words."""
        seen = [""]

        def there() -> bool:
            seen[0] = self.screen()
            shown = " ".join(seen[0].split())
            return all(" ".join(word.split()) in shown for word in words)

        try:
            self.bench.until(there, f"{words}")
        except AssertionError:
            pytest.fail(f"no {words} on the screen:\n{seen[0]}")
        return seen[0]

    @property
    def pid(self) -> int:
        return int((self.folder / "pid").read_text())

    def until_restored(self) -> None:
        """Wait until the terminal is as it was: ordinary screen, cursor shown, no mouse, its settings."""
        state = "#{alternate_on} #{cursor_flag} #{mouse_any_flag}"
        self.until("the terminal is as before")
        self.bench.until(
            lambda: self.tmux("display-message", "-p", state).split() == ["0", "1", "0"],
            f"restored terminal, but {self.tmux('display-message', '-p', state)}",
        )
        assert "Traceback" not in self.screen()


@pytest.fixture
def terminal(bench: Bench, tmp_path: Path) -> Iterator[Tmux]:
    made = Tmux(bench, tmp_path)
    yield made
    made.tmux("kill-server")


KNEAD = f"{sys.executable} -m kneadwave"


def test_a_curve_is_shaped_felt_undone_and_saved(terminal: Tmux) -> None:
    terminal.start(KNEAD, "tune", "edit", "evening.toml", "opening")
    first = terminal.until("evening: step 1 opening", "version 0, saved", "q quit")
    assert len(first.splitlines()) == 24
    assert "> " in first
    terminal.press("Down", "Down", "Up")
    terminal.until(">    50%   0:02.5   100%")
    assert "version 0, saved" in terminal.screen()
    terminal.press("[", "S-Up", "+")
    terminal.until("97%", "not saved", "· saved", "edited")
    terminal.press("Enter")
    terminal.until("time and level, or a level")
    terminal.press("40% 0.8", "Enter")
    terminal.until(">    40%   0:02.0    80%")
    terminal.press("u")
    terminal.until(">    50%   0:02.5    97%", "undone")
    terminal.press("v")
    terminal.until("any key stops")
    terminal.press("x")
    terminal.until("on sim:", "q quit", "version")
    assert terminal.profile.read_text(encoding="utf-8") == PROFILE
    terminal.press("s")
    terminal.until("Save this?", "+  [0.5,  0.97],", "y saves it")
    terminal.press("y")
    terminal.until("saved to evening.toml")
    terminal.press("q")
    terminal.until("ended with 0", "the terminal is as before")
    terminal.until_restored()
    assert terminal.profile.read_text(encoding="utf-8") == PROFILE.replace("1.0],", "0.97],", 1)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_signal_restores_the_terminal_and_loses_no_edit(
    terminal: Tmux, number: signal.Signals, code: int
) -> None:
    terminal.start(KNEAD, "tune", "edit", "evening.toml")
    terminal.until("q quit")
    terminal.press("+")
    terminal.until("set 0%=0.51")
    os.kill(terminal.pid, number)
    terminal.until(f"ended with {code}")
    terminal.until_restored()
    assert terminal.profile.read_text(encoding="utf-8") == PROFILE
    ended = terminal.bench.here("tune", "history", str(terminal.profile))
    assert "set 0%=0.51" in ended.out


def test_a_signal_while_it_plays_ends_the_preview_and_the_editor(terminal: Tmux) -> None:
    terminal.start(KNEAD, "tune", "edit", "evening.toml")
    terminal.until("q quit")
    terminal.press("v")
    terminal.until("any key stops")
    os.kill(terminal.pid, signal.SIGTERM)
    terminal.until("ended with 143")
    terminal.until_restored()


def test_a_bug_of_ours_restores_the_terminal_too(terminal: Tmux) -> None:
    (terminal.folder / "broken.py").write_text(
        "import sys\n"
        "from kneadwave.cli.app import call\n"
        "from kneadwave.cli.editor.sheet import Sheet\n"
        "Sheet.smooth = lambda sheet: 1 / 0\n"
        "sys.exit(call(['tune', 'edit', 'evening.toml']))\n",
        encoding="utf-8",
    )
    terminal.start(sys.executable, "broken.py")
    terminal.until("q quit")
    terminal.press("m")
    terminal.until("error: this should not have happened: ZeroDivisionError", "ended with 1")
    terminal.until_restored()


@pytest.mark.parametrize("keys", [[], ["+", "v"]], ids=["editing", "playing"])
def test_a_terminal_that_goes_away_ends_it(terminal: Tmux, keys: list[str]) -> None:
    terminal.start(KNEAD, "tune", "edit", "evening.toml")
    terminal.until("q quit")
    terminal.press(*keys)

    def playing() -> bool:
        screen = terminal.screen()
        if "felt to its end" in screen:  # a busy machine looked too late: five seconds were over
            terminal.press("v")
        return "felt now" in screen and "q quit" not in screen

    if keys:
        terminal.bench.until(playing, "preview")
    pid = terminal.pid
    terminal.tmux("kill-server")

    def gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False

    terminal.bench.until(gone, "end of the editor")
    assert terminal.profile.read_text(encoding="utf-8") == PROFILE


def test_killed_while_it_edits_the_file_is_whole(terminal: Tmux) -> None:
    terminal.start(KNEAD, "tune", "edit", "evening.toml")
    terminal.until("q quit")
    terminal.press(*["+"] * 9)
    terminal.until("not saved")
    os.kill(terminal.pid, signal.SIGKILL)
    terminal.until("ended with 137")
    assert terminal.profile.read_text(encoding="utf-8") == PROFILE
    ended = terminal.bench.here("tune", "undo", str(terminal.profile))
    assert ended.code == 0


@pytest.mark.parametrize(
    "env",
    [{"NO_COLOR": "1"}, {"TERM": "vt100"}, {"TERM": "linux"}][: at_depth(3, least=2)],
    ids=lambda env: "=".join(*env.items()),
)
def test_without_colour_it_reads_as_well(terminal: Tmux, env: dict[str, str]) -> None:
    terminal.start(KNEAD, "tune", "edit", "evening.toml", **env)
    terminal.until("q quit")
    terminal.press("Down", "-")
    terminal.until(">    50%   0:02.5    99%", "· saved")
    if "NO_COLOR" in env:
        coloured = terminal.tmux("capture-pane", "-p", "-e")
        assert not any(f"\x1b[3{n}m" in coloured for n in range(8))
    terminal.press("C-c")
    terminal.until("ended with 0")
    terminal.until_restored()


def test_the_smallest_screen_and_one_that_is_too_small(terminal: Tmux) -> None:
    terminal.start(KNEAD, "tune", "edit", "evening.toml", size=(40, 12))
    screen = terminal.until("saved", "> ", "quit")
    assert len(screen.splitlines()) == 12
    terminal.tmux("resize-window", "-x", "30", "-y", "8")
    terminal.until("too small")
    terminal.tmux("resize-window", "-x", "80", "-y", "24")
    terminal.until("seconds", "q quit")
    terminal.press("q")
    terminal.until("ended with 0")
