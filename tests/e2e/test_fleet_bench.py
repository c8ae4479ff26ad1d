"""`knead fleet bench`: real sessions, paced in one process, over virtual cushions of other processes."""

import json
import os
import resource
from typing import Any

import pytest

Bench = Any
"""That of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


def test_sessions_play_at_once_and_what_they_take_is_told(bench: Bench) -> None:
    ended = bench.call("fleet", "bench", "3", "--seconds", "1", "--on", "seat-pad-8", "--json")
    assert ended.code == 0, ended.err
    told, end = map(json.loads, ended.out.splitlines())
    assert end == {"event": "end", "ok": True}
    assert (told["event"], told["sessions"], told["lost"]) == ("bench", 3, 0)
    assert told["seconds"] >= 1
    assert told["host_share"] > 0
    assert told["cushions_share"] > 0
    assert 0 < told["begun_s"] < 30
    assert told["memory_each"] > 0
    assert 0 <= told["held"] <= 3


def test_a_device_that_nobody_described_begins_nothing(bench: Bench) -> None:
    ended = bench.here("fleet", "bench", "3", "--on", "no-such-device")
    assert ended.code == 3
    assert "no-such-device" in ended.err
    assert not ended.out


def test_what_the_computer_cannot_give_is_told_and_nothing_stays(bench: Bench) -> None:
    few = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))}
    ended = bench.ended(bench.start("fleet", "bench", "40", "--seconds", "1", **few))
    assert ended.code == 2
    assert "no more virtual cushions" in ended.err
