"""Profiles by name or path: load, save with the comments kept (see `writing`), list what ships."""

from __future__ import annotations

import os
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from profiles.errors import ProfileError, ProfileRemedy
from profiles.files.brought import brought, brought_by
from profiles.files.load import MAX_BYTES, parse, read_text
from profiles.files.save import dump, save_profile
from profiles.model import MAX_STEPS, Profile, Step, json_schema

__all__ = [
    "MAX_BYTES",
    "MAX_STEPS",
    "Profile",
    "Step",
    "brought_profiles",
    "dump",
    "json_schema",
    "load_profile",
    "parse",
    "profile_source",
    "save_profile",
    "shipped_profiles",
]

_SUFFIX = ".toml"
_BESIDE_MAX = 1000
"""Files of a folder that a name is compared with. Project's choice: it answers at once in any folder."""
GROUP = "kneadwave.profiles"
"""The entry points of other packages that bring profiles."""
_LIBRARY = Path(__file__).parent / "library"


def shipped_profiles() -> list[str]:
    """Return the names of the profiles that ship, in alphabetical order."""
    return sorted(
        entry.name.removesuffix(_SUFFIX) for entry in _LIBRARY.iterdir() if entry.name.endswith(_SUFFIX)
    )


def brought_profiles() -> list[str]:
    """Return the names of the profiles that other installed packages bring, but for those that ship here."""
    return [name for name in brought(GROUP) if name not in shipped_profiles()]


def profile_source(name_or_path: str | Path) -> str:
    """Return the TOML text of a shipped profile or of a file; ProfileError when it cannot be read."""
    return _find(name_or_path)[1]


def load_profile(name_or_path: str | Path) -> Profile:
    """Return a shipped profile by name, or the one in a file; ProfileError names file, place and limit."""
    path, text = _find(name_or_path)
    return parse(text, path)


def _find(name_or_path: str | Path) -> tuple[str, str]:
    name = str(name_or_path)
    if isinstance(name_or_path, str) and name in shipped_profiles():
        return name, (_LIBRARY / (name + _SUFFIX)).read_text(encoding="utf-8")
    path = Path(name_or_path)
    if isinstance(name_or_path, str) and _looks_like_a_name(name) and not os.path.lexists(name):
        if name in brought_profiles():
            return _brought(name)
        shipped = shipped_profiles()
        near = _near(name)
        hint = f"did you mean {near}?" if near else f"profiles that ship: {', '.join(shipped)}"
        raise ProfileError("there is no profile of this name", path=name, hint=hint)
    try:
        return name, read_text(path)
    except ProfileError as error:
        near = _near(name)
        if error.hint != ProfileRemedy.LIST_PROFILES or not near:
            raise
        raise ProfileError(error.message, path=error.path, hint=f"did you mean {near}?") from error


def _brought(name: str) -> tuple[str, str]:
    first, *others = brought(GROUP)[name]
    if others:
        told = brought_by(each.package for each in (first, *others))
        raise ProfileError(told, path=name, hint="keep one of these packages")
    return str(first.path), read_text(first.path)


def _near(name: str) -> str:
    """What is spelt almost as `name`, a file beside it or what ships, the nearest first; "" for none."""
    own = f"{name}{_SUFFIX}"
    if _looks_like_a_name(name) and os.path.isfile(own):
        return own
    path = Path(name)
    try:
        beside = [each.name for each in islice(path.parent.glob(f"*{_SUFFIX}"), _BESIDE_MAX)]
    except (OSError, ValueError):
        beside = []
    stem = path.name.removesuffix(_SUFFIX)
    shown = {each: f"'{each}'" for each in (*shipped_profiles(), *brought_profiles())}
    shown |= {each.removesuffix(_SUFFIX): str(path.parent / each) for each in beside}
    near = get_close_matches(stem, shown, n=2, cutoff=0.8)
    if not near and name == stem:
        near = get_close_matches(stem, shipped_profiles(), n=1, cutoff=0.4)
    return " or ".join(shown[each] for each in near)


def _looks_like_a_name(name: str) -> bool:
    return name.replace("-", "").replace("_", "").isalnum()
