"""Which key does what in the editor; docs and help say the same."""

from typing import Final

from textual.binding import Binding, BindingType

SMALL, LARGE = 0.01, 0.05
"""How much a key changes: levels of 0 to 1, and shares of the step."""

KEYMAP: Final[list[BindingType]] = [
    Binding("up", "select(-1)", "point before"),
    Binding("down", "select(1)", "next point"),
    Binding("home", "select(-99)", "first point"),
    Binding("end", "select(99)", "last point"),
    Binding("plus,shift+up", f"level({SMALL})", "higher"),
    Binding("minus,shift+down", f"level(-{SMALL})", "lower"),
    Binding("right_square_bracket", f"level({LARGE})", "much higher"),
    Binding("left_square_bracket", f"level(-{LARGE})", "much lower"),
    Binding("greater_than_sign", f"time({SMALL})", "later"),
    Binding("less_than_sign", f"time(-{SMALL})", "earlier"),
    Binding("enter", "number", "type it"),
    Binding("a", "add", "add"),
    Binding("d,delete", "remove", "delete"),
    Binding("m", "smooth", "smooth"),
    Binding("p", "preset", "preset"),
    Binding("u", "undo", "undo"),
    Binding("r", "redo", "redo"),
    Binding("n", "turn(1)", "next step"),
    Binding("b", "turn(-1)", "step before"),
    Binding("t", "steps", "steps"),
    Binding("v", "preview", "preview"),
    Binding("s", "save", "save"),
    Binding("question_mark", "help", "help"),
    Binding("q", "leave", "quit"),
    Binding("ctrl+c,ctrl+q", "leave", "quit", priority=True),
    Binding("ctrl+z", "suspend_process", "to the shell"),
]
