"""From a file that anybody may have written to checked models, with one error that a person can act on."""

from __future__ import annotations

import stat
import tomllib
from difflib import get_close_matches
from os import strerror
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from profiles.curve import PRESETS
from profiles.errors import ProfileError
from profiles.model import MAX_STEPS, SCHEMA, DeclaredException, Profile, Step
from profiles.technique import TECHNIQUES, Breath

_WORDING = {  # pydantic's own words name Python types, which are in no profile
    "tuple_type": "must be a list",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "dict_type": "must be a table",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "string_pattern_mismatch": "must be lower case letters, digits and dashes, 40 at most",  # a name
}

_TABLES: dict[int | str, type[BaseModel]] = {"step": Step, "exception": DeclaredException, "breath": Breath}

MAX_BYTES = 1 << 20  # 1 MiB; project's choice: two hundred fully commented steps need about 60 kB


def read_text(path: Path) -> str:
    """Return the text of a file of at most 1 MiB (size asked before reading); ProfileError otherwise.

    Line endings and a byte order mark stay, so that what is written back is what was read.
    """
    name = str(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a directory" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise ProfileError(f"this is {kind}, not a profile", path=name)
        if status.st_size > MAX_BYTES:
            raise _too_large(name, status.st_size)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except ProfileError:
        raise
    except OSError as error:
        reason = strerror(error.errno).lower() if error.errno else "the file cannot be read"
        raise ProfileError(
            reason, path=name, hint="knead profile list shows the profiles that ship"
        ) from error
    except ValueError as error:  # a path with a zero byte in it
        raise ProfileError(f"not a usable path: {error}", path=name) from error
    if len(data) > MAX_BYTES:
        raise _too_large(name, len(data))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProfileError(f"not a text file in UTF-8 (byte {error.start})", path=name) from error


def _too_large(path: str, size: int) -> ProfileError:
    return ProfileError(f"{size} bytes; a profile has {MAX_BYTES} bytes (1 MiB) at most", path=path)


def parse(text: str, path: str | None = None) -> Profile:
    """Return the profile that the TOML text describes; ProfileError names place, limit, nearest right key."""
    if len(text) > MAX_BYTES:
        raise _too_large(path or "profile", len(text))
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))  # a byte order mark
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"not valid TOML: {error}", path=path) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets thousands deep
        raise ProfileError("not valid TOML: a number or a nesting without end", path=path) from error
    return from_data(data, path)


def from_data(data: dict[str, Any], path: str | None = None) -> Profile:
    """Return the profile for a table as TOML gives it; ProfileError as for `parse`."""
    version = data.get("schema")
    if type(version) is not int or version != SCHEMA:
        shown = f'"{_short(version)}"' if isinstance(version, str) else _short(version)
        said = "is missing" if version is None else f"is {shown}"
        raise ProfileError(f"schema {said}; this version reads schema = {SCHEMA}", path=path, place="schema")
    steps = data.get("step")
    if isinstance(steps, list) and len(steps) > MAX_STEPS:
        raise ProfileError(f"{len(steps)} steps; a profile has {MAX_STEPS} at most", path=path, place="step")
    try:
        return Profile.model_validate(data)
    except ValidationError as error:
        raise _explain(error, data, path) from error


def _explain(error: ValidationError, data: dict[str, Any], path: str | None) -> ProfileError:
    problems = error.errors(include_url=False, include_context=True)
    # A list counts as too short when none of its entries is valid; the entries' own problems say more.
    places = [problem["loc"] for problem in problems]
    problems = [
        problem
        for problem, own in zip(problems, places, strict=True)
        if problem["type"] != "too_short"
        or not any(len(loc) > len(own) and loc[: len(own)] == own for loc in places)
    ]
    # An unknown key is mostly the cause of the others (a missing one, a wrong table), so it is told first.
    problems.sort(key=lambda problem: problem["type"] != "extra_forbidden")
    first = problems[0]
    location = [part for part in first["loc"] if part != "schema_"]
    place, step_name = _place(location, data)
    message, hint = _message(first, location)
    if step_name:
        message = f"{message} (in '{step_name}')"
    if len(problems) > 1:
        message = f"{message}; {len(problems) - 1} more"
    return ProfileError(message, path=path, place=place, hint=hint)


def _place(location: list[int | str], data: dict[str, Any]) -> tuple[str, str]:
    place, step_name, previous = "", "", ""
    for part in location:
        if isinstance(part, int):
            place += f"[{part + 1}]"
            if place == f"step[{part + 1}]":
                entry = data["step"][part]
                name = entry.get("name") if isinstance(entry, dict) else None
                step_name = name[:80] if isinstance(name, str) else ""
        elif not (previous == "technique" and part in TECHNIQUES):  # the union's own tag is in no file
            place += f".{part}" if place else part
        previous = str(part)
    return place, step_name


def _message(problem: Any, location: list[int | str]) -> tuple[str, str | None]:
    kind, context, value = problem["type"], problem.get("ctx", {}), problem.get("input")
    if kind == "extra_forbidden":
        known = _keys(location)
        nearest = get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
        hint: str | None = f"did you mean '{nearest[0]}'?" if nearest else "keys here are " + ", ".join(known)
        return f"unknown key '{_short(location[-1])}'", hint
    if kind == "missing":
        return "missing", None
    if kind == "union_tag_invalid":
        nearest = get_close_matches(str(context.get("tag", "")), TECHNIQUES, n=1, cutoff=0.5)
        hint = f"did you mean '{nearest[0]}'?" if nearest else None
        return (
            f"unknown technique '{_short(context.get('tag'))}'; techniques are {', '.join(TECHNIQUES)}",
            hint,
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
    message = str(context["error"]) if kind == "value_error" and "error" in context else str(problem["msg"])
    message = _WORDING.get(
        kind, message.replace("Input should", "must").replace("must be a valid", "must be a")
    )
    message = message[0].lower() + message[1:]
    if kind not in ("value_error", "missing") and not isinstance(value, dict | list | tuple):
        message = f"{message}, not {_short(value)}"
    hint = f"presets are {', '.join(PRESETS)}" if location[-1:] == ["curve"] else None
    return message, hint


def _keys(location: list[int | str]) -> list[str]:
    """Return the keys that may stand where the last part of the location stands."""
    model: type[BaseModel] = Profile
    for part in location[:-1]:
        if part in _TABLES:
            model = _TABLES[part]
        elif part in TECHNIQUES:
            model = TECHNIQUES[str(part)]
        elif part in ("curve", "envelope"):
            annotation = model.model_fields[str(part)].annotation
            model = annotation if isinstance(annotation, type) else get_args(annotation)[0]
    return [field.alias or name for name, field in model.model_fields.items()]


def _short(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = (
        str(value) if isinstance(value, str | int | float | bool) or value is None else type(value).__name__
    )
    return text if len(text) <= 40 else text[:37] + "..."
