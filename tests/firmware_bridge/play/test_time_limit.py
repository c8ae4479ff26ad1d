"""A score that does not fit the time goes on early enough to end softly within it."""

from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.play.time_limit import NOTABLE_S, SOFT_S, TAIL_S, Allotment, LeftOut

STEP_S = 0.1


class Times(NamedTuple):
    """What an allotment asks of a score."""

    duration: float
    closing_start: float
    fade_out: float = 0.5


@pytest.fixture
def long_score() -> Times:
    return Times(80.0, 60.0)


def played(score: Times, allowed_s: float, pause: tuple[float, float] = (0.0, 0.0)) -> list[float]:
    """The positions of a session that obeys, a tenth of a second apart, paused from .. to."""
    time, positions = Allotment(score, allowed_s), [0.0]
    for tick in range(round(allowed_s / STEP_S)):
        elapsed = tick * STEP_S
        if pause[0] <= elapsed < pause[1]:
            continue
        onward = time.onward(elapsed, positions[-1])
        positions.append((positions[-1] if onward is None else onward) + STEP_S)
        if positions[-1] >= score.duration:
            break
    return positions


def test_what_fits_is_left_alone(long_score: Times) -> None:
    time = Allotment(long_score, 80.0 + TAIL_S)
    assert [time.onward(t, t) for t in (0.0, 40.0, 79.0, 80.0)] == [None] * 4


def test_it_goes_to_the_closing_when_only_that_still_fits(long_score: Times) -> None:
    time = Allotment(long_score, 50.0)
    edge = 50.0 - TAIL_S - 20.0
    assert time.onward(edge - 0.01, edge - 0.01) is None
    assert time.onward(edge + 0.01, edge + 0.01) == 60.0
    assert time.onward(edge + 0.02, 60.01) is None


def test_when_even_the_closing_is_too_long_its_end_is_played(long_score: Times) -> None:
    time = Allotment(long_score, 12.0)
    assert time.onward(0.0, 0.0) == 60.0
    edge = 12.0 - TAIL_S - SOFT_S
    assert time.onward(edge - 0.01, 60.0 + edge) is None
    assert time.onward(edge, 60.0 + edge) == pytest.approx(80.0 - SOFT_S)


def test_it_only_goes_forward(long_score: Times) -> None:
    time = Allotment(long_score, 50.0)
    assert time.onward(49.5, 79.9) == 80.0
    assert time.onward(60.0, 10.0) == 80.0
    assert time.onward(60.0, 80.0) is None


def test_the_time_is_over_at_the_very_second(long_score: Times) -> None:
    time = Allotment(long_score, 50.0)
    assert [time.over(t) for t in (49.999, 50.0, 50.001)] == [False, True, True]


@given(
    opening=st.floats(0.5, 200.0),
    closing=st.floats(0.5, 100.0),
    allowed=st.floats(8.0, 150.0),
    begins=st.floats(0.0, 100.0),
    lasts=st.floats(0.0, 60.0),
)
def test_whatever_the_lengths_and_the_pause_the_end_is_played_in_time(
    opening: float, closing: float, allowed: float, begins: float, lasts: float
) -> None:
    score = Times(opening + closing, opening)
    positions = played(score, allowed, (begins, begins + lasts))
    assert positions == sorted(positions)
    paused_to_the_end = begins < allowed <= begins + lasts + SOFT_S + TAIL_S + 1.0
    if not paused_to_the_end:
        assert positions[-1] >= score.duration


@given(
    st.floats(10.0, 300.0),
    st.floats(0.1, 0.95),
    st.floats(0.0, 8.0),
    st.floats(6.0, 320.0),
)
def test_what_will_be_left_out_is_known_before_it_begins(
    duration: float, closing: float, fade: float, allowed: float
) -> None:
    score = Times(duration, closing * duration, fade)
    positions = played(score, allowed)
    jumps = [(a, b) for a, b in pairwise(positions) if b - a > NOTABLE_S + 2 * STEP_S]
    told = [each for each in Allotment(score, allowed).left_out() if each.end - each.start > NOTABLE_S + 0.5]
    for at, to in jumps:
        assert any(each.start - 0.3 <= at and to <= each.end + 0.3 for each in told) or to - at < 3.0
    for each in told:
        assert not any(each.start + 0.3 < at < each.end - 0.3 for at in positions)


def test_a_closing_that_is_shorter_than_what_is_played_in_any_case_is_no_jump_of_its_own() -> None:
    (told,) = Allotment(Times(10.0, 7.5), 6.0).left_out()
    assert (told.start, told.end) == (1.0, 6.0)


def test_a_session_taken_up_leaves_out_less(long_score: Times) -> None:
    time = Allotment(long_score, 31.0 + TAIL_S)
    assert time.left_out() == (LeftOut(11.0, 60.0),)
    assert time.left_out(40.0) == (LeftOut(51.0, 60.0),)
    assert time.left_out(50.0) == ()
    assert Allotment(long_score, 80.0).left_out() == (), "less than is worth a word"
