"""Which error leads to which exit code, and in which words it is told: one table, as scripts rely on it."""

import errno
import os
import re
import signal
from collections.abc import Mapping
from typing import Final

from firmware_bridge import (
    BridgeError,
    DeviceDescriptionError,
    DeviceRefused,
    DeviceRemedy,
    EndReason,
    InterlockTrip,
    LinkError,
    PortBusy,
    PortForbidden,
    PortMissing,
    RecordingError,
)
from kneadwave.cli.installed_by import BY_PIP, how_to_add
from kneadwave.errors import (
    ExchangeRemedy,
    Exit,
    Interrupted,
    KneadError,
    PageRemedy,
    PersonRemedy,
    SessionRemedy,
    StoppedOutside,
    TuningRemedy,
)
from kneadwave.text import plainly, word_of_command
from profiles.errors import ProfileError, ProfileRemedy, Remedy, RemedyOf

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

OF_THE_SYSTEM: Final[Mapping[int, str]] = {
    errno.ENOSPC: "make room there",
    errno.EDQUOT: "make room there",
    errno.EFBIG: "make room there",
    errno.EROFS: "choose a place that can be written to",
    errno.EACCES: "look who may read and write there",
    errno.EPERM: "look who may read and write there",
    errno.EIO: "look after the disk",
    errno.EMFILE: "close other programs, and try again",
    errno.ENFILE: "close other programs, and try again",
    errno.ENOMEM: "close other programs, and try again",
    errno.ENOLCK: "use a place whose file system keeps locks",
    errno.ENAMETOOLONG: "use a shorter name",
    errno.ELOOP: "name the file itself",
}
"""Errors of the system that are no bug, wherever they are met, and what helps."""

HINTS: Final[dict[Exit, str]] = {
    Exit.BUG: "please report it, with the command that you typed; KNEAD_DEBUG=1 shows where it happened",
    Exit.USAGE: "knead --help shows how the commands are called",
    Exit.INVALID: "correct the file, or choose another one",
    Exit.NO_DEVICE: "knead device scan lists the ports; choose one with --device",
    Exit.NOT_PERMITTED: "knead doctor shows who may use which port",
    Exit.LINK: "check cable and power, then try again",
    Exit.STOPPED: "look at the device; where the next session finds it latched: knead stop --reset",
}
"""What to say when an error brings no hint of its own."""

