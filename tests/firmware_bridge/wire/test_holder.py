"""Who holds a port."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_bridge.errors import PortBusy
from firmware_bridge.wire.holder import Holder, holder_of, locked_ports
from firmware_bridge.wire.link import SerialLink

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")

HOLDS = (
    "import sys, serial; port = serial.Serial(sys.argv[1], exclusive=True); print('ok', flush=True); input()"
)


@pytest.fixture
def port() -> Iterator[str]:
    ends = os.openpty()
    yield os.ttyname(ends[1])
    for end in ends:
        os.close(end)


@pytest.fixture
def held(port: str) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, port], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ok\n"
        yield process
        process.kill()


def test_a_port_that_is_in_use_names_who_holds_it(port: str, held: "subprocess.Popen[str]") -> None:
    with pytest.raises(PortBusy, match=rf"in use by process {held.pid} \(") as told:
        SerialLink(port)
    assert str(held.pid) in str(told.value.hint.values)  # type: ignore[union-attr]
    assert holder_of(port) == Holder(
        held.pid, Path(f"/proc/{held.pid}/comm").read_text().strip(), os.geteuid()
    )


def test_a_file_that_is_open_without_a_lock_has_its_process_named(tmp_path: Path) -> None:
    path = tmp_path / "port"
    path.touch()
    assert holder_of(str(path)) is None
    waits = "import sys; file = open(sys.argv[1]); print('ok', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", waits, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        holder = holder_of(str(path))
        process.kill()
    assert holder is not None
    assert holder.pid == process.pid


@pytest.mark.parametrize("name", ["/dev/none", "socket://a:1", "\0"])
def test_what_is_not_there_is_held_by_nobody(name: str) -> None:
    assert holder_of(name) is None


def test_a_system_that_tells_nothing_names_nobody(port: str, tmp_path: Path) -> None:
    assert holder_of(port, tmp_path) is None
    (tmp_path / "locks").write_text("1: FLOCK  ADVISORY  WRITE\n2: -> FLOCK nonsense\n")
    assert holder_of(port, tmp_path) is None


def test_the_ports_that_a_process_locked_are_told(port: str, held: "subprocess.Popen[str]") -> None:
    assert locked_ports(held.pid) == [port]
    with open(port, "rb", buffering=0):  # open and not locked: it plays on nothing
        assert locked_ports(os.getpid()) == []
    assert locked_ports(2**30) == []
