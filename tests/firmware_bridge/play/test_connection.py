"""The host's side of the wire without I/O: epoch, clock, what is in flight, heartbeat."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.errors import InterlockTrip, LinkLost
from firmware_bridge.play.connection import BAUD, IN_FLIGHT_MAX, QUIET_S, Connection, is_answer
from firmware_bridge.safety.interlock import Interlock
from firmware_bridge.wire.codec import encode_report
from firmware_bridge.wire.framing import Frame, FrameDecoder, pack_frame
from firmware_bridge.wire.messages import (
    ARM,
    HEARTBEAT,
    HELLO,
    STOP,
    Answer,
    Arm,
    Describe,
    Hello,
    Identity,
    Report,
    Status,
    Stop,
)

EPOCH = 7
IDENTITY = Identity(2, 1, 1, 99, 100, 60, 1, 32, 50, 64, "test")
STATUS = Status(1, 0, 32, 0, 0, 0, 0, b"\0")


def said(report: Report, *, seq: int = 1, t_ms: int = 0, epoch: int = EPOCH) -> bytes:
    return encode_report(report, seq=seq, t_ms=t_ms, epoch=epoch)


def acquainted(**identity: Any) -> Connection:
    connection = Connection()
    connection.receive(said(IDENTITY, **identity), 0.0)
    return connection


def sent(data: bytes) -> list[Frame]:
    return FrameDecoder().feed(data)


def test_nothing_is_believed_before_the_device_said_who_it_is() -> None:
    connection = Connection()
    assert connection.receive(said(STATUS) + said(Answer(1, 1, 0)), 0.0) == []
    assert connection.status is None
    assert connection.receive(said(IDENTITY) + said(STATUS), 1.0) == [IDENTITY, STATUS]
    assert (connection.epoch, connection.status, connection.status_at) == (EPOCH, STATUS, 1.0)


def test_an_identity_without_an_epoch_is_not_believed() -> None:
    connection = Connection()
    assert connection.receive(said(IDENTITY, epoch=0), 0.0) == []
    assert connection.epoch == 0


@pytest.mark.parametrize("report", [STATUS, IDENTITY, Answer(1, 1, 0)])
@pytest.mark.parametrize("epoch", [0, EPOCH - 1, EPOCH + 1, 255])
def test_another_epoch_means_the_device_restarted(report: Report, epoch: int) -> None:
    connection = acquainted()
    with pytest.raises(LinkLost, match="restarted"):
        connection.receive(said(report, epoch=epoch), 0.0)
    assert connection.epoch == EPOCH
    assert connection.status is None


def test_hello_carries_no_epoch_and_everything_else_the_devices() -> None:
    connection = acquainted()
    connection.guard(Interlock((), 0, 99))
    frames = [sent(connection.send(m, 0.0))[0] for m in (Hello(), Describe(0), Arm(99))]
    assert [f.epoch for f in frames] == [0, EPOCH, EPOCH]
    assert [f.type for f in frames] == [HELLO, 2, ARM]


def test_sequence_numbers_go_up_and_wrap() -> None:
    connection = Connection()
    seqs = []
    for _ in range(300):
        seqs.append(sent(connection.send(Hello(), 0.0))[0].seq)
        assert connection.last_seq == seqs[-1]
    assert seqs == [(n + 1) % 256 for n in range(300)]


def test_what_the_interlock_refuses_is_not_sent_nor_counted() -> None:
    connection = Connection()
    with pytest.raises(InterlockTrip):
        connection.send(Arm(5), 0.0)
    assert (connection.frames_sent, connection.bytes_sent, connection.last_seq) == (0, 0, 0)
    data = connection.send(Hello(), 0.0)
    assert (connection.frames_sent, connection.bytes_sent) == (1, len(data))


def test_a_stop_is_zeros_and_a_stop_frame_even_when_tripped() -> None:
    connection = acquainted()
    with pytest.raises(InterlockTrip):
        connection.interlock.fault("test")
    data = connection.stop(0.0)
    assert data[:4] == bytes(4)
    decoder = FrameDecoder()
    (frame,) = decoder.feed(data)
    assert (decoder.stops, frame.type) == (1, STOP)


NOISE = st.one_of(
    st.binary(max_size=60),
    st.builds(lambda t, p: pack_frame(Frame(t, 0, 0, 9, 0, p)), st.integers(0, 0x80), st.binary(max_size=40)),
)


@given(st.lists(NOISE, max_size=8))
def test_noise_is_skipped_and_never_raises(noise: list[bytes]) -> None:
    """Frames of no type we know count as noise, whatever their epoch."""
    connection = acquainted()
    for data in noise:
        assert connection.receive(data, 0.0) == []
    assert connection.receive(b"\0" + said(STATUS), 0.0) == [STATUS]


def test_a_report_cut_in_two_arrives_whole() -> None:
    connection = acquainted()
    data = said(STATUS)
    assert connection.receive(data[:9], 0.0) == []
    assert connection.receive(data[9:], 0.5) == [STATUS]
    assert connection.status_at == 0.5


def test_every_frame_carries_the_number_of_the_status_read_last() -> None:
    connection = Connection()
    assert sent(connection.send(Hello(), 0.0))[0].echo == 0
    connection.receive(said(IDENTITY, seq=9) + said(STATUS, seq=200), 0.1)
    assert sent(connection.send(Describe(0), 0.1))[0].echo == 200
    connection.receive(said(STATUS, seq=201) + said(STATUS, seq=202) + said(Answer(1, 1, 0), seq=203), 0.3)
    assert sent(connection.send(Stop(), 0.3))[0].echo == 202


@pytest.mark.parametrize("quiet", [QUIET_S - 0.001, QUIET_S, 1.0])
def test_a_heartbeat_goes_out_where_nothing_else_did(quiet: float) -> None:
    connection = acquainted()
    connection.guard(Interlock((), 0, 99))
    connection.send(Arm(99), 0.0)
    beat = connection.heartbeat(quiet)
    if quiet < QUIET_S:
        assert beat == b""
        return
    (frame,) = sent(beat)
    assert (frame.type, frame.payload) == (HEARTBEAT, b"")
    assert connection.heartbeat(quiet) == b""


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 0.02)), max_size=80))
def test_no_more_than_what_may_be_in_flight_waits_on_the_line(turns: list[tuple[int, float]]) -> None:
    """A line model of its own: a queue that empties at the baud rate."""
    connection, now, waiting = Connection(), 0.0, 0.0
    for count, pause in turns:
        for _ in range(count):
            size = len(Connection().send(Hello(), 0.0))
            wait = connection.wait_for_room(size, now)
            assert (wait == 0) is (waiting + size <= IN_FLIGHT_MAX + 1e-6)
            now += wait
            waiting = max(0.0, waiting - wait * BAUD / 10)
            connection.send(Hello(), now)
            waiting += size
            assert waiting <= IN_FLIGHT_MAX + 1e-6
        now += pause
        waiting = max(0.0, waiting - pause * BAUD / 10)


def test_a_stop_forgets_what_was_queued() -> None:
    """The link has thrown it away."""
    connection = Connection()
    for _ in range(50):
        connection.send(Hello(), 0.0)
    assert connection.wait_for_room(13, 0.0) > 0.04
    connection.stop(0.0)
    assert connection.wait_for_room(13, 0.0) == 0.0


# -- the device's clock -------------------------------------------------------------------------------


def tell_time(connection: Connection, now: float, device_ms: float, delay: float = 0.0) -> None:
    connection.receive(said(STATUS, t_ms=int(device_ms) % 65536), now + delay)


@pytest.mark.parametrize("start", [0, 1000, 65_000, 65_535])
def test_the_devices_clock_is_followed_through_its_wraps(start: int) -> None:
    connection = acquainted(t_ms=start)
    for k in range(1, 2000):
        now = k * 0.2
        tell_time(connection, now, start + now * 1000)
        assert connection.device_time(now) == pytest.approx(start + now * 1000, abs=1.01)


@pytest.mark.parametrize("ppm", [-200, -50, 50, 200])
def test_a_clock_that_drifts_is_followed(ppm: int) -> None:
    connection = acquainted()
    for k in range(1, 6000):
        now = k * 0.2
        device = now * 1000 * (1 + ppm / 1e6)
        tell_time(connection, now, device)
        assert connection.device_time(now) == pytest.approx(device, abs=2.2)


def test_a_delayed_report_does_not_set_the_clock_back() -> None:
    connection = acquainted()
    for k in range(1, 100):
        now = k * 0.2
        tell_time(connection, now, now * 1000, delay=0.15 if k % 3 else 0.0)
        assert connection.device_time(now + 0.15) == pytest.approx(
            now * 1000 + 150, abs=150 if k < 3 else 1.1
        )


def test_half_of_the_shortest_round_trip_is_added() -> None:
    connection = acquainted(t_ms=0)
    assert connection.device_time(0.0) == 0.0
    for seconds in (0.04, 0.02, 0.03):
        connection.note_round_trip(seconds)
    assert connection.device_time(0.0) == 10.0


@pytest.mark.parametrize(
    ("report", "right"),
    [(Answer(3, 9, 0), True), (Answer(3, 8, 0), False), (Answer(4, 9, 0), False), (STATUS, False)],
)
def test_an_answer_belongs_to_one_request(report: Report, right: bool) -> None:
    assert is_answer(report, 3, 9) is right
