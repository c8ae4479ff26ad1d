"""What an output over bytes says, when, and again; on a pipe and a clock of the test's own."""

import pytest

from firmware_bridge.guard.outputs.hf8 import Hf8
from firmware_bridge.guard.outputs.output import OutputRefused, OutputStuck
from firmware_bridge.guard.outputs.stream import STUCK_S, ZERO_S, StreamOutput
from firmware_bridge.guard.outputs.tcode import TCode

RATES = bytes(8)
OFF = Hf8().zeros()[0]
(ZERO_GAP_S,) = Hf8.traits.again_s


class Line:
    """A pipe that takes `room` bytes at a time, all of them if that is None, and answers with `answers`."""

    def __init__(self):
        self.room = None
        self.said = b""
        self.answers = b""
        self.discarded = self.closed = 0
        self.reads = True

    def send(self, data):
        taken = data if self.room is None else data[: self.room]
        self.said += taken
        return len(taken)

    def receive(self):
        data, self.answers = self.answers, b""
        return data

    def discard(self):
        self.discarded += 1

    def arrived(self):
        return self.reads

    def close(self):
        self.closed += 1


class Time:
    def __init__(self):
        self.now = 0.0

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def output(line, time):
    return StreamOutput(Hf8(), line, lambda: time.now, time.sleep)


def drives(*first):
    return bytes(first).ljust(8, b"\0")


def put(output, line, time, level, after=0.0):
    """What is said when `level` is put `after` seconds."""
    time.now += after
    line.said = b""
    output.put(drives(level), RATES, time.now)
    return line.said


def test_a_level_is_said_once_and_again_when_it_is_due(output, line, time):
    whole = Hf8().levels(drives(9))
    assert put(output, line, time, 9) == whole
    assert put(output, line, time, 9, after=0.04) == b""
    assert put(output, line, time, 9, after=0.07) == whole


def test_what_turns_off_is_said_twice(output, line, time):
    put(output, line, time, 9)
    off = Hf8().levels(drives(0))
    said = [put(output, line, time, 0, after=1.1 * ZERO_GAP_S) for _ in range(3)]
    assert said == [off, off, b""]


def test_what_only_sinks_is_said_once(output, line, time):
    put(output, line, time, 9)
    said = [put(output, line, time, 5, after=1.1 * ZERO_GAP_S) for _ in range(2)]
    assert said == [Hf8().levels(drives(5)), b""]


def test_the_latest_counts_where_the_line_is_slow(output, line, time):
    line.room = 5
    said = b"".join(put(output, line, time, level, after=0.01) for level in (1, 2, 3, 4))
    line.room, line.said = None, b""
    output.tend(time.now)
    assert said + line.said == Hf8().levels(drives(1)) + Hf8().levels(drives(4))


def test_a_line_that_takes_nothing_is_stuck_after_a_while(output, line, time):
    line.room = 0
    put(output, line, time, 1)
    put(output, line, time, 1, after=STUCK_S / 2)
    with pytest.raises(OutputStuck):
        put(output, line, time, 1, after=STUCK_S)


def test_a_line_that_has_taken_all_again_was_not_stuck(output, line, time):
    line.room = 0
    put(output, line, time, 1)
    line.room = None
    put(output, line, time, 1, after=STUCK_S / 2)
    line.room = 0
    assert put(output, line, time, 2, after=STUCK_S) == b""


def test_zero_throws_away_what_waits_and_is_said_twice(output, line, time):
    line.room = 10
    put(output, line, time, 200)
    line.room, line.said = None, b""
    began = time.now
    output.zero()
    assert line.said == OFF * 2
    assert line.discarded == 2
    assert time.now - began == pytest.approx(ZERO_GAP_S)
    output.tend(time.now + 1.0)
    assert line.said == OFF * 2, "and nothing is said any more until something is put"


def test_zero_is_said_in_pieces_where_the_line_is_slow(output, line):
    line.room = 7
    output.zero()
    assert line.said == OFF * 2


def test_zero_gives_up_in_time_on_a_line_that_takes_nothing(output, line, time):
    line.room, began = 0, time.now
    with pytest.raises(OutputStuck):
        output.zero()
    assert time.now - began == pytest.approx(STUCK_S, abs=0.01)


def test_zero_has_not_come_about_where_nobody_reads_it(output, line, time):
    line.reads, began = False, time.now
    with pytest.raises(OutputStuck):
        output.zero()
    assert line.said == OFF * 2
    assert time.now - began == pytest.approx(ZERO_S, abs=0.01)


def test_what_turns_off_waits_for_no_gap(line, time):
    dialect = TCode(2)
    output = StreamOutput(dialect, line, lambda: time.now, time.sleep)
    said = []
    for moment, drives in ((0.0, b"\5\5"), (0.001, b"\6\6"), (0.002, b"\6\0"), (0.003, b"\7\0")):
        line.said = b""
        output.put(drives, RATES, moment)
        said.append(line.said)
    assert said == [dialect.levels(b"\5\5"), b"", dialect.levels(b"\6\0"), b""]


def test_it_asks_again_until_it_is_answered(output, line, time):
    answered = []
    for _ in range(4):
        answered.append(output.ask(time.now))
        time.now += 0.11
    assert answered == [False] * 4
    assert line.said == Hf8().questions() * 2
    line.answers = b"E255,A0\r"
    assert output.ask(time.now)


def test_an_answer_may_refuse(output, line, time):
    line.answers = b"E255,A1\r"
    with pytest.raises(OutputRefused, match="audio mode"):
        output.ask(time.now)


def test_it_closes_its_line(output, line):
    output.close()
    assert line.closed == 1


def test_what_the_device_said_of_itself_is_handed_on(output, line, time):
    assert output.about == ""
    line.answers = b"E128,A0\r"
    assert output.ask(time.now)
    assert output.about == "its control box is set to 128 of 255"
    assert StreamOutput(TCode(1), line, lambda: time.now, time.sleep).about == "", (
        "its dialect has no such words"
    )
