"""The command `knead`: its groups, its options, and what becomes of a call that cannot be understood."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from kneadwave.cli import (
    device,
    doctor,
    history,
    profile,
    recipient,
    report,
    rules,
    run,
    screen,
    simulate,
    stop,
    virtual,
)
from kneadwave.cli import set as set_level
from kneadwave.cli.terminal.output import Output, fail, telling
from kneadwave.cli.tune import group as tune
from kneadwave.errors import Exit, UsageError

HELP = """Massage technique profiles, played on a massage cushion.

\b
Examples:
  knead simulate relaxing-back          fifteen minutes on a virtual cushion, in a few seconds
  knead device show                     where its actuators lie, and which stay off
  knead virtual --path /tmp/cushion     a virtual cushion as a serial port ...
  knead run felt-check --device /tmp/cushion    ... and a session on it
  knead stop                            stop whatever runs
"""


def version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        from importlib.metadata import version as version_of

        print(f"knead {version_of('kneadwave')}")
        raise typer.Exit


def top(
    _version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Massage technique profiles, played on a massage cushion."""


def make_app(words: Sequence[str] | None = None) -> typer.Typer:
    """The whole command line; less of it where the `words` do not speak of it."""
    # No markup: it would import all of rich before the first word of help.
    plain: dict[str, Any] = {"rich_markup_mode": None, "pretty_exceptions_enable": False}
    app = typer.Typer(name="knead", no_args_is_help=True, help=HELP, **plain)
    app.callback(help=HELP)(top)
    app.add_typer(profile.make_app(plain), name="profile")
    app.add_typer(device.make_app(plain), name="device")
    app.add_typer(recipient.make_app(plain), name="recipient")
    app.add_typer(tune.make_app(plain, words is None or "tune" in words), name="tune")
    for module in (simulate, run, set_level, report, screen, history, virtual, stop, rules, doctor):
        name = module.__name__.rpartition(".")[2]
        app.command(name, help=module.HELP, short_help=getattr(module, name).__doc__)(getattr(module, name))
    return app


def narrowed(app: typer.Typer, words: Sequence[str]) -> typer.Typer:
    """The app with the command alone that `words` begin with: building all of them takes its time.

    Words that name no command leave its level whole, so that it can say which there are, and the groups
    there without what is in them.
    """
    level = app
    for word in words:
        level.registered_commands, level.registered_groups = _named(
            word, level.registered_commands, level.registered_groups
        )
        group = next((each for each in level.registered_groups if each.name == word), None)
        if group is None or group.typer_instance is None:
            break
        level = group.typer_instance
    for group in level.registered_groups:
        if group.typer_instance is not None:
            group.typer_instance.registered_commands = []
    return app


def _named(word: str, commands: list[Any], groups: list[Any]) -> tuple[list[Any], list[Any]]:
    """What is called `word`; everything where nothing is."""
    found = [each for each in commands if each.name == word], [each for each in groups if each.name == word]
    return found if any(found) else (commands, groups)


def _fill_in_missing_streams() -> None:
    """Whoever closed standard output or error before the start wants nothing of it, not a traceback."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  (it lasts as long as the process)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def call(arguments: list[str] | None = None) -> int:
    """Run one command line and return its exit code; prints everything there is to say."""
    _fill_in_missing_streams()
    for stream in (sys.stdout, sys.stderr):
        # What a terminal cannot show becomes a question mark, never an error.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    words = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in words
    try:
        try:
            app = make_app() if os.environ.get("_KNEAD_COMPLETE") else narrowed(make_app(words), words)
            code = app(words, prog_name="knead", standalone_mode=False)
            sys.stdout.flush()
            return code if isinstance(code, int) else Exit.DONE
        except Exception as error:
            # Typer carries its own copy of click: what it raises is known by what it can do.
            if not hasattr(error, "format_message"):
                raise
            if type(error).__name__ == "NoArgsIsHelpError":
                print(error.format_message(), file=sys.stderr)
                return Exit.USAGE
            context = getattr(error, "ctx", None)
            hint = f"{context.command_path} --help shows how it is called" if context else None
            fail(UsageError(error.format_message(), hint=hint), Output(as_json))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.BUG
    except BaseException as error:
        if os.environ.get("_KNEAD_COMPLETE"):
            return Exit.BUG
        try:
            with telling(as_json):
                raise error
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else Exit.BUG
    return Exit.DONE
