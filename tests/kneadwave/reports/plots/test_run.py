"""The picture of a run: drawn for any layout, written whole or not at all, refused with a hint."""

import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from firmware_bridge.devices.load import Layout, load_device, place_device
from firmware_bridge.errors import BridgeError
from firmware_bridge.recording.summary import RunSummary
from kneadwave.reports.plots.run import PlotUnavailable, plot_run
from profiles.body import body_map

pytest.importorskip("matplotlib")

STEPS = (
    ("opening strokes up the back", 0.0, 6.0),
    ("a step too narrow for its name", 6.0, 6.3),
    ("end", 6.3, 99.0),
)


def layout(name: str = "reference-cushion", stature_m: float = 1.70) -> Layout:
    return place_device(load_device(name), body_map(stature_m))


def run(place: Layout, frames: int = 600) -> RunSummary:
    """A swell that wanders over the actuators; the excluded ones stay off."""
    summary = RunSummary(place)
    m = len(place.actuators)
    t = np.arange(frames)[:, None] * 0.02
    felt = np.clip(np.sin(t / 2 + np.arange(m)), 0, 1) * 0.6 * [not a.excluded for a in place.actuators]
    summary.add(0.0, (felt * 255).astype(np.uint8), np.zeros((frames, m)), felt)
    return summary


def size(path: Path) -> tuple[int, int]:
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", head[16:24])
    return width, height


@pytest.mark.parametrize("name", ["reference-cushion", "seat-pad-8", "mat-64"])
def test_a_run_on_each_shipped_device_is_drawn(name: str, tmp_path: Path) -> None:
    place = layout(name)
    path = tmp_path / "run.png"
    plot_run(run(place), place, f"a run on {name}", path, STEPS)
    assert size(path) == (1400, 900)
    assert [p.name for p in tmp_path.iterdir()] == ["run.png"]


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    place = layout()
    paths = [tmp_path / "one.png", tmp_path / "two.png"]
    for path in paths:
        plot_run(run(place), place, "twice", path, STEPS)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("frames", [0, 1, 7])
def test_a_run_that_ended_at_once_is_drawn_all_the_same(frames: int, tmp_path: Path) -> None:
    place = layout("seat-pad-8")
    path = tmp_path / "short.png"
    plot_run(run(place, frames), place, "short", path)
    assert size(path) == (1400, 900)


def test_a_layout_on_which_everything_is_excluded_is_drawn(tmp_path: Path) -> None:
    whole = layout()
    place = replace(whole, actuators=tuple(replace(a, index=i) for i, a in enumerate(whole.excluded)))
    path = tmp_path / "off.png"
    plot_run(run(place), place, "all off", path, STEPS)
    assert size(path) == (1400, 900)


def test_an_actuator_without_a_place_and_a_step_never_reached_are_left_out(tmp_path: Path) -> None:
    whole = layout()
    lost = replace(
        whole.actuators[0], placed=False, x_mm=0, y_mm=0, zone="", excluded="has no place", ceiling=0
    )
    place = replace(whole, actuators=(lost, *whole.actuators[1:]))
    path = tmp_path / "lost.png"
    plot_run(run(place), place, "lost", path, (*STEPS, ("never", 99.0, 120.0)))
    assert size(path) == (1400, 900)


def test_other_statures_hundreds_of_steps_and_dollar_signs_are_drawn(tmp_path: Path) -> None:
    place = layout(stature_m=1.2)
    steps = [(f"$step_{{{i}}}$ of many", i * 0.06, i * 0.06 + 0.06) for i in range(200)]
    path = tmp_path / "many.png"
    plot_run(run(place), place, "5 $ to 10 $ \\frac{", path, steps)
    assert size(path) == (1400, 900)


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".PNG"])
def test_the_ending_chooses_the_format(suffix: str, tmp_path: Path) -> None:
    place = layout("seat-pad-8")
    path = tmp_path / f"run{suffix}"
    plot_run(run(place), place, "formats", str(path))
    head = path.read_bytes()[:64]
    assert {".svg": b"<?xml", ".pdf": b"%PDF", ".PNG": b"PNG"}[suffix] in head


@pytest.mark.parametrize("name", ["run.bmp", "run", "run.png.txt"])
def test_an_ending_that_is_no_picture_is_refused(name: str, tmp_path: Path) -> None:
    place = layout("seat-pad-8")
    with pytest.raises(PlotUnavailable) as refused:
        plot_run(run(place), place, "no", tmp_path / name)
    assert ".png" in str(refused.value.hint)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_missing_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    place = layout("seat-pad-8")
    with pytest.raises(PlotUnavailable, match="cannot write"):
        plot_run(run(place), place, "no", tmp_path / "missing" / "run.png")
    assert not list(tmp_path.iterdir())


def test_a_failed_write_keeps_the_picture_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matplotlib.figure import Figure

    def full(_self: Figure, path: Path, **_: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    place = layout("seat-pad-8")
    path = tmp_path / "run.png"
    path.write_bytes(b"old")
    monkeypatch.setattr(Figure, "savefig", full)
    with pytest.raises(PlotUnavailable, match="No space left"):
        plot_run(run(place), place, "no", path)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["run.png"]


def test_a_missing_matplotlib_is_told_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    place = layout("seat-pad-8")
    with pytest.raises(BridgeError) as missing:
        plot_run(run(place), place, "no", tmp_path / "run.png")
    assert isinstance(missing.value, PlotUnavailable)
    assert missing.value.hint == "pip install 'kneadwave[plots]'"


def test_importing_the_module_does_not_import_matplotlib() -> None:
    code = "import sys, kneadwave.reports.plots.run; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_drawing_leaves_pyplot_alone(tmp_path: Path) -> None:
    code = f"""
import sys
from firmware_bridge.devices.load import load_device, place_device
from kneadwave.reports.plots.run import plot_run
from firmware_bridge.recording.summary import RunSummary

place = place_device(load_device("seat-pad-8"))
plot_run(RunSummary(place), place, "t", {str(tmp_path / "run.png")!r})
sys.exit("matplotlib.pyplot" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
