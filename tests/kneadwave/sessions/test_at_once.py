"""What `knead stop` does before it has imported anything."""

import os
import select
import subprocess
import sys
import tty
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.wire.framing import STOP_ZEROS, FrameDecoder
from firmware_bridge.wire.link import SerialLink
from kneadwave.cli.early_stop import stop_early
from kneadwave.sessions import at_once
from kneadwave.sessions.registry import Registration, asked_at_once, find, running_sessions

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


@pytest.fixture(autouse=True)
def nothing_asked() -> Iterator[None]:
    yield
    at_once.asked.clear()
    while at_once.left_open:
        os.close(at_once.left_open.pop())


@pytest.fixture
def line() -> Iterator[tuple[int, str]]:
    """The far end of a serial port, and the port's name."""
    far, near = os.openpty()
    tty.setraw(near)
    yield far, os.ttyname(near)
    for fd in (far, near):
        os.close(fd)


def _arrived(far: int) -> bytes:
    return os.read(far, 100) if select.select([far], [], [], 0)[0] else b""


def test_the_zeros_are_a_stop_even_where_the_line_loses_most() -> None:
    decoder = FrameDecoder()
    decoder.feed(at_once.ZEROS)
    assert decoder.stops == 1
    assert len(at_once.ZEROS) >= 2 * STOP_ZEROS


@pytest.mark.parametrize(
    "words", [["--device", "{}"], ["--device={}"], ["--reset", "--json", "--device", "{}"]]
)
def test_a_named_port_is_told_to_stop(line: tuple[int, str], words: list[str], tmp_path: Path) -> None:
    far, port = line
    link = tmp_path / "cushion"
    link.symlink_to(port)
    stop_early(["stop", *(word.format(link) for word in words)])
    assert _arrived(far) == at_once.ZEROS
    SerialLink(port).close()  # it holds nobody up


def test_the_variable_counts_where_no_session_runs(
    line: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    far, port = line
    monkeypatch.setenv("KNEAD_DEVICE", port)
    with Registration(["/dev/other"], "x") as registration:
        stop_early(["stop"])
        assert registration.requested()
    assert _arrived(far) == b""
    stop_early(["stop"])
    assert _arrived(far) == at_once.ZEROS


@pytest.mark.parametrize(
    "words",
    [[], ["run"], ["run", "stop"], ["stop", "--help"], ["stop", "--device"], ["stop", "--device", "id:x"]],
)
def test_nothing_is_told_to_stop_that_nobody_named(line: tuple[int, str], words: list[str]) -> None:
    far, port = line
    with Registration([port], "x") as registration:
        stop_early(words)
        # Where a device is named that needs more than a look, the rest of the command finds its session.
        assert registration.requested() is (words == ["stop", "--device"])
    assert _arrived(far) == b""


def test_all_sessions_are_asked_and_known_afterwards_although_they_have_ended() -> None:
    with Registration(["/dev/a"], "x") as one, Registration(["/dev/b"], "y") as two:
        stop_early(["stop"])
        assert one.requested()
        assert two.requested()
        one.confirmed = True
    assert [(each.port, each.over, each.answer()) for each in asked_at_once()] == [
        ("/dev/a", True, True),
        ("/dev/b", True, False),
    ]


def test_a_port_that_a_session_holds_is_left_to_it(line: tuple[int, str]) -> None:
    far, port = line
    with Registration([port], "x") as registration:
        stop_early(["stop", "--device", port])
        assert registration.requested()
    assert _arrived(far) == b""


def test_a_port_that_another_program_holds_is_not_written_to(line: tuple[int, str]) -> None:
    far, port = line
    link = SerialLink(port)
    try:
        stop_early(["stop", "--device", port])
    finally:
        link.close()
    assert _arrived(far) == b""


@pytest.mark.parametrize(
    "name", ["file", "folder", "fifo", "missing", "/dev/null", "\0", "socket://127.0.0.1:1"]
)
def test_what_is_no_port_is_not_written_to(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    stop_early(["stop", "--device", str(tmp_path / name) if name[0] not in "/s\0" else name])
    assert (tmp_path / "file").read_text() == "kept"
    assert at_once.left_open == []


def test_another_users_folder_is_not_trusted() -> None:
    with Registration(["/dev/a"], "x") as registration:
        own = Path(at_once.folder())
        own.chmod(0o777)
        stop_early(["stop"])
        own.chmod(0o755)
        assert not registration.requested()


def test_it_waits_for_no_import() -> None:
    """All that it needs has been loaded when Python starts, or is a module of C."""
    said = (
        "import sys; before = set(sys.modules); from kneadwave.cli.early_stop import stop_early; "
        "stop_early(['stop', '--device', sys.argv[1]]); print(*(set(sys.modules) - before))"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-c", said, "/dev/null"], capture_output=True, text=True, check=True
    )
    loaded = {name for name in run.stdout.split() if not name.startswith("kneadwave")}
    with suppress(KeyError):
        loaded.remove("fcntl")
    assert loaded <= {"termios"}


def test_the_command_sends_them_before_all_else(line: tuple[int, str]) -> None:
    far, port = line
    said = (
        "import sys; sys.argv[1:] = ['stop', '--device', sys.argv[1]]\n"
        "sys.modules['kneadwave.cli.app'] = None\n"
        "from kneadwave.__main__ import main\n"
        "try: main()\nexcept ImportError: print(find := 'stopped before')"
    )
    run = subprocess.run([sys.executable, "-c", said, port], capture_output=True, text=True, check=False)
    assert run.stdout == "stopped before\n"
    assert _arrived(far) == at_once.ZEROS
    assert find(port) is None


@pytest.mark.parametrize("what", ["a link", "a file", "a folder for all", "another one's folder"])
def test_whoever_takes_the_usual_place_hides_no_session(tmp_path: Path, what: str) -> None:
    usual = Path(at_once.folder())
    usual.parent.mkdir(exist_ok=True)
    if what == "a link":
        (tmp_path / "theirs").mkdir()
        usual.symlink_to(tmp_path / "theirs")
    elif what == "a file":
        usual.touch()
    else:
        usual.mkdir()
        usual.chmod(0o777)
        if what == "another one's folder":
            if os.geteuid() != 0:
                pytest.skip("only root can play another user")
            usual.chmod(0o755)
            os.chown(usual, 4711, 4711)
    with Registration(["/dev/ttyACM0"], "x") as registration:
        (session,) = running_sessions()
        assert session.own
        assert session.files.parent != usual
        at_once.stop_at_once(None)
        assert registration.requested()
    assert not running_sessions()


def test_a_session_whose_file_was_damaged_is_told_by_its_answer(knead: Any, tmp_path: Path) -> None:
    with Registration(["/dev/a"], "x") as registration:
        where = next((tmp_path / "runtime").rglob("*.json"))
        where.write_bytes(bytes(9))
        stop_early(["stop"])
        assert registration.requested()
        registration.confirmed = True
    ended = knead("stop", "--json")
    assert ended.code == 0, ended.err
    assert ended.events[-1]["confirmed"] is True
    assert f"warning: the file of a session is damaged: {where}" in ended.err


@pytest.mark.usefixtures("one_clock")
def test_a_damaged_file_of_nobody_is_told_and_cleared_away(knead: Any, tmp_path: Path) -> None:
    with Registration(["/dev/a"], "x"):
        where = next((tmp_path / "runtime").rglob("*.json"))
    where.write_bytes(bytes(9))
    stop_early(["stop"])
    ended = knead("stop")
    assert ended.code == 4
    assert "damaged" in ended.err
    assert [path for path in where.parent.iterdir() if path.is_file()] == []