WORDS: Final[dict[Remedy, str]] = {
    ProfileRemedy.LIST_PROFILES: "knead profile list shows the profiles that ship",
    ProfileRemedy.READ_PROFILE: "read it with: knead profile show {profile}",
    DeviceRemedy.INSTALL_EXTRA: BY_PIP,
    SessionRemedy.INSTALL_EXTRA: BY_PIP,
    DeviceRemedy.LIST_PORTS: "list the ports with: knead device scan",
    DeviceRemedy.STOP_HOLDER: "stop it with: knead stop --device {url}",
    DeviceRemedy.END_HOLDER: "stop a session with: knead stop --device {url}; end anything else: kill {pid}",
    DeviceRemedy.RECORD: "--record FILE of knead simulate, run or virtual makes one",
    DeviceRemedy.NO_RECORDING: (
        "this is no recording; --record FILE of knead simulate, run or virtual makes one"
    ),
    DeviceRemedy.CLEAR_TRIP: "look for the cause, then clear it with: knead stop --reset",
    DeviceRemedy.USE_ITS_DESCRIPTION: "use the description that the device was built with: --on FILE",
    DeviceRemedy.GIVE_DESCRIPTION: "give its description yourself: --on FILE",
    SessionRemedy.CHOOSE_DEVICE: "choose one with --device",
    SessionRemedy.NAME_DEVICE: (
        "knead device scan lists the ports; choose one with --device; to try without one: --device sim:"
    ),
    SessionRemedy.TRY_WITHOUT: "to try without one: --device sim:, or knead virtual",
    SessionRemedy.CHOOSE_DESCRIPTION: "choose another with --on",
    SessionRemedy.DESCRIBE: "copy a description that ships, say where its motors lie, and name it: --on FILE",
    SessionRemedy.CHOOSE_PLACE: "choose another --at, or another --as",
    SessionRemedy.PLACE_OR_PATH: "leave --path out",
    SessionRemedy.RUN: "play it as a session: knead run",
    SessionRemedy.RUN_ON_IT: "play on it with: knead run",
    SessionRemedy.PREVIEW: "start it on a terminal; knead tune preview plays a step without asking anything",
    SessionRemedy.ANSWER: "start it on a terminal, or let a program answer it by --control stdin",
    SessionRemedy.SIMULATE: "start it on a terminal; to see how it goes: knead simulate {profile}",
    SessionRemedy.LIST_FAULTS: "knead simulate --help lists the kinds",
    SessionRemedy.STOP_NAMED: "if a device moves even so, pull its plug or try: knead stop --device PORT",
    SessionRemedy.RUN_SIMULATED: "knead run PROFILE --device sim: plays on a cushion in the same process",
    SessionRemedy.CHOOSE_PATH: "choose another --path, or put it in the place of a link with --force",
    SessionRemedy.OTHER_PATH: "choose another --path",
    SessionRemedy.MAKE_FOLDER: "make the folder {path} first, or choose another --path",
    SessionRemedy.GO_ON: ("{first}; once the device is back, continue by {until} with: knead run --resume"),
    SessionRemedy.ASK_PORT: "is it the right one? ask a port what is there: knead device scan --probe PORT",
    SessionRemedy.END_PROCESS: "end it (a session of ours stops its device first): {sudo}kill {pid}",
    SessionRemedy.AS_ROOT: "only its user or root may stop it: sudo knead stop",
    SessionRemedy.CLOSE_HOLDER: "close the program that holds it; as root, knead stop names it",
    SessionRemedy.WAIT_OR_KILL: "look at the device; if it moves, end the process: kill -9 {pid}",
    SessionRemedy.STOP_ALL: "name one of them; knead stop, with no device, stops whatever runs",
    SessionRemedy.REPLACE: "choose another name, move it away, or replace it with --force",
    SessionRemedy.BUILD_KERNEL: (
        "build it in a checkout of the source, with a C compiler: make firmware; without it Python plays"
    ),
    SessionRemedy.NO_KERNEL: "leave out --kernel, or --as",
    SessionRemedy.STOPPED_BY_ANOTHER: "somebody used knead stop, or STOP on a page",
    PersonRemedy.ADD_FIRST: "record who is massaged: knead recipient new me --adult",
    PersonRemedy.ADD: "make one with: knead recipient new {name} --adult",
    PersonRemedy.USE: "choose one with: knead recipient use NAME",
    PersonRemedy.OPTIONS: "knead recipient change --help says what each option takes",
    PersonRemedy.NAME_OR_USE: "name one with --recipient, or: knead recipient use NAME",
    PersonRemedy.SCREEN: "answer the questions with: knead screen --recipient {name}",
    PersonRemedy.RECORD_CONSENT: (
        "a doctor's consent, with date and reason, can be recorded with: knead screen --recipient {name}"
    ),
    PersonRemedy.CONFIRM_LIST: (
        "confirm it on a terminal, or answer it in a file: knead screen --recipient {name} --answers FILE"
    ),
    PersonRemedy.RECORD_MONTH: "record it with: knead recipient change {name} --pregnancy-month N",
    PersonRemedy.TELL_MONTH: "ask a doctor; later: knead recipient change {name} --pregnancy-month N",
    PersonRemedy.READ_PROFILE: "read it with: knead profile show {profile}",
    PersonRemedy.BY_HAND: (
        "what to know of a child: knead profile show child; for an adult: knead recipient change {name} "
        "--adult"
    ),
    PersonRemedy.NOT_PRONE: ("take one that is for pregnancy: knead profile list --for pregnancy"),
    PersonRemedy.SET_CLOCK: (
        "set the clock right; if it is right, it ran ahead once: knead history --repair --recipient {name}, "
        "which costs the day"
    ),
    PersonRemedy.PREPARE: "its owner makes it ready with: knead store prepare {url}",
    PersonRemedy.WAIT_OR_REPAIR: (
        "wait until that one reaches the database; if it never will, in two hours: "
        "knead history --repair --recipient {name}"
    ),
    PersonRemedy.REPAIR: "knead history --repair --recipient {name} shows what it does, and costs the day",
    PersonRemedy.TOMORROW: (
        "a massage may begin again tomorrow; knead history --recipient {name} tells what was noticed"
    ),
    PersonRemedy.ANSWERS_TEMPLATE: "knead screen --template prints one to fill in",
    PersonRemedy.ANSWERS_FORM: "knead screen --template shows how",
    PersonRemedy.ANSWERS_ASKED: "knead screen --template shows what is asked",
    TuningRemedy.NOTHING_CHANGED: "nothing was changed; {then}",
    TuningRemedy.CORRECT_FILE: (
        "correct it, or move it away: without it knead tune history {profile} has every version, "
        "and knead tune save {profile} --as NAME writes one"
    ),
    TuningRemedy.SAVE_ELSEWHERE: "knead tune save {profile} --as NAME keeps the edits",
    TuningRemedy.SAVE_OR_DISCARD: (
        "knead tune save {profile} --as NAME keeps the edits in another file, "
        "knead tune discard {profile} drops them"
    ),
    TuningRemedy.HISTORY: "knead tune history {profile} shows every version",
    TuningRemedy.VERSIONS: "versions are 0 to {last}: knead tune history {profile}",
    TuningRemedy.SAY_STEP: "say which step; its steps are listed by: knead tune show {profile}",
    TuningRemedy.REMOVE_POINTS: "take points out of it first: knead tune rm PROFILE STEP T",
    TuningRemedy.FIT_OTHER: "knead tune fit {profile} --from {path}",
    TuningRemedy.RECORD_RUN: "take one that the host made: knead run PROFILE --record RUN.jsonl",
    TuningRemedy.TWO_ENDS: "such as --from 30 --to 50",
    TuningRemedy.FEWEST_VALUES: "write --steps 2 or more",
    TuningRemedy.MOST_VALUES: "write --steps {most} or less, or leave it out",
    TuningRemedy.SHOW_RESPONSES: "knead tune response {device} shows what stands",
    TuningRemedy.ONE_PROCESS: "try --jobs 1",
    PageRemedy.SET_PASSWORD: "set one with: knead serve --set-password operator",
    PageRemedy.BY_TLS: "give --tls-cert and --tls-key, or --proxy NAME for the TLS proxy before it",
    PageRemedy.OTHER_PORT: "choose another --port; 0 takes a free one",
    PageRemedy.OTHER_ADDRESS: "choose another --host or --port",
    PageRemedy.SET_ANEW: "move it away, and set them anew with: knead serve --set-password ROLE",
    ExchangeRemedy.OTHER_RATE: "take another --technique, or say a rate of your own: --rate 36",
    ExchangeRemedy.OTHER_PLACE: "choose another place with --out, or move away what is there",
    ExchangeRemedy.NO_CURVE_OF_SOUND: "a curve goes --as funscript, haptic or ahap",
    ExchangeRemedy.SAY_ONE: "leave out --step or --zone",
}
"""Every remedy in the words of this command line."""

