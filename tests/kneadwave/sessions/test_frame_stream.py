"""Frames for a front end: whole, in order, never waited for."""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from kneadwave.errors import UsageError
from kneadwave.sessions.frame_stream import HEADER, FrameStream

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a pipe of Windows has no mode that never waits")


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ours, theirs = os.pipe()
    yield ours, theirs
    for fd in (ours, theirs):
        with suppress(OSError):
            os.close(fd)


def frames_in(data: bytes) -> list[tuple[int, int, bytes, bytes]]:
    """Milliseconds, frames dropped before it, drives and rates of each frame."""
    found = []
    while data:
        t, count, dropped = HEADER.unpack_from(data)
        rest = data[HEADER.size :]
        found.append((t, dropped, rest[:count], rest[count : 2 * count]))
        data = rest[2 * count :]
    return found


def test_a_frame_is_its_time_its_drives_and_its_rates(pipe: tuple[int, int]) -> None:
    ours, theirs = pipe
    stream = FrameStream(theirs)
    stream.tick(0.02, b"\x01\x02", b"\x03\x04")
    stream.tick(1199.98, b"\xff\x00", b"\x00\x00")
    assert frames_in(os.read(ours, 100)) == [
        (20, 0, b"\x01\x02", b"\x03\x04"),
        (1_199_980, 0, b"\xff\x00", b"\x00\x00"),
    ]


def test_who_does_not_read_misses_frames_and_is_told_how_many(pipe: tuple[int, int]) -> None:
    ours, theirs = pipe
    stream = FrameStream(theirs)
    for number in range(3000):
        stream.tick(number / 50, bytes(64), bytes(64))
    kept = frames_in(os.read(ours, 1 << 20))
    assert 0 < len(kept) < 3000
    assert [t for t, *_ in kept] == [number * 20 for number in range(len(kept))]
    stream.tick(60.0, bytes(64), bytes(64))
    stream.tick(60.02, bytes(64), bytes(64))
    assert [(t, dropped) for t, dropped, *_ in frames_in(os.read(ours, 1 << 20))] == [
        (60_000, 3000 - len(kept)),
        (60_020, 0),
    ]


def test_who_goes_away_is_not_minded(pipe: tuple[int, int]) -> None:
    ours, theirs = pipe
    stream = FrameStream(theirs)
    os.close(ours)
    stream.tick(0.02, b"\x01", b"\x00")
    stream.tick(0.04, b"\x01", b"\x00")
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(theirs)


def test_a_socket_does_as_well() -> None:
    ours, theirs = socket.socketpair()
    stream = FrameStream(os.dup(theirs.fileno()))
    stream.tick(0.02, b"\x01", b"\x00")
    assert frames_in(ours.recv(100)) == [(20, 0, b"\x01", b"\x00")]
    stream.close()
    ours.close()
    theirs.close()


def test_no_other_process_inherits_it(pipe: tuple[int, int]) -> None:
    os.set_inheritable(pipe[1], True)
    FrameStream(pipe[1])
    assert not os.get_inheritable(pipe[1])


def test_only_a_pipe_is_written_to(tmp_path) -> None:
    with (
        (tmp_path / "file").open("wb") as file,
        pytest.raises(UsageError, match=f"no pipe for frames is open at {file.fileno()}"),
    ):
        FrameStream(file.fileno())
    for fd in (-1, 0, 1, 2, 999):
        with pytest.raises(UsageError):
            FrameStream(fd)
    assert (tmp_path / "file").read_bytes() == b""
