"""An actuator that is to be calibrated: what its description says, and what a threshold makes of it."""

from dataclasses import dataclass
from math import ceil

from firmware_bridge.devices.description import ActuatorSpec
from firmware_bridge.devices.layout import Actuator
from firmware_bridge.limits import DRIVE_MAX, FELT_FLOOR
from profiles.technique import Modality
from profiles.waveform import FRAME_RATE_HZ

LAG_MAX = 25  # frames that are waited for a motor at the most; project's choice: half a second


def stalls(spec: ActuatorSpec) -> bool:
    """Whether an actuator has a start and a hold level: an eccentric motor, a kneading head."""
    return spec.kind is Modality.KNEADING or (spec.kind is Modality.VIBRATION and spec.rate is None)


@dataclass(frozen=True)
class Subject:
    """An actuator to be tried: what its description says, and the highest drive that it may be given."""

    index: int
    id: str
    start: int
    hold: int
    exponent: float
    stalls: bool
    highest: int
    lag: int  # frames until it follows
    attack: int  # drive units a frame

    @classmethod
    def of(cls, actuator: Actuator, spec: ActuatorSpec, most: float = DRIVE_MAX) -> "Subject":
        """The actuator of a probing layout, by its description; `most` bounds the highest drive."""
        reach = max(2.5 * spec.response.start, 40.0)
        return cls(
            index=actuator.index,
            id=spec.id,
            start=spec.response.start,
            hold=spec.response.hold,
            exponent=spec.response.exponent,
            stalls=stalls(spec),
            highest=int(min(actuator.ceiling, reach, most)),
            lag=min(ceil(spec.motor.tau_ms * FRAME_RATE_HZ / 1000), LAG_MAX),
            attack=max(1, actuator.attack // FRAME_RATE_HZ),
        )

    def rise(self, drive: int) -> int:
        """Frames until a drive is reached from rest, and followed."""
        return -(-drive // self.attack) + self.lag


def start_from(first_felt: int, exponent: float, stalls: bool) -> int:
    """The start level of a response curve, from the lowest drive that is felt from rest.

    What stalls has its start there: it stands still below, or turns without being felt, and either would
    waste the low levels of a curve. What does not stall has no step to be felt: there the lowest drive that
    is felt is taken for that of FELT_FLOOR, and the curve begins as far below it as its exponent says.
    """
    if stalls:
        return first_felt
    share = float(FELT_FLOOR**exponent)
    return max(0, min(first_felt, round((first_felt - DRIVE_MAX * share) / (1.0 - share))))
