"""What a session tells once it is over; of the same vocabulary as `kneadwave.sessions.events`."""

from dataclasses import dataclass, field

from kneadwave.sessions.events import Event, Fields


@dataclass(frozen=True)
class LeftOff(Event):
    """A session lost its device at time `t` of its score; it may be taken up within `seconds`."""

    name = "lost"
    t: float
    seconds: float

    def fields(self) -> Fields:
        return {"t": round(self.t, 2), "seconds": self.seconds}


@dataclass(frozen=True)
class Summed(Event):
    """What a session on a device came to. `reason` is why it ended; `at_rest` whether the device said so."""

    name = "summary"
    frames: int
    bytes_sent: int
    trips: int
    shifts: int
    confirmed: bool
    substitutions: tuple[str, ...]
    reason: str
    at_rest: bool

    def fields(self) -> Fields:
        """The figures."""
        return {
            "frames": self.frames,
            "bytes": self.bytes_sent,
            "trips": self.trips,
            "shifts": self.shifts,
            "confirmed": self.confirmed,
            "substitutions": list(self.substitutions),
        }


@dataclass(frozen=True)
class HandsDone(Event):
    """A routine for hands is over: why, and how much of it was done, seconds."""

    reason: str
    elapsed: float
    duration: float


@dataclass(frozen=True)
class SimulationSummed(Event):
    """What a simulated session came to; `figures` is the whole table."""

    name = "summary"
    figures: Fields = field(default_factory=dict)

    def fields(self) -> Fields:
        """The figures."""
        return dict(self.figures)


@dataclass(frozen=True)
class RestAdvised(Event):
    """It is over, and time to stay as one is for a while (rules 70, 187, 279)."""

    name = "rest"
    seconds: float
    seated: bool

    def fields(self) -> Fields:
        """How long."""
        return {"seconds": self.seconds}
