"""From a TOML file that anybody may have written to a checked model: the guards and the words for every kind.

    text = read_text(path, KIND)              a regular file, small enough, in UTF-8; waits for nobody
    table = parse_table(text, KIND, name)     TOML, in a time that grows with its length and no faster
    model = validated(Model, table, KIND, name)

Whatever is wrong ends as the kind's own error, which names the file, the place in it, and for an unknown key
the nearest right one. A new kind of file is a `TomlKind` and a row in tests/test_hostile_files.py.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeVar, get_args, get_origin

from profiles.near import nearest_or

if TYPE_CHECKING:  # a command that reads no model does not load pydantic
    from pydantic import BaseModel, ValidationError

    Model = TypeVar("Model", bound=BaseModel)

KEY_PARTS_MAX: Final = 32
"""Parts of a dotted key. Project's choice: an honest one has three; the time grows with their square."""
_MARKS_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OPEN_FLAGS: Final[int] = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_ASIDE: Final = re.compile(
    r"""
      \#[^\n]*+
    | \"{3} (?: [^"\\] | \\. | "{1,2}(?!") )*+ (?: "{3,5} | \\?\Z )
    | '{3}  (?: [^'] | '{1,2}(?!') )*+         (?: '{3,5} | \Z )
    | "     (?: [^"\\\n] | \\. )*+             "?
    | '     [^'\n]*+                           '?
    """,
    re.VERBOSE | re.DOTALL,
)
"""Comments and texts, whose dots part no keys. Possessive: what is not closed is never gone over twice."""
_BETWEEN_KEYS: Final = re.compile(r"[\n,={}\[\]]")
WORDING: Final[Mapping[str, str]] = {
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "dict_type": "must be a table",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "less_than_equal": "must be {le} at most",
    "greater_than_equal": "must be {ge} at least",
    "less_than": "must be less than {lt}",
    "greater_than": "must be more than {gt}",
}
"""What is wrong, by pydantic's name for it."""
Description = tuple[str, str, str | None]
"""Place, message and hint of a problem."""


class Fail(Protocol):
    """Makes the error of one kind of file; `place` is the key, where one is meant."""

    def __call__(
        self, message: str, *, path: str | None, place: str | None = None, hint: str | None = None
    ) -> Exception: ...


def joined(error: Callable[..., Exception]) -> Fail:
    """The `Fail` of an error that takes one message and a hint: "file: place: message"."""

    def fail(
        message: str, *, path: str | None, place: str | None = None, hint: str | None = None
    ) -> Exception:
        return error(": ".join(part for part in (path, place, message) if part), hint=hint)

    return fail


def describe(problem: Any, _table: Mapping[str, Any], known: Sequence[str]) -> Description:
    """A problem of pydantic's in words; `known` are the keys that may stand where its last part stands."""
    kind, loc = problem["type"], problem["loc"]
    place = place_of(loc)
    if kind == "extra_forbidden":
        return place, f"unknown key {shown(loc[-1])}", nearest(str(loc[-1]), known)
    if kind == "missing":
        return place, "is missing", None
    if kind == "value_error":
        return place, str(problem["ctx"]["error"]), None
    return place, f"{in_words(problem)}, not {shown(problem['input'])}", None


def in_words(problem: Any) -> str:
    """What a field has to be, where pydantic's own words would speak of inputs and of Python's types."""
    if problem["type"] == "value_error":
        return str(problem["ctx"]["error"])
    own = WORDING.get(problem["type"])
    if own is not None:
        limits = {k: f"{v:g}" if isinstance(v, float) else v for k, v in problem.get("ctx", {}).items()}
        return own.format(**limits)
    message = problem["msg"].replace("Input should", "must").replace("must be a valid", "must be a")
    return f"{message[:1].lower()}{message[1:]}"


MORE_TOLD: Final = 4
"""As many further problems are told; project's choice."""


