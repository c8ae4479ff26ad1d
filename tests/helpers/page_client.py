"""A page server as a process, and a program in front of it that speaks its protocol."""

import http.client
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from threading import Condition, Event, Thread
from time import monotonic
from typing import Any

from board_time import waits_for_nobody
from websockets.sync.client import ClientConnection, connect

from kneadwave.dashboard.page import STATIC
from kneadwave.sessions.frame_stream import HEADER

LONG_S = 120.0
OF_THE_HOUSE = ("house", "strings", "style.css", "dom.js", "server.js", "sessions.js", "stop.js", "icon.svg")
"""How files begin that the page of the house is made of."""


class Served:
    """`knead serve` on a free port, with folders of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        kinds = ("CONFIG", "DATA", "STATE", "CACHE")
        folders = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in kinds}
        sessions = folder / "sessions"
        sessions.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self.env = os.environ | folders | {"KNEAD_SESSIONS": str(sessions), "HOME": str(folder)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kneadwave", "serve", "--port", "0", "--json", *words],
            stdout=subprocess.PIPE,
            text=True,
            env=self.env,
            cwd=folder,
        )
        assert self.process.stdout is not None
        self.said = json.loads(self.process.stdout.readline())
        self.host, _, self.token = self.said["url"].partition("://")[2].partition("/#token=")

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(LONG_S)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def knead(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Another call of the command line by the same person."""
        command = [sys.executable, "-m", "kneadwave", *words]
        return subprocess.run(
            command, env=self.env, cwd=self.folder, capture_output=True, text=True, check=False
        )

    def cushion(self, path: Path) -> "subprocess.Popen[bytes]":
        """A virtual cushion of the same person, plugged in at `path` until it is ended."""
        command = [sys.executable, "-m", "kneadwave", "virtual", "--path", str(path)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, env=self.env, cwd=self.folder, stdout=pipe, stderr=pipe)
        assert process.stdout is not None
        assert str(path) in process.stdout.readline().decode()
        waits_for_nobody(process.pid)
        return process

    def ask(
        self, path: str, body: object = None, *, method: str = "POST", **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """One request as a program sends it: status, headers in lower case, body."""
        line = http.client.HTTPConnection(self.host, timeout=LONG_S)
        sent = None if body is None else body if isinstance(body, bytes | str) else json.dumps(body)
        line.request(method, path, sent, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = line.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        text = answer.read().decode()
        line.close()
        return answer.status, told, text

    def size_of_page(self, language: str, *, house: bool = False) -> tuple[int, int]:
        """Bytes of every file of the page in one language, or of the page of the house: as they are sent, and
        as they lie."""
        sent, raw = 0, 0
        for path in sorted(each for each in STATIC.rglob("*") if each.is_file()):
            name = str(path.relative_to(STATIC))
            if path.suffix == ".json" and not path.stem.endswith(language):
                continue
            if name.startswith("house") if not house else not name.startswith(OF_THE_HOUSE):
                continue
            line = http.client.HTTPConnection(self.host, timeout=LONG_S)
            line.request("GET", f"/{name}", headers={"accept-encoding": "gzip"})
            sent += len(line.getresponse().read())
            raw += path.stat().st_size
            line.close()
        return sent, raw

    def client(self) -> "Client":
        """A program that is logged in by the token."""
        return Client(self)


class Client:
    """Logged in, with calls by POST."""

    def __init__(self, served: Served) -> None:
        self.served = served
        status, headers, text = served.ask(
            "/api/login", {"token": served.token}, origin=f"http://{served.host}"
        )
        assert status == 200, text
        self.role = json.loads(text)["role"]
        self.cookie = headers["set-cookie"].partition(";")[0]

    @property
    def headers(self) -> dict[str, str]:
        """What its page sends."""
        return {"origin": f"http://{self.served.host}", "cookie": self.cookie}

    def call(self, method: str, **params: Any) -> Any:
        """The result of a method; AssertionError with what was refused."""
        told = self.answer(method, **params)
        assert "error" not in told, told
        return told["result"]

    def answer(self, method: str, **params: Any) -> dict[str, Any]:
        """The whole answer to a call."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        status, _, text = self.served.ask("/api/rpc", request, **self.headers)
        assert status == 200, text
        answer: dict[str, Any] = json.loads(text)
        return answer

    def stop(self) -> dict[str, Any]:
        """The stop that has no body."""
        status, _, text = self.served.ask("/api/stop", **self.headers)
        assert status == 202, text
        asked: dict[str, Any] = json.loads(text)
        return asked

    def listen(self) -> "Listener":
        """A websocket."""
        return Listener(self)


class Listener:
    """A websocket: what is told, event by event."""

    def __init__(self, client: Client) -> None:
        self.frames: list[bytes] = []
        self.numbers: list[int] = []
        self.session = ""
        """The session whose deltas count."""
        self._client = client
        self._open = ExitStack()

    def __enter__(self) -> "Listener":
        client, host = self._client, self._client.served.host
        line = connect(
            f"ws://{host}/api/ws",
            origin=f"http://{host}",  # type: ignore[arg-type]
            additional_headers={"cookie": client.cookie},
            max_size=None,
        )
        self.socket: ClientConnection = self._open.enter_context(line)
        self.hello = json.loads(self.socket.recv(LONG_S))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def here(self) -> None:
        """Say that somebody is there."""
        self.socket.send("here")

    def until(self, event: str, *, here: bool = True, **fields: Any) -> dict[str, Any]:
        """The next delta of that name with these fields; whoever waits for it is there."""
        deadline = monotonic() + LONG_S
        seen: list[dict[str, Any]] = []
        while True:
            assert monotonic() < deadline, f"no {event} {fields} among {seen[-8:]}"
            if here:
                self.here()
            said = self.socket.recv(LONG_S)
            if isinstance(said, bytes):
                self.frames.append(said)
                continue
            told = json.loads(said)
            if "delta" not in told or told["session"] != self.session:
                continue
            self.numbers.append(told["number"])
            delta: dict[str, Any] = told["delta"]
            seen.append(delta)
            if delta["event"] == event and fields.items() <= delta.items():
                return delta
            assert delta["event"] != "end" or event == "end", delta


class Follower:
    """Somebody who watches a session all the time, in a thread, and tells whether anything was missed."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._frames: list[tuple[int, int]] = []
        self._end = Event()
        self._more = Condition()
        self._thread = Thread(target=self._follow, daemon=True)

    def __enter__(self) -> "Follower":
        asked = {"profile": "relaxing-back", "device": ["sim:"], "record": False}
        self._listening = ExitStack()
        self._line = self._listening.enter_context(self.client.listen())
        self.session = self._line.session = self.client.call("session.start", **asked)["session"]
        self._line.until("progress")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._listening.close()

    def stop(self) -> None:
        """Stop it over the line that is open already, and wait until the device is at rest."""
        if not self._end.is_set():
            self._end.set()
            self._thread.join(LONG_S)
            self._line.socket.send('{"jsonrpc":"2.0","method":"session.stop_all"}')
            self._line.until("stop", stop="confirmed")
            self.shifts = self._line.until("summary")["shifts"]
            """How often the session had to be moved because it was held up."""

    def plays_on(self, frames: int = 30, *, whole: bool = True) -> None:
        """Wait for so many frames more; AssertionError where one was missed until then.

        Where the session was held up, as on a busy computer, its time goes on, and no frame is missing.
        Not `whole`: this watcher may have missed some, as frames give way; the session has not.
        """
        with self._more:
            wanted = len(self._frames) + frames
            assert self._more.wait_for(lambda: len(self._frames) >= wanted, LONG_S), "no frames come any more"
            told = list(self._frames)
        times = [t for t, _ in told]
        assert times == sorted(set(times))
        assert not whole or not any(dropped for _, dropped in told)

    def _follow(self) -> None:
        while not self._end.is_set():
            self._line.here()
            said = self._line.socket.recv(LONG_S)
            if isinstance(said, bytes):
                with self._more:
                    self._frames += _heads(said, int(self.session))
                    self._more.notify_all()


def _heads(data: bytes, session: int) -> list[tuple[int, int]]:
    """Time in ms, and frames dropped before it, of every frame of a session in a message."""
    found, at = [], 0
    while at < len(data):
        of = int.from_bytes(data[at : at + 4], "little")
        t, count, dropped = HEADER.unpack_from(data, at + 4)
        if of == session:
            found.append((t, dropped))
        at += 4 + HEADER.size + 2 * count
    return found
