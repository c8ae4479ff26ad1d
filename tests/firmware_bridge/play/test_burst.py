"""Bursts are the frames that would have gone one by one."""

from collections.abc import Callable

import pytest

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.play.feed import BLOCK_FRAMES, Feed
from firmware_bridge.safety.limiter import Limiter
from profiles.score import Score
from profiles.waveform import FRAME_RATE_HZ, Renderer

LAYOUT = place_device(load_device("reference-cushion"))
WIDTH = len(LAYOUT.actuators)
Feeds = Callable[[], Feed]


@pytest.fixture
def feed(score: Score) -> Feeds:
    frames = round(score.duration * FRAME_RATE_HZ)
    return lambda: Feed(Renderer(score, LAYOUT.places()), Limiter(LAYOUT), frames, WIDTH)


def test_a_burst_is_what_the_next_frames_are_and_ends_with_the_block_and_before_the_end(feed: Feeds) -> None:
    one, other = feed(), feed()
    frames = one.next() and 1
    while not one.over:
        burst = one.peek(7)
        if burst is None:
            last = one.next()
            frames += 1
        else:
            assert one.peek(7) == burst  # looking takes nothing
            last = one.take(burst)
            frames += burst.frames
            assert last.setpoints.drives == burst.drives[-WIDTH:]
        while other.position < one.position or (one.over and not other.over):
            beside = other.next()
        assert (last, one.moved) == (beside, other.moved)
    assert frames > BLOCK_FRAMES
    assert one.peek(7) is None


def test_a_burst_is_steered_where_it_ends(feed: Feeds) -> None:
    one, other = feed(), feed()
    for _ in range(30):
        one.next()
        other.next()
    burst = one.peek(20)
    assert burst is not None
    assert (burst.frames, burst.width) == (20, WIDTH)
    one.take(burst)
    for _ in range(20):
        other.next()
    for each in (one, other):
        each.pause()
    assert [one.next() for _ in range(100)] == [other.next() for _ in range(100)]
    assert one.events == other.events
