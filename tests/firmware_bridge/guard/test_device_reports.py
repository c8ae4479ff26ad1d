"""A guard tells the same statuses, at the same times, however often somebody looks after it."""

from itertools import pairwise

import pytest

from firmware_bridge.guard.outbox import STATUS_MS
from firmware_bridge.wire.messages import DeviceState, Status, unpack_report

SILENT_MS = 2000
"""Long enough for a host that says no more to be lost: from playing over holding to tripped."""


def told(host, each):
    """What a playing guard tells of itself, and when, while its host is silent and looks every `each` ms."""
    host.playing()
    before = len(host.frames)
    host.wait(SILENT_MS, each=each)
    return [(frame.t_ms, unpack_report(frame)) for frame in host.frames[before:]]


@pytest.mark.parametrize("each", [20, 75, 76, 100, 333, SILENT_MS])
def test_a_status_is_told_when_it_is_due(raw_host, each):
    by_the_ms = told(raw_host(), 1)
    assert told(raw_host(), each) == by_the_ms
    assert {report.state for _, report in by_the_ms} == {
        DeviceState.PLAYING,
        DeviceState.HOLDING,
        DeviceState.TRIPPED,
    }


def test_none_comes_later_than_it_should(raw_host):
    times = [at for at, report in told(raw_host(), 100) if isinstance(report, Status)]
    assert max(later - earlier for earlier, later in pairwise(times)) == STATUS_MS
