"""Motors of many variants, shared among processes."""

import multiprocessing
from concurrent.futures import wait

import numpy as np
import pytest

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from kneadwave.tuning.robustness.workers import PIECE, Crew, Group, WorkersLost, helping
from simulator.spread import Frames, advance, draw

ACTUATORS = place_device(load_device("seat-pad-8")).allowed


def frames_of(count):
    drive = np.full((count, len(ACTUATORS)), 120, dtype=np.uint8)
    return Frames(drive, np.zeros_like(drive), np.zeros(count, dtype=np.uint8))


def groups_of(count, variants=2):
    drawn = draw(ACTUATORS, count * variants, 1)
    counts = [1] * len(ACTUATORS)
    return [Group(ACTUATORS, counts, drawn.part(n * variants, (n + 1) * variants), 1) for n in range(count)]


@pytest.mark.parametrize("length", [1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 5])
def test_a_crew_of_one_takes_every_frame_once(length):
    groups = groups_of(2)
    told = []
    with helping(1) as helpers:
        hands = Crew(groups, helpers)
        hands.look(lambda: frames_of(length), length)
        assert hands.done(length) == 0.0, "it waits until everything is there"
        hands.finish(frames_of(length), lambda: told.append(hands.done(length)))
    assert [group.done for group in groups] == [length, length]
    assert [int(group.frames[0, 0]) for group in groups] == [length, length]
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_helpers_begin_before_everything_is_there():
    groups, alone = groups_of(3), groups_of(3)
    frames = frames_of(3 * PIECE + 5)
    with helping(2) as helpers:
        hands = Crew(groups, helpers)
        hands.look(lambda: frames, PIECE)
        wait(hands._away)
        hands.look(lambda: frames, PIECE)
        assert hands.done(len(frames.drive)) > 0.0
        hands.finish(frames, lambda: None)
    Crew(alone).finish(frames, lambda: None)
    for one, other in zip(groups, alone, strict=True):
        assert (one.felt == other.felt).all()
    assert not multiprocessing.active_children()


def test_helpers_end_with_whatever_ends_the_work():
    def interrupted():
        with helping(2) as helpers:
            hands = Crew(groups_of(3), helpers)
            hands.look(lambda: frames_of(PIECE), PIECE)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not multiprocessing.active_children()


def test_a_helper_that_is_ended_is_told():
    def robbed():
        with helping(2) as helpers:
            hands = Crew(groups_of(3), helpers)
            hands.look(lambda: frames_of(PIECE), PIECE)
            for child in multiprocessing.active_children():
                child.kill()
            hands.finish(frames_of(200 * PIECE), lambda: None)

    with pytest.raises(WorkersLost) as caught:
        robbed()
    assert caught.value.hint == "try --jobs 1"
    assert not multiprocessing.active_children()


def test_an_errand_carries_its_motors_on():
    frames = frames_of(2 * PIECE)
    (group,), (other,) = groups_of(1), groups_of(1)
    first = group.errand(frames)
    assert first.memory is None
    memory, felt = advance(first)
    group.take(memory, felt, PIECE)
    assert Crew([group]).done(2 * PIECE) == 0.5
    second = group.errand(frames)
    assert len(second.frames.drive) == PIECE
    here = advance(second)[1].felt
    elsewhere = advance(second._replace(key=-1))[1].felt  # a process that has not had it before
    assert (here == elsewhere).all()
    assert (here != advance(other.errand(frames))[1].felt).any(), "those start from rest"
