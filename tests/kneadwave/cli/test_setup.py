"""`knead setup`: shows first, writes on yes, replaces nobody else's file; every command has a man page."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kneadwave.cli.man_pages import man_pages

Knead = Callable[..., Any]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, and a shell."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SHELL", "/bin/bash")
    for kind in ("DATA", "CONFIG"):
        monkeypatch.delenv(f"XDG_{kind}_HOME", raising=False)
    return tmp_path


def files(home: Path) -> list[Path]:
    return sorted(path for path in home.rglob("*") if path.is_file())


def test_it_writes_nothing_unasked(knead: Knead, home: Path) -> None:
    ended = knead("setup", "completion", "man", "service")
    assert ended.code == 0
    assert ended.out.count("would be written") == 3
    assert "nothing was written" in ended.err
    assert files(home) == []


def test_it_prints_what_it_would_write(knead: Knead, home: Path) -> None:
    ended = knead("setup", "completion", "udev", "--print")
    assert "_knead_completion" in ended.out
    assert "ID_MM_DEVICE_IGNORE" in ended.out
    assert files(home) == []


@pytest.mark.parametrize(
    ("shell", "place"),
    [
        ("/bin/bash", ".local/share/bash-completion/completions/knead"),
        ("/usr/bin/zsh", ".local/share/zsh/site-functions/_knead"),
        ("/usr/bin/fish", ".config/fish/completions/knead.fish"),
        ("/bin/dash", ".local/share/bash-completion/completions/knead"),
    ],
)
def test_completion_is_that_of_the_shell(
    knead: Knead, home: Path, monkeypatch: pytest.MonkeyPatch, shell: str, place: str
) -> None:
    monkeypatch.setenv("SHELL", shell)
    assert knead("setup", "completion", "--yes").code == 0
    assert files(home) == [home / place]
    assert "_KNEAD_COMPLETE" in (home / place).read_text()


def test_what_lies_there_is_not_written_again(knead: Knead, home: Path) -> None:
    knead("setup", "completion", "man", "service", "--yes")
    assert len(files(home)) == len(man_pages()) + 2
    ended = knead("setup", "completion", "man", "service", "--yes")
    assert ended.out.count("is there already") == 3
    assert ": written" not in ended.out


def test_an_older_one_is_replaced_and_somebody_elses_is_not(knead: Knead, home: Path) -> None:
    knead("setup", "man", "--yes")
    page = home / ".local/share/man/man1/knead.1"
    page.write_text(page.read_text() + "older\n")
    assert knead("setup", "man", "--yes").code == 0
    assert "older" not in page.read_text()
    page.write_text("mine\n")
    assert knead("setup", "man", "--yes").code == 2
    assert page.read_text() == "mine\n"
    assert knead("setup", "man", "--yes", "--force").code == 0
    assert page.read_text() != "mine\n"


def test_a_service_stays_as_it_was_asked_for(
    knead: Knead, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`knead serve --install-unit` and `knead setup service` write one unit: neither undoes the other."""
    monkeypatch.setattr("kneadwave.cli.views.setup.somebody_there", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: "y")
    assert knead("serve", "--port", "9000", "--tls-key", "a b.pem", "--install-unit").code == 0
    service = home / ".config/systemd/user/kneadwave.service"
    installed = service.read_text()
    assert "--port=9000" in installed
    assert "is there already" in knead("setup", "service", "--yes").out
    service.write_text(installed.replace("RestartSec=2", "RestartSec=9"))
    assert knead("setup", "service", "--yes").code == 0
    assert service.read_text() == installed, "brought up to date, with its own words"
    assert knead("serve", "--port", "9001", "--install-unit").code == 0, "of our own kind: on yes, another"
    assert "--port=9001" in service.read_text()


def test_a_part_that_there_is_none_of_is_told(knead: Knead) -> None:
    assert knead("setup", "nothing").code == 2


def test_every_command_has_a_page_and_every_page_is_found_from_another() -> None:
    pages = man_pages()
    assert {"knead.1", "knead-run.1", "knead-tune-set.1", "knead-profile-check.1"} <= pages.keys()
    named = {f"{name}.1" for text in pages.values() for name in named_in(text)}
    assert named == pages.keys()


def named_in(page: str) -> list[str]:
    see_also = page.partition(".SH SEE ALSO\n")[2].replace("\\-", "-")
    return [
        each.removeprefix("\\fB").partition("\\fP")[0].replace("\\-", "-")
        for each in see_also.strip().split(", ")
    ]


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_pages_are_what_roff_takes() -> None:
    for name, text in man_pages().items():
        done = subprocess.run(
            ["groff", "-man", "-Tutf8", "-ww", "-z"], input=text, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), name
    assert "  knead run felt\\-check \\-\\-device sim:" in man_pages()["knead-run.1"]
