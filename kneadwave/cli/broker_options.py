"""The options that name a broker, for every command that speaks to one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kneadwave.errors import UsageError, not_installed

if TYPE_CHECKING:
    from kneadwave.mqtt.broker import Broker

BrokerUrl = Annotated[
    str | None,
    typer.Option(
        "--broker",
        metavar="URL",
        help="mqtt://[USER@]HOST[:PORT], or mqtts:// for TLS; without it the config file's.",
    ),
]
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", metavar="FILE", help="Holds the broker's password.")
]
Certificate = Annotated[
    Path | None, typer.Option("--ca", metavar="FILE", help="A certificate to trust, for mqtts://.")
]


def named_broker(url: str | None, password_file: Path | None, ca: Path | None) -> "Broker":
    """The broker that was named, here or in the config file; UsageError where none was."""
    try:
        from kneadwave.mqtt.broker import broker_of
    except ImportError as error:
        raise not_installed("a broker", error.name, "mqtt") from error
    from kneadwave.config import load_config

    named = url or load_config().broker
    if named is None:
        raise UsageError("which broker?", hint="name it with --broker, or as broker in the config file")
    return broker_of(named, _password(password_file), ca)


def _password(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: no password can be read there") from error
