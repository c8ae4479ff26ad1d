"""A line of a recording whose time cannot be is damage; a jump that the rest goes on from is a gap."""

import json

import pytest
from recordings import DRIVE, RATE, write

from firmware_bridge.recording.order import AHEAD_LINES, AHEAD_S
from firmware_bridge.recording.reader import Damage, read_recording


@pytest.fixture
def reading(tmp_path):
    """What is read of some lines after a header."""
    path = write(tmp_path / "run.jsonl")
    header = path.read_text().splitlines()[0]

    def read(lines):
        path.write_text("\n".join([header, *lines]) + "\n")
        return list(read_recording(path))

    return read


def tick(t):
    return f'{{"kind":"tick","t":{t},"drive":{list(DRIVE)},"rate":{list(RATE)}}}'


def event(t):
    return json.dumps({"kind": "event", "t": t, "event": "stop"})


WHOLE = [*(tick(0.5 + n / 50) for n in range(60)), '{"kind":"end","t":1.7,"ok":true,"reason":"x"}']


@pytest.mark.parametrize("at", [0, 29, 59, 60])
@pytest.mark.parametrize(
    ("t", "count"),
    [(t, count) for t in ("-1", "0", "500", "1e9", "1e300") for count in (1, 2, 49)] + [("0.6", 1)],
)
def test_times_that_go_back_or_run_ahead_are_told_and_the_rest_is_read(reading, at, t, count):
    if at == 0 and t == "0":
        return  # nothing is before it that would say that it is wrong
    items = reading(WHOLE)
    read = reading([*WHOLE[:at], *[tick(t)] * count, *WHOLE[at:]])
    assert read == [*items[:at], Damage(at + 2, at + 1 + count), *items[at:]]


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_jump_that_the_rest_goes_on_from_is_a_gap(reading, more):
    late = [tick(AHEAD_S + 1 + n / 50) for n in range(AHEAD_LINES + more)]
    assert len(reading([tick(0), *late])) == (2 if more < 0 else 1 + len(late))
    assert len(reading([tick(0), tick(AHEAD_S + more)])) == 2
    assert isinstance(reading([tick(0), tick(AHEAD_S + more)])[1], Damage) is (more > 0)


def test_an_event_may_lie_a_little_apart_and_no_more(reading):
    for t, fits in ((1.02, True), (5.02, True), (1.0, False), (5.1, False), (1e9, False)):
        items = reading([tick(1.5), tick(3), tick(3.02), event(t), tick(3.04), tick(3.06)])
        assert [item for item in items if isinstance(item, Damage)] == ([] if fits else [Damage(5, 5)])
        assert len(items) == 6
