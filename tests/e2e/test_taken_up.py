"""A cable pulled and put back: the session goes on, by an option or by a key."""

import os
import re
import signal
from typing import Any

import pytest
from people import make_recipient, screened
from terminals import Terminal

Bench = Device = Any
"""Those of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


def pulled(device: Device) -> None:
    """The cable is out: nothing is left of the port."""
    device.process.send_signal(signal.SIGKILL)
    device.process.wait()
    os.unlink(device.path)


def put_back(bench: Bench, device: Device) -> Device:
    """Another cushion at the same path."""
    again = bench.virtual()
    if os.path.lexists(device.path):
        os.unlink(device.path)
    os.symlink(os.readlink(again.path), device.path)
    return again


def test_it_goes_on_with_an_option(bench: Bench) -> None:
    device = bench.virtual()
    bench.clear()
    run = bench.start("run", "short.toml", "--device", device.path)
    device.until(device.works, "work")
    pulled(device)
    ended = bench.ended(run)
    assert ended.code == 6
    errors = [line for line in ended.err.splitlines() if line.startswith(("error", "hint"))]
    assert errors[0] == f"error: {device.path} is gone: its cable was pulled, or it was switched off"
    hint = r"hint: check cable and power; once the device is back, continue by \d\d:\d\d with: "
    assert re.fullmatch(hint + "knead run --resume", *errors[1:])
    assert "note: once" not in ended.err
    screened("me", env=bench.env)
    assert bench.call("run", "--resume").code == 4, "the cable is out"
    again = put_back(bench, device)
    screened("me", env=bench.env)
    ended = bench.call("run", "--resume")
    assert ended.code == 0, ended.err
    assert again.works()
    assert bench.here("history", "--json").out.count('"event": "session"') <= 1


def test_it_goes_on_by_a_key(bench: Bench, terminal: Terminal) -> None:
    device = bench.virtual()
    make_recipient("me", env=bench.env)
    screened("me", env=bench.env, ready=False)
    run = terminal.start(bench, "run", "short.toml", "--device", device.path, "--record", "run.jsonl")
    device.until(lambda: terminal.shows("Is all of this so?"), "the list")
    terminal.press("y\n")
    device.until(lambda: terminal.heard(device.works), "work")
    again = device
    for _ in range(2):
        pulled(again)
        device.until(lambda: terminal.shows("press r to continue from where it stopped"), "the offer")
        again = put_back(bench, device)
        terminal.forget()
        terminal.press("r")
        device.until(lambda: terminal.shows("Is all of this so?"), "the list once more")
        terminal.press("y\n")
        device.until(lambda: terminal.heard(again.works), "work")  # noqa: B023  (waited for here)
        terminal.forget()
    assert terminal.ended(run) == 0
    assert sorted(path.name for path in bench.folder.glob("run.*")) == [
        "run.2.jsonl",
        "run.3.jsonl",
        "run.jsonl",
    ]
    assert terminal.restored


def test_another_key_ends_it(bench: Bench, terminal: Terminal) -> None:
    device = bench.virtual()
    bench.clear()
    run = terminal.start(bench, "run", "short.toml", "--device", device.path)
    device.until(lambda: terminal.heard(device.works), "work")
    pulled(device)
    device.until(lambda: terminal.shows("any other key leaves it to"), "the offer")
    terminal.press("q")
    assert terminal.ended(run) == 6
    assert terminal.restored
