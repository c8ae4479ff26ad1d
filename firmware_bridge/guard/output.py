"""Who watches a virtual cushion, without any say in what it does."""

from typing import Any, Protocol

from firmware_bridge.guard.output_stage import OutputBlock


class DriveOutput(Protocol):
    """Hears of everything that a cushion puts out and of everything that happens to it."""

    def output(self, output: OutputBlock) -> None:
        """What was put out, in order and without gaps."""
        ...

    def accepted(self, due_ms: int, drives: bytes) -> None:
        """Setpoints were accepted, to be reached at device time `due_ms`."""
        ...

    def event(self, at_ms: int, event: str, **fields: Any) -> None:
        """Something happened at device time `at_ms`."""
        ...


class NoOutput:
    """Nobody watches."""

    def output(self, output: OutputBlock) -> None:
        """Look away."""

    def accepted(self, due_ms: int, drives: bytes) -> None:
        """Look away."""

    def event(self, at_ms: int, event: str, **fields: Any) -> None:
        """Look away."""
