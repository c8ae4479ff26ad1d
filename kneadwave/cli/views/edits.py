"""An edit from the command line, and what every edit tells: what changed or was refused, and the way back."""

from pathlib import Path

from kneadwave.cli.terminal.diffs import say_diff
from kneadwave.cli.terminal.findings import finding_line
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.pending_edits import save_command, tell_file
from kneadwave.cli.views.curve_plot import BEFORE_AFTER
from kneadwave.cli.views.curves import device_of, draw, say_view
from kneadwave.people.recipient import in_use
from kneadwave.text import clean, word_of_command
from kneadwave.tuning.curves.edit import Change, Plan
from kneadwave.tuning.curves.view import CurveView, fields, view_of
from kneadwave.tuning.workspace import Edited, EditRefused, look, open_desk


def edit(out: Output, name: str, plan: Plan, on: str | None, plot: Path | None) -> None:
    """Change a profile at its desk and show what became of it; EditRefused leaves everything as it was."""
    device = device_of(on)
    with open_desk(name) as desk:
        change = plan(desk.profile)
        try:
            edited = desk.edit(change.what, lambda _: change.after)
        except EditRefused as refused:
            tell_refused(out, name, change.where.number, change.what, refused)
            raise
    view = view_of(edited.before, edited.after, change.where, device, in_use())
    _tell_edited(out, name, change, edited, view)
    if plot is not None:
        draw(out, view, plot, BEFORE_AFTER)


def keep_preset(out: Output, name: str, step: str, preset: str) -> None:
    """Keep the curve of a step, as it is tuned now, under a name of one's own."""
    from kneadwave.tuning.curves.own_presets import keep
    from kneadwave.tuning.curves.select import choose_curve
    from profiles.curve_edit import in_fractions

    where = choose_curve(look(name).profile, step)
    path = keep(preset, in_fractions(where.curve, where.duration_s))
    out.event("kept", preset=preset, path=str(path))
    out.say(f"{preset} is the curve of {where.label}, kept in {clean(str(path))}")


def tell_edited(out: Output, name: str, step: int | str, what: str, edited: Edited, **more: object) -> None:
    """Tell a script of an edit; `step` is its number in the file, or what stands for several."""
    out.event(
        "edited",
        profile=name,
        step=step,
        what=what,
        version=edited.version,
        changed=edited.changed,
        **more,
        diff=edited.diff,
        findings=[finding.as_dict() for finding in edited.findings],
    )


def tell_refused(
    out: Output, name: str, step: int | str, what: str, refused: EditRefused, **more: object
) -> None:
    """Tell a script what an edit would have been, a person all that is against it but what ends the call.

    A person sees no diff: it would look as if the edit had been made.
    """
    out.event(
        "refused",
        profile=name,
        step=step,
        what=what,
        **more,
        diff=refused.diff,
        findings=[finding.as_dict() for finding in refused.findings],
    )
    if out.as_json:
        return
    first = next((found for found in refused.findings if found.severity == "error"), None)
    for finding in refused.findings:
        if finding is not first:
            out.tell(finding_line(finding))


def say_version(out: Output, name: str, edited: Edited) -> None:
    """The number of the version, and how to take it back or to keep it."""
    out.say(f"version {edited.version}")
    out.say(f"  back: knead tune undo {word_of_command(name)}")
    out.say(f"  keep: {save_command(name)}")
    tell_file(out, name)


def _tell_edited(out: Output, name: str, change: Change, edited: Edited, view: CurveView) -> None:
    tell_edited(out, name, change.where.number, change.what, edited, held=list(change.held))
    if change.where.moves:
        out.event("curve", profile=name, **fields(view))
    if not out.as_json:
        _say_edited(out, name, change, edited, view)


def _say_edited(out: Output, name: str, change: Change, edited: Edited, view: CurveView) -> None:
    if edited.changed:
        say_diff(out, edited.diff)
        if change.told:
            out.say(out.bold(clean(change.what)))
        if view.drawn_before is not None or not change.told:
            say_view(out, view, BEFORE_AFTER)
    else:
        out.say(f"{clean(change.what)}: nothing changes")
    if change.held:
        several = "s" if len(change.held) > 1 else ""
        out.say(f"held at the edge: the point{several} at {', '.join(change.held)}")
    for finding in edited.findings:
        out.say(finding_line(finding))
    if edited.changed:
        say_version(out, name, edited)
