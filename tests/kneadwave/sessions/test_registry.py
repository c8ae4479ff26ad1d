"""Sessions as other processes see them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kneadwave.sessions import at_once
from kneadwave.sessions.registry import Registration, find, running_sessions

PORT = "/dev/pts/7"


def _files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "runtime").rglob("*") if path.is_file())


def test_a_session_is_found_while_it_runs_and_not_after(tmp_path: Path) -> None:
    with Registration([PORT], "felt-check"):
        session = find(PORT)
        assert session is not None
        assert (session.pid, session.port, session.profile) == (os.getpid(), PORT, "felt-check")
        assert running_sessions() == [session]
        assert not session.over
    assert find(PORT) is None
    assert session.over
    assert _files(tmp_path) == []


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_request_is_seen_once_and_answered(confirmed: bool, tmp_path: Path) -> None:
    with Registration([PORT], "x") as registration:
        session = find(PORT)
        assert session is not None
        assert not registration.requested()
        session.ask_to_stop()
        assert session.asked
        assert registration.requested()
        assert not session.asked
        assert registration.requested()
        registration.confirmed = confirmed
    assert session.answer() is confirmed
    assert session.answer() is None
    assert _files(tmp_path) == []


def test_a_request_that_came_too_late_to_be_seen_is_answered_too() -> None:
    with Registration([PORT], "x") as registration:
        session = find(PORT)
        assert session is not None
        session.ask_to_stop()
        registration.confirmed = True
    assert session.answer() is True


def test_an_old_request_does_not_stop_a_new_session() -> None:
    with Registration([PORT], "old"):
        session = find(PORT)
        assert session is not None
    session.ask_to_stop()
    with Registration([PORT], "new") as registration:
        assert not registration.requested()


def test_what_a_dead_process_left_is_removed(tmp_path: Path) -> None:
    over = subprocess.Popen([sys.executable, "-c", "pass"])
    over.wait()
    with Registration([PORT], "x"):
        where = next((tmp_path / "runtime").rglob("*.json"))
        about = json.loads(where.read_text())
        where.write_text(json.dumps({**about, "pid": over.pid}))
        assert find(PORT) is None
        assert not where.exists()


def test_another_process_under_the_same_number_is_not_the_session(tmp_path: Path) -> None:
    with Registration([PORT], "x"):
        where = next((tmp_path / "runtime").rglob("*.json"))
        about = json.loads(where.read_text())
        where.write_text(json.dumps({**about, "started": "long ago"}))
        assert running_sessions() == []


BROKEN = ["", "{", "[]", "{}", '{"pid": "x", "started": "", "port": "", "profile": ""}']


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_counts_as_nothing_until_its_session_mends_it(tmp_path: Path, text: str) -> None:
    with Registration([PORT], "x") as registration:
        where = next((tmp_path / "runtime").rglob("*.json"))
        where.write_text(text)
        assert running_sessions() == []
        assert not registration.requested()
        (session,) = running_sessions()
        where.write_text(text)
        session.ask_to_stop()
        assert registration.requested()
    assert _files(tmp_path) == [where.with_suffix(".stopped").name]


@pytest.mark.parametrize("damage", ["as long", "a link", "gone"])
def test_what_was_found_sound_is_mended_when_it_is_damaged_later(tmp_path: Path, damage: str) -> None:
    with Registration([PORT], "x") as registration:
        where = next((tmp_path / "runtime").rglob("*.json"))
        os.utime(where, (0, 0))  # long before what happens to it
        assert not registration.requested()
        assert not registration.requested()
        if damage == "as long":
            where.write_text(" " * where.stat().st_size)
        else:
            where.unlink()
        if damage == "a link":
            where.symlink_to("/dev/zero")
        assert running_sessions() == []
        assert not registration.requested()
        assert len(running_sessions()) == 1


@pytest.mark.parametrize("replaced", [False, True])
def test_a_folder_that_was_deleted_is_made_again_by_whoever_plays(tmp_path: Path, replaced: bool) -> None:
    with Registration([PORT, "/dev/pts/8"], "x") as registration:
        folder = next((tmp_path / "runtime").rglob("*.json")).parent
        shutil.rmtree(folder)
        if replaced:
            folder.touch()
        assert running_sessions() == []
        assert not registration.requested()
        (session,) = running_sessions()
        assert session.ports == (PORT, "/dev/pts/8")
        session.ask_to_stop()
        assert registration.requested()
    assert session.answer() is False


@pytest.mark.parametrize("refused", ["write_text", "mkdir"])
def test_a_session_may_run_where_nothing_can_be_registered(
    refused: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(str(path))

    monkeypatch.setattr(Path, refused, refuse)
    with Registration([PORT], "x") as registration:
        assert not registration.requested()


def test_a_session_without_a_start_is_nobodys(tmp_path: Path) -> None:
    with Registration([PORT], "x"):
        where = next((tmp_path / "runtime").rglob("*.json"))
        about = json.loads(where.read_text())
        where.write_text(json.dumps({**about, "started": "", "pid": 2**22 + 1}))
        assert running_sessions() == []


def test_one_session_on_two_ports_is_one_and_is_found_and_stopped_by_either() -> None:
    for port in (PORT, "/dev/foot-plate"):
        with Registration([PORT, "/dev/foot-plate"], "x") as registration:
            (session,) = running_sessions()
            assert session.ports == (PORT, "/dev/foot-plate")
            asked = find(port)
            assert asked is not None
            asked.ask_to_stop()
            assert registration.requested()
            registration.confirmed = True
        assert asked.over
        assert asked.answer() is True
        assert find(PORT) is find("/dev/foot-plate") is None


# -- where it is looked for ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["TMPDIR", "TEMP", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "HOME"])
def test_a_session_is_found_whatever_the_environment_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service, or sudo, has another one."""
    monkeypatch.setenv(name, str(tmp_path / "here"))
    with Registration([PORT], "x"):
        monkeypatch.setenv(name, str(tmp_path / "there"))
        assert find(PORT) is not None


