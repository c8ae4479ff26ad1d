"""Each test of the contract fails for an output that breaks the promise it is about."""

import inspect
from contextlib import suppress
from dataclasses import replace

import pytest

from firmware_bridge.errors import LinkLost
from firmware_bridge.guard.outputs.hf8 import Hf8
from firmware_bridge.guard.outputs.output import OutputStuck
from firmware_bridge.guard.outputs.stream import StreamOutput
from kneadwave.testing.contract import OutputContract
from kneadwave.testing.stream_rig import StreamRig
from simulator.twins.hf8 import VirtualHf8


def traits(**changes):
    """The HF8's traits, some of them others."""
    return replace(Hf8.traits, **changes)


class Weak(Hf8):
    traits = traits(steps=0)


class Pushy(Hf8):
    def questions(self):
        return super().questions() + self.levels(b"\xff" * 8)


class Credulous(Hf8):
    def answered(self):
        return True


class Crossed(Hf8):
    def levels(self, drives):
        return super().levels(drives[::-1])


class Rising(Hf8):
    def levels(self, drives):
        return super().levels(bytes(min(255, drive + 1) for drive in drives))


class Claiming(Hf8):
    traits = traits(stops_after_s=0.5)


class Fragile(Hf8):
    def take(self, data):
        super().take(data)
        if len(data) > 1000:
            raise ValueError(data)


class Hoarding(Hf8):
    def __init__(self):
        super().__init__()
        self.all = []

    def take(self, data):
        super().take(data)
        self.all.append(data)


class Talkative(Hf8):
    def __init__(self):
        super().__init__()
        self.more = 0

    def take(self, data):
        super().take(data)
        self.more = 9 if len(data) > 1000 else self.more

    def levels(self, drives):
        return super().levels(bytes(drive and drive + self.more for drive in drives))


class Defective(StreamOutput):
    """An output of the HF8 that says by itself what it does wrong."""

    def __init__(self, dialect, pipe, now, sleep):
        super().__init__(dialect, pipe, now, sleep)
        self.pipe, self.dialect, self.now, self.sleep = pipe, dialect, now, sleep


class TakesRates(Defective):
    def put(self, drives, rates, now):
        super().put(rates if any(rates) else drives, rates, now)


class Queues(Defective):
    waits = b""

    def put(self, drives, _, now):
        self.waits += self.dialect.levels(drives)
        self.tend(now)

    def tend(self, _):
        self.dialect.take(self.pipe.receive())
        self.waits = self.waits[self.pipe.send(self.waits) :]

    def zero(self):
        self.waits += b"".join(self.dialect.zeros())
        self.waits = self.waits[self.pipe.send(self.waits) :]


class Forgets(Queues):
    """Says an update once, whether it was taken or not."""

    said = b""

    def put(self, drives, *_):
        if drives != self.said:
            self.said = drives
            self.pipe.send(self.dialect.levels(drives))


class ZeroesOnce(Defective):
    def zero(self):
        self.pipe.send(self.dialect.zeros()[0])


class ZeroesLate(Defective):
    def zero(self):
        super().zero()
        self.sleep(1.0)


class Resumes(Defective):
    kept = b""

    def put(self, drives, rates, now):
        self.kept = drives
        super().put(drives, rates, now)

    def zero(self):
        super().zero()
        super().put(self.kept, bytes(8), self.now())


class NeverStuck(Defective):
    def put(self, drives, rates, now):
        with suppress(OutputStuck):
            super().put(drives, rates, now)


class Insists(Defective):
    def zero(self):
        try:
            super().zero()
        except OutputStuck:
            self.sleep(1.0)


class SeesNoLoss(Defective):
    def put(self, drives, rates, now):
        with suppress(LinkLost):
            super().put(drives, rates, now)


class SaysOnce(Defective):
    said = b""

    def put(self, drives, *_):
        self.dialect.take(self.pipe.receive())
        if drives != self.said:
            self.said = drives
            self.pipe.send(self.dialect.levels(drives))


class Dawdles(Defective):
    def put(self, drives, rates, now):
        self.sleep(0.01)
        super().put(drives, rates, now)


class ClosesOnce(Defective):
    open = True

    def close(self):
        if not self.open:
            raise ValueError("it is closed")
        self.open = False


def with_output(output):
    return lambda: StreamRig(Hf8(), VirtualHf8(), output=output)


def with_dialect(dialect):
    return lambda: StreamRig(dialect(), VirtualHf8())


class HasNoGap(Defective):
    def __init__(self, *args):
        super().__init__(*args)
        self.inner = StreamOutput(*args)
        self.traits = traits(gap_s=0.05)

    def put(self, drives, rates, now):
        self.inner.put(drives, rates, now)


DEFECTS = [
    ("test_its_traits_are_sane", with_dialect(Weak)),
    ("test_asking_moves_nothing", with_dialect(Pushy)),
    ("test_a_device_that_answers_nothing_is_not_taken_for_one", with_dialect(Credulous)),
    ("test_each_drive_reaches_its_own_motor", with_dialect(Crossed)),
    ("test_more_is_never_less_and_never_more_than_was_asked", with_dialect(Rising)),
    ("test_rates_that_it_does_not_take_change_nothing", with_output(TakesRates)),
    ("test_the_latest_counts_where_the_line_is_slow", with_output(Queues)),
    ("test_no_zero_is_lost_where_the_line_was_full", with_output(Forgets)),
    ("test_everything_is_off_at_once_and_told_twice", with_output(ZeroesOnce)),
    ("test_everything_is_off_at_once_and_told_twice", with_output(ZeroesLate)),
    ("test_after_that_nothing_moves_until_it_is_asked_for", with_output(Resumes)),
    ("test_zeros_do_not_wait_behind_levels", with_output(Queues)),
    ("test_a_device_that_takes_nothing_is_told_of_in_time", with_output(NeverStuck)),
    ("test_zero_gives_up_in_time", with_output(Insists)),
    ("test_a_device_that_is_gone_is_told_of", with_output(SeesNoLoss)),
    ("test_a_held_level_is_said_again_in_time_and_stays", with_output(SaysOnce)),
    ("test_updates_leave_the_gap_that_they_need", with_output(HasNoGap)),
    ("test_nothing_but_zero_takes_time", with_output(Dawdles)),
    ("test_it_stops_by_itself_where_it_says_so", with_dialect(Claiming)),
    ("test_whatever_the_device_says_nothing_breaks_and_nothing_grows", with_dialect(Fragile)),
    ("test_whatever_the_device_says_nothing_breaks_and_nothing_grows", with_dialect(Hoarding)),
    ("test_whatever_the_device_says_nothing_breaks_and_nothing_grows", with_dialect(Talkative)),
    ("test_closing_never_raises", with_output(ClosesOnce)),
]


@pytest.mark.parametrize(("test", "make"), DEFECTS)
def test_a_broken_promise_is_noticed(test, make):
    contract = OutputContract()
    rig = make()
    if "driven" in inspect.signature(getattr(contract, test)).parameters:
        while not rig.output.ask(rig.clock.now()):
            rig.clock.sleep(0.02)
    with pytest.raises((AssertionError, ValueError, pytest.fail.Exception)):
        getattr(contract, test)(rig)


def test_each_promise_has_an_output_that_breaks_it():
    tests = {name for name in vars(OutputContract) if name.startswith("test_")}
    assert {name for name, _ in DEFECTS} == tests
