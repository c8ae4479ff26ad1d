"""What the README prints of a command is what the command prints."""

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
