"""Who is let in at all: before anything else looks at a request.

Another page in the same browser can send requests here, and can give itself any name that leads to this
address. So the Host is one of those that the server was started for, and whatever changes something, or
opens a websocket, comes from a page of this very host.
"""

from collections.abc import Callable, Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_MAX: Final = 1 << 20
"""1 MiB: the longest request; what a person fills in is a few kB."""
POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
HARMLESS: Final = frozenset({"GET", "HEAD"})
STOP: Final = "/api/stop"
STOP_HOUSE: Final = "/api/fleet/stop"
STOPS: Final = frozenset({STOP, STOP_HOUSE})
"""Heard however many ask for something else."""


class Doors:
    """ASGI middleware. `hosts` are the values of Host that are answered, each with its port; `scheme` is how
    browsers reach them; `crowded` says whether a stop alone is let in."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str], scheme: str, crowded: Callable[[], bool]) -> None:
        self._app = app
        self._scheme = scheme
        self._crowded = crowded
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refused = self._refused(scope, Headers(scope=scope))
        if refused is None:
            await self._app(scope, _bounded(receive), _guarded(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: an HTTP 403
        else:
            status, why = refused
            await PlainTextResponse(why + "\n", status, HEADERS)(scope, receive, send)

    def _refused(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return 421, "this server answers by the name it was started for"
        if scope["path"] not in STOPS and self._crowded():
            return 503, "too many connections"
        try:
            if int(headers.get("content-length", "0")) > BODY_MAX:
                return 413, f"a request has {BODY_MAX} bytes at most"
        except ValueError:
            return 400, "no length"
        if scope["type"] == "http" and scope["method"] in HARMLESS:
            return None
        if headers.get("origin", "").lower() != f"{self._scheme}://{hosts[0].lower()}":
            return 403, "only this server's own page may ask that"
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return 403, "only this server's own page may ask that"
        return None


def _guarded(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return guarded


def _bounded(receive: Receive) -> Receive:
    """A body that says no length is bounded as it comes: what is longer ends there, as if hung up."""
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > BODY_MAX:
                return {"type": "http.disconnect"}
        return message

    return bounded
