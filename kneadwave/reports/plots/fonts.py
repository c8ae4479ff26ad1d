"""Fonts for letters that the usual one does not have, such as the name of a step in Japanese."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

USUAL = "DejaVu Sans"
"""It comes with matplotlib, and has Latin, Greek, Cyrillic and more."""


def give_fonts(figure: Figure) -> set[str]:
    """Let each text of a figure use fonts of this computer that have its letters; those that none has.

    Other fonts are looked through only where the usual one lacks a letter.
    """
    from matplotlib.text import Text

    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    wanted = {letter for text in texts for letter in text.get_text() if letter.isprintable()}
    missing = wanted - _letters_of_usual()
    if not missing:
        return set()
    families, left = [USUAL], set(missing)
    for family, letters in other_fonts():
        if left & letters:
            families.append(family)
            left -= letters
        if not left:
            break
    for text in texts:
        if missing & set(text.get_text()):
            text.set_fontfamily(families)
    return left


def _letters_of_usual() -> set[str]:
    from matplotlib import font_manager

    return _letters(font_manager.findfont(USUAL))


def other_fonts() -> Iterator[tuple[str, set[str]]]:
    """The other fonts by name, regular ones first, so that the same computer draws the same picture."""
    from matplotlib import font_manager

    fonts = font_manager.fontManager.ttflist
    order = sorted(fonts, key=lambda font: (str(font.weight) not in ("400", "normal"), font.name, font.fname))
    seen = {USUAL}
    for font in order:
        if font.name not in seen:
            seen.add(font.name)
            yield font.name, _letters(font.fname)


def _letters(path: str) -> set[str]:
    from matplotlib.ft2font import FT2Font

    try:
        return {chr(code) for code in FT2Font(path).get_charmap()}
    except (OSError, RuntimeError):  # a font that cannot be read
        return set()
