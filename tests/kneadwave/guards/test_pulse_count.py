"""How many pulses a guard lets a device have: its own count, whatever its host says."""

from datetime import UTC, datetime, timedelta

import pytest

from kneadwave.guards.pulse_count import PULSES_MAX, PulseCount, folder
from kneadwave.store.files import KeptFileError

URL = "hf8:/dev/ttyACM0"
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def state_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


class Wall:
    now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def wall():
    return Wall()


def taken(wall, url=URL):
    """How many it gives, by a new guard each time, as over runs that were resumed."""
    count = 0
    while PulseCount(url, wall).take():
        count += 1
    return count


def test_a_minute_of_half_seconds_over_all_runs_then_an_hour_without(wall):
    assert taken(wall) == PULSES_MAX == 120
    assert taken(wall, "tcode:/dev/ttyUSB0") == PULSES_MAX
    wall.now = NOON + timedelta(minutes=59, seconds=59)
    assert taken(wall) == 0
    wall.now = NOON + timedelta(hours=1)
    assert taken(wall) == PULSES_MAX


def test_a_clock_that_went_back_gives_nothing(wall):
    assert taken(wall) == PULSES_MAX
    wall.now = NOON - timedelta(days=400)
    assert taken(wall) == 0


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "null", '{"pulses": "x", "last": "y"}', '{"pulses": 1, "last": 5}']
)
def test_what_cannot_be_read_counts_as_used_up(wall, content):
    taken(wall)
    (path,) = folder().iterdir()
    path.write_text(content)
    assert taken(wall) == 0


def test_what_cannot_be_kept_is_an_error(wall, tmp_path):
    (tmp_path / "kneadwave").write_text("no folder")
    with pytest.raises((OSError, KeptFileError)):
        PulseCount(URL, wall).take()
