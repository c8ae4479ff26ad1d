"""A map over processes: results in order, and no process stays behind."""

import multiprocessing
import pickle

import numpy as np
import pytest

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from kneadwave.cli.exits import worded
from kneadwave.tuning.robustness.workers import WorkersLost, processes
from simulator.spread import Frames, Task, VariantBank, advance, draw

ACTUATORS = place_device(load_device("seat-pad-8")).allowed


def frames_of(count):
    drive = np.full((count, len(ACTUATORS)), 120, dtype=np.uint8)
    return Frames(drive, np.zeros_like(drive), np.zeros(count, dtype=np.uint8))


def tasks_of(count, frames=600):
    """Tasks that differ, each of two variants."""
    drawn = draw(ACTUATORS, 2 * count, 1)
    counts = [1] * len(ACTUATORS)
    banks = [VariantBank(ACTUATORS, counts, drawn.part(2 * n, 2 * n + 2)) for n in range(count)]
    return [Task(bank, frames_of(frames), 1) for bank in banks]


def felt_of(works):
    return [work.felt.felt.tolist() for work in works]


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_the_order_of_the_tasks_and_are_the_same_for_any_number_of_processes(jobs):
    alone = felt_of(map(advance, tasks_of(5)))
    assert len({str(felt) for felt in alone}) == 5
    with processes(jobs) as over:
        assert felt_of(over(advance, tasks_of(5))) == alone
        assert len(multiprocessing.active_children()) == (jobs if jobs > 1 else 0)
    assert not multiprocessing.active_children()


def sent(thing):
    """A thing as another process has it."""
    return pickle.loads(pickle.dumps(thing))


def test_a_task_carries_its_motors_on_wherever_it_is_run():
    (here,), (there,) = tasks_of(1), tasks_of(1)
    for _ in range(2):
        work, elsewhere = (
            advance(here),
            pickle.loads(pickle.dumps(advance(pickle.loads(pickle.dumps(there))))),
        )
        assert felt_of([work]) == felt_of([elsewhere])
        assert work.frames == elsewhere.frames == 600
        here, there = here._replace(bank=work.bank), there._replace(bank=elsewhere.bank)
    assert felt_of([work]) != felt_of(map(advance, tasks_of(1))), "those start from rest"


def test_they_end_with_whatever_ends_the_work():
    def interrupted():
        with processes(2) as over:
            over(advance, tasks_of(3))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not multiprocessing.active_children()


def test_a_process_that_is_ended_is_told():
    def robbed():
        with processes(2) as over:
            works = over(advance, tasks_of(3, frames=200_000))
            for child in multiprocessing.active_children():
                child.kill()
            list(works)

    with pytest.raises(WorkersLost) as caught:
        robbed()
    assert worded(caught.value.hint) == "try --jobs 1"
    assert not multiprocessing.active_children()
