"""What was said of a device so far: a TOML file beside its description, until that is written.

The same file, filled in by hand, answers everything without a terminal.
"""

from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from firmware_bridge.errors import DeviceDescriptionError
from firmware_bridge.limits import ACTUATORS_MAX
from kneadwave.errors import UsageError
from kneadwave.placing.places import (
    NOT_CLEAR,
    Measured,
    Off,
    Said,
    measured,
    reaches_excluded,
    said,
    spot_of,
)
from kneadwave.store.files import reason_of, write_private
from profiles.body import Zone
from profiles.files import toml_model
from profiles.files.toml_model import TomlKind
from profiles.technique import Mounting

FILE_MAX_BYTES: Final = 1 << 16
KIND: Final = TomlKind("file of places", FILE_MAX_BYTES, DeviceDescriptionError)
Number = Annotated[str, Field(pattern=r"^\d{1,2}$")]
UNSAID: Final = "nobody said where it lies"

TEMPLATE: Final = """\
# Where each motor of a device lies; then: {then}
# A place is a zone and a side (thigh-right), the side being the person's own, or x_mm and y_mm: millimetres
# from the midline (right is positive) and from the seat surface (up), for a person of 1.70 m. What is left
# out stays off. Zones: {zones}.
# Beside spine and kidneys ({near}) a zone counts only with
# clear = true: the motor lies clear of them by two fingers.
schema = 1
channels = {channels}
mounting = ""    # under, behind or on the person; may be left out
"""


class ChannelNote(BaseModel):
    """What was said of one channel."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    place: str = Field(default="", max_length=40)
    clear: bool = False
    x_mm: int | None = None
    y_mm: int | None = None
    off: str = Field(default="", max_length=80)

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.x_mm is None) is not (self.y_mm is None):
            raise ValueError("a place in millimetres needs both x_mm and y_mm")
        if sum([bool(self.place), self.x_mm is not None, bool(self.off)]) > 1:
            raise ValueError("say a place, millimetres, or off: one of them")
        try:
            self.said()
        except UsageError as error:
            raise ValueError(f"{error}; {error.hint}") from error
        return self

    def said(self) -> Said:
        """What it means."""
        if self.x_mm is not None and self.y_mm is not None:
            return measured(self.x_mm, self.y_mm)
        return said(self.place) if self.place else Off(self.off or UNSAID)

    def at(self) -> Measured | Off:
        """Where it lies, or why it stays off."""
        meant = self.said()
        if not isinstance(meant, Zone):
            return meant
        if reaches_excluded(meant.id) and not self.clear:
            return Off(NOT_CLEAR)
        return spot_of(meant.id) or Off(f"no motor may work in {meant.id}")


class Notes(BaseModel):
    """What was said of a device of so many channels; `pulses` it had for that."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    schema_: int = Field(default=1, alias="schema", ge=1, le=1)
    device: str = Field(default="", max_length=200)
    channels: int = Field(ge=1, le=ACTUATORS_MAX)
    pulses: int = Field(default=0, ge=0)
    mounting: Mounting | None = Field(default=None, strict=False)
    channel: dict[Number, ChannelNote] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_none(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if (key, value) != ("mounting", "")}

    @model_validator(mode="after")
    def _has_these_channels(self) -> Self:
        for number in self.channel:
            if int(number) >= self.channels:
                raise ValueError(f"channel {number}: there are {self.channels}, from 0 on")
        return self

    def of(self, channel: int) -> ChannelNote | None:
        """What was said of a channel; None where nothing was yet."""
        return self.channel.get(str(channel))

    def at(self, channel: int) -> Measured | Off:
        """Where a channel lies, or why it stays off."""
        return (self.of(channel) or ChannelNote()).at()

    def at_one_place(self, channel: int) -> list[int]:
        """The other channels that are said to lie where this one does, which no two motors do."""
        here = self.at(channel)
        if isinstance(here, Off):
            return []
        return [other for other in range(self.channels) if other != channel and self.at(other) == here]

    def with_note(self, channel: int, note: ChannelNote | None) -> "Notes":
        """The same with this said of a channel; with None, nothing."""
        others = {number: old for number, old in self.channel.items() if number != str(channel)}
        return self.model_copy(update={"channel": others if note is None else {**others, str(channel): note}})


def note_of(meant: Said, *, clear: bool) -> ChannelNote:
    """An answer as it is kept."""
    if isinstance(meant, Measured):
        return ChannelNote(x_mm=meant.x_mm, y_mm=meant.y_mm)
    return ChannelNote(off=meant.why) if isinstance(meant, Off) else ChannelNote(place=meant.id, clear=clear)


def load_notes(path: Path) -> Notes:
    """Read a file; FileNotFoundError where there is none, DeviceDescriptionError for what is wrong in it."""
    table = toml_model.parse_table(toml_model.read_text(path, KIND), KIND, str(path))
    return toml_model.validated(Notes, table, KIND, str(path))


def save_notes(path: Path, notes: Notes) -> None:
    """Write them down, whole; UsageError where that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, dump_notes(notes))
    except OSError as error:
        reason = reason_of(error)
        raise UsageError(f"{path} cannot be written: {reason}", hint="choose another place") from error


def dump_notes(notes: Notes) -> str:
    """The notes as TOML; reads back to the same."""
    lines = ["# What was said so far; the same command goes on from here.", "schema = 1"]
    if notes.device:
        lines.append(f"device = {toml_text(notes.device)}")
    lines += [f"channels = {notes.channels}", f"pulses = {notes.pulses}"]
    if notes.mounting is not None:
        lines.append(f'mounting = "{notes.mounting}"')
    for number, note in sorted(notes.channel.items(), key=lambda each: int(each[0])):
        lines += ["", f"[channel.{number}]"]
        for key, value in note.model_dump(exclude_defaults=True).items():
            lines.append(f"{key} = {toml_text(value) if isinstance(value, str) else str(value).lower()}")
    return "\n".join(lines) + "\n"


def toml_text(text: str) -> str:
    """A text as a TOML string on one line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def answers_template(channels: int, zones: tuple[str, ...], then: str) -> str:
    """A file to be filled in."""
    near = ", ".join(name for name in zones if reaches_excluded(f"{name}-right"))
    head = TEMPLATE.format(then=then, zones=", ".join(zones), near=near, channels=channels)
    return head + "".join(f'\n[channel.{number}]\nplace = ""\n' for number in range(channels))
