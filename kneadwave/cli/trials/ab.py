"""`knead tune ab`: the saved and the edited version of one step, felt blind, and which was better.

Everything takes place within one sitting: both versions, the question, and both once more for whoever asks.
"""

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Final

from firmware_bridge import (
    LOOKAHEAD_MS,
    TAIL_S,
    Clock,
    EndReason,
    Layout,
    MonotonicClock,
    Session,
    SessionEnd,
    Update,
)
from kneadwave.cli.live_session import feel, require_answers
from kneadwave.cli.terminal.keys import MEANS_NOTHING, Keys
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.pending_edits import save_command, tell_file
from kneadwave.cli.terminal.prompts import take_typed_ahead
from kneadwave.cli.terminal.signals import Signals
from kneadwave.cli.views.session import note
from kneadwave.cli.views.tape import tell_substitutions
from kneadwave.errors import StoppedOutside, UsageError
from kneadwave.people.history import FELT_S
from kneadwave.sessions.felt_test import Bench, FeltTest, Procedure
from kneadwave.text import clean, word_of_command
from kneadwave.tuning.curves.select import Where, choose, where_of
from kneadwave.tuning.trials.ab import (
    AFTER_S,
    EDITED,
    NAMES,
    ROUNDS,
    Pair,
    Which,
    begins,
    differing,
    draw,
    pair_of,
    profile_of,
    tape_of,
    told_apart,
)
from kneadwave.tuning.trials.tape import Tape
from kneadwave.tuning.workspace import Desk, open_desk

FIRST, SECOND, SAME, AGAIN = "1", "2", "0", "r"
LEAVE: Final = ("q", "s", "\x04", "\x1a", "\x1b")
"""Keys that leave the question unanswered; Ctrl-D, Ctrl-Z and Esc among them."""
SLACK_S = 1.0
"""Time of a sitting, seconds, kept when a second round is offered; project's choice."""
HEARD_S = LOOKAHEAD_MS / 1000.0
"""What was sent is felt that much later, seconds."""
LOOK_S = 0.1
PATIENCE_S = 600.0
"""Seconds that a question stays open at a device at rest: nobody else tunes the profile meanwhile."""


class Listening(Procedure):
    """Announces what plays, asks when both were felt, and takes the answer.

    `tell` takes a line for the person, `event` what a script is told.
    """

    def __init__(
        self, pair: Pair, clock: Clock, tell: Callable[[str], None], event: Callable[..., None]
    ) -> None:
        self.answer = ""
        self.rounds = 0
        """How often both were felt to the end."""
        self.left = False
        """Whether a key stopped it, or left the question unanswered."""
        self._pair = pair
        self._clock = clock
        self._tell = tell
        self._event = event
        self._began = 0.0
        self._asked_until: float | None = None
        self._announced = 0

    def began(self, session: Session) -> None:  # noqa: ARG002
        """The minute begins."""
        self._began = self._clock.now()

    def follow(self, session: Session, update: Update) -> None:
        """Announce what is felt now; stand still for the question once both were felt."""
        if session.hurried:  # the day leaves less than a sitting: parts would be left out
            session.stop(EndReason.TIME_OVER)
        elif self._asked_until is not None:
            if self._clock.now() >= self._asked_until:
                session.stop(EndReason.TIME_OVER)  # it is asked on without the device
        else:
            self._listen(session, update.elapsed - HEARD_S)

    def key(self, session: Session, update: Update, key: str) -> None:  # noqa: ARG002
        """Answer the question; while it plays, stop."""
        if session.stop_reason:  # typed together with the key that counts
            return
        if self._asked_until is None:
            self.left = True
            session.stop(EndReason.BY_KEY)
        elif key == AGAIN:
            self._asked_until = None
            self._event("again")
            self._tell("Once more, both of them. Any key stops.")
            session.resume()
        elif key in (FIRST, SECOND, SAME):
            self.answer = key
            session.stop(EndReason.BY_ANSWER)
        elif key in LEAVE:
            self.left = True
            session.stop(EndReason.BY_KEY)
        else:
            self._tell(f"{MEANS_NOTHING}: {choices(again=True)}")

    def _listen(self, session: Session, heard: float) -> None:
        starts = [at for number in range(ROUNDS) for at in begins(self._pair, number)]
        while self._announced < len(starts) and heard >= starts[self._announced]:
            number, place = divmod(self._announced, len(NAMES))
            self._announced += 1
            self._tell(f"  {NAMES[place]}")
            self._event("part", part=NAMES[place], round=number + 1)
        over = begins(self._pair, self.rounds)[1] + self._pair.seconds
        if heard >= over:
            self.rounds += 1
            if self.rounds < ROUNDS:
                self._ask(session)

    def _ask(self, session: Session) -> None:
        session.pause()
        left = self._pair.total_s - begins(self._pair, self.rounds)[0] + AFTER_S
        self._asked_until = self._began + FELT_S - TAIL_S - SLACK_S - left
        ask(self._tell, self._event, again=True)


def choices(*, again: bool) -> str:
    """The keys that answer the question."""
    more = f"  [{AGAIN}] once more" if again else ""
    return f"[{FIRST}] first  [{SECOND}] second  [{SAME}] no difference{more}  [{LEAVE[0]}] leave"


