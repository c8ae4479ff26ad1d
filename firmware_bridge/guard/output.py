"""Where a guard's drives go: to motors, to a model of them, to who watches. An output has no say in them."""

from collections.abc import Iterable
from typing import Any, Protocol

from firmware_bridge.guard.output_stage import OutputBlock


class DriveOutput(Protocol):
    """Is given all that a guard puts out, and told of all that happens to it."""

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
    """Nothing is moved, nobody watches."""

    def output(self, output: OutputBlock) -> None:
        """Look away."""

    def accepted(self, due_ms: int, drives: bytes) -> None:
        """Look away."""

    def event(self, at_ms: int, event: str, **fields: Any) -> None:
        """Look away."""


def put_out(output: DriveOutput, block: OutputBlock, rests: Iterable[tuple[int, str]]) -> None:
    """Give `output` a block, and tell it of the `rests` forced in it: when, in order, and of which actuator.

    Of each it hears after the tick that forced it and before the next one.
    """
    for at, actuator in rests:
        head, block = block.split(at)
        if len(head.drive):
            output.output(head)
        output.event(at, "dwell", actuator=actuator)
    if len(block.drive):
        output.output(block)
