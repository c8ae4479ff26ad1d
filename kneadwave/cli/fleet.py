"""`knead fleet`: every cushion of the house, over its broker."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

import typer

from kneadwave.cli.broker_options import BrokerUrl, Certificate, PasswordFile, named_broker
from kneadwave.cli.options import Json, On
from kneadwave.cli.terminal.output import Output, telling
from kneadwave.errors import NotCleared, NotConfirmed, UsageError
from kneadwave.text import clean, clock_text

LIST = """List every cushion that the broker knows of, and how it stands.

\b
Examples:
  knead fleet list --broker mqtt://house.local
  knead fleet list --json
"""
WATCH = """Tell how every cushion stands, and everything that happens, until Ctrl-C.

\b
Examples:
  knead fleet watch --broker mqtt://house.local
  knead fleet watch --json
"""
STOP = """Stop cushions of the house, and wait until each confirms. It ends with 0 where all have.

Name cushions as knead fleet list does, or the beginning of a name; --all is every one. What a broker cannot
reach goes on: whoever sits there stops it, by a key or by the stop of the cushion.

\b
Examples:
  knead fleet stop kw0001
  knead fleet stop --all
"""
RUN = """Begin what somebody offers at a cushion: knead run ROUTINE --offer, there, less than a minute ago.

Its bridge has to allow that (knead mqtt --allow-start). Less than what is offered may be asked for, not more.

\b
Examples:
  knead fleet run kw0001 shoulder-relief
  knead fleet run kw0001 shoulder-relief --minutes 8 --intensity 60
"""
BENCH = """Play N sessions at once in this process, in real time, and tell what that takes of a core.

It starts as many virtual cushions, on ports of its own: no device can be named, and nothing real moves.

\b
Examples:
  knead fleet bench 100
  knead fleet bench 20 --seconds 60 --on mat-64 --json
