"""The verbs of `knead tune` that change a curve or a number; each edit is one version, and can be undone."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from kneadwave.cli.completion import complete_number, complete_preset, complete_step
from kneadwave.cli.options import Force, Json, On, Plot, Profile, Step
from kneadwave.cli.terminal.output import telling
from kneadwave.cli.terminal.plot_option import to_draw

SET = """Set the level of a curve at some times; a point is added where there is none.

T is 40% of the step, 30s, 1:15, or a bare number as the curve counts: 0 to 1 of the step, or seconds.
LEVEL is 0.8 or 80%, of the step's own level.

\b
Examples:
  knead tune set relaxing-back 8 40%=0.9
  knead tune set relaxing-back 8 0:30=80% 1:00=0.95
  knead tune set relaxing-back session 50%=0.8
"""
ADD = """Add points to a curve; without a level they lie on it, and it keeps its shape.

\b
Examples:
  knead tune add relaxing-back 8 20%
  knead tune add relaxing-back 8 20%=0.6 80%
"""
RM = """Remove points from a curve.

\b
Examples:
  knead tune rm relaxing-back 8 60%
"""
SHIFT = """Raise or lower a curve, or move it in time.

What would leave 0 to 1, or the step, is held at the edge, and told.

\b
Examples:
  knead tune shift relaxing-back 8 +10%      every level 0.1 higher
  knead tune shift relaxing-back 8 -5%
  knead tune shift relaxing-back 8 +5s       all of it five seconds later
"""
SCALE = """Multiply the levels of a curve.

\b
Examples:
  knead tune scale relaxing-back 8 90%
  knead tune scale relaxing-back 8 1.1
"""
SMOOTH = """Smooth a curve: each inner point moves half way to the line between its neighbours.

\b
Examples:
  knead tune smooth relaxing-back 8
  knead tune smooth relaxing-back 8 --times 3
"""
PRESET = """Give a step a curve that has a name: hold, rise, light-strong-light, wave.

\b
Examples:
  knead tune preset relaxing-back 5 light-strong-light
  knead tune preset evening.toml 8 my-rise --keep     keep its curve by a name
"""
COPY = """Give a step the curve of another one; it is stretched over its own length.

\b
Examples:
  knead tune copy relaxing-back 5 8
  knead tune copy relaxing-back "kneading up" session
"""
RATE = """Set how fast a step circles or taps, a minute or a second as the technique says it.

\b
Examples:
  knead tune rate relaxing-back 8 48
"""
NUMBER = """Set a number of a step: level, rate, speed, radius and others, as its technique has them.

A wrong name lists those that the step has, with units and present values.

\b
Examples:
  knead tune number relaxing-back 8 radius 20
  knead tune number relaxing-back 8 level 45%
  knead tune number relaxing-back 8 cross-fade 3
"""
SIGNED: Final[dict[str, Any]] = {"ignore_unknown_options": True}
"""Lets a word such as -5% reach the verb."""

Points = Annotated[list[str], typer.Argument(metavar="T=LEVEL...", help="Such as 40%=0.8 or 30s=80%.")]
MorePoints = Annotated[list[str], typer.Argument(metavar="T[=LEVEL]...", help="Such as 40%, or 40%=0.8.")]
Times = Annotated[list[str], typer.Argument(metavar="T...", help="Such as 40% or 30s.")]


def add(app: typer.Typer) -> None:
    """Register the verbs."""
    for name, verb, text, settings in (
        ("set", set_, SET, SIGNED),
        ("add", add_, ADD, SIGNED),
        ("rm", rm, RM, SIGNED),
        ("shift", shift, SHIFT, SIGNED),
        ("scale", scale, SCALE, SIGNED),
        ("smooth", smooth, SMOOTH, None),
        ("preset", preset, PRESET, None),
        ("copy", copy, COPY, None),
        ("rate", rate, RATE, SIGNED),
        ("number", number, NUMBER, SIGNED),
    ):
        app.command(name, help=text, short_help=verb.__doc__, context_settings=settings)(verb)


def _curve(
    verb: str, value: Any, profile: str, step: str, on: str | None, plot: Path | None, as_json: bool
) -> None:
    """Reshape a curve by one of the verbs."""
    with telling(as_json) as out:
        from kneadwave.cli.views.edits import edit
        from kneadwave.tuning.curves.edit import curve_plan

        edit(out, profile, curve_plan(step, verb, value), on, plot)


def _number(
    name: str, value: str, profile: str, step: str, on: str | None, plot: Path | None, as_json: bool
) -> None:
    """Give a number another value."""
    with telling(as_json) as out:
        from kneadwave.cli.views.edits import edit
        from kneadwave.tuning.curves.edit import number_plan

        edit(out, profile, number_plan(profile, step, name, value), on, plot)


def set_(
    profile: Profile,
    step: Step,
    points: Points,
    on: On = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Set the level of a curve at some times."""
    _curve("set", points, profile, step, on, to_draw(plot, force=force), as_json)