@dataclass(frozen=True)
class FileKind:
    """One kind of file: how large it may be, and its error."""

    what: str
    """Its name in the middle of a sentence, "device description"."""
    max_bytes: int
    fail: Fail


@dataclass(frozen=True)
class TomlKind(FileKind):
    """One kind of file in TOML, and how what is wrong in it is told."""

    describe: Callable[[Any, Mapping[str, Any], Sequence[str]], Description] = describe
    more: str = " (and {})"
    """Where what is said of the problems behind the first one stands."""


def read_text(path: Path, kind: TomlKind, name: str | None = None) -> str:
    """The text of a file, line endings and byte order mark as they are; `name` and errors as `read_bytes`."""
    return decoded(read_bytes(path, kind, name), kind, str(path) if name is None else name)


def read_bytes(path: Path, kind: FileKind, name: str | None = None) -> bytes:
    """What is in a file; `name` stands for it in errors.

    FileNotFoundError or NotADirectoryError where there is none, the kind's error for anything else: it is
    looked at before it is opened and again when it is open, so that a FIFO is never waited for and a device
    never touched.
    """
    name = str(path) if name is None else name
    try:
        odd, data = _read(path, kind)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise kind.fail(f"cannot be read: {reason}", path=name) from error
    except ValueError as error:  # a zero byte in the path, or half of a letter
        raise kind.fail(f"cannot be read: not a usable path ({error})", path=name) from error
    if odd:
        hint = f"name the {kind.what} in it" if path.is_dir() else None
        raise kind.fail(odd, path=name, hint=hint)
    return data


def decoded(data: bytes, kind: TomlKind, name: str) -> str:
    """The bytes of a file as text; the kind's error where they are too many, or neither UTF-8 nor UTF-16.

    UTF-16 is what PowerShell writes; it has to begin with its byte order mark.
    """
    if len(data) > kind.max_bytes:
        raise kind.fail(_too_large(len(data), kind), path=name)
    encoding = "utf-16" if data.startswith(_MARKS_UTF16) else "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"is not valid TOML: not {encoding.upper()} text (byte {error.start})"
        raise kind.fail(message, path=name, hint=f"this is no {kind.what}, which is a text") from error


def parse_table(text: str, kind: TomlKind, name: str | None) -> dict[str, Any]:
    """The table that a text describes; the kind's error where it is too long or nested, or is no TOML."""
    if len(text) > kind.max_bytes:
        raise kind.fail(_too_large(len(text), kind), path=name)
    keys = _BETWEEN_KEYS.split(_ASIDE.sub("", text))
    try:
        if any(key.count(".") >= KEY_PARTS_MAX for key in keys):
            raise RecursionError
        return tomllib.loads(text.removeprefix("\ufeff"))  # a byte order mark
    except RecursionError as error:
        raise kind.fail("is not valid TOML: nested too deeply", path=name) from error
    except ValueError as error:  # TOMLDecodeError, and a number of thousands of digits
        raise kind.fail(f"is not valid TOML: {error}", path=name) from error


def validated(model: type[Model], table: Mapping[str, Any], kind: TomlKind, name: str | None) -> Model:
    """The model of a table; the kind's error with place and words of what is wrong first."""
    from pydantic import ValidationError

    try:
        return model.model_validate(table)
    except ValidationError as error:
        place, message, hint = explained(error, model, table, kind)
        raise kind.fail(message, path=name, place=place or None, hint=hint) from error


def explained(
    error: ValidationError, model: type[BaseModel], table: Mapping[str, Any], kind: TomlKind
) -> Description:
    """What is wrong first, how much more there is, and where."""
    problems = error.errors(include_url=False)
    # A list counts as too short when none of its entries is valid; the entries' own problems say more.
    inside = {problem["loc"][:end] for problem in problems for end in range(len(problem["loc"]))}
    problems = [each for each in problems if each["type"] != "too_short" or each["loc"] not in inside]
    # An unknown key is mostly the cause of the others (a missing one, a wrong table), so it is told first.
    first = min(problems, key=lambda problem: problem["type"] != "extra_forbidden")

    def described(problem: Any) -> Description:
        return kind.describe(problem, table, keys_at(model, problem["loc"]))

    place, message, hint = described(first)
    others = [each for each in problems if each is not first]
    if others:
        message += kind.more.format(_more(len(others), map(described, others)))
    return place, message, hint


