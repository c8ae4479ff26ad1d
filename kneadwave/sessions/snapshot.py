"""How a session stands, put together from the JSON lines that it tells: for who watches it from outside."""

from dataclasses import dataclass, field
from typing import Any, Final

Line = dict[str, Any]
"""An event, as `--json` prints it."""
NOTES_MAX: Final = 200
"""Notes that are kept."""


@dataclass
class Snapshot:
    """How a session stands, as far as its events tell."""

    id: str
    profile: str
    devices: tuple[str, ...]
    state: str = "starting"
    stop: str = ""
    """"": none was asked for; "asked", "confirmed" that the device is at rest, or "not confirmed"."""
    start: Line = field(default_factory=dict)
    step: Line = field(default_factory=dict)
    guide: Line = field(default_factory=dict)
    progress: Line = field(default_factory=dict)
    eased: str = ""
    pulses: int = 0
    """So many let a motor move that is to be placed."""
    unattended: bool = False
    """It was paused because nobody was there."""
    notes: list[Line] = field(default_factory=list)
    summary: Line = field(default_factory=dict)
    end: Line = field(default_factory=dict)

    def take(self, event: Line) -> None:
        """Take up what an event tells."""
        match event["event"]:
            case "start":
                self.start, self.state = event, "playing"
            case "state":
                self.state = event["state"]
                if self.stop == "asked" and event.get("confirmed") is True:  # what follows is paperwork
                    self.stop = "confirmed"
            case "step":
                self.step, self.guide = event, {}
            case "guide":
                self.guide = event
            case "progress":
                self.progress, self.state = event, event.get("phase", self.state)  # a felt test has none
                self.unattended = self.unattended and self.state != "playing"  # whatever made it go on
            case "pulse":
                self.pulses, self.state = self.pulses + 1, "playing"
            case "pain":
                self.eased = event["zone"]
            case "note" | "arrangement" | "allowed" | "holds" | "says" | "recipient" | "lost" | "rest":
                self.notes = [*self.notes, event][-NOTES_MAX:]
            case "summary":
                self.summary = event
                if self.stop or event.get("confirmed") is False:
                    self.stop = "confirmed" if event["confirmed"] else "not confirmed"
            case "end":
                self.end, self.state = event, "over"
                if self.stop and "confirmed" in event:  # of motors that are placed
                    self.stop = "confirmed" if event["confirmed"] else "not confirmed"
                elif self.stop and not self.ports and not self.pulses:  # nothing was opened, or it led hands
                    self.stop = "confirmed"
                elif self.stop == "asked":  # it died
                    self.stop = "not confirmed"

    @property
    def ports(self) -> tuple[str, ...]:
        """What it has opened, as far as it told."""
        told = self.start.get("port", "")
        return tuple(told.split(" + ")) if told else ()
