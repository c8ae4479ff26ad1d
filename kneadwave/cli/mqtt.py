"""`knead mqtt`: cushions on a broker, for Home Assistant."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from kneadwave.cli.options import Json
from kneadwave.cli.terminal.output import telling
from kneadwave.errors import NoDevice, UsageError

HELP = """Tell an MQTT broker of the cushions here, and take commands from it: for Home Assistant and a fleet.

Each cushion shows up in Home Assistant by itself: what plays, how long, how strongly; buttons to stop, pause,
make softer, say that it hurts, go on. Sessions are begun at the cushion, whoever begins them: in a terminal
or on the page. With --allow-start a session that is offered there (knead run ROUTINE --offer) may be begun
from afar within a minute, and nothing else.

Without the broker all goes on as it is. Ctrl-C ends the bridge and no session.

\b
Examples:
  knead mqtt --broker mqtt://homeassistant.local
  knead mqtt --broker mqtts://knead@broker:8883 --password-file broker.txt
  knead mqtt --broker mqtt://localhost --device id:KW0001 --allow-start
"""


def mqtt(
    broker: Annotated[
        str, typer.Option("--broker", metavar="URL", help="mqtt://[USER@]HOST[:PORT], or mqtts:// for TLS.")
    ],
    device: Annotated[
        list[str] | None,
        typer.Option("--device", metavar="URL", help="A cushion; without it every one that is known."),
    ] = None,
    allow_start: Annotated[
        bool, typer.Option("--allow-start", help="Begin from afar what is offered at a cushion.")
    ] = False,
    names: Annotated[
        bool, typer.Option("--names", help="Tell the broker who lies there; without it nobody's name.")
    ] = False,
    password_file: Annotated[
        Path | None, typer.Option("--password-file", metavar="FILE", help="Holds the broker's password.")
    ] = None,
    ca: Annotated[
        Path | None, typer.Option("--ca", metavar="FILE", help="A certificate to trust, for mqtts://.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Put the cushions here on an MQTT broker."""
    with telling(as_json) as out:
        try:
            from kneadwave.mqtt.bridge import run
        except ImportError as error:
            raise UsageError(
                f"a broker needs {error.name}, which is not installed", hint="pip install 'kneadwave[mqtt]'"
            ) from error
        from kneadwave.config import load_config
        from kneadwave.devices import is_simulated, known_urls
        from kneadwave.mqtt.broker import broker_of
        from kneadwave.mqtt.cushion import cushions_of

        where = broker_of(broker, _password(password_file), ca)
        urls = device or known_urls(load_config())
        if any(map(is_simulated, urls)):
            raise NoDevice("a cushion of sim: belongs to one process", hint="knead virtual serves one to all")

        def say(what: str, text: str) -> None:
            out.event("bridge", what=what, text=text)
            out.say(f"{what}: {text}")
            sys.stdout.flush()

        run(where, cushions_of(urls, allow_start=allow_start, names=names), say, allow_start=allow_start)


def _password(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: no password can be read there") from error
