"""What a URL of each scheme means, where nothing else tells it."""

import pytest

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.errors import PortMissing
from kneadwave.cli.app import call
from kneadwave.config import Config
from kneadwave.devices import target_of
from kneadwave.errors import UsageError
from kneadwave.guards.dialects import open_output, place_of, stream_scheme


def test_nobody_knows_where_the_motors_of_a_game_controller_lie(capsys):
    url = "evdev:/dev/input/event5"
    with pytest.raises(UsageError, match=f"nobody knows where the motors of {url} lie"):
        target_of(url, None, Config())
    assert target_of(url, "cushion-4", Config()).given.name == "cushion-4"
    assert call(["run", "felt-check", "--device", url]) == 2
    assert "hint: copy a description that ships" in capsys.readouterr().err


def test_a_game_controller_that_is_not_there_is_told(tmp_path):
    with pytest.raises(PortMissing):
        open_output(f"evdev:{tmp_path}/event5", MonotonicClock(), 2)


@pytest.mark.parametrize("url", ["evdev:", "evdev:udp://x:1"])
def test_what_is_no_place_of_a_game_controller_is_refused(url):
    with pytest.raises(UsageError, match=r"evdev:NAME|names no device|no place"):
        place_of(url)


def test_a_scheme_of_bytes_has_a_second_hand():
    assert stream_scheme(lambda _: None, "cushion-4").second is not None
