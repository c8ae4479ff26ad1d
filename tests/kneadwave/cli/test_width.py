"""What is printed on a terminal fits into it, broken between words; what a script or a file gets is whole."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import make_recipient, screened

from kneadwave.cli.commands import COMMANDS, load
from kneadwave.cli.terminal.columns import fitted

Knead = Callable[..., Any]
SAID = [
    "profile list",
    "profile show relaxing-back",
    "profile check shoulder-relief --on seat-pad-8",
    "rules",
    "rules 84",
    "device list",
    "device show hf8",
    "device scan",
    "doctor",
    "config show",
    "history",
    "recipient list",
    "recipient show",
    "simulate felt-check --on hf8",
    "tune show relaxing-back",
    "device show --device foo:bar",
    "run nothing-of-that-name",
]
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
    assert knead(*name.split(), "-h").out == said


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("words", SAID)
def test_what_is_said_fits_and_no_word_is_broken(
    knead: Knead, terminal: Callable[[int], None], wall: Any, words: str, columns: int
) -> None:
    make_recipient()
    screened("me", now=wall())
    whole = knead(*words.split())
    terminal(columns)
    shown = knead(*words.split())
    lines = (shown.out + shown.err).splitlines()
    assert not [line for line in lines if len(line) > columns and holds_words_that_fit(line, columns)]
    known = set((whole.out + whole.err).split())
    assert not [word for line in lines for word in line.split() if word.isalpha() and word not in known]


def holds_words_that_fit(line: str, columns: int) -> bool:
    """Whether it could have been broken: a path or a test's name that is longer than half a line cannot."""
    return all(len(word) <= columns // 2 for word in line.split())


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
