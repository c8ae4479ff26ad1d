"""What the editor's preview key does while the screen is suspended."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kneadwave.cli.editor.sheet import Sheet
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.signals import Signals
from kneadwave.devices import SIM
from kneadwave.errors import Interrupted
from kneadwave.sessions.felt_test import Bench

if TYPE_CHECKING:
    from textual.app import App


def feel(out: Output, sheet: Sheet, bench: Bench) -> str:
    """Preview the curve that is shown, as `knead tune preview` does, and say how it went.

    A device is never found by itself here: a key is pressed by mistake more easily than a command is typed.
    """
    from kneadwave.cli.trials.preview import preview

    felt = preview(out, replace(bench, device=bench.device or SIM), sheet.name, sheet.step)
    how = "felt to its end" if felt.completed else f"ended early ({felt.reason})"
    where = f" on {bench.device}" if bench.device else f" on {SIM}; --device URL names a real one"
    return f"{how}, {felt.elapsed:.0f} s{where}"


def while_suspended(app: "App[Any]", act: Callable[[], str], ended_by: Callable[[], int | None]) -> str:
    """Run something with the terminal as it was before; what it raises is raised once the screen is back.

    A signal raises Interrupted wherever `act` stands, and so does one that came already (`ended_by`): the
    editor is not there to end it, and must not be waited for while a device moves.
    """
    said, raised = "", None
    with app.suspend():
        # An error that left this block would leave the screen suspended.
        try:
            with Signals():
                number = ended_by()
                if number is not None:
                    raise Interrupted(number)
                said = act()
        except BaseException as error:
            raised = error
    if raised is not None:
        raise raised
    return said
