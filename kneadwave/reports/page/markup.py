"""Text for a page: escaped, and a few shapes that several parts share."""

from __future__ import annotations

from html import escape


def escaped(text: str) -> str:
    """`text` as it may stand between tags and in quoted attributes."""
    return escape(text, quote=True)


def bar(value: float, most: float, *, mark: float | None = None) -> str:
    """A bar of `value` that is full at `most`, with a line at `mark`; the figure itself stands beside it."""
    share = 100 * min(1.0, value / most) if most > 0 else 0.0
    kind = "over" if most > 0 and value > most else "full"
    line = ""
    if mark is not None and most > 0:
        x = 100 * min(1.0, mark / most)
        line = f'<line class="mark" x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="10"/>'
    return (
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="rest" width="100" height="10"/><rect class="{kind}" width="{share:.1f}" height="10"/>'
        f"{line}</svg>"
    )
