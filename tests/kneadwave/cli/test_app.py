"""The command line itself: help with examples, usage errors, version."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

Knead = Callable[..., Any]
COMMANDS = [
    (),
    ("simulate",),
    ("run",),
    ("virtual",),
    ("stop",),
    ("doctor",),
    ("profile", "list"),
    ("profile", "show"),
    ("profile", "check"),
    ("profile", "new"),
    ("profile", "schema"),
    ("device", "list"),
    ("device", "show"),
    ("firmware", "build"),
    ("firmware", "flash"),
    ("recipient", "new"),
    ("recipient", "list"),
    ("recipient", "show"),
    ("recipient", "use"),
    ("recipient", "change"),
    ("screen",),
    ("history",),
    ("rules",),
]


@pytest.mark.parametrize("words", COMMANDS)
def test_each_help_text_has_examples(knead: Knead, words: tuple[str, ...]) -> None:
    ended = knead(*words, "--help")
    assert ended.code == 0
    assert "Examples:" in ended.out
    assert f"knead {' '.join(words)}".strip() in ended.out


def test_the_version_is_told(knead: Knead) -> None:
    assert knead("--version").out.startswith("knead ")


@pytest.mark.parametrize(
    "words", [("nosuch",), ("simulate",), ("simulate", "a", "b"), ("run", "x", "--limit", "0")]
)
def test_a_call_that_cannot_be_understood_is_2(knead: Knead, words: tuple[str, ...]) -> None:
    ended = knead(*words)
    assert ended.code == 2
    assert [line.split(":")[0] for line in ended.err.splitlines()] == ["error", "hint"]


def test_no_words_at_all_show_the_help(knead: Knead) -> None:
    ended = knead()
    assert ended.code == 2
    assert "Commands:" in ended.err


def test_the_module_runs_as_the_console_script_does() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kneadwave", "profile", "list"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "relaxing-back" in done.stdout


def test_virtual_says_so_where_there_are_no_pseudo_terminals(
    knead: Knead, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kneadwave.sessions.virtual.PSEUDO_TERMINALS", False)
    ended = knead("virtual")
    assert ended.code == 2
    assert "pseudo-terminals" in ended.err


@pytest.mark.parametrize("words", [("profile", "list"), ("simulate", "felt-check", "--json")])
def test_a_reader_that_goes_away_early_leaves_no_words_behind(words: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "kneadwave", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(timeout=20) == 0


def test_the_shell_completes_profiles_and_devices() -> None:
    def completed(line: str) -> list[str]:
        words = line.split(" ")
        env = {
            **os.environ,
            "_KNEAD_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        }
        command = [sys.executable, "-c", "from kneadwave.__main__ import main; main()"]
        return subprocess.run(command, capture_output=True, text=True, env=env, check=False).stdout.split()

    assert completed("knead simulate relax") == ["relaxing-back"]
    assert completed("knead device show mat") == ["mat-64"]
    assert "--limit" in completed("knead run x --li")


@pytest.mark.parametrize(("words", "code"), [(["profile", "list"], 0), (["run", "nowhere.toml"], 3)])
def test_closed_streams_change_no_exit_code(words: list[str], code: int) -> None:
    command = f'exec "{sys.executable}" -m kneadwave "$@" >&- 2>&-'
    ended = subprocess.run(["sh", "-c", command, "knead", *words], stdin=subprocess.DEVNULL, check=False)
    assert ended.returncode == code


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("simulate", "felt-check", "--seed", "x"), "'--seed': write a whole number"),
        (("run", "felt-check", "--minutes", "0"), "'--minutes': it is at least 1"),
        (("run", "felt-check", "--minutes", "x"), "'--minutes': write a number"),
        (("recipient", "new", "me", "--pregnancy-month", "11"), "'--pregnancy-month': it is at most 10"),
        (("run", "felt-check", "--intensity", "300%"), "'300%' is not within 1% to 100%"),
        (("virtual", "--as", "x"), "'--as': 'x' is not one of 'hf8', 'tcode', 'intiface'"),
        (("run", "felt-check", "--on", "a", "--on", "b"), "hint: give one --on for each --device"),
        (("screen", "--template", "--answers", "a"), "hint: leave one of them out"),
    ],
)
def test_a_value_that_is_none_is_told_as_one_says_it_to_a_person(
    knead: Knead, words: tuple[str, ...], told: str
) -> None:
    ended = knead(*words)
    assert ended.code == 2
    assert told in ended.err
    assert "Input should" not in ended.err
    assert "Value error" not in ended.err
