"""The limits of a session are told before a device is armed; one that lies about its own is refused."""

from typing import Any

import pytest
from interlocks import anywhere
from scripted_link import (
    IDENTITY,
    PAD,
    TABLE,
    ScriptedLink,
    dialogue,
    guarded,
    refusing,
    well_behaved,
)

from firmware_bridge.devices.layout import place_device
from firmware_bridge.errors import (
    DeviceRefused,
    LimitsMismatch,
    LinkTimeout,
)
from firmware_bridge.safety.interlock import Interlock
from firmware_bridge.wire.framing import Frame
from firmware_bridge.wire.messages import (
    LIMITS,
    LimitsHash,
    Reason,
    Report,
)
from firmware_bridge.wire.reasons import reason_text


def keeps(frame: Frame) -> list[Report]:
    """A device that takes every limit as it is told."""
    if frame.type == LIMITS:
        return [LimitsHash(len(frame.payload), int.from_bytes(frame.payload[1:3], "little"))]
    return well_behaved(frame)


@pytest.mark.parametrize(("at_once", "frames"), [(8, 1), (7, 2), (3, 3), (1, 8)])
def test_limits_are_told_in_as_many_frames_as_they_take(at_once: int, frames: int) -> None:
    link = ScriptedLink(lambda frame, _: keeps(frame))
    made = dialogue(link)
    made.identify()
    actuators = place_device(PAD).actuators
    made.connection.guard(Interlock(actuators, PAD.power_budget, 0, anywhere(len(actuators))))
    ceilings = bytes(actuator.ceiling for actuator in actuators)
    last = len(ceilings) - at_once * (frames - 1)
    made.tell_limits(300, ceilings, at_once, LimitsHash(3 + last, 300))
    told = [frame.payload for frame in link.heard if frame.type == LIMITS]
    assert [payload[0] for payload in told] == list(range(0, 8, at_once))
    assert b"".join(payload[3:] for payload in told) == ceilings
    assert len(told) == frames


@pytest.mark.parametrize("reason", [Reason.BUSY, Reason.TRIPPED, 200])
def test_limits_that_are_refused_say_why(reason: int) -> None:
    made = guarded(ScriptedLink(refusing(LIMITS, reason)))
    made.connection.guard(Interlock(place_device(PAD).actuators, PAD.power_budget, 0))
    with pytest.raises(DeviceRefused, match=reason_text(reason)):
        made.tell_limits(300, bytes(8), 8, LimitsHash(0, 300))


def test_an_answer_to_limits_told_before_that_comes_late_is_passed_over() -> None:
    """It does not say which frame it belongs to: on a slow line the first one is answered several times."""
    late = LimitsHash(7 + 3, 300)
    link = ScriptedLink(lambda frame, nth: ([late] if nth else []) + keeps(frame))
    made = dialogue(link)
    made.identify()
    actuators = place_device(PAD).actuators
    made.connection.guard(Interlock(actuators, PAD.power_budget, 0, anywhere(len(actuators))))
    made.tell_limits(300, bytes(8), 7, LimitsHash(1 + 3, 300))
    assert link.count(LIMITS) == 2


@pytest.mark.parametrize("kept", [[], [LimitsHash(99, 300)], [LimitsHash(4, 299)]])
def test_other_limits_than_those_told_are_a_mismatch_and_none_at_all_a_timeout(kept: list[Report]) -> None:
    made = guarded(ScriptedLink(lambda frame, _: kept if frame.type == LIMITS else well_behaved(frame)))
    made.connection.guard(Interlock(place_device(PAD).actuators, PAD.power_budget, 0))
    with pytest.raises(LimitsMismatch if kept else LinkTimeout):
        made.tell_limits(300, bytes(8), 8, LimitsHash(4, 300))


@pytest.mark.parametrize(
    "lie",
    [
        {"identity": IDENTITY._replace(actuators=0)},
        {"identity": IDENTITY._replace(actuators=7)},
        {"identity": IDENTITY._replace(limits_hash=IDENTITY.limits_hash ^ 1)},
        {"identity": IDENTITY._replace(rest_s=61)},
        {"identity": IDENTITY._replace(power_budget=1)},
        {"table": (TABLE[0]._replace(ceiling=TABLE[0].ceiling + 1), *TABLE[1:])},
        {"table": (TABLE[0]._replace(x_mm=0), *TABLE[1:])},
    ],
)
def test_a_device_whose_table_is_not_that_of_its_identity_is_refused(lie: dict[str, Any]) -> None:
    identity, table = lie.get("identity", IDENTITY), lie.get("table", TABLE)

    def lying(frame: Frame, _: int) -> list[Report]:
        match frame.type:
            case 1:
                return [identity]
            case 2:
                return [table[frame.payload[0]]]
        return well_behaved(frame)

    with pytest.raises(LimitsMismatch):
        dialogue(ScriptedLink(lying)).identify()
