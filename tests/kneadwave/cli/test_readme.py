"""What the README prints of a command is what the command prints."""

import re
from itertools import takewhile
from pathlib import Path

import pytest

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8").splitlines()


def printed_after(command: str) -> list[str]:
    """The lines of the README below `$ command`, as far as the next empty line or the block's end."""
    first = next(n for n, line in enumerate(README) if line.startswith(f"$ knead {command}")) + 1
    return list(takewhile(lambda line: line not in ("", "```"), README[first:]))


@pytest.fixture(autouse=True)
def evening(knead, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    assert knead("profile", "new", "evening", "--from", "relaxing-back").code == 0


@pytest.mark.parametrize(
    "command",
    [
        "tune set evening.toml 8 20%=0.9 80%=0.65",
        "tune rate evening.toml 8 72",
        "recipient new me --adult --stature 1.74 --pain lumbar=4",
    ],
)
def test_each_line_of_an_example_is_printed_in_its_order(knead, command):
    ended = knead(*command.split())
    lines = iter([line.rstrip() for line in f"{ended.out}{ended.err}".splitlines()])
    expected = printed_after(command)
    assert expected
    for line in expected:
        assert line in lines, f"README: {line!r} is not what {command} prints here"


def test_one_thing_is_counted_in_one_way(knead, tmp_path):
    (tmp_path / "song.funscript").write_text(
        '{"actions":[{"at":0,"pos":0},{"at":1000,"pos":100},{"at":2000,"pos":0},{"at":60000,"pos":50}]}'
    )
    how = ["--technique", "kneading", "--rate", "30", "--zone", "shoulder"]
    counts = [
        re.search(r"\d+ findings? \(.*\)", knead(*command).out)
        for command in (["profile", "import", "song.funscript", *how], ["profile", "check", "song.toml"])
    ]
    assert all(counts)
    assert counts[0][0] == counts[1][0]


def test_what_lies_on_the_middle_line_is_on_no_side_wherever_it_is_told(knead):
    assert knead("simulate", "relaxing-back", "--record", "run.jsonl").code == 0
    assert knead("report", "run.jsonl", "--html", "run.html").code == 0
    told = [knead("device", "show", "reference-cushion").out, Path("run.html").read_text(encoding="utf-8")]
    assert all("sacrum" in each and "sacrum-right" not in each for each in told)
    events = knead("device", "show", "reference-cushion", "--json").events
    shown = next(each["actuators"] for each in events if each["event"] == "device")
    assert {each["zone_title"] for each in shown if each["zone"].startswith("sacrum")} == {"sacrum"}


def test_names_that_fit_are_told_rather_than_counted(knead):
    told = knead("profile", "check", "relaxing-back", "--on", "seat-pad-8").out
    assert "for that back-l, back-r, shoulder-l, shoulder-r rest" in told
    assert "1 more" not in told
