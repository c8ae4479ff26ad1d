"""`knead device new` on a terminal, against a virtual board behind its guard: the board keeps the record."""

import json
import os
import signal
from typing import Any

import pytest
from board_time import waits_for_nobody
from guard_faults import alive, guard_of
from placing_rig import assert_only_pulses
from served_twins import ServedTwin
from terminals import Terminal

from firmware_bridge.devices.load import load_device, place_device
from simulator.twins.tcode import VirtualTCode

Bench = Any
"""That of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


def recorded(device: Any) -> list[Any]:
    """The pulses of a device that is at rest, each held against the limits; in order."""
    return assert_only_pulses(device.history, soonest=device.soonest)


def test_a_board_is_set_up_in_two_runs(bench: Bench, terminal: Terminal) -> None:
    with ServedTwin(VirtualTCode(4)) as board:
        words = ("device", "new", "my-board", "--device", f"tcode:{board.port}")

        def see(what: str) -> None:
            bench.until(lambda: terminal.shows(what), what)
            terminal.text = terminal.text.partition(what)[2]

        first = terminal.start(bench, *words)
        see("are found one by one")
        see("Enter leaves that open: ")
        terminal.press("u\n")
        see("Is all of this so? [y/n] ")
        assert len(board.history) == 1
        terminal.press("y\n")
        see("9 thigh")
        see("channel 0> ")
        terminal.press("9r\n")
        see("channel 1> ")
        terminal.press("somewhere\n")
        see("says no place")
        terminal.press("-100 15\n")
        see("channel 2> ")
        terminal.press("q\n")
        assert terminal.ended(first) == 0
        see("what was said is kept (2 of 4 channels); go on with: knead device new my-board --device tcode:")
        assert board.comes_off()

        second = terminal.start(bench, *words)
        see("2 of 4 were said")
        see("Is all of this so? [y/n] ")
        terminal.press("y\n")
        see("channel 2> ")
        terminal.press("\n")  # again
        see("channel 2> ")
        terminal.press("shoulder right\n")
        see("clear of spine and kidneys")
        terminal.press("y\n")
        see("channel 3> ")
        terminal.press("n\n")
        assert terminal.ended(second) == 0
        see("knead tune calibrate my-board --device tcode:")
        assert board.comes_off()
        assert [channels for _, _, channels, _ in recorded(board)] == [{0}, {1}, {2}, {2}, {2}, {3}]
    folder = bench.folder / "data" / "kneadwave" / "devices"
    assert [path.name for path in folder.iterdir()] == ["my-board.toml"]
    layout = place_device(load_device(folder / "my-board.toml"))
    assert [each.id for each in layout.allowed] == ["thigh-r", "gluteal-l", "shoulder-r"]
    assert [each.id for each in layout.excluded] == ["channel-3"]
    assert layout.description.mounting == "under"
    assert bench.here("device", "show", "my-board").code == 0


def test_q_leaves_whenever_it_is_typed_and_a_lost_guard_keeps_nobody(
    bench: Bench, terminal: Terminal
) -> None:
    with ServedTwin(VirtualTCode(4)) as board:
        url = f"tcode:{board.port}"
        words = ("device", "new", "my-board", "--device", url)

        def see(what: str) -> None:
            bench.until(lambda: terminal.shows(what), what)
            terminal.text = terminal.text.partition(what)[2]

        leaves_at_once = terminal.start(bench, *words)
        terminal.press("q\n")  # before anything is asked
        assert terminal.ended(leaves_at_once) == 0
        see("nothing was said yet; begin with: knead device new my-board")

        thinks = terminal.start(bench, *words)
        see("Enter leaves that open: ")
        terminal.press("\n")
        see("Is all of this so? [y/n] ")
        terminal.press("y\n")
        see("channel 0> ")
        guard = guard_of(url)
        os.kill(guard, signal.SIGKILL)
        bench.until(lambda: not alive(guard), "end of the guard")
        terminal.press("9\n")
        see("does not say which side")
        terminal.press("9r\n")
        see("channel 1> ")
        terminal.press("\n")
        see("keep your hand on the device")
        terminal.press("q")  # while it moves, or is about to
        assert terminal.ended(thinks) == 0
        see("what was said is kept (1 of 4 channels)")
        assert board.comes_off()
        assert terminal.restored

        interrupted = terminal.start(bench, *words)
        see("Is all of this so? [y/n] ")
        terminal.press("\x03")
        assert terminal.ended(interrupted) == 130
        see("what was said is kept (1 of 4 channels); go on with: knead device new my-board")
        assert {tuple(channels) for _, _, channels, _ in recorded(board)} <= {(0,), (1,)}


@pytest.mark.parametrize(("scheme", "at"), [("tcode", "udp://127.0.0.1:0"), ("intiface", "ws://127.0.0.1:0")])
def test_a_device_on_a_network_is_set_up(bench: Bench, terminal: Terminal, scheme: str, at: str) -> None:
    record = bench.folder / "put.jsonl"
    virtual = bench.start("virtual", "--as", scheme, "--on", "cushion-4", "--at", at, "--record", str(record))
    place = virtual.stdout.readline().rpartition(" on ")[2].strip()
    waits_for_nobody(virtual.pid)

    def see(what: str) -> None:
        bench.until(lambda: terminal.shows(what), what)
        terminal.text = terminal.text.partition(what)[2]

    asks = terminal.start(bench, "device", "new", "mine", "--device", f"{scheme}:{place}")
    terminal.press("y\nn\nn\n")  # typed ahead: it answers nothing
    see("Enter leaves that open: ")
    terminal.press("u\n")
    see("Is all of this so? [y/n] ")
    terminal.press("y\n")
    see("channel 0> ")
    terminal.press("9r\n")
    see("channel 1> ")
    terminal.press("q\n")
    assert terminal.ended(asks) == 0
    see("what was said is kept (1 of 4 channels)")
    virtual.send_signal(signal.SIGINT)
    ended = bench.ended(virtual)
    assert ended.code == 0
    assert "channel 0 pulsed for " in ended.err, "whoever looks at the virtual device sees which motor it was"
    lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    drives = [line["drive"] for line in lines if "drive" in line]
    assert {channel for drive in drives for channel, each in enumerate(drive) if each} == {0, 1}
    assert max(max(drive) for drive in drives) <= 51
    assert not any(drives[-1])
