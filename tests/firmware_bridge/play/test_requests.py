"""Requests that wait for their answer: how often, how long, and what a refusal becomes. Virtual time."""

from typing import Any

import pytest
from scripted_link import (
    EPOCH,
    IDENTITY,
    TABLE,
    ScriptedLink,
    deaf_to,
    dialogue,
    guarded,
    refusing,
    status,
    well_behaved,
)

from firmware_bridge.errors import (
    DeviceRefused,
    DeviceRemedy,
    InterlockTrip,
    LimitsMismatch,
    LinkTimeout,
    ProtocolMismatch,
)
from firmware_bridge.guard.states import UNHEARD_MS
from firmware_bridge.play.requests import (
    ANSWER_S,
    HELLO_TRIES,
    STOP_CONFIRM_S,
    TRIES,
)
from firmware_bridge.safety.interlock import State
from firmware_bridge.wire.codec import encode_report
from firmware_bridge.wire.framing import Frame
from firmware_bridge.wire.messages import (
    ARM,
    DESCRIBE,
    HELLO,
    RESET,
    STOP,
    Answer,
    DeviceState,
    Reason,
    Report,
    Status,
)
from firmware_bridge.wire.reasons import reason_text


def test_a_device_is_asked_who_it_is_and_for_each_actuator() -> None:
    link = ScriptedLink()
    told = dialogue(link).identify()
    assert told.identity == IDENTITY
    assert told.table == TABLE
    assert [f.type for f in link.heard] == [HELLO] + [DESCRIBE] * len(TABLE)


@pytest.mark.parametrize("deaf", [0, 1, 2, 20, HELLO_TRIES - 1])
def test_hello_is_repeated_until_a_board_is_up(deaf: int) -> None:
    link = ScriptedLink(deaf_to(HELLO, deaf))
    made = dialogue(link)
    assert made.identify().identity == IDENTITY
    assert link.count(HELLO) == deaf + 1
    assert made.clock.now() == pytest.approx(deaf * ANSWER_S, abs=0.003 * (deaf + 10))


def test_a_silent_device_is_given_up_after_two_seconds() -> None:
    link = ScriptedLink(lambda *_: [])
    made = dialogue(link)
    with pytest.raises(LinkTimeout, match="scripted does not answer"):
        made.identify()
    assert link.count(HELLO) == HELLO_TRIES
    assert made.clock.now() == pytest.approx(2.0, abs=0.2)


@pytest.mark.parametrize("deaf", [0, 1, TRIES - 1, TRIES, 100])
def test_a_request_is_tried_three_times(deaf: int) -> None:
    link = ScriptedLink(deaf_to(ARM, deaf))
    made = guarded(link)
    if deaf < TRIES:
        made.arm(IDENTITY.limits_hash)
        assert made.connection.interlock.state is State.ARMED
        assert link.count(ARM) == deaf + 1
    else:
        with pytest.raises(LinkTimeout):
            made.arm(IDENTITY.limits_hash)
        assert link.count(ARM) == TRIES
        assert made.connection.interlock.state is State.ARMING
    assert len({frame.seq for frame in link.heard if frame.type == ARM}) == 1


@pytest.mark.parametrize("type", [ARM, RESET])
def test_the_answer_to_another_request_is_not_taken(type: int) -> None:
    link = ScriptedLink(lambda f, _: well_behaved(f) if f.type < 3 else [Answer(type, (f.seq + 1) % 256, 0)])
    made = guarded(link)
    with pytest.raises(LinkTimeout):
        made.arm(IDENTITY.limits_hash) if type == ARM else made.reset()


def test_an_actuator_of_another_index_is_not_taken() -> None:
    link = ScriptedLink(lambda f, _: well_behaved(f) if f.type == HELLO else [TABLE[3]])
    with pytest.raises(LinkTimeout):
        dialogue(link).identify()


@pytest.mark.parametrize("protocol", [0, 1, 3, 255])
def test_another_protocol_is_refused_before_anything_else_is_asked(protocol: int) -> None:
    link = ScriptedLink(lambda *_: [IDENTITY._replace(protocol=protocol)])
    with pytest.raises(ProtocolMismatch, match=f"protocol {protocol}"):
        dialogue(link).identify()
    assert link.count(DESCRIBE) == 0


def test_other_limits_are_a_mismatch_with_a_hint() -> None:
    made = guarded(ScriptedLink(refusing(ARM, Reason.WRONG_LIMITS)))
    with pytest.raises(LimitsMismatch) as caught:
        made.arm(IDENTITY.limits_hash)
    assert caught.value.hint is DeviceRemedy.USE_ITS_DESCRIPTION
    assert made.connection.interlock.state is not State.ARMED


