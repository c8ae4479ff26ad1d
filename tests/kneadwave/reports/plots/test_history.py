"""The picture of the days."""

import struct
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kneadwave.reports.plots.figure import PlotUnavailable
from kneadwave.reports.plots.history import (
    DAYS_MAX,
    DAYS_MIN,
    LOOKS,
    OTHERS,
    PlottedSession,
    days_shown,
    looks_of,
    plot_history,
    zone_doses,
)
from kneadwave.text import zone_said

pytest.importorskip("matplotlib")

TODAY = date(2026, 3, 1)


def session(
    back: int = 0, profile: str = "gentle-back", minutes: float = 15.0, **doses: float
) -> PlottedSession:
    named = {zone.replace("_", "-"): dose for zone, dose in doses.items()}
    return PlottedSession(TODAY - timedelta(days=back), profile, minutes, named)


SOME = [
    session(9, lumbar_left=2.0, lumbar_right=3.0),
    session(4, "relaxing-back", 12.0, shoulder_left=1.0, thigh_right=0.5),
    session(4, "head", 6.0),
    session(0, "5 $ to 10 $ \\frac{", 20.0, lumbar_left=1.0),
]


def size(path: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return width, height


@pytest.mark.parametrize("sessions", [[], SOME, [session(i, f"p{i % 9}", 10.0) for i in range(80)]])
def test_any_history_is_drawn(figure_of: Callable[..., Any], sessions: list[PlottedSession]) -> None:
    figure = figure_of(plot_history, sessions, TODAY, "me, day by day", "days.png")
    assert (figure.get_size_inches() * figure.dpi).tolist() == [1200, 700]
    assert figure.texts[0].get_text() == "me, day by day"
    bars, doses = figure.axes[:2]
    days = days_shown(sessions, TODAY)
    shown = [each for each in sessions if each.day in days]
    assert sum(bar.get_height() for bar in bars.patches) == sum(each.minutes for each in shown)
    assert [text.get_text() for text in doses.get_yticklabels()] == [
        zone_said(zone) for zone in zone_doses(shown, days)
    ]
    told = {text.get_text() for axes in (bars, doses) for text in axes.texts}
    assert ("no session yet" in told) is (not sessions)
    assert ("no zone was worked on by a device" in told) is (not any(each.doses for each in shown))


def test_the_same_days_give_the_same_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / "one.png", tmp_path / "two.png"]
    for path in paths:
        plot_history(SOME, TODAY, "me", path)
        assert size(path) == (1200, 700)
    assert sorted(tmp_path.glob("*.*")) == paths
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_picture_names_profiles_and_zones(tmp_path: Path) -> None:
    import matplotlib

    path = tmp_path / "days.svg"
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        plot_history(SOME, TODAY, "me, day by day", path)
    text = path.read_text(encoding="utf-8")
    named = ("gentle-back", "relaxing-back", "lower back", "thigh")
    for words in ("me, day by day", *named, "1 Mar", "53 minutes"):
        assert words in text


def test_two_weeks_are_shown_at_the_least_and_sixty_days_at_the_most() -> None:
    assert days_shown([], TODAY) == [TODAY - timedelta(days=n) for n in reversed(range(DAYS_MIN))]
    assert len(days_shown([session(20)], TODAY)) == 21
    assert len(days_shown([session(300)], TODAY)) == DAYS_MAX
    assert days_shown([session(-1)], TODAY)[-1] == TODAY + timedelta(days=1)


def test_doses_are_those_of_the_side_that_received_more_from_head_to_foot() -> None:
    days = days_shown(SOME, TODAY)
    doses = zone_doses(SOME, days)
    assert list(doses) == ["shoulder", "lumbar", "thigh"]
    expected = np.zeros(len(days))
    expected[-10], expected[-1] = 3.0, 1.0
    assert doses["lumbar"].tolist() == expected.tolist()
    twice = zone_doses([*SOME, session(0, neck_left=0.5), session(0, neck_left=0.25)], days)
    assert twice["neck"][-1] == 0.75


def test_profiles_played_most_have_looks_of_their_own() -> None:
    few = looks_of([session(0, "a", 5.0), session(0, "b", 9.0)])
    assert few == {"b": LOOKS[0], "a": LOOKS[1]}
    exact = looks_of([session(0, f"p{n}", 10.0 + n) for n in range(len(LOOKS))])
    assert OTHERS not in exact.values()
    many = looks_of([session(0, f"p{n:02}", 10.0 + n) for n in range(12)])
    assert [look for look in many.values() if look == OTHERS] == [OTHERS] * (12 - len(LOOKS) + 1)


def test_colours_are_told_apart_in_grey_or_by_their_hatch() -> None:
    from matplotlib.colors import to_rgb

    looks = [*LOOKS, OTHERS]
    assert len({hatch for _, hatch in looks}) == len(looks)
    greys = [float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114))) for colour, _ in LOOKS]
    assert len({round(grey, 2) for grey in greys}) == len(greys)


@pytest.mark.parametrize("name", ["days.gif", "days", "nowhere/days.png"])
def test_what_cannot_be_drawn_is_refused_with_a_hint(tmp_path: Path, name: str) -> None:
    with pytest.raises(PlotUnavailable) as refused:
        plot_history(SOME, TODAY, "no", tmp_path / name)
    assert refused.value.hint
    assert list(tmp_path.glob("*.*")) == []
