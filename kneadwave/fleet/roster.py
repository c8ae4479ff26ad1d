"""Who is there: what a broker tells of cushions, put together. Knows no broker."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from kneadwave.mqtt import topics

TOLD: Final = (
    "state",
    "routine",
    "step",
    "left_s",
    "recipient",
    "problem",
    "problem_why",
    "pain",
    "last_reason",
)
"""Fields of a state that are told of a cushion as they are."""
UNPLUGGED: Final = "it is not plugged in"
BRIDGE_GONE: Final = "its bridge is gone"
BROKER_GONE: Final = "the broker is gone"


@dataclass
class CushionCard:
    """A cushion of the house."""

    id: str
    state: dict[str, Any] = field(default_factory=dict)
    status: str = topics.OFFLINE

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.state.get("title") or self.id)

    def as_dict(self, silent: str = "") -> dict[str, Any]:
        """How it stands; where nobody answers for it, why (`silent`), and nothing that was true once."""
        about = {"cushion": self.id, "title": self.title, "host": self.state.get("host", "")}
        if silent:
            alarm = "link" if silent == UNPLUGGED else "bridge"
            return about | {"state": "unavailable", "problem": True, "problem_why": silent, "alarms": [alarm]}
        return about | {key: self.state.get(key) for key in TOLD} | {"alarms": self._alarms()}

    def _alarms(self) -> list[str]:
        """What somebody has to look after, in a word each."""
        of = {
            "trip": self.state.get("tripped"),
            "pain": self.state.get("pain"),
            "link": self.state.get("link") is False,
            "not confirmed": self.state.get("state") == "not confirmed",
        }
        return [alarm for alarm, given in of.items() if given]


class Roster:
    """All cushions, by what was heard so far."""

    def __init__(self) -> None:
        self.cards: dict[str, CushionCard] = {}
        self._bridges: dict[str, str] = {}

    def hear(self, topic: str, text: str) -> dict[str, Any] | None:
        """Take up a message; an event of a cushion, with "cushion" in it, where it is one."""
        parts = topic.split("/")
        if parts[1] == "bridge":
            self._bridges[parts[2]] = text
            return None
        what = parts[-1]
        if what != "event" and not text:  # the broker was asked to forget it
            self.cards.pop(parts[1], None)
        elif what == "status":
            self._card(parts[1]).status = text
        elif what == "state":
            self._card(parts[1]).state = _object(text)
        elif what == "event":
            return {**_object(text), "cushion": parts[1], "title": self._card(parts[1]).title}
        return None

    def silent(self, card: CushionCard) -> str:
        """Why nobody answers for it; "" where somebody does."""
        if self._bridges.get(str(card.state.get("bridge", ""))) != topics.ONLINE:
            return BRIDGE_GONE
        return "" if card.status == topics.ONLINE else UNPLUGGED

    def told(self, *, broker: bool = True) -> list[dict[str, Any]]:
        """How all of them stand, in their order; without a `broker` nobody knows."""
        return [
            card.as_dict(self.silent(card) if broker else BROKER_GONE)
            for _, card in sorted(self.cards.items())
        ]

    def _card(self, cushion: str) -> CushionCard:
        return self.cards.setdefault(cushion, CushionCard(cushion))


def _object(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


@dataclass
class StopAsked:
    """A stop that was asked of some cushions: of each "asked", "confirmed" or "not confirmed"."""

    of: dict[str, str]

    @classmethod
    def at(cls, cushions: list[str]) -> "StopAsked":
        """It was asked of these."""
        return cls(dict.fromkeys(cushions, "asked"))

    @property
    def waiting(self) -> list[str]:
        """Those that have not answered."""
        return [cushion for cushion, answer in self.of.items() if answer == "asked"]

    def hear(self, event: dict[str, Any]) -> str:
        """Take up an event; the cushion that has answered by it, else ""."""
        cushion = str(event["cushion"])
        if self.of.get(cushion) != "asked" or "confirmed" not in event:
            return ""
        self.of[cushion] = "confirmed" if event["confirmed"] is True else "not confirmed"
        return cushion

    def give_up(self) -> None:
        """No more answers are waited for."""
        for cushion in self.waiting:
            self.of[cushion] = "not confirmed"
