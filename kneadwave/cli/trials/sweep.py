"""`knead tune sweep`: one number walked in felt steps until a person says that this one feels right."""

import sys
from collections.abc import Callable
from functools import partial
from typing import TextIO

from firmware_bridge import LOOKAHEAD_MS, EndReason, Layout, Session, Update
from kneadwave.cli.live_session import feel, require_answers
from kneadwave.cli.terminal.diffs import say_diff
from kneadwave.cli.terminal.output import Output, may_style
from kneadwave.cli.terminal.pending_edits import tell_file
from kneadwave.cli.views.edits import say_version, tell_edited, tell_refused
from kneadwave.cli.views.tape import tell_substitutions
from kneadwave.errors import UsageError
from kneadwave.sessions.felt_test import Bench, FeltTest, Procedure
from kneadwave.text import clean, clock_text
from kneadwave.tuning.checks import Edited, has_errors, news_in, refusal, seen_as
from kneadwave.tuning.curves.select import Where, choose_curve, with_step
from kneadwave.tuning.save import unified
from kneadwave.tuning.trials.sweep import Walk, profile_of, tape_of, value_text, walk_of
from kneadwave.tuning.trials.tape import Tape
from kneadwave.tuning.workspace import Desk, open_desk
from profiles.parameters import number_of, with_number
from profiles.profile import Profile, dump
from profiles.rules.check import check

TAKE = ("\r", "\n", " ")
"""Keys that mean: this one feels right."""
HEARD_S = LOOKAHEAD_MS / 1000.0
"""What was sent is felt that much later, seconds."""


class LiveLine:
    """A line on a terminal that is written over again; a line of its own each time where that cannot be."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._over = may_style(stream)
        self._shown = ""

    def show(self, text: str) -> None:
        """Show `text`, unless it stands there already."""
        if text == self._shown:
            return
        if self._over:
            self._stream.write("\r" + text.ljust(len(self._shown)))
        else:
            self._stream.write(text + "\n")
        self._stream.flush()
        self._shown = text

    def close(self) -> None:
        """Go to the next line."""
        if self._over and self._shown:
            self._stream.write("\n")
            self._stream.flush()
        self._shown = ""


class Walking(Procedure):
    """Shows which value is felt, and takes the one that a key says feels right.

    `line` is where the person sees it, `event` takes what a script is told.
    """

    def __init__(self, walk: Walk, line: LiveLine, event: Callable[..., None]) -> None:
        self.taken: float | None = None
        """The value that felt right."""
        self._walk = walk
        self._line = line
        self._event = event
        self._index = -1

    def follow(self, session: Session, update: Update) -> None:
        """Show the value that is felt now."""
        if session.hurried:  # the day leaves less than the walk takes: values would be left out
            session.stop(EndReason.TIME_OVER)
        heard = update.elapsed - HEARD_S
        if heard < self._walk.lead_s:
            return
        index = self._walk.index_at(heard)
        if index == self._index:
            return
        self._index = index
        walk = self._walk
        self._line.show(
            f"{value_text(walk.number, walk.values[index], walk.unit)}  {index + 1} of {len(walk.values)}"
        )
        self._event(
            "value",
            number=walk.number,
            value=walk.values[index],
            unit=walk.unit,
            index=index + 1,
            of=len(walk.values),
        )

    def key(self, session: Session, update: Update, key: str) -> None:
        """Take what is felt, or what was felt until a moment ago; any other key only stops."""
        if session.stop_reason:  # typed together with the key that counts
            return
        heard = update.elapsed - HEARD_S
        if key in TAKE and heard >= self._walk.lead_s:
            self.taken = self._walk.values[self._walk.meant_at(heard)]
        session.stop(EndReason.BY_KEY if self.taken is None else EndReason.BY_ANSWER)

    def ended(self) -> None:
        """The line stays as it was last."""
        self._line.close()


def sweep(
    out: Output,
    bench: Bench,
    name: str,
    step: str,
    number: str,
    start: float,
    end: float,
    count: int | None = None,
) -> None:
    """Walk a number of a step from one value to another, and write the one that felt right as an edit.

    UsageError where nobody can press a key or it cannot be felt, EditRefused for an end that the check calls
    an error; nothing has moved then.
    """
    require_answers("knead tune sweep", bench)
    with open_desk(name) as desk:
        tell_file(out, name)
        where = choose_curve(desk.profile, step)
        if where.index is None:
            raise UsageError("the session has no numbers", hint="choose a step, and one of its numbers")
        walk = walk_of(desk.profile, where.index, number, start, end, count)
        refuse_ends(out, desk, where.index, walk)
        procedure = Walking(walk, LiveLine(sys.stderr), out.event)

        def sampler(layout: Layout) -> Tape:
            return tell_substitutions(out, tape_of(walk, layout), where.label)

        introduce = partial(_introduce, out, walk, where)
        feel(out, bench, FeltTest(profile_of(walk), sampler), procedure, introduce)
        write(out, desk, where.index, walk, procedure.taken)


def _introduce(out: Output, walk: Walk, where: Where) -> None:
    values, seconds = list(walk.values), [round(each, 3) for each in walk.seconds]
    out.event("sweep", step=where.number, number=walk.number, unit=walk.unit, values=values, seconds=seconds)
    out.tell(f"{walk.number} of {where.label}, {len(values)} values in {clock_text(walk.total_s)} min.")
    out.tell("Enter or space: this one feels right. Any other key stops.")


def write(out: Output, desk: Desk, index: int, walk: Walk, taken: float | None) -> None:
    """Write the value that was taken as an edit, and tell it; nothing is written where none was."""
    step, number = desk.profile.step[index], walk.number
    before = number_of(step, number)
    out.end.update(number=number, before=before, value=taken)
    if taken is None:
        out.say(f"nothing was taken; {value_text(number, before, walk.unit)} stays")
        return
    text = value_text(number, taken, walk.unit)
    what = f"sweep: step {index + 1} {text}"
    edited = desk.edit(what, lambda profile: _with(profile, index, number, taken))
    if not edited.changed:
        out.say(f"{value_text(number, before, walk.unit)} feels right as it is")
        return
    tell_edited(out, desk.name, index + 1, what, edited)
    if not out.as_json:
        _say_edited(
            out, desk.name, f"{index + 1} {clean(step.name)}: {number} {before:g} -> {taken:g}", edited
        )


def _say_edited(out: Output, name: str, text: str, edited: Edited) -> None:
    say_diff(out, edited.diff)
    out.say(out.bold(text))
    for finding in edited.findings:
        out.finding(finding)
    say_version(out, name, edited)


def refuse_ends(out: Output, desk: Desk, index: int, walk: Walk) -> None:
    """EditRefused where one end of a walk breaks the check more than the profile does already."""
    known = [seen_as(finding) for finding in check(desk.profile)]
    for value in dict.fromkeys((walk.values[0], walk.values[-1])):
        changed = _with(desk.profile, index, walk.number, value)
        news = news_in(check(changed), known)
        if not has_errors(news):
            continue
        diff = unified(desk.text, dump(changed, desk.text), desk.name, desk.name)
        what = value_text(walk.number, value, walk.unit)
        refused = refusal(what, diff, news)
        tell_refused(out, desk.name, index + 1, what, refused, number=walk.number, value=value)
        raise refused


def _with(profile: Profile, index: int, number: str, value: float) -> Profile:
    return with_step(profile, index, with_number(profile.step[index], number, value))
