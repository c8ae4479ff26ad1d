"""Why a session ended is data; in words it is what recordings, the ledger and JSON have always said."""

import pytest

from firmware_bridge.play.ending import EndReason, SessionEnd

WORDS = {
    EndReason.COMPLETED: "completed",
    EndReason.STOPPED: "stopped",
    EndReason.TIME_OVER: "out of time",
    EndReason.BY_DEVICE: "stopped by the device",
    EndReason.BY_KEY: "stopped by a key",
    EndReason.BY_CONTROL: "stopped by its controls",
    EndReason.BY_ANSWER: "answered",
    EndReason.BY_PAIN: "stopped for pain",
    EndReason.BY_SIGNAL: "stopped by a signal",
    EndReason.BY_REQUEST: "stopped from outside",
    EndReason.BY_ABSENCE: "hung up",
    EndReason.BY_FLOOD: "flooded by its controls",
    EndReason.UNWRITTEN: "stopped because the ledger cannot be written",
    EndReason.TRIPPED: "tripped",
    EndReason.LINK: "link",
    EndReason.OUTPUT_GONE: "the output went away",
    EndReason.BROKEN_OFF: "broken off",
}
"""Old recordings hold these words: they are read for years."""


def test_the_words_that_are_written_down_stay() -> None:
    assert {reason: str(reason) for reason in EndReason} == WORDS


@pytest.mark.parametrize("reason", EndReason)
def test_an_ending_without_more_to_say_is_its_word(reason: EndReason) -> None:
    assert str(SessionEnd(reason)) == reason.value


def test_an_ending_says_what_the_device_gave_as_its_reason() -> None:
    assert str(SessionEnd(EndReason.BY_DEVICE, "button")) == "stopped by the device: button"
