"""What is told while a device is stopped from anywhere."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from firmware_bridge import BridgeError, MonotonicClock
from kneadwave.cli.terminal.output import Output
from kneadwave.config import config_in_time
from kneadwave.devices import HANDS, named_url, opens_nothing, port_of
from kneadwave.errors import KneadError, OutputPackageError
from kneadwave.guards.dialects import scheme_of
from kneadwave.sessions.stop import (
    SessionSilent,
    SessionUnread,
    Stopped,
    StoppedByPort,
    StoppedBySession,
    ToldOff,
    TripCleared,
)
from kneadwave.sessions.stop import stop as stop_device
from kneadwave.text import clean, plainly

LINK_LOST: Final = "link lost"
"""The reason of a trip that needs nobody to look: a fresh session clears it."""


def stop(out: Output, option: str | None, *, reset: bool) -> None:
    """Stop the device and tell how that went; raises NotConfirmed, NoDevice and link errors."""
    clock = MonotonicClock()
    for stopped in stop_device(option, lambda: config_in_time(out.tell), clock, reset=reset):
        _tell(out, stopped, _names(option), reset)


def _names(option: str | None) -> dict[str, str]:
    """What whoever asks calls a port, by the port; empty where they named none, or none that is there."""
    named = named_url(option)
    with suppress(KneadError, BridgeError):
        return {} if named is None else {port_of(named): named}
    return {}


def _tell(out: Output, stopped: Stopped, names: Mapping[str, str], reset: bool) -> None:
    def said(port: str, begun_as: str = "") -> str:
        named = names.get(port) or begun_as or port
        return clean(named if named == port else f"{named} ({port})")

    match stopped:
        case SessionUnread(place):
            out.tell(f"warning: the file of a session is damaged: {place}; who plays was asked to stop")
        case SessionSilent(pid, port) if opens_nothing(port):
            out.tell(f"process {pid} does not react yet")
        case SessionSilent(pid, port):
            watchdog = "its guard's watchdog" if _guarded(port) else "the device's own watchdog"
            out.tell(
                f"process {pid}, which holds {said(port)}, does not react yet; where it hangs, {watchdog} "
                "has stopped the device by now"
            )
        case StoppedBySession(pid, port, begun_as):
            _note(out, port, confirmed=True, by="session", pid=pid)
            if port.startswith(HANDS):
                out.say(f"stopped: process {pid}, which led the hands")
                return
            by = "its guard" if _guarded(port) else "the device"
            out.say(f"stopped: process {pid} on {said(port, begun_as)}, {by} confirmed")
        case StoppedByPort(port, state, reason):
            _note(out, port, confirmed=True, by="port", state=state.name.lower(), reason=reason)
            out.say(f"stopped: {said(port)}, the device confirmed that nothing moves")
            if stopped.latched:
                out.say(f"the device stays off after a trip: {plainly(reason)}")
                if reason == LINK_LOST:
                    out.tell("hint: the next session clears that by itself")
                elif not reset:
                    out.tell("hint: look for the cause, then clear it with: knead stop --reset")
            elif reset:
                out.say("there is no trip to clear")
        case ToldOff(port):
            _note(out, port, confirmed=False, by="port")
            out.say(f"stopped: {said(port)} was told to be off; it cannot confirm that, so look at it")
        case TripCleared(reason):
            out.end.update(state="disarmed", cleared=reason)
            out.say("the trip is cleared; nothing starts by it")


def _note(out: Output, port: str, *, confirmed: bool, **fields: Any) -> None:
    """One event for each port; the last line says whether all confirmed."""
    out.event("stopped", port=port, confirmed=confirmed, **fields)
    out.end.update(fields, confirmed=confirmed and out.end.get("confirmed", True))


def _guarded(port: str) -> bool:
    """Whether a guard of ours stands before the device; one of a package that is broken needs one, too."""
    try:
        return scheme_of(port) is not None
    except OutputPackageError:
        return True
