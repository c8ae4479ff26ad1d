"""Pieces of several scores on one tape: where they lie, how they give way, and what they never exceed."""

import numpy as np
import pytest

from kneadwave.tuning.trials.tape import TapePiece, splice
from profiles.waveform import FRAME_RATE_HZ, Waveform


class Even:
    """A sampler of one level and one rate, which notes what it was asked for."""

    def __init__(self, level: float, rate: float = 0.0) -> None:
        self.level = level
        self.rate = rate
        self.asked: list[tuple[int, int]] = []

    def render(self, start_frame: int, n_frames: int) -> Waveform:
        self.asked.append((start_frame, n_frames))
        shape = (n_frames, 2)
        return Waveform(
            start_frame, np.full(shape, self.level), np.full(shape, self.rate), np.zeros(n_frames, dtype=int)
        )


def frame(seconds: float) -> int:
    return round(seconds * FRAME_RATE_HZ)


def test_between_two_pieces_and_beyond_them_there_is_silence() -> None:
    tape = splice([TapePiece(Even(0.5), 1.0, 2.0, 0), TapePiece(Even(0.3), 4.0, 1.0, 1)], 2, 6.0)
    level = tape.render(0, frame(6.0)).level
    assert level[: frame(1.0)].max() == 0.0
    assert (level[frame(1.0) : frame(3.0)] == 0.5).all()
    assert level[frame(3.0) : frame(4.0)].max() == 0.0
    assert level[frame(4.0) : frame(5.0)].min() == pytest.approx(0.3)
    assert level[frame(5.0) :].max() == 0.0
    assert tape.render(-100, 50).level.max() == 0.0
    assert tape.render(frame(6.0), 50).level.max() == 0.0


def test_a_piece_runs_on_its_own_time() -> None:
    sampler = Even(0.5)
    splice([TapePiece(sampler, 3.0, 2.0, 0, origin_s=7.0, fade_out_s=1.0)], 2, 10.0)
    assert sampler.asked == [(frame(7.0), frame(3.0))]


def test_pieces_come_from_nothing_and_go_to_nothing() -> None:
    level = (
        splice([TapePiece(Even(0.8), 0.0, 3.0, 0, fade_in_s=1.0, fade_out_s=1.0)], 2, 5.0)
        .render(0, 250)
        .level
    )
    assert level[0].max() == 0.0
    assert (np.diff(level[: frame(1.0), 0]) >= 0.0).all()
    assert (level[frame(1.0) : frame(3.0)] == 0.8).all()
    assert (np.diff(level[frame(3.0) : frame(4.0), 0]) <= 0.0).all()
    assert level[frame(4.0) :].max() == 0.0


@pytest.mark.parametrize(("one", "other"), [(0.4, 0.4), (0.2, 0.6), (0.6, 0.2)])
def test_where_one_gives_way_to_the_next_nothing_is_stronger_than_the_stronger(
    one: float, other: float
) -> None:
    tape = splice(
        [
            TapePiece(Even(one), 0.0, 2.0, 0, fade_out_s=1.0),
            TapePiece(Even(other), 2.0, 2.0, 1, fade_in_s=1.0),
        ],
        2,
        4.0,
    )
    level = tape.render(0, 200).level
    assert level.max() == pytest.approx(max(one, other))
    assert level.min() >= min(one, other) - 1e-9


def test_the_rate_is_that_of_the_stronger() -> None:
    tape = splice(
        [
            TapePiece(Even(0.4, rate=30.0), 0.0, 2.0, 0, fade_out_s=1.0),
            TapePiece(Even(0.4, rate=40.0), 2.0, 2.0, 1, fade_in_s=1.0),
        ],
        2,
        5.0,
    )
    wave = tape.render(0, 250)
    assert wave.rate[frame(2.2)].tolist() == [30.0, 30.0]
    assert wave.rate[frame(2.8)].tolist() == [40.0, 40.0]
    assert wave.rate[frame(4.5)].tolist() == [0.0, 0.0]
    assert wave.step[[0, frame(1.9), frame(2.1), 249]].tolist() == [0, 0, 1, 1]


def test_the_same_frames_come_whatever_the_blocks() -> None:
    tape = splice([TapePiece(Even(0.5), 0.3, 2.0, 0, fade_in_s=0.7, fade_out_s=0.5)], 2, 3.0)
    whole = tape.render(0, 150)
    blocks = [tape.render(at, 7) for at in range(0, 150, 7)]
    assert np.concatenate([block.level for block in blocks])[:150].tolist() == whole.level.tolist()
    assert not whole.level.flags.writeable


def test_what_nobody_feels_is_off() -> None:
    assert splice([TapePiece(Even(0.019), 0.0, 1.0, 0)], 2, 1.0).render(0, 50).level.max() == 0.0
