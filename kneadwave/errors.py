"""What a command may end with: the application's own errors, and the exit codes that scripts rely on.

A front end turns them into words; the table from every error to its exit lies in kneadwave.cli.exits.
"""

from enum import IntEnum


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
