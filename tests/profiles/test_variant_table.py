"""The shipped profiles beside the table of the source's variants: sequence, ways, times, force, words."""

import re
from functools import cache

import numpy as np
import pytest
from variants import followed, of_kind, rows, variants

from profiles.body import body_map
from profiles.hands import HAND_S
from profiles.profile import load_profile
from profiles.route import runs_away
from profiles.score import compose
from profiles.technique import TECHNIQUES, Guide
from profiles.zone_order import order_named

HALF_HAND_MM = 45.0  # the middle of a hand that lies half on a place
JND = 1.2  # what is just told apart: a fifth more
LIGHT, MEDIUM, STRONG = (
    0.35,
    0.6,
    0.5,
)  # felt levels: of the opening (36), of medium work (94, 110), half the scale
TOLD = {"light": "light|gent|soft", "medium": "medium|moderate", "strong": "strong|firm|hard"}
TOLD |= {"slow": "slow|calm", "quick": "quick"}
BODY = body_map()


@cache
def laid(name):
    entry = variants()[name]
    return followed(entry, load_profile(entry["profile"]).played)


def having(key):
    """(variant, number of the row) for all rows of the table that have a key."""
    return [
        pytest.param(name, number, id=f"{name}-{number}-{row['do']}")
        for name, entry in variants().items()
        for number, row in enumerate(rows(entry))
        if key in row
    ]


def at(name, number):
    """The row of that number and its steps; none where it is optional and left out."""
    return laid(name)[number]


def told(step):
    """All that a person can read about a step."""
    instruction = step.technique.instruction if isinstance(step.technique, Guide) else ""
    return " ".join((step.name, step.by_hand, instruction))


@pytest.mark.parametrize("name", variants())
def test_a_variant_follows_its_sequence(name):
    assert laid(name)


@pytest.mark.parametrize("name", variants())
def test_a_variant_keeps_its_time_its_occasion_and_its_posture(name):
    entry = variants()[name]
    profile = load_profile(entry["profile"])
    low, high = entry["total_s"]
    assert low <= profile.duration_s <= high
    assert set(entry.get("good_for", ())) <= set(profile.good_for)
    assert entry.get("posture") in (None, profile.posture)


@pytest.mark.parametrize("name", [name for name in variants() if "order" in variants()[name]])
def test_a_sequence_with_a_name_is_called_by_it(name):
    entry = variants()[name]
    assert load_profile(entry["profile"]).order == entry["order"]
    assert order_named(entry["order"]).regions


@pytest.mark.parametrize("name", of_kind("device"))
def test_the_main_pass_goes_the_way_of_the_variant(name):
    for row, steps in laid(name):
        for step in steps:
            if isinstance(step.technique, Guide) or row.get("way") == "both":
                continue
            zones = [zone for zone_id in step.zones for zone in BODY.zones_named(zone_id)]
            assert runs_away(zones, step.technique.direction) is (row.get("way") == "down"), step.name


@pytest.mark.parametrize(("name", "number"), having("times"))
def test_what_is_counted_comes_so_many_times(name, number):
    row, steps = at(name, number)
    low, high = row["times"]
    assert low <= sum(step.repeats for step in steps) <= high


@pytest.mark.parametrize(("name", "number"), having("s"))
def test_what_has_a_time_takes_it(name, number):
    row, steps = at(name, number)
    low, high = row["s"]
    assert low <= sum(step.total_s for step in steps) <= high


@pytest.mark.parametrize(("name", "number"), having("main"))
def test_the_main_part_takes_the_most_time(name, number):
    times = [sum(step.total_s for step in steps) for _, steps in laid(name)]
    assert max(times) == times[number]


