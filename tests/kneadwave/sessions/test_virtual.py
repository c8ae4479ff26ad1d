"""A virtual device of another dialect: what it tells of pulses that place a motor."""

from typing import Any

from kneadwave.reports.events import in_words
from kneadwave.sessions.virtual import PulsesTold, VirtualTold


def told_of(*shown: tuple[int, bytes]) -> list[Any]:
    """What is told of levels, each with the millisecond from which on they are there."""
    heard: list[Any] = []
    pulses = PulsesTold(heard.append)
    for ms, levels in shown:
        pulses.show(levels, ms)
    return heard


def test_a_pulse_of_one_channel_is_told_with_its_number() -> None:
    (told,) = told_of((0, b"\0\0\0"), (100, b"\0\0\x10"), (200, b"\0\0\x33"), (520, b"\0\0\0"))
    assert isinstance(told, VirtualTold)
    assert (told.t, told.what, told.details) == (0.1, "pulse", {"channel": 2, "ms": 420})
    assert in_words(told.what, told.details) == "channel 2 pulsed for 420 ms, alone: a motor is being placed"


def test_half_a_second_is_a_pulse_and_a_millisecond_more_is_none() -> None:
    assert told_of((0, b"\x10"), (500, b"\0"))
    assert not told_of((0, b"\x10"), (501, b"\0"))


def test_what_moves_beside_another_is_no_pulse() -> None:
    assert not told_of((0, b"\x10\0"), (100, b"\x10\x10"), (200, b"\x10\0"), (300, b"\0\0"))
    assert not told_of((0, b"\x10\0"), (100, b"\0\x10"), (200, b"\0\0"))
