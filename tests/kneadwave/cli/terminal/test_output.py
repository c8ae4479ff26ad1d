"""What is said, to whom, and what a failure looks like."""

import json
import sys

import pytest

from firmware_bridge.errors import InterlockTrip, LinkLost
from kneadwave.cli.terminal.output import may_style, telling
from kneadwave.errors import UsageError
from profiles.errors import ProfileRemedy


def test_success_ends_with_an_end_event(capsys: pytest.CaptureFixture[str]) -> None:
    with telling(as_json=True) as out:
        out.say("not under json")
        out.event("note", text="ü")
        out.end["trips"] = 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [{"event": "note", "text": "ü"}, {"event": "end", "ok": True, "trips": 0}]


def test_failure_is_two_lines_on_stderr_and_the_last_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left, telling(as_json=True):
        raise LinkLost("gone\nreally", hint="plug it in")
    said = capsys.readouterr()
    assert left.value.code == 6
    assert said.err.splitlines() == ["error: gone really", "hint: plug it in"]
    assert json.loads(said.out) == {
        "event": "end",
        "ok": False,
        "error": "gone really",
        "rule": None,
        "hint": "plug it in",
        "exit": 6,
    }


def test_a_failure_tells_the_rule_behind_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), telling(as_json=True):
        raise InterlockTrip("works longer than 10 s", rule=55)
    said = capsys.readouterr()
    assert json.loads(said.out)["rule"] == 55
    assert "(rule 55)" in said.err


def test_an_unexpected_error_is_named_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit) as left, telling():
        raise ZeroDivisionError("by zero")
    said = capsys.readouterr()
    assert left.value.code == 1
    assert len(said.err.splitlines()) == 2
    assert "ZeroDivisionError" in said.err
    assert "report" in said.err
    monkeypatch.setenv("KNEAD_DEBUG", "1")
    with pytest.raises(SystemExit), telling():
        raise ZeroDivisionError("by zero")
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_that_went_away_is_no_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kneadwave.cli.terminal.output.forget_stdout", lambda: None)
    with pytest.raises(SystemExit) as left, telling():
        raise BrokenPipeError
    assert left.value.code == 0
    assert capsys.readouterr().err == ""


def test_no_style_without_a_terminal_or_under_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not may_style(sys.stdout)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert may_style(sys.stdout)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not may_style(sys.stdout)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not may_style(sys.stdout)


def test_a_usage_error_is_2() -> None:
    with pytest.raises(SystemExit) as left, telling():
        raise UsageError("no")
    assert left.value.code == 2


def test_a_remedy_is_told_in_words_wherever_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    with telling(as_json=True) as out:
        out.event(
            "checked", findings=[{"remedy": ProfileRemedy.READ_PROFILE.of(profile="child")}], at=(1.5, None)
        )
    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert line["findings"] == [{"remedy": "read it with: knead profile show child"}]
    assert line["at"] == [1.5, None]
