"""Reading a recording back: its header, ticks, events and end, a line at a time.

A recording may have been cut anywhere, so a last line that is not whole is skipped. After the header, lines
that are not as the format has them (a block of zeros where a disk was full, a line that was cut and joined to
the next, a time that goes back) are told and passed over. A header that is not valid, a second one, and a
file in which nothing else can be read raise RecordingError with the file and the line.
"""

import json
import math
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from firmware_bridge.errors import DeviceRemedy, RecordingError
from firmware_bridge.limits import ACTUATORS_MAX_LATER, DRIVE_MAX
from firmware_bridge.recording.order import in_order
from firmware_bridge.recording.writer import EVENTS
from profiles.body import STATURE_MAX_M, STATURE_MIN_M
from profiles.files.toml_model import in_words
from profiles.technique import Modality

LINE_MAX_BYTES = 1 << 18  # 256 KiB; project's choice: a header of 256 actuators takes about 40 KiB
DAMAGE_MAX_BYTES = 1 << 24  # 16 MiB; project's choice: what has more of it is no recording any more


class _Line(BaseModel):
    # Keys that a later version may add are skipped; those that we know are taken strictly.
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, allow_inf_nan=False)


class RecordedResponse(_Line):
    """How felt level becomes drive, as in a device description."""

    start: int = Field(ge=0, lt=DRIVE_MAX)
    hold: int = Field(ge=0, lt=DRIVE_MAX)
    exponent: float = Field(ge=0.2, le=2.5)


class RecordedMotor(_Line):
    """How sluggish an actuator is, ms, and whether its rate can be adjusted."""

    tau_ms: int = Field(ge=1, le=5000)
    vent_tau_ms: int = Field(ge=1, le=10_000)
    adjustable: bool


class RecordedActuator(_Line):
    """One actuator of the header; `ceiling` is a fraction of full drive, rounded up at the fourth decimal.

    Recordings of the first version have neither response nor motor.
    """

    id: str = Field(min_length=1, max_length=64)
    kind: Modality = Field(strict=False)
    zone: str  # "" outside every zone
    x_mm: int | None  # None: its place is unknown
    y_mm: int | None
    radius_mm: int = Field(ge=0)
    excluded: bool
    ceiling: float = Field(ge=0.0, le=1.0)
    response: RecordedResponse | None = None
    motor: RecordedMotor | None = None


class RecordingHeader(_Line):
    """The first line: what was played, on what, and the actuators in the order of every tick."""

    schema_: int = Field(alias="schema", ge=1, le=1)
    profile: str
    source: Literal["device", "host"]
    device: str
    rate_hz: int = Field(ge=1, le=1000)
    stature_m: float | None = Field(default=None, ge=STATURE_MIN_M, le=STATURE_MAX_M)
    began: str | None = Field(default=None, max_length=64)
    recipient: str | None = Field(default=None, max_length=64)
    allowed_s: float | None = Field(default=None, ge=0.0)
    power_budget: int | None = Field(default=None, ge=1, le=ACTUATORS_MAX_LATER * DRIVE_MAX)
    actuators: tuple[RecordedActuator, ...] = Field(strict=False, max_length=ACTUATORS_MAX_LATER)


class Tick(NamedTuple):
    """Drives (0..255) and rates (Hz or cycles per minute, 0 = none) at time t in seconds.

    `asked` are the drives that the setpoints which a device accepted come to; None where it is not recorded.
    """

    t: float
    drive: bytes
    rate: bytes
    asked: bytes | None = None


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """Something that happened at time t (s): one of EVENTS, with fields of its own."""

    t: float
    event: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class End:
    """How the run ended, at time t (s)."""

    t: float
    ok: bool
    reason: str


Item = Tick | RecordedEvent | End


@dataclass(frozen=True, slots=True)
class Damage:
    """Lines `first` to `last` of the file, counted from 1, that cannot be read."""

    first: int
    last: int


@dataclass(frozen=True)
class Recording:
    """A recording on disk; iterating reads it from the file anew each time, a line at a time."""

    path: Path
    header: RecordingHeader

    def __iter__(self) -> Iterator[Item | Damage]:
        """Ticks, events, damage and the end in file order; RecordingError names the file and the line."""
        damaged = number = 0
        for number, item in in_order(self._items(), _when):
            if item is None:
                damaged = damaged or number
                continue
            if damaged:
                yield Damage(damaged, number - 1)
                damaged = 0
            yield item
        if damaged:
            yield Damage(damaged, number)

    def _items(self) -> Iterator[tuple[int, Item | None]]:
        """The lines after the header, None for one that is not as the format has it."""
        ended = found = False
        first: RecordingError | None = None
        for number, line in _lines(self.path):
            if number == 1:
                continue
            if isinstance(line, dict) and line.get("kind") == "header":
                raise _broken(
                    self.path, number, "a second recording begins here", "put it into a file of its own"
                )
            try:
                item = _item(line, len(self.header.actuators))
                if ended:
                    raise ValueError("something follows the end")
            except ValueError as error:
                first = first or _broken(self.path, number, str(error))
                yield number, None
                continue
            ended = isinstance(item, End)
            found = True
            yield number, item
        if first and not found:
            raise first

    def ticks(self) -> Iterator[Tick]:
        """The ticks alone."""
        return (item for item in self if isinstance(item, Tick))

    def events(self) -> Iterator[RecordedEvent]:
        """The events alone."""
        return (item for item in self if isinstance(item, RecordedEvent))

    @property
    def end(self) -> End | None:
        """The end, None when the recording was cut or still grows."""
        return next((item for item in self if isinstance(item, End)), None)