@pytest.mark.skipif(os.name != "posix", reason="of POSIX")
def test_the_one_place_of_a_user_has_no_variable_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(at_once.PLACE)
    assert at_once.folder() == f"/tmp/kneadwave-{os.geteuid()}"


@pytest.mark.skipif(os.name != "posix", reason="of POSIX")
def test_a_folder_that_others_may_write_in_is_not_used() -> None:
    with Registration([PORT], "x") as registration:
        own = Path(at_once.folder())
        own.chmod(0o777)
        assert running_sessions() == []
        assert not at_once.belongs(str(own), os.geteuid())
        assert not registration.requested()
    own.chmod(0o777)
    with Registration([PORT], "x"):
        assert not list(own.iterdir())


def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path) -> None:
    with Registration([PORT], "x"):
        where = next((tmp_path / "runtime").rglob("*.json"))
        where.unlink()
        os.mkfifo(where)
        assert running_sessions() == []
        where.unlink()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can play another user")
def test_the_session_of_another_user_is_seen_and_root_may_ask_it(tmp_path: Path) -> None:
    with Registration([PORT], "x"):
        other = tmp_path / "runtime" / "kneadwave-4711"
        Path(at_once.folder()).rename(other)
        os.chown(other, 4711, 4711)
        (session,) = running_sessions()
        assert (session.own, session.reachable, session.user) == (False, True, 4711)
        secret = tmp_path / "secret"
        secret.write_text("kept")
        Path(f"{session.files}.stop").symlink_to(secret)
        session.ask_to_stop()
        assert secret.read_text() == "kept", "root follows nobody's link"


# -- names --------------------------------------------------------------------------------------------------

RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(10))}


@pytest.mark.parametrize(
    "port",
    ["COM3", "com10", r"\\.\COM12", "NUL", "con", "LPT1", "/dev/ttyACM0", "tcode:udp://a:1", "é ", "x" * 400],
)
def test_the_file_of_a_port_can_lie_on_any_system(port: str) -> None:
    name = at_once.file_name(port)
    assert re.fullmatch(r"[A-Za-z0-9_%-]{1,230}", name)
    assert name.lower() not in RESERVED
    with Registration([port], "x"):
        session = find(port)
        assert session is not None
        assert session.port == port


def test_ports_with_long_names_are_told_apart() -> None:
    one, other = ("intiface:ws://" + "x" * 400 + end for end in "ab")
    assert at_once.file_name(one) != at_once.file_name(other)
