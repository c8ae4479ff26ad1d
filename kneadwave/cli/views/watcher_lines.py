"""What whoever watches a session from another program is told of it: the JSON lines of `--json`."""

import os
from types import TracebackType
from typing import Any

from kneadwave.cli.exits import cause_of, exit_of, hint_of, rule_of
from kneadwave.cli.terminal.output import json_line
from kneadwave.cli.views.session import JsonLines
from kneadwave.sessions.controls import Inbox
from kneadwave.sessions.end_events import HandsDone, NotBegun, Summed
from kneadwave.sessions.events import Event
from kneadwave.sessions.session_socket import SessionSocket
from kneadwave.sessions.start import SessionPlan


class WatcherLines:
    """While entered, others may watch; it is told first what is played where, last how it ended."""

    def __init__(self, inbox: Inbox, plan: SessionPlan) -> None:
        devices = [] if plan.device is None else [each.url for each in plan.device.all]
        self._about = {"pid": os.getpid(), "profile": plan.piece.profile.name, "devices": devices}
        self._socket = SessionSocket(inbox)
        self._lines = JsonLines(self)
        self._end: dict[str, Any] = {}

    def __enter__(self) -> "WatcherLines":
        self._socket.__enter__()
        self.event("session", **self._about)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.event("end", ok=True, **self._end)
        else:
            told = {"error": cause_of(error), "rule": rule_of(error), "hint": hint_of(error)}
            self.event("end", ok=False, **self._end, **told, exit=int(exit_of(error)))
        self._socket.__exit__(kind, error, trace)

    def show(self, event: Event) -> None:
        """Tell it, if it is one for scripts."""
        if isinstance(event, Summed):
            self._end = {"trips": event.trips, "reason": event.reason, "confirmed": event.confirmed}
        elif isinstance(event, NotBegun | HandsDone):
            self._end = {"reason": event.reason}
        self._lines.show(event)

    def event(self, event: str, **fields: Any) -> None:
        """Tell one line."""
        self._socket.tell(event, json_line(event, fields))
