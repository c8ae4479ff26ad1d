"""What is said of a curve: the plot, its points as a table, its figures; the same after every edit."""

from pathlib import Path
from typing import Any, Final

from firmware_bridge import DeviceDescription
from kneadwave.cli.terminal.canvas import say_plot
from kneadwave.cli.terminal.columns import paragraph, width
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.pending_edits import save_command, tell_file
from kneadwave.cli.terminal.plot_option import drawing
from kneadwave.cli.views.curve_plot import SAVED_EDITED, curve_rows
from kneadwave.config import load_config
from kneadwave.devices import DEFAULT_DEVICE
from kneadwave.people.recipient import in_use
from kneadwave.text import clean, clock_text, word_of_command
from kneadwave.tuning.curves.select import SESSION, choose_curve, where_of
from kneadwave.tuning.curves.view import CurveView, fields, view_of
from kneadwave.tuning.workspace import Desk, look
from profiles.curve import PRESETS, IntensityCurve
from profiles.model import Profile
from profiles.outline import timed
from profiles.parameters import OF_EVERY_STEP, bounds_of, names_for, number_of, unit_of
from profiles.step import Step

POINTS: Final = ("at %", "at s", "curve", "felt %")
STEPS: Final = (" ", "step", "from", "s", "level %", "curve")
WIDE_TABLE: Final = 70
"""Columns from which on the table of steps has all of its own."""
NARROW_TABLE: Final = (0, 1, 5)
CHANGED_MARK: Final = "*"
BY_HAND: Final = "by hand"


def show(out: Output, name: str, step: str | None, on: str | None, plot: Path | None) -> None:
    """Show one curve of a profile as it is tuned now; without a step that of the session, and its steps."""
    desk = look(name)
    saved = desk.saved if desk.pending else None
    where = choose_curve(desk.profile, SESSION if step is None else step)
    view = view_of(saved, desk.profile, where, device_of(on), in_use())
    listed = _steps(desk.profile, saved) if step is None else []
    more = {"steps": listed} if step is None else {}
    if where.index is not None:
        more["numbers"] = _numbers(desk.profile.step[where.index])
    out.event("curve", profile=name, **fields(view), pending=desk.pending, **more)
    if not out.as_json:
        say_view(out, view)
        if listed:
            _say_steps(out, listed)
        _say_state(out, name, desk)
    if plot is not None:
        draw(out, view, plot)


def device_of(on: str | None) -> DeviceDescription:
    """The device that a curve is shown on: from the option, else the config file, else the default one."""
    from kneadwave.descriptions import load_described

    return load_described(on or load_config().on or DEFAULT_DEVICE)


def say_view(out: Output, view: CurveView, names: tuple[str, str] = SAVED_EDITED) -> None:
    """Print a curve: what it is, the plot, its points, its figures."""
    for line in paragraph(clean(view.title)):
        out.say(out.bold(line))
    theirs = f", {view.ceiling_person:.0%} for {clean(view.person)}" if view.less_for_person else ""
    for line in paragraph(f"{about(view)}{theirs}"):
        out.say(line)
    say_plot(out, curve_rows(view, width(), ascii_only=out.ascii_only, names=names))
    out.table(POINTS, point_rows(view), right=(0, 1, 2, 3))
    for line in paragraph(figures_text(view)):
        out.say(line)


def draw(out: Output, view: CurveView, path: Path, names: tuple[str, str] = SAVED_EDITED) -> None:
    """Draw a curve to a file; UsageError where that cannot be."""
    from kneadwave.reports.plots.curve import CurvePicture, plot_curve

    picture = CurvePicture(
        title=clean(view.title),
        subtitle=f"{about(view)}   ·   {figures_text(view)}",
        t=view.t,
        drawn=view.drawn,
        bound=view.bound,
        points=[(point.seconds, point.felt) for point in view.points if point.seconds <= view.duration_s],
        before=view.drawn_before,
        played=view.played,
        device=view.device,
        names=names,
        person=view.person,
        bound_person=view.bound_person if view.less_for_person else None,
    )
    with drawing():
        plot_curve(picture, path)
    out.event("picture", path=str(path))
    out.say(f"picture: {path}")


def about(view: CurveView) -> str:
    """A curve's step in a few words: how long, how strong, how strong at the most."""
    length = clock_text(view.duration_s)
    parts = [f"{view.repeats} times {length} min" if view.repeats > 1 else f"{length} min"]
    if view.regions > 1:
        parts = [f"in each of {view.regions} regions, {length} min in the first"]
    if view.ceiling is not None:
        whose = f" ({view.ceiling_zone})" if view.ceiling_zone else ""
        parts += [f"level {percent(view.level)}%", f"ceiling {percent(view.ceiling)}%{whose}"]
    return ", ".join(parts)


