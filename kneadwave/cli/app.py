"""The command `knead`: its groups, its options, and what becomes of a call that cannot be understood."""

import os
import sys
from typing import Annotated, Final

import typer

from kneadwave.cli.commands import PLAIN, CommandTable

HELP = """Massage technique profiles, played on a massage cushion.

\b
Examples:
  knead simulate relaxing-back          a virtual cushion, in a few seconds
  knead device show                     where its actuators lie
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


def make_app() -> typer.Typer:
    """The whole command line; of its commands it knows no more than a table until one is called."""
    app = typer.Typer(name="knead", cls=CommandTable, no_args_is_help=True, help=HELP, **PLAIN)
    app.callback(help=HELP)(top)
    return app


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
    stops = words[:1] == ["stop"]  # first what runs, then what was left: nothing delays a stop
    if not stops:
        _switch_off_what_was_left_moving(forgets=words[:2] == ["device", "forget"])
    try:
        code = make_app()(words, prog_name="knead", standalone_mode=False)
        sys.stdout.flush()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except BaseException as error:
        return _told(error, as_json="--json" in words)
    finally:
        if stops:
            _switch_off_what_was_left_moving(forgets=False)
    return code if isinstance(code, int) else 0


def _switch_off_what_was_left_moving(*, forgets: bool) -> None:
    """A device whose guard and player were both killed goes on: whoever calls next ends that.

    Whoever `forgets` one is not told to forget it.
    """
    from kneadwave.guards.rescue import switch_off_left_moving

    for rescued in switch_off_left_moving():
        from kneadwave.cli.terminal.output import Output
        from kneadwave.text import word_of_command

        tell, url = Output().tell, rescued.url
        if not rescued.error:
            tell(f"{url} was left moving when its programs were killed; it is off now")
            continue
        tell(f"warning: {url} was left moving and cannot be told to stop: {rescued.error}")
        if not forgets:
            tell(f"hint: pull its plug; once it is off for sure: knead device forget {word_of_command(url)}")


WORDS_OF_TYPER: Final = (
    ("Value error, ", ""),
    ("Input should be a valid integer, unable to parse string as an integer", "write a whole number"),
    ("Input should be a valid number, unable to parse string as a number", "write a number"),
    ("Input should be less than or equal to", "it is at most"),
    ("Input should be greater than or equal to", "it is at least"),
)
"""What is wrong with a value as Typer says it, and as one says it to a person."""


def _in_words(message: str) -> str:
    for typer_says, said in WORDS_OF_TYPER:
        message = message.replace(typer_says, said)
    return message


def _told(error: BaseException, as_json: bool) -> int:
    """Tell of what a call came to grief by; its exit code."""
    # Late: a call that needs no words of an error, such as one for help, does not pay for them.
    from kneadwave.cli.terminal.output import telling
    from kneadwave.errors import Exit, UsageError

    # Typer carries its own copy of click: what it raises is known by what it can do.
    if isinstance(error, Exception) and hasattr(error, "format_message"):
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message(), file=sys.stderr)
            return Exit.USAGE
        context = getattr(error, "ctx", None)
        hint = f"{context.command_path} --help shows how it is called" if context else None
        error = UsageError(_in_words(error.format_message()), hint=hint)
    elif os.environ.get("_KNEAD_COMPLETE"):
        return Exit.BUG
    try:
        with telling(as_json):
            raise error
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.BUG
    return Exit.DONE
