"""Controls as JSON lines: what each asks, what a line that says nothing does, and what their end means."""

import json
import os
import select
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.play.ending import EndReason
from kneadwave.sessions.control_lines import (
    BEGIN,
    CONTROLS,
    FLOOD,
    HANG_UP,
    LINE_BYTES,
    WAITING_MAX,
    ControlLines,
    requests_of,
)
from kneadwave.sessions.controls import AnswerKey, Heard, Inbox, Pause, Request, StopSession

SOON_S = 0.05


class Pipe:
    """Controls, and the end of the pipe that another program writes to."""

    def __init__(self) -> None:
        self.out, self.into = os.pipe()
        self.lines = ControlLines(self.out)
        self.lines.__enter__()

    def say(self, text: bytes) -> None:
        os.write(self.into, text)

    def hang_up(self) -> None:
        os.close(self.into)
        self.into = -1

    def heard(self, count: int) -> list[Request]:
        found: list[Request] = []
        while len(found) < count:
            assert select.select(list(self.lines.files() or ()), [], [], 60.0)[0]
            found += self.lines.take()
        return found


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    if made.into >= 0:
        made.hang_up()
    for thread in threading.enumerate():
        if thread.name == "controls":
            thread.join(60.0)
    os.close(made.out)


@pytest.mark.parametrize("name", CONTROLS)
def test_each_control_asks_and_says_that_it_was_heard(name: str) -> None:
    line = json.dumps({"control": name, "id": 3}).encode()
    assert requests_of(line) == (CONTROLS[name], Heard(name, 3))
    assert requests_of(json.dumps({"control": name}).encode()) == (CONTROLS[name], Heard(name))


def test_a_stop_by_a_control_is_the_person_s_own() -> None:
    assert CONTROLS["stop"] == StopSession(EndReason.BY_CONTROL)
    assert StopSession(EndReason.BY_ABSENCE) == HANG_UP


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"stop", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 4000, "no JSON"),
        (b'"stop"', "no object"),
        (b"[]", "no object"),
        (b"{}", "no object"),
        (b'{"control": 3}', "no object"),
        (b'{"control": "stop", "id": {}}', "an id is"),
        (b'{"control": "stop", "id": true}', "an id is"),
        (b'{"control": "stop", "id": 1.5}', "an id is"),
        (b" " * LINE_BYTES + b"x", "at most 4096 bytes"),
    ],
)
def test_a_line_that_says_nothing_changes_nothing_and_says_why(line: bytes, why: str) -> None:
    (heard,) = requests_of(line)
    assert isinstance(heard, Heard)
    assert (heard.control, why in heard.refused) == ("", True)


def test_a_control_that_is_none_comes_back_with_its_name() -> None:
    (heard,) = requests_of(b'{"control": "sotp", "id": 7}')
    assert heard == Heard("sotp", 7, refused=f"no such control; there are {', '.join((*CONTROLS, BEGIN))}")


@given(st.binary(max_size=200))
def test_no_line_breaks_it(line: bytes) -> None:
    assert all(isinstance(each, Request) for each in requests_of(line))


@given(st.dictionaries(st.sampled_from(["control", "id", "x"]), st.none() | st.integers() | st.text()))
def test_no_object_asks_for_more_than_its_control(said: dict[str, Any]) -> None:
    asked = [each for each in requests_of(json.dumps(said).encode()) if not isinstance(each, Heard)]
    assert asked in ([], [CONTROLS.get(said.get("control", ""))])


def test_lines_come_in_order_however_they_are_cut(pipe: Pipe) -> None:
    for piece in (b'{"contr', b'ol": "pause"}\n\n{"control"', b': "louder", "id": "a"}\r\n'):
        pipe.say(piece)
    assert pipe.heard(4) == [Pause(), Heard("pause"), CONTROLS["louder"], Heard("louder", "a")]
    assert not pipe.lines.waiting()


def test_the_end_of_the_lines_stops_after_all_that_was_said(pipe: Pipe) -> None:
    pipe.say(b'{"control": "softer"}')
    pipe.hang_up()
    assert pipe.heard(3) == [CONTROLS["softer"], Heard("softer"), HANG_UP]


def test_a_line_without_end_is_told_once_and_what_follows_is_heard(pipe: Pipe) -> None:
    for _ in range(20):
        pipe.say(b"x" * 3000)
    pipe.say(b'\n{"control": "pause"}\n')
    refused, *rest = pipe.heard(3)
    assert isinstance(refused, Heard)
    assert "at most" in refused.refused
    assert rest == [Pause(), Heard("pause")]


@pytest.mark.parametrize("line", [b"{}\n", b'{"control": "pause"}\n'])
def test_more_than_a_session_can_carry_out_stops_it(pipe: Pipe, line: bytes) -> None:
    """Else the session is busy with them, feeds its device no more, and hears no other stop."""
    pipe.say(line * (2 * WAITING_MAX))
    for thread in threading.enumerate():
        if thread.name == "controls":
            thread.join(60.0)
    found = list(pipe.lines.take())
    assert WAITING_MAX <= len(found) <= WAITING_MAX + 4
    told, last = found[-2:]
    assert isinstance(told, Heard)
    assert "too many" in told.refused
    assert last == FLOOD


def test_a_stop_is_taken_before_whatever_was_asked_for_earlier(pipe: Pipe) -> None:
    inbox = Inbox(pipe.lines)
    pipe.say(b'{"control": "louder"}\n{"control": "stop"}\n')
    while len(found := inbox.take()) == 0 or CONTROLS["stop"] not in found:
        assert select.select(list(inbox.files() or ()), [], [], 60.0)[0]
    assert found[0] == CONTROLS["stop"]


@pytest.mark.parametrize("key", ["1", "0", "R", " "])
def test_a_key_answers_a_felt_test(key: str) -> None:
    line = json.dumps({"control": "key", "key": key, "id": 3}).encode()
    assert requests_of(line, keys=True) == (AnswerKey(key.lower()), Heard("key", 3))


@pytest.mark.parametrize("key", ["", "12", 1, None, ["1"]])
def test_a_key_is_one_character(key: Any) -> None:
    (heard,) = requests_of(json.dumps({"control": "key", "key": key}).encode(), keys=True)
    assert heard == Heard("key", refused="a key is one character")


def test_a_session_has_no_use_for_keys() -> None:
    (heard,) = requests_of(b'{"control": "key", "key": "1"}')
    assert isinstance(heard, Heard)
    assert heard.refused.startswith("no such control; there are pause")
    assert "key" not in heard.refused.partition("there are")[2]


def test_silence_of_whoever_said_that_it_is_there_is_a_hang_up(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kneadwave.sessions.control_lines.SILENCE_S", SOON_S)
    pipe.say(b'{"control": "pause"}\n')
    assert pipe.heard(2) == [Pause(), Heard("pause")]
    assert not select.select(list(pipe.lines.files() or ()), [], [], 3 * SOON_S)[0]
    pipe.say(b'{"control": "here", "id": 1}\n')
    assert pipe.heard(1) == [HANG_UP]