ENDINGS: Final[dict[EndReason, tuple[str, str]]] = {
    EndReason.BY_REQUEST: ("the session was stopped from outside", WORDS[SessionRemedy.STOPPED_BY_ANOTHER]),
    EndReason.BY_ABSENCE: (
        "the terminal went away, so the session was stopped",
        "the device was stopped; start again where the terminal stays",
    ),
    EndReason.BY_FLOOD: (
        "the controlling program sent more lines than a session can take, so the session was stopped",
        "look after that program: a line for each request is enough",
    ),
    EndReason.OUTPUT_GONE: (
        "the output went away, so the session was stopped",
        "the device was stopped; start again, and keep the terminal or the reading program open",
    ),
    EndReason.BY_DEVICE: ("the session was stopped by the device", "look at the device, then start again"),
}
"""Cause and hint of a session that somebody or something stopped, where an error brings none of its own."""
CONTROLS_ENDED: Final = (
    "the controlling program hung up or fell silent on standard input, so the session was stopped",
    "a program that wants the session to go on keeps standard input open",
)
"""The same for BY_ABSENCE where controls came by --control stdin."""

ADDED: Final = frozenset({SessionRemedy.INSTALL_EXTRA, DeviceRemedy.INSTALL_EXTRA})
"""Hints whose words depend on how this very Kneadwave came here."""

COPIED: Final = frozenset({"url", "profile", "path", "name", "device"})
"""Values of a remedy that are words of a command."""

