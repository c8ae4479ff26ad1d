"""What is printed on a terminal fits into it, broken between words; what a script or a file gets is whole."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from widths import too_long

from kneadwave.cli import commands
from kneadwave.cli.commands import COMMANDS, load
from kneadwave.cli.terminal.columns import fitted
from kneadwave.cli.terminal.command_text import GROUPS

Knead = Callable[..., Any]
BROKEN = re.compile(rf"\bknead( ({'|'.join(sorted(GROUPS - {'history'}))}))?$")
FILES = ["device udev", "rules --markdown", "screen --template", "profile schema"]


def names(command: Any, name: str) -> Iterator[str]:
    yield name
    for each in getattr(command, "commands", {}).values():
        yield from names(each, f"{name} {each.name}")


EVERY = ["", *(name for top in COMMANDS for name in names(load(top), top))]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def of(columns: int) -> None:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr("kneadwave.cli.terminal.output.is_terminal", lambda _: True)
        monkeypatch.setenv("NO_COLOR", "1")

    return of


@pytest.mark.parametrize("name", EVERY)
def test_help_fits_into_eighty_columns_and_h_shows_it(
    knead: Knead, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = knead(*name.split(), "--help").out
    assert not [line for line in said.splitlines() if len(line) > 80]
    assert not [line for line in said.splitlines() if BROKEN.search(line)], (
        "a command goes on in the next line"
    )
    assert knead(*name.split(), "-h").out == said


@pytest.mark.parametrize("name", EVERY)
def test_help_is_broken_at_spaces_alone_on_a_narrow_terminal(
    knead: Knead, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    whole = knead(*name.split(), "--help").out
    monkeypatch.setenv("COLUMNS", "40")
    narrow = knead(*name.split(), "--help").out
    assert not [line for line in narrow.splitlines() if too_long(line, 40)]
    assert narrow.split() == whole.split()


@pytest.mark.parametrize("words", FILES)
def test_the_text_of_a_file_stays_as_it_is(knead: Knead, terminal: Callable[[int], None], words: str) -> None:
    whole = knead(*words.split()).out
    terminal(60)
    assert knead(*words.split()).out == whole


@given(st.text(st.sampled_from("ab - knead12%s"), max_size=200), st.integers(20, 90))
def test_a_line_is_broken_between_words_alone(line: str, columns: int) -> None:
    lines = fitted(line, columns)
    assert " ".join(lines).split() == line.split()
    for each in lines:
        assert len(each) <= columns or len(lines) == 1 or len(each.split()) == 1


def test_what_goes_on_stands_below_its_column_and_a_command_stays_whole() -> None:
    assert fitted("port   /dev/ttyS0: not on the list, opened only when named", 40) == [
        "port   /dev/ttyS0: not on the list,",
        "       opened only when named",
    ]
    assert fitted("hint: the port is held by somebody else: knead stop --device /dev/x", 40) == [
        "hint: the port is held by somebody else:",
        "  knead stop --device /dev/x",
    ]


SAID_BY: dict[str, str] = {
    "terminal/output.py": "print",  # what goes through `shown`, JSON lines, and files as they are
    "terminal/prompts.py": "print",  # a prompt, through `shown`
    "app.py": "print",  # the version, and help, which Typer lays out
    "terminal/columns.py": "wrap",
    "editor/panes.py": "wrap",  # a part of a screen has no more room than it has
}


def test_all_that_is_said_goes_through_one_place() -> None:
    """Nothing else of the command line prints, or breaks lines: what is not fitted is broken anywhere."""
    root = Path(commands.__file__).parent
    found = {}
    for path in sorted(root.rglob("*.py")):
        calls = [
            node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
        ]
        names = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
        for name in names & {"print", "wrap", "fill", "shorten"}:
            found[path.relative_to(root).as_posix()] = name
    assert found == SAID_BY
