"""Who is let in: names of the host, origins, cookies, sizes, attempts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_client import Client, Served
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

LONG = 1 << 21
SENT_MAX = 60_000
"""Bytes of every file of the page that one browser may ask for, as they are sent."""
HOUSE_SENT_MAX = 30_000
"""Of the page of the house, whichever page was seen before."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture(scope="module")
def client(served: Served) -> Client:
    return served.client()


REQUEST = {"jsonrpc": "2.0", "id": 1, "method": "session.list"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": ""}, 403),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1"}, 403),
        ({"origin": "http://127.0.0.1:1"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"host": "evil.test"}, 421),
        ({"host": "127.0.0.1"}, 421),
        ({"cookie": ""}, 401),
        ({"cookie": "kneadwave-8642=somebody-else"}, 401),
    ],
)
@pytest.mark.parametrize("path", ["/api/rpc", "/api/stop"])
def test_what_changes_something_is_asked_by_its_own_page_alone(
    served: Served, client: Client, path: str, headers: dict[str, str], status: int
) -> None:
    sent = {name: value for name, value in (client.headers | headers).items() if value}
    if "host" in headers:  # its page has that name, too: the name was rebound
        sent["origin"] = f"http://{headers['host']}"
    wanted = 202 if status == 200 and path == "/api/stop" else status
    assert served.ask(path, REQUEST, **sent)[0] == wanted


def test_a_page_that_came_by_another_scheme_is_another(served: Served, client: Client) -> None:
    for origin in (f"https://{served.host}", f"app://{served.host}", served.host):
        assert served.ask("/api/stop", **client.headers | {"origin": origin})[0] == 403


@pytest.mark.parametrize("path", ["/", "/main.js", "/healthz", "/metrics", "/api/openrpc.json", "/nothing"])
def test_what_can_be_read_is_for_the_names_of_this_server_and_in_no_frame(served: Served, path: str) -> None:
    status, headers, _ = served.ask(path, method="GET")
    assert status == (404 if path == "/nothing" else 200)
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
    assert served.ask(path, method="GET", host="evil.test")[0] == 421


@pytest.mark.parametrize(
    ("path", "method"),
    [("/api/rpc", "GET"), ("/api/stop", "GET"), ("/api/login", "GET"), ("/api/rpc", "PUT")],
)
def test_nothing_is_done_by_another_method(served: Served, client: Client, path: str, method: str) -> None:
    assert served.ask(path, method=method, **client.headers)[0] in (404, 405)


