"""The table of commands says what they say of themselves, and what is not called is not built."""

import subprocess
import sys

import pytest

from kneadwave.cli.commands import COMMANDS, load


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_has_the_first_line_of_each_command(name: str) -> None:
    command = load(name)
    assert command.name == name
    assert command.get_short_help_str(200) == COMMANDS[name]


@pytest.mark.parametrize(
    ("name", "words", "left"),
    [
        ("tune", ["set", "relaxing-back"], ["set"]),
        ("profile", ["list"], ["list"]),
        ("device", ["show"], ["show"]),
    ],
)
def test_of_a_group_only_what_is_called_is_built(name: str, words: list[str], left: list[str]) -> None:
    assert list(load(name, words).commands) == left


@pytest.mark.parametrize("words", [None, [], ["--help"], ["nonsense"]])
def test_without_a_command_its_group_is_whole(words: list[str] | None) -> None:
    assert len(load("tune", words).commands) > 20


def test_the_top_help_imports_no_command() -> None:
    asked = (
        "import sys; from kneadwave.cli.app import call; call(['--help']); "
        "print(*sorted(name for name in sys.modules if name.startswith('kneadwave.cli.')), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stderr.split() == [
        "kneadwave.cli.app",
        "kneadwave.cli.commands",
        "kneadwave.cli.terminal",  # what breaks lines
        "kneadwave.cli.terminal.columns",
        "kneadwave.cli.terminal.command_text",
    ]
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
