"""Serving the page: where, for whom, and what is said of it. `knead serve` calls this."""

import asyncio
import errno
import ipaddress
import json
import logging
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from kneadwave.config import user_folder
from kneadwave.dashboard.live_session import PAUSE_AFTER_S, STOP_AFTER_S
from kneadwave.dashboard.page import House, make_page
from kneadwave.dashboard.roles import AccessKeys, keep_token, keep_way_in, load_passwords
from kneadwave.errors import PageRemedy, UsageError

if TYPE_CHECKING:
    from kneadwave.mqtt.broker import Broker

PORT: Final = 8642
CONNECTIONS_MAX: Final = 512
"""Connections at once; where there are more, a stop alone is heard."""
WAITING_MAX: Final = 128
"""Connections that may wait to be taken."""
MESSAGE_MAX: Final = 1 << 16
"""64 KiB: the longest message of a websocket."""
GRACE_S: Final = 5


@dataclass(frozen=True)
class ServerOptions:
    """How the page is served. `proxy` is the name that a TLS proxy before it is reached by."""

    host: str = "127.0.0.1"
    port: int = PORT
    certificate: Path | None = None
    key: Path | None = None
    proxy: str | None = None
    kiosk: bool = False
    pause_after_s: float = PAUSE_AFTER_S
    stop_after_s: float = STOP_AFTER_S
    broker: "Broker | None" = None
    """Of whose cushions it shows all, on a page of its own."""

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by TLS."""
        return self.certificate is not None or self.proxy is not None


def serve(how: ServerOptions, tell: Callable[[str, Path, Path], None]) -> None:
    """Serve until a signal ends it; every session is stopped then. `tell` hears the address, the token's
    file, and that of a page that leads there.

    UsageError where it may not or cannot be served so.
    """
    loopback = _is_loopback(how.host)
    passwords = load_passwords()
    _refuse_open(how, loopback=loopback, passwords=bool(passwords))
    listening = _listen(how)
    address, port = listening.getsockname()[:2]
    hosts = _hosts(how, address, port)
    keys = AccessKeys(passwords)
    scheme = "https" if how.secure else "http"
    url = f"{scheme}://{hosts[0]}/#token={keys.token}"
    kept, way_in = keep_token(keys.token, port), keep_way_in(url, port)

    def forget() -> None:  # by a signal it ends before whatever follows here
        kept.unlink(missing_ok=True)
        way_in.unlink(missing_ok=True)

    house = House(
        hosts=hosts,
        port=port,
        recordings=user_folder("data") / "recordings",
        keys=keys,
        secure=how.secure,
        kiosk=how.kiosk,
        pause_after_s=how.pause_after_s,
        stop_after_s=how.stop_after_s,
        broker=how.broker,
        opened=lambda: tell(url, kept, way_in),
        closed=forget,
    )
    page = make_page(house)
    config = uvicorn.Config(
        page,
        log_config=LOGGING,
        ws="websockets-sansio",
        ws_max_size=MESSAGE_MAX,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        ssl_certfile=how.certificate,
        ssl_keyfile=how.key,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Server(config, page.state.hang_up)
    house.crowded = lambda: len(server.server_state.connections) > CONNECTIONS_MAX
    try:
        asyncio.run(server.serve(sockets=[listening]))
    except ssl.SSLError as error:
        raise UsageError(f"{how.certificate}: no certificate that can be used: {error.reason}") from error
    finally:
        listening.close()
        forget()


class _Server(uvicorn.Server):
    """Stops every session before it waits for whoever is still being answered."""

    def __init__(self, config: uvicorn.Config, hang_up: Callable[[], None]) -> None:
        super().__init__(config)
        self._hang_up = hang_up

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End, sessions first."""
        self._hang_up()
        await super().shutdown(sockets)