"""
T = TypeVar("T")
Cushion = Annotated[str, typer.Argument(metavar="CUSHION", help="A cushion, or how its name begins.")]


def make_app(plain: dict[str, Any]) -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, help="See and stop every cushion of the house.", **plain)
    app.command("list", help=LIST, short_help="List every cushion, and how it stands.")(list_cushions)
    app.command("watch", help=WATCH, short_help="Tell everything that happens.")(watch)
    app.command("stop", help=STOP, short_help="Stop cushions, and wait until each confirms.")(stop)
    app.command("run", help=RUN, short_help="Begin what is offered at a cushion.")(run)
    app.command("bench", help=BENCH, short_help="Tell what N sessions at once take.")(bench)
    return app


def list_cushions(
    broker: BrokerUrl = None,
    password_file: PasswordFile = None,
    ca: Certificate = None,
    as_json: Json = False,
) -> None:
    """List every cushion, and how it stands."""
    with telling(as_json) as out:
        where = named_broker(broker, password_file, ca)
        from kneadwave.fleet.hub import list_fleet

        _print(out, asyncio.run(list_fleet(where)))


def watch(
    broker: BrokerUrl = None,
    password_file: PasswordFile = None,
    ca: Certificate = None,
    as_json: Json = False,
) -> None:
    """Tell everything that happens."""
    with telling(as_json) as out:
        where = named_broker(broker, password_file, ca)
        from kneadwave.fleet.hub import watch as watch_fleet

        first = True

        def tell(cushions: list[dict[str, Any]], happened: dict[str, Any] | None) -> None:
            nonlocal first
            out.event("fleet", cushions=cushions, happened=happened)
            if first and not out.as_json:
                _print(out, cushions)
                first = False
            if happened is not None:
                about = happened.get("reason") or happened.get("routine") or happened.get("zone") or ""
                out.say(clean(f"{happened['title']}: {happened.get('event_type')} {about}".rstrip()))

        asyncio.run(watch_fleet(where, tell))


def stop(
    cushions: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CUSHION]...", help="Which, as knead fleet list names them."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every cushion that the broker knows of.")
    ] = False,
    broker: BrokerUrl = None,
    password_file: PasswordFile = None,
    ca: Certificate = None,
    as_json: Json = False,
) -> None:
    """Stop cushions, and wait until each confirms."""
    with telling(as_json) as out:
        if bool(cushions) == everything:
            raise UsageError("which cushions?", hint="name some, or give --all")
        where = named_broker(broker, password_file, ca)
        from kneadwave.fleet.hub import stop as stop_cushions

        def tell(answer: dict[str, Any]) -> None:
            out.event("answer", **answer)
            out.say(clean(f"{answer['title']}: {answer['stop']}"))

        answers = asyncio.run(stop_cushions(where, cushions or [], tell))
        silent = [cushion for cushion, answer in answers.items() if answer != "confirmed"]
        out.end["confirmed"] = not silent
        if silent:
            raise NotConfirmed(
                f"nobody confirmed the stop of {', '.join(map(clean, silent))}",
                hint="go and look: the stop of the cushion itself always works, and so does its plug",
            )


def run(
    cushion: Cushion,
    routine: Annotated[str, typer.Argument(metavar="ROUTINE", help="What is offered there.")],
    minutes: Annotated[
        float | None, typer.Option("--minutes", metavar="N", min=1, max=20, help="For at most so long.")
    ] = None,
    intensity: Annotated[
        int | None,
        typer.Option("--intensity", metavar="PERCENT", min=10, max=100, help="So much of what is offered."),
    ] = None,
    broker: BrokerUrl = None,
    password_file: PasswordFile = None,
    ca: Certificate = None,
    as_json: Json = False,
) -> None:
    """Begin what is offered at a cushion."""
    with telling(as_json) as out:
        where = named_broker(broker, password_file, ca)
        from kneadwave.fleet.hub import begin

        told = asyncio.run(begin(where, cushion, routine, minutes=minutes, intensity=intensity))
        if told["event_type"] != "began":
            raise NotCleared(
                f"{told['title']} does not begin: {told.get('reason')}",
                hint="somebody who lies there offers it: knead run ROUTINE --offer",
            )
        out.say(clean(f"{told['title']}: began {told['routine']}"))


def bench(
    sessions: Annotated[int, typer.Argument(metavar="N", min=1, max=400, help="How many sessions.")],
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="S", min=1, max=600, help="For how long all of them play.")
    ] = 20.0,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Tell what N sessions at once take."""
    with telling(as_json) as out:
        from kneadwave.config import load_config
        from kneadwave.devices import DEFAULT_DEVICE
        from kneadwave.fleet.bench import bench as play_at_once

        found = play_at_once(sessions, seconds, on or load_config().on or DEFAULT_DEVICE, out.tell)
        out.event("bench", **asdict(found))
        each = f"{found.host_share / found.sessions:.2%} each"
        out.say(f"{found.sessions} sessions, {found.seconds:.0f} s: {found.host_share:.1%} of a core, {each}")
        out.say(f"their virtual cushions: {found.cushions_share:.1%}, in processes of their own")
        out.say(
            f"held for a moment: {found.held}; lost: {found.lost}; all played within {found.begun_s:.1f} s"
        )
        out.say(f"memory: {found.memory_each / 1e6:.1f} MB each")


def _print(out: Output, cushions: list[dict[str, Any]]) -> None:
    for each in cushions:
        out.event("cushion", **each)
    rows = [
        (
            clean(str(each["cushion"])),
            clean(str(each["state"])),
            clean(str(each.get("routine") or "")),
            clock_text(each["left_s"]) if each.get("left_s") else "",
            clean(str(each.get("problem_why") or each.get("last_reason") or "")),
        )
        for each in cushions
    ]
    if rows:
        out.table(("cushion", "state", "routine", "left", "last"), rows)
    else:
        out.say("the broker knows of no cushion; each computer with one runs: knead mqtt")
