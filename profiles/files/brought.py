"""Files that other installed packages bring: entry point groups `kneadwave.profiles` and `kneadwave.devices`.

An entry point names a folder of TOML files as a module is named ("my_package.profiles"). No code of that
package runs: its files are read as any person's file is, and held to the same limits.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

NAME: Final = re.compile(r"[a-z0-9-]{1,40}")
FILES_MAX: Final = 1000
"""Files of one folder that are looked at. Project's choice."""


@dataclass(frozen=True)
class BroughtFile:
    """A file, and the package that brings it, with its version."""

    path: Path
    package: str


@cache
def brought(group: str) -> dict[str, tuple[BroughtFile, ...]]:
    """The files of a group by their names, sorted; more than one for a name where packages disagree."""
    from importlib.metadata import entry_points

    found: dict[str, tuple[BroughtFile, ...]] = {}
    for entry in sorted(entry_points(group=group), key=lambda each: each.value):
        for path in _files(entry):
            found[path.stem] = (*found.get(path.stem, ()), BroughtFile(path, package_of(entry)))
    return dict(sorted(found.items()))


def package_of(entry: "EntryPoint") -> str:
    """The package that an entry point is of, with its version."""
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "?"


def brought_by(packages: Iterable[str]) -> str:
    """What is said of a name that all of these packages bring."""
    return f"is brought by {' and by '.join(packages)}"


def _files(entry: "EntryPoint") -> list[Path]:
    top, *below = entry.value.split(".")
    try:
        spec = find_spec(top)  # finds a package, and imports nothing of it
    except (ImportError, ValueError):
        return []
    folders = (spec.submodule_search_locations or ()) if spec is not None else ()
    paths = [path for folder in folders for path in Path(folder, *below).glob("*.toml")]
    return sorted(path for path in paths if NAME.fullmatch(path.stem))[:FILES_MAX]
