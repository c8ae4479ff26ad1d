"""One table from errors to exit codes, as scripts rely on it."""

import ast
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from firmware_bridge import errors
from firmware_bridge.errors import DeviceRemedy
from firmware_bridge.play.ending import EndReason, SessionEnd
from kneadwave.cli.commands import COMMANDS
from kneadwave.cli.exits import COPIED, OF_THE_SYSTEM, WORDS, cause_of, exit_of, hint_of, rule_of, worded
from kneadwave.cli.live_session import show_all
from kneadwave.errors import (
    ConfigError,
    ExchangeRemedy,
    Exit,
    Interrupted,
    NoDevice,
    NotConfirmed,
    NotPlayable,
    PageRemedy,
    PersonRemedy,
    SessionRemedy,
    StoppedOutside,
    TuningRemedy,
    UsageError,
)
from kneadwave.sessions.events import Event
from profiles.errors import ProfileError, ProfileRemedy, Remedy

Knead = Callable[..., Any]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError("x"), 1),
        (errors.BridgeError("x"), 1),
        (UsageError("x"), 2),
        (ProfileError("x"), 3),
        (NotPlayable("x"), 3),
        (ConfigError("x"), 3),
        (errors.DeviceDescriptionError("x"), 3),
        (errors.RecordingError("x"), 3),
        (NoDevice("x"), 4),
        (errors.PortMissing("x"), 4),
        (errors.PortForbidden("x"), 5),
        (errors.PortBusy("x"), 5),
        (errors.LinkLost("x"), 6),
        (errors.LinkTimeout("x"), 6),
        (errors.LinkError("x"), 6),
        (NotConfirmed("x"), 6),
        (errors.InterlockTrip("x"), 7),
        (errors.DeviceRefused("x"), 7),
        (errors.ProtocolMismatch("x"), 7),
        (errors.LimitsMismatch("x"), 7),
        (StoppedOutside(SessionEnd(EndReason.STOPPED)), 7),
        (KeyboardInterrupt(), 130),
        (Interrupted(signal.SIGTERM), 143),
    ],
)
def test_each_error_has_its_exit_code(error: BaseException, code: int) -> None:
    assert exit_of(error) == code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("error", "ends"),
    [
        (errors.LinkLost("the cushion went silent"), None),
        (NotConfirmed("nobody confirmed"), None),
        (StoppedOutside(SessionEnd(EndReason.BY_SIGNAL)), ""),
        (errors.InterlockTrip("too much"), errors.InterlockTrip),
    ],
)
def test_a_signal_counts_beside_a_lost_link_and_both_are_told(
    number: int, error: Exception, ends: type[BaseException] | str | None
) -> None:
    def events() -> Generator[Event, None, None]:
        yield from ()
        raise error

    signals: Any = SimpleNamespace(received=number)
    with pytest.raises(BaseException) as caught:  # noqa: PT011  (which one is what is asked)
        show_all(events(), [], signals)
    if isinstance(ends, type):
        assert isinstance(caught.value, ends), "somebody has to look at the device first"
        return
    assert exit_of(caught.value) == 128 + number
    by = "Ctrl-C" if number == signal.SIGINT else "SIGTERM"
    assert cause_of(caught.value) == f"ended by {by}" + (f"; besides, {error}" if ends is None else "")


@pytest.mark.parametrize("reason", [*EndReason])
def test_a_hint_of_a_stop_names_a_reset_only_where_something_tripped(reason: EndReason) -> None:
    error = StoppedOutside(SessionEnd(reason))
    assert ("--reset" in (hint_of(error) or "")) is (reason is EndReason.TRIPPED or reason in NO_ERROR)


NO_ERROR = {
    EndReason.COMPLETED, EndReason.STOPPED, EndReason.TIME_OVER, EndReason.BY_KEY, EndReason.BY_CONTROL,
    EndReason.BY_ANSWER, EndReason.BY_PAIN, EndReason.BY_SIGNAL, EndReason.UNWRITTEN, EndReason.LINK,
    EndReason.BROKEN_OFF,
}  # fmt: skip
"""Endings that no StoppedOutside has, or whose error says more."""


def test_every_exit_below_the_signals_has_something_to_say() -> None:
    for code in Exit:
        if Exit.DONE < code < Exit.SIGNAL:
            error = UsageError("x")
            error.exit = code
            assert hint_of(error)


def test_an_errors_own_hint_comes_first() -> None:
    assert hint_of(UsageError("x", hint="do this")) == "do this"


def test_a_profile_error_names_its_rule_once() -> None:
    assert cause_of(ProfileError("too fast", path="p.toml", rule=64)) == "p.toml: too fast (rule 64)"
    assert cause_of(ProfileError("too fast (rule 64)", rule=64)) == "too fast (rule 64)"

    assert cause_of(ProfileError("too fast", path="rules.toml", rule=64)).endswith("(rule 64)")


