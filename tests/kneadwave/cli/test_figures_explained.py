"""Figures that a history and a report tell, each explained where it stands."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from people import make_recipient
from recorded_runs import by_device

from kneadwave.people.ledger import opened

Knead = Callable[..., Any]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "run.jsonl"
    by_device(path)
    return path


@pytest.mark.parametrize("columns", [40, 80])
def test_every_column_that_is_shown_is_explained(
    knead: Knead, recording: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    told = knead("report", str(recording)).out
    lines = told.splitlines()
    explained = " ".join(told.split())
    for first in ("zone", "actuator"):
        heads = next(line for line in lines if line.startswith(f"{first} "))
        for head, words in {
            "dose s": "dose: felt level times seconds, which no rule limits",
            "dwell s": "dwell: the longest work of one actuator without a rest",
            "max %": "max: the ceiling there",
            "peak drive": "drive: what a motor is given, 0 to 255, of its ceiling",
            "off by": "off by, at most: how many steps of drive",
        }.items():
            assert (head in heads) <= (words in explained), head


def test_the_mean_says_what_it_is_the_mean_of(knead: Knead, recording: Path) -> None:
    level = next(line for line in knead("report", str(recording)).out.splitlines() if "felt level" in line)
    assert "% on average over the run, of the strongest zone" in level


def test_every_column_of_the_history_is_explained(knead: Knead) -> None:
    make_recipient()
    at = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
    with opened("me", at) as ledger:
        ledger.append("began", at, profile="gentle-back", device="id:KW1", planned_s=600.0)
        dose = {"lumbar-left": {"peak": 0.5, "mean": 0.3, "active_s": 60.0, "dwell_s": 4.0}}
        ledger.append("ended", at + timedelta(minutes=10), seconds=600.0, dose=dose, reason="completed")
    said = " ".join(knead("history").out.split())
    assert "worked: minutes in which the device moved or hands worked" in said
    assert "mean, peak: the level of a zone while it is worked on, over all zones" in said
    assert "knead report tells the mean of the strongest zone over the whole run" in said


def test_of_a_session_that_runs_nobody_says_yet_what_it_counts_as(
    knead: Knead, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_recipient()
    at = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
    monkeypatch.setattr("firmware_bridge.clock.local_now", lambda: at)
    with opened("me", at) as ledger:
        ledger.append("began", at - timedelta(seconds=30), profile="gentle-back", device="d", planned_s=900)
        ledger.append("going", at - timedelta(seconds=10), seconds=20.0, dose={})
        ended = knead("history")  # the lock is held
    assert "still running" in " ".join(ended.out.split())
    assert "no session" not in ended.out.split("left today")[0]


@pytest.mark.parametrize("columns", [80, 100, 160])
def test_every_device_of_the_list_has_its_own_mark(
    knead: Knead, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = knead("profile", "list").out.splitlines()
    head = next(n for n, line in enumerate(lines) if line.startswith("  name "))
    marks = [n for n, letter in enumerate(lines[head]) if letter == "|"]
    assert len(marks) == head - 1
    for line, mark in zip(lines[1:head], marks, strict=True):
        begins = line[mark:] == line.split()[-1]
        assert begins or line[mark:] == "|", "the name stands left of its mark where it cannot begin there"


def test_what_lies_on_the_middle_line_alone_has_no_side(knead: Knead) -> None:
    told = knead("simulate", "felt-check").out.splitlines()
    zones = [line.split()[0] for line in told if line.startswith(("sacrum", "lumbar"))]
    assert zones == ["sacrum", "lumbar-right", "lumbar-left"]
