"""What is compared of two versions of a step, and that nothing about it favours the one or the other."""

from collections import Counter
from random import Random

import numpy as np
import pytest

from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.safety.limiter import Limiter
from kneadwave.errors import UsageError
from kneadwave.sessions.felt_bounds import Bounded
from kneadwave.tuning.trials.ab import (
    EDITED,
    ROUNDS,
    SAVED,
    STIMULUS_S,
    WHOLE,
    begins,
    differing,
    draw,
    pair_of,
    profile_of,
    tape_of,
    told_apart,
)
from profiles.curve import IntensityCurve
from profiles.parameters import with_number
from profiles.profile import load_profile, shipped_profiles
from profiles.rules.check import check
from profiles.score import compose
from profiles.waveform import FRAME_RATE_HZ

ORDERS = ((SAVED, EDITED), (EDITED, SAVED))
BACK = load_profile("relaxing-back")
KNEADING = 7


def edited(index=KNEADING, profile=BACK, **changes):
    """The profile with other fields of a step."""
    step = profile.step[index].model_copy(update=changes)
    return profile.model_copy(update={"step": (*profile.step[:index], step, *profile.step[index + 1 :])})


def curve(*points):
    return IntensityCurve(points=points)


def numbered(name, value, index=KNEADING, profile=BACK):
    step = with_number(profile.step[index], name, value)
    return profile.model_copy(update={"step": (*profile.step[:index], step, *profile.step[index + 1 :])})


def frame(seconds):
    return round(seconds * FRAME_RATE_HZ)


def parts(levels, pair):
    """What was played in each part of both rounds."""
    starts = [at for number in range(ROUNDS) for at in begins(pair, number)]
    return [levels[frame(at) : frame(at) + frame(pair.seconds)] for at in starts]


def drives(pair, order, device):
    """What a device is commanded, limiter included."""
    layout = place_device(load_device(device))
    sampler = Bounded(tape_of(pair, order, layout), compose(profile_of(pair)), layout)
    limiter, blocks, count = Limiter(layout), [], frame(pair.total_s)
    for at in range(0, count, 100):
        block, _ = limiter.limit(sampler.render(at, min(100, count - at)), 1.0)
        blocks.append(block.drive)
    return np.concatenate(blocks)


def test_the_steps_that_differ_are_found_and_the_session_too():
    assert differing(BACK, BACK) == []
    assert differing(BACK, edited(level=0.4)) == [KNEADING]
    both = edited(2, edited(level=0.4), level=0.2).model_copy(
        update={"envelope": curve((0.0, 0.5), (1.0, 1.0))}
    )
    assert differing(BACK, both) == [2, KNEADING, WHOLE]


def test_versions_with_other_steps_are_not_compared():
    with pytest.raises(UsageError, match="the same number of steps"):
        differing(BACK, BACK.model_copy(update={"step": BACK.step[1:]}))


def test_the_part_that_is_compared_is_where_they_differ_most():
    step = BACK.step[KNEADING]
    flat = curve((0.0, 0.8), (1.0, 0.8))
    dented = curve((0.0, 0.8), (0.58, 0.8), (0.6, 0.5), (0.62, 0.8), (1.0, 0.8))
    pair = pair_of(edited(curve=flat), edited(curve=dented), KNEADING)
    assert pair.seconds == STIMULUS_S
    dent = 0.6 * step.duration_s
    assert pair.start_s <= dent - 3.0
    assert pair.start_s + pair.seconds >= dent + 3.0


def test_a_number_that_differs_is_felt_where_the_step_is_strongest():
    pair = pair_of(BACK, numbered("rate", 50.0), KNEADING)
    assert pair.peak(SAVED) == pair.peak(EDITED) == pytest.approx(0.5)
    assert pair.felt(SAVED).min() > 0.45


def test_a_short_step_is_compared_as_a_whole():
    short = edited(duration_s=5.0)
    assert pair_of(short, edited(profile=short, level=0.3), KNEADING).seconds == 5.0


def test_a_curve_over_the_session_is_felt_in_its_strongest_step():
    whole = BACK.model_copy(update={"envelope": curve((0.0, 1.0), (0.5, 0.6), (1.0, 1.0))})
    pair = pair_of(BACK, whole, WHOLE)
    assert pair.edited.step.name == "shoulders and shoulder blades"
    late = BACK.model_copy(update={"envelope": curve((0.0, 1.0), (0.95, 1.0), (1.0, 0.4))})
    assert pair_of(BACK, late, WHOLE).edited.step.name == "closing strokes"


def test_a_step_for_hands_cannot_be_felt():
    profile = load_profile("before-leaving")
    hands = next(n for n, step in enumerate(profile.step) if not step.moves)
    with pytest.raises(UsageError, match="is for hands"):
        pair_of(profile, edited(hands, profile, duration_s=60.0), hands)


def test_a_step_over_an_order_is_felt_in_one_of_its_regions():
    profile = load_profile("prone-and-supine")
    index = next(n for n, step in enumerate(profile.step) if step.in_order)
    pair = pair_of(profile, edited(index, profile, level=profile.step[index].level * 0.5), index)
    assert pair.saved.step.zones == pair.edited.step.zones
    assert pair.saved.step.zones


@pytest.mark.parametrize(
    ("other", "felt"),
    [
        (edited(level=0.45), False),
        (edited(level=0.4), True),
        (edited(level=0.59), False),
        (edited(level=0.6), True),
        (numbered("rate", 40.0), False),
        (numbered("rate", 45.0), True),
        (edited(crossfade_s=8.0, name="another name"), False),
        (edited(zones=("shoulder",)), True),
        (edited(technique=BACK.step[0].technique), True),
    ],
)
def test_what_hardly_anybody_tells_apart_is_known_beforehand(other, felt):
    assert told_apart(pair_of(BACK, other, KNEADING)) is felt