@pytest.mark.parametrize(("name", "number"), having("pace"))
def test_quick_is_a_fifth_above_the_usual_pace_and_slow_not_above_it(name, number):
    row, steps = at(name, number)
    for step in steps:
        if isinstance(step.technique, Guide):
            assert re.search(TOLD[row["pace"]], told(step), re.IGNORECASE), step.name
            continue
        usual = pace(TECHNIQUES[step.technique.kind].model_construct())
        if row["pace"] == "quick":
            assert pace(step.technique) >= JND * usual, step.name
        else:
            assert pace(step.technique) <= 1.06 * usual, step.name


def pace(technique):
    """Speed of a hand (mm/s), circles a minute, or Hz."""
    names = ("speed_mm_s", "rate_cpm", "frequency_hz")
    return next(getattr(technique, name) for name in names if hasattr(technique, name))


@pytest.mark.parametrize(("name", "number"), having("force"))
def test_the_force_is_that_of_the_variant(name, number):
    row, steps = at(name, number)
    for step in steps:
        if isinstance(step.technique, Guide):
            assert re.search(TOLD[row["force"]], told(step), re.IGNORECASE), step.name
            continue
        match row["force"]:
            case "light":
                assert step.peak <= LIGHT, step.name
            case "medium":
                assert step.peak <= MEDIUM, step.name
            case "strong":
                assert step.peak >= STRONG, step.name
            case "growing":
                first, last = step.curve.at(np.array([0.0, 0.8]) * step.duration_s, step.duration_s)
                assert last >= JND * first, step.name


@pytest.mark.parametrize(("name", "number"), having("weaker"))
def test_the_closing_is_weaker_than_the_opening(name, number):
    opening = next(
        step
        for row, steps in laid(name)
        for step in steps
        if step.technique.kind == "stroking" or "strok" in row.get("says", "")
    )
    assert all(step.peak < opening.peak for step in laid(name)[number][1])


@pytest.mark.parametrize(("name", "number"), having("breath"))
def test_breath_has_a_pace(name, number):
    row, steps = at(name, number)
    for step in steps:
        assert step.technique.breath is not None, step.name
        if row["breath"] is not True:
            assert step.technique.breath.hold_s == row["breath"]


@pytest.mark.parametrize(("name", "number"), having("says"))
def test_the_words_tell_hand_place_and_way(name, number):
    row, steps = at(name, number)
    words = " ".join(told(step) for step in steps)
    for wanted in row["says"]:
        assert re.search(wanted, words, re.IGNORECASE), (wanted, words)


@pytest.mark.parametrize(("name", "number"), having("first"))
def test_one_side_comes_first_where_hands_take_turns(name, number):
    row, steps = at(name, number)
    profile = load_profile(variants()[name]["profile"])
    cue = compose(profile).cues[profile.played.index(steps[0])]
    assert cue.start % (2.0 * HAND_S) == 0.0, "turns are those of the session"
    begins = {"left" if contact.side < 0 else "right": contact.turn.phase for contact in cue.contacts}
    assert min(begins, key=begins.get) == row["first"]


@pytest.mark.parametrize(("name", "number"), [*having("up_to"), *having("at"), *having("below")])
def test_the_hand_goes_as_high_as_the_variant_has_it(name, number):
    row, steps = at(name, number)
    heights = [y for step in steps for y in worked_heights(variants()[name]["profile"], step)]
    if "up_to" in row:
        assert max(heights) >= edges(row["up_to"])[0] - HALF_HAND_MM
    if "at" in row:
        low, high = edges(row["at"])
        assert low <= min(heights)
        assert max(heights) <= high
    if "below" in row:
        assert max(heights) <= edges(row["below"])[0]


def edges(zone):
    """The lower and the upper edge of a zone (mm)."""
    heights = [y for each in BODY.zones_named(zone) for _, y in each.outline]
    return min(heights), max(heights)


def worked_heights(profile, step):
    """The heights (mm) at which the hands of a step work."""
    score = compose(load_profile(profile))
    cue = score.cues[load_profile(profile).played.index(step)]
    for contact in cue.contacts:
        route = contact.route
        yield from (y for y, weight in zip(route.y, route.weight, strict=True) if weight > 0.0)
