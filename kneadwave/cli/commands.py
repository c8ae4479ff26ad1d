"""The commands of `knead` by name and first line; each is imported and built when it is called.

Typer reads every option of a command when it builds it, so to build all of them takes longer than to start.
The top help and the shell's completion of a command's name need no more than what stands here.
"""

from importlib import import_module
from shutil import get_terminal_size
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS: Final = {
    "simulate": "Play a profile on a virtual cushion.",
    "run": "Play a profile on a device.",
    "set": "Feel one level in one zone for some seconds.",
    "report": "Tell what a recording holds, as text, page or picture.",
    "screen": "Ask what speaks against a massage today.",
    "history": "Show what a recipient received.",
    "serve": "Serve a page to massage by.",
    "mqtt": "Put the cushions here on an MQTT broker.",
    "fleet": "See and stop every cushion of the house.",
    "virtual": "Serve a virtual cushion on a pseudo-terminal.",
    "stop": "Stop a device and wait until it confirms.",
    "rules": "List the massage rules, or show one.",
    "config": "Show what the config file sets.",
    "doctor": "Look whether everything is in place.",
    "setup": "Set up completion, man pages, udev rules and a service.",
    "profile": "List, show, check and begin profiles; import and export.",
    "firmware": "Build the firmware of a board, and flash it.",
    "device": "List, show, find and set up devices.",
    "recipient": "Record who is massaged.",
    "store": "Make a database ready, and move recipients into it.",
    "tune": "Tune intensity curves.",
    "study": "Tell how routines stand real motors, on many devices.",
}
"""Name -> first line, in the order of the help."""
MODULES: Final = {"tune": "tune.group"}
"""Where a command lies that is not in the module of its name."""
HELP_COLUMNS: Final = 80
"""Columns of help at the most."""
PLAIN: Final[dict[str, Any]] = {
    # No markup: it would import all of rich before the first word of help.
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"], "terminal_width": 1 << 16},
}


class CommandTable(TyperGroup):
    """The group of all commands; those that are not called are their name and first line alone."""

    def __init__(self, **settings: Any) -> None:
        """Take what Typer gives a group; its commands are those of `COMMANDS`."""
        super().__init__(**settings)
        for name, line in COMMANDS.items():
            self.add_command(TyperCommand(name, short_help=line))

    def get_help(self, ctx: Any) -> str:
        """The help of all, within the terminal."""
        return within_terminal(super().get_help(ctx))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """The command that is called, built; its name, and the words behind it."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, None if command is None else load(str(command.name), rest), rest


def load(name: str, words: list[str] | None = None) -> Any:
    """Build a command; of a group only what `words` begin with, all of it where that names nothing in it."""
    command: Any
    module = import_module(f"{__package__}.{MODULES.get(name, name)}")
    if hasattr(module, "make_app"):
        app = module.make_app({**PLAIN, "add_completion": False})
        wanted = [each for each in app.registered_commands if words and each.name == words[0]]
        app.registered_commands = wanted or app.registered_commands
        command = typer.main.get_group(app)
    else:
        app = typer.Typer(add_completion=False, **PLAIN)
        call = getattr(module, name)
        app.command(name, help=module.HELP, short_help=call.__doc__)(call)
        command = typer.main.get_command(app)
    command.name = name
    for each in (command, *getattr(command, "commands", {}).values()):
        _keep_help_within_terminal(each)
    return command


def _keep_help_within_terminal(command: Any) -> None:
    whole = command.get_help
    command.get_help = lambda ctx: within_terminal(whole(ctx))


def within_terminal(text: str) -> str:
    """A help in lines as wide as the terminal: Typer, which breaks words at dashes, breaks none here."""
    from kneadwave.cli.terminal.columns import GAP, fitted, wrapped

    columns = min(HELP_COLUMNS, get_terminal_size().columns)
    lines: list[str] = []
    for line in text.split("\n"):
        begin = len(line) - len(line.lstrip())
        in_columns = len(line) <= columns or GAP.search(line)
        lines += fitted(line, columns) if in_columns else wrapped(line, columns, indent=begin)
    return "\n".join(lines)
