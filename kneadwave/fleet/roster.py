"""Who is there: what a broker tells of cushions, put together. Knows no broker."""

import json
from dataclasses import dataclass, field
from typing import Any

from kneadwave.mqtt import topics


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

    def as_dict(self, *, reachable: bool) -> dict[str, Any]:
        """How it stands; where nobody answers for it, that, and nothing that was true once."""
        about = {"cushion": self.id, "title": self.title, "host": self.state.get("host", "")}
        if not reachable:
            return about | {"state": "unavailable", "problem": True, "problem_why": "its bridge is gone"}
        return about | {
            key: self.state.get(key)
            for key in (
                "state",
                "routine",
                "step",
                "left_s",
                "recipient",
                "problem",
                "problem_why",
                "last_reason",
            )
        }


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
        if what == "status":
            self._card(parts[1]).status = text
        elif what == "state":
            self._card(parts[1]).state = _object(text)
        elif what == "event":
            return {"cushion": parts[1], "title": self._card(parts[1]).title, **_object(text)}
        return None

    def reachable(self, card: CushionCard) -> bool:
        """Whether somebody answers for it."""
        bridge = self._bridges.get(str(card.state.get("bridge", "")))
        return bridge == card.status == topics.ONLINE

    def told(self) -> list[dict[str, Any]]:
        """How all of them stand, in their order."""
        return [card.as_dict(reachable=self.reachable(card)) for _, card in sorted(self.cards.items())]

    def _card(self, cushion: str) -> CushionCard:
        return self.cards.setdefault(cushion, CushionCard(cushion))


def _object(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


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
