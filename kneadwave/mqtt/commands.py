"""Commands that come over a broker: which there are, and which of them count. Nothing old starts motion.

What makes it less counts whenever it comes, even kept by the broker: stop, pause, softer, pain. Everything
else says in JSON when it was sent and which one it is, {"at": seconds since 1970, "id": ..., "value": ...};
it counts once, and within FRESH_S.
"""

import json
import math
from dataclasses import dataclass
from typing import Any, Final

ALWAYS: Final = frozenset({"stop", "pause", "softer", "pain"})
FRESH: Final = frozenset({"start", "resume", "louder", "closing", "routine", "minutes", "intensity"})
FRESH_S: Final = 5.0
"""How old a command may be, and how far the clock of who sent it may run ahead. Project's choice."""
PAYLOAD_BYTES: Final = 1024
KEPT: Final = 1000
"""Commands that are remembered, for as long as they could count."""


@dataclass(frozen=True)
class Command:
    """What somebody wants; `refused` says why it does not count."""

    name: str
    value: Any = None
    refused: str = ""


class Commands:
    """Reads commands; each that needs it counts once."""

    def __init__(self) -> None:
        self._done: dict[str, float] = {}

    def read(self, name: str, payload: bytes, *, kept: bool, now: float) -> Command:
        """The command of a message; `kept`: the broker was asked to keep it. `now`: seconds since 1970."""
        if name in ALWAYS:
            return Command(name)
        if name not in FRESH:
            return Command(name, refused="there is no such command")
        if kept:
            return Command(name, refused="a command that a broker keeps starts nothing")
        said = _object(payload)
        if said is None:
            return Command(name, refused='a command is {"at": seconds since 1970, "id": ...}')
        at, token = _number(said.get("at")), said.get("id")
        if at is None or not isinstance(token, str | int) or isinstance(token, bool):
            return Command(name, refused='a command says when it was sent ("at") and which it is ("id")')
        if not abs(now - at) <= FRESH_S:
            return Command(name, refused=f"it was sent {now - at:.0f} s ago; it counts for {FRESH_S:g} s")
        self._done = {each: done for each, done in self._done.items() if abs(now - done) <= 2 * FRESH_S}
        this = f"{name} {type(token).__name__} {token}"
        if this in self._done:
            return Command(name, refused="it was done already")
        if len(self._done) >= KEPT:
            return Command(name, refused="too many commands at once")
        self._done[this] = now
        return Command(name, said.get("value"))


def _object(payload: bytes) -> dict[str, Any] | None:
    if len(payload) > PAYLOAD_BYTES:
        return None
    try:
        said = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _number(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if number else None
