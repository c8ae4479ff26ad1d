"""`knead virtual`: a virtual cushion as a serial port."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from kneadwave.cli.options import Faults, Kernel, On, Record, Seed
from kneadwave.cli.terminal.output import telling

Dialect = Literal["hf8", "tcode", "intiface"]

HELP = """Serve a virtual cushion on a pseudo-terminal until Ctrl-C.

Other programs open it as they would a serial port. The recording holds what the cushion put out.

\b
Examples:
  knead virtual --path /tmp/cushion
  knead virtual --on seat-pad-8 --record felt.jsonl
  knead virtual --path /tmp/cushion --fault unplug@60s
  knead virtual --as hf8 --path /tmp/pad
  knead virtual --as tcode --at udp://127.0.0.1:8000
  knead virtual --as intiface --on cushion-4
"""


def virtual(
    on: On = None,
    path: Annotated[
        Path | None,
        typer.Option(
            "--path",
            metavar="LINK",
            help="Make this symbolic link to the port, in the place of one that a virtual device left.",
        ),
    ] = None,
    dialect: Annotated[
        Dialect | None,
        typer.Option("--as", help="Serve a device that has no guard of its own, in its own dialect."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="PLACE", help="Serve it on a network: udp://HOST:PORT, ws://HOST:PORT."),
    ] = None,
    record: Record = None,
    fault: Faults = None,
    seed: Seed = 0,
    kernel: Kernel = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace whatever file is at --record, and any link at --path.")
    ] = False,
) -> None:
    """Serve a virtual cushion on a pseudo-terminal."""
    with telling() as out:
        from kneadwave.cli.views.virtual import serve
        from kneadwave.config import load_config
        from kneadwave.devices import DEFAULT_DEVICE, described_by
        from kneadwave.sessions.simulate import faults_from
        from kneadwave.sessions.virtual import VirtualRequest, place_for

        asked = VirtualRequest(
            device=on or (described_by(f"{dialect}:") if dialect else load_config().on) or DEFAULT_DEVICE,
            dialect=dialect or "",
            path=path,
            place=place_for(dialect or "", at, path),
            record=record,
            replace=force,
            faults=tuple(faults_from(fault or [])),
            seed=seed,
            kernel=kernel,
        )
        serve(out, asked)
