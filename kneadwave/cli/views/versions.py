"""What the verbs of the journal have to say: where one stands, what was done, what differs, what is kept."""

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from functools import partial

from kneadwave.cli.terminal.diffs import say_diff
from kneadwave.cli.terminal.findings import finding_line
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.pending_edits import save_command, tell_file
from kneadwave.text import clean, word_of_command
from kneadwave.tuning.curves.select import Where, where_of
from kneadwave.tuning.save import place_of, unshown
from kneadwave.tuning.workspace import Conflict, Desk, Saved, VersionEntry, look, open_desk
from profiles.profile import Profile

HEADS = ("", "version", "when", "what")
CURRENT, KEPT = ">", "saved"


def undo(out: Output, name: str, n: int) -> None:
    """Take the last `n` edits back, and tell which."""
    with open_desk(name) as desk:
        _go(out, desk, "undone", desk.undoing(n), lambda: desk.undo(n))


def redo(out: Output, name: str, n: int) -> None:
    """Make `n` undone edits again, and tell which."""
    with open_desk(name) as desk:
        _go(out, desk, "done again", desk.redoing(n), lambda: desk.redo(n))


def restore(out: Output, name: str, number: int) -> None:
    """Make a version current again, and tell which."""
    with open_desk(name) as desk:
        if number == desk.number:
            out.say(f"version {number} is the current one already")
        what = desk.version(number).what
        _go(out, desk, "restored", [what] * (number != desk.number), lambda: desk.restore(number))


def discard(out: Output, name: str) -> None:
    """Drop what is not saved; the history keeps it."""
    with open_desk(name) as desk:
        was = desk.number
        if not desk.pending:
            out.say("there is nothing to discard: all that was changed is saved")
        dropped = [f"version {was}, which stays in the history"] if desk.pending else []
        _go(out, desk, "discarded", dropped, desk.discard)


def history(out: Output, name: str) -> None:
    """Every version and what was done with it, oldest first; the current one is marked."""
    desk = look(name)
    entries = desk.history()
    for entry in entries:
        out.event(
            "history",
            profile=name,
            number=entry.number,
            at=entry.at.isoformat(),
            kind=entry.event,
            what=entry.what,
            current=entry.current,
            saved=entry.saved,
        )
    if not out.as_json:
        days = {entry.at.date() for entry in entries}
        out.table(HEADS, [_row(entry, days) for entry in entries], right=(1,))
        out.say(f"marked {CURRENT}: the version that is current")
        out.say(f"kept in {clean(str(place_of(name)[1]))}")
    _tell_damage(out, desk)
    _tell_version(out, desk)


def diff(out: Output, name: str, a: int | None, b: int | None) -> None:
    """What is not saved yet, or what differs between two versions."""
    desk = look(name)
    found = desk.diff(a, b)
    out.event("diff", profile=name, changed=bool(found), diff=found)
    if found:
        say_diff(out, found)
    else:
        out.say("nothing differs" if a is not None else "there is nothing to save")
    _tell_damage(out, desk)
    tell_file(out, name)
    if a is None and desk.conflict and not desk.gone:
        save = save_command(name)
        out.tell(f"the file was changed elsewhere meanwhile: {save} tells what, and overwrites nothing")


def save(out: Output, name: str, as_name: str | None, *, force: bool) -> None:
    """Show what is not saved, and write it into the file, or one of its own; a conflict is shown, too."""
    with open_desk(name) as desk:
        left = desk.pending
        try:
            saved = desk.save(as_name, unshown if out.as_json else partial(_show, out), force=force)
        except Conflict as conflict:
            out.event("conflict", profile=name, elsewhere=conflict.diff, diff=desk.diff())
            _say_conflict(out, desk, conflict)
            raise
    out.event(
        "saved",
        profile=name,
        path=str(saved.path) if saved.path is not None else None,
        changed=saved.changed,
        diff=saved.diff,
        findings=[finding.as_dict() for finding in saved.findings],
    )
    if not out.as_json:
        _say_saved(out, saved)
    if as_name is not None and left and saved.path != desk.path:
        again = f"knead tune undo {word_of_command(name)} brings them back"
        told = f"{clean(name)} itself is as it was, and no edit waits to be saved there any more"
        out.tell(f"note: the edits are in {clean(str(saved.path))} now; {told} ({again})")