@pytest.mark.parametrize("reason", [Reason.TRIPPED, Reason.NOT_ARMED, Reason.MALFORMED, 200])
def test_a_refusal_says_why(reason: int) -> None:
    made = guarded(ScriptedLink(refusing(ARM, reason)))
    with pytest.raises(DeviceRefused, match=reason_text(reason)):
        made.arm(IDENTITY.limits_hash)
    made = guarded(ScriptedLink(refusing(RESET, reason)))
    with pytest.raises(DeviceRefused, match=reason_text(reason)):
        made.reset()


def test_a_device_that_waits_for_a_person_is_asked_once_more_after_a_silence() -> None:
    def waits(frame: Frame, nth: int) -> list[Report]:
        if frame.type == RESET and nth == 0:
            return [Answer(RESET, frame.seq, Reason.TRIPPED)]
        return well_behaved(frame)

    link = ScriptedLink(waits)
    made = guarded(link)
    before, heard = made.clock.now(), len(link.heard)
    made.reset()
    assert made.clock.now() - before > UNHEARD_MS / 1000
    assert [frame.type for frame in link.heard[heard:]] == [RESET, RESET]


def test_an_arm_for_other_limits_never_reaches_the_line() -> None:
    link = ScriptedLink()
    with pytest.raises(InterlockTrip):
        guarded(link).arm(IDENTITY.limits_hash + 1)
    assert link.count(ARM) == 0


@pytest.mark.parametrize("noise", [b"\x99", b"\0", b"\x01\x02\0", bytes(4), b"\xff" * 200 + b"\0"])
def test_garbage_between_the_reports_is_skipped(noise: bytes) -> None:
    link = ScriptedLink()
    link.noise = noise + b"\0"
    made = guarded(link)
    made.arm(IDENTITY.limits_hash)
    assert made.connection.interlock.state is State.ARMED
    assert made.stop()


def test_the_status_is_waited_for_and_missed() -> None:
    made = dialogue(ScriptedLink(lambda f, _: [IDENTITY] if f.type == HELLO else well_behaved(f)))
    made.identify()
    before = made.clock.now()
    with pytest.raises(LinkTimeout, match="no status"):
        made.status()
    assert made.clock.now() - before == pytest.approx(0.5, abs=0.01)
    made.link.inbox = encode_report(status(), seq=3, t_ms=9, epoch=EPOCH)  # type: ignore[attr-defined]
    assert made.status() == made.status() == status()


def test_stop_discards_output_first_and_is_confirmed() -> None:
    link = ScriptedLink()
    made = guarded(link)
    made.arm(IDENTITY.limits_hash)
    link.raw = b""
    assert made.stop() is True
    assert link.abandoned == 1
    assert link.raw[:4] == bytes(4)
    assert link.breaks == 0
    assert made.connection.interlock.state is State.DISARMED


def test_stop_is_repeated_with_a_break_until_nothing_moves() -> None:
    def ramping(frame: Frame, nth: int) -> list[Report]:
        if frame.type == STOP and nth < 5:
            return [status(DeviceState.STOPPING, output=50 - nth)]
        return well_behaved(frame)

    link = ScriptedLink(ramping)
    made = guarded(link)
    made.arm(IDENTITY.limits_hash)
    assert made.stop() is True
    assert link.count(STOP) == 6
    assert link.breaks == 5


@pytest.mark.parametrize(
    "said",
    [
        status(DeviceState.PLAYING),
        status(DeviceState.STOPPING),
        status(DeviceState.DISARMED, output=1),
        status(DeviceState.HOLDING),
    ],
)
def test_stop_is_not_confirmed_while_anything_may_move(said: Status) -> None:
    link = ScriptedLink(lambda f, _: [said] if f.type == STOP else well_behaved(f))
    made = guarded(link)
    made.arm(IDENTITY.limits_hash)
    before = made.clock.now()
    assert made.stop() is False
    assert made.clock.now() - before == pytest.approx(STOP_CONFIRM_S, abs=0.06)
    assert made.connection.interlock.state is State.STOPPING


def test_stop_of_a_tripped_device_is_confirmed_and_the_trip_stays() -> None:
    link = ScriptedLink(lambda f, _: [status(DeviceState.TRIPPED)] if f.type == STOP else well_behaved(f))
    made = guarded(link)
    with pytest.raises(InterlockTrip):
        made.connection.interlock.fault("test")
    assert made.stop() is True
    assert made.connection.interlock.state is State.TRIPPED


def test_stop_on_a_dead_link_goes_on_trying_and_never_raises() -> None:
    link = ScriptedLink()
    made = guarded(link)
    link.dead = True
    before = made.clock.now()
    assert made.stop() is False
    assert made.clock.now() - before == pytest.approx(STOP_CONFIRM_S, abs=0.06)
    assert link.breaks >= 10


def test_stop_reaches_a_device_whose_link_comes_back() -> None:
    link = ScriptedLink()
    made = guarded(link)
    link.dead = True
    sleep = made.clock.sleep

    def passing(seconds: float, *wake: Any) -> None:
        sleep(seconds, *wake)
        link.dead = made.clock.now() < 0.5

    made.clock.sleep = passing  # type: ignore[method-assign]
    assert made.stop() is True
