"""What the page asks of the command line: nothing that it sends becomes an option, every option is one."""

from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from typer.testing import CliRunner

from kneadwave.calls.command_line import CommandLine, options
from kneadwave.cli.commands import load
from kneadwave.dashboard import params as p
from kneadwave.dashboard.inquiries import felt_line, inquiries, resumed_line, session_line

ROWS = inquiries(Path("recordings"))
WHOLE: dict[str, Any] = {
    "profile": "relaxing-back", "on": "seat-pad-8", "occasion": "sedentary", "name": "mat-64",
    "stature_m": 1.8, "recipient": "me", "step": "2", "points": {"40%": 0.5}, "times": ["40%"],
    "edit": "shift", "by": ["-5%"], "variants": 20, "limit": 0.6, "intensity": 0.5, "seed": 3,
    "fault": ["drop=0.1%"], "recording": "run.jsonl", "other": "other.jsonl", "new_name": "you",
    "adult": True,
    "first": False, "sensitivity": "sensitive", "posture": "prone", "pregnancy_month": 0,
    "pain": {"shoulder-left": 5}, "doctor_max_min": 12,
}  # fmt: skip


def whole(model: type[BaseModel]) -> Any:
    return model.model_validate({name: WHOLE[name] for name in model.model_fields if name in WHOLE})


def lines() -> list[tuple[str, CommandLine]]:
    given = {
        "profile": "relaxing-back",
        "device": ["sim:"],
        "on": ["mat-64"],
        "recipient": "me",
        "minutes": 8,
    }
    told = [(name, row.line(whole(row.params))) for name, row in ROWS.items()]
    began = session_line(p.Begin.model_validate(given | {"limit": 0.5}), Path("run.jsonl"))
    again = resumed_line(p.Again(recipient="me"), Path("run.jsonl"))
    step = {"profile": "relaxing-back", "step": "8", "device": "sim:", "limit": 0.5}
    walk = {"test": "sweep", "number": "rate", "first": 30, "last": 40}
    felt = felt_line(p.Feel.model_validate(step | walk))
    return [*told, ("session.start", began), ("session.again", again), ("session.feel", felt)]


def command_of(line: CommandLine) -> tuple[Any, list[str]]:
    """The command of a line as Typer has it, and what follows its words."""
    command: Any = load(line.words[0], list(line.words[1:]))
    arguments = line.arguments("--json")[1:]
    while isinstance(command, typer.core.TyperGroup):
        command, arguments = command.commands[arguments[0]], arguments[1:]
    return command, arguments


@pytest.mark.parametrize(("name", "line"), lines(), ids=[name for name, _ in lines()])
def test_the_command_line_understands_it(name: str, line: CommandLine) -> None:
    command, arguments = command_of(line)
    context = command.make_context(name, arguments, resilient_parsing=False)
    assert context.params["as_json"] is True


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_value_becomes_an_option(value: str, about: str) -> None:
    line = CommandLine(("tune", "show"), options(on=value), (about,))
    assert line.arguments("--json") == ["tune", "show", f"--on={value}", "--json", "--", about]


def test_what_nobody_gave_is_left_out() -> None:
    assert options(on=None, force=False, name="", fault=[], seed=0, yes=True) == (
        ("--seed", "0"),
        ("--yes", ""),
    )


def test_the_runner_is_the_one_of_typer() -> None:
    """Every row is of a command that exists: a wrong one would say so."""
    from kneadwave.cli.app import make_app

    for name, line in lines():
        told = CliRunner().invoke(make_app(), [*line.words, "--help"])
        assert told.exit_code == 0, (name, told.output)
