"""Previews and holds on `knead virtual` over a pseudo-terminal, with a scripted person at another one."""

import os
import random
import signal
from collections.abc import Callable
from typing import Any

import pytest
from depth import at_depth
from people import make_recipient, screened
from terminals import Terminal

Bench = Device = Any
"""Those of conftest, which no test module can import."""
STOPPED_S = 0.6
"""From whatever ends a felt test to a cushion at zero, by its own recording."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


def verb(name: str, device: Device) -> tuple[str, ...]:
    felt = {"preview": ("tune", "preview", "long.toml", "1"), "set": ("set", "lumbar", "40%", "--for", "10s")}
    return (*felt[name], "--device", device.path)


def newest(device: Device) -> float:
    """The device's own time as far as its recording goes: never later than now."""
    return max((line.get("t", 0.0) for line in device.lines()), default=0.0)


def at_rest_after(device: Device, since: float) -> None:
    """The cushion does not move any more, and did not for longer than STOPPED_S after `since`."""
    device.until(lambda: device.state() in ("disarmed", "tripped") and device.is_still(), "device at rest")
    assert 0.0 < device.last_work() <= since + STOPPED_S


@pytest.mark.parametrize(
    ("name", "keys", "code", "says"),
    [
        ("preview", "\x1b[A", 0, "stopped by a key"),
        ("preview", "\x03", 130, "ended by Ctrl-C"),
        ("set", " ", 0, "stopped by a key"),
    ],
)
def test_any_key_and_ctrl_c_stop_it(
    bench: Bench, terminal: Terminal, name: str, keys: str, code: int, says: str
) -> None:
    device = bench.cushion()
    bench.clear()
    profile = (bench.folder / "long.toml").read_bytes()
    run = terminal.start(bench, *verb(name, device))
    device.until(lambda: terminal.heard(device.works), "work")
    assert not terminal.restored
    pressed = newest(device)
    terminal.press(keys)
    assert terminal.ended(run) == code
    device.until(lambda: terminal.shows(says), "last line")
    at_rest_after(device, pressed)
    assert terminal.restored
    assert device.state() == "disarmed"
    assert not device.events("trip")
    assert (bench.folder / "long.toml").read_bytes() == profile


@pytest.mark.parametrize("name", ["preview", "set"])
def test_a_terminal_that_goes_away_stops_it(bench: Bench, terminal: Terminal, name: str) -> None:
    device = bench.cushion()
    bench.clear()
    run = terminal.start(bench, *verb(name, device))
    device.until(lambda: terminal.heard(device.works), "work")
    terminal.shows("")
    gone = newest(device)
    os.close(terminal.master)
    terminal.master = -1
    assert run.wait(timeout=60) in (129, 7)
    at_rest_after(device, gone)
    assert device.state() == "disarmed"


def test_a_terminal_that_reads_no_more_holds_up_the_host_and_not_the_cushion(
    bench: Bench, terminal: Terminal
) -> None:
    device = bench.cushion()
    bench.clear()
    run = terminal.start(bench, *verb("preview", device))
    device.until(lambda: terminal.heard(device.works), "work")
    device.until(lambda: device.reached("tripped"), "trip")  # nobody reads what is drawn: the host waits
    assert device.events("trip")[0]["t"] - device.last_work() <= 1.1
    device.until(device.is_still, "rest")
    assert terminal.ended(run) in (6, 7)


def test_the_curve_is_drawn_with_the_live_level_on_it(bench: Bench, terminal: Terminal) -> None:
    device = bench.cushion()
    bench.clear()
    run = terminal.start(bench, *verb("preview", device))
    device.until(lambda: terminal.shows("any key stops"), "help line")
    device.until(lambda: terminal.shows("◆"), "mark")
    for share in ("  0:1", "  0:3", "  0:5"):  # of the step, which is compressed
        device.until(lambda share=share: terminal.shows(share), share)
    terminal.press("q")
    assert terminal.ended(run) == 0
    assert "its 2:30 min are compressed into 0:30 min" in terminal.text
    assert terminal.restored


