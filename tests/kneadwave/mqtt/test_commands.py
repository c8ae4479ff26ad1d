"""Which commands of a broker count: what makes it less always, everything else once and while it is new."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneadwave.mqtt.commands import ALWAYS, FRESH, FRESH_S, KEPT, PAYLOAD_BYTES, Commands

NOW = 1_800_000_000.0


def said(at: Any = NOW, token: Any = 1, **more: Any) -> bytes:
    return json.dumps({"at": at, "id": token, **more}).encode()


def refused(name: str, payload: bytes, *, kept: bool = False, now: float = NOW) -> str:
    return Commands().read(name, payload, kept=kept, now=now).refused


@pytest.mark.parametrize("name", sorted(ALWAYS))
@pytest.mark.parametrize("payload", [b"", b"PRESS", b"\xff", said(at=0)])
@pytest.mark.parametrize("kept", [False, True])
def test_what_makes_it_less_counts_whenever_and_however_it_comes(
    name: str, payload: bytes, kept: bool
) -> None:
    commands = Commands()
    for _ in range(2):
        assert commands.read(name, payload, kept=kept, now=NOW).refused == ""


@pytest.mark.parametrize("name", sorted(FRESH))
def test_everything_else_counts_once(name: str) -> None:
    commands = Commands()
    first = commands.read(name, said(value=7), kept=False, now=NOW)
    assert (first.name, first.value, first.refused) == (name, 7, "")
    assert "already" in commands.read(name, said(value=7), kept=False, now=NOW + 1).refused
    assert commands.read(name, said(token=2), kept=False, now=NOW).refused == ""
    assert commands.read(name, said(token="1"), kept=False, now=NOW).refused == ""


@pytest.mark.parametrize("name", sorted(FRESH))
@pytest.mark.parametrize(("age", "counts"), [(FRESH_S, True), (FRESH_S + 0.01, False), (-FRESH_S, True)])
def test_it_counts_while_it_is_new(name: str, age: float, counts: bool) -> None:
    assert (refused(name, said(at=NOW - age)) == "") is counts
    assert refused(name, said(at=NOW + FRESH_S + 1)), "of a clock that runs ahead"


@pytest.mark.parametrize("name", sorted(FRESH))
def test_what_a_broker_keeps_starts_nothing(name: str) -> None:
    assert "keeps" in refused(name, said(), kept=True)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"PRESS",
        b"[]",
        b'{"at": 1e400, "id": 1}',
        said(at="1800000000"),
        said(at=True),
        said(at=None),
        said(token=None),
        said(token=True),
        said(token=1.5),
        said(value="x" * PAYLOAD_BYTES),
        b"[" * 100_000,
    ],
)
def test_what_does_not_say_when_and_which_is_refused(payload: bytes) -> None:
    assert refused("start", payload)


@pytest.mark.parametrize("name", ["set", "", "START", "begin", "../cmd/start"])
def test_there_are_no_other_commands(name: str) -> None:
    assert "no such" in refused(name, said())


@given(st.binary(max_size=200), st.booleans())
def test_nothing_that_is_not_a_whole_command_starts_anything(payload: bytes, kept: bool) -> None:
    command = Commands().read("start", payload, kept=kept, now=NOW)
    assert command.refused


def test_so_many_that_one_could_come_twice_are_refused() -> None:
    commands = Commands()
    for number in range(KEPT):
        assert not commands.read("louder", said(token=number), kept=False, now=NOW).refused
    assert "too many" in commands.read("louder", said(token="new"), kept=False, now=NOW).refused
    later = NOW + 3 * FRESH_S
    assert not commands.read("louder", said(at=later, token=1), kept=False, now=later).refused


def test_a_clock_that_is_set_back_does_not_let_a_command_count_twice() -> None:
    commands = Commands()
    assert not commands.read("start", said(), kept=False, now=NOW).refused
    for now in (NOW - FRESH_S, NOW, NOW + FRESH_S):
        assert commands.read("start", said(), kept=False, now=now).refused