def figures_text(view: CurveView) -> str:
    """A curve's figures in one line: all of felt levels."""
    figures = view.figures
    steps = int(figures["felt_steps"])
    slope = figures["steepest"]
    where = f" at {clock_text(figures['steepest_at'])}" if slope > 0.0 else ""
    return (
        f"peak {percent(figures['peak'])}%, mean {percent(figures['mean'])}%, "
        f"steepest {slope * 100.0:.2g}%/s{where}, "
        f"{steps} felt step{'' if steps == 1 else 's'} "
        f"({percent(figures['lowest'])}% to {percent(figures['peak'])}%)"
    )


def point_rows(view: CurveView) -> list[tuple[str, ...]]:
    """The points as a table has them: share of the step, seconds, level of the curve, felt level."""
    return [
        (f"{round(p.share * 100.0, 2):g}", f"{round(p.seconds, 3):g}", f"{p.level:g}", percent(p.felt))
        for p in view.points
    ]


def percent(level: float) -> str:
    """A level in percent, with a tenth where it has one."""
    return f"{round(level * 100.0, 1):g}"


def _steps(profile: Profile, saved: Profile | None) -> list[dict[str, Any]]:
    """The steps of the file with their curves, and which of them are not as they were saved."""
    rows = timed(profile)
    found = []
    for index, step in enumerate(profile.step):
        row = rows[profile.origins.index(index)]
        before = saved.step[index] if saved is not None and index < len(saved.step) else None
        found.append(
            {
                "step": index + 1,
                "name": step.name,
                "start_s": row.start,
                "duration_s": step.total_s,
                "level": step.level,
                "curve": curve_text(where_of(profile, index).curve) if step.moves else BY_HAND,
                "edited": saved is not None and before != step,
            }
        )
    return found


def _numbers(step: Step) -> list[dict[str, Any]]:
    """What `knead tune number` sets in a step; what is felt while that plays, a sweep walks."""
    found = []
    for name in names_for(step):
        bounds = bounds_of(step, name)
        found.append(
            {
                "number": name,
                "value": number_of(step, name),
                "unit": unit_of(step, name),
                "least": bounds.least,
                "most": bounds.most,
                "felt": name not in OF_EVERY_STEP,
            }
        )
    return found


def curve_text(curve: IntensityCurve) -> str:
    """A curve in a word or two: its name, or how many points it has."""
    for name, points in PRESETS.items():
        if curve.unit == "fraction" and curve.points == points:
            return name
    return f"{len(curve.points)} points"


def _say_steps(out: Output, steps: list[dict[str, Any]]) -> None:
    rows = [
        (
            CHANGED_MARK if each["edited"] else " ",
            f"{each['step']:>{len(str(len(steps)))}} {clean(each['name'])}",
            clock_text(each["start_s"]),
            f"{each['duration_s']:g}",
            percent(each["level"]) if each["curve"] != BY_HAND else "-",
            each["curve"],
        )
        for each in steps
    ]
    shown = range(len(STEPS)) if width() >= WIDE_TABLE else NARROW_TABLE
    cells = [STEPS, *rows]
    others = sum(max(len(row[column]) for row in cells) + 2 for column in shown if column != 1)
    room = width() - others
    out.say()
    out.table(
        [STEPS[column] for column in shown],
        [[_cut(row[column], room) if column == 1 else row[column] for column in shown] for row in rows],
        right=tuple(n for n, column in enumerate(shown) if column in (2, 3, 4)),
    )
    if any(each["edited"] for each in steps):
        out.say(f"marked {CHANGED_MARK}: edited, and not saved yet")


def _cut(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    whole = text[: room - 2].rpartition(" ")[0] or text[: room - 2]
    return f"{whole.rstrip()}.."


def _say_state(out: Output, name: str, desk: Desk) -> None:
    if desk.damage:
        out.tell(f"the journal has a line that cannot be read: {desk.damage}")
    tell_file(out, name)
    if desk.gone:
        out.say(f"not saved: {save_command(name)} writes it again")
    elif desk.conflict:
        out.say(f"not saved, and the file was changed meanwhile: knead tune diff {word_of_command(name)}")
    elif desk.pending:
        out.say(f"not saved yet: {save_command(name)}")
