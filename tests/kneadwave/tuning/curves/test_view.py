"""What is shown of a curve."""

import json

import numpy as np
import pytest
from written_profiles import EVENING

from firmware_bridge.devices.load import load_device
from kneadwave.people.recipient import validated
from kneadwave.tuning.curves.select import choose, with_curve, with_step
from kneadwave.tuning.curves.view import LOOKS, fields, view_of
from profiles.curve import IntensityCurve
from profiles.profile import Profile, load_profile, parse
from profiles.rules.limits import SETTLING_MAX

CUSHION = load_device("reference-cushion")
BACK = load_profile("relaxing-back")
LOWER = IntensityCurve(points=((0.0, 0.5), (0.4, 0.8), (1.0, 0.5)))
EDITED = with_curve(BACK, choose(BACK, "8"), LOWER)


def test_a_view_has_the_curve_its_points_and_its_figures() -> None:
    view = view_of(None, BACK, choose(BACK, "8"), CUSHION)
    assert (view.title, view.number, view.name) == (
        "relaxing-back: 8 kneading upwards",
        8,
        "kneading upwards",
    )
    assert (view.duration_s, view.unit, view.level, view.repeats, view.regions) == (
        150.0,
        "fraction",
        0.5,
        1,
        1,
    )
    assert view.after == BACK.step[7].curve
    assert (view.before, view.drawn_before, view.played) == (None, None, None)
    assert view.t.shape == view.drawn.shape == view.bound.shape == (LOOKS,)
    assert [(p.t, p.seconds, p.share, p.level) for p in view.points] == [
        (0.0, 0.0, 0.0, 0.5),
        (0.4, 60.0, 0.4, 1.0),
        (0.6, 90.0, 0.6, 1.0),
        (1.0, 150.0, 1.0, 0.5),
    ]
    assert [p.felt for p in view.points] == pytest.approx([0.25, 0.5, 0.5, 0.25])
    assert view.figures["peak"] == view.drawn.max() == pytest.approx(0.5)


def test_the_saved_curve_is_there_only_where_it_differs() -> None:
    view = view_of(BACK, EDITED, choose(EDITED, "8"), CUSHION)
    assert (view.before, view.after) == (BACK.step[7].curve, LOWER)
    assert view.drawn_before is not None
    assert view.drawn_before.max() == pytest.approx(0.5)
    assert view.drawn.max() == pytest.approx(0.4)
    other = view_of(BACK, EDITED, choose(EDITED, "9"), CUSHION)
    assert (other.before, other.drawn_before) == (None, None)


def test_the_ceiling_of_a_person_is_told_beside_that_of_the_zone() -> None:
    sore = validated(name="me", adult=True, pain={"lumbar": 4})
    view = view_of(None, BACK, choose(BACK, "8"), None, sore)
    assert (view.ceiling, view.less_for_person) == (0.5, True)
    assert view.ceiling_person == pytest.approx(0.5 * 6 / 7)
    assert view.bound_person == pytest.approx(view.bound * 6 / 7)
    made = fields(view)
    assert (made["person"], round(made["ceiling_person"], 3)) == ("me", 0.429)
    session = view_of(None, BACK, choose(BACK, "session"), None, sore)
    assert session.ceiling_person is None
    assert session.bound_person is not None
    assert (
        np.nanmin(session.bound - session.bound_person)
        == 0.0
        < np.nanmax(session.bound - session.bound_person)
    )
    well = view_of(None, BACK, choose(BACK, "8"), None, validated(name="me", adult=True))
    assert not well.less_for_person


def test_another_level_of_a_step_is_another_felt_curve() -> None:
    louder = with_step(BACK, 7, BACK.step[7].model_copy(update={"level": 0.4}))
    view = view_of(BACK, louder, choose(louder, "8"), None)
    assert view.drawn_before is not None
    assert view.drawn == pytest.approx(view.drawn_before * 0.8)


def test_a_step_that_is_new_has_no_curve_before() -> None:
    shorter = BACK.model_copy(update={"step": BACK.step[:3]})
    assert view_of(shorter, BACK, choose(BACK, "8"), None).drawn_before is None


