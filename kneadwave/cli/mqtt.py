"""`knead mqtt`: cushions on a broker, for Home Assistant."""

import sys
from typing import Annotated

import typer

from kneadwave.cli.broker_options import BrokerUrl, Certificate, PasswordFile, named_broker
from kneadwave.cli.options import Json
from kneadwave.cli.terminal.output import telling
from kneadwave.errors import NoDevice

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
    broker: BrokerUrl = None,
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
    password_file: PasswordFile = None,
    ca: Certificate = None,
    as_json: Json = False,
) -> None:
    """Put the cushions here on an MQTT broker."""
    with telling(as_json) as out:
        where = named_broker(broker, password_file, ca)
        from kneadwave.config import load_config
        from kneadwave.devices import is_simulated, known_urls
        from kneadwave.mqtt.bridge import run
        from kneadwave.mqtt.cushion import cushions_of

        urls = device or known_urls(load_config())
        if any(map(is_simulated, urls)):
            raise NoDevice("a cushion of sim: belongs to one process", hint="knead virtual serves one to all")

        def say(what: str, text: str) -> None:
            out.event("bridge", what=what, text=text)
            out.say(f"{what}: {text}")
            sys.stdout.flush()

        run(where, cushions_of(urls, allow_start=allow_start, names=names), say, allow_start=allow_start)
