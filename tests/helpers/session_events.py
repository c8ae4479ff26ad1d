"""What a call of the command told of a session, and what the ledger has of it."""

from typing import Any

from kneadwave.people.history import Received, sessions
from kneadwave.people.ledger import read


def received(name: str = "me") -> list[Received]:
    """The sessions that the ledger has."""
    return sessions(read(name))


def events(ended: Any, kind: str) -> list[dict[str, Any]]:
    """The events of one kind that the call printed."""
    return [event for event in ended.events if event["event"] == kind]
