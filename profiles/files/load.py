"""From a file that anybody may have written to checked models, with one error that a person can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from errno import ENOENT
from os import strerror
from pathlib import Path
from typing import Any, Final

from profiles.curve import PRESETS
from profiles.errors import ProfileError, ProfileRemedy
from profiles.files import toml_model
from profiles.model import MAX_STEPS, SCHEMA, Profile
from profiles.near import did_you_mean, nearest_or
from profiles.technique import TECHNIQUES

_NAME: Final = "must be lower case letters, digits and dashes, 40 at most"
MAX_BYTES: Final = 1 << 20
"""1 MiB. Project's choice: two hundred fully commented steps need about 60 kB."""


def read_text(path: Path) -> str:
    """The text of a profile's file, 1 MiB at most, asked before reading; ProfileError otherwise.

    Line endings and a byte order mark stay, so that what is written back is what was read.
    """
    try:
        return toml_model.read_text(path, KIND)
    except OSError as error:
        raise ProfileError(
            strerror(error.errno or ENOENT).lower(),
            path=str(path),
            hint=ProfileRemedy.LIST_PROFILES,
        ) from error


def parse(text: str, path: str | None = None) -> Profile:
    """Return the profile that the TOML text describes; ProfileError names place, limit, nearest right key."""
    return from_data(toml_model.parse_table(text, KIND, path), path)


def from_data(data: dict[str, Any], path: str | None = None) -> Profile:
    """Return the profile for a table as TOML gives it; ProfileError as for `parse`."""
    version = data.get("schema")
    if type(version) is not int or version != SCHEMA:
        shown = f'"{_short(version)}"' if isinstance(version, str) else _short(version)
        said = "is missing" if version is None else f"is {shown}"
        raise ProfileError(
            f"schema {said}; this version reads schema = {SCHEMA}",
            path=path,
            place="schema",
            hint=None if "step" in data else "this is no profile, which has steps",
        )
    steps = data.get("step")
    if isinstance(steps, list) and len(steps) > MAX_STEPS:
        raise ProfileError(f"{len(steps)} steps; a profile has {MAX_STEPS} at most", path=path, place="step")
    return toml_model.validated(Profile, data, KIND, path)


def _describe(problem: Any, data: Mapping[str, Any], known: Sequence[str]) -> toml_model.Description:
    location = [part for part in problem["loc"] if part != "schema_"]
    place, step_name = _place(location, data)
    message, hint = _message(problem, location, known)
    return place, f"{message} (in '{step_name}')" if step_name else message, hint


def _place(location: Sequence[int | str], data: Mapping[str, Any]) -> tuple[str, str]:
    place, step_name, previous = "", "", ""
    for part in location:
        if isinstance(part, int):
            place += f"[{part + 1}]"
            if place == f"step[{part + 1}]":
                entry = data["step"][part]
                name = entry.get("name") if isinstance(entry, dict) else None
                step_name = name[:80] if isinstance(name, str) else ""
        elif not (previous == "technique" and part in TECHNIQUES):  # the union's own tag is in no file
            key = toml_model.key_text(part)
            place += f".{key}" if place else key
        previous = str(part)
    return place, step_name


def _message(problem: Any, location: Sequence[int | str], known: Sequence[str]) -> tuple[str, str | None]:
    kind, context, value = problem["type"], problem.get("ctx", {}), problem.get("input")
    if kind == "extra_forbidden":
        hint = nearest_or(str(location[-1]), known, "keys here are " + ", ".join(known))
        return f"unknown key '{_short(location[-1])}'", hint
    if kind == "missing":
        return "missing", None
    if kind == "union_tag_invalid":
        return (
            f"unknown technique '{_short(context.get('tag'))}'; techniques are {', '.join(TECHNIQUES)}",
            nearest_or(str(context.get("tag", "")), TECHNIQUES, "") or None,
        )
    if kind == "union_tag_not_found":
        return f"a technique is a table with a kind: {', '.join(TECHNIQUES)}", None
    if kind in ("too_short", "too_long"):
        count, limit = context["actual_length"], context.get("min_length", context.get("max_length"))
        entries = f"{count or 'no'} {'entry' if count == 1 else 'entries'}"
        return f"has {entries}; {limit} at {'least' if kind == 'too_short' else 'most'}", None
    if kind == "string_too_short":
        return "is empty", None
    if kind == "string_too_long":
        return f"is too long; {context['max_length']} characters at most", None
    message = _NAME if kind == "string_pattern_mismatch" else toml_model.in_words(problem)
    message = message[0].lower() + message[1:]
    if kind not in ("value_error", "missing") and not isinstance(value, dict | list | tuple):
        message = f"{message}, not {_short(value)}"
    if location[-1:] != ["curve"]:
        return message, None
    return message, f"{did_you_mean(str(value), PRESETS)}presets are {', '.join(PRESETS)}"


def _short(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = (
        str(value) if isinstance(value, str | int | float | bool) or value is None else type(value).__name__
    )
    if not text.isprintable():
        text = repr(text)[1:-1]
    return text if len(text) <= 40 else text[:37] + "..."


KIND: Final = toml_model.TomlKind("profile", MAX_BYTES, ProfileError, _describe, more="; {}")
