"""`knead run` on a cushion in this process, in virtual time; real time and real ports are in tests/e2e."""

import errno
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import serial
from people import cleared

from firmware_bridge.errors import InterlockTrip
from firmware_bridge.play.session import Session
from kneadwave.devices import port_of
from kneadwave.sessions.events import Event, Progressed
from kneadwave.sessions.registry import find

Knead = Callable[..., Any]
RUN = ("run", "felt-check", "--device", "sim:")

pytestmark = pytest.mark.usefixtures("one_clock")


def test_a_whole_session_in_lines_and_in_events(knead: Knead, tmp_path: Path) -> None:
    ended = knead(*RUN, "--record", "host.jsonl")
    assert ended.code == 0
    assert next(line for line in ended.out.splitlines() if "step" in line).startswith("0:00  step 1 of 2")
    assert "completed" in ended.out
    lines = [json.loads(line) for line in (tmp_path / "host.jsonl").read_text().splitlines()]
    assert lines[0]["source"] == "host"
    assert lines[-1] == {"kind": "end", "t": lines[-1]["t"], "ok": True, "reason": "completed"}
    times = [line["t"] for line in lines[1:]]
    assert times == sorted(times)
    events = knead(*RUN, "--json").events
    assert events[-1] == {"event": "end", "ok": True, "trips": 0, "reason": "completed", "confirmed": True}
    assert {"start", "step", "progress", "summary"} <= {event["event"] for event in events}


def test_what_the_device_is_is_told_once_it_was_asked(knead: Knead) -> None:
    events = knead(*RUN, "--json").events
    names = [event["event"] for event in events]
    assert names.count("identity") == 1
    assert names.index("start") < names.index("identity") < names.index("step")
    told = events[names.index("identity")]
    assert (told["url"], told["model"], told["firmware"]) == ("sim:", "reference-cushion", 0)


def test_what_the_device_plays_otherwise_is_told(knead: Knead) -> None:
    run = ("run", "shoulder-relief", "--device", "sim:", "--minutes", "1")
    told = knead(*run).err
    assert "note: kneading heads turn slowly in step 5, to be felt where no vibration motor lies" in told
    assert "note: kneading in step" not in told, "there is no time for that step"
    assert any(event.get("kind") == "substitution" for event in knead(*run, "--json").events)


def test_where_nothing_is_felt_for_a_while_it_is_told_before_it_begins(knead: Knead) -> None:
    assert "nothing is felt on this device for 4.3 s from 0:18 on" in knead(*RUN).err
    told = [each for each in knead(*RUN, "--json").events if each["event"] == "finding"]
    assert [each["rule"] for each in told] == [6]


def test_a_session_is_registered_while_it_plays(
    knead: Knead, at: Callable[[float, Callable[[Session], None]], None]
) -> None:
    seen = []
    at(2.0, lambda session: seen.append(find(port_of("sim:"))))  # noqa: ARG005
    assert knead(*RUN).code == 0
    assert seen[0] is not None
    assert seen[0].profile == "felt-check"
    assert find(port_of("sim:")) is None


def test_a_request_from_outside_ends_it_with_7(
    knead: Knead, at: Callable[[float, Callable[[Session], None]], None]
) -> None:
    def ask(session: Session) -> None:  # noqa: ARG001
        running = find(port_of("sim:"))
        assert running is not None
        running.ask_to_stop()

    at(2.0, ask)
    ended = knead(*RUN, "--json")
    assert ended.code == 7
    assert ended.events[-1]["reason"] == "stopped from outside"
    assert ended.events[-1]["confirmed"] is True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_answered_by_a_confirmed_stop(
    knead: Knead, at: Callable[[float, Callable[[Session], None]], None], number: int
) -> None:
    at(2.0, lambda session: os.kill(os.getpid(), number))  # noqa: ARG005
    ended = knead(*RUN, "--json")
    assert ended.code == 128 + number
    assert ended.events[-1]["confirmed"] is True


def test_a_trip_ends_it_with_7_and_is_recorded(
    knead: Knead, at: Callable[[float, Callable[[Session], None]], None], tmp_path: Path
) -> None:
    def trip(session: Session) -> None:  # noqa: ARG001
        raise InterlockTrip("too much", rule=55)

    at(2.0, trip)
    ended = knead(*RUN, "--record", "host.jsonl")
    assert ended.code == 7
    assert "rule 55" in ended.err
    last = [json.loads(line) for line in (tmp_path / "host.jsonl").read_text().splitlines()[-2:]]
    assert last[0]["event"] == "trip"
    assert last[1]["ok"] is False


def test_an_unconfirmed_stop_is_6(knead: Knead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firmware_bridge.play.requests.Dialogue.stop", lambda self: False)  # noqa: ARG005
    ended = knead(*RUN)
    assert ended.code == 6
    assert "pull its plug" in ended.err


def test_an_output_that_cannot_be_written_stops_the_session(
    knead: Knead, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object, event: Event) -> None:  # noqa: ARG001
        if isinstance(event, Progressed):
            raise OSError(errno.EIO, "the terminal is gone")

    monkeypatch.setattr("kneadwave.cli.views.session.JsonLines.show", broken)
    ended = knead(*RUN)
    assert ended.code == 7
    assert "output went away" in ended.err


@pytest.mark.parametrize(
    ("number", "code", "told"),
    [
        (errno.EACCES, 5, "may not open"),
        (errno.EBUSY, 5, "in use"),
        (errno.ENOENT, 4, "no port"),
        (errno.EIO, 6, "cannot be opened"),
    ],
)
def test_a_forbidden_a_busy_and_a_missing_port_are_told_apart(
    knead: Knead, monkeypatch: pytest.MonkeyPatch, number: int, code: int, told: str
) -> None:
    cleared()

    # A port that root may not open cannot be had, so pyserial is made to say what the system would.
    def refuse(*args: object, **options: object) -> None:  # noqa: ARG001
        raise serial.SerialException(number, os.strerror(number))

    monkeypatch.setattr("serial.Serial", refuse)
    ended = knead("run", "felt-check", "--device", "/dev/ttyACM9", "--json")
    assert ended.code == code
    assert told in ended.events[-1]["error"]
    assert ended.events[-1]["hint"]
