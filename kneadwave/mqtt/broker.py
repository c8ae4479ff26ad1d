"""Where the broker is, and how it is spoken to: by MQTT 5, with nothing kept from an earlier connection."""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from kneadwave.errors import UsageError

PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
KEEPALIVE_S: Final = 5
"""A broker tells of a silent bridge after one and a half times this."""
TIMEOUT_S: Final = 5.0
AT_ONCE_MAX: Final = 1000
"""Messages that may be on their way at once before aiomqtt complains on standard error."""
NOT_RETAINED: Final = SubscribeOptions(
    qos=1,
    retainAsPublished=True,
    retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND,
)
"""For commands: what a broker kept is not sent, and what somebody asked it to keep says so."""


@dataclass(frozen=True)
class Broker:
    """A broker, and who speaks to it; `ca` is a certificate to trust beside those of the system."""

    host: str
    port: int
    tls: bool = False
    user: str | None = None
    password: str | None = None
    ca: Path | None = None

    def client(self, identity: str, will: aiomqtt.Will | None = None) -> aiomqtt.Client:
        """A connection to be entered; the broker keeps no session of it and no command for it."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = 0
        client = aiomqtt.Client(
            self.host,
            self.port,
            username=self.user,
            password=self.password,
            identifier=identity,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=True,
            properties=properties,
            will=will,
            keepalive=KEEPALIVE_S,
            timeout=TIMEOUT_S,
            tls_context=self._tls() if self.tls else None,
        )
        client.pending_calls_threshold = AT_ONCE_MAX  # a stop for a whole clinic is nothing to warn of
        return client

    def _tls(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca)
        except OSError as error:
            raise UsageError(f"{self.ca}: no certificate can be read there: {error.strerror}") from error

    def __str__(self) -> str:
        """Where it is, without who speaks to it."""
        return f"{self.host}:{self.port}"


def overhear_disconnection() -> None:
    """Say nothing of a connection that ended while nobody waited for it: whoever uses it is told anyway."""
    loop = asyncio.get_running_loop()

    def heard(loop: asyncio.AbstractEventLoop, about: dict[str, Any]) -> None:
        if not isinstance(about.get("exception"), aiomqtt.MqttError):
            loop.default_exception_handler(about)

    loop.set_exception_handler(heard)


def broker_of(url: str, password: str | None = None, ca: Path | None = None) -> Broker:
    """The broker at `mqtt://[USER@]HOST[:PORT]`, mqtts for TLS; UsageError for anything else."""
    wrong = UsageError(
        f"'{url}' is no address of a broker", hint="such as mqtt://broker.local or mqtts://USER@HOST:8883"
    )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise wrong from error
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise wrong
    if parts.password is not None:
        raise UsageError(
            "a password in an address can be read by every program here",
            hint="leave it out, and keep it in a file",
        )
    tls = parts.scheme == "mqtts"
    if ca is not None and not tls:
        raise UsageError("a certificate is for an address that begins with mqtts://")
    user = unquote(parts.username) if parts.username else None
    return Broker(parts.hostname, port or PORTS[parts.scheme], tls, user, password, ca)
