"""A clock that passes only when somebody sleeps: twenty minutes in a second, the same every time."""

from collections.abc import Callable

from firmware_bridge.clock import Files, never


class VirtualClock:
    """Virtual seconds, from 0."""

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float, wake: Callable[[], bool] = never, files: Files = None) -> None:  # noqa: ARG002
        if not wake():
            self._now += max(0.0, seconds)
