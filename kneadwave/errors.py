"""What a command may end with: the application's own errors, and the exit codes that scripts rely on.

A front end turns them into words; the table from every error to its exit lies in kneadwave.cli.exits.
"""

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firmware_bridge.play.ending import SessionEnd
    from profiles.rules.finding import Finding

from profiles.errors import Remedy


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


class NoHome(UsageError):
    """Nobody knows where this user's own folders lie."""


class NotPlayable(KneadError):
    """A profile that may not be played: its check found errors, which are the `findings`."""

    exit = Exit.INVALID

    def __init__(
        self, message: str, *, hint: str | None = None, findings: tuple["Finding", ...] = ()
    ) -> None:
        super().__init__(message, hint=hint)
        self.findings = findings


class ConfigError(KneadError):
    """The config file is not valid."""

    exit = Exit.INVALID


class BoardError(KneadError):
    """The file of a board is not valid: the message names file and place."""

    exit = Exit.INVALID


class NotFlashed(KneadError):
    """An image was not written to a board, or not as a whole."""

    exit = Exit.LINK


class OutputPackageError(KneadError):
    """An installed package that brings an output cannot be used; the message names it."""

    exit = Exit.INVALID


class NoDevice(KneadError):
    """There is no device, or there are several to choose from."""

    exit = Exit.NO_DEVICE


class NotConfirmed(KneadError):
    """A stop was sent, but the device did not confirm it."""

    exit = Exit.LINK


class SessionOfAnother(KneadError):
    """A session of another user runs, which this one may not stop."""

    exit = Exit.NOT_PERMITTED


class StoppedOutside(KneadError):
    """The session was stopped by somebody or something other than the person who runs it here.

    `ending` says by what, in words of its own where a `message` says more.
    """

    exit = Exit.STOPPED

    def __init__(self, ending: "SessionEnd", message: str = "", *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.ending = ending


class OfferOver(KneadError):
    """Nobody began a session that was offered."""

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

    @classmethod
    def while_going_on(cls, name: str, so: str = "") -> "NotCleared":
        """A session or a screening for them has not ended; `so` says what follows."""
        return cls(f"a session or a screening for '{name}' is going on{so}", hint="wait until it has ended")


class Interrupted(KeyboardInterrupt):
    """A signal asked this process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class SessionRemedy(Remedy):
    """What would help to find a device, or to play on it."""

    CHOOSE_DEVICE = "choose one of them"
    NAME_DEVICE = "name the device, or try without one"
    STOP_NAMED = "name the device that is to stop"
    TRY_WITHOUT = "try without one"
    CHOOSE_DESCRIPTION = "choose another device"
    DESCRIBE = "describe them in a file, and name that"
    CHOOSE_PLACE = "choose another place, or another kind of device"
    PLACE_OR_PATH = "choose a place on a network or a path, not both"
    RUN = "play it as a session"
    INSTALL_EXTRA = "add the extra {extra}"
    RUN_ON_IT = "play on it as a session"
    PREVIEW = "start it on a terminal, or feel a step that asks nothing"
    ANSWER = "start it on a terminal, or let a program answer it"
    SIMULATE = "start it on a terminal; {profile} can be simulated without one"
    LIST_FAULTS = "look which kinds of faults there are"
    RUN_SIMULATED = "play on a virtual cushion in the same process"
    CHOOSE_PATH = "choose another path"
    OTHER_PATH = "choose another path, where a link can be made"
    MAKE_FOLDER = "make the folder {path}, or choose another path"
    GO_ON = "{first}; once the device is back, the session may go on, until {until}"
    ASK_PORT = "is it the right one? ask a port what is there"
    END_PROCESS = "end process {pid}"
    AS_ROOT = "only its user or root may stop it"
    CLOSE_HOLDER = "close the program that holds it"
    WAIT_OR_KILL = "look at the device; if it moves, kill process {pid}"
    STOP_ALL = "stop whatever runs"
    REPLACE = "choose another name, move it away, or have it replaced"
    BUILD_KERNEL = "build it from a checkout of the source, or play without it"
    NO_KERNEL = "leave the kernel to the virtual cushion"
    STOPPED_BY_ANOTHER = "another process asked for the stop"


class PersonRemedy(Remedy):
    """What would help so that somebody may be massaged."""

    ADD_FIRST = "say who is massaged"
    ADD = "add {name} first"
    USE = "choose who is massaged"
    OPTIONS = "the help says what each field takes"
    NAME_OR_USE = "say who is massaged this time, or always"
    SCREEN = "answer the questions for {name}"
    RECORD_CONSENT = "a doctor's consent, with date and reason, can be recorded for {name}"
    CONFIRM_LIST = "confirm it on a terminal, or answer it for {name} in a file"
    RECORD_MONTH = "record the month for {name}"
    TELL_MONTH = "ask a doctor; later the month of {name} can be recorded"
    READ_PROFILE = "read {profile}"
    BY_HAND = "read what holds for a child"
    NOT_PRONE = "take a profile that is for pregnancy"
    SET_CLOCK = "set the clock right; if it is right, it ran ahead once: have the ledger of {name} repaired"
    REPAIR = "a repair of the record of {name} shows what it does, and costs the day"
    WAIT_OR_REPAIR = "wait until that one reaches the database; if it never will: repair {name} in two hours"
    PREPARE = "the owner of {url} makes it ready"
    TOMORROW = "a massage may begin again tomorrow; the history of {name} tells what was noticed"
    ANSWERS_TEMPLATE = "begin with the empty answers"
    ANSWERS_FORM = "the empty answers show how"
    ANSWERS_ASKED = "the empty answers show what is asked"


class TuningRemedy(Remedy):
    """What would help while a profile or a device is tuned."""

    NOTHING_CHANGED = "nothing was changed; {then}"
    CORRECT_FILE = "correct {profile}, or move it away: the history has every version without it"
    SAVE_ELSEWHERE = "save the edits of {profile} under a name of their own"
    SAVE_OR_DISCARD = "save the edits of {profile} under a name of their own, or drop them"
    HISTORY = "the history of {profile} shows every version"
    VERSIONS = "versions of {profile} are 0 to {last}"
    SAY_STEP = "say which step: those of {profile} are listed"
    REMOVE_POINTS = "take points out first"
    FIT_OTHER = "fit {profile} to it"
    RECORD_RUN = "take one that the host made"
    TWO_ENDS = "such as 30 to 50"
    FEWEST_VALUES = "ask for 2 or more"
    MOST_VALUES = "ask for {most} or less, or for no number"
    SHOW_RESPONSES = "look at what stands for {device}"
    ONE_PROCESS = "try it in one process"


class PageRemedy(Remedy):
    """What would help so that the page can be served."""

    SET_PASSWORD = "set a password first"
    BY_TLS = "give a certificate and its key, or name the proxy before it that does TLS"
    OTHER_PORT = "choose another port; 0 takes a free one"
    OTHER_ADDRESS = "choose another address or port"
    SET_ANEW = "move it away, and set the passwords anew"


class ExchangeRemedy(Remedy):
    """What would help to bring something in from a foreign file, or out into one."""

    OTHER_RATE = "take another technique, or say a rate of your own"
    OTHER_PLACE = "choose another place, or move away what is there"
    NO_CURVE_OF_SOUND = "a curve goes into one of the other formats"
    SAY_ONE = "say a step or zones, not both"


def not_installed(what: str, package: str | None, extra: str) -> UsageError:
    """The error where something needs a package that an extra of Kneadwave brings."""
    return UsageError(
        f"{what} needs {package}, which is not installed", hint=SessionRemedy.INSTALL_EXTRA.of(extra=extra)
    )
