"""Profiles by name or path: load, save with the comments kept, list what ships."""

from __future__ import annotations

import os
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from profiles.errors import ProfileError
from profiles.model import MAX_STEPS, Profile, Step, json_schema
from profiles.reading import MAX_BYTES, parse, read_text

__all__ = [
    "MAX_BYTES",
    "MAX_STEPS",
    "Profile",
    "Step",
    "dump",
    "json_schema",
    "load_profile",
    "parse",
    "profile_source",
    "save_profile",
    "shipped_profiles",
]

_SUFFIX = ".toml"
_TABLES = ("step", "exception")  # lists of tables, each with its comments
_LIBRARY = Path(__file__).parent / "library"


def shipped_profiles() -> list[str]:
    """Return the names of the profiles that ship, in alphabetical order."""
    return sorted(
        entry.name.removesuffix(_SUFFIX) for entry in _LIBRARY.iterdir() if entry.name.endswith(_SUFFIX)
    )


def profile_source(name_or_path: str | Path) -> str:
    """Return the TOML text of a shipped profile or of a file; ProfileError when it cannot be read."""
    return _find(name_or_path)[1]


def load_profile(name_or_path: str | Path) -> Profile:
    """Return a shipped profile by name, or the one in a file; ProfileError names file, place and limit."""
    path, text = _find(name_or_path)
    return parse(text, path)


def dump(profile: Profile, source: str | None = None) -> str:
    """Return the profile as TOML; what `source` already says keeps its place, wording and comments."""
    # Only writing needs tomlkit and tempfile, and starting must be quick.
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(source) if source is not None else tomlkit.document()
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise ProfileError(f"not valid TOML: {error}") from error
    wanted: dict[str, Any] = {"schema": profile.schema_}
    wanted |= profile.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
    _merge(document, wanted)
    return tomlkit.dumps(document)


def save_profile(profile: Profile, path: str | Path, source: str | None = None) -> None:
    """Write the profile to a file, whole or not at all; comments of `source`, or of the file, are kept.

    The text is written beside the file and renamed over it. Raises ProfileError when that fails.
    """
    from tempfile import NamedTemporaryFile

    target = Path(path)
    if source is None and target.exists():
        source = read_text(target)
    text = dump(profile, source)
    parse(text, str(target))  # never leave behind what could not be read again
    temporary: str | None = None
    try:
        with NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as file:
            temporary = file.name
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()
        reason = os.strerror(error.errno).lower() if error.errno else "the file cannot be written"
        raise ProfileError(reason, path=str(target)) from error


def _find(name_or_path: str | Path) -> tuple[str, str]:
    name = str(name_or_path)
    if isinstance(name_or_path, str) and name in shipped_profiles():
        return name, (_LIBRARY / (name + _SUFFIX)).read_text(encoding="utf-8")
    path = Path(name_or_path)
    if isinstance(name_or_path, str) and _looks_like_a_name(name) and not os.path.lexists(name):
        shipped = shipped_profiles()
        nearest = get_close_matches(name, shipped, n=1, cutoff=0.4)
        hint = f"did you mean '{nearest[0]}'?" if nearest else f"profiles that ship: {', '.join(shipped)}"
        raise ProfileError("there is no profile of this name", path=name, hint=hint)
    return name, read_text(path)


def _looks_like_a_name(name: str) -> bool:
    return name.replace("-", "").replace("_", "").isalnum()


def _merge(table: Any, wanted: dict[str, Any]) -> None:
    """Make the TOML table say what `wanted` says, touching only what differs."""
    for key in [key for key in table if key not in wanted]:
        del table[key]
    for key, value in wanted.items():
        present = table.get(key)
        if isinstance(value, dict) and isinstance(present, dict):
            _merge(present, value)
        elif key in _TABLES:
            _merge_tables(table, key, value)
        elif present is None or _plain(present) != value:
            table[key] = value


def _merge_tables(table: Any, key: str, wanted: list[dict[str, Any]]) -> None:
    import tomlkit

    present = table.get(key)
    if present is None:
        table[key] = present = tomlkit.aot()
    for entry, value in zip(present, wanted, strict=False):
        _merge(entry, value)
    while len(present) > len(wanted):
        del present[-1]
    for value in wanted[len(present) :]:
        entry = tomlkit.table()
        # A table within a step stands on one line, as people write it.
        _merge(entry, {name: _on_one_line(item) for name, item in value.items()})
        # An empty line keeps it apart: after it where the last one ends in such a line, else before it.
        if len(present) and present[-1].as_string().endswith("\n\n"):
            entry.add(tomlkit.nl())
        else:
            entry.trivia.indent = "\n"
        present.append(entry)


def _on_one_line(item: Any) -> Any:
    import tomlkit

    if not isinstance(item, dict):
        return item
    line = tomlkit.inline_table()
    line.update({name: _on_one_line(inner) for name, inner in item.items()})
    return line


def _plain(item: Any) -> Any:
    return item.unwrap() if hasattr(item, "unwrap") else item