UNNAMED_DEVICE: Final = frozenset({SessionRemedy.NAME_DEVICE, SessionRemedy.TRY_WITHOUT})
"""Where nobody named a device: those that `knead virtual` serves are named then."""

RULE: Final = re.compile(r"\(rule (\d{1,3})\)")
"""How every finding, trip and refusal names the rule behind it."""


def exit_of(error: BaseException) -> int:
    """The exit code that an error leads to."""
    if isinstance(error, KeyboardInterrupt):
        return Exit.SIGNAL + (error.number if isinstance(error, Interrupted) else signal.SIGINT)
    if isinstance(error, KneadError):
        return error.exit
    if _of_the_system(error):
        return Exit.USAGE
    return next((code for kind, code in EXITS if isinstance(error, kind)), Exit.BUG)


def cause_of(error: BaseException) -> str:
    """What happened, for one line."""
    if isinstance(error, KeyboardInterrupt):
        number = error.number if isinstance(error, Interrupted) else signal.SIGINT
        by = "Ctrl-C" if number == signal.SIGINT else signal.Signals(number).name
        besides = error.__cause__
        return f"ended by {by}" if besides is None else f"ended by {by}; besides, {cause_of(besides)}"
    text = str(error)
    if isinstance(error, StoppedOutside) and not text:
        known = ENDINGS.get(error.ending.reason)
        more = f": {plainly(error.ending.detail)}" if error.ending.detail else ""
        return f"{known[0]}{more}" if known else f"the session was {plainly(str(error.ending))}"
    if isinstance(error, ProfileError) and error.rule is not None and not RULE.search(text):
        text = f"{text} (rule {error.rule})"
    if isinstance(error, KneadError | BridgeError | ProfileError):
        return text
    if isinstance(error, OSError) and _of_the_system(error):
        where = error.filename if isinstance(error.filename, str) else "what is told here"
        return f"{where} cannot be read or written: {os.strerror(error.errno or 0).lower()}"
    return f"this should not have happened: {type(error).__name__}: {text}"


def hint_of(error: BaseException) -> str | None:
    """What the person can do, for one line; None where there is nothing to add."""
    hint = getattr(error, "hint", None)
    if isinstance(hint, RemedyOf) and hint.remedy is DeviceRemedy.END_HOLDER:
        from kneadwave.sessions.registry import session_on

        if session_on(hint.values["url"]) is not None:  # it is stopped, never killed
            return worded(DeviceRemedy.STOP_HOLDER.of(url=hint.values["url"]))
    if hint in UNNAMED_DEVICE:
        from kneadwave.sessions.virtual_devices import served_devices

        if served := served_devices():
            named = " or ".join(f"--device {word_of_command(each.url)}" for each in served)
            return f"virtual devices that run here: {named}"
    if isinstance(hint, str):
        return worded(hint)
    if isinstance(error, StoppedOutside) and error.ending.reason in ENDINGS:
        return ENDINGS[error.ending.reason][1]
    if isinstance(error, OSError) and _of_the_system(error):
        return OF_THE_SYSTEM[error.errno or 0]
    code = exit_of(error)
    return HINTS[Exit(code)] if code < Exit.SIGNAL else None


def _of_the_system(error: BaseException) -> bool:
    own = isinstance(error, KneadError | BridgeError | ProfileError)
    return isinstance(error, OSError) and not own and error.errno in OF_THE_SYSTEM


def worded(hint: str) -> str:
    """A hint in the words of this command line; a text that is no remedy stays as it is."""
    if isinstance(hint, RemedyOf):
        values = {name: worded(value) for name, value in hint.values.items()}
        if hint.remedy in ADDED:
            return how_to_add(values["extra"])
        quoted = {name: word_of_command(value) for name, value in values.items() if name in COPIED}
        return WORDS[hint.remedy].format(**(values | quoted))
    return WORDS[hint] if isinstance(hint, Remedy) else hint


def rule_of(error: BaseException) -> int | None:
    """The massage rule behind an error, as its text names it: "(rule 53)"; None where there is none."""
    rule = getattr(error, "rule", None)
    if isinstance(rule, int):
        return rule
    found = RULE.search(cause_of(error))
    return int(found[1]) if found else None


def debugging() -> bool:
    """Whether a traceback is wanted after an error of the program itself."""
    return os.environ.get("KNEAD_DEBUG", "") not in ("", "0")
