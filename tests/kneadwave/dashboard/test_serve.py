"""Where the page may be served, and how: never in the open without a password and TLS."""

import logging
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from page_client import Served

from kneadwave.dashboard import serve as page
from kneadwave.dashboard.roles import (
    AccessKeys,
    Role,
    keep_token,
    keep_way_in,
    load_passwords,
    set_password,
)
from kneadwave.dashboard.serve import JsonLine, ServerOptions
from kneadwave.errors import UsageError


def never(*_: object) -> None:
    raise AssertionError("it was served")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of its own making, as a house has one."""
    key, made = tmp_path / "house.key", tmp_path / "house.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost"
    command = ["openssl", *words.split(), "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_beyond_this_computer_it_is_for_who_knows_a_password(host: str) -> None:
    with pytest.raises(UsageError, match="those who know a password"):
        page.serve(ServerOptions(host=host, port=0), never)


def test_a_password_is_not_sent_in_the_open() -> None:
    set_password(Role.OPERATOR, "a long enough one")
    with pytest.raises(UsageError, match="in the open"):
        page.serve(ServerOptions(host="0.0.0.0", port=0), never)


def test_behind_a_proxy_it_needs_a_password_too() -> None:
    with pytest.raises(UsageError, match="those who know a password"):
        page.serve(ServerOptions(proxy="massage.example", port=0), never)


@pytest.mark.parametrize("host", ["127.0.0.2", "::1", "localhost"])
def test_the_address_that_is_told_is_answered(tmp_path: Path, host: str) -> None:
    try:
        socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError:
        pytest.skip(f"this computer has no {host}")
    with Served(tmp_path, "--host", host) as served:
        assert served.ask("/", method="GET")[0] == 200


@pytest.mark.parametrize(
    ("host", "name"), [("127.0.0.1", "massage.example"), ("0.0.0.0", "massage.example:8443")]
)
def test_behind_a_proxy_the_address_that_is_told_is_the_proxys(host: str, name: str) -> None:
    told = []

    def tell(url: str, *_: Path) -> None:
        told.append(url)
        raise RuntimeError("that is enough")

    set_password(Role.OPERATOR, "a long enough one")
    with pytest.raises(SystemExit):
        page.serve(ServerOptions(host=host, proxy=name, port=0), tell)
    assert [url.partition("#")[0] for url in told] == [f"https://{name}/"]


def test_a_port_that_is_taken_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"127.0.0.1:{number}: another program listens there"):
            page.serve(ServerOptions(port=number), never)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "999.1.1.1", "a" * 300])
def test_an_address_that_is_none_is_said_so(host: str, certificate: tuple[Path, Path]) -> None:
    made, key = certificate
    set_password(Role.OPERATOR, "a long enough one")
    with pytest.raises(UsageError, match=f"^{host}:0: "):
        page.serve(ServerOptions(host=host, port=0, certificate=made, key=key), never)


def test_a_certificate_needs_its_key(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    made, _ = certificate
    with pytest.raises(UsageError, match="needs its key"):
        page.serve(ServerOptions(certificate=made, port=0), never)
    with pytest.raises(UsageError, match="is no file"):
        page.serve(ServerOptions(certificate=made, key=tmp_path / "gone", port=0), never)


def test_what_is_no_certificate_is_said_so(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    with pytest.raises(UsageError, match="no certificate that can be used"):
        page.serve(ServerOptions(certificate=wrong, key=wrong, port=0), never)


def test_by_tls_the_cookie_is_for_tls_alone(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    import http.client
    import json
    import ssl

    made, key = certificate
    with Served(tmp_path / "served", "--tls-cert", str(made), "--tls-key", str(key)) as served:
        assert served.said["url"].startswith("https://")
        trusting = ssl.create_default_context(cafile=made)
        trusting.check_hostname = False
        line = http.client.HTTPSConnection(served.host, context=trusting, timeout=30)
        origin = {"origin": f"https://{served.host}"}
        line.request("POST", "/api/login", json.dumps({"token": served.token}), origin)
        answer = line.getresponse()
        assert answer.status == 200
        assert "secure" in answer.getheader("set-cookie", "").lower()
        line.close()


def test_a_password_lets_in_by_its_role_and_no_other() -> None:
    set_password(Role.VIEWER, "only to look on")
    set_password(Role.OPERATOR, "to play a session")
    keys = AccessKeys(load_passwords())
    for said, role in (("only to look on", Role.VIEWER), ("to play a session", Role.OPERATOR)):
        assert keys.role_of(keys.by_password(said, 0.0), 1.0) is role
    assert keys.by_password("something else", 0.0) is None
    assert keys.by_password("", 0.0) is None


def test_a_cookie_counts_for_half_a_day_since_its_browser_last_asked_for_something() -> None:
    keys = AccessKeys()
    day = 24 * 3600.0
    cookie = keys.by_token(keys.token, 0.0)
    assert keys.role_of(cookie, day / 2) is Role.PRACTITIONER
    assert keys.role_of(cookie, day / 2 + 1) is None
    assert keys.used(cookie, day / 2) is Role.PRACTITIONER
    assert keys.role_of(cookie, day) is Role.PRACTITIONER
    assert keys.used(cookie, day + 1) is None
    assert keys.role_of(cookie, day + 1) is None
    assert keys.used(None, 0.0) is None


def test_a_browser_is_started_with_a_file_that_its_user_alone_can_read(
    knead: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def opens(url: str) -> None:
        path = Path(urlsplit(url).path)
        opened.append((url, path.read_text(encoding="utf-8"), path.stat().st_mode & 0o077))

    def serves(_: ServerOptions, tell: Any) -> None:
        url = "http://127.0.0.1:1/#token=secret"
        tell(url, keep_token("secret", 1), keep_way_in(url, 1))

    monkeypatch.setattr("webbrowser.open", opens)
    monkeypatch.setattr("kneadwave.dashboard.serve.serve", serves)
    assert knead("serve", "--open").code == 0
    ((url, text, others),) = opened
    assert url.startswith("file:///")
    assert "secret" not in url
    assert "url=http://127.0.0.1:1/#token=secret" in text
    assert others == 0


def test_wrong_passwords_are_slow_and_keep_nobody_with_the_token_out() -> None:
    keys = AccessKeys({Role.OPERATOR: "no hash"})
    for n in range(5):
        assert keys.by_password("guess", float(n)) is None
    assert keys.wait_s(5.0) == 55.0
    assert keys.by_token("guess", 5.0) is None
    assert keys.role_of(keys.by_token(keys.token, 5.0), 5.0) is Role.PRACTITIONER
    assert keys.wait_s(60.0) == 0.0


def test_a_viewer_logs_out_nobody_who_plays() -> None:
    set_password(Role.VIEWER, "only to look on")
    keys = AccessKeys(load_passwords())
    operator = keys.by_token(keys.token, 0.0)
    first = keys.by_password("only to look on", 0.0)
    for _ in range(255):
        keys.by_token(keys.token, 0.0)
    assert keys.role_of(first, 0.0) is None
    assert keys.role_of(operator, 0.0) is not None


def test_the_oldest_browser_is_logged_out_where_there_are_too_many() -> None:
    keys = AccessKeys()
    cookies = [keys.by_token(keys.token, 0.0) for _ in range(257)]
    assert keys.role_of(cookies[0], 0.0) is None
    assert keys.role_of(cookies[1], 0.0) is not None


@pytest.mark.parametrize("text", ["[]", "{", '{"king": "x"}', '"x"', "3"])
def test_a_file_of_passwords_that_is_none_is_said_so(text: str) -> None:
    set_password(Role.VIEWER, "only to look on")
    path = next(Path.cwd().rglob("passwords.json"))
    assert path.stat().st_mode & 0o077 == 0
    assert "only to look on" not in path.read_text()
    path.write_text(text)
    with pytest.raises(UsageError, match="no passwords of this page"):
        load_passwords()


def test_a_password_that_is_soon_guessed_is_not_taken() -> None:
    with pytest.raises(UsageError, match="10 characters"):
        set_password(Role.VIEWER, "short")
    assert load_passwords() == {}


def test_a_line_of_the_log_is_an_object() -> None:
    import json

    try:
        raise ValueError("told")
    except ValueError:
        record = logging.LogRecord("uvicorn", logging.WARNING, "", 0, "it %s", ("broke",), sys.exc_info())
    line = json.loads(JsonLine().format(record))
    assert line["level"] == "warning"
    assert line["said"] == "it broke"
    assert "ValueError: told" in line["error"]


def test_a_password_is_asked_for_at_a_terminal_alone(knead: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert knead("serve", "--set-password", "viewer").code == 2
    monkeypatch.setattr("kneadwave.cli.terminal.prompts.somebody_there", lambda: True)
    said = iter(["only to look on", "only to look at"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(said))
    ended = knead("serve", "--set-password", "viewer")
    assert ended.code == 2
    assert "two different ones" in ended.err
    monkeypatch.setattr("getpass.getpass", lambda _: "only to look on")
    assert knead("serve", "--set-password", "viewer").code == 0
    assert set(load_passwords()) == {Role.VIEWER}


@pytest.mark.parametrize("words", [("--pause-after", "4"), ("--stop-after", "31"), ("--port", "70000")])
def test_nobody_is_left_alone_for_longer(knead: Any, words: tuple[str, str]) -> None:
    assert knead("serve", *words).code == 2


def test_without_the_extra_it_says_what_to_install(knead: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "kneadwave.dashboard.serve", raising=False)
    ended = knead("serve")
    assert ended.code == 2
    assert "pip install 'kneadwave[web]'" in ended.err


def test_the_command_knows_no_server_until_it_is_called() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import kneadwave.cli.serve, sys; print('uvicorn' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "False"
