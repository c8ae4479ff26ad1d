"""`knead set`: feel one level in one zone."""

from typing import Annotated

import typer

from kneadwave.cli.options import Device, Json, Limit, On
from kneadwave.cli.run import Recipient
from kneadwave.cli.terminal.output import telling

HELP = """Hold a zone at a level for some seconds, to feel what that is.

Every actuator of the zone that may be driven rises to LEVEL, stays there and falls; any key stops it. It is
a felt test like any other: the recipient was screened today, the list before a run is confirmed, and there
are five minutes of felt tests a day. --device sim: needs none of that.

\b
Examples:
  knead set lumbar 40% --for 5s
  knead set shoulder-left 0.3 --for 2s --device /dev/ttyACM0
"""


def complete_zone(incomplete: str) -> list[str]:
    """Zones whose name begins so, both sides or one."""
    from profiles.body import body_map

    zones = body_map().zones
    return sorted({name for zone in zones for name in (zone.name, zone.id) if name.startswith(incomplete)})


def set(
    zone: Annotated[
        str,
        typer.Argument(metavar="ZONE", help="Such as lumbar, or lumbar-left.", autocompletion=complete_zone),
    ],
    level: Annotated[str, typer.Argument(metavar="LEVEL", help="Felt level, such as 40% or 0.4.")],
    seconds: Annotated[
        str, typer.Option("--for", metavar="SECONDS", help="How long, 0.5s to 10s; there is no default.")
    ],
    device: Device = None,
    on: On = None,
    limit: Limit = 1.0,
    recipient: Recipient = None,
    as_json: Json = False,
) -> None:
    """Feel one level in one zone for some seconds."""
    with telling(as_json) as out:
        from kneadwave.cli.live_session import feel
        from kneadwave.config import load_config
        from kneadwave.people.recipient import in_use, load
        from kneadwave.sessions.felt_test import Bench
        from kneadwave.sessions.hold import holding

        person = load(recipient) if recipient else in_use()
        feel(out, Bench(device, on, limit, recipient, load_config()), *holding(zone, level, seconds, person))
