"""From a profile to files for other programs: curves as .funscript, .haptic or AHAP, a run as sound."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kneadwave.descriptions import load_described
from kneadwave.errors import ExchangeRemedy, SessionRemedy, UsageError
from kneadwave.exchange.course import step_envelope, zone_envelopes
from kneadwave.exchange.envelope import Envelope
from kneadwave.exchange.formats import FORMATS, Format, format_named
from kneadwave.exchange.package_formats import InstalledFormat, installed_formats
from kneadwave.exchange.sound import RunSound
from kneadwave.sessions.kernel import playing
from kneadwave.sessions.prepare import place, prepare
from kneadwave.store.files import reason_of
from kneadwave.store.outputs import FOREIGN, refuse_taken, write_output
from kneadwave.text import clean
from profiles.near import did_you_mean
from simulator.run import OutputRun

Progressing = Callable[[float], None]
"""Is told how much of the work is done, 0 to 1."""
SOUND: Final = "wav"
WRITTEN: Final = (*(name for name, each in FORMATS.items() if each.write), SOUND)
"""Names of all our formats that can be written."""
DONE_SHARE: Final = 0.5
"""How much of the work of a sound is the run itself; project's choice."""


@dataclass(frozen=True)
class ExportRequest:
    """What is written: of one step, or of zones (() is all of them), to `out` or a place named after it."""

    profile: str
    format: str
    step: str | None = None
    zones: tuple[str, ...] = ()
    out: Path | None = None
    device: str = ""
    stature_m: float = 1.70
    replace: bool = False
    """Whether a file of any kind, or a folder of such files, may be replaced."""


def export_file(asked: ExportRequest, progress: Progressing = lambda _done: None) -> dict[str, Any]:
    """Write the files and return what was written, for programs.

    UsageError for what was asked and for a place that is taken or cannot be written; NotPlayable or
    ProfileError for a profile that may not be played.
    """
    format_ = format_named(asked.format)
    if format_ is None and asked.format != SOUND:
        known = (*WRITTEN, *(each.name for each in installed_formats() if each.format.write))
        mean = did_you_mean(asked.format, known)
        raise UsageError(
            f"'{clean(asked.format)}' cannot be written", hint=f"{mean}formats are {', '.join(known)}"
        )
    if asked.step is not None and asked.zones:
        raise UsageError("a step and zones were asked for", hint=ExchangeRemedy.SAY_ONE)
    return _sound(asked, progress) if format_ is None else _curves(asked, format_)


def _curves(asked: ExportRequest, format_: Format | InstalledFormat) -> dict[str, Any]:
    piece = prepare(asked.profile, asked.stature_m)
    name = piece.profile.name
    if asked.step is not None:
        label = f"{name}-{_slug(asked.step)}"
        envelopes = {label: step_envelope(piece.profile, asked.step)}
    else:
        envelopes = zone_envelopes(piece.profile, asked.zones, piece.body)
        label = f"{name}-{next(iter(envelopes))}" if len(envelopes) == 1 else f"{name}-{format_.name}"
    if len(envelopes) == 1:
        target = asked.out or Path(f"{label}{format_.ending}")
        if not target.name.endswith(format_.ending):
            raise UsageError(
                f"{clean(str(target))}: no name for this format", hint=f"end it in {format_.ending}"
            )
        (envelope,) = envelopes.values()
        write_output(target, _text_of(format_, envelope, label), FOREIGN, force=asked.replace)
        files = [target]
    else:
        target = asked.out or Path(label)
        with _folder_beside(target, format_.ending, force=asked.replace) as beside:
            for zone, envelope in envelopes.items():
                file = beside / f"{zone}{format_.ending}"
                file.write_text(_text_of(format_, envelope, f"{name} {zone}"), encoding="utf-8")
        files = [target / f"{zone}{format_.ending}" for zone in envelopes]
    points = {key: len(envelope.times) for key, envelope in envelopes.items()}
    return {"format": format_.name, "files": [str(file) for file in files], "points": list(points.values())}


def _sound(asked: ExportRequest, progress: Progressing) -> dict[str, Any]:
    if asked.step is not None or asked.zones:
        raise UsageError(
            "a sound is that of a whole run, a file a zone", hint=ExchangeRemedy.NO_CURVE_OF_SOUND
        )
    description = load_described(asked.device)
    placed = place(prepare(asked.profile, asked.stature_m), description, touches=False)
    target = asked.out or Path(f"{placed.profile.name}-{SOUND}")
    _refuse_folder(target, f".{SOUND}", force=asked.replace)
    if placed.profile.guided_only:
        message = f"nothing of {clean(asked.profile)} is felt on {description.name}"
        raise UsageError(message, hint="choose another device")
    run = OutputRun(placed.score, description, stature_m=asked.stature_m, library=playing())
    for _ in run.play():
        progress(DONE_SHARE * min(1.0, run.frames / max(1, run.expected)))
    sound = RunSound(run)
    with _folder_beside(target, f".{SOUND}", force=asked.replace) as beside:
        sound.write(beside, lambda done: progress(DONE_SHARE + (1.0 - DONE_SHARE) * done))
    files = [str(target / f"{zone}.{SOUND}") for zone in sound.zones]
    return {"format": SOUND, "files": files, "seconds": round(sound.seconds, 2), "device": description.name}


def _text_of(format_: Format | InstalledFormat, envelope: Envelope, title: str) -> str:
    assert format_.write is not None
    return format_.write(envelope, title)


def _slug(step: str) -> str:
    words = "".join(c if c.isascii() and c.isalnum() else "-" for c in step.casefold())
    return "-".join(part for part in words.split("-") if part)[:40] or "step"


def _refuse_folder(target: Path, ending: str, *, force: bool) -> None:
    """UsageError where no folder can be made there; by force one that holds such files alone is replaced."""
    if not target.is_dir() or target.is_symlink():
        refuse_taken(target, FOREIGN, force=False)
    elif not force:
        raise UsageError(f"{clean(str(target))} is there already", hint=SessionRemedy.REPLACE)
    elif not all(each.is_file() and each.name.endswith(ending) for each in target.iterdir()):
        raise UsageError(
            f"{clean(str(target))} holds more than *{ending}; it is not replaced",
            hint=ExchangeRemedy.OTHER_PLACE,
        )


@contextmanager
def _folder_beside(target: Path, ending: str, *, force: bool) -> Iterator[Path]:
    """A folder beside the target that takes its name when all is written in it; else nothing stays of it."""
    _refuse_folder(target, ending, force=force)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)  # of a process of the same number that was killed
    try:
        beside.mkdir()
        yield beside
        _refuse_folder(target, ending, force=force)
        if target.is_dir():
            shutil.rmtree(target)
        beside.rename(target)
    except OSError as error:
        message = f"{clean(str(target))} cannot be written: {reason_of(error)}"
        raise UsageError(message, hint="choose another folder") from error
    finally:
        with suppress(OSError):
            shutil.rmtree(beside)
