"""Recording a run: what was put out and what was reported, as JSON lines.

A header, then ticks and events in order of time, then an end. Each line stands for itself, so a recording
can be followed while it grows. `records` reads one back.
"""

import json
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TextIO

import numpy as np
import numpy.typing as npt

from firmware_bridge.devices.layout import Actuator, Layout
from firmware_bridge.errors import RecordingError
from firmware_bridge.limits import DRIVE_MAX
from profiles.waveform import FRAME_RATE_HZ

EVENTS = frozenset({"state", "step", "trip", "stop", "dwell", "link", "limit", "pain", "intensity"})
SCHEMA = 1
_BYTE_TEXT = tuple(str(value) for value in range(DRIVE_MAX + 1))
_FIELD_BYTES = 4
_FIELDS, _LAST_FIELDS = (
    np.frombuffer(
        "".join(f"{text}{after}".ljust(_FIELD_BYTES) for text in _BYTE_TEXT).encode("ascii"), dtype=np.uint32
    )
    for after in (",", "\n")
)
"""The text of each byte, with what follows it and spaces that are taken out of a whole block at once."""

Drives = bytes | Sequence[int] | npt.NDArray[np.integer]


class Recorder:
    """Writes one recording to a text stream: header first, then ticks and events, then the end.

    Raises RecordingError for a line out of order and for a stream that cannot be written, ValueError for a
    value that the format does not hold.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._width: int | None = None
        self._ended = False
        self.t = 0.0
        """Time of the latest tick or event, s: an event of this moment belongs there."""

    def header(
        self,
        layout: Layout,
        profile: str,
        source: Literal["device", "host"],
        device_name: str,
        *,
        began: datetime | None = None,
        recipient: str = "",
        allowed_s: float | None = None,
    ) -> None:
        """Begin a recording of `profile` on a placed device, as seen by the device or by the host.

        `began` is when, with its offset from UTC, `recipient` who is massaged, and `allowed_s` the longest
        that it may take, seconds, where that is known.
        """
        if self._width is not None:
            raise RecordingError("a recording has one header only")
        line: dict[str, Any] = {
            "kind": "header",
            "schema": SCHEMA,
            "profile": profile,
            "source": source,
            "device": device_name,
            "rate_hz": FRAME_RATE_HZ,
            "stature_m": layout.stature_m,
            "power_budget": layout.power_budget,
            "actuators": [_recorded(actuator) for actuator in layout.actuators],
        }
        if began is not None:
            line["began"] = began.isoformat(timespec="seconds")
        if recipient:
            line["recipient"] = recipient
        if allowed_s is not None:
            line["allowed_s"] = round(allowed_s, 3)
        self._write(_dump(line))
        self._width = len(layout.actuators)

    def tick(self, t: float, drive: Drives, rate: Drives, asked: Drives | None = None) -> None:
        """Add the output at t seconds: one drive and one rate (0..255) per actuator of the header.

        `asked` are the drives that the setpoints which a device accepted come to at that time.
        """
        width = self._open_for_more()
        self.t = t
        drives, rates = _as_bytes(drive), _as_bytes(rate)
        if len(drives) != width or len(rates) != width:
            raise ValueError(f"a tick needs {width} drives and rates, not {len(drives)} and {len(rates)}")
        wanted = None if asked is None else self._asked_text(asked, width)
        self._write(_tick_line(_seconds(t), _text(drives), _text(rates), wanted))

    def ticks(
        self,
        times: Sequence[float],
        drive: npt.NDArray[np.uint8],
        rate: npt.NDArray[np.uint8],
        asked: npt.NDArray[np.uint8],
    ) -> None:
        """As `tick` for each of these times, s, with arrays of (times, actuators): much faster for many."""
        width = self._open_for_more()
        shape = (len(times), width)
        if not drive.shape == rate.shape == asked.shape == shape:
            raise ValueError(f"these ticks need {shape} drives, rates and drives asked for")
        if not times:
            return
        if not all(0.0 <= t < math.inf for t in times):
            raise ValueError("a time of these ticks is not a time")
        self.t = times[-1]
        lines = map(_tick_line, [round(t, 4) for t in times], _texts(drive), _texts(rate), _texts(asked))
        self._write("".join(lines))

    def event(self, t: float, event: str, **fields: Any) -> None:
        """Add an event (one of EVENTS) at t seconds, with any JSON fields of its own."""
        self._open_for_more()
        if event not in EVENTS:
            raise ValueError(f"unknown event '{event}'; a recording knows {', '.join(sorted(EVENTS))}")
        if "kind" in fields:
            raise ValueError("an event's field may not be called 'kind'")
        self.t = max(self.t, t)
        self._write(_dump({"kind": "event", "t": _seconds(t), "event": event, **fields}))

    def end(self, t: float, ok: bool, reason: str) -> None:
        """Close the recording at t seconds; nothing may follow."""
        self._open_for_more()
        self._write(_dump({"kind": "end", "t": _seconds(t), "ok": ok, "reason": reason}))
        self._ended = True

    def _asked_text(self, asked: Drives, width: int) -> str:
        wanted = _as_bytes(asked)
        if len(wanted) != width:
            raise ValueError(f"a tick needs {width} drives asked for, not {len(wanted)}")
        return _text(wanted)

    def _open_for_more(self) -> int:
        if self._width is None:
            raise RecordingError("a recording begins with its header")
        if self._ended:
            raise RecordingError("the recording has ended")
        return self._width

    def _write(self, line: str) -> None:
        try:
            self._stream.write(line)
        except OSError as error:
            raise _unwritable(error) from error


@contextmanager
def open_recorder(path: str | Path, *, live: bool = True) -> Iterator[Recorder]:
    """Record to a file, replacing what is there; RecordingError when it cannot be written, or is a link.

    Every line reaches the file at once, so that another program can follow and a kill loses nothing; with
    `live` off the lines go out in larger pieces.
    """
    try:
        stream = open(  # noqa: SIM115  (whoever is done closes it)
            path, "w", encoding="utf-8", newline="\n", buffering=1 if live else -1, opener=_no_link
        )
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the path
        raise _unwritable(error, path) from error
    try:
        yield Recorder(stream)
    finally:
        try:
            stream.close()
        except OSError as error:
            raise _unwritable(error, path) from error


def _unwritable(error: Exception, path: str | Path = "") -> RecordingError:
    number = error.errno if isinstance(error, OSError) else None
    reason = os.strerror(number).lower() if number else str(error)
    where = f"{path}: " if str(path) else ""
    return RecordingError(
        f"{where}the recording cannot be written: {reason}", hint="make room, or record to another place"
    )


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def _recorded(actuator: Actuator) -> dict[str, object]:
    return {
        "id": actuator.id,
        "kind": actuator.kind.value,
        "zone": actuator.zone,
        "x_mm": actuator.x_mm if actuator.placed else None,
        "y_mm": actuator.y_mm if actuator.placed else None,
        "radius_mm": actuator.radius_mm,
        "excluded": bool(actuator.excluded),
        # Rounded up, so that a drive at its ceiling never reads as above it.
        "ceiling": math.ceil(actuator.ceiling / DRIVE_MAX * 10_000) / 10_000,
        "response": {"start": actuator.start, "hold": actuator.hold, "exponent": actuator.exponent},
        "motor": {
            "tau_ms": actuator.tau_ms,
            "vent_tau_ms": actuator.vent_tau_ms,
            "adjustable": actuator.rate_max > 0,
        },
    }


def _dump(line: dict[str, Any]) -> str:
    return json.dumps(line, allow_nan=False, separators=(",", ":")) + "\n"


def _seconds(t: float) -> float:
    if not (math.isfinite(t) and t >= 0):
        raise ValueError(f"time {t} s is not a time")
    return round(float(t), 4)


def _tick_line(t: float, drives: str, rates: str, asked: str | None) -> str:
    # By hand, because a tick is written 50 times a second and json.dumps takes four times as long.
    more = "" if asked is None else f',"asked":[{asked}]'
    return f'{{"kind":"tick","t":{t!r},"drive":[{drives}],"rate":[{rates}]{more}}}\n'


@lru_cache(maxsize=64)  # what was put out mostly stays for a while, and is what was asked for
def _text(values: bytes) -> str:
    """What stands between the brackets for these bytes."""
    return ",".join([_BYTE_TEXT[value] for value in values])


def _texts(rows: npt.NDArray[np.uint8]) -> list[str]:
    """The same for each row of bytes."""
    fields = _FIELDS[rows]
    fields[:, -1] = _LAST_FIELDS[rows[:, -1]]
    return fields.tobytes().translate(None, b" ").decode("ascii").splitlines()


def _as_bytes(values: Drives) -> bytes:
    return values if isinstance(values, bytes) else bytes(list(values))
