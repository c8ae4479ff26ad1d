"""What every picture shares: its formats, and a file that is written whole or not at all."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from firmware_bridge.errors import BridgeError
from kneadwave.errors import SessionRemedy
from kneadwave.reports.plots.fonts import give_fonts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 100
FORMATS = (".png", ".svg", ".pdf")


class PlotUnavailable(BridgeError):
    """The picture cannot be drawn or written: matplotlib is missing, or the path does not serve."""


class LettersMissing(UserWarning):
    """A picture has letters that no font on this computer has."""


def new_figure(path: str | os.PathLike[str], size_in: tuple[float, float]) -> Figure:
    """Return an empty figure for `path`. PlotUnavailable without matplotlib, or if the path will not do."""
    target = Path(path)
    if target.suffix.lower() not in FORMATS:
        raise PlotUnavailable(
            f"'{target.name}' is no picture that can be drawn", hint=f"end it in {', '.join(FORMATS)}"
        )
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise PlotUnavailable(
            "matplotlib is not installed", hint=SessionRemedy.INSTALL_EXTRA.of(extra="plots")
        ) from error
    return Figure(figsize=size_in, dpi=DPI, facecolor="white")


def save(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write the figure beside `path` and rename it over it. PlotUnavailable where that fails."""
    target = Path(path)
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    kind = target.suffix[1:].lower()
    from matplotlib import rc_context

    # No date and no version inside: the same figures give the same bytes.
    metadata = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[kind]
    missing = give_fonts(figure)
    if missing:
        shown = "".join(sorted(missing)[:12])
        warnings.warn(f"no font on this computer has {shown}: boxes are drawn", LettersMissing, stacklevel=2)
    try:
        with warnings.catch_warnings(), rc_context({"svg.hashsalt": "kneadwave"}):
            warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
            figure.savefig(beside, format=kind, metadata=metadata)
        beside.replace(target)
    except OSError as error:
        raise PlotUnavailable(
            f"cannot write '{target}': {error.strerror or error}", hint="choose another place, or make room"
        ) from error
    finally:
        beside.unlink(missing_ok=True)