@pytest.mark.parametrize(
    ("error", "rule"),
    [
        (ProfileError("too fast", rule=64), 64),
        (errors.InterlockTrip("works longer than 10 s", rule=55), 55),
        (errors.InterlockTrip("the device tripped: ceiling (rule 188)"), 188),
        (StoppedOutside(SessionEnd(EndReason.BY_DEVICE, "session over (rule 84)")), 84),
        (NotPlayable("p.toml: step[2]: too fast (rule 64) (and 2 more)"), 64),
        (errors.LinkLost("gone"), None),
        (UsageError("there is no rule '400'"), None),
    ],
)
def test_the_rule_behind_an_error_is_the_one_that_its_text_names(error: Exception, rule: int | None) -> None:
    assert rule_of(error) == rule
    assert rule is None or f"(rule {rule})" in cause_of(error)


def test_an_error_of_ours_is_named() -> None:
    assert "KeyError" in cause_of(KeyError("x"))
    assert cause_of(Interrupted(signal.SIGTERM)) == "ended by SIGTERM"
    assert cause_of(KeyboardInterrupt()) == "ended by Ctrl-C"


def remedies() -> list[Remedy]:
    kinds: list[type[Remedy]] = [
        ProfileRemedy,
        DeviceRemedy,
        SessionRemedy,
        PersonRemedy,
        TuningRemedy,
        ExchangeRemedy,
        PageRemedy,
    ]
    packages = ("profiles", "firmware_bridge", "simulator", "kneadwave")
    ours = [kind for kind in Remedy.__subclasses__() if kind.__module__.partition(".")[0] in packages]
    assert {kind.__name__ for kind in ours} == {kind.__name__ for kind in kinds}
    return [remedy for kind in kinds for remedy in kind]


def test_every_remedy_has_its_words_here_and_nothing_else_has() -> None:
    assert len(remedies()) == len(set(remedies())), "two of one value would be one row"
    assert set(WORDS) == set(remedies())


def test_a_remedy_is_told_in_the_words_of_the_command_line() -> None:
    error = errors.PortBusy("busy", hint=DeviceRemedy.STOP_HOLDER.of(url="/dev/x"))
    assert hint_of(error) == "stop it with: knead stop --device /dev/x"
    error = UsageError("x", hint=TuningRemedy.HISTORY.of(profile="my own.toml"))
    assert hint_of(error) == "knead tune history 'my own.toml' shows every version"
    assert worded("write 40%") == "write 40%"


def test_a_remedy_within_a_remedy_is_told_too() -> None:
    nothing = TuningRemedy.NOTHING_CHANGED.of(then=ProfileRemedy.READ_PROFILE.of(profile="child"))
    assert worded(nothing) == "nothing was changed; read it with: knead profile show child"
    assert worded(TuningRemedy.NOTHING_CHANGED.of(then="{write}")) == "nothing was changed; {write}"


COMMAND_LINE = re.compile(rf"\bknead ({'|'.join(COMMANDS)})\b|(?<![\w-])--[a-z]")


ASKS_IT = {"calls/child.py", *(f"dashboard/{name}.py" for name in ("inquiries", "live_session", "sessions"))}
"""Of what asks the command line: there options are what it says to that, and to nobody else."""


@pytest.mark.parametrize("package", ["profiles", "firmware_bridge", "simulator", "kneadwave"])
def test_nothing_but_the_command_line_words_a_command_line(package: str) -> None:
    """Docstrings aside: what another front end would have to say to its people is data, or plain."""
    root = Path(import_module(package).__file__ or "").parent
    for path in sorted(root.rglob("*.py")):
        where = path.relative_to(root).as_posix()
        if package == "kneadwave" and (where.startswith("cli/") or where in ASKS_IT):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                assert not COMMAND_LINE.search(node.value), f"{path}:{node.lineno}: {node.value}"


@pytest.mark.parametrize(
    "remedy", [each for each in WORDS if COPIED & set(re.findall(r"{(\w+)}", WORDS[each]))]
)
def test_a_value_that_is_copied_with_its_command_is_one_word(remedy: Remedy) -> None:
    names = set(re.findall(r"{(\w+)}", WORDS[remedy]))
    said = worded(remedy.of(**dict.fromkeys(names, "my file")))
    assert said.count("'my file'") == sum(name in COPIED for name in re.findall(r"{(\w+)}", WORDS[remedy]))


def test_what_is_to_be_typed_next_can_be_typed(knead: Knead, tmp_path: Path) -> None:
    mine = tmp_path / "my evening.toml"
    assert knead("profile", "new", "evening", "--from", "relaxing-back").code == 0
    Path("evening.toml").rename(mine)
    said = knead("tune", "set", str(mine), "8", "40%=0.8").out
    (line,) = [line for line in said.splitlines() if "keep: " in line]
    _, *words = shlex.split(line.partition("keep: ")[2])
    assert knead(*words).code == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("words", [("rules",), ("profile", "list", "--json"), ("report", "--help")], ids=str)
def test_a_full_disk_behind_standard_output_is_one_sentence(words):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kneadwave", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == (
        "error: what is told here cannot be read or written: no space left on device\nhint: make room there\n"
    )


@pytest.mark.parametrize("number", sorted(OF_THE_SYSTEM))
def test_what_the_system_refuses_is_no_bug(number):
    error = OSError(number, os.strerror(number), "/some/where")
    assert exit_of(error) == 2
    assert cause_of(error).startswith("/some/where cannot be read or written: ")
    assert hint_of(error) == OF_THE_SYSTEM[number]
