"""Real processes, a real pseudo-terminal, real pyserial. Conditions are polled for, with ample deadlines."""

import gc
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from bench_profiles import PROFILES
from board_time import waits_for_nobody
from page_browser import CHROMIUM, Visitors, chromium
from page_client import Served
from people import cleared
from terminals import Terminal

from firmware_bridge.clock import MonotonicClock
from kneadwave.cli.app import call
from kneadwave.devices import DEFAULT_DEVICE
from kneadwave.sessions.virtual import VirtualRequest, serve

KNEAD = [sys.executable, "-m", "kneadwave"]
DEADLINE_S = 120.0
"""Ends a test that hangs; none holds that anything is done sooner. A busy machine starts a command in ten."""
sys.setswitchinterval(0.0005)  # s: who looks on may not keep the thread of a cushion waiting


def wait_for(condition: Callable[[], Any], what: str, within: float = DEADLINE_S) -> Any:
    """Poll until `condition` gives something true; fail after `within` seconds."""
    deadline = time.monotonic() + within
    while not (found := condition()):
        assert time.monotonic() < deadline, f"no {what} within {within:g} s"
        time.sleep(0.01)
    return found


@dataclass
class Bench:
    """Starts commands in an environment of their own, and ends what a test left running."""

    folder: Path
    env: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)
    served: list[tuple[threading.Event, threading.Thread]] = field(default_factory=list)
    devices: int = 0

    until = staticmethod(wait_for)

    def start(self, *words: str, **more: Any) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*KNEAD, *words],
            cwd=self.folder,
            env=self.env,
            text=True,
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more},
        )
        self.started.append(process)
        return process

    def call(self, *words: str) -> "Ended":
        return self.ended(self.start(*words))

    def here(self, *words: str) -> "Ended":
        """A command line that plays nothing, in this process: as `call`, without the second of a start."""
        out, err = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as patch, chdir(self.folder):
            for name, value in self.env.items():
                patch.setenv(name, value)
            with redirect_stdout(out), redirect_stderr(err):
                code = call(list(words))
        assert "Traceback" not in err.getvalue()
        return Ended(code, out.getvalue(), err.getvalue())

    def ended(self, process: subprocess.Popen[str], within: float = DEADLINE_S) -> "Ended":
        out, err = process.communicate(timeout=within)
        assert "Traceback" not in err
        return Ended(process.returncode, out or "", err or "")

    def clear(self, name: str = "me") -> None:
        """Let the next run be one for `name`: an adult who was screened, the list before a run confirmed."""
        cleared(name, env=self.env)

    def cushion(self, on: str = DEFAULT_DEVICE) -> "Device":
        """A virtual cushion, served as `knead virtual` does but by a thread of this process.

        Where the test itself computes for long beside it, take `virtual`: a thread waits for the others.
        """
        path, record = self._place()
        over = threading.Event()
        asked = VirtualRequest(on, path, record)

        def served() -> None:
            waits_for_nobody()
            serve(asked, lambda _: None, over.is_set, MonotonicClock())

        thread = threading.Thread(target=served)
        thread.start()
        self.served.append((over, thread))
        wait_for(lambda: path.exists() or not thread.is_alive(), "virtual cushion")
        assert thread.is_alive()
        return Device(str(path), record)

    def virtual(self, *words: str) -> "VirtualProcess":
        """A virtual cushion in a process of its own."""
        path, record = self._place()
        process = self.start("virtual", "--path", str(path), "--record", str(record), *words)
        wait_for(lambda: path.exists() or process.poll() is not None, "virtual cushion")
        assert process.poll() is None, process.communicate()[1]
        waits_for_nobody(process.pid)
        return VirtualProcess(str(path), record, process=process)

    def _place(self) -> tuple[Path, Path]:
        self.devices += 1
        return self.folder / f"port{self.devices}", self.folder / f"record{self.devices}.jsonl"

    def told(self) -> Iterator[str]:
        """How what was started has ended, and what it said; what goes on is not read."""
        for process in self.started:
            line = " ".join(str(each) for each in list(process.args)[2:])
            if process.poll() is None:
                yield f"{line}: goes on"
                continue
            said: tuple[str | None, str | None] = (None, None)
            with suppress(ValueError, OSError, subprocess.TimeoutExpired):  # it was read before
                said = process.communicate(timeout=1)
            yield f"{line}: ended with {process.returncode}: {said}"

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
            with suppress(Exception):
                process.communicate(timeout=5)
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
        while self.served:
            over, thread = self.served.pop()
            over.set()
            thread.join()


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> dict[str, Any]:
        """The last JSON line of standard output."""
        line: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return line