def add_(
    profile: Profile,
    step: Step,
    points: MorePoints,
    on: On = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Add points to a curve."""
    _curve("add", points, profile, step, on, to_draw(plot, force=force), as_json)


def rm(
    profile: Profile,
    step: Step,
    times: Times,
    on: On = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Remove points from a curve."""
    _curve("rm", times, profile, step, on, to_draw(plot, force=force), as_json)


def shift(
    profile: Profile,
    step: Step,
    by: Annotated[str, typer.Argument(metavar="BY", help="+10% or -5% in level, +5s or -5s in time.")],
    on: On = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Raise, lower or move a curve."""
    _curve("shift", by, profile, step, on, to_draw(plot, force=force), as_json)


def scale(
    profile: Profile,
    step: Step,
    by: Annotated[str, typer.Argument(metavar="FACTOR", help="Such as 90% or 1.1.")],
    on: On = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Multiply the levels of a curve."""
    _curve("scale", by, profile, step, on, to_draw(plot, force=force), as_json)


def smooth(
    profile: Profile,
    step: Step,
    times: Annotated[int, typer.Option("--times", metavar="N", min=1, max=100, help="How many times.")] = 1,
    on: On = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Smooth a curve."""
    _curve("smooth", times, profile, step, on, to_draw(plot, force=force), as_json)


def preset(
    profile: Profile,
    step: Step,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The curve's name.", autocompletion=complete_preset)
    ],
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Keep the step's own curve by this name: lower case, digits, dashes."),
    ] = False,
    on: On = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Give a step a curve that has a name."""
    if keep:
        with telling(as_json) as out:
            from kneadwave.cli.views.edits import keep_preset

            keep_preset(out, profile, step, name)
        return
    _curve("preset", name, profile, step, on, to_draw(plot, force=force), as_json)


def copy(
    profile: Profile,
    step: Annotated[
        str,
        typer.Argument(metavar="FROM", help="The step whose curve is taken.", autocompletion=complete_step),
    ],
    target: Annotated[
        str, typer.Argument(metavar="TO", help="The step that gets it.", autocompletion=complete_step)
    ],
    on: On = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Give a step the curve of another one."""
    with telling(as_json) as out:
        from kneadwave.cli.views.edits import edit
        from kneadwave.tuning.curves.edit import copy_plan

        edit(out, profile, copy_plan(step, target), on, to_draw(plot, force=force))


def rate(
    profile: Profile,
    step: Step,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Such as 48.")],
    on: On = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Set how fast a step circles or taps."""
    _number("rate", value, profile, step, on, to_draw(plot, force=force), as_json)


def number(
    profile: Profile,
    step: Step,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The number's name.", autocompletion=complete_number)
    ],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Its new value, in its own unit.")],
    on: On = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Set a number of a step."""
    _number(name, value, profile, step, on, to_draw(plot, force=force), as_json)
