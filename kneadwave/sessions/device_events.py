"""What a person should know of the device before it plays; events as those of `events` beside it."""

from dataclasses import asdict, dataclass

from firmware_bridge.wire.messages import Identity
from kneadwave.sessions.events import Event, Fields


@dataclass(frozen=True)
class HoldsItsLevel(Event):
    """The device, by its title, does not stop by itself; nothing of it is above `ceiling`."""

    name = "holds"
    device: str
    ceiling: float

    def fields(self) -> Fields:
        return asdict(self)


@dataclass(frozen=True)
class DeviceSays(Event):
    """What a device said of itself that a person should know."""

    name = "says"
    device: str
    text: str

    def fields(self) -> Fields:
        return asdict(self)


@dataclass(frozen=True)
class PlaysAsSound(Event):
    """It plays on a sound card, `latency_s` after its time; `alone`: no other program can play on it."""

    name = "sound"
    card: str
    latency_s: float
    alone: bool

    def fields(self) -> Fields:
        return {"card": self.card, "latency_s": round(self.latency_s, 3), "alone": self.alone}


@dataclass(frozen=True)
class ResponsesTaken(Event):
    """The response curves that were measured on this device count; `made` is their day (ISO)."""

    name = "responses"
    device: str
    made: str
    actuators: tuple[str, ...]

    def fields(self) -> Fields:
        """The device, the day, the actuators."""
        return {"device": self.device, "made": self.made, "actuators": list(self.actuators)}


@dataclass(frozen=True)
class DeviceIdentified(Event):
    """What the device at `url` said that it is, once it was asked; `limits_hash` in hexadecimal.

    `firmware` counts versions from 1; 0 is a device that has none, as a virtual one and one behind a guard.
    """

    name = "identity"
    url: str
    model: str
    protocol: int
    firmware: int
    unit_id: int
    limits_hash: str

    @classmethod
    def of(cls, url: str, who: Identity) -> "DeviceIdentified":
        """By its own message."""
        return cls(url, who.model, who.protocol, who.firmware, who.unit_id, f"{who.limits_hash:08x}")

    def fields(self) -> Fields:
        return asdict(self)
