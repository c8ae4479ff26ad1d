"""Exit codes, and which error leads to which: one table, as the command line promises it to scripts."""

import os
import re
import signal
from enum import IntEnum
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
from profiles.errors import ProfileError


class Exit(IntEnum):
    """What a script can rely on. A signal n ends with SIGNAL + n: 130 for Ctrl-C, 143 for SIGTERM."""

    DONE = 0
    BUG = 1
    USAGE = 2
    INVALID = 3
    NO_DEVICE = 4
    NOT_PERMITTED = 5
    LINK = 6
    STOPPED = 7
    SIGNAL = 128


class KneadError(Exception):
    """An error of the command itself: one line of cause, one line of hint, an exit code."""

    exit = Exit.BUG

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(KneadError):
    """The command was not called as it may be."""

    exit = Exit.USAGE


class NotPlayable(KneadError):
    """A profile that may not be played: its check found errors."""

    exit = Exit.INVALID


class ConfigError(KneadError):
    """The config file is not valid."""

    exit = Exit.INVALID


class NoDevice(KneadError):
    """There is no device, or there are several to choose from."""

    exit = Exit.NO_DEVICE


class NotConfirmed(KneadError):
    """A stop was sent, but the device did not confirm it."""

    exit = Exit.LINK


class StoppedOutside(KneadError):
    """The session was stopped by somebody or something other than the person who runs it here."""

    exit = Exit.STOPPED


class PersonFileError(KneadError):
    """A file about a recipient is not valid: the message names file and place."""

    exit = Exit.INVALID


class NotCleared(KneadError):
    """This recipient may not be massaged now; `rule` is the massage rule behind it, where there is one."""

    exit = Exit.STOPPED

    def __init__(self, message: str, *, rule: int | None = None, hint: str | None = None) -> None:
        super().__init__(message if rule is None else f"{message} (rule {rule})", hint=hint)
        self.rule = rule


class Interrupted(KeyboardInterrupt):
    """A signal asked this process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


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
    """Whether a traceback is wanted after an error of ours."""
    return os.environ.get("KNEAD_DEBUG", "") not in ("", "0")
