"""Keys of other keyboard layouts, by the Latin letter in the same place; what is on the key is what counts.

The rows are those of the layouts that X11 and Windows call ru, ua, gr, il and ara. A letter that lies
elsewhere in another layout (the Russian С is on the key of the Latin C, the Serbian one on that of S) is
taken as in the first of them.
"""

from typing import Final

LATIN: Final = "qwertyuiopasdfghjklzxcvbnm"
ROWS: Final = (
    "йцукенгшщзфывапролдячсмить",
    "йцукенгшщзфівапролдячсмить",
    " ςερτυθιοπασδφγηξκλζχψωβνμ",
    "  קראטוןםפשדגכעיחלךזסבהנמצ",
    "ضصثقفغعهخحشسيبلاتنمئءؤر ىة",
)
"""What those keys type, in the order of LATIN; a space where it is no letter."""
BY_PLACE: Final = {
    letter: latin
    for row in reversed(ROWS)
    for letter, latin in zip(row, LATIN, strict=True)
    if not letter.isspace()
}


def latin(key: str) -> str:
    """A key in lower case, as the Latin letter in its place; anything else stays what it is."""
    return BY_PLACE.get(key, key)