def ask(tell: Callable[[str], None], event: Callable[..., None], *, again: bool) -> None:
    """Put the question."""
    tell(f"Which was better?  {choices(again=again)}")
    event("question", choices=[FIRST, SECOND, SAME] + ([AGAIN] if again else []))


def compare(out: Output, bench: Bench, name: str, step: str | None, random: Random | None = None) -> None:
    """Compare the saved and the edited version of a step; `random` draws the order.

    UsageError where nobody can answer, nothing was edited, or it is not clear which step is meant.
    """
    require_answers("knead tune ab", bench)
    with open_desk(name) as desk:
        tell_file(out, name)
        index = chosen(desk, step)
        pair = pair_of(desk.saved, desk.profile, index)
        where = where_of(desk.profile, index)
        order = draw(random or Random())
        procedure = Listening(pair, MonotonicClock(), out.tell, out.event)

        def sampler(layout: Layout) -> Tape:
            return tell_substitutions(out, tape_of(pair, order, layout), where.label)

        introduce = partial(_introduce, out, pair, where)
        feel(out, bench, FeltTest(profile_of(pair), sampler), procedure, introduce)
        answer = procedure.answer
        asks_on = bench.controls is None  # whoever answers by lines is not asked beyond the sitting
        if asks_on and not answer and not procedure.left and procedure.rounds:
            answer = answered(Keys(), MonotonicClock(), out)
        conclude(out, desk, where.label, answer, order, procedure.rounds)


def chosen(desk: Desk, step: str | None) -> int | None:
    """Which step is compared: the one that is meant, else the only one that differs."""
    if not desk.pending:
        change = f"knead tune set {word_of_command(desk.name)} {word_of_command(step or '1')} 40%=0.8"
        raise UsageError(
            f"{desk.name} has no edits, so there are no two versions to compare",
            hint=f"change something first, such as: {change}",
        )
    found = differing(desk.saved, desk.profile)
    listed = ", ".join(where_of(desk.profile, index).label for index in found)
    if step is not None:
        where = choose(desk.profile, step)
        if where.index not in found:
            raise UsageError(
                f"{where.label} is the same in both versions", hint=f"what differs: {listed or 'no step'}"
            )
        return where.index
    if len(found) != 1:
        differ = "several steps differ" if found else "no step differs between the two versions"
        raise UsageError(differ, hint=f"say which: {listed}" if found else "a change of words is not felt")
    return found[0]


def answered(keys: Keys, clock: Clock, out: Output) -> str:
    """Ask at a device that is at rest; "" where the question is left unanswered."""
    take_typed_ahead()
    ask(out.tell, out.event, again=False)
    until = clock.now() + PATIENCE_S
    with Signals(), keys:
        while clock.now() < until:
            clock.sleep(LOOK_S, keys.waiting)
            for key in keys.typed():
                if key in (FIRST, SECOND, SAME):
                    return key
                if key in LEAVE:
                    return ""
                over = "the sitting is over; to feel them again: knead tune ab"
                out.tell(over if key == AGAIN else f"{MEANS_NOTHING}: {choices(again=False)}")
            if keys.gone:
                ending = SessionEnd(EndReason.BY_ABSENCE)
                raise StoppedOutside(ending, "the terminal went away before the question was answered")
    return ""


def conclude(
    out: Output, desk: Desk, label: str, answer: str, order: tuple[Which, Which], rounds: int
) -> None:
    """Tell which was which and write it down, after an answer alone: else the next try is not blind."""
    if not rounds:  # whoever stopped it before both were felt may want to begin again
        out.end.update(answer=None, order=None, rounds=0)
        out.say("nothing was compared")
        return
    better = {FIRST: order[0], SECOND: order[1], SAME: "no difference"}.get(answer)
    if better is None:
        out.end.update(answer=None, order=None, rounds=rounds)
        out.say("no answer; which was which stays untold, so that it can be felt again")
        return
    out.end.update(answer=better, order=list(order), rounds=rounds)
    which = f"first was the {order[0]} version, second the {order[1]} one"
    said = "nobody could tell them apart" if answer == SAME else f"the {better} version was better"
    desk.note(f"compared {label}: {said} ({rounds} round{'s' if rounds > 1 else ''})")
    out.say(f"{which}: {'no difference felt' if answer == SAME else said}")
    word = word_of_command(clean(desk.name))
    if better == EDITED:
        out.tell(f"hint: keep it with: {save_command(desk.name)}")
    elif answer != SAME:
        out.tell(
            f"hint: back to it with: knead tune discard {word}; "
            f"knead tune undo {word} takes back the last edit alone"
        )


def _introduce(out: Output, pair: Pair, where: Where) -> None:
    apart = told_apart(pair)
    out.event("comparison", step=where.number, seconds=pair.seconds, told_apart=apart)
    if not apart:
        note(out, "the two differ by less than is just noticed: hardly anybody could tell them apart")
    felt_in = "" if where.index is not None else f", felt in '{clean(pair.edited.step.name)}'"
    out.tell(f"Two versions of {where.label}{felt_in}, {pair.seconds:g} s each. Any key stops.")
