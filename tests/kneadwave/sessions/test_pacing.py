"""The pace of hands and breath, to the very edge of each phase."""

import pytest

from kneadwave.sessions.pacing import Pace, pace_at, turn_at
from profiles.files.load import from_data
from profiles.score import ScoreStep, compose
from profiles.technique import Breath

BREATH = Breath(inhale_s=4, hold_s=10, exhale_s=8)


def guided(duration_s: float, repeats: int, breath: dict[str, float] | None = None) -> ScoreStep:
    technique = {"kind": "guide", "instruction": "Breathe.", "part": "breath", "breath": breath}
    first = {"name": "wait", "technique": technique, "duration_s": duration_s, "repeats": repeats}
    return compose(from_data({"schema": 1, "name": "routine", "step": [first]})).steps[0]


@pytest.mark.parametrize(
    ("since", "word", "left", "fill"),
    [
        (0.0, "breathe in", 4.0, 0.0),
        (3.99, "breathe in", 0.01, 0.9975),
        (4.0, "hold", 10.0, 1.0),
        (13.99, "hold", 0.01, 1.0),
        (14.0, "breathe out", 8.0, 1.0),
        (18.0, "breathe out", 4.0, 0.5),
        (22.0, "breathe out", 0.0, 0.0),
        (-1.0, "breathe in", 4.0, 0.0),
        (99.0, "breathe out", 0.0, 0.0),
    ],
)
def test_a_breath_goes_in_holds_and_goes_out(since: float, word: str, left: float, fill: float) -> None:
    pace = pace_at(BREATH, since)
    assert pace.word == word
    assert pace.left_s == pytest.approx(left)
    assert pace.fill == pytest.approx(fill)


def test_a_breath_without_a_hold_or_a_way_in_leaves_them_out() -> None:
    assert pace_at(Breath(inhale_s=2, hold_s=0, exhale_s=2), 2.0).word == "breathe out"
    assert pace_at(Breath(inhale_s=0, hold_s=0, exhale_s=2), 0.0).word == "breathe out"
    assert pace_at(Breath(inhale_s=2, hold_s=0, exhale_s=0), 2.0) == Pace("breathe out", 0.0, 0.0)


def test_repetitions_are_counted_from_one() -> None:
    step = guided(2.0, 3)
    assert [turn_at(step, t).number for t in (-1.0, 0.0, 1.99, 2.0, 3.99, 4.0, 6.0, 9.0)] == [
        *(1, 1, 1, 2, 2, 3, 3, 3)
    ]
    assert {turn_at(step, t).of for t in (0.0, 5.0)} == {3}
    assert turn_at(step, 4.5).since_s == pytest.approx(0.5)


def test_each_breath_counts_whether_it_is_repeated_or_written_at_length() -> None:
    for step in (guided(22.0, 10, BREATH.model_dump()), guided(220.0, 1, BREATH.model_dump())):
        turn = turn_at(step, 45.0)
        assert (turn.number, turn.of) == (3, 10)
        assert turn.since_s == pytest.approx(1.0)
