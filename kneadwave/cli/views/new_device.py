"""What `knead device new` asks, shows and writes."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from firmware_bridge import MonotonicClock, shipped_devices
from kneadwave.cli.terminal import prompts
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.signals import Signals
from kneadwave.cli.views.ask_places import Placer, PlacerAtTerminal, SomebodyLeft, ask_places, one_place
from kneadwave.cli.views.devices import show_device
from kneadwave.cli.views.place_dialog import PlacerByLines
from kneadwave.config import load_config
from kneadwave.descriptions import NAME, devices_folder
from kneadwave.devices import chosen_url
from kneadwave.discovery.probe import channels_of
from kneadwave.errors import NoDevice, UsageError
from kneadwave.guards.dialects import SCHEMES, guarded, refuse_unknown, scheme_of
from kneadwave.placing.notes import Notes, answers_template, load_notes, save_notes
from kneadwave.placing.places import Measured, Off, zone_names
from kneadwave.placing.procedure import Placing
from kneadwave.placing.written import (
    description_of_notes,
    description_text,
    refuse_taken,
    write_description,
)
from kneadwave.sessions.control_lines import ControlLines
from kneadwave.text import clean, word_of_command
from profiles.body import DEFAULT_STATURE_M


@dataclass(frozen=True)
class NewDevice:
    """What was asked for; `out` is where it is written, None for the folder of one's own devices."""

    name: str
    device: str | None
    answers: Path | None
    channels: int | None
    out: Path | None
    force: bool
    again: bool = False

    @property
    def path(self) -> Path:
        """The description."""
        return self.out or devices_folder() / f"{self.name}.toml"

    @property
    def notes(self) -> Path:
        """What was said so far."""
        return self.path.with_name(f"{self.path.stem}.placing.toml")

    def check(self) -> None:
        """UsageError for a name that will not do, or a place that is taken."""
        if not NAME.fullmatch(self.name):
            raise UsageError(
                f"'{clean(self.name)}' is no name for a device",
                hint="lower case letters, digits and dashes, at most 24",
            )
        if self.name in shipped_devices():
            raise UsageError(f"'{self.name}' is the name of a device that ships", hint="choose another name")
        refuse_taken(self.path, force=self.force)


def print_template(out: Output, asked: NewDevice) -> None:
    """A file to be filled in, with as many channels as the device says that it has."""
    url = _url(asked)
    channels = _channels(asked, url)
    then = f"knead device new {asked.name} --device {word_of_command(url)} --answers FILE"
    out.event("template", channels=channels, zones=list(zone_names()))
    out.put(answers_template(channels, zone_names(), clean(then)))


def new_device(out: Output, asked: NewDevice, lines: ControlLines | None = None) -> None:
    """Set a device up, from a file or by asking; a description is written at the end.

    Where another program gives `lines`, it stands for who sits at the terminal.
    """
    asked.check()
    if lines is not None and not out.as_json:
        raise UsageError("the questions are told as JSON lines, and nobody would see them", hint="add --json")
    url = _url(asked)
    if asked.answers is not None:
        _finish(out, asked, url, _read(asked, asked.answers, url))
        return
    if lines is None and not prompts.somebody_there():
        raise UsageError(
            "nobody can be asked here: this is no terminal",
            hint=f"{_template_command(asked, url)} prints a file to fill in; --answers FILE takes it",
        )
    who = PlacerAtTerminal(out) if lines is None else PlacerByLines(out, lines)
    with _what_is_kept_told(out, asked, url):
        try:
            placing = _asked(out, asked, url, who)
        except SomebodyLeft:
            placing = None
        if placing is not None and not placing.left:
            _finish(out, asked, url, placing.notes)
            return
    notes = load_notes(asked.notes) if asked.notes.exists() else None
    if notes is None:
        out.say(f"nothing was said yet; begin with: {_command(asked, url)}")
        return
    out.event("kept", path=str(asked.notes), said=len(notes.channel))
    out.say(_kept(asked, url, notes))


def _asked(out: Output, asked: NewDevice, url: str, who: Placer) -> Placing:
    with Signals():
        placing = Placing(_begun(out, asked, url, who), lambda kept: save_notes(asked.notes, kept))
        if placing.turn is not None:
            ask_places(placing, url, who)
    return placing


@contextmanager
def _what_is_kept_told(out: Output, asked: NewDevice, url: str) -> Iterator[None]:
    """Whatever ends it, what was said is kept, and that is told before what it was that ended it."""
    try:
        yield
    except BaseException:
        with suppress(Exception):
            notes = load_notes(asked.notes)
            if notes.channel:
                out.tell(_kept(asked, url, notes))
        raise


