"""A run over a real pseudo-terminal, recorded by the device and by the host, told from both recordings."""

import json
from typing import Any

from firmware_bridge.limits import FRAME_S
from kneadwave.reports.collect import KEPT_FRAMES


def test_both_recordings_of_a_run_are_told_as_one(bench: Any) -> None:
    device = bench.cushion()
    bench.clear()
    host = bench.folder / "host.jsonl"
    ran = bench.call("run", "short.toml", "--device", device.path, "--record", str(host), "--json")
    assert ran.code == 0, ran.err
    bench.until(lambda: device.reached("disarmed"), "rest")
    # The cushion still waits, and its recording still grows.
    told = bench.here("report", str(device.record), str(host), "--json")
    assert told.code == 0, told.err
    report = json.loads(told.out.splitlines()[0])
    assert report["sources"] == ["device", "host"]
    assert report["profile"] == "short"
    assert (report["cut"], report["completed"], report["reason"]) == (False, True, "completed")
    assert [step["name"] for step in report["steps"]] == ["one stroke"]
    # From its first drive: how long a host takes to begin once it has armed depends on what else runs. Up to
    # two seconds of the rest after it belong to a run, as far as they were recorded by then.
    begins = next(tick["t"] for tick in device.ticks() if any(tick["drive"]))
    (ends,) = (event["t"] for event in device.events("state") if event["state"] == "disarmed")
    assert -0.1 <= report["duration_s"] - (ends - begins) <= KEPT_FRAMES * FRAME_S + 0.5
    assert report["counts"]["intensity"] == 1
    intensity = next(event for event in report["events"] if event["event"] == "intensity")
    assert (intensity["intensity"], intensity["limit"]) == (1.0, 1.0)
    working = [row for row in report["actuators"] if row["active_s"]]
    assert working
    held = report["counts"].get(
        "link", 0
    )  # this computer stood still, and the device put out nothing meanwhile
    assert held or max(row["apart_most"] for row in working) <= 40
    alone = bench.here("report", str(host), "--html", "host.html", "--text")
    assert alone.code == 0, alone.err
    assert "not what was put out" in " ".join(alone.out.split())
    assert (bench.folder / "host.html").stat().st_size < 1_000_000
