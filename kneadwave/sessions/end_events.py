"""What a session tells once it is over; of the same vocabulary as `kneadwave.sessions.events`."""

from dataclasses import dataclass, field

from kneadwave.sessions.events import Event, Fields


@dataclass(frozen=True)
class LeftOff(Event):
    """A session lost its device at time `t` of its score; it may be taken up within `seconds`."""

    name = "lost"
    t: float
    seconds: float
    took: float = 0.0

    def fields(self) -> Fields:
        return {"t": round(self.t, 2), "took": round(self.took, 2), "seconds": self.seconds}


@dataclass(frozen=True)
class NotBegun(Event):
    """It was stopped before anything was opened, for `reason`."""

    name = "state"
    reason: str

    def fields(self) -> Fields:
        """As of a session that is over before it began."""
        return {"t": 0.0, "took": 0.0, "state": "stopped"}


@dataclass(frozen=True)
class Summed(Event):
    """What a session on a device came to. `reason` is why it ended; `at_rest` whether the device said so.

    `losses` is how often the link was lost and the session went on by itself, `took` its length, seconds.
    """

    name = "summary"
    frames: int
    bytes_sent: int
    trips: int
    shifts: int
    confirmed: bool
    substitutions: tuple[str, ...]
    reason: str
    at_rest: bool
    losses: int = 0
    took: float = 0.0

    def fields(self) -> Fields:
        """The figures."""
        return {
            "frames": self.frames,
            "bytes": self.bytes_sent,
            "trips": self.trips,
            "shifts": self.shifts,
            "confirmed": self.confirmed,
            "substitutions": list(self.substitutions),
            "losses": self.losses,
            "took": round(self.took, 2),
        }


@dataclass(frozen=True)
class HandsDone(Event):
    """A routine for hands is over: why, how much of it was done, and how long that took, seconds."""

    reason: str
    elapsed: float
    duration: float
    took: float = 0.0


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