def _kept(asked: NewDevice, url: str, notes: Notes) -> str:
    """How much is kept, and the command that goes on from there."""
    said = f"{len(notes.channel)} of {notes.channels} channels"
    return f"what was said is kept ({said}); go on with: {_command(asked, url)}"


def _url(asked: NewDevice) -> str:
    url = chosen_url(asked.device, load_config())
    if url is None:
        raise NoDevice("no device is named", hint=f"name one with --device: {', '.join(_forms())}")
    refuse_unknown(url)
    if scheme_of(url) is None:
        raise UsageError(
            f"{url} says itself where its motors lie",
            hint=f"they are drawn by: knead device show --device {word_of_command(url)}; whether each wire "
            "leads to its motor is felt one by one with: knead tune calibrate DEVICE",
        )
    if not guarded(url).placed:
        raise UsageError(
            f"{url} is at no port and on no network, and is not set up so",
            hint="write its description by hand: copy one that ships, and say where its motors lie",
        )
    return url


def _forms() -> list[str]:
    """How the URLs of devices are written that can be set up."""
    return [scheme.forms(name)[0] for name, scheme in SCHEMES.items() if scheme.placed]


def _channels(asked: NewDevice, url: str) -> int:
    found = asked.channels or channels_of(url, MonotonicClock())
    if not found:
        raise UsageError(f"{url} does not say how many channels it has", hint="say so with --channels N")
    return found


def _read(asked: NewDevice, path: Path, url: str) -> Notes:
    try:
        notes = load_notes(path)
    except OSError as error:
        raise UsageError(
            f"{path} is not there", hint=f"{_template_command(asked, url)} prints one"
        ) from error
    if not any(isinstance(notes.at(channel), Measured) for channel in range(notes.channels)):
        raise UsageError(
            f"{path} places no motor", hint="say a zone and a side, or millimetres, for one channel at least"
        )
    return notes


def _begun(out: Output, asked: NewDevice, url: str, who: Placer) -> Notes:
    """What was said so far, or the beginning. Beginning anew takes no pulse back."""
    before = load_notes(asked.notes) if asked.notes.exists() else None
    if before is not None and not asked.again:
        if before.device.partition(":")[0] != url.partition(":")[0]:
            raise UsageError(
                f"what was said is of {clean(before.device)}, not of {clean(url)}",
                hint="choose another name, or begin anew with --again",
            )
        out.tell(f"going on: {len(before.channel)} of {before.channels} were said")
        return before
    mounting = who.mounting()
    notes = Notes.model_validate(
        {
            "schema": 1,
            "device": url,
            "channels": _channels(asked, url),
            "pulses": 0 if before is None else before.pulses,
            "mounting": mounting,
        }
    )
    save_notes(asked.notes, notes)
    return notes


def _finish(out: Output, asked: NewDevice, url: str, notes: Notes) -> None:
    description_of_notes(asked.name, notes)  # or it says why it cannot be one, with nothing written
    for channel in range(notes.channels):
        at, too = notes.at(channel), notes.at_one_place(channel)
        if too and channel < min(too):
            out.tell(f"warning: {one_place(channel, too)}")
        if isinstance(at, Off):
            out.event("placed", channel=channel, x_mm=None, y_mm=None, off=at.why)
        else:
            out.event("placed", channel=channel, x_mm=at.x_mm, y_mm=at.y_mm, off="")
    write_description(asked.path, description_text(asked.name, notes), force=asked.force)
    asked.notes.unlink(missing_ok=True)
    out.event("written", path=str(asked.path))
    out.say(f"wrote {clean(str(asked.path))}")
    out.say()
    show_device(out, str(asked.path), None, DEFAULT_STATURE_M)
    known = word_of_command(asked.name if asked.out is None else str(asked.out))
    url = word_of_command(url)
    out.say()
    out.say("How strongly each motor answers is still a guess. Calibrate it before a massage:")
    out.say(f"  {clean(f'knead tune calibrate {known} --device {url}')}")
    out.say(f"  {clean(f'knead run felt-check --device {url} --on {known}')}")


def _command(asked: NewDevice, url: str) -> str:
    out = "" if asked.out is None else f" --out {word_of_command(str(asked.out))}"
    force = " --force" if asked.force else ""
    return clean(f"knead device new {asked.name} --device {word_of_command(url)}{out}{force}")


def _template_command(asked: NewDevice, url: str) -> str:
    return clean(f"knead device new {asked.name} --device {word_of_command(url)} --template")
