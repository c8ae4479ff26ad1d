"""What a session tells, event by event: the one vocabulary of every front end.

    with closing(plan.play(answers, inbox, clock)) as events:
        for event in events:                            a front end renders; it decides nothing
            print(event.name, event.fields())

`name` and `fields()` are what `--json` prints, line by line, and what any other process is told. The rest of
an event is for front ends in this process. Levels are fractions of 1, times seconds: `t` is that of the
score, which jumps where something is skipped and stands still in a pause; `took` is how long the session has
been going on, pauses included.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, ClassVar

from firmware_bridge.devices.layout import Actuator, Layout
from firmware_bridge.play.updates import Update
from profiles.rules.finding import Finding
from profiles.score import Score, ScoreStep

Fields = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """Something that happened; `name` is its name in JSON, "" for one that only a recording has."""

    name: ClassVar[str] = ""

    @property
    def public(self) -> bool:
        """Whether it has a JSON line of its own."""
        return bool(self.name)

    def fields(self) -> Fields:
        """The fields of its JSON line, in their order."""
        return {}


@dataclass(frozen=True)
class FindingTold(Event):
    """The check has something to say that does not refuse the profile."""

    name = "finding"
    finding: Finding

    def fields(self) -> Fields:
        """Severity, rule, place, message, remedy."""
        return self.finding.as_dict()


@dataclass(frozen=True)
class Arrangement(Event):
    """How to lie or sit before it begins, in `says` ("": it does not matter), and whether hands help.

    `posture` is what the profile is written for; `helper`: a second person's hands work in it.
    """

    name = "arrangement"
    posture: str
    says: str
    helper: bool

    def fields(self) -> Fields:
        """Posture, what is said of it, helper."""
        return {"posture": self.posture, "says": self.says, "helper": self.helper}


@dataclass(frozen=True)
class ForRecipient(Event):
    """Who is massaged, and what is known to limit it; `factors` lower the ceilings of zones."""

    name = "recipient"
    recipient: str
    stature_m: float
    limit: float
    factors: Mapping[str, float]

    def fields(self) -> Fields:
        """The name and the limits."""
        return {
            "name": self.recipient,
            "stature_m": self.stature_m,
            "limit": self.limit,
            "factors": dict(self.factors),
        }


@dataclass(frozen=True)
class Allowed(Event):
    """How long it may take, seconds (inf: as long as it lasts), and what the person should know about it."""

    name = "allowed"
    seconds: float
    notices: tuple[str, ...] = ()

    def fields(self) -> Fields:
        """The seconds and the notices."""
        seconds = self.seconds if isfinite(self.seconds) else None
        return {"seconds": seconds, "notices": list(self.notices)}


@dataclass(frozen=True)
class StatureOverruled(Event):
    """The stature that was asked for does not count: the recipient's does, metres."""

    stature_m: float


@dataclass(frozen=True)
class NothingRecorded(Event):
    """A recording was asked for, but no device moves in this routine."""


@dataclass(frozen=True)
class Started(Event):
    """What is about to be played, on what; `layout` is None where no device plays.

    `substitutions` are sentences for what this device plays otherwise than the score asks.
    """

    name = "start"
    score: Score
    url: str = ""
    layout: Layout | None = None
    limit: float = 1.0
    substitutions: tuple[str, ...] = ()

    def fields(self) -> Fields:
        """The profile, the device, what stays off and why, how long it takes."""
        fields: Fields = {"profile": self.score.name}
        if self.layout is not None:
            fields |= {
                "device": self.layout.description.name,
                "port": self.url,
                "actuators": len(self.layout.actuators),
                "excluded": [{"id": a.id, "reason": a.excluded} for a in self.layout.excluded],
                "limit": self.limit,
                "stature_m": self.layout.stature_m,
                "places": [place_of(actuator) for actuator in self.layout.actuators],
            }
        return fields | {"duration_s": round(self.score.duration, 3), "steps": len(self.score.steps)}


