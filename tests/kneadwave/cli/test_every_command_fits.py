"""Whatever a command prints on a terminal is broken at spaces alone, and in no command that is copied."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from foreign_files import funscript
from people import make_recipient, screened
from recorded_runs import by_device
from widths import too_long

from kneadwave.cli.commands import COMMANDS, load
from kneadwave.cli.terminal.command_text import commands_in

Knead = Callable[..., Any]
EVENING = ("profile new evening --from relaxing-back",)
EDITED = (*EVENING, "tune set evening.toml 8 20%=0.9 80%=0.65")
UNDONE = (*EDITED, "tune undo evening.toml")
SONG = "song.funscript"
BOARD = "tcode:/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0"
PORT = "/dev/serial/by-id/usb-Arduino_0043_7583733373135120F1A1-if00"
LONG_OUT = "--out a-folder-with-a-name-of-some-length/and-another-one-in-it.toml"

RUN: dict[str, tuple[str, ...]] = {
    "simulate": ("simulate felt-check --on hf8", "simulate felt-check --fault drop=5%"),
    "run": (
        "run felt-check --device sim:",
        "run nothing-of-that-name",
        "run child --device sim:",
        "run --resume",
        "run abdomen --offer",
    ),
    "set": ("set lumbar 30% --for 2s --device sim:", "set lumbar 30%", "set knee 30% --for 2s --device sim:"),
    "report": ("report run.jsonl", "report run.jsonl --html run.html", "report none.jsonl"),
    "serve": ("serve --tls-cert a.pem", "serve --host 0.0.0.0 --port 0"),
    "mqtt": (
        "mqtt --broker mqtt://",
        "mqtt --broker mqtt://a:b@home",
        "mqtt --broker mqtt://home --device sim:",
    ),
    "fleet list": ("fleet list", "fleet list --broker mqtt://127.0.0.1:9"),
    "fleet watch": ("fleet watch --broker http://home",),
    "fleet stop": ("fleet stop", "fleet stop --all --broker mqtt://127.0.0.1:9"),
    "fleet bench": ("fleet bench 0", "fleet bench 2 --on none"),
    "fleet run": ("fleet run kw0001 relaxing-back --broker mqtt://127.0.0.1:9",),
    "store prepare": ("store prepare postgresql://a@/b?host=/nowhere", "store prepare files"),
    "store copy": ("store copy files sqlite:///nowhere/a/b", "store copy files files", "store copy a b"),
    "study": (
        "study --out study --profile felt-check --on seat-pad-8 --variants 2",
        "study --out study --profile none",
    ),
    "screen": ("screen --recipient me", "screen --answers none.toml", "screen --recipient bob"),
    "history": ("history", "history verify", "history --repair"),
    "virtual": ("virtual --path nowhere/cushion", "virtual --as nothing"),
    "stop": ("stop", "stop --device /dev/none"),
    "rules": ("rules", "rules 84", "rules kidney", "rules 400"),
    "config show": ("config show",),
    "doctor": ("doctor",),
    "setup": ("setup", "setup completion --yes"),
    "profile list": ("profile list", "profile list --for pregnancy", "profile list --on seat-pad-8"),
    "profile show": ("profile show relaxing-back", "profile show child"),
    "profile check": ("profile check shoulder-relief --on seat-pad-8", "profile check child"),
    "profile new": ("profile new my-evening-for-the-lower-back-and-legs", "profile new Mine"),
    "profile import": (f"profile import {SONG}", f"profile import {SONG} --technique kneading --rate 90"),
    "profile export": ("profile export relaxing-back --as funscript --zone lumbar --out x.funscript",),
    "firmware build": ("firmware build mage",),
    "firmware flash": (f"firmware flash uno --device {PORT}", "firmware flash uno", "firmware flash pico"),
    "device list": ("device list",),
    "device show": ("device show hf8", "device show --device foo:bar"),
    "device scan": ("device scan",),
    "device new": (
        f"device new my-board --device {BOARD}",
        f"device new my-board --device {BOARD} --answers places.toml {LONG_OUT}",
        f"device new my-board --device {BOARD} --answers none.toml",
        "device new my-board --device /dev/ttyACM0",
    ),
    "device forget": (f"device forget {BOARD}",),
    "recipient new": ("recipient new anna --adult --stature 174", "recipient new anna --adult"),
    "recipient list": ("recipient list",),
    "recipient show": ("recipient show me",),
    "recipient use": ("recipient use me",),
    "recipient change": ("recipient change me --pain lumbar=6 --pain shoulder-left=4",),
    "recipient export": ("recipient export me",),
    "recipient delete": ("recipient delete me",),
    "recipient rename": ("recipient rename me anna",),
    "tune show": ("tune show evening.toml", "tune show evening.toml 8", "tune show evening.toml 99"),
    "tune set": ("tune set evening.toml 8 40%=0.7", "tune set evening.toml 1 40%=1"),
    "tune add": ("tune add evening.toml 8 30%",),
    "tune rm": ("tune rm evening.toml 8 20%",),
    "tune shift": ("tune shift evening.toml 8 -5%",),
    "tune scale": ("tune scale evening.toml 8 90%",),
    "tune smooth": ("tune smooth evening.toml 8 --times 3",),
    "tune preset": ("tune preset evening.toml 5 light-strong-light",),
    "tune copy": ("tune copy evening.toml 5 8",),
    "tune rate": ("tune rate evening.toml 8 48", "tune rate evening.toml 8 72"),
    "tune number": ("tune number evening.toml 8 radius 20", "tune number evening.toml 8 level 90%"),
    "tune undo": ("tune undo evening.toml", "tune undo evening.toml 9"),
    "tune redo": ("tune redo evening.toml",),
    "tune history": ("tune history evening.toml",),
    "tune diff": ("tune diff evening.toml",),
    "tune save": ("tune save evening.toml", "tune save evening.toml --as relaxing-back"),
    "tune discard": ("tune discard evening.toml",),
    "tune restore": ("tune restore evening.toml 0", "tune restore evening.toml 9"),
    "tune preview": ("tune preview evening.toml 8 --device /dev/none",),
    "tune ab": ("tune ab evening.toml 8 --device sim:",),
    "tune sweep": ("tune sweep evening.toml 8 rate --from 30 --to 50 --device sim:",),
    "tune fit": ("tune fit evening.toml --from run.jsonl",),
    "tune robust": ("tune robust felt-check --variants 2 --jobs 1",),
    "tune edit": ("tune edit evening.toml 8",),
    "tune calibrate": ("tune calibrate seat-pad-8 --device /dev/none",),
    "tune response": ("tune response seat-pad-8",),
}
"""Every command, as it is called with the files that `prepared` lays out; what it refuses, too."""
AS_IT_IS = {"profile schema", "device udev"}
"""What they print is a file."""
CUT = ("...", "..", "…")
"""What stands where the end of a name has no room."""


def leaves(command: Any, name: str) -> Iterator[str]:
    below = getattr(command, "commands", {})
    yield from () if below else (name,)
    for each in below.values():
        yield from leaves(each, f"{name} {each.name}")


def test_every_command_is_looked_at() -> None:
    there = {name for top in COMMANDS for name in leaves(load(top), top)}
    assert there == RUN.keys() | AS_IT_IS


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knead: Knead, wall: Any) -> Callable[..., None]:
    """A folder with what the commands are about, of a name as long as every other one."""
    by_device(tmp_path / "run.jsonl")

    def prepare(name: str, command: str) -> None:
        folder = tmp_path / name
        for home in ("config", "data", "state"):
            monkeypatch.setenv(f"XDG_{home.upper()}_HOME", str(folder / home))
        folder.mkdir()
        monkeypatch.chdir(folder)
        make_recipient(first_session=True, pain={"lumbar": 4})
        screened("me", now=wall())
        Path("run.jsonl").write_bytes((tmp_path / "run.jsonl").read_bytes())
        Path(SONG).write_text(json.dumps(funscript((0, 20), (900, 90), (30000, 40))), encoding="utf-8")
        Path("places.toml").write_text(
            'schema = 1\nchannels = 2\n[channel.0]\nplace = "thigh-left"\n[channel.1]\noff = "torn"\n',
            encoding="utf-8",
        )
        before = UNDONE if command == "tune redo" else EDITED
        for words in before if command.startswith("tune") else ():
            assert knead(*words.split()).code == 0

    return prepare


@pytest.mark.parametrize("command", RUN)
def test_what_a_command_says_is_broken_at_spaces_alone(
    knead: Knead, prepared: Callable[..., None], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("firmware_bridge.wire.link.list_serial_ports", lambda: ())
    for number, words in enumerate(RUN[command]):
        said = {}
        for columns in (0, 80, 40):
            name = f"{columns:02}-{number}"
            with pytest.MonkeyPatch.context() as terminal:
                prepared(name, command)
                if columns:
                    terminal.setenv("COLUMNS", str(columns))
                    terminal.setenv("NO_COLOR", "1")
                    terminal.setattr("kneadwave.cli.terminal.output.is_terminal", lambda _: True)
                ended = knead(*words.split())
            said[columns] = (ended.out + ended.err).replace(f"/{name}/", "/00-0/").splitlines()
        for columns in (80, 40):
            for line in said[columns]:
                assert not too_long(line, columns), f"{words}: {line}"
                assert not broken(line, " ".join(said[0])), f"{words}: {line}"
        whole = said[0]
        for copied in (line[begin:end] for line in whole for begin, end in commands_in(line)):
            assert any(copied in line for line in said[80]), f"{words}: {copied}"


def broken(line: str, whole: str) -> list[str]:
    """The words of a line that are parts of words where nothing is broken."""
    known = set(whole.split())
    words = [word for word in line.split() if word not in known and any(c.isalpha() for c in word)]
    return [
        word
        for word in words
        if not word.endswith(CUT) and any(each.startswith(word) or each.endswith(word) for each in known)
    ]
