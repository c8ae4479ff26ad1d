"""Virtual devices that run are found by other processes, with what names them; no others."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.clock import MonotonicClock
from kneadwave.cli.exits import WORDS, hint_of
from kneadwave.errors import NoDevice, SessionRemedy
from kneadwave.sessions.registry import own_folder, running_sessions
from kneadwave.sessions.virtual import VirtualRequest, serve
from kneadwave.sessions.virtual_devices import announced, served_devices

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals"),
    pytest.mark.usefixtures("runtime"),
]


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KNEAD_SESSIONS", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("dialect", "device", "scheme"), [("", "seat-pad-8", ""), ("hf8", "hf8", "hf8:")])
def test_a_virtual_device_is_found_while_it_runs(
    runtime: Path, knead: Callable[..., Any], dialect: str, device: str, scheme: str
) -> None:
    seen: list[Any] = []

    def look() -> bool:
        seen.append(knead("device", "scan"))
        seen.append(knead("device", "scan", "--json"))
        return True

    monotonic = MonotonicClock()
    serve(VirtualRequest(device, Path("cushion"), dialect=dialect), lambda _: None, look, monotonic)
    url = f"{scheme}{runtime / 'cushion'}"
    text, told = seen[0].out, seen[1].events
    assert "virtual devices that run here" in text
    assert f"    --device {url}" in text.splitlines()
    (found,) = [event for event in told if event.get("kind") == "virtual"]
    assert (found["urls"], found["known"]) == ([url], False)
    assert f"{device}, process {os.getpid()}" in found["about"]
    assert served_devices() == []
    assert running_sessions() == []


def test_one_whose_process_is_gone_or_whose_file_is_damaged_is_no_device() -> None:
    with announced("/dev/pts/9", "hf8"):
        (path,) = own_folder().iterdir()
        about = json.loads(path.read_text())
        for text in (json.dumps(about | {"started": "1"}), "{", "[]", "[" * 9999):
            path.write_text(text)
            assert served_devices() == []
            assert not path.exists()
    assert served_devices() == []


def test_where_nothing_can_be_told_it_runs_all_the_same(runtime: Path) -> None:
    (runtime / f"kneadwave-{os.geteuid()}").write_text("in the way")
    (runtime / f".kneadwave-{os.geteuid()}").write_text("in the way, too")
    with announced("/dev/pts/9", "hf8"):
        assert served_devices() == []


def test_where_nobody_named_a_device_those_that_run_are_named() -> None:
    error = NoDevice("no device is connected", hint=SessionRemedy.TRY_WITHOUT)
    assert hint_of(error) == WORDS[SessionRemedy.TRY_WITHOUT]
    with announced("/tmp/a cushion", "reference-cushion"), announced("hf8:/tmp/pad", "hf8"):
        assert hint_of(error) == (
            "virtual devices that run here: --device '/tmp/a cushion' or --device hf8:/tmp/pad"
        )
