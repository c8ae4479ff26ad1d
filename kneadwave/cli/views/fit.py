"""`knead tune fit`: curves from what is to be felt, or from what was done while a run was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from firmware_bridge import DeviceDescription
from kneadwave.cli.terminal.diffs import say_diff
from kneadwave.cli.terminal.findings import finding_line
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.views.curve_plot import BEFORE_AFTER
from kneadwave.cli.views.curves import device_of, draw, say_view
from kneadwave.cli.views.edits import say_version, tell_edited, tell_refused
from kneadwave.errors import UsageError
from kneadwave.people.recipient import in_use
from kneadwave.text import clean, clock_text
from kneadwave.tuning.curves.select import Where, where_of
from kneadwave.tuning.curves.view import fields, view_of
from kneadwave.tuning.fit.from_recording import AROUND_S, RecordedIntensity, envelope_of, read_run
from kneadwave.tuning.fit.outcome import Reached, reached
from kneadwave.tuning.fit.simplify import Simplified
from kneadwave.tuning.fit.targets import PlacedTarget, meet, parse_targets, place_targets
from kneadwave.tuning.workspace import Desk, Edited, EditRefused, open_desk
from profiles.profile import Profile

UNCHANGED = "nothing was changed with + and - in this run: the curve stays as it is"
AGAIN = "what was done in this run is in the curve already: it stays as it is"
HEADS = ("target", "asked %", "felt %", "when", "")


def fit_targets(out: Output, name: str, words: Sequence[str], on: str | None, plot: Path | None) -> None:
    """Give the curves points so that each target is felt, and tell what a device makes felt of it.

    UsageError, OutOfReach, ProfileError and EditRefused leave everything as it was.
    """
    targets = parse_targets(words)
    device = device_of(on)
    with open_desk(name) as desk:
        placed = place_targets(desk.profile, targets)
        indices = sorted({each.index for each in placed})
        if plot is not None and len(indices) > 1:
            raise UsageError("--plot draws the curve of one step", hint="fit one step at a time")
        what = f"fit {' '.join(str(target) for target in targets)}"
        edited = _edited(out, desk, what, meet(desk.profile, placed), indices)
    _tell(out, name, what, edited, [where_of(edited.after, index) for index in indices], device, plot)
    _tell_reached(out, reached(edited.after, placed, device))
    _tell_repeated(out, edited.after, placed)
    _tell_version(out, name, edited)


def fit_run(out: Output, name: str, path: Path, within: float, on: str | None, plot: Path | None) -> None:
    """Make what was done with + and - in a recorded run the curve over the session.

    OtherRecording, RecordingError, ProfileError and EditRefused leave everything as it was.
    """
    device = device_of(on)
    with open_desk(name) as desk:
        run = read_run(path, desk.profile)
        what = f"fit session from {clean(path.name)} ({run.mark})"
        again = desk.version(desk.number).what == what
        if again or not run.changed:
            out.event("edited", profile=name, step="session", what=what, changed=False, version=desk.number)
            out.say(AGAIN if again else UNCHANGED)
            _tell_notes(out, run)
            return
        fitted = envelope_of(desk.profile, run, within)
        after = desk.profile.model_copy(update={"envelope": fitted.curve})
        edited = _edited(out, desk, what, after, [])
    _tell(out, name, what, edited, [where_of(edited.after, None)], device, plot)
    _tell_fitted(out, run, fitted, within)
    _tell_notes(out, run)
    _tell_version(out, name, edited)


def _edited(out: Output, desk: Desk, what: str, after: Profile, indices: Sequence[int]) -> Edited:
    try:
        return desk.edit(what, lambda _: after)
    except EditRefused as refused:
        tell_refused(out, desk.name, _labels(after, indices), what, refused)
        raise


def _labels(profile: Profile, indices: Sequence[int]) -> str:
    places = [where_of(profile, index) for index in indices] or [where_of(profile, None)]
    return ", ".join(where.label for where in places)


def _tell(
    out: Output,
    name: str,
    what: str,
    edited: Edited,
    places: Sequence[Where],
    device: DeviceDescription,
    plot: Path | None,
) -> None:
    """The diff, and each curve before and after."""
    tell_edited(out, name, ", ".join(where.label for where in places), what, edited)
    if not out.as_json and edited.changed:
        say_diff(out, edited.diff)
    for where in places:
        view = view_of(edited.before if edited.changed else None, edited.after, where, device, in_use())
        out.event("curve", profile=name, **fields(view))
        if not out.as_json:
            say_view(out, view, BEFORE_AFTER)
        if plot is not None:
            draw(out, view, plot, BEFORE_AFTER)
    if not out.as_json:
        for finding in edited.findings:
            out.say(finding_line(finding))


def _tell_reached(out: Output, found: Sequence[Reached]) -> None:
    rows = []
    for each in found:
        out.event("target", **each.as_dict())
        when = clock_text(each.at) if each.at is not None else "-"
        rows.append(
            (str(each.target), _percent(each.target.level), _percent(each.felt), when, _verdict(each))
        )
    out.say()
    out.table(HEADS, rows, right=(1, 2, 3))
    for each in found:
        if not each.near:
            felt = f"{_percent(each.felt)}% is felt" if each.at is not None else "nothing is felt"
            out.tell(f"warning: {each.target}: {felt} on this device, more than one just-noticeable step off")


def _verdict(each: Reached) -> str:
    return "within a felt step" if each.near else "not within a felt step"


def _tell_repeated(out: Output, profile: Profile, placed: Sequence[PlacedTarget]) -> None:
    """A point of a curve is played wherever the curve is."""
    for index in dict.fromkeys(each.index for each in placed):
        if profile.step[index].repeats > 1 or profile.origins.count(index) > 1:
            text = f"step {index + 1} is played more than once, each time with this curve"
            out.event("note", kind="repeats", text=text)
            out.say(text)


def _tell_fitted(out: Output, run: RecordedIntensity, fitted: Simplified, within: float) -> None:
    count = len(fitted.curve.points)
    figures: dict[str, Any] = {"points": count, "error": round(fitted.error, 5), "within": within}
    out.event("fitted", **figures, around_s=AROUND_S, changes=len(run.changes) - 1, notes=list(run.notes))
    out.say(
        f"{count} points keep what was done within {_percent(fitted.error)}% "
        f"({_percent(within)}% allowed), but for {AROUND_S:g} s around each change"
    )


def _tell_notes(out: Output, run: RecordedIntensity) -> None:
    for text in run.notes:
        out.event("note", kind="run", text=text)
        out.say(f"note: {text}")


def _tell_version(out: Output, name: str, edited: Edited) -> None:
    if not edited.changed:
        out.say("nothing changes, it is so already")
        return
    say_version(out, name, edited)


def _percent(level: float) -> str:
    return f"{round(level * 100.0, 1):g}"
