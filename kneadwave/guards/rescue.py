"""What each `knead` command does first: it switches off what was left moving by killed programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kneadwave.guards.marks import Left, forget, left_moving
from kneadwave.guards.names import ROOT

if TYPE_CHECKING:
    from firmware_bridge.clock import Clock


@dataclass(frozen=True)
class Rescued:
    """A device that was left moving: it is off now, or `error` says why nobody could tell it."""

    url: str
    error: str = ""


def switch_off_left_moving(clock: "Clock | None" = None, root: Path = ROOT) -> Iterator[Rescued]:
    """Switch off each device that was left moving. Costs nothing where there is none. Never raises."""
    for left in left_moving():
        if _off_without_guard(left.url):
            forget(left.url)
            continue
        yield _switched_off(left, clock, root)


def _off_without_guard(url: str) -> bool:
    from kneadwave.errors import OutputPackageError
    from kneadwave.guards.dialects import scheme_of

    try:
        scheme = scheme_of(url)
    except OutputPackageError:  # told of where it is tried to be switched off
        return False
    return scheme is not None and scheme.second is None


def _switched_off(left: Left, clock: "Clock | None", root: Path) -> Rescued:
    from firmware_bridge.clock import MonotonicClock
    from firmware_bridge.errors import BridgeError
    from firmware_bridge.guard.outputs.output import OutputStuck
    from kneadwave.errors import KneadError
    from kneadwave.guards.dialects import switch_off

    url = left.found(root)
    if url is None:
        return Rescued(left.url, "another device is in its place")
    try:
        switch_off(url, clock or MonotonicClock())
    except (BridgeError, KneadError, OutputStuck) as error:
        return Rescued(left.url, str(error))
    forget(left.url)
    return Rescued(left.url)
