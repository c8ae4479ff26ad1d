"""From the save key to the file: what would change is shown first, and only a yes writes it."""

from collections.abc import Callable
from typing import Any

from textual.app import App

from kneadwave.cli.editor import panes
from kneadwave.cli.editor.dialogs import LineDialog, Reading
from kneadwave.cli.editor.sheet import Sheet, Told
from kneadwave.cli.exits import worded
from kneadwave.tuning.workspace import Conflict

Do = Callable[[Callable[[], str]], bool]
"""Runs an action of the sheet, shows what it says, and tells whether it was done."""


class Saving:
    """One press of the save key; a shipped profile becomes a copy, whose name is asked for."""

    def __init__(self, app: App[Any], sheet: Sheet, do: Do) -> None:
        self._app = app
        self._sheet = sheet
        self._do = do
        self._changes = ""

    def begin(self) -> None:
        """Ask what has to be asked; nothing is written yet."""
        if not self._do(self._look) or not self._changes:
            return
        if self._sheet.shipped:
            self._app.push_screen(
                LineDialog("name of your own copy (Esc leaves):", f"my-{self._sheet.name}", _named),
                lambda name: self._ask(name.strip()) if name else None,
            )
        else:
            self._ask(None)

    def _look(self) -> str:
        self._changes = self._sheet.unsaved()
        return "" if self._changes else "there is nothing to save"

    def _ask(self, as_name: str | None) -> None:
        into = f" as {as_name}" if as_name else ""

        def answered(yes: bool | None) -> None:
            if yes:
                self._save(as_name)
            else:
                self._do(lambda: "not saved; the edits stay in the journal")

        question = f"Save this{into}?"
        rows = panes.diff_rows
        self._app.push_screen(
            Reading(question, lambda width: rows(self._changes, width), asks="saves it"), answered
        )

    def _save(self, as_name: str | None) -> None:
        conflicts: list[Conflict] = []

        def save() -> str:
            try:
                return self._sheet.save(as_name)
            except Conflict as conflict:
                conflicts.append(conflict)
                raise

        self._do(save)
        for conflict in conflicts:
            self._show(conflict.diff, worded(conflict.hint or ""))

    def _show(self, diff: str, hint: str) -> None:
        self._app.push_screen(
            Reading(
                "Not saved: the file was changed meanwhile",
                lambda width: [*panes.diff_rows(diff, width), *panes.plain_rows(["", hint], width)],
            )
        )


def _named(name: str) -> Told:
    if name.strip():
        return Told()
    return Told("failed", "a copy needs a name", "lower case letters, digits and dashes")
