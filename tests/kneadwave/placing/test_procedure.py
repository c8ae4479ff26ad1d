"""Channel by channel: what an answer leads to, in virtual time with a twin that keeps the record."""

import pytest
from placing_rig import PlacingRig, assert_only_pulses

from kneadwave.errors import UsageError
from kneadwave.placing.notes import Notes
from kneadwave.placing.places import NOT_CLEAR, NOTHING_FELT, Measured, Off, spot_of
from kneadwave.placing.procedure import Placing
from kneadwave.placing.pulses import PulseDevice


class Kept:
    """What was written down last, as a file would have it."""

    def __init__(self, channels=4):
        self.notes = Notes.model_validate({"schema": 1, "channels": channels})

    def __call__(self, notes):
        self.notes = notes

    def placing(self):
        return Placing(self.notes, self)


def feel(placing, rig, *answers):
    """Answer as somebody would whose hand lies on it, after each pulse that is due."""
    device = PulseDevice(rig.device, rig.clock)
    for answer in answers:
        if placing.wants_pulse:
            placing.moves()
            device.pulse(placing.turn)
        placing.take(answer)
    rig.link.close()


def test_every_channel_is_asked_for_once_and_moves_when_it_is():
    kept, rig = Kept(), PlacingRig("tcode")
    placing = kept.placing()
    feel(placing, rig, "9r", "-85 -220", "n", "2l", "y")
    assert placing.turn is None
    assert not placing.left
    assert [kept.notes.at(channel) for channel in range(4)] == [
        spot_of("thigh-right"),
        Measured(-85, -220),
        Off(NOTHING_FELT),
        spot_of("shoulder-left"),
    ]
    assert kept.notes.pulses == 4
    assert [channels for _, _, channels, _ in assert_only_pulses(rig.history)] == [{0}, {1}, {2}, {3}]


def test_again_back_and_quit():
    kept, rig = Kept(), PlacingRig("tcode")
    placing = kept.placing()
    feel(placing, rig, "again", "", "9r", "b", "9l", "10l", "q")
    assert placing.left
    assert placing.turn is None
    moved = [channels for _, _, channels, _ in assert_only_pulses(rig.history)]
    assert moved == [{0}, {0}, {0}, {1}, {0}, {1}, {2}]
    assert kept.notes.at(0) == spot_of("thigh-left")
    assert kept.notes.at(1) == spot_of("calf-left")
    assert kept.notes.of(2) is None
    assert kept.notes.pulses == 7


def test_what_was_said_is_not_asked_again_and_its_pulses_count():
    kept = Kept()
    first = PlacingRig("tcode")
    feel(kept.placing(), first, "9r", "9l", "q")
    second = kept.placing()
    assert (second.turn, second.spent_s) == (2, 1.5)
    second.take("back")
    assert second.turn == 1, "what an earlier run asked can be said anew"
    second.take("back")
    with pytest.raises(UsageError, match="no channel comes before this one"):
        second.take("back")


def test_beside_the_spine_it_is_asked_whether_it_lies_clear():
    placing = Kept().placing()
    assert placing.take("6r") is None
    assert placing.unclear.id == "lumbar-right"
    with pytest.raises(UsageError, match="neither yes nor no"):
        placing.take("9r")
    assert placing.turn == 0
    assert placing.take("n") == Off(NOT_CLEAR)
    assert placing.turn == 1
    placing.take("6r")
    placing.take("again")
    assert placing.unclear is None
    placing.take("6r")
    placing.take("back")
    assert placing.turn == 0


def test_an_answer_that_means_nothing_changes_nothing():
    kept = Kept()
    placing = kept.placing()
    placing.moves()
    with pytest.raises(UsageError):
        placing.take("over there")
    assert placing.turn == 0
    assert not placing.wants_pulse
    assert not kept.notes.channel


def test_without_pulses_places_can_still_be_said():
    placing = Kept(1).placing()
    placing.goes_without()
    assert not placing.wants_pulse
    assert placing.take("85 -220") == Measured(85, -220)
    assert placing.turn is None


def test_where_nothing_can_be_kept_nothing_moves():
    def broken(_notes):
        raise UsageError("the disk is full")

    placing = Placing(Kept().notes, broken)
    with pytest.raises(UsageError, match="full"):
        placing.moves()
    assert placing.wants_pulse
    assert placing.notes.pulses == 0


def test_a_whole_minute_is_all_there_is_over_many_runs():
    """Somebody who asks for each pulse again and again, and leaves now and then."""
    kept, pulses, began = Kept(), 0, 0.0
    for _ in range(4):
        placing = kept.placing()
        rig = PlacingRig("tcode", pulses=120 - pulses, spent_s=placing.spent_s)
        device = PulseDevice(rig.device, rig.clock)
        given = 0
        while device.may_pulse and given < 40:
            placing.moves()
            device.pulse(given % 4)
            given += 1
        rig.link.close()
        pulses += given
        began += sum(ended - start for start, ended, *_ in assert_only_pulses(rig.history))
    assert kept.notes.pulses == pulses == 120
    assert began <= 60.0
    assert not device.may_pulse
