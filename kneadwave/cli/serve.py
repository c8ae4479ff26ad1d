"""`knead serve`: a page to massage by."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kneadwave.cli.broker_options import Certificate, PasswordFile, named_broker
from kneadwave.cli.options import Force, Json
from kneadwave.cli.terminal.output import Output, telling
from kneadwave.errors import UsageError, not_installed

if TYPE_CHECKING:
    from kneadwave.dashboard.serve import ServerOptions

HELP = """Serve a page to massage by: choose, play, feel, stop, tune and look back in a browser.

It is for this computer alone: the address that it prints holds a token, which lets a browser in. Where nobody
watches a session from a page for 3 s it pauses, after 30 s it stops. Ctrl-C ends the server and stops every
session.

For a phone in the same house set a password first, and give a certificate or name the TLS proxy before it.
The roles are viewer (sees, may stop), operator (plays) and practitioner (people and tuning, too).

With --broker one page more shows every cushion of the house, with a stop for each and for all.

\b
Examples:
  knead serve
  knead serve --open
  knead serve --set-password operator
  knead serve --host 0.0.0.0 --tls-cert house.pem --tls-key house.key
  knead serve --broker mqtt://house.local
  knead serve --kiosk
  knead serve --kiosk --install-unit
"""
NEEDED = "it needs the extra web"


class Who(StrEnum):
    """The roles."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    PRACTITIONER = "practitioner"


def serve(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where it listens.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="On which port; 0 for a free one.")
    ] = 8642,
    tls_cert: Annotated[Path | None, typer.Option("--tls-cert", metavar="FILE", help="Certificate.")] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help="Its key.")] = None,
    proxy: Annotated[
        str | None, typer.Option("--proxy", metavar="NAME", help="Behind the TLS proxy of this name.")
    ] = None,
    kiosk: Annotated[bool, typer.Option("--kiosk", help="One device, no links.")] = False,
    pause_after: Annotated[
        float, typer.Option("--pause-after", metavar="S", min=1, max=3, help="Pause where nobody watches.")
    ] = 3.0,
    stop_after: Annotated[
        float, typer.Option("--stop-after", metavar="S", min=2, max=30, help="Stop where nobody watches.")
    ] = 30.0,
    broker: Annotated[
        str | None,
        typer.Option(
            "--broker", metavar="URL", help="Show every cushion of mqtt://[USER@]HOST[:PORT], or mqtts://."
        ),
    ] = None,
    password_file: PasswordFile = None,
    ca: Certificate = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    set_password: Annotated[
        Who | None, typer.Option("--set-password", help="Ask for a role's password, and keep its hash.")
    ] = None,
    install_unit: Annotated[
        bool, typer.Option("--install-unit", help="Show a unit for systemd, and write it on yes.")
    ] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Serve a page to massage by."""
    with telling(as_json) as out:
        try:
            from kneadwave.dashboard.serve import ServerOptions
            from kneadwave.dashboard.serve import serve as serve_page
        except ImportError as error:
            raise not_installed("the page", error.name, "web") from error
        if set_password is not None:
            _set_password(out, set_password)
            return
        if broker is None and (password_file or ca):
            raise UsageError("of which broker?", hint="name it with --broker")
        if broker is not None and kiosk:
            raise UsageError("a kiosk shows one device", hint="leave out --kiosk or --broker")
        house = None if broker is None else named_broker(broker, password_file, ca)
        how = ServerOptions(host, port, tls_cert, tls_key, proxy, kiosk, pause_after, stop_after, house)
        if install_unit:
            from kneadwave.cli.views.setup import install_unit as install

            install(out, [*_words(how), *_broker_words(broker, password_file, ca)], force=force)
            return

        def told(url: str, token: Path, way_in: Path) -> None:
            out.event("serving", url=url, token_file=str(token))
            out.say(f"the page is at {url}")
            if house is not None:
                out.say(f"every cushion of {house} is at {url.replace('/#', '/house.html#')}")
            out.say("whoever has this address may play; Ctrl-C ends it, and stops every session")
            sys.stdout.flush()
            if open_browser:
                import webbrowser

                webbrowser.open(way_in.as_uri())  # the command of a browser is seen by everybody

        serve_page(how, told)


def _words(how: "ServerOptions") -> list[str]:
    """The options of a command line that serves in the same way from any folder."""
    files = {"--tls-cert": how.certificate, "--tls-key": how.key}
    return [
        f"--host={how.host}",
        f"--port={how.port}",
        *(f"{name}={path.resolve()}" for name, path in files.items() if path is not None),
        *([f"--proxy={how.proxy}"] if how.proxy is not None else []),
        *(["--kiosk"] if how.kiosk else []),
        f"--pause-after={how.pause_after_s:g}",
        f"--stop-after={how.stop_after_s:g}",
    ]


def _broker_words(broker: str | None, password_file: Path | None, ca: Path | None) -> list[str]:
    """Those that name the broker."""
    files = {"--password-file": password_file, "--ca": ca}
    return [
        *([f"--broker={broker}"] if broker is not None else []),
        *(f"{name}={path.resolve()}" for name, path in files.items() if path is not None),
    ]


def _set_password(out: Output, who: Who) -> None:
    from getpass import getpass

    from kneadwave.cli.terminal.prompts import somebody_there
    from kneadwave.dashboard.roles import Role
    from kneadwave.dashboard.roles import set_password as keep

    if not somebody_there():
        raise UsageError("a password is asked for, and nobody sits at a terminal here")
    password = getpass(f"password of the {who}: ")
    if getpass("once more: ") != password:
        raise UsageError("these are two different ones")
    keep(Role[who.name], password)
    out.say(f"the {who} has a password")
