"""Who is no friend of the page: other sites in the same browser, floods, and what is too large.

Meanwhile a session plays. Nothing of it may be missed, nothing may move or stop, nothing may be shown.
"""

import http.client
import json
import os
import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pytest
from board_time import held_up_at_most
from page_client import LONG_S, Client, Follower, Served
from playwright.sync_api import Browser, Page, sync_playwright
from websockets.sync.client import connect

from kneadwave.dashboard.serve import CONNECTIONS_MAX

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pipes that never wait")

MANY_SOCKETS = 10_000
MUCH = 64 << 20


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture
def playing(served: Served) -> Iterator[Follower]:
    """Somebody who watches a session that plays, and who saw every frame of it at the end."""
    with Follower(served.client()) as follower:
        yield follower


@pytest.fixture(scope="module")
def evil() -> Iterator[str]:
    """Another site: pages by their path, as `PAGES` has them."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>evil</title><p>hello")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    site = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=partial(site.serve_forever, 0.05), daemon=True)
    thread.start()
    yield f"evil.test:{site.server_port}"
    site.shutdown()
    site.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        rules = "MAP evil.test 127.0.0.1"
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", f"--host-resolver-rules={rules}"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A browser that is logged in at the page."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.said["url"])
    page.wait_for_selector("#stop-state:not(:empty)")
    page.wait_for_selector("main h1")
    yield page
    context.close()


REACHES = """async (host) => {
  const told = {};
  for (const [path, body] of [
    ["/api/stop", ""],
    ["/api/rpc", '{"jsonrpc":"2.0","id":1,"method":"session.stop_all"}'],
  ]) {
    for (const mode of ["cors", "no-cors"]) {
      try {
        const sent = { method: "POST", credentials: "include", mode, body };
        const answer = await fetch(`http://${host}${path}`, sent);
        told[mode + path] = answer.type === "opaque" ? "unseen" : answer.status;
      } catch { told[mode + path] = "refused"; }
    }
  }
  try {
    const answer = await fetch(`http://${host}/api/openrpc.json`, { credentials: "include" });
    told.read = answer.status;
  } catch { told.read = "refused"; }
  told.socket = await new Promise((done) => {
    const line = new WebSocket(`ws://${host}/api/ws`);
    line.onopen = () => done("open");
    line.onerror = () => done("refused");
  });
  return told;
}"""


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_another_site_reaches_nothing(
    playing: Follower, page: Page, evil: str, served: Served, name: str
) -> None:
    page.goto(f"http://{evil}/")
    told = page.evaluate(REACHES, served.host.replace("127.0.0.1", name))
    assert told.pop("no-cors/api/stop") in ("unseen", "refused")
    assert told.pop("no-cors/api/rpc") in ("unseen", "refused")
    assert set(told.values()) == {"refused"}
    playing.plays_on()


def test_a_form_of_another_site_does_nothing(
    playing: Follower, page: Page, evil: str, served: Served
) -> None:
    page.goto(f"http://{evil}/")
    with page.expect_navigation():
        page.evaluate(
            """(host) => {
              document.body.innerHTML = `<form method="post" enctype="text/plain" action="http://${host}/api/stop">`;
              document.forms[0].submit();
            }""",
            served.host,
        )
    assert "only this server's own page" in page.inner_text("body")
    playing.plays_on()


def test_a_name_that_was_rebound_shows_and_moves_nothing(
    playing: Follower, page: Page, served: Served
) -> None:
    port = served.host.partition(":")[2]
    answer = page.goto(f"http://evil.test:{port}/")
    assert answer is not None
    assert answer.status == 421
    told = page.evaluate(REACHES, f"evil.test:{port}")
    assert told.pop("read") == 421
    assert told.pop("socket") == "refused"
    assert set(told.values()) == {421}
    playing.plays_on()


def test_it_is_in_no_frame(playing: Follower, page: Page, evil: str, served: Served) -> None:
    page.goto(f"http://{evil}/")
    page.evaluate(
        """(host) => new Promise((done) => {
          const frame = document.createElement("iframe");
          frame.onload = done;
          frame.src = `http://${host}/`;
          document.body.append(frame);
        })""",
        served.host,
    )
    inner = page.frames[1]
    inner.wait_for_load_state()
    assert "stopbar" not in inner.content()
    assert not inner.url.startswith("http://127")
    playing.plays_on()


def test_the_page_of_a_recording_reaches_nothing(page: Page, served: Served) -> None:
    (served.folder / "data" / "kneadwave" / "recordings").mkdir(parents=True)
    told = served.knead("simulate", "felt-check", "--record", "data/kneadwave/recordings/run.jsonl")
    assert told.returncode == 0, told.stderr
    answer = page.goto(f"http://{served.host}/api/recordings/run.jsonl")
    assert answer is not None
    assert answer.status == 200
    assert page.title() != ""
    assert page.evaluate("window.origin") == "null"
    told_by = page.evaluate(REACHES, served.host)
    assert set(told_by.values()) <= {"refused", "unseen"}
    page.goto(f"http://{served.host}/api/recordings/..%2F..%2Frun.jsonl")
    assert "error" in page.inner_text("body") or "Not Found" in page.inner_text("body")
    assert served.ask("/api/recordings/run.jsonl", method="GET")[0] == 401


def test_no_script_reads_the_cookie(page: Page) -> None:
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("location.hash + location.href").find("token") == -1


def test_a_cookie_that_was_stolen_serves_no_other_origin_and_no_time_after(
    playing: Follower, page: Page, served: Served
) -> None:
    (cookie,) = page.context.cookies()
    stolen = {"cookie": f"{cookie['name']}={cookie['value']}"}
    assert served.ask("/api/stop", origin="http://evil.test", **stolen)[0] == 403
    assert served.ask("/api/stop", **stolen)[0] == 403
    page.evaluate("fetch('/api/logout', { method: 'POST' })")
    page.wait_for_selector("nav", state="detached")
    assert served.ask("/api/stop", origin=f"http://{served.host}", **stolen)[0] == 401
    playing.plays_on()


def test_ten_thousand_sockets_starve_nobody(playing: Follower, served: Served) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(MANY_SOCKETS, hard - 256) if hard != resource.RLIM_INFINITY else MANY_SOCKETS
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted + 256), hard))
    host, _, port = served.host.partition(":")
    with ExitStack() as open_sockets:
        opened = 0
        for _ in range(wanted):
            with suppress(OSError):
                line = socket.socket()
                open_sockets.callback(line.close)
                line.setblocking(False)
                line.connect_ex((host, int(port)))
                opened += 1
        assert opened > wanted * 0.9
        playing.plays_on(whole=False)
        (player,) = psutil.Process(served.process.pid).children()
        held_up = held_up_at_most(player.pid)
        playing.stop()
    assert playing.shifts <= held_up, "it was held up by more than other programs"


def test_a_stop_is_heard_where_every_connection_is_taken(served: Served) -> None:
    client = served.client()
    host, _, port = served.host.partition(":")
    asked = {"profile": "felt-check", "device": ["sim:"], "record": False}
    with client.listen() as listener, ExitStack() as taken:
        listener.session = client.call("session.start", **asked)["session"]
        listener.until("progress")
        for _ in range(CONNECTIONS_MAX + 8):
            taken.enter_context(socket.create_connection((host, int(port))))
        while served.ask("/", method="GET")[0] != 503:
            pass
        assert served.ask("/api/rpc", {}, **client.headers)[0] == 503
        assert client.stop() == {"asked": [listener.session]}
        listener.until("stop", stop="confirmed")


def test_who_never_reads_is_let_go_and_holds_nobody_up(playing: Follower, served: Served) -> None:
    client = served.client()
    ask = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "body.map"})
    line = socket.create_connection(served.host.split(":"))  # type: ignore[arg-type]
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with line:
        handshake = (
            f"GET /api/ws HTTP/1.1\r\nHost: {served.host}\r\nOrigin: http://{served.host}\r\n"
            f"Cookie: {client.cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        line.sendall(handshake.encode())
        masked = bytes([0x81, 0x80 | len(ask)]) + bytes(4) + ask.encode()
        line.settimeout(0.5)
        with suppress(OSError):  # nobody takes it any more
            for _ in range(4000):
                line.sendall(masked)
        playing.plays_on()


def test_much_json_is_not_read(playing: Follower, served: Served) -> None:
    client = served.client()
    with suppress(ConnectionError):  # told while it is still being sent
        assert served.ask("/api/rpc", b"[" * MUCH, **client.headers)[0] == 413
    playing.plays_on()
    line = http.client.HTTPConnection(served.host, timeout=LONG_S)
    with suppress(OSError, http.client.HTTPException):
        chunks = (b"[" * (1 << 20) for _ in range(64))
        line.request("POST", "/api/rpc", chunks, client.headers, encode_chunked=True)
        assert line.getresponse().status >= 400
    line.close()
    playing.plays_on()


def test_much_json_by_a_websocket_is_not_read(playing: Follower, served: Served) -> None:
    client = served.client()
    with (
        suppress(Exception),
        connect(
            f"ws://{served.host}/api/ws",
            origin=f"http://{served.host}",  # type: ignore[arg-type]
            additional_headers={"cookie": client.cookie},
        ) as line,
    ):
        line.send("[" * (1 << 24))
        while True:
            line.recv(LONG_S)
    playing.plays_on()


def test_the_server_is_as_large_as_before(served: Served) -> None:
    status = Path(f"/proc/{served.process.pid}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    assert peak < 200 * 1024, f"{peak} kB"


def test_others_still_get_in(served: Served) -> None:
    assert Client(served).call("session.list") is not None
