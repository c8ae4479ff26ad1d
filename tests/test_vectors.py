"""The vectors of docs/wire.md are what the reference device does, case by case."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from depth import DEPTH
from reference_wire import Receiver, encode
from shared import Shared
from vector_story import play_case

VECTORS = Path(__file__).parent / "vectors"
FILES = ("playout.json", "states.json")
HELD = {name: json.loads((VECTORS / name).read_text("utf-8")) for name in FILES}
WRITTEN = ("frames.json", *FILES)
MOST_BYTES = 1_500_000  # of all; project's choice: a file that still opens in an editor


@pytest.fixture(scope="module")
def written(shared: Shared) -> dict[str, str]:
    """What write_vectors.py writes."""
    texts: dict[str, str] = shared.get("vectors", as_written)
    return texts


def as_written() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("write_vectors", VECTORS / "write_vectors.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    texts: dict[str, str] = module.texts()
    return texts


@pytest.mark.parametrize("name", WRITTEN)
def test_file_is_what_the_script_writes(written: dict[str, str], name: str) -> None:
    assert (VECTORS / name).read_text("utf-8") == written[name]


@pytest.mark.parametrize("name", FILES)
def test_reference_device_passes_every_case_as_it_is_read(name: str) -> None:
    """The file alone, as any other device reads it: identity, table, epoch and what comes in."""
    for case in HELD[name]["cases"][:: round(1 / DEPTH)]:
        device = play_case(case, HELD[name]["devices"])
        got = {
            "drives": device.drives,
            "rates": device.rates,
            "states": device.states,
            "out": [[t, data.hex()] for t, data in device.out],
        }
        assert got == {key: case[key] for key in got}, case["name"]


@pytest.mark.parametrize("name", FILES)
def test_cases_are_in_order_and_within_their_time(name: str) -> None:
    for case in HELD[name]["cases"]:
        for key in ("in", "drives", "rates", "states", "out"):
            times = [entry[0] for entry in case[key]]
            assert times == sorted(times), case["name"]
            assert all(0 <= t <= case["until"] for t in times), case["name"]
        assert all(t >= 1 for t, *_ in case["in"]), case["name"]
        for key in ("drives", "rates", "states"):
            assert case[key][0][0] == 0, case["name"]


def test_files_stay_small() -> None:
    assert sum((VECTORS / name).stat().st_size for name in WRITTEN) < MOST_BYTES


def test_receiver_of_the_reference_passes_the_frames() -> None:
    held = json.loads((VECTORS / "frames.json").read_text("utf-8"))
    named = {frame["name"]: bytes.fromhex(frame["wire"]) for frame in held["frames"]}
    for frame in held["frames"]:
        (got,) = Receiver().take(bytes.fromhex(frame["wire"]))
        assert got is not None
        assert got._asdict() == {key: frame[key] for key in got._fields} | {
            "payload": bytes.fromhex(frame["payload"])
        }
    for stream in held["streams"]:
        receiver = Receiver()
        got_frames = list(receiver.take(bytes.fromhex(stream["wire"])))
        assert [encode(f) for f in got_frames if f is not None] == [named[name] for name in stream["frames"]]
        assert (receiver.bad, got_frames.count(None)) == (stream["discarded"], stream["stops"]), stream[
            "name"
        ]


def drives(case: dict[str, Any]) -> list[list[int]]:
    """What is put out in each tick up to the end, one row a tick."""
    rows: list[list[int]] = []
    for t, *row in case["drives"]:
        rows += [rows[-1]] * (t - len(rows)) + [row] if rows else [row]
    return rows + [rows[-1]] * (case["until"] + 1 - len(rows))


@pytest.mark.parametrize("name", FILES)
def test_no_case_breaks_a_limit(name: str) -> None:
    """What the page promises of every device, looked at from outside: ceilings, budget, 10 s on a point."""
    for case in HELD[name]["cases"]:
        device = HELD[name]["devices"][case["device"]]
        most = [0 if actuator["excluded"] else actuator["ceiling"] for actuator in device["table"]]
        begun, last = [-1] * len(most), [-2000] * len(most)
        for t, row in enumerate(drives(case)):
            assert all(drive <= ceiling for drive, ceiling in zip(row, most, strict=True)), case["name"]
            assert sum(row) <= device["identity"]["power_budget"], case["name"]
            for i, drive in enumerate(row):
                if drive:
                    if t - last[i] > 2000:
                        begun[i] = t
                    last[i] = t
                    assert t - begun[i] < 10_000, case["name"]
