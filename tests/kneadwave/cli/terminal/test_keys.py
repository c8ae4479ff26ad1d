"""Single keys; that they work on a terminal is shown in tests/e2e."""

import os
import sys

import pytest

from firmware_bridge.play.ending import EndReason
from kneadwave.cli.terminal.keys import GUIDED_HELP, HELP, KEYS, OTHER, Keys, help_within, somebody_there
from kneadwave.sessions.controls import (
    Louder,
    Pain,
    PauseOrResume,
    PostureTaken,
    SkipToClosing,
    Softer,
    StopSession,
)

STOP = StopSession(EndReason.BY_KEY)


def test_without_a_terminal_nothing_happens() -> None:
    assert not somebody_there()
    with Keys() as keys:
        assert not keys.active
        assert not keys.waiting()
        assert keys.take() == []
        assert not keys.gone


def test_each_key_of_the_help_does_something() -> None:
    for word in ("space", "+", "-", "c", "p pain", "s"):
        assert word in HELP
    assert {KEYS[key] for key in " +-cps"} == {
        *(PauseOrResume(), Louder(), Softer(), SkipToClosing(), Pain(), STOP)
    }
    for word in ("space", "c", "p", "s"):
        assert word in GUIDED_HELP
    assert KEYS["\r"] == KEYS["\n"] == PostureTaken()
    assert KEYS["q"] == KEYS["s"]


@pytest.mark.skipif(os.name != "posix", reason="needs pipes that select can watch")
def test_keys_are_read_in_order_and_an_end_of_file_is_a_terminal_that_went_away() -> None:
    reader, writer = os.pipe()
    keys = Keys(reader)
    try:
        assert not keys.waiting()
        os.write(writer, b" +x-PS\r\xff")
        assert keys.waiting()
        assert keys.take() == [PauseOrResume(), Louder(), Softer(), Pain(), STOP, PostureTaken()]
        assert not keys.waiting()
        os.close(writer)
        assert keys.waiting()
        assert keys.take() == [StopSession(EndReason.BY_ABSENCE)]
        assert keys.gone
        assert not keys.waiting()
    finally:
        os.close(reader)


@pytest.mark.skipif(os.name != "posix", reason="needs pipes that select can watch")
@pytest.mark.parametrize(
    ("typed", "wishes"),
    [
        (b"\x1b[A\x1b[B\x1b[C\x1b[D", []),  # arrows: the right one ends in the letter of closing
        (b"\x1bOP\x1bOS\x1b[1;2C\x1b[15~", []),  # F1, F4, Shift and an arrow, F5
        (b"\x1b[200~s\x1b[201~", [STOP]),  # pasted
        (b"\x1b[Cs\x1bs\x1b", [STOP] * 4),  # Esc stops
        (b"\x1b\x1bp", [STOP, STOP, Pain()]),
        (b"\x1b", [STOP]),
        (b"\x1b[", [STOP]),
    ],
)
def test_a_key_that_sends_several_letters_is_none_of_them(typed: bytes, wishes: list[object]) -> None:
    reader, writer = os.pipe()
    keys = Keys(reader)
    try:
        os.write(writer, typed)
        assert keys.take() == wishes
    finally:
        os.close(reader)
        os.close(writer)


@pytest.mark.skipif(os.name != "posix", reason="needs pipes that select can watch")
@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        (b"xS 1\r", ["x", "s", " ", "1", "\r"]),
        (b"\x1b[A\x1bOP\x1b[1;2C", [OTHER, OTHER, OTHER]),
        (b"\x1b", ["\x1b"]),
        (b"\x04\x1a\x00", ["\x04", "\x1a", "\x00"]),
        ("ä€".encode(), ["ä", "€"]),
        (b"\xff", ["\ufffd"]),
    ],
)
def test_whatever_is_typed_counts_as_a_key(typed: bytes, keys: list[str]) -> None:
    reader, writer = os.pipe()
    made = Keys(reader)
    try:
        assert made.typed() == []
        os.write(writer, typed)
        assert made.typed() == keys
        assert not made.gone
        os.close(writer)
        assert made.typed() == []
        assert made.gone
    finally:
        os.close(reader)


class Console:
    """What msvcrt tells of a console on Windows."""

    def __init__(self, pressed: str) -> None:
        self.left = list(pressed)

    def kbhit(self) -> bool:
        return bool(self.left)

    def getwch(self) -> str:
        return self.left.pop(0)


@pytest.mark.skipif(os.name != "posix", reason="needs pipes that select can watch")
def test_an_arrow_that_comes_in_two_parts_is_no_esc(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    keys = Keys(reader)
    monkeypatch.setattr(keys, "comes_more", lambda _fd: os.write(writer, b"[A") > 0)
    os.write(writer, b"\x1b")
    assert keys.typed() == [OTHER]
    for end in (reader, writer):
        os.close(end)


@pytest.mark.skipif(os.name != "posix", reason="needs pipes that select can watch")
def test_a_key_that_means_nothing_is_noted() -> None:
    reader, writer = os.pipe()
    keys = Keys(reader)
    os.write(writer, b"s ")
    keys.take()
    assert not keys.puzzled
    os.write(writer, b"x")
    assert keys.take() == []
    first = keys.puzzled
    assert first
    assert keys.take() == []
    assert keys.puzzled == first, "it is the same key still"
    os.write(writer, b"y")
    keys.take()
    assert keys.puzzled not in (0, first)
    os.write(writer, b"+")
    keys.take()
    assert not keys.puzzled, "the next key was meant"
    for end in (reader, writer):
        os.close(end)


@pytest.mark.parametrize("guided", [True, False])
def test_how_to_stop_is_said_however_narrow_it_is(guided: bool) -> None:
    for columns in (200, 80, 60, 40, 30, 20, 10, 6):
        words = help_within(columns, guided=guided)
        assert "s stop" in words
        assert len(words) <= columns
    assert help_within(80, guided=guided) == (GUIDED_HELP if guided else HELP)


def test_on_windows_an_arrow_is_one_key_and_no_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    # There an arrow down is "\xe0P": no P for pain was pressed.
    console = Console("S\xe0P\x00;\xe0")
    monkeypatch.setitem(sys.modules, "msvcrt", console)
    keys = Keys(windows=True)
    assert keys.waiting()
    assert keys.typed() == ["s", OTHER, OTHER, "\xe0"]
    assert not keys.waiting()
    console.left = list("\xe0P+")
    assert keys.take() == [Louder()]
