"""What a session may do on this device: never more than the device's own table allows."""

from collections.abc import Sequence

from firmware_bridge.guard.states import SESSION_MAX_S
from firmware_bridge.wire.codec import session_hash
from firmware_bridge.wire.messages import ActuatorInfo, Limits


class SessionLimits:
    """Ceilings and seconds of the session to come; all 0 until a host has told them."""

    def __init__(self, table: Sequence[ActuatorInfo], limits_hash: int) -> None:
        self.seconds = 0
        self.ceilings = bytes(len(table))
        self._limits_hash = limits_hash
        self._own = bytes(0 if info.excluded else info.ceiling for info in table)

    @property
    def hash(self) -> int:
        """What ARM has to echo."""
        return session_hash(self._limits_hash, self.seconds, self.ceilings)

    def clear(self) -> None:
        """Forget them: each session brings its own."""
        self.seconds, self.ceilings = 0, bytes(len(self._own))

    def take(self, told: Limits) -> bool:
        """Keep what is told, where it is lower than the device's own; False where it names no actuator."""
        end = told.first + len(told.ceilings)
        if end > len(self._own):
            return False
        kept = bytes(map(min, told.ceilings, self._own[told.first : end]))
        self.ceilings = self.ceilings[: told.first] + kept + self.ceilings[end:]
        self.seconds = min(told.seconds, SESSION_MAX_S)
        return True
