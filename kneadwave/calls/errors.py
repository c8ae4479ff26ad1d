"""What a call may end with."""

from typing import Any


class CallRefused(Exception):
    """The command line refused: `end` has its error, hint, rule and exit code, `events` what came before."""

    def __init__(self, end: dict[str, Any], events: list[dict[str, Any]]) -> None:
        super().__init__(str(end.get("error")))
        self.end = end
        self.events = events
