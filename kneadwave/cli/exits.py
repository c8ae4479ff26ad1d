"""Which error leads to which exit code, and in which words it is told: one table, as scripts rely on it."""

import os
import re
import signal
from typing import Final

from firmware_bridge.errors import (
    BridgeError,
    DeviceDescriptionError,
    DeviceRefused,
    InterlockTrip,
    LinkError,
    PortBusy,
    PortForbidden,
    PortMissing,
    RecordingError,
)
from kneadwave.errors import Exit, Interrupted, KneadError
from profiles.errors import ProfileError

EXITS: Final[tuple[tuple[type[BaseException], Exit], ...]] = (
    (ProfileError, Exit.INVALID),
    (DeviceDescriptionError, Exit.INVALID),
    (RecordingError, Exit.INVALID),
    (PortMissing, Exit.NO_DEVICE),
    (PortForbidden, Exit.NOT_PERMITTED),
    (PortBusy, Exit.NOT_PERMITTED),
    (LinkError, Exit.LINK),
    (InterlockTrip, Exit.STOPPED),
    (DeviceRefused, Exit.STOPPED),
)
"""The first row that fits counts."""

HINTS: Final[dict[Exit, str]] = {
    Exit.BUG: "please report it, with the command that you typed; KNEAD_DEBUG=1 shows where it happened",
    Exit.USAGE: "knead --help shows how the commands are called",
    Exit.INVALID: "correct the file, or choose another one",
    Exit.NO_DEVICE: "knead doctor lists the ports; choose one with --device",
    Exit.NOT_PERMITTED: "knead doctor shows who may use which port",
    Exit.LINK: "check cable and power, then try again",
    Exit.STOPPED: "look at the device, then clear a trip with: knead stop --reset",
}
"""What to say when an error brings no hint of its own."""

RULE: Final = re.compile(r"\(rule (\d{1,3})\)")
"""How every finding, trip and refusal names the rule behind it."""


def exit_of(error: BaseException) -> int:
    """The exit code that an error leads to."""
    if isinstance(error, KeyboardInterrupt):
        return Exit.SIGNAL + (error.number if isinstance(error, Interrupted) else signal.SIGINT)
    if isinstance(error, KneadError):
        return error.exit
    return next((code for kind, code in EXITS if isinstance(error, kind)), Exit.BUG)


def cause_of(error: BaseException) -> str:
    """What happened, for one line."""
    if isinstance(error, Interrupted) and error.number != signal.SIGINT:
        return f"ended by {signal.Signals(error.number).name}"
    if isinstance(error, KeyboardInterrupt):
        return "ended by Ctrl-C"
    text = str(error)
    if isinstance(error, ProfileError) and error.rule is not None and not RULE.search(text):
        text = f"{text} (rule {error.rule})"
    if isinstance(error, KneadError | BridgeError | ProfileError):
        return text
    return f"this should not have happened: {type(error).__name__}: {text}"


def hint_of(error: BaseException) -> str | None:
    """What the person can do, for one line; None where there is nothing to add."""
    hint = getattr(error, "hint", None)
    if isinstance(hint, str):
        return hint
    code = exit_of(error)
    return HINTS[Exit(code)] if code < Exit.SIGNAL else None


def rule_of(error: BaseException) -> int | None:
    """The massage rule behind an error, as its text names it: "(rule 53)"; None where there is none."""
    rule = getattr(error, "rule", None)
    if isinstance(rule, int):
        return rule
    found = RULE.search(str(error))
    return int(found[1]) if found else None


def debugging() -> bool:
    """Whether a traceback is wanted after an error of the program itself."""
    return os.environ.get("KNEAD_DEBUG", "") not in ("", "0")
