"""That a recording holds several sessions stands at the head of its report: its figures are of all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from recorded_runs import by_both

Knead = Callable[..., Any]


@pytest.fixture(autouse=True)
def three_sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    by_both(tmp_path / "device.jsonl", tmp_path / "host.jsonl", sessions=3)


def test_it_is_told_before_any_figure(knead: Knead) -> None:
    several = knead("report", "device.jsonl", "--json").events[0]["several"]
    text = " ".join(knead("report", "device.jsonl").out.split())
    head, _, rest = text.partition(" tells what the device put out ")
    assert f"{several}; --session N tells of one of them alone" in head
    assert "sessions" not in rest


def test_it_stands_under_the_title_of_the_page(knead: Knead) -> None:
    assert knead("report", "device.jsonl", "--html", "device.html").code == 0
    head, _, rest = Path("device.html").read_text(encoding="utf-8").partition("<h2")
    assert "the recording holds 3 sessions" in head
    assert "holds 3 sessions" not in rest


def test_one_of_them_says_which_it_is(knead: Knead) -> None:
    lines = knead("report", "device.jsonl", "--session", "2").out.splitlines()
    assert lines[1].startswith("this is session 2 of 3 in the recording")


def test_a_recording_of_one_session_says_nothing_of_it(knead: Knead) -> None:
    assert knead("report", "host.jsonl", "--json").events[0]["several"] == ""
    assert "sessions" not in knead("report", "host.jsonl").out