def _refuse_open(how: ServerOptions, *, loopback: bool, passwords: bool) -> None:
    if how.certificate is not None and how.key is None:
        raise UsageError("a certificate needs its key", hint=PageRemedy.BY_TLS)
    for path in (how.certificate, how.key):
        if path is not None and not path.is_file():
            raise UsageError(f"{path}: is no file")
    if loopback and how.proxy is None:
        return
    if not passwords:
        raise UsageError(
            "beyond this computer the page is for those who know a password",
            hint=PageRemedy.SET_PASSWORD,
        )
    if not how.secure:
        raise UsageError(
            "a password is not sent in the open",
            hint=PageRemedy.BY_TLS,
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _hosts(how: ServerOptions, address: str, port: int) -> tuple[str, ...]:
    """The values of Host that are answered where it listens at `address`; the first is told."""
    if how.proxy is not None:
        return (how.proxy, f"{how.proxy}:443")
    names = [_in_url(how.host)]
    if _is_loopback(how.host):
        names = [_in_url(address), "127.0.0.1", "localhost", "[::1]"]
    if how.host in ("0.0.0.0", "::"):
        names = [socket.gethostname(), "localhost", "127.0.0.1", *_addresses()]
    return tuple(f"{name}:{port}" for name in names) + (tuple(names) if port in (80, 443) else ())


def _addresses() -> list[str]:
    """This computer's own addresses."""
    import psutil

    families = (socket.AF_INET, socket.AF_INET6)
    found = [each for addresses in psutil.net_if_addrs().values() for each in addresses]
    return [_in_url(each.address.partition("%")[0]) for each in found if each.family in families]


def _listen(how: ServerOptions) -> socket.socket:
    listening = None
    try:
        found = socket.getaddrinfo(how.host, how.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, _, _, address = found[0]
        listening = socket.socket(family, kind)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(WAITING_MAX)  # before the address is told: whoever opens it at once is not refused
    except (OSError, UnicodeError, OverflowError) as error:
        if listening is not None:
            listening.close()
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        why = "another program listens there" if taken else str(error)
        hint = PageRemedy.OTHER_PORT if taken else PageRemedy.OTHER_ADDRESS
        raise UsageError(f"{how.host}:{how.port}: {why}", hint=hint) from error
    return listening


class JsonLine(logging.Formatter):
    """A line of the log as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "from": record.name,
            "said": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class NotImpatience(logging.Filter):
    """Leaves out that a server which was told twice to end did not wait for whoever was being answered."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is to be told."""
        broken_off = record.exc_info is not None and record.exc_info[0] is asyncio.CancelledError
        return not broken_off and "asyncio.exceptions.CancelledError" not in record.getMessage()


LOGGING: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonLine}},
    "filters": {"not impatience": {"()": NotImpatience}},
    "handlers": {
        "err": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["not impatience"],
            "stream": "ext://sys.stderr",
        }
    },
    "loggers": {
        "uvicorn": {"handlers": ["err"], "level": "WARNING", "propagate": False},
        "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
"""Warnings and errors of the server, a JSON object a line; no line for each request, which may name
people."""


def unit(command: Sequence[str]) -> str:
    """A systemd user unit that serves the page; `command` is the whole command line, word by word."""
    return f"""[Unit]
Description=Kneadwave: a page to massage by

[Service]
ExecStart={" ".join(map(_unit_word, command))}
Restart=on-failure
RestartSec=2
NoNewPrivileges=yes
# Every session is a process of its own that stops its device when the server goes; it gets the time for that.
KillMode=mixed
TimeoutStopSec=20
# The address that it prints holds the token, which stands in no log; it lies in a file, too.
StandardOutput=null

[Install]
WantedBy=default.target
"""


def _unit_word(word: str) -> str:
    """A word of a command line as systemd reads it: quoted where it needs that, nothing put in its place."""
    plain = word.replace("%", "%%").replace("$", "$$")
    quoted = plain.replace("\\", "\\\\").replace('"', '\\"')
    return plain if re.fullmatch(r"[\w@%$+=:,./-]+", plain, re.ASCII) else f'"{quoted}"'


def unit_path() -> Path:
    """Where systemd looks for this user's units; NoHome where nobody knows it."""
    return user_folder("config").parent / "systemd" / "user" / "kneadwave.service"
