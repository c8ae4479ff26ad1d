"""Somebody's terminal is no device, whatever a link that was left says."""

import os
import pty
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from sitting import somebody_at_a_terminal

from firmware_bridge.errors import PortMissing
from firmware_bridge.wire.link import SerialLink, look_for_port
from firmware_bridge.wire.terminal import terminal_of

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="Linux alone tells")


@pytest.fixture
def somebody() -> Iterator[tuple[int, str]]:
    """The number of a process, and the name of its terminal."""
    with somebody_at_a_terminal() as found:
        yield found


@pytest.fixture
def device() -> Iterator[str]:
    """A pseudo-terminal that is nobody's, as a virtual device serves one."""
    master, slave = pty.openpty()
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


def test_a_terminal_is_known_by_who_sits_at_it(
    somebody: tuple[int, str], device: str, tmp_path: Path
) -> None:
    pid, path = somebody
    link = tmp_path / "cushion"
    link.symlink_to(path)
    assert terminal_of(path) == terminal_of(str(link)) == pid
    assert terminal_of(device) == 0
    assert terminal_of("/dev/null") == terminal_of("/dev/pts/none") == terminal_of("a\0b") == 0


def test_it_is_not_opened_and_stays_as_it_is(somebody: tuple[int, str], tmp_path: Path) -> None:
    _, path = somebody
    link = tmp_path / "cushion"
    link.symlink_to(path)
    fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
    before = termios.tcgetattr(fd)
    for attempt in (SerialLink, look_for_port):
        with pytest.raises(PortMissing, match="somebody's terminal") as refused:
            attempt(str(link))
        assert refused.value.hint
    assert termios.tcgetattr(fd) == before
    os.close(fd)


def test_what_is_told_of_processes_in_another_way_says_nothing(tmp_path: Path, device: str) -> None:
    for name, text in (("1", "nonsense"), ("2", "2 (a) b) S 1 1"), ("3", "3 (x) S 1 1 1 x"), ("self", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "stat").write_text(text)
    (tmp_path / "4").mkdir()
    assert terminal_of(device, str(tmp_path)) == 0
    number = os.stat(device).st_rdev
    told = os.major(number) << 8 | os.minor(number) & 0xFF | (os.minor(number) & 0xFFF00) << 12
    (tmp_path / "4" / "stat").write_text(f"4 (a ) b) S 1 1 1 {told} 1")
    assert terminal_of(device, str(tmp_path)) == 4
