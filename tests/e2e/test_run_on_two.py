"""One profile over two devices at once, each on a pseudo-terminal: they play, stop and rest together."""

import os
import signal
from typing import Any

import pytest

Bench = Device = Any
"""Those of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")

BOTH = """
schema = 1
name = "both"
audience = "test"
fade_in_s = 0.3
fade_out_s = 0.3

[[step]]
name = "feet and shoulders"
technique = { kind = "stroking", speed_mm_s = 190 }
zones = ["foot", "shoulder"]
duration_s = 6
repeats = 9
level = 0.5
"""
PAIR = ("--on", "hf8", "--on", "foot-plate")


@pytest.fixture
def pair(bench: Bench) -> tuple[Device, Device]:
    (bench.folder / "both.toml").write_text(BOTH, encoding="utf-8")
    bench.clear()
    return bench.cushion("hf8"), bench.cushion("foot-plate")


def start(bench: Bench, *devices: str) -> Any:
    named = [word for device in devices for word in ("--device", device)]
    return bench.start("run", "both.toml", *named, *PAIR)


def test_both_play_and_a_stop_by_either_stops_both(bench: Bench, pair: tuple[Device, Device]) -> None:
    pad, plate = pair
    run = start(bench, pad.path, plate.path)
    for device in pair:
        device.until(device.works, "work of both")
    assert bench.call("stop", "--device", plate.path).code == 0
    assert bench.ended(run).code == 7
    for device in pair:
        device.until(lambda device=device: device.reached("disarmed"), "rest of both")
        assert not device.events("trip")
    entry = bench.here("history", "--json").out
    assert "hf8 + foot-plate" in entry


def test_where_one_is_gone_the_other_rests(bench: Bench, pair: tuple[Device, Device]) -> None:
    (pad, _) = pair
    plate = bench.virtual("--on", "foot-plate")
    run = start(bench, pad.path, plate.path)
    for device in (pad, plate):
        device.until(device.works, "work of both")
    plate.process.send_signal(signal.SIGKILL)
    ended = bench.ended(run)
    assert ended.code == 6
    pad.until(lambda: pad.reached("disarmed"), "rest of the one that is left")
    assert not pad.events("trip"), "it was told to stop, and did not have to notice"


def test_a_pad_and_a_plate_that_guard_nobody_have_a_guard_each(bench: Bench) -> None:
    (bench.folder / "both.toml").write_text(BOTH.replace("= 9\n", "= 1\n"), encoding="utf-8")
    bench.clear()
    pad, plate = bench.virtual("--as", "hf8"), bench.virtual("--as", "tcode", "--on", "foot-plate")
    ended = bench.ended(start(bench, f"hf8:{pad.path}", f"tcode:{plate.path}"))
    assert ended.code == 0, ended.err
    for device, name in ((pad, "Next Level Racing HF8"), (plate, "Foot plate")):
        most = max(max(line["drive"]) for line in device.ticks())
        assert 0 < most <= 153, "0.6 of full drive"
        device.until(device.is_still, "rest")
        assert f"note: {name}" in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--device", "sim:", "--device", "/dev/pad"), "and with no device"),
        (("--device", "/dev/pad", "--device", "/dev/../dev/pad"), "is named twice"),
        (("--on", "hf8", "--on", "foot-plate"), "--on is given 2 times, --device 0"),
        (("--device", "sim:", "--device", "sim:", "--on", "hf8", "--on", "cushion-4"), "one point (rule 55)"),
        (("--device", "sim:", "--device", "sim:", "--on", "mat-64", "--on", "foot-plate"), "68 actuators"),
    ],
)
def test_what_does_not_go_together_is_refused(bench: Bench, words: tuple[str, ...], told: str) -> None:
    ended = bench.here("run", "felt-check", *words)
    assert ended.code in (2, 3)
    assert told in ended.err