@pytest.mark.parametrize("origin", [None, "http://evil.test", "null"])
def test_a_websocket_is_opened_by_its_own_page_alone(
    served: Served, client: Client, origin: str | None
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://{served.host}/api/ws", origin=origin, additional_headers={"cookie": client.cookie})
    assert refused.value.response.status_code == 403


def test_a_websocket_without_a_cookie_is_told_to_log_in(served: Served) -> None:
    with (
        connect(f"ws://{served.host}/api/ws", origin=f"http://{served.host}") as line,
        pytest.raises(ConnectionClosed) as closed,
    ):
        line.recv(30)
    assert closed.value.rcvd.code == 4401


def test_a_cookie_that_logged_out_counts_no_more(served: Served) -> None:
    gone = served.client()
    with gone.listen() as line:
        assert served.ask("/api/logout", **gone.headers)[0] == 200
        assert served.ask("/api/rpc", REQUEST, **gone.headers)[0] == 401
        with pytest.raises(ConnectionClosed):
            line.until("never")


def test_who_logged_out_hears_no_more_though_it_says_nothing(served: Served) -> None:
    gone = served.client()
    with gone.listen() as line:
        assert served.ask("/api/logout", **gone.headers)[0] == 200
        with pytest.raises(ConnectionClosed) as closed:
            line.until("never", here=False)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


def test_what_is_no_text_ends_the_line_and_nothing_else(client: Client) -> None:
    with client.listen() as line:
        line.socket.send(b"here")
        with pytest.raises(ConnectionClosed):
            line.until("never", here=False)
    assert client.call("session.list") == []


def test_a_browser_has_so_many_calls_under_way_and_no_more_but_a_stop(client: Client) -> None:
    def sent(method: str, number: int) -> str:
        return json.dumps({"jsonrpc": "2.0", "id": number, "method": method})

    with client.listen() as line:
        for number in range(17):
            line.socket.send(sent("rules.list", number))
        line.socket.send(sent("session.stop_all", 99))
        answers = {}
        while 99 not in answers:
            told = json.loads(line.socket.recv(30))
            if "answer" in told:
                answers[told["answer"]["id"]] = told["answer"]
    assert answers[16]["error"]["code"] == -32003
    assert answers[99]["result"] is None


def test_a_cookie_is_kept_from_scripts_and_from_other_sites(served: Served) -> None:
    body = {"token": served.token}
    _, headers, text = served.ask("/api/login", body, origin=f"http://{served.host}")
    said = headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=strict" in said
    assert served.token not in text


def test_another_server_of_this_host_has_a_cookie_and_a_token_of_its_own(
    tmp_path: Path, served: Served, client: Client
) -> None:
    with Served(tmp_path) as other:
        theirs = other.client()
    assert theirs.cookie.partition("=")[0] != client.cookie.partition("=")[0]
    both = client.headers | {"cookie": f"{theirs.cookie}; {client.cookie}"}
    assert served.ask("/api/rpc", REQUEST, **both)[0] == 200
    assert Path(served.said["token_file"]).name != Path(other.said["token_file"]).name


def test_the_token_lies_where_its_user_alone_can_read_it(served: Served) -> None:
    path = Path(served.said["token_file"])
    assert path.read_text().strip() == served.token
    assert path.stat().st_mode & 0o077 == 0


def test_what_leads_a_browser_there_is_for_its_user_alone_and_goes_with_the_server(tmp_path: Path) -> None:
    with Served(tmp_path) as other:
        token = Path(other.said["token_file"])
        way_in = token.with_name(token.name.replace("token", "open") + ".html")
        assert other.said["url"] in way_in.read_text(encoding="utf-8")
        assert way_in.stat().st_mode & 0o077 == 0
    assert not token.exists()
    assert not way_in.exists()


@pytest.mark.parametrize("language", ["en", "de"])
def test_everything_that_a_browser_is_sent_is_small(served: Served, language: str) -> None:
    """Every page of it, in one language."""
    sent, raw = served.size_of_page(language)
    assert sent < SENT_MAX
    assert served.size_of_page(language, house=True)[0] < HOUSE_SENT_MAX
    assert sent < raw  # it is compressed


def test_what_is_too_long_is_refused_before_it_is_read(served: Served, client: Client) -> None:
    long = b'"' + b"a" * LONG + b'"'
    assert served.ask("/api/rpc", long, **client.headers)[0] == 413
    with client.listen() as line:
        line.socket.send(long.decode())
        with pytest.raises(ConnectionClosed):
            line.until("never", here=False)
    assert client.call("session.list") == []


def test_a_file_outside_the_page_is_not_handed_out(served: Served) -> None:
    for path in ("/../page.py", "/%2e%2e/page.py", "/..%2fpage.py", "//etc/passwd"):
        assert served.ask(path, method="GET")[0] in (400, 404)


def test_wrong_passwords_are_soon_heard_no_more_and_the_token_always(tmp_path: Path) -> None:
    with Served(tmp_path) as other:
        own = {"origin": f"http://{other.host}"}
        told = [other.ask("/api/login", {"password": f"guess {n}"}, **own) for n in range(7)]
        assert [status for status, _, _ in told] == [403] * 5 + [429] * 2
        assert 0 < int(told[-1][1]["retry-after"]) <= 61
        assert "attempts" in json.loads(told[-1][2])["error"]
        assert [other.ask("/api/login", {"token": "guess"}, **own)[0] for _ in range(7)] == [403] * 7
        assert other.client().role == "practitioner"
