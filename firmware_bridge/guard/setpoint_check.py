"""A guard's own look at setpoints: it trusts no host and shares none of the host's limits."""

from collections.abc import Sequence
from operator import gt

from firmware_bridge.wire.messages import (
    ActuatorInfo,
    Kind,
    MessageError,
    Reason,
    Setpoints,
)
from firmware_bridge.wire.setpoints import unpack_setpoints

AHEAD_MAX_MS = 500
KNEADING_MAX_CPM = 60
"""Cycles per minute, whatever the table says; source article, rule 64."""


class SetpointCheck:
    """Knows the limits of the actuators in `table`, and how much all drives together may be."""

    def __init__(self, table: Sequence[ActuatorInfo], power_budget: int) -> None:
        self._table = table
        self._power_budget = power_budget
        self._ceilings = bytes(len(table))
        self._rate_max = [_rate_cap(a) for a in table]
        self._rate_min = [(i, a.rate_min) for i, a in enumerate(table) if a.rate_max]
        self._rated = bytes(a.rate_max for a in table)

    def cap(self, ceilings: bytes) -> None:
        """Take the ceilings of a session, a drive for each actuator; until then all are 0."""
        self._ceilings = bytes(
            0 if info.excluded else drive for info, drive in zip(self._table, ceilings, strict=True)
        )

    def unpack(self, payload: bytes) -> Setpoints | None:
        """The setpoints in `payload`; None where it is malformed."""
        try:
            return unpack_setpoints(payload, self._rated)
        except MessageError:
            return None

    def inspect(self, setpoints: Setpoints | None, ahead_ms: int) -> Setpoints | Reason:
        """What was unpacked, due in `ahead_ms`, or the limit that it breaks."""
        if ahead_ms > AHEAD_MAX_MS:
            return Reason.TOO_FAR_AHEAD
        if setpoints is None:
            return Reason.MALFORMED
        drives, rates = setpoints
        if any(map(gt, drives, self._ceilings)):
            excluded = any(drive and info.excluded for drive, info in zip(drives, self._table, strict=True))
            return Reason.EXCLUDED if excluded else Reason.CEILING
        if sum(drives) > self._power_budget:
            return Reason.POWER
        if any(map(gt, rates, self._rate_max)):
            return Reason.RATE
        for i, least in self._rate_min:
            if drives[i] and rates[i] < least:
                return Reason.RATE
        return setpoints


def _rate_cap(info: ActuatorInfo) -> int:
    return min(info.rate_max, KNEADING_MAX_CPM) if info.kind == Kind.KNEADING else info.rate_max
