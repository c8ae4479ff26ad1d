"""The response curves of one device under change: every version kept, nothing ever rewritten.

Beside the file of curves, DEVICE.toml, lies DEVICE.history.jsonl, a Journal:

    saved     the curves were changed: `what`, the whole new `text` (null: no file), `calibrated` actuators
    found     the file was changed by something else; its text
    undone    back to the version before
    begun     a calibration starts anew
    measured  what a calibration found for one actuator
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from firmware_bridge.devices.calibration import (
    ResponseCurve,
    Responses,
    check_curve,
    described,
    dump_responses,
    load_responses,
    parse_responses,
)
from firmware_bridge.devices.description import ActuatorSpec, DeviceDescription
from kneadwave.devices import responses_path
from kneadwave.errors import Exit, KneadError, TuningRemedy, UsageError
from kneadwave.sessions.record import now as wall_time
from kneadwave.store.files import KeptFileError, reason_of
from kneadwave.store.log_lines import LogEntry
from kneadwave.tuning.journal import Journal, opened
from profiles.files.save import write_whole
from profiles.files.toml_model import in_words
from profiles.near import nearest_or

HEAD = """Response curves of the device '{name}': how this very one answers.
Written when it is calibrated, or its curves are set. They lie over the description; a ceiling here can
only be lower than there, and the device itself keeps its own limits.
start: lowest drive at which it starts; hold: down to which it keeps going; both 0 to 254.
exponent: 0.2 to 2.5; ceiling: part of full drive."""
NAMES = ("start", "hold", "exponent", "ceiling")
Now = Callable[[], datetime]


class NothingToUndo(KneadError):
    """The curves are the first that there were."""

    exit = Exit.INVALID


@dataclass
class _Past:
    """What a history says, line by line."""

    texts: list[str | None] = field(default_factory=lambda: [None])
    measured: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    latest: set[str] | None = None  # what the line before put down as written; None where it saved nothing

    def take(self, line: LogEntry) -> None:
        text, latest, self.latest = line.fields.get("text"), self.latest, None
        if line.event == "saved":
            self.latest = set(line.fields.get("calibrated", ())) - self.written
            self.texts.append(text)
            self.written |= self.latest
        elif line.event == "found" and latest is not None and text == self.texts[-2]:
            self.texts.pop()  # what was noted last never came to the disk
            self.written -= latest
        elif line.event == "found":
            self.texts.append(text)
        elif line.event == "undone" and len(self.texts) > 1:
            self.texts.pop()
        elif line.event == "begun":
            self.measured, self.written = {}, set()
        elif line.event == "measured":
            self.measured[str(line.fields["actuator"])] = line.fields
            self.written.discard(str(line.fields["actuator"]))


class Curves:
    """The curves of one device, open for change by this process alone; made by `open_curves`."""

    def __init__(
        self, description: DeviceDescription, path: Path, journal: Journal, now: Now, trial: bool = False
    ) -> None:
        self.description = description
        self.path = path
        self.trial = trial
        """Whether it is a trial run: nothing is written."""
        self._specs = {spec.id: spec for spec in description.actuators}
        self._journal = journal
        self._now = now
        self.fresh: set[str] = set()
        """Actuators that were measured since this was opened."""
        self._past = _Past()
        for line in journal.lines:
            self._past.take(line)
        self.responses = load_responses(path, description)
        """The curves as they stand; None where there are none."""
        text = path.read_text(encoding="utf-8") if self.responses is not None else None
        if text != self._past.texts[-1]:
            self._note("found", text=text)

    @property
    def measured(self) -> Mapping[str, Mapping[str, Any]]:
        """What the running calibration found so far, by actuator."""
        return dict(self._past.measured)

    @property
    def unwritten(self) -> list[str]:
        """Actuators whose measurement no curve carries yet."""
        return [name for name in self._past.measured if name not in self._past.written]

    def curve(self, actuator: str) -> ResponseCurve:
        """The curve of an actuator as it stands: its own, else the described one."""
        own = self.responses.actuator.get(actuator) if self.responses is not None else None
        return own or described(self.spec(actuator))

    def spec(self, actuator: str) -> ActuatorSpec:
        """The description of an actuator; UsageError where the device has none of that name."""
        if actuator in self._specs:
            return self._specs[actuator]
        raise UsageError(
            f"'{self.description.name}' has no actuator '{actuator}'",
            hint=nearest_or(actuator, self._specs, f"its actuators: {', '.join(self._specs)}"),
        )

    def change(
        self, curves: Mapping[str, ResponseCurve], what: str, *, calibrated: Sequence[str] = ()
    ) -> None:
        """Save these curves beside those that stand; DeviceDescriptionError where one raises a ceiling."""
        for name, curve in curves.items():
            check_curve(curve, self.spec(name))
        standing = dict(self.responses.actuator) if self.responses is not None else {}
        self._save({**standing, **curves}, what, calibrated)

    def reset(self, actuator: str | None = None) -> bool:
        """Go back to the described curve, of one actuator or of all; False where that is what stands."""
        standing = dict(self.responses.actuator) if self.responses is not None else {}
        if actuator is not None:
            self.spec(actuator)
        if not standing or (actuator is not None and actuator not in standing):
            return False
        left = {name: curve for name, curve in standing.items() if actuator is not None and name != actuator}
        self._save(left, f"reset {actuator or 'all'}", ())
        return True

    def undo(self) -> None:
        """Go back to the version before; NothingToUndo where there is none."""
        if len(self._past.texts) < 2:
            raise NothingToUndo(
                f"there is nothing to undo for '{self.description.name}'",
                hint=TuningRemedy.SHOW_RESPONSES.of(device=self.description.name),
            )
        text = self._past.texts[-2]
        before = None if text is None else parse_responses(text, "the version before", self.description)
        self._note("undone")
        self._write(text)
        self.responses = before

    def begin_anew(self) -> None:
        """Forget what the running calibration found."""
        if self._past.measured:
            self._note("begun")

    def measure(self, actuator: str, **found: Any) -> None:
        """Keep what a calibration found for an actuator."""
        self._note("measured", actuator=actuator, **found)
        self.fresh.add(actuator)

    def _save(self, curves: Mapping[str, ResponseCurve], what: str, calibrated: Sequence[str]) -> None:
        at = self._now()
        order = [name for name in self._specs if name in curves]
        changed = (
            Responses(device=self.description.name, made=at.date(), actuator={n: curves[n] for n in order})
            if order
            else None
        )
        head = HEAD.format(name=self.description.name)
        text = None if changed is None else dump_responses(changed, head)
        self._note("saved", what=what, text=text, calibrated=list(calibrated))
        self._write(text)
        self.responses = changed

    def _note(self, event: str, **fields: Any) -> None:
        line = LogEntry(self._now(), event, fields)
        if not self.trial:
            self._journal.append(line)
        self._past.take(line)

    def _write(self, text: str | None) -> None:
        if self.trial:
            return
        if text is not None:
            write_whole(self.path, text)
            return
        try:
            with suppress(FileNotFoundError):
                self.path.unlink()
        except OSError as error:
            raise KeptFileError(f"{self.path}: cannot be removed: {reason_of(error)}") from error


@contextmanager
def open_curves(
    description: DeviceDescription, now: Now = wall_time, *, trial: bool = False
) -> Iterator[Curves]:
    """The curves of a device, locked while entered; `trial` writes nothing. InUse where another has them."""
    path = responses_path(description.name)
    with opened(path.with_suffix(".history.jsonl"), f"the device '{description.name}'") as journal:
        yield Curves(description, path, journal, now, trial)


def edited(curve: ResponseCurve, words: Sequence[str]) -> ResponseCurve:
    """`curve` with the values of words such as start=66 and ceiling=70%; UsageError for any other word."""
    values: dict[str, Any] = curve.model_dump()
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in NAMES:
            raise UsageError(f"'{word}' is no NAME=VALUE", hint=f"names: {', '.join(NAMES)}; as in start=66")
        values[name] = _number(name, value)
    try:
        return ResponseCurve(**values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        message = in_words(first)
        place = "".join(f"{part}: " for part in first["loc"])
        raise UsageError(
            f"{place}{message}", hint="several values can be given at once: start=66 hold=48"
        ) from None


def _number(name: str, value: str) -> int | float:
    whole = name in ("start", "hold")
    try:
        if whole:
            return int(value)
        return float(value[:-1]) / 100.0 if value.endswith("%") else float(value)
    except ValueError:
        wanted = "a drive such as 66" if whole else "a number such as 0.7"
        raise UsageError(f"{name}={value}: this is not {wanted}", hint="as in start=66 ceiling=70%") from None