def read_recording(path: str | Path) -> Recording:
    """Open a recording and check its header; RecordingError when there is none or it is not valid."""
    where = Path(path)
    if where.exists() and not (where.is_file() or where.is_dir()):
        raise RecordingError(f"{where}: is not a regular file")  # a FIFO would block for ever
    for _, line in _lines(where):
        if isinstance(line, str):
            raise _no_recording(where, line)
        if line.get("kind") != "header":
            raise _no_recording(where, "a recording begins with its header")
        line.pop("kind")
        try:
            return Recording(where, RecordingHeader.model_validate(line))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise _broken(where, 1, f"header: {place}: {in_words(first)}") from None
    raise RecordingError(f"{where}: the recording is empty", hint="it has not even a whole header line")


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Numbered whole lines, or what is wrong with one that is no object; a cut last line is skipped.

    RecordingError where more than DAMAGE_MAX_BYTES are no objects.
    """
    with _foreign_errors(path), path.open("rb") as file:
        number = damage = 0
        while line := file.readline(LINE_MAX_BYTES + 1):
            number += 1
            if number == 1:
                line = _unmarked(path, line)
            if len(line) > LINE_MAX_BYTES:
                wrong = f"is longer than {LINE_MAX_BYTES} bytes"
                while line and not line.endswith(b"\n") and damage <= DAMAGE_MAX_BYTES:
                    damage += len(line)
                    line = file.readline(LINE_MAX_BYTES)
            else:
                try:
                    yield number, _parse(line)
                    continue
                except ValueError as error:
                    # No proper beginning of an object is an object, so what does not parse here was cut.
                    if not line.endswith(b"\n"):
                        return
                    wrong = f"is not a JSON object: {error}"
            damage += len(line)
            if damage > DAMAGE_MAX_BYTES:
                raise _broken(path, number, f"{wrong}, and more before it cannot be read either")
            yield number, wrong


def _unmarked(path: Path, line: bytes) -> bytes:
    """The first line without the mark that an editor on Windows puts before it."""
    if line.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise RecordingError(
            f"{path}: is text in UTF-16, as PowerShell writes it", hint="save it as UTF-8, and try again"
        )
    return line.removeprefix(BOM_UTF8)


def _parse(line: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(line.decode(), parse_float=_finite, parse_constant=_finite)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    if not isinstance(parsed, dict):
        raise ValueError("it is something else")
    return parsed


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is not a finite number")
    return value


def _when(item: Item | None) -> tuple[float, bool] | None:
    return None if item is None else (item.t, isinstance(item, Tick))


def _item(line: dict[str, Any] | str, width: int) -> Item:
    """One line after the header; ValueError says what is wrong with it."""
    if isinstance(line, str):
        raise ValueError(line)
    kind, t = line.pop("kind", None), line.pop("t", None)
    if type(t) not in (int, float) or t < 0:
        raise ValueError(f"t is {t!r}, not a time in seconds")
    try:
        t = float(t)
    except OverflowError:
        raise ValueError("t is a huge number, not a time in seconds") from None
    if kind == "tick":
        drive, rate = _outputs(line, "drive", width), _outputs(line, "rate", width)
        return Tick(t, drive, rate, _outputs(line, "asked", width) if "asked" in line else None)
    if kind == "event":
        event = line.pop("event", None)
        if not isinstance(event, str) or event not in EVENTS:
            raise ValueError(f"unknown event {event!r}")
        return RecordedEvent(t, event, line)
    if kind == "end":
        ok, reason = line.get("ok"), line.get("reason")
        if not isinstance(ok, bool) or not isinstance(reason, str):
            raise ValueError("an end needs ok (true or false) and reason (a text)")
        return End(t, ok, reason)
    raise ValueError(f"kind is {kind!r}, not tick, event or end")


def _outputs(line: dict[str, Any], key: str, width: int) -> bytes:
    values = line.get(key)
    if not isinstance(values, list) or len(values) != width or not set(map(type, values)) <= {int}:
        raise ValueError(f"{key} is not a list of {width} integers")
    try:
        return bytes(values)
    except ValueError:
        raise ValueError(f"{key} has a value outside 0 to 255") from None


def _broken(path: Path, number: int, message: str, hint: str | None = None) -> RecordingError:
    return RecordingError(f"{path}: line {number}: {message}", hint=hint)


def _no_recording(path: Path, message: str) -> RecordingError:
    return _broken(path, 1, message, DeviceRemedy.NO_RECORDING)


@contextmanager
def _foreign_errors(path: Path) -> Iterator[None]:
    """The one seam at which errors of the operating system become a RecordingError."""
    try:
        yield
    except FileNotFoundError:
        raise RecordingError(f"{path}: there is no such recording", hint=DeviceRemedy.RECORD) from None
    except IsADirectoryError:
        raise RecordingError(
            f"{path}: is a directory, not a recording", hint="name the recording in it"
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the path
        if isinstance(error, RecordingError):
            raise
        raise RecordingError(f"{path}: cannot be read: {error}") from error