def _more(count: int, problems: Iterable[Description]) -> str:
    """How many problems more there are, and what the first are; of `problems` no more is worked out."""
    told: dict[str, None] = {}
    for place, message, _ in problems:
        told[": ".join(filter(None, (place, message)))] = None
        if len(told) > MORE_TOLD:
            break
    return f"{count} more: {'; '.join([*told][:MORE_TOLD])}{'; …' if len(told) > MORE_TOLD else ''}"


def nearest(key: str, known: Sequence[str]) -> str:
    """The hint for an unknown key: the nearest right one, else all of them."""
    return nearest_or(key, known, f"known keys: {', '.join(known)}")


def place_of(loc: Sequence[int | str]) -> str:
    """('actuator', 3, 'x_mm') as "actuator[3].x_mm"; parts that are not fit to print are shortened."""
    place = ""
    for part in loc:
        if isinstance(part, int):
            place += f"[{part}]"
        elif part != "[key]":  # pydantic's own word for the key of a table
            place += f".{key_text(part)}" if place else key_text(part)
    return place


def key_text(key: str) -> str:
    """A key as it stands in a place: bare, and shortened where it is long or not fit to print."""
    return key if len(key) <= 40 and key.isprintable() else shown(key)


def shown(value: object, width: int = 40) -> str:
    """A value in an error: as Python writes it, and no longer than a line can take."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # thousands of digits, or of nested tables
        text = "a huge value"
    return text if len(text) <= width else f"{text[: width - 3]}..."


def keys_at(model: type[BaseModel], loc: Sequence[int | str]) -> list[str]:
    """The keys, sorted, that may stand where the last part of `loc` stands, in the tables of `model`."""
    models = [model]
    for part in loc[:-1]:
        below = [
            each
            for outer in models
            for key, field in outer.model_fields.items()
            if part in (key, field.alias)
            for each in _models_in(field.annotation)
        ]
        # Else a number, the key of a table, or what tells the members of a union apart.
        models = below or [each for each in models if part in _tags(each)] or models
    return sorted({field.alias or key for each in models for key, field in each.model_fields.items()})


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [each for inner in get_args(annotation) for each in _models_in(inner)]


def _tags(model: type[BaseModel]) -> set[object]:
    literals = (field.annotation for field in model.model_fields.values())
    return {tag for each in literals if get_origin(each) is Literal for tag in get_args(each)}


def _read(path: Path, kind: FileKind) -> tuple[str, bytes]:
    """Why a file is not read, "" where it is, and its bytes."""
    odd = _odd(path.stat(), kind)
    if odd:
        return odd, b""
    fd = os.open(path, os.O_RDONLY | _OPEN_FLAGS)
    with os.fdopen(fd, "rb") as file:
        odd = _odd(os.fstat(fd), kind)
        return odd, b"" if odd else file.read(kind.max_bytes + 1)


def _odd(found: os.stat_result, kind: FileKind) -> str:
    if stat.S_ISDIR(found.st_mode):
        return "is a directory, not a regular file"
    if not stat.S_ISREG(found.st_mode):
        return "is not a regular file"
    return _too_large(found.st_size, kind) if found.st_size > kind.max_bytes else ""


def _too_large(size: int, kind: FileKind) -> str:
    limit = kind.max_bytes
    human = f"{limit >> 20} MiB" if limit >= 1 << 20 else f"{limit >> 10} KiB"
    return f"has {size} bytes; a {kind.what} has at most {limit} ({human})"
