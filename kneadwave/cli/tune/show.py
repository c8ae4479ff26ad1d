"""`knead tune show`: a curve with its ceiling, its points and its figures."""

from typing import Annotated

import typer

from kneadwave.cli.completion import complete_step
from kneadwave.cli.options import Force, Json, On, Plot, Profile
from kneadwave.cli.terminal.output import telling
from kneadwave.cli.terminal.plot_option import to_draw

SHOW = """Show an intensity curve: the plot with its ceiling, its points, its peak, mean and steepest slope.

Without STEP the felt level over the whole session, and its steps. What is edited and not saved yet is drawn
over what is saved. A third line shows where the limits of the device leave less than was drawn.

\b
Examples:
  knead tune show relaxing-back
  knead tune show relaxing-back 8
  knead tune show relaxing-back "kneading up" --on seat-pad-8
  knead tune show relaxing-back session --plot session.png
"""


def add(app: typer.Typer) -> None:
    """Register the verbs."""
    app.command("show", help=SHOW, short_help="Show a curve, its points and its figures.")(show)


def show(
    profile: Profile,
    step: Annotated[
        str | None,
        typer.Argument(
            metavar="[STEP]",
            help="Its number or name, or session for the curve over the whole session.",
            autocompletion=complete_step,
        ),
    ] = None,
    on: On = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Show a curve, its points and its figures."""
    with telling(as_json) as out:
        from kneadwave.cli.views.curves import show as show_curve

        show_curve(out, profile, step, on, to_draw(plot, force=force))
