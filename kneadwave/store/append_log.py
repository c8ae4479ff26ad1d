"""The lines of a ledger: each carries the checksum of the one before it and its own.

    {"at":"2026-03-01T20:15:00.000+01:00","event":"began",…,"prev":"…","schema":1,"sum":"…"}

`sum` is the SHA-256 of the line as canonical JSON without it. `prev` is the sum of the line before; of a
line "noticed", which begins a new chain after a break, it is the SHA-256 of everything before, so that
nothing further back can change unseen either. The sums guard against accident and temptation; they are no
secret.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from kneadwave.errors import PersonFileError

SCHEMA: Final = 1
NOTICED: Final = "noticed"
EVENTS: Final = ("screening", "ready", "began", "going", "ended", NOTICED)
_SUM: Final = b',"sum":"'
_SUM_HEX: Final = 64
_SUM_LENGTH: Final = len(_SUM) + _SUM_HEX + 2  # with the closing quote and brace


@dataclass(frozen=True)
class Entry:
    """What was written down: when (with its offset from UTC), what, and the figures that belong to it."""

    at: datetime
    event: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Chain:
    """What a ledger's bytes hold."""

    entries: tuple[Entry, ...] = ()
    """Every line whose own sum is right, in the order of the file."""
    count: int = 0
    """Whole lines."""
    size: int = 0
    """Bytes of the whole lines; what follows is a last line that was cut short."""
    last: str = ""
    """The sum of the last line."""
    before_last: str = ""
    broken: str = ""
    """What does not fit together; empty when everything does."""


def line_of(entry: Entry, prev: str) -> tuple[bytes, str]:
    """The line for `entry` after a line with the sum `prev`, and its own sum."""
    at = entry.at.isoformat(timespec="milliseconds")
    body = _canonical({**entry.fields, "schema": SCHEMA, "at": at, "event": entry.event, "prev": prev})
    own = hashlib.sha256(body).hexdigest()
    return body[:-1] + _SUM + own.encode() + b'"}\n', own


def read_chain(data: bytes, where: str) -> Chain:
    """Read the bytes of a ledger. PersonFileError where a line is of another schema version."""
    size = data.rfind(b"\n") + 1
    lines = data[:size].split(b"\n")[:-1]
    entries: list[Entry] = []
    last = before_last = broken = ""
    everything = hashlib.sha256()
    for number, line in enumerate(lines, start=1):
        entry, prev, own = _read_line(line, f"{where}: line {number}")
        if entry is None:
            broken = broken or f"line {number} was changed"
        elif entry.event == NOTICED and prev == everything.copy().hexdigest():
            broken = ""
        elif prev != last:
            broken = broken or f"line {number} does not follow the one before it"
        if entry is not None:
            entries.append(entry)
        before_last, last = last, own
        everything.update(line + b"\n")
    return Chain(tuple(entries), len(lines), size, last, before_last, broken)


def digest(data: bytes) -> str:
    """The sum of everything that a new chain stands on."""
    return hashlib.sha256(data).hexdigest()


def _read_line(line: bytes, where: str) -> tuple[Entry | None, str, str]:
    own = line[-_SUM_HEX - 2 : -2].decode("ascii", "replace")
    body = line[:-_SUM_LENGTH] + b"}"
    sound = line[-_SUM_LENGTH:] == _SUM + own.encode() + b'"}' and hashlib.sha256(body).hexdigest() == own
    content = _object(line)
    schema = content.get("schema", SCHEMA)
    if isinstance(schema, int) and schema != SCHEMA:
        raise PersonFileError(
            f"{where}: schema {schema} is not {SCHEMA}, the one this version knows",
            hint="use the version of knead that wrote it; nothing was changed",
        )
    if not sound:
        return None, "", ""
    try:
        at = datetime.fromisoformat(content.pop("at"))
        event, prev = content.pop("event"), content.pop("prev")
    except (KeyError, TypeError, ValueError):
        return None, "", ""
    if at.tzinfo is None or event not in EVENTS or not isinstance(prev, str):
        return None, "", ""
    return Entry(at, event, {k: v for k, v in content.items() if k not in ("schema", "sum")}), prev, own


def _object(line: bytes) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