@dataclass
class Device:
    """A virtual cushion at a port, and its growing recording."""

    path: str
    record: Path
    _lines: list[dict[str, Any]] = field(default_factory=list)
    _read: int = 0

    until = staticmethod(wait_for)

    def lines(self) -> list[dict[str, Any]]:
        """All whole lines so far; each is read once, as conditions ask a hundred times a second."""
        if self.record.exists():
            with self.record.open("rb") as file:
                file.seek(self._read)
                fresh = file.read()
            whole = fresh[: fresh.rfind(b"\n") + 1]
            self._read += len(whole)
            self._lines += map(json.loads, whole.splitlines())
        return self._lines

    def events(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line["kind"] == "event" and line["event"] == event]

    def ticks(self) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line["kind"] == "tick"]

    def last_work(self) -> float:
        """Device time of the last tick with any drive; 0 when there was none."""
        back = (line for line in reversed(self.lines()) if line["kind"] == "tick" and any(line["drive"]))
        return float(next(back, {"t": 0.0})["t"])

    def works(self) -> bool:
        return self.last_work() > 0

    def state(self) -> str:
        back = (line for line in reversed(self.lines()) if line.get("event") == "state")
        return str(next(back, {"state": ""})["state"])

    def is_still(self) -> bool:
        """Whether the tick written last drives nothing; it may be written after the state that it led to."""
        return not any(self.ticks()[-1]["drive"])

    def reached(self, state: str) -> bool:
        return self.state() == state


@dataclass(kw_only=True)
class VirtualProcess(Device):
    """One in a process of its own."""

    process: subprocess.Popen[str]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Beside a failure stands how the commands that its test started have ended."""
    report = yield
    bench = getattr(item, "funcargs", {}).get("bench")
    if report.when == "call" and report.failed and bench is not None:
        report.sections.append(("commands", "\n".join(bench.told())))
    return report


@pytest.fixture(scope="session")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Bench]]:
    made: list[Bench] = []

    def make() -> Bench:
        folder = tmp_path_factory.mktemp("bench")
        (folder / "run").mkdir(mode=0o700)
        env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KNEAD", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"))
        }
        env |= {
            "KNEAD_SESSIONS": str(folder / "run"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_STATE_HOME": str(folder / "state"),
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "error",
        }
        for name, text in PROFILES.items():
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        made.append(Bench(folder, env))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture(autouse=True)
def _no_collection_while_boards_live() -> Iterator[None]:
    """A collection of this process takes a tenth of a second, several on a busy computer, in which no thread
    of it runs: a board that lives in one would be taken for dead."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def bench(benches: Callable[[], Bench]) -> Iterator[Bench]:
    made = benches()
    yield made
    made.close()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


@pytest.fixture(scope="module")
def page_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`knead serve` with nobody on record."""
    with Served(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture(scope="module")
def page_browser() -> Iterator[Any]:
    pytest.importorskip(
        "playwright.sync_api", reason="needs the development dependencies: pip install -e '.[dev]'"
    )
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium: apt-get install chromium")
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(page_browser: Any, page_server: Served) -> Iterator[Visitors]:
    """Opens pages; afterwards they must have asked nobody else for anything, and complained of nothing."""
    visitors = Visitors(page_browser, page_server)
    yield visitors
    foreign, said = visitors.close()
    assert foreign == []
    assert said == []
