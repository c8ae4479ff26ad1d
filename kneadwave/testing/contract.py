"""What every output of a guard promises: tests to be inherited, each against a virtual device.

    class TestBoard(OutputContract):
        @pytest.fixture
        def rig(self):
            return StreamRig(BoardDialect(), VirtualBoard())

A rig is an opened output, the device behind it, and the clock of both. Where it is `timed`, nothing happens
but when its clock is slept on, and then in no time: only there can moments be compared.
"""

import gc
import random
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from math import inf
from typing import Final

import pytest

from firmware_bridge.errors import LinkError
from firmware_bridge.guard.outputs.output import OutputRefused, OutputStuck
from kneadwave.testing.rig import (
    EVERY_S,
    REAL_S,
    SETTLED_S,
    Ability,
    OutputRig,
    alone,
    needs,
    noise,
    put_until_refused,
    reach,
    settled,
    timed,
    until,
    until_settled,
)

ZERO_MAX_S: Final = 0.3
STUCK_MAX_S: Final = 0.25
"""docs/wire.md: what has not been heard of for so long counts as lost."""
ANSWER_S: Final = 1.5
SLACK_S: Final = 1e-6
NOISE_ROUNDS: Final = 64
KEPT_MAX_BYTES: Final = 1 << 18


class OutputContract:
    """What every output promises. Inherit it, and give a fixture `rig`."""

    @pytest.fixture
    def rig(self) -> OutputRig:
        """A rig whose output was opened, and not yet asked."""
        raise NotImplementedError("give a fixture `rig`: an OutputRig")

    @pytest.fixture
    def driven(self, rig: OutputRig) -> Iterator[OutputRig]:
        """The rig, once its device has answered."""
        until(rig, lambda: rig.output.ask(rig.clock.now()))
        yield rig
        rig.output.close()

    def test_its_traits_are_sane(self, rig: OutputRig) -> None:
        traits = rig.output.traits
        assert traits.channels >= len(rig.levels) > 0
        assert traits.steps >= 1
        assert all(0 <= figure < 1 for figure in (traits.refresh_s, traits.gap_s, traits.latency_s))
        assert traits.stops_after_s is None or 0 < traits.stops_after_s < inf
        if traits.stops_after_s is not None:
            assert 0 < traits.refresh_s < traits.stops_after_s, "or a held level would fall off"

    def test_asking_moves_nothing(self, rig: OutputRig) -> None:
        until(rig, lambda: rig.output.ask(rig.clock.now()))
        rig.clock.sleep(EVERY_S)
        assert not any(any(levels) for _, levels in rig.heard)
        assert not any(rig.levels)

    def test_a_device_that_answers_nothing_is_not_taken_for_one(self, rig: OutputRig) -> None:
        needs(rig, Ability.MUTE)
        rig.mute()
        deadline = rig.clock.now() + (ANSWER_S if rig.timed else EVERY_S)
        with suppress(OutputRefused, LinkError):
            while rig.clock.now() < deadline:
                assert not rig.output.ask(rig.clock.now())
                rig.clock.sleep(EVERY_S)
        assert not any(rig.levels)

    def test_each_drive_reaches_its_own_motor(self, driven: OutputRig) -> None:
        count = len(driven.levels)
        for channel in range(count):
            reach(driven, alone(count, channel, 255), alone(count, channel, driven.highest[channel]))
        reach(driven, bytes(count), bytes(count))

    def test_more_is_never_less_and_never_more_than_was_asked(self, driven: OutputRig) -> None:
        timed(driven)
        count, before = len(driven.levels), bytes(len(driven.levels))
        for drive in range(256):
            until_settled(driven, bytes([drive]) * count)
            assert all(level <= drive for level in driven.levels), (drive, driven.levels)
            assert all(new >= old for new, old in zip(driven.levels, before, strict=True)), drive
            before = driven.levels
            assert drive or not any(before), "0 is off"
        assert before == driven.highest

    def test_rates_that_it_does_not_take_change_nothing(self, driven: OutputRig) -> None:
        if not driven.output.traits.rated:
            count = len(driven.levels)
            until(driven, lambda: driven.levels == driven.highest, b"\xff" * count, b"\x30" * count)

    def test_the_latest_counts_where_the_line_is_slow(self, driven: OutputRig) -> None:
        timed(driven)
        needs(driven, Ability.CLOG)
        count = len(driven.levels)
        driven.take_nothing()
        for drive in (20, 200, 40):
            driven.output.put(bytes([drive]) * count, driven.rates, driven.clock.now())
            driven.clock.sleep(EVERY_S)
        driven.take_again()
        until(driven, lambda: any(driven.levels), bytes([40]) * count)
        until_settled(driven, bytes([40]) * count)
        assert max(max(levels) for _, levels in driven.heard) <= 40, "what is out of date is not said"

    def test_no_zero_is_lost_where_the_line_was_full(self, driven: OutputRig) -> None:
        timed(driven)
        needs(driven, Ability.CLOG)
        count = len(driven.levels)
        reach(driven, b"\xff" * count, driven.highest)
        driven.take_nothing()
        driven.output.put(bytes([200]) * count, driven.rates, driven.clock.now())
        driven.output.put(bytes(count), driven.rates, driven.clock.now())
        driven.take_again()
        reach(driven, bytes(count), bytes(count))

    def test_everything_is_off_at_once_and_told_twice(self, driven: OutputRig) -> None:
        count = len(driven.levels)
        reach(driven, b"\xff" * count, driven.highest)
        before, began = len(driven.heard), driven.clock.now()
        driven.output.zero()
        assert driven.clock.now() - began <= ZERO_MAX_S or not driven.timed
        until(driven, lambda: not any(driven.levels))
        if driven.timed:
            told = [at for at, levels in list(driven.heard)[before:] if not any(levels)]
            assert len(set(told)) >= 2, "a line may lose what is told once"

    def test_after_that_nothing_moves_until_it_is_asked_for(self, driven: OutputRig) -> None:
        count = len(driven.levels)
        reach(driven, b"\xff" * count, driven.highest)
        driven.output.zero()
        until(driven, lambda: not any(driven.levels))
        before = len(driven.heard)
        end = driven.clock.now() + (1.0 if driven.timed else 0.1)
        while driven.clock.now() < end:
            driven.output.tend(driven.clock.now())
            driven.clock.sleep(EVERY_S)
        assert not any(any(levels) for _, levels in list(driven.heard)[before:])
        reach(driven, b"\xff" * count, driven.highest)

    def test_zeros_do_not_wait_behind_levels(self, driven: OutputRig) -> None:
        timed(driven)
        needs(driven, Ability.CLOG)
        count = len(driven.levels)
        driven.take_nothing()
        driven.output.put(bytes([200]) * count, driven.rates, driven.clock.now())
        before = len(driven.heard)
        driven.take_again()
        driven.output.zero()
        until(driven, lambda: not any(driven.levels))
        assert not any(200 in levels for _, levels in list(driven.heard)[before:])

    def test_a_device_that_takes_nothing_is_told_of_in_time(self, driven: OutputRig) -> None:
        needs(driven, Ability.CLOG)
        driven.take_nothing()
        most = STUCK_MAX_S if driven.timed else REAL_S
        assert put_until_refused(driven, most + EVERY_S) <= most

    def test_zero_gives_up_in_time(self, driven: OutputRig) -> None:
        needs(driven, Ability.CLOG)
        driven.take_nothing()
        began = driven.clock.now()
        with suppress(OutputStuck, LinkError):
            driven.output.zero()
        assert driven.clock.now() - began <= (ZERO_MAX_S if driven.timed else REAL_S)
        driven.output.close()

    def test_a_device_that_is_gone_is_told_of(self, driven: OutputRig) -> None:
        needs(driven, Ability.VANISH)
        driven.vanish()
        most = SETTLED_S if driven.timed else REAL_S
        assert put_until_refused(driven, most) < most
        with suppress(LinkError, OutputStuck):
            driven.output.zero()
        driven.output.close()
        driven.output.close()

    def test_a_held_level_is_said_again_in_time_and_stays(self, driven: OutputRig) -> None:
        timed(driven)
        traits, count = driven.output.traits, len(driven.levels)
        reach(driven, b"\xff" * count, driven.highest)
        seconds = max(1.0, 2 * (traits.stops_after_s or 0.0))
        before, began = len(driven.heard), driven.clock.now()
        while driven.clock.now() < began + seconds:
            driven.output.put(b"\xff" * count, driven.rates, driven.clock.now())
            assert driven.levels == driven.highest, "it was held"
            driven.clock.sleep(EVERY_S)
        if traits.refresh_s:
            moments = [began, *(at for at, _ in list(driven.heard)[before:]), driven.clock.now()]
            assert max(new - old for old, new in pairwise(moments)) <= traits.refresh_s + EVERY_S + SLACK_S

    def test_updates_leave_the_gap_that_they_need(self, driven: OutputRig) -> None:
        timed(driven)
        count, before = len(driven.levels), len(driven.heard)
        for number in range(200):
            driven.output.put(bytes([100 + number % 100]) * count, driven.rates, driven.clock.now())
            driven.clock.sleep(0.005)
        moments = sorted({at for at, _ in list(driven.heard)[before:]})
        assert len(moments) > 1
        shortest = min(new - old for old, new in pairwise(moments))
        assert shortest >= driven.output.traits.gap_s - SLACK_S

    def test_nothing_but_zero_takes_time(self, driven: OutputRig) -> None:
        timed(driven)
        began, count = driven.clock.now(), len(driven.levels)
        driven.output.ask(began)
        driven.output.put(b"\xff" * count, driven.rates, began)
        driven.output.tend(began)
        assert driven.clock.now() == began

    def test_it_stops_by_itself_where_it_says_so(self, driven: OutputRig) -> None:
        timed(driven)
        after = driven.output.traits.stops_after_s
        if after is not None:
            reach(driven, b"\xff" * len(driven.levels), driven.highest)
            driven.clock.sleep(after + driven.output.traits.latency_s)
            assert not any(driven.levels)

    def test_whatever_the_device_says_nothing_breaks_and_nothing_grows(self, driven: OutputRig) -> None:
        needs(driven, Ability.SPEAK)
        count, dice = len(driven.levels), random.Random(1)
        drives = bytes([90]) * count
        most = max(settled(driven, 90))
        noise(driven, dice, 2, drives)  # what is allocated once
        gc.collect()
        tracemalloc.start()
        try:
            kept = tracemalloc.get_traced_memory()[0]
            noise(driven, dice, NOISE_ROUNDS if driven.timed else 2, drives)
            gc.collect()
            assert tracemalloc.get_traced_memory()[0] - kept < KEPT_MAX_BYTES
        finally:
            tracemalloc.stop()
        assert max(max(levels) for _, levels in driven.heard) <= most, "it cannot be talked into more"
        with suppress(OutputStuck, LinkError):
            driven.output.zero()
            until(driven, lambda: not any(driven.levels))

    def test_closing_never_raises(self, driven: OutputRig) -> None:
        driven.output.close()
        driven.output.close()
