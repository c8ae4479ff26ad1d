"""A view as rows of text: plot, axes, legend."""

from functools import cache

import numpy as np
import pytest
from written_profiles import EVENING

from firmware_bridge.devices.load import load_device
from kneadwave.cli.terminal.canvas import text_of
from kneadwave.cli.views.curve_plot import BELOW, MARGIN, PLOT_ROWS, curve_rows, lines_of, top_of
from kneadwave.tuning.curves.select import choose, with_curve, with_step
from kneadwave.tuning.curves.view import CurveView, view_of
from profiles.curve import IntensityCurve
from profiles.profile import Profile, load_profile, parse

CUSHION = load_device("reference-cushion")
BACK = load_profile("relaxing-back")
LOWER = IntensityCurve(points=((0.0, 0.5), (0.4, 0.8), (1.0, 0.5)))
EDITED = with_curve(BACK, choose(BACK, "8"), LOWER)
LOUDER = with_step(EDITED, 7, EDITED.step[7].model_copy(update={"level": 1.0}))


def seen(profile: Profile, step: str, before: Profile | None = None) -> CurveView:
    return view_of(before, profile, choose(profile, step), CUSHION)


@cache
def view_named(name: str) -> CurveView:
    """Made once, and only where a test looks at it."""
    if name == "edited":
        return seen(LOUDER, "8", BACK)
    return seen(BACK, "session") if name == "session" else seen(parse(EVENING), "2")


def texts(view: CurveView, width: int = 80, **options: object) -> list[str]:
    return [text_of(row) for row in curve_rows(view, width, **options)]  # type: ignore[arg-type]


def test_a_plot_has_levels_times_and_a_legend() -> None:
    rows = texts(seen(BACK, "8"))
    assert len(rows) == PLOT_ROWS + BELOW
    assert rows[0].startswith(" 50%│")
    assert rows[PLOT_ROWS // 2].startswith(" 25%│")
    assert rows[PLOT_ROWS].startswith("  0%└───")
    assert rows[PLOT_ROWS + 1].split() == ["0%", "25%", "50%", "75%", "100%"]
    assert rows[PLOT_ROWS + 2].split() == ["0:00", "0:30", "1:00", "1:30", "2:00", "2:30"]
    assert rows[PLOT_ROWS + 3].split() == ["─", "ceiling", "█", "drawn", "●", "point"]


@pytest.mark.parametrize("width", [40, 41, 60, 80, 100, 200])
@pytest.mark.parametrize("height", [6, 12, 16, 40])
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("name", ["edited", "session", "evening"])
def test_every_plot_fits_its_width_and_its_height(
    name: str, width: int, height: int, ascii_only: bool
) -> None:
    rows = texts(view_named(name), width, height=height, ascii_only=ascii_only)
    assert len(rows) == height
    assert max(map(len, rows)) <= width
    assert not ascii_only or "".join(rows).isascii()


def test_the_curve_before_is_dotted_and_the_one_after_is_bold() -> None:
    rows = curve_rows(seen(EDITED, "8", BACK), 80)
    styles = {span.style for row in rows for span in row}
    assert {"before", "after", "point", "ceiling"} <= styles
    legend = text_of(rows[-1])
    assert ("· saved" in legend, "█ edited" in legend, "played" in legend) == (True, True, False)
    named = text_of(curve_rows(seen(EDITED, "8", BACK), 80, names=("before", "after"))[-1])
    assert ("· before" in named, "█ after" in named) == (True, True)


def test_where_the_device_plays_less_there_is_a_third_line() -> None:
    view = seen(LOUDER, "8", BACK)
    rows = texts(view)
    assert "× played on reference-cushion" in rows[-1]
    assert sum(row.count("×") for row in rows[:PLOT_ROWS]) > 5
    line = next(line for line in lines_of(view, 75) if line.style == "played")
    assert np.isnan(np.asarray(line.values)).any(), "and where it plays all, there is none"


def test_on_a_narrow_terminal_the_legend_is_shortened() -> None:
    assert texts(seen(LOUDER, "8", BACK), 44)[-1].strip().startswith("─ ceiling  · saved  █ edited")


def test_points_stand_on_the_curve_where_their_times_are() -> None:
    rows = texts(seen(BACK, "8"))
    columns = sorted(n for row in rows[:PLOT_ROWS] for n, c in enumerate(row) if c == "●")
    assert columns == [MARGIN + round(t * 74) for t in (0.0, 0.4, 0.6, 1.0)]


def test_a_mark_shows_where_it_is_now() -> None:
    rows = texts(seen(BACK, "8"), now=75.0)
    column = {row.index("◆") for row in rows[:PLOT_ROWS] if "◆" in row}
    assert column == {MARGIN + round(0.5 * 74)}
    assert "◆ now" in rows[-1]
    assert not any("◆" in row for row in texts(seen(BACK, "8"), now=200.0)[:PLOT_ROWS])


@pytest.mark.parametrize(
    ("level", "top"), [(0.02, 0.1), (0.1, 0.1), (0.11, 0.2), (0.5, 0.5), (0.51, 0.6), (1.0, 1.0)]
)
def test_the_upper_edge_is_a_tenth_above_all_that_is_drawn(level: float, top: float) -> None:
    quiet = with_step(BACK, 9, BACK.step[9].model_copy(update={"level": level, "zones": None, "path": None}))
    view = seen(quiet, "10")
    assert view.ceiling is None
    assert top_of(view) == pytest.approx(top)
    assert top_of(seen(BACK, "2")) == pytest.approx(0.8), "a ceiling is always seen"
