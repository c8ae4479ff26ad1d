"""A session on the terminal: who is asked, who feeds its inbox, and who shows its events."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, TypeVar

from firmware_bridge import BridgeError, EndReason, InterlockTrip, MonotonicClock, SessionEnd
from kneadwave.cli.exits import CONTROLS_ENDED
from kneadwave.cli.shows import Show, show_each
from kneadwave.cli.terminal import prompts
from kneadwave.cli.terminal.keys import (
    GUIDED_HELP,
    HELP,
    MEANS_NOTHING,
    AnswerKeys,
    Keys,
    somebody_there,
)
from kneadwave.cli.terminal.live import LiveView
from kneadwave.cli.terminal.output import Output, wants_view
from kneadwave.cli.terminal.rest import rest
from kneadwave.cli.terminal.signals import Signals
from kneadwave.cli.views.session import JsonLines, TextLines, say_arrangement
from kneadwave.cli.views.watcher_lines import WatcherLines
from kneadwave.errors import Interrupted, KneadError, SessionRemedy, StoppedOutside, UsageError
from kneadwave.sessions.control_lines import ControlLines
from kneadwave.sessions.controls import Inbox
from kneadwave.sessions.events import Event, GuideBegan, Started
from kneadwave.sessions.felt_test import Bench, Felt, FeltTest, Procedure, plan_felt_test
from kneadwave.sessions.offer import offer
from kneadwave.sessions.start import SessionRequest, plan_session

if TYPE_CHECKING:
    from kneadwave.people.screening import Confirmation, Ready

T = TypeVar("T")


def run(out: Output, asked: SessionRequest, *watching: Show, controls: ControlLines | None = None) -> None:
    """Play it, with keys and signals, before all who are `watching`; raises what ended it early.

    Where another program gives `controls`, it stands for who sits at the terminal, and nobody is asked.
    """
    with Signals() as signals:
        asked = replace(asked, attended=controls is not None or somebody_there())
        plan = plan_session(asked)
        questions = plan.questions()
        say_arrangement(out, plan.arrangement)
        confirmed = confirmation(questions) if controls is None else None
        text = TextLines(out, lines=not wants_view(out))
        with ExitStack() as stack:
            keys = Keys()  # not entered, it is one that nobody presses
            if controls is None:
                stack.enter_context(keys)
            shows: list[Show] = [JsonLines(out).show, text.show, *watching]
            inbox = Inbox(signals, keys if controls is None else controls)
            shows.append(stack.enter_context(WatcherLines(inbox, plan)).show)
            if asked.offered:
                begun = show_all(offer(plan, inbox, MonotonicClock()), shows, signals)
                if begun is None:
                    return
                plan = plan_session(begun)
            if wants_view(out):
                live = LiveView(keys=keys.active, ascii_only=out.ascii_only, puzzled=lambda: keys.puzzled)
                shows.insert(0, stack.enter_context(live).show)  # off the screen before the result is said
            elif keys.active:
                shows.append(KeysTold(out, keys).show)
            with nullcontext() if controls is None else _controls_named():
                show_all(plan.play(confirmed, inbox, MonotonicClock()), shows, signals)
    if text.rest is not None:
        rest(out, text.rest.seconds, MonotonicClock(), seated=text.rest.seated)


@contextmanager
def _controls_named() -> Iterator[None]:
    """Where controls steer it, what went away is the program that wrote them."""
    try:
        yield
    except StoppedOutside as error:
        if error.ending.reason is not EndReason.BY_ABSENCE:
            raise
        cause, hint = CONTROLS_ENDED
        raise StoppedOutside(error.ending, cause, hint=hint) from error


class KeysTold:
    """Says which keys there are, in words: as it begins, and once more at the first that means nothing."""

    def __init__(self, out: Output, keys: Keys) -> None:
        self._out, self._keys = out, keys
        self._told = self._told_again = False

    def show(self, event: Event) -> None:
        """Say so where it is time."""
        words = GUIDED_HELP if isinstance(event, GuideBegan) else HELP
        if not self._told and isinstance(event, Started | GuideBegan):
            self._told = True
            self._out.tell(f"keys: {words}")
        if self._keys.puzzled and not self._told_again:
            self._told_again = True
            self._out.tell(f"{MEANS_NOTHING}; keys: {words}")


def feel(
    out: Output,
    bench: Bench,
    test: FeltTest,
    procedure: Procedure,
    introduce: Callable[[], None] = lambda: None,
) -> Felt:
    """Play a felt test, which any key ends or answers; how it ended. Raises whatever else ended it early.

    `introduce` tells what will be felt; it is called where nothing that is known by then speaks against it.
    """
    with Signals() as signals:
        plan = plan_felt_test(bench, test)
        controls = bench.controls
        questions = plan.questions()
        say_arrangement(out, plan.arrangement)
        confirmed = confirmation(questions) if controls is None else None
        if not questions or (confirmed is not None and confirmed.items):
            introduce()
        shows = [JsonLines(out, inf).show, TextLines(out, substitutions="plain").show]
        with ExitStack() as stack:
            answers = AnswerKeys(stack.enter_context(Keys())) if controls is None else controls
            inbox = Inbox(signals, answers)
            return show_all(plan.play(procedure, confirmed, inbox, MonotonicClock()), shows, signals)


def confirmation(questions: "Sequence[Ready]") -> "Confirmation | None":
    """Ask somebody at the terminal to confirm the questions; None where nobody sits there."""
    from firmware_bridge import local_now
    from kneadwave.people.screening import Confirmation

    if not prompts.somebody_there():
        return None
    agreed = bool(questions) and prompts.confirm_on_terminal(questions)
    return Confirmation(frozenset(question.id for question in questions if agreed), local_now())


def require_answers(what: str, bench: Bench, hint: SessionRemedy = SessionRemedy.PREVIEW) -> None:
    """UsageError where nobody sits at a terminal, or answers by lines; `what` as "knead tune ab"."""
    if bench.controls is None and not (somebody_there() and prompts.somebody_there()):
        raise UsageError(
            f"{what} asks how it feels, and nobody sits at a terminal here",
            hint=hint,
        )


def show_all(events: Generator[Event, None, T], shows: Sequence[Show], signals: Signals) -> T:
    """Show every event of a session; what the session returns.

    What goes wrong while showing is thrown into the session, which stops its device before anything else. A
    signal is what counts in the end, whatever the session made of it.
    """

    def unheard(error: BaseException) -> BaseException:
        """What it means that the output could not be written: the terminal or a pipe's reader went away."""
        if not isinstance(error, OSError) or isinstance(error, BridgeError):
            return error
        if signals.received is not None:
            return Interrupted(signals.received)
        message = f"the output went away, so the session was stopped ({error})"
        return StoppedOutside(SessionEnd(EndReason.OUTPUT_GONE), message)

    try:
        ended = show_each(events, shows, unheard)
    except InterlockTrip:
        raise  # whatever else came, somebody has to look at the device
    except (KneadError, BridgeError) as error:
        if signals.received is not None:
            besides = None if isinstance(error, StoppedOutside) else error
            raise Interrupted(signals.received) from besides
        raise
    except OSError as error:
        raise unheard(error) from error
    if signals.received is not None:
        raise Interrupted(signals.received)
    return ended
