"""What is worth a note while a session begins and plays; events as those of `events` beside it."""

from dataclasses import dataclass
from typing import ClassVar

from kneadwave.sessions.events import Event, Fields
from profiles.score import ScoreStep


@dataclass(frozen=True)
class Substituted(Event):
    """The device plays something otherwise than the profile asks; `text` says what."""

    name = "note"
    text: str

    def fields(self) -> Fields:
        """The kind of note and its text."""
        return {"kind": "substitution", "text": self.text}


@dataclass(frozen=True)
class Shortened(Event):
    """What of the score there is no time for, told before it begins: steps left out, and shortened ones."""

    name = "note"
    left_out: tuple[ScoreStep, ...]
    shortened: tuple[ScoreStep, ...]

    @property
    def text(self) -> str:
        """The same in words."""
        parts = [
            f"{what} {'step' if len(steps) == 1 else 'steps'} {_listed(steps)}"
            for what, steps in (("leaves out", self.left_out), ("shortens", self.shortened))
            if steps
        ]
        return f"to end in time it {' and '.join(parts)}"

    def fields(self) -> Fields:
        """The kind of note, its text, and the numbers of the steps."""
        return {
            "kind": "time",
            "text": self.text,
            "left_out": [step.index + 1 for step in self.left_out],
            "shortened": [step.index + 1 for step in self.shortened],
        }


def _listed(steps: tuple[ScoreStep, ...]) -> str:
    return ", ".join(f"{step.index + 1} ({step.name})" for step in steps)


@dataclass(frozen=True)
class Hurried(Event):
    """The session goes on to its closing steps early, so that it ends in the time it has."""

    name = "note"
    text: ClassVar[str] = "going to the closing steps, to end in time"
    t: float = 0.0
    took: float = 0.0

    def fields(self) -> Fields:
        """The kind of note, when, and its text."""
        return {"kind": "time", "t": round(self.t, 2), "took": round(self.took, 2), "text": self.text}


@dataclass(frozen=True)
class ChangedNothing(Event):
    """A control that changes nothing: it is as loud, as soft or as far as it goes.

    `intensity` (0 to 1) is that of the session; 0 where hands work and no device.
    """

    name = "note"
    control: str
    intensity: float
    t: float
    took: float

    @property
    def text(self) -> str:
        """The same in words."""
        if self.control == "closing":
            return "the closing steps have begun already"
        if not self.intensity:
            return "hands set the intensity here"
        if self.control == "louder":
            return f"the intensity is at {self.intensity:.0%}, the most of this session"
        return f"the intensity is at {self.intensity:.0%}, the least there is: for less pause or stop it"

    def fields(self) -> Fields:
        """The kind of note, when, which control, and its text."""
        when = {"t": round(self.t, 2), "took": round(self.took, 2)}
        return {"kind": "control", **when, "control": self.control, "text": self.text}


@dataclass(frozen=True)
class LimitHeld(Event):
    """A limit holds an actuator back ("all": the power budget); `first` of its kind at that actuator."""

    name = "note"
    t: float
    actuator: str
    limit: str
    first: bool

    @property
    def public(self) -> bool:
        """The first of its kind is enough for those who watch; a recording has them all."""
        return self.first

    def fields(self) -> Fields:
        """When (it counts the frames that were sent, so both times are one), which actuator, which limit."""
        t = round(self.t, 2)
        return {"kind": "limit", "t": t, "took": t, "actuator": self.actuator, "limit": self.limit}


@dataclass(frozen=True)
class LinkFaltered(Event):
    """The device lost the link for a moment, and plays on by itself."""

    name = "note"
    text: ClassVar[str] = "the link to the device was lost for a moment, as on a busy computer; it plays on"
    t: float
    took: float

    def fields(self) -> Fields:
        """The kind of note, when, and its text."""
        return {"kind": "link", "t": round(self.t, 2), "took": round(self.took, 2), "text": self.text}


@dataclass(frozen=True)
class NotRegistered(Event):
    """No other process finds this session to stop it; `why` says what is amiss."""

    name = "note"
    why: str

    @property
    def text(self) -> str:
        """The same in words."""
        return f"no other program on this computer finds this session to stop it ({self.why})"

    def fields(self) -> Fields:
        """The kind of note and its text."""
        return {"kind": "registry", "text": self.text}


@dataclass(frozen=True)
class Held(Event):
    """A zone is about to be held at a level for some seconds; `felt` is what the limits leave of it."""

    name = "hold"
    zone: str
    level: float
    felt: float
    seconds: float
    actuators: tuple[str, ...]

    def fields(self) -> Fields:
        """The zone, both levels, how long, by which actuators."""
        return {
            "zone": self.zone,
            "level": self.level,
            "felt": round(self.felt, 4),
            "seconds": self.seconds,
            "actuators": list(self.actuators),
        }


@dataclass(frozen=True)
class Offered(Event):
    """A session is offered: it begins when somebody says so within `seconds`."""

    name = "offer"
    profile: str
    devices: tuple[str, ...]
    seconds: float
    minutes: float | None
    intensity: float

    def fields(self) -> Fields:
        """What is offered, where, and how much of it at most."""
        return {
            "profile": self.profile,
            "devices": list(self.devices),
            "seconds": self.seconds,
            "minutes": self.minutes,
            "intensity": self.intensity,
        }
