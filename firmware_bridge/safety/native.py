"""The parts of this room that are in C as well, for a simulation: where they lie, whether they may be used.

`make` builds each into firmware/build of a source checkout where a compiler is; a wheel may carry them beside
this module. One that is missing, cannot be loaded, is older than its source or of another layout is not used:
Python does it then, to the same bytes. A device of somebody's own is always played by Python.
"""

import ctypes
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

_HERE: Final = Path(__file__).parent
_BUILT: Final = _HERE.parents[1] / "firmware" / "build"


class NativePart(NamedTuple):
    """A file of C: the stem of its name, its functions with results and arguments, what `_layout` gives."""

    stem: str
    functions: Sequence[tuple[str, type | None, tuple[type, ...]]]
    layout: int


def find_part(part: NativePart, places: Sequence[Path] = (_BUILT, _HERE)) -> ctypes.CDLL | None:
    """The library of a part in the first of these folders that has one; None where it may not be used."""
    name = f"libknead{part.stem}.so"
    path = next((place / name for place in places if (place / name).is_file()), None)
    source = _HERE / f"{part.stem}.c"
    if path is None or (source.is_file() and source.stat().st_mtime > path.stat().st_mtime):
        return None
    return load_part(part, path)


def load_part(part: NativePart, path: Path) -> ctypes.CDLL | None:
    """The library at `path`, its functions typed; None where it is no library of that part as it is today."""
    try:
        library = ctypes.CDLL(str(path))
        for name, result, arguments in part.functions:
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
        told: int = getattr(library, f"{part.stem}_layout")()
    except (OSError, AttributeError):
        return None
    return library if told == part.layout else None


@cache
def part_of_ours(part: NativePart) -> ctypes.CDLL | None:
    """The library of a part in this installation, looked for once in a process."""
    return find_part(part)
