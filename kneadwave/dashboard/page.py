"""The server: its routes, its one websocket a browser, and what it hands out as it lies."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from firmware_bridge import Clock, MonotonicClock, local_now
from kneadwave.dashboard import rpc
from kneadwave.dashboard.doors import STOP, STOP_HOUSE, Doors
from kneadwave.dashboard.errors import RpcError, TooMany
from kneadwave.dashboard.live_session import PAUSE_AFTER_S, STOP_AFTER_S
from kneadwave.dashboard.methods import Methods
from kneadwave.dashboard.roles import COOKIE, AccessKeys, Role
from kneadwave.dashboard.sessions import Sessions, Watcher

if TYPE_CHECKING:
    from kneadwave.dashboard.house_watch import HouseWatch
    from kneadwave.mqtt.broker import Broker

STATIC: Final = Path(__file__).with_name("static")
REPORT_POLICY: Final = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'none'"
)
SEND_S: Final = 10.0
"""A browser that takes nothing for so long is let go."""
BEAT_S: Final = 0.4
"""How often a browser hears something: after twice that it says that what it shows is old."""
CALLS_MAX: Final = 16
"""Calls of one browser that may be under way at once; more are refused, but a stop passes."""
STOP_METHODS: Final = ('"session.stop', '"fleet.stop')
HOUSE: Final = "house"
"""Of a websocket: it is told of every cushion of the house."""
CLOSED_NOT_KNOWN: Final = 4401
CLOSED_NOT_READING: Final = 4408


@dataclass
class House:
    """All that the routes share: how the server was started."""

    hosts: tuple[str, ...]
    port: int
    recordings: Path
    keys: AccessKeys = field(default_factory=AccessKeys)
    secure: bool = False
    """Cookies are for TLS alone."""
    kiosk: bool = False
    pause_after_s: float = PAUSE_AFTER_S
    stop_after_s: float = STOP_AFTER_S
    clock: Clock = field(default_factory=MonotonicClock)
    opened: Callable[[], Any] = lambda: None
    closed: Callable[[], Any] = lambda: None
    broker: "Broker | None" = None
    """Of whose cushions it shows all."""
    crowded: Callable[[], bool] = lambda: False
    """Whether so many connections are open that a stop alone is heard."""


def make_page(house: House) -> Starlette:
    """The application, for a server such as uvicorn."""
    sessions = Sessions(pause_after_s=house.pause_after_s, stop_after_s=house.stop_after_s)
    watch = _watch(house.broker)
    routes = Routes(house, sessions, Methods(sessions, house.recordings, local_now, watch), watch)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        watching = None if watch is None else asyncio.create_task(watch.run())
        house.opened()
        try:
            yield
        finally:
            house.closed()
            if watching is not None:
                watching.cancel()
            await sessions.close()

    page = Starlette(routes=routes.all(), lifespan=lifespan)
    page.state.hang_up = sessions.hang_up
    scheme = "https" if house.secure else "http"
    page.add_middleware(Doors, hosts=house.hosts, scheme=scheme, crowded=lambda: house.crowded())
    return page


class Routes:
    """What each address does."""

    def __init__(
        self, house: House, sessions: Sessions, methods: Methods, watch: "HouseWatch | None"
    ) -> None:
        self._house = house
        self._watch = watch
        self._sessions = sessions
        self._methods = methods
        self._cookie = f"{COOKIE}-{house.port}"

    def all(self) -> list[Any]:
        """The routes."""
        return [
            Route("/api/login", self.login, methods=["POST"]),
            Route("/api/logout", self.logout, methods=["POST"]),
            Route("/api/rpc", self.call, methods=["POST"]),
            Route(STOP, self.stop, methods=["POST"]),
            Route(STOP_HOUSE, self.stop_house, methods=["POST"]),
            Route("/api/recordings/{name}", self.report),
            Route("/api/openrpc.json", self.document),
            WebSocketRoute("/api/ws", self.websocket),
            Route("/healthz", self.health),
            Route("/metrics", self.metrics),
            Mount("/", GZipMiddleware(StaticFiles(directory=STATIC, html=True))),
        ]

    async def login(self, request: Request) -> Response:
        """A token or a password becomes a cookie."""
        keys, now = self._house.keys, self._house.clock.now()
        said = await _json_of(request)
        if isinstance(said.get("token"), str):
            cookie = keys.by_token(said["token"], now)
        elif isinstance(said.get("password"), str):
            wait = keys.wait_s(now)
            if wait:
                return _refused("too many attempts", 429, {"retry-after": str(int(wait) + 1)})
            cookie = await asyncio.to_thread(keys.by_password, said["password"][:200], now)
        else:
            return _refused("a token or a password", 400)
        if cookie is None:
            return _refused("this is not the one", 403)
        response = JSONResponse(self._about(keys.role_of(cookie, now)))
        response.set_cookie(
            self._cookie, cookie, httponly=True, samesite="strict", secure=self._house.secure, path="/"
        )
        return response

    async def logout(self, request: Request) -> Response:
        """The cookie counts no more."""
        self._house.keys.log_out(request.cookies.get(self._cookie))
        response = JSONResponse({})
        response.delete_cookie(self._cookie, path="/")
        return response

    async def call(self, request: Request) -> Response:
        """JSON-RPC by POST."""
        role = self._role(request)
        if role is None:
            return _refused("log in first", 401)
        told = await rpc.answer(await request.body(), self._methods, role)
        return Response(status_code=204) if told is None else Response(told, media_type="application/json")

    async def stop(self, request: Request) -> Response:
        """Stop everything that plays on this computer: no body, no parameters, every role."""
        if self._role(request) is None:
            return _refused("log in first", 401)
        told: dict[str, Any] = {"asked": [session.id for session in self._sessions.stop_all()]}
        if elsewhere := await self._sessions.stop_elsewhere():
            told["elsewhere"] = elsewhere
        return JSONResponse(told, 202)

    async def stop_house(self, request: Request) -> Response:
        """Stop the cushions of the house that are named, all where none is: every role."""
        if self._role(request) is None:
            return _refused("log in first", 401)
        if self._watch is None:
            return _refused("no broker", 404)
        named = (await _json_of(request)).get("cushions")
        try:
            return JSONResponse(await self._methods.call("fleet.stop", {"cushions": named}, Role.VIEWER), 202)
        except RpcError as error:
            return _refused(str(error), 400)

    async def report(self, request: Request) -> Response:
        """The page of a recording: it brings scripts of its own, so it has no origin and reaches nothing."""
        role = self._role(request)
        if role is None:
            return _refused("log in first", 401)
        if role < Role.OPERATOR:
            return _refused("recordings are for the role operator", 403)
        try:
            text = await self._methods.report_page(request.path_params["name"], role)
        except RpcError as error:
            return _refused(str(error), 404)
        return HTMLResponse(text, headers={"content-security-policy": REPORT_POLICY})

    async def document(self, _: Request) -> Response:
        """The OpenRPC document."""
        return JSONResponse(rpc.document(self._methods))

    async def health(self, _: Request) -> Response:
        """That the server answers."""
        return JSONResponse({"ok": True, "playing": len(self._sessions.playing())})

    async def metrics(self, _: Request) -> Response:
        """Counts, for Prometheus."""
        sessions = self._sessions
        text = sessions.tally.text(playing=len(sessions.playing()), watchers=sessions.watching)
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")

    async def websocket(self, socket: WebSocket) -> None:
        """One browser: its calls, and what it is told."""
        role = self._role(socket)
        await socket.accept()
        if role is None:
            await socket.close(CLOSED_NOT_KNOWN, "log in first")
            return
        watcher = self._sessions.watch()
        if self._watch is not None and HOUSE in socket.query_params:
            self._watch.watch(watcher)
        sender = asyncio.create_task(self._send(socket, watcher, role))
        try:
            await self._hear(socket, watcher)
        except (WebSocketDisconnect, RuntimeError, KeyError):  # the last: what came is no text
            pass
        finally:
            self._sessions.leave(watcher)
            if self._watch is not None:
                self._watch.leave(watcher)
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    async def _hear(self, socket: WebSocket, watcher: Watcher) -> None:
        """Take calls; each is answered when it is done, so that a stop waits for none of them."""
        under_way: set[asyncio.Task[None]] = set()
        while not watcher.gone:
            text = await socket.receive_text()
            role = self._role(socket)  # it may have logged out meanwhile
            if role is None:
                await socket.close(CLOSED_NOT_KNOWN, "log in first")
                return
            if text == "here":
                if HOUSE not in socket.query_params:  # who sees the house alone could do nothing but stop
                    self._somebody_is_there(role)
                continue
            if len(under_way) >= CALLS_MAX and not any(each in text for each in STOP_METHODS):
                busy = TooMany(f"{CALLS_MAX} calls are under way already")
                watcher.tell({"answer": rpc.refused(text, busy)})
                continue
            task = asyncio.create_task(self._answer(text, watcher, role))
            under_way.add(task)
            task.add_done_callback(under_way.discard)

    def _somebody_is_there(self, role: Role) -> None:
        if role >= Role.OPERATOR:
            for session in self._sessions.playing():
                session.somebody_is_there()

    async def _answer(self, text: str, watcher: Watcher, role: Role) -> None:
        told = await rpc.answer_data(text, self._methods, role)
        if told is not None:
            watcher.tell({"answer": told})

    async def _send(self, socket: WebSocket, watcher: Watcher, role: Role) -> None:
        """Send what is to be told, as it comes; whoever does not take it is let go."""
        hello = self._about(role) | {"sessions": self._sessions.all()}
        with suppress(WebSocketDisconnect, RuntimeError):
            await socket.send_text(json.dumps(hello, default=str))
            while not watcher.gone:
                if not self._still_known(socket):  # it logged out meanwhile
                    await socket.close(CLOSED_NOT_KNOWN, "log in first")
                    return
                try:
                    events, frames = await asyncio.wait_for(watcher.next(), BEAT_S)
                except TimeoutError:
                    events, frames = [{"beat": True}], []
                try:
                    async with asyncio.timeout(SEND_S):
                        for event in events:
                            await socket.send_text(json.dumps(event, separators=(",", ":"), default=str))
                        if frames:
                            await socket.send_bytes(b"".join(frames))
                except TimeoutError:
                    watcher.gone = True
            await socket.close(CLOSED_NOT_READING, "not reading")

    def _about(self, role: Role | None) -> dict[str, Any]:
        house = self._house
        return {
            "role": None if role is None else role.name.lower(),
            "kiosk": house.kiosk,
            "house": self._watch is not None,
            "pause_after_s": house.pause_after_s,
            "stop_after_s": house.stop_after_s,
        }

    def _role(self, connection: HTTPConnection) -> Role | None:
        """Who asks for something: the cookie counts anew from now."""
        return self._house.keys.used(connection.cookies.get(self._cookie), self._house.clock.now())

    def _still_known(self, connection: HTTPConnection) -> bool:
        cookie = connection.cookies.get(self._cookie)
        return self._house.keys.role_of(cookie, self._house.clock.now()) is not None


def _watch(broker: "Broker | None") -> "HouseWatch | None":
    if broker is None:
        return None
    from kneadwave.dashboard.house_watch import HouseWatch  # it needs the extra mqtt

    return HouseWatch(broker)


async def _json_of(request: Request) -> dict[str, Any]:
    try:
        said = json.loads(await request.body())
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _refused(why: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": why}, status, headers)