def place_of(actuator: Actuator) -> Fields:
    """Where an actuator lies, and the drives between which it is felt."""
    return {
        "id": actuator.id,
        "zone": actuator.zone,
        "x_mm": actuator.x_mm if actuator.placed else None,
        "y_mm": actuator.y_mm if actuator.placed else None,
        "radius_mm": actuator.radius_mm,
        "start": actuator.start,
        "exponent": actuator.exponent,
    }


@dataclass(frozen=True)
class StateChanged(Event):
    """The session plays, stands still, or is over; `first` where it begins to play.

    `confirmed` once it is over: whether the device said that nothing moves; None before, and without one.
    """

    name = "state"
    t: float
    state: str
    first: bool = False
    took: float = 0.0
    confirmed: bool | None = None

    @property
    def public(self) -> bool:
        """That it begins to play is told by the event that it starts."""
        return not self.first

    def fields(self) -> Fields:
        """When, and what it does now."""
        told = {} if self.confirmed is None else {"confirmed": self.confirmed}
        return {"t": round(self.t, 2), "took": round(self.took, 2), "state": self.state, **told}


@dataclass(frozen=True)
class StepBegan(Event):
    """A step begins; `of` is how many there are."""

    name = "step"
    t: float
    step: ScoreStep
    of: int
    took: float = 0.0

    def fields(self) -> Fields:
        """When, how long it takes, and what it is."""
        length = round(self.step.end - self.step.start, 3)
        when = {"t": round(self.t, 2), "took": round(self.took, 2)}
        return {**when, "duration_s": length, **self.step.as_dict()}


@dataclass(frozen=True)
class GuideBegan(Event):
    """A step for hands or breath begins: what to do."""

    name = "guide"
    t: float
    step: ScoreStep
    took: float = 0.0

    def fields(self) -> Fields:
        """When, which step, and what the person is told."""
        guide = self.step.guide_as_dict() or {}
        return {"t": round(self.t, 2), "took": round(self.took, 2), "step": self.step.index + 1, **guide}


@dataclass(frozen=True)
class IntensityChanged(Event):
    """Live intensity begins, changes, or the score goes on at another place; `limit` where it begins."""

    t: float
    intensity: float
    limit: float | None = None
    took: float = 0.0


@dataclass(frozen=True)
class Progressed(Event):
    """How the session stands, several times a second; a front end shows as many of these as it likes.

    `awaiting` is a change of posture that somebody has to confirm, `eased` a zone that was eased for pain.
    """

    name = "progress"
    update: Update
    awaiting: ScoreStep | None = None
    eased: str = ""
    step: int = -1
    """The step that began last, from 0: an update of a pause or of the end belongs to none."""

    def fields(self) -> Fields:
        """How far it is, what it does, which step, how strongly."""
        update = self.update
        return {
            "t": round(update.elapsed, 2),
            "left": round(update.left, 2),
            "took": round(update.took, 2),
            "phase": update.phase.value,
            "step": self.step + 1,
            "intensity": update.intensity,
        }


@dataclass(frozen=True)
class ControlHeard(Event):
    """A line of controls was heard: which `control` and whose `id`; `refused` says why it was none."""

    name = "control"
    control: str
    id: int | str | None
    refused: str

    def fields(self) -> Fields:
        """Control, id, refused."""
        return {"control": self.control, "id": self.id, "refused": self.refused}


@dataclass(frozen=True)
class PainTold(Event):
    """Somebody said that it hurts: `zone` goes down for good, or the session was `stopped`."""

    name = "pain"
    zone: str
    stopped: bool
    t: float = 0.0
    took: float = 0.0

    def fields(self) -> Fields:
        """Where, what was done, and when."""
        action = "stopped" if self.stopped else "eased"
        return {"zone": self.zone, "action": action, "t": round(self.t, 2), "took": round(self.took, 2)}