def _show(out: Output, diff: str) -> None:
    """Show what is about to be written. That nobody reads it keeps nobody from saving."""
    with suppress(BrokenPipeError):
        say_diff(out, diff)
        sys.stdout.flush()


def _say_saved(out: Output, saved: Saved) -> None:
    if not saved.changed:
        out.say("there is nothing to save")
        return
    for finding in saved.findings:
        if finding.severity == "warning":
            out.say(finding_line(finding))
    out.say(out.bold(f"saved to {clean(str(saved.path))}"))


def _say_conflict(out: Output, desk: Desk, conflict: Conflict) -> None:
    """Both differences from what the file said when tuning began: that on the disk, and that of the edits."""
    if conflict.diff:
        out.say(out.bold("changed elsewhere:"))
        say_diff(out, conflict.diff)
    out.say(out.bold("edited here:"))
    say_diff(out, desk.diff())


def _go(out: Output, desk: Desk, verb: str, whats: Sequence[str], move: Callable[[], object]) -> None:
    """Move to another version, and tell by which way and what became of the curve."""
    before = desk.profile
    move()
    for what in whats:
        out.say(f"{verb}: {clean(what)}")
    if not out.as_json:
        _say_curve(out, before, desk.profile)
    _tell_version(out, desk, done=list(whats))


def _say_curve(out: Output, before: Profile, after: Profile) -> None:
    """The curve that changed; nothing where none did, names where several did."""
    changed = _changed(before, after)
    if len(changed) > 1:
        out.say(f"changed: {', '.join(where.label for where in changed)}")
    elif changed and changed[0].moves:
        from kneadwave.cli.views.curve_plot import BEFORE_AFTER
        from kneadwave.cli.views.curves import device_of, say_view
        from kneadwave.people.recipient import in_use
        from kneadwave.tuning.curves.view import view_of

        say_view(out, view_of(before, after, changed[0], device_of(None), in_use()), BEFORE_AFTER)


def _changed(before: Profile, after: Profile) -> list[Where]:
    found: list[int | None] = []
    if len(before.step) == len(after.step):
        found += [i for i, (a, b) in enumerate(zip(before.step, after.step, strict=True)) if a != b]
    if before.envelope != after.envelope:
        found.append(None)
    return [where_of(after, index) for index in found]


def _tell_version(out: Output, desk: Desk, **more: object) -> None:
    """Where one stands now."""
    now = desk.version(desk.number)
    out.event(
        "version",
        profile=desk.name,
        number=now.number,
        what=now.what,
        undo=desk.undoable,
        redo=desk.redoable,
        pending=desk.pending,
        conflict=desk.conflict,
        **more,
    )
    saves = save_command(desk.name)
    kept = f"not saved yet: {saves}" if desk.pending else "nothing to save"
    if desk.gone:
        kept = f"the file is gone: {saves} writes it again"
    elif desk.conflict:
        kept = f"the file was changed elsewhere: {saves} tells what"
    out.say(out.bold(f"version {now.number}: {clean(now.what)}"))
    out.say(f"{desk.undoable} to undo, {desk.redoable} to redo; {clean(kept)}")
    tell_file(out, desk.name)


def _tell_damage(out: Output, desk: Desk) -> None:
    if desk.damage:
        out.tell(f"warning: {clean(desk.damage)}; it was passed over")


def _row(entry: VersionEntry, days: set[date]) -> tuple[str, str, str, str]:
    number = str(entry.number) if entry.made else ""
    when = f"{entry.at:%H:%M:%S}" if len(days) == 1 else f"{entry.at:%Y-%m-%d %H:%M}"
    what = f"{clean(entry.what)}{f' ({KEPT})' if entry.saved else ''}"
    return CURRENT if entry.current else "", number, when, what
