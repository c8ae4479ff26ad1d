"""The unit for systemd that serves the page, and which broker a page may show."""

import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from kneadwave.dashboard import serve as page


def test_a_unit_for_systemd_is_shown_and_nothing_written_where_nobody_says_yes(knead: Any) -> None:
    ended = knead("serve", "--install-unit")
    assert ended.code == 0
    assert "ExecStart=" in ended.out
    assert "-m kneadwave serve" in ended.out
    assert "StandardOutput=null" in ended.out
    assert "nothing was written" in ended.err
    assert not list(Path.cwd().rglob("kneadwave.service"))


def test_a_unit_that_is_there_stays(knead: Any) -> None:
    page.unit_path().parent.mkdir(parents=True)
    page.unit_path().write_text("mine")
    ended = knead("serve", "--install-unit")
    assert ended.code == 2
    assert "--force" in ended.err
    assert page.unit_path().read_text() == "mine"


def test_a_unit_is_written_on_yes(knead: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kneadwave.cli.views.setup.somebody_there", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    ended = knead("serve", "--install-unit")
    assert "systemctl --user enable --now kneadwave" in ended.out
    command = (
        f"{sys.executable} -m kneadwave serve --host=127.0.0.1 --port=8642 --pause-after=3 --stop-after=30"
    )
    assert f"ExecStart={command}\n" in page.unit_path().read_text()


def test_a_unit_serves_as_it_was_asked_for(knead: Any) -> None:
    more = [
        "--kiosk",
        "--host",
        "0.0.0.0",
        "--port",
        "9000",
        "--pause-after",
        "1.5",
        "--tls-cert",
        "a house.pem",
    ]
    text = knead("serve", *more, "--tls-key", "house.key", "--install-unit").out
    (line,) = [each.partition("=")[2] for each in text.splitlines() if each.startswith("ExecStart=")]
    assert shlex.split(line)[4:] == [
        "--host=0.0.0.0",
        "--port=9000",
        f"--tls-cert={Path.cwd() / 'a house.pem'}",
        f"--tls-key={Path.cwd() / 'house.key'}",
        "--kiosk",
        "--pause-after=1.5",
        "--stop-after=30",
    ]


def test_a_word_of_a_unit_is_taken_as_it_is() -> None:
    text = page.unit(["/opt/a b/python", "100%", "$HOME", 'say "it"'])
    assert 'ExecStart="/opt/a b/python" 100%% $$HOME "say \\"it\\""\n' in text


def test_the_unit_names_the_broker_and_where_its_secrets_lie_from_any_folder(knead: Any) -> None:
    Path("broker.txt").write_text("secret")
    more = ("--broker", "mqtts://me@house", "--password-file", "broker.txt", "--ca", "house.pem")
    text = knead("serve", *more, "--install-unit").out
    for word in (
        "--broker=mqtts://me@house",
        f"--password-file={Path('broker.txt').resolve()}",
        f"--ca={Path('house.pem').resolve()}",
    ):
        assert word in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--broker", "mqtt://house", "--kiosk"), "a kiosk shows one device"),
        (("--password-file", "broker.txt"), "of which broker?"),
        (("--broker", "http://house"), "no address of a broker"),
    ],
)
def test_a_broker_that_cannot_be_shown_is_refused(knead: Any, words: tuple[str, ...], why: str) -> None:
    ended = knead("serve", *words)
    assert (ended.code, why in ended.err) == (2, True)