def test_the_list_before_a_run_is_confirmed_on_the_terminal_and_each_run_needs_it_anew(
    bench: Bench, terminal: Terminal
) -> None:
    device = bench.cushion()
    make_recipient("me", env=bench.env)
    screened("me", env=bench.env, ready=False)
    words = ("set", "lumbar", "30%", "--for", "0.5s", "--device", device.path)
    for _ in range(2):
        terminal.forget()
        run = terminal.start(bench, *words)
        device.until(lambda: terminal.shows("Is all of this so?"), "question")
        before = len(device.events("state"))
        terminal.press("y\n")
        assert terminal.ended(run) == 0
        device.until(lambda: terminal.shows("completed; "), "last line")
        assert len(device.events("state")) > before
    refused = bench.here(*words)
    assert refused.code == 7
    assert "nobody can be asked here" in refused.err


def by_sigterm(bench: Bench, run: Any) -> None:  # noqa: ARG001
    run.send_signal(signal.SIGTERM)


def by_hang_up(bench: Bench, run: Any) -> None:  # noqa: ARG001
    run.send_signal(signal.SIGHUP)


def by_stop(bench: Bench, run: Any) -> None:  # noqa: ARG001
    ended = bench.call("stop")
    assert ended.code == 0
    assert "the device confirmed" in ended.out


@pytest.mark.parametrize(
    ("how", "code"),
    [(by_sigterm, 143), (by_hang_up, 129), (by_stop, 7)],
)
def test_without_a_terminal_signals_and_knead_stop_end_it(
    bench: Bench, how: Callable[[Bench, Any], None], code: int
) -> None:
    device = bench.cushion()
    bench.clear()
    run = bench.start(*verb("preview", device), "--json")
    device.until(device.works, "work")
    how(bench, run)
    ended = bench.ended(run)
    assert ended.code == code
    assert ended.last["confirmed"] is True
    assert '"event":"progress"' in ended.out
    device.until(lambda: device.reached("disarmed"), "disarmed device")
    assert not device.events("trip")


@pytest.mark.parametrize("seed", range(1, 1 + at_depth(4, least=2)))
def test_killed_at_a_random_moment_it_leaves_the_cushion_at_zero_and_the_profile_whole(
    bench: Bench, seed: int
) -> None:
    drawn = random.Random(seed)
    name, moment = drawn.choice(["preview", "set"]), drawn.uniform(0.1, 5.0)
    device = bench.cushion()
    bench.clear()
    profile = (bench.folder / "long.toml").read_bytes()
    run = bench.start(*verb(name, device), "--json")
    device.until(device.works, "work")
    began = newest(device)
    device.until(lambda: newest(device) >= began + moment, "the moment")
    run.kill()
    killed = newest(device)
    run.wait()
    run.communicate()
    device.until(lambda: device.reached("tripped"), "trip")
    at_rest_after(device, killed)
    assert device.events("trip")[0]["reason"] == "link lost"
    assert (bench.folder / "long.toml").read_bytes() == profile
    bench.clear()  # the list anew; a fresh test takes the device up again
    again = bench.call("set", "lumbar", "30%", "--for", "0.5s", "--device", device.path)
    assert again.code == 0, again.err


@pytest.mark.parametrize("seed", range(11, 11 + at_depth(4, least=1)))
def test_killed_while_it_begins_it_leaves_the_cushion_at_zero_too(bench: Bench, seed: int) -> None:
    drawn = random.Random(seed)
    name, moment = drawn.choice(["preview", "set"]), drawn.choice(["armed", "playing"])
    device = bench.cushion()
    bench.clear()
    run = bench.start(*verb(name, device), "--json")
    device.until(lambda: any(event["state"] == moment for event in device.events("state")), moment)
    run.kill()
    killed = newest(device)
    run.communicate()
    device.until(lambda: device.reached("tripped"), "trip")
    assert device.last_work() <= killed + STOPPED_S
    assert not any(drive for tick in device.ticks()[-1:] for drive in tick["drive"])


def test_on_sim_without_a_terminal_and_without_a_person(bench: Bench) -> None:
    ended = bench.call("set", "lumbar", "40%", "--for", "1s", "--device", "sim:")
    assert ended.code == 0
    assert ended.out.splitlines()[0] == "lumbar at 40% for 1 s: lumbar-r, lumbar-l; any key stops"
    run = bench.start("tune", "preview", "long.toml", "1", "--device", "sim:", "--json")
    assert run.stdout is not None
    lines = iter(run.stdout.readline, "")
    assert any('"event":"progress"' in line for line in lines)
    run.send_signal(signal.SIGINT)
    assert bench.ended(run).code == 130
