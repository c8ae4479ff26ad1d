"""One cushion as the broker is told of it: what its session tells becomes a state, and commands its controls.

Knows no socket and no broker; `now` is seconds of any clock that does not go back.
"""

import platform
from dataclasses import dataclass, field
from typing import Any, Final

from kneadwave.devices import serial_of
from kneadwave.firmware.version import newest
from kneadwave.mqtt.commands import Command
from kneadwave.mqtt.topics import cushion_id
from kneadwave.sessions.snapshot import Line, Snapshot

STEP: Final = 10
"""Percent of one step of intensity, `firmware_bridge.limits.INTENSITY_STEP`."""


class Refused(Exception):
    """A command that does not count now; the text says why."""


@dataclass
class Wish:
    """What somebody afar would like to begin; it begins nothing by itself."""

    routine: str = ""
    minutes: float | None = None
    intensity: int = 100


@dataclass
class Cushion:
    """A cushion, and the session on it, if there is one."""

    id: str
    url: str
    title: str
    allow_start: bool = False
    names: bool = False
    """Whether the broker is told who lies there."""
    present: bool = False
    """Its port is there."""
    snapshot: Snapshot | None = None
    offer: Line | None = None
    offered_until: float = 0.0
    wish: Wish = field(default_factory=Wish)
    ceilings: dict[str, int] = field(default_factory=dict)
    """What may be felt in each zone on this device at most, percent, whoever lies there."""
    firmware: int | None = None
    """The version of it that its device told last; None where none has played since the bridge began."""
    newest_firmware: int | None = None
    recipient: str = ""
    """Who lies there, as the session told."""
    day: Line = field(default_factory=dict)
    minutes_today: float = 0.0
    last_reason: str = ""
    problem: str = ""
    tripped: bool = False
    """An interlock ended its last session."""
    unconfirmed: bool = False
    """A stop was asked for, and nobody confirmed it."""

    def attached(self, told: Line) -> None:
        """A session on it is watched from now on."""
        self.snapshot = Snapshot(str(told["pid"]), str(told["profile"]), tuple(told["devices"]))
        self.recipient = ""

    def take(self, event: Line, now: float) -> Line | None:
        """Take up an event of its session; what is to be told of it as an event of its own."""
        if self.snapshot is None:
            return None
        name = event["event"]
        if name == "offer":
            self.offer, self.offered_until = event, now + event["seconds"]
            return {"event_type": "offered", "routine": event["profile"], "seconds": event["seconds"]}
        asked = self.snapshot.stop == "asked"
        self.snapshot.take(event)
        match name:
            case "state" if asked and self.snapshot.stop == "confirmed":
                return {"event_type": "at_rest", "confirmed": True}
            case "recipient":
                self.recipient = str(event["name"])
            case "identity":
                self.firmware = event["firmware"]
                self.newest_firmware = newest(event["model"], event["firmware"])
            case "start":
                self.offer, self.problem, self.unconfirmed, self.tripped = None, "", False, False
                return {"event_type": "began", "routine": event["profile"]}
            case "pain":
                return {"event_type": "pain", "zone": event["zone"], "action": event["action"]}
            case "summary":
                self.unconfirmed = event.get("confirmed") is False
            case "end":
                return self._ended(event)
        return None

    def detached(self) -> None:
        """Its session is over, or nobody can watch it any more."""
        self.snapshot, self.offer = None, None

    def offered(self, now: float) -> bool:
        """Whether a session is offered on it, now."""
        return self.offer is not None and now < self.offered_until

    def controls(self, command: Command, now: float) -> list[Line]:
        """What to say to its session for a command, in order; nothing to say for a wish. Raises Refused."""
        name = command.name
        if command.refused:
            raise Refused(command.refused)
        if name == "start":
            return [self._begin(now)]
        if name in ("routine", "minutes"):
            self._wish(name, command.value)
            return []
        if name == "intensity":
            return self._intensity(command.value)
        if self.snapshot is None:
            raise Refused("nothing plays")
        return [{"control": name}]

    def state(self, now: float) -> dict[str, Any]:
        """How it stands, as the broker is told."""
        at = self.snapshot
        progress, step = (at.progress, at.step) if at is not None else ({}, {})
        word = self._word(now)
        return {
            "state": word,
            "playing": word == "playing",
            "offered": self.offered(now),
            "problem": bool(self.problem) or self.unconfirmed,
            "problem_why": self.problem,
            "tripped": self.tripped,
            "pain": at.eased if at is not None else "",
            "link": self.present,
            "routine": self._routine(now),
            "step": step.get("name", ""),
            "left_s": round(progress.get("left", 0.0)),
            "intensity_now": round(progress.get("intensity", 0.0) * 100),
            "recipient": self.recipient if self.names and at is not None else "",
            "minutes": self.wish.minutes or 20,
            "intensity": self.wish.intensity,
            "sessions_left": self.day.get("sessions_left"),
            "minutes_left": _minutes_left(self.day),
            "minutes_today": round(self.minutes_today, 1),
            "last_reason": self.last_reason,
            "ceiling": max(self.ceilings.values(), default=None),
            "ceilings": self.ceilings,
            "firmware": self.firmware,
            "versions": self._versions(),
            "actuators_off": len(at.start.get("excluded", ())) if at is not None else 0,
            "stop": at.stop if at is not None else "",
        }

    def _versions(self) -> dict[str, str]:
        """In Home Assistant's words; empty where nothing is known, which it takes for no news."""
        if self.firmware is None:
            return {}
        return {"installed_version": str(self.firmware), "latest_version": str(self.newest_firmware)}

    def _word(self, now: float) -> str:
        if self.unconfirmed:
            return "not confirmed"
        if self.offered(now):
            return "offered"
        if self.snapshot is None or self.snapshot.state == "over":
            return "at rest" if self.present else "unavailable"
        if self.snapshot.stop == "asked":
            return "stopping"
        state = self.snapshot.state
        return state if state in ("starting", "playing", "paused") else "at rest"

    def _routine(self, now: float) -> str:
        if self.offer is not None and self.offered(now):
            return str(self.offer["profile"])
        return self.snapshot.profile if self.snapshot is not None else self.wish.routine

    def _begin(self, now: float) -> Line:
        if not self.allow_start:
            raise Refused("the bridge does not allow to begin anything from afar")
        if self.offer is None or not self.offered(now):
            raise Refused("nothing is offered at the cushion")
        if self.wish.routine not in ("", self.offer["profile"]):
            raise Refused(f"{self.offer['profile']} is offered, and {self.wish.routine} is wanted")
        line: Line = {"control": "begin", "intensity": self.wish.intensity / 100}
        return line if self.wish.minutes is None else line | {"minutes": self.wish.minutes}

    def _wish(self, name: str, value: Any) -> None:
        if name == "routine":
            if not isinstance(value, str):
                raise Refused("a routine has a name")
            self.wish.routine = value
        else:
            self.wish.minutes = _number(value, 1, 20)

    def _intensity(self, value: Any) -> list[Line]:
        wanted = round(_number(value, STEP, 100))
        self.wish.intensity = wanted
        if self.snapshot is None or self.snapshot.state not in ("playing", "paused"):
            return []
        steps = round((wanted - self.snapshot.progress.get("intensity", 1.0) * 100) / STEP)
        return [{"control": "louder" if steps > 0 else "softer"}] * abs(steps)

    def _ended(self, end: Line) -> Line:
        """What is told of how it ended."""
        self.problem = "" if end["ok"] or end.get("reason") else str(end.get("error"))
        self.last_reason = str(end.get("reason") or self.problem or "completed")
        kind = "ended" if self.last_reason == "completed" else "stopped"
        if end.get("trips"):
            kind, self.problem, self.tripped = "tripped", self.last_reason, True
        return {"event_type": kind, "reason": self.last_reason, "confirmed": not self.unconfirmed}


def ceilings_of(actuators: list[Line]) -> dict[str, int]:
    """The most that is felt in each zone, percent, of actuators as `knead device show` tells them."""
    most: dict[str, int] = {}
    for each in actuators:
        if not each["excluded"]:
            most[each["zone"]] = max(most.get(each["zone"], 0), round(each["ceiling_felt"] * 100))
    return dict(sorted(most.items()))


def cushions_of(urls: list[str], *, allow_start: bool = False, names: bool = False) -> list[Cushion]:
    """The cushions at these devices, as this computer calls them."""
    host = platform.node() or "computer"
    return [
        Cushion(cushion_id(url, host), url, f"{serial_of(url) or url} on {host}", allow_start, names)
        for url in dict.fromkeys(urls)
    ]


def _minutes_left(day: Line) -> float | None:
    if "sessions_left" not in day:
        return None
    return round(float(day["sessions_left"]) * float(day.get("seconds_each") or 0.0) / 60, 1)


def _number(value: Any, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise Refused(f"a number from {least:g} to {most:g}")
    return float(value)
