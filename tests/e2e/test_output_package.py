"""The example of an output of another package: built, installed, tested by the contract, and driven."""

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from served_twins import ServedTwin

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "output-package"
INSTALL = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target"]
Bench = Any
"""That of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example in it, as pip installs it, and nothing from any network."""
    folder = tmp_path_factory.mktemp("site")
    env = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run([sys.executable, *INSTALL, str(folder), str(EXAMPLE)], check=True, env=env)
    return folder


@pytest.fixture
def board(site: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The virtual board of the example's own tests, at a port."""
    monkeypatch.syspath_prepend(str(site))
    spec = importlib.util.spec_from_file_location("test_board", EXAMPLE / "tests" / "test_board.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with ServedTwin(module.VirtualBoard()) as served:
        yield served


def test_its_own_tests_pass(site: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(EXAMPLE)]
    done = subprocess.run(
        [*command, str(EXAMPLE / "tests")],
        env=os.environ | {"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout, "a board on a line can have everything befall it"


def test_it_is_driven_like_any_other_and_switched_off(bench: Bench, site: Path, board: Any) -> None:
    bench.env["PYTHONPATH"] = str(site)
    bench.clear()
    run = bench.start("run", "felt-check", "--device", f"example:{board.port}")
    bench.until(lambda: any(board.levels) or run.poll() is not None, "work of the board")
    run.send_signal(signal.SIGINT)
    ended = bench.ended(run)
    assert ended.code == 128 + signal.SIGINT, ended.err
    assert board.comes_off()
    most = max(max(levels) for _, levels in board.history)
    assert 0 < most <= 153, "0.6 of full drive: what holds its level has a lower ceiling"


def test_its_format_is_written_and_read(bench: Bench, site: Path) -> None:
    bench.env["PYTHONPATH"] = str(site)
    written = bench.call(
        "profile", "export", "relaxing-back", "--step", "2", "--as", "levels", "--out", "a.levels"
    )
    assert written.code == 0, written.err
    assert (bench.folder / "a.levels").read_text().startswith("LEVELS 1\n0.000 ")
    read = bench.call("profile", "import", "a.levels", "--name", "mine", "--json")
    assert read.code == 0, read.err
    assert '"format":"levels"' in read.out


def test_its_routine_and_its_description_are_known_by_name(bench: Bench, site: Path) -> None:
    bench.env["PYTHONPATH"] = str(site)
    assert "example-evening" in bench.call("profile", "list").out
    assert "example-board" in bench.call("device", "list").out
    ended = bench.call("simulate", "example-evening", "--on", "example-board", "--json")
    assert ended.code == 0, ended.err