def test_the_session_is_seen_as_a_whole_before_and_after_any_edit() -> None:
    view = view_of(BACK, EDITED, choose(EDITED, "session"), None)
    assert (view.duration_s, view.ceiling, view.number) == (900.0, None, "session")
    assert view.drawn.max() == pytest.approx(0.6)
    assert view.drawn_before is not None
    differs = np.flatnonzero(np.abs(view.drawn - view.drawn_before) > 1e-9)
    assert 510.0 < view.t[differs[0]] <= view.t[differs[-1]] < 660.0, "where step 8 lies, and nowhere else"
    same = view_of(BACK, BACK, choose(BACK, "session"), None)
    assert same.drawn_before is None


def test_the_ceiling_is_that_of_the_zone_that_bears_least() -> None:
    view = view_of(None, BACK, choose(BACK, "8"), None)
    assert (view.ceiling, view.ceiling_zone) == (0.5, "lumbar")
    assert (view.bound == 0.5).all()
    session = view_of(None, BACK, choose(BACK, "session"), None)
    assert set(session.bound.tolist()) == {0.5, 0.7, 0.75}


def test_a_step_along_a_path_has_the_ceiling_of_what_lies_below_it() -> None:
    evening = parse(EVENING)
    view = view_of(None, evening, choose(evening, "along"), None)
    assert (view.ceiling, view.ceiling_zone) == (0.7, "upper-back")
    assert (view.repeats, view.duration_s) == (3, 20.0)


def test_a_device_that_waits_does_so_under_the_ceiling_for_waiting() -> None:
    evening = parse(EVENING)
    view = view_of(None, evening, choose(evening, "waiting"), CUSHION)
    assert (view.ceiling, view.ceiling_zone) == (SETTLING_MAX, "")


def test_over_an_order_it_is_the_region_that_bears_most() -> None:
    evening = parse(EVENING)
    view = view_of(None, evening, choose(evening, "strokes"), CUSHION)
    assert view.regions == 11
    assert view.ceiling is not None
    session = view_of(None, evening, choose(evening, "session"), None)
    assert view.ceiling >= np.nanmin(session.bound)
    assert np.isnan(session.bound).any(), "where hands or breath work there is no ceiling"


def louder() -> Profile:
    return with_step(BACK, 7, BACK.step[7].model_copy(update={"level": 1.0}))


def test_what_is_played_is_never_more_than_what_is_drawn() -> None:
    view = view_of(BACK, louder(), choose(louder(), "8"), CUSHION)
    assert view.played is not None
    assert view.device == "reference-cushion"
    assert (view.played <= view.drawn + 1e-12).all()
    assert (view.drawn - view.played).max() > 0.2
    assert view_of(BACK, louder(), choose(louder(), "8"), None).played is None


def test_as_json_a_view_is_whole_and_small_enough() -> None:
    made = fields(view_of(BACK, louder(), choose(louder(), "8"), CUSHION))
    text = json.dumps(made, allow_nan=False)
    assert len(text) < 12_000
    assert (made["step"], made["name"], made["unit"]) == (8, "kneading upwards", "fraction")
    assert made["points"] == [[0.0, 0.5], [0.4, 1.0], [0.6, 1.0], [1.0, 0.5]]
    assert made["before"] == made["points"], "the curve is the same, the level is not"
    assert (made["duration_s"], made["level"], made["ceiling"], made["ceiling_zone"]) == (
        150.0,
        1.0,
        0.5,
        "lumbar",
    )
    assert {"peak", "mean", "lowest", "steepest", "steepest_at", "felt_steps"} <= set(made)
    assert {len(values) for values in made["sampled"].values()} == {LOOKS}
    session = fields(view_of(None, BACK, choose(BACK, "session"), None))
    assert (session["step"], session["ceiling"], session["device"]) == ("session", None, None)
    assert session["sampled"]["played"] is session["sampled"]["before"] is session["before"] is None
