"""What somebody meant who misspelt a word."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_ALIKE: Final = 0.55
"""How alike two words are at least, as difflib tells it.

Project's choice: 'kneeding' means 'kneading upwards', and 'nothing' does not mean 'soft rubbing'.
"""


def nearest_or(word: str, known: Iterable[str], otherwise: str, *, most: int = 1) -> str:
    """The hint for a word that there is not: "did you mean 'x'?", `otherwise` where nothing is near.

    Capitals make no difference. At most `most` words are offered: "did you mean 'x' or 'y'?".
    """
    near = _nearest(word, known, most)
    return "did you mean " + " or ".join(f"'{each}'" for each in near) + "?" if near else otherwise


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """What stands before a list of all that there is: "did you mean 'x'? ", "" where nothing is near."""
    near = nearest_or(word, known, "")
    return near and f"{near} "


def _nearest(word: str, known: Iterable[str], most: int) -> list[str]:
    by_letters = {each.lower(): each for each in known}
    near = get_close_matches(word.lower(), by_letters, n=most, cutoff=_ALIKE)
    return [by_letters[each] for each in near]
