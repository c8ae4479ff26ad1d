"""What every command with --plot shares: whether a picture can be drawn at all, and why one was not."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kneadwave.cli.terminal.output import show_line
from kneadwave.errors import SessionRemedy, UsageError
from kneadwave.store.outputs import PICTURES, refuse_taken


def to_draw(path: Path | None, *, force: bool) -> Path | None:
    """Where to draw, None for nowhere; UsageError where that could not be done after the work."""
    if path is not None:
        require_plots(path, force=force)
    return path


def require_plots(path: Path, *, force: bool) -> None:
    """Tell before the work that the picture could not be drawn after it."""
    from importlib.util import find_spec

    kind = PICTURES.get(path.suffix.lower())
    if kind is None:
        raise UsageError(f"--plot {path}: no picture that can be drawn", hint="end it in .png, .svg or .pdf")
    if find_spec("matplotlib") is None:
        raise UsageError(
            "--plot needs matplotlib, which is not installed",
            hint=SessionRemedy.INSTALL_EXTRA.of(extra="plots"),
        )
    refuse_taken(path, kind, force=force)


@contextmanager
def drawing() -> Iterator[None]:
    """While entered, a picture that cannot be drawn or written is a matter of how the command was called."""
    import warnings

    from kneadwave.reports.plots.figure import LettersMissing, PlotUnavailable

    try:
        with warnings.catch_warnings(record=True) as noted:
            warnings.simplefilter("always", LettersMissing)
            yield
        for warning in noted:
            if issubclass(warning.category, LettersMissing):
                show_line(f"note: {warning.message}", sys.stderr)
    except PlotUnavailable as error:
        raise UsageError(f"--plot: {error}", hint=error.hint) from error