def test_a_frequency_takes_more_to_be_told_apart():
    toning = load_profile("toning")
    index = next(n for n, step in enumerate(toning.step) if step.technique.kind == "vibration")
    assert not told_apart(pair_of(toning, numbered("frequency", 75.0, index, toning), index))
    assert told_apart(pair_of(toning, numbered("frequency", 82.0, index, toning), index))


def test_each_order_is_drawn_as_often_as_the_other_and_by_the_seed():
    orders = Counter(draw(Random(seed)) for seed in range(400))
    assert set(orders) == set(ORDERS)
    assert min(orders.values()) > 160
    assert draw(Random(7)) == draw(Random(7))


@pytest.mark.parametrize("device", ["reference-cushion", "seat-pad-8"])
@pytest.mark.parametrize(
    "other", [edited(curve=curve((0.0, 0.3), (1.0, 0.6))), numbered("rate", 25.0), numbered("speed", 60.0)]
)
def test_a_version_plays_the_same_first_or_second_and_in_both_rounds(other, device):
    pair = pair_of(BACK, other, KNEADING)
    (saved, after, again, last), (before, also, _, _) = (
        parts(drives(pair, order, device), pair) for order in ORDERS
    )
    assert saved.max() > 0
    assert (saved == also).all()
    assert (after == before).all()
    assert (saved == again).all()
    assert (after == last).all()
    assert (saved != after).any()


def test_presses_are_whole_whatever_their_length():
    gentle = load_profile("gentle-back")
    index = next(n for n, step in enumerate(gentle.step) if step.technique.kind == "pressing")
    pair = pair_of(gentle, numbered("hold", 4.5, index, gentle), index)
    layout = place_device(load_device("reference-cushion"))
    first, second, *_ = parts(tape_of(pair, ORDERS[0], layout).render(0, frame(pair.total_s)).level, pair)
    for felt in (first, second):
        assert felt[: frame(0.1)].max() < 0.1
        assert felt[: frame(2.0)].max() > 0.2


def test_both_come_from_nothing_and_rest_between():
    pair = pair_of(BACK, edited(level=0.3), KNEADING)
    layout = place_device(load_device("reference-cushion"))
    for order in ORDERS:
        level = tape_of(pair, order, layout).render(0, frame(pair.total_s)).level.max(axis=1)
        for number in range(ROUNDS):
            for at in begins(pair, number):
                assert level[frame(at)] == 0.0
                assert level[frame(at) : frame(at + 0.3)].max() < 0.2
                assert level[frame(at + pair.seconds) : frame(at + pair.seconds + 2.3)].max() == 0.0


def test_nothing_is_stronger_than_in_the_session():
    pair = pair_of(BACK, edited(level=0.3), KNEADING)
    layout = place_device(load_device("reference-cushion"))
    first, second, *_ = parts(tape_of(pair, ORDERS[0], layout).render(0, frame(pair.total_s)).level, pair)
    assert 0.2 < first.max() <= 0.5
    assert second.max() == pytest.approx(0.6 * first.max(), abs=0.01)


def test_what_a_device_plays_otherwise_is_told_alike_for_both_orders():
    toning = load_profile("toning")
    index = next(n for n, step in enumerate(toning.step) if step.technique.kind == "vibration")
    pair = pair_of(toning, numbered("frequency", 40.0, index, toning), index)
    layout = place_device(load_device("seat-pad-8"))
    one, other = (tape_of(pair, order, layout).substitutions for order in ORDERS)
    assert one == other
    assert len(one) == 2


def test_what_is_told_beforehand_gives_no_order_away():
    pair = pair_of(BACK, edited(level=0.3), KNEADING)
    profile = profile_of(pair)
    assert profile.audience == "test"
    assert profile.duration_s <= 60.0
    assert {step.name for step in profile.step} == {
        "light stroke before",
        "kneading upwards",
        "light stroke after",
    }
    assert [finding for finding in check(profile) if finding.severity != "info"] == []


def steps_that_ship():
    """The first step of each technique that a device plays, with its profile."""
    found = {}
    for name in shipped_profiles():
        profile = load_profile(name)
        for index, step in enumerate(profile.step):
            if not profile.locked_for and step.moves and not step.is_guide:
                found.setdefault((step.technique.kind, getattr(step.technique, "form", "")), (profile, index))
    return [pytest.param(*each, id=" ".join(key).strip()) for key, each in sorted(found.items())]


@pytest.mark.parametrize(("profile", "index"), steps_that_ship())
def test_every_technique_that_ships_can_be_compared_without_a_word_of_the_check(profile, index):
    softer = edited(index, profile, level=profile.step[index].level * 0.7)
    pair = pair_of(profile, softer, index)
    sitting = profile_of(pair)
    assert sitting.duration_s <= 50.0
    assert [finding for finding in check(sitting) if finding.severity != "info"] == []
    one, other = (parts(drives(pair, order, "mat-64"), pair) for order in ORDERS)
    assert (one[0] == other[1]).all()
    assert (one[1] == other[0]).all()


def test_the_gate_is_told_posture_and_self_massage():
    own = BACK.model_copy(update={"self_massage": True, "posture": "seated"})
    told = profile_of(pair_of(own, edited(profile=own, level=0.2), KNEADING))
    assert (told.posture, told.self_massage) == ("seated", True)
    assert not profile_of(pair_of(BACK, edited(level=0.2), KNEADING)).self_massage
