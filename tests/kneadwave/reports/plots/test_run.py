"""The picture of a run: drawn for any layout, written whole or not at all, refused with a hint."""

import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firmware_bridge.devices.load import Layout, load_device, place_device
from firmware_bridge.errors import BridgeError
from firmware_bridge.recording.summary import RunSummary
from kneadwave.cli.exits import worded
from kneadwave.reports.plots.run import PlotUnavailable, plot_run
from kneadwave.reports.plots.waves import from_head_down
from profiles.body import body_map

pytest.importorskip("matplotlib")

FigureOf = Callable[..., Any]
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


def axes_of(figure: Any) -> tuple[Any, ...]:
    """Body, scale, steps, intensity and power, waveforms."""
    assert (figure.get_size_inches() * figure.dpi).tolist() == [1400, 900]
    return tuple(figure.axes)


def words(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


@pytest.mark.parametrize("name", ["reference-cushion", "seat-pad-8", "mat-64"])
def test_a_run_on_each_shipped_device_is_drawn(name: str, figure_of: FigureOf) -> None:
    place = layout(name)
    summary = run(place)
    figure = figure_of(plot_run, summary, place, f"a run on {name}", "run.png", STEPS)
    body, _, strip, _, waves = axes_of(figure)
    title, subtitle = words(figure)
    assert title == f"a run on {name}"
    assert f"{len(place.allowed)} actuators work, {len(place.excluded)} stay off" in subtitle
    discs = [patch for patch in body.patches if hasattr(patch, "radius")]
    assert len(discs) == len([actuator for actuator in place.actuators if actuator.placed])
    assert {text for text in words(strip) if text} & {"opening strokes up the back"}
    labels = [text.get_text() for text in waves.get_yticklabels()]
    if len(place.actuators) <= 24:
        assert sorted(label.split()[0] for label in labels) == sorted(a.id for a in place.actuators)
        rows = [a.index for a in from_head_down(place.allowed)]
        for image, row in zip(waves.images, rows, strict=True):
            assert np.array_equal(image.get_array()[0], summary.history.felt[:, row])
    else:
        assert sorted(label.split()[0] for label in labels) == sorted({a.zone for a in place.allowed})


def test_a_picture_is_written_whole_and_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    place = layout("seat-pad-8")
    paths = [tmp_path / "one.png", tmp_path / "two.PNG"]
    for path in paths:
        plot_run(run(place), place, "twice", path, STEPS)
        assert size(path) == (1400, 900)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert sorted(tmp_path.glob("*.*")) == paths


def test_other_statures_hundreds_of_steps_and_dollar_signs_are_drawn(figure_of: FigureOf) -> None:
    place = layout(stature_m=1.2)
    steps = [(f"$step_{{{i}}}$ of many", i * 0.06, i * 0.06 + 0.06) for i in range(200)]
    figure = figure_of(plot_run, run(place), place, "5 $ to 10 $ \\frac{", "many.png", steps)
    _, _, strip, _, waves = axes_of(figure)
    assert words(figure)[0] == "5 $ to 10 $ \\frac{"
    assert len(strip.patches) == 200
    assert words(waves)[0].startswith("1 $step_{0}$ of many · 2 $step_{1}$ of many")


@pytest.mark.parametrize("frames", [0, 1, 7])
def test_a_run_that_ended_at_once_is_drawn_all_the_same(frames: int, figure_of: FigureOf) -> None:
    place = layout("seat-pad-8")
    summary = run(place, frames)
    figure = figure_of(plot_run, summary, place, "short", "short.png")
    *_, waves = axes_of(figure)
    assert len(waves.get_yticklabels()) == len(place.actuators)
    columns = len(summary.history.t)
    assert [image.get_array().shape for image in waves.images] == [(1, columns)] * 8 * (frames > 0)


def test_a_layout_on_which_everything_is_excluded_is_drawn(figure_of: FigureOf) -> None:
    whole = layout()
    place = replace(whole, actuators=tuple(replace(a, index=i) for i, a in enumerate(whole.excluded)))
    *_, waves = axes_of(figure_of(plot_run, run(place), place, "all off", "off.png", STEPS))
    assert len(waves.images) == 0
    assert len([text for text in words(waves) if text.startswith("off: ")]) == len(place.actuators)


def test_an_actuator_without_a_place_and_a_step_never_reached_are_left_out(figure_of: FigureOf) -> None:
    whole = layout()
    lost = replace(
        whole.actuators[0], placed=False, x_mm=0, y_mm=0, zone="", excluded="has no place", ceiling=0
    )
    place = replace(whole, actuators=(lost, *whole.actuators[1:]))
    figure = figure_of(plot_run, run(place), place, "lost", "lost.png", (*STEPS, ("never", 99.0, 120.0)))
    body, _, strip, _, waves = axes_of(figure)
    discs = [patch for patch in body.patches if hasattr(patch, "radius")]
    assert len(discs) == len(place.actuators) - 1
    assert "off: has no place" in words(waves)
    assert "never" not in words(strip)


@pytest.mark.parametrize("suffix", [".svg", ".pdf"])
def test_the_ending_chooses_the_format(suffix: str, tmp_path: Path) -> None:
    place = layout("seat-pad-8")
    path = tmp_path / f"run{suffix}"
    plot_run(run(place), place, "formats", str(path))
    head = path.read_bytes()[:64]
    assert {".svg": b"<?xml", ".pdf": b"%PDF"}[suffix] in head


@pytest.mark.parametrize("name", ["run.bmp", "run", "run.png.txt"])
def test_an_ending_that_is_no_picture_is_refused(name: str, tmp_path: Path) -> None:
    place = layout("seat-pad-8")
    with pytest.raises(PlotUnavailable) as refused:
        plot_run(run(place), place, "no", tmp_path / name)
    assert ".png" in str(refused.value.hint)
    assert not list(tmp_path.glob("*.*"))


def test_a_folder_that_is_missing_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    place = layout("seat-pad-8")
    with pytest.raises(PlotUnavailable, match="cannot write"):
        plot_run(run(place), place, "no", tmp_path / "missing" / "run.png")
    assert not list(tmp_path.glob("*.*"))


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
    assert [p.name for p in tmp_path.glob("*.*")] == ["run.png"]


def test_a_missing_matplotlib_is_told_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    place = layout("seat-pad-8")
    with pytest.raises(BridgeError) as missing:
        plot_run(run(place), place, "no", tmp_path / "run.png")
    assert isinstance(missing.value, PlotUnavailable)
    assert worded(missing.value.hint or "") == "pip install 'kneadwave[plots]'"


def test_importing_the_plots_imports_no_matplotlib() -> None:
    code = (
        "import sys, kneadwave.reports.plots.run, kneadwave.reports.plots.history, "
        "kneadwave.reports.plots.robustness; sys.exit('matplotlib' in sys.modules)"
    )
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
