"""What is told while a device is stopped from anywhere."""

from firmware_bridge import MonotonicClock
from kneadwave.cli.terminal.output import Output
from kneadwave.config import Config
from kneadwave.errors import OutputPackageError
from kneadwave.guards.dialects import scheme_of
from kneadwave.sessions.stop import (
    SessionSilent,
    Stopped,
    StoppedByPort,
    StoppedBySession,
    ToldOff,
    TripCleared,
)
from kneadwave.sessions.stop import stop as stop_device


def stop(out: Output, option: str | None, config: Config, *, reset: bool) -> None:
    """Stop the device and tell how that went; raises NotConfirmed, NoDevice and link errors."""
    for stopped in stop_device(option, config, MonotonicClock(), reset=reset):
        _tell(out, stopped, reset)


def _tell(out: Output, stopped: Stopped, reset: bool) -> None:
    match stopped:
        case SessionSilent(pid, port):
            watchdog = "its guard's watchdog" if _guarded(port) else "the device's own watchdog"
            out.tell(f"process {pid}, which holds {port}, does not react; by now {watchdog} has stopped it")
        case StoppedBySession(pid, port):
            out.end.update(confirmed=True, by="session", pid=pid)
            by = "its guard" if _guarded(port) else "the device"
            out.say(f"stopped: process {pid} on {port}, {by} confirmed")
        case StoppedByPort(port, state, reason):
            confirmed = out.end.get("confirmed", True)  # by all, where there are several
            out.end.update(confirmed=confirmed, by="port", state=state.name.lower(), reason=reason)
            out.say(f"stopped: {port}, the device confirmed that nothing moves")
            if stopped.latched:
                out.say(f"the device is latched after a trip: {reason}")
                if not reset:
                    out.tell("hint: look for the cause, then clear it with: knead stop --reset")
            elif reset:
                out.say("there is no trip to clear")
        case ToldOff(port):
            out.end.update(confirmed=False, by="port")
            out.say(f"stopped: {port} was told to be off; such a device confirms nothing, so look at it")
        case TripCleared(reason):
            out.end.update(state="disarmed", cleared=reason)
            out.say("the trip is cleared; nothing starts by it")


def _guarded(port: str) -> bool:
    """Whether a guard of ours stands before the device; one of a package that is broken needs one, too."""
    try:
        return scheme_of(port) is not None
    except OutputPackageError:
        return True
