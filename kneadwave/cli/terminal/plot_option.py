"""What every command with --plot shares: whether a picture can be drawn at all, and why one was not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kneadwave.errors import UsageError


def require_plots(path: Path) -> None:
    """Tell before the work that the picture could not be drawn after it."""
    from importlib.util import find_spec

    if path.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise UsageError(f"--plot {path}: no picture that can be drawn", hint="end it in .png, .svg or .pdf")
    if find_spec("matplotlib") is None:
        raise UsageError(
            "--plot needs matplotlib, which is not installed", hint="pip install 'kneadwave[plots]'"
        )
    if not path.absolute().parent.is_dir():
        raise UsageError(f"--plot {path}: there is no such folder", hint="make the folder first")


@contextmanager
def drawing() -> Iterator[None]:
    """While entered, a picture that cannot be drawn or written is a matter of how the command was called."""
    from kneadwave.reports.plots.figure import PlotUnavailable

    try:
        yield
    except PlotUnavailable as error:
        raise UsageError(f"--plot: {error}", hint=error.hint) from error
