"""Nobody is on it: asked each time, answered whole and just now, or nothing moves."""

from datetime import UTC, datetime, timedelta

import pytest

from firmware_bridge.clock import MonotonicClock, local_now
from kneadwave.errors import NotCleared
from kneadwave.placing.confirm import PROMISES, NobodyOnIt
from kneadwave.placing.pulses import opened_for_pulses

ALL = frozenset(promise.id for promise in PROMISES)
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_all_of_it_just_now():
    NobodyOnIt(ALL, NOW).check(NOW + timedelta(minutes=2))


@pytest.mark.parametrize("missing", sorted(ALL))
def test_one_that_is_not_so_is_enough(missing):
    with pytest.raises(NotCleared, match="this has to be so: "):
        NobodyOnIt(ALL - {missing}, NOW).check(NOW)


@pytest.mark.parametrize("later", [timedelta(minutes=2, seconds=1), timedelta(seconds=-1)])
def test_it_does_not_keep(later):
    with pytest.raises(NotCleared, match="too long ago"):
        NobodyOnIt(ALL, NOW).check(NOW + later)


def test_without_it_nothing_is_opened(tmp_path):
    nobody_asked = NobodyOnIt(frozenset(), local_now())
    url = f"hf8:{tmp_path}/none"  # to open it would be another error
    with pytest.raises(NotCleared), opened_for_pulses(url, url, 8, 0.0, nobody_asked, MonotonicClock()):
        pass
