"""The motors of many variants over one run: every frame once, and while the run is still going on."""

from types import SimpleNamespace

import numpy as np
import pytest

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from kneadwave.tuning.robustness.play import GROUP, PIECE, DrivenActuators, play_variants, unseen
from simulator.spread import Frames, draw

LAYOUT = place_device(load_device("seat-pad-8"))
UPDATE = 100  # frames that come with an update of the run


class Run:
    """A run that puts out `length` frames of one drive, some with each update."""

    def __init__(self, length):
        self.length = self.expected = length
        self.frames = 0
        self.session = SimpleNamespace(score=SimpleNamespace(duration=float(length)))

    def play(self):
        while self.frames < self.length:
            self.frames = min(self.length, self.frames + UPDATE)
            yield SimpleNamespace(elapsed=float(self.frames))

    def taken(self):
        drive = np.full((self.frames, len(LAYOUT.actuators)), 120, dtype=np.uint8)
        return Frames(drive, np.zeros_like(drive), np.zeros(self.frames, dtype=np.uint8))


def groups_of(variants):
    bench = DrivenActuators(LAYOUT, 1)
    return bench, bench.groups(draw(bench.actuators, variants, 1))


@pytest.mark.parametrize("length", [1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 5])
def test_every_group_takes_every_frame_once(length):
    bench, groups = groups_of(3)
    pieces = []

    def over(work, tasks):
        pieces.append(len(tasks[0].frames.drive))
        return map(work, tasks)

    play_variants(Run(length), bench, groups, over, unseen)
    assert sum(pieces) == length
    assert all(piece == PIECE for piece in pieces[:-1])
    assert 0 < pieces[-1] <= PIECE
    assert all((group.frames == length).all() for group in groups)


def test_a_piece_is_handed_out_while_the_next_one_is_still_played():
    bench, groups = groups_of(2)
    run, handed_out = Run(3 * PIECE), []

    def over(work, tasks):
        handed_out.append(run.frames)
        return map(work, tasks)

    play_variants(run, bench, groups, over, unseen)
    assert len(handed_out) == 3
    assert handed_out[0] < PIECE + UPDATE
    assert handed_out[1] < 2 * PIECE + UPDATE


def test_motors_are_carried_from_piece_to_piece():
    bench, groups = groups_of(2)
    play_variants(Run(2 * PIECE), bench, groups, map, unseen)
    _, alone = groups_of(2)
    run = Run(2 * PIECE)
    list(run.play())
    whole = alone[0].bank.step(bench.of(run.taken(), 0, 2 * PIECE), 1)
    assert groups[0].felt == pytest.approx(whole.felt, rel=1e-12)


def test_a_map_that_loses_a_result_is_noticed():
    bench, groups = groups_of(GROUP + 1)
    assert len(groups) == 2
    with pytest.raises(ValueError, match="shorter"):
        play_variants(Run(10), bench, groups, lambda work, tasks: map(work, tasks[:1]), unseen)


def test_progress_never_goes_back_and_ends_with_all():
    bench, groups = groups_of(3)
    seen = []
    play_variants(Run(2 * PIECE + 7), bench, groups, map, seen.append)
    assert seen == sorted(seen)
    assert seen[0] < 0.1
    assert seen[-1] == pytest.approx(1.0)
