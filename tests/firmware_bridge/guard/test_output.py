"""What is put out is given on in order, and a forced rest is told in its place."""

import numpy as np
import pytest

from firmware_bridge.guard.output import put_out
from firmware_bridge.guard.output_stage import OutputBlock


class Heard:
    """Keeps what it is told: a list of times for a block, a time and a name for an event."""

    def __init__(self):
        self.all = []

    def output(self, output):
        assert (output.drive[:, 0] == range(output.start, output.start + len(output.drive))).all()
        assert (output.drive == output.rate).all()
        self.all.append(output.drive[:, 0].tolist())

    def event(self, at_ms, event, **fields):
        assert event == "dwell"
        self.all.append((at_ms, fields["actuator"]))


@pytest.mark.parametrize(
    ("rests", "heard"),
    [
        ([], [[11, 12, 13]]),
        ([(11, "a")], [[11], (11, "a"), [12, 13]]),
        ([(12, "a"), (12, "b")], [[11, 12], (12, "a"), (12, "b"), [13]]),
        ([(11, "a"), (13, "b")], [[11], (11, "a"), [12, 13], (13, "b")]),
    ],
)
def test_each_rest_is_told_after_its_tick_and_before_the_next(rests, heard):
    rows = np.arange(11, 14, dtype=np.uint8)[:, None]
    output = Heard()
    put_out(output, OutputBlock(11, rows, rows, silent=False), rests)
    assert output.all == heard
