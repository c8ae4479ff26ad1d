"""The table of foreign formats, each known by its content; and a name for a file that is of none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kneadwave.exchange import ahap, funscript, haptic, tact
from kneadwave.exchange.envelope import Envelope
from kneadwave.exchange.fields import KIND, ExchangeError, Field, parse_json
from kneadwave.exchange.package_formats import InstalledFormat, installed_formats
from kneadwave.exchange.signal import ForeignSignal
from kneadwave.text import clean
from profiles.files.toml_model import key_text, read_bytes


@dataclass(frozen=True)
class Format:
    """A format of foreign files: how it is recognised, read and, where it can be, written."""

    name: str
    ending: str
    recognises: Callable[[Field], bool]
    read: Callable[[Field, str], ForeignSignal]
    write: Callable[[Envelope, str], str] | None = None


FORMATS: Final = {
    each.name: each
    for each in (
        Format("funscript", funscript.ENDING, funscript.recognises, funscript.read, funscript.write),
        Format("haptic", ".haptic", haptic.recognises, haptic.read, haptic.write),
        Format("ahap", ".ahap", ahap.recognises, ahap.read, ahap.write),
        Format("tact", ".tact", tact.recognises, tact.read),
    )
}
WANTED: Final = "what can be imported is .funscript, AHAP, .haptic of version 1 and .tact"

_KINDS: Final = (
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (8, b"WAVE", "a WAV sound"),
    (8, b"AVI ", "an AVI film"),
    (4, b"ftyp", "an MP4 film or sound"),
    (0, b"\x1a\x45\xdf\xa3", "a Matroska or WebM film"),
    (0, b"OggS", "an Ogg sound"),
    (0, b"fLaC", "a FLAC sound"),
    (0, b"ID3", "an MP3 sound"),
    (0, b"\xff\xfb", "an MP3 sound"),
    (0, b"MThd", "a MIDI file"),
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf", "a 7-Zip archive"),
    (0, b"SQLite format 3", "an SQLite database"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a Windows program"),
    (0, b'{"kind":"header"', "a recording of Kneadwave"),
    (0, b"<", "an XML or HTML document"),
)
"""At which byte, which bytes, what it is; the first row that fits counts."""
_PACKED: Final = ("a ZIP archive", "a gzip archive", "a 7-Zip archive")
_JSON_KINDS: Final = (
    ("perceptions", "an MPEG haptics file (HJIF)"),
    ("Voices", "a .haptic of version 0"),
    ("voices", "a .haptic of version 0"),
    ("$schema", "a JSON Schema"),
)


def read_signal(path: Path) -> ForeignSignal:
    """Read a file of any of the formats; ExchangeError says what is wrong where, or what it is instead."""
    file = clean(str(path))
    try:
        data = read_bytes(path, KIND, file)
    except OSError as error:
        raise KIND.fail("there is no such file", path=file, hint="look at its name and folder") from error
    try:
        return _read_ours(data, path, file)
    except ExchangeError:
        found = next((each for each in installed_formats() if each.recognises(data)), None)
        if found is None:
            raise
    return found.read(data, path.name)


def format_named(name: str) -> Format | InstalledFormat | None:
    """One of ours that can be written, or of another package; None where there is none of this name."""
    if name in FORMATS:
        return FORMATS[name] if FORMATS[name].write else None
    return next((each for each in installed_formats() if each.name == name and each.format.write), None)


def _read_ours(data: bytes, path: Path, file: str) -> ForeignSignal:
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise KIND.fail(f"is empty ({len(data)} bytes)", path=file, hint=WANTED)
    kind = next((what for at, mark, what in _KINDS if start[at : at + len(mark)] == mark), None)
    if kind is not None:
        hint = f"unpack it, and import what is in it; {WANTED}" if kind in _PACKED else WANTED
        raise KIND.fail(f"is {kind}", path=file, hint=hint)
    if start[:1] not in b"{[" or start.startswith(b"[[step"):
        _refuse_text(data, start, file)
    root = parse_json(data, file)
    format_ = next((each for each in FORMATS.values() if each.recognises(root)), None)
    if format_ is None:
        raise KIND.fail(f"is {_json_kind(root)}", path=file, hint=WANTED)
    return format_.read(root, path.name)


def _refuse_text(data: bytes, start: bytes, file: str) -> None:
    """Refuse what does not begin as JSON of a file that can be imported does, by a name for it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        parse_json(data, file)
    if b"\x00" in data[:4096] or not _is_text(data):
        raise KIND.fail("is a binary file of a kind that is not known here", path=file, hint=WANTED)
    line = start.split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    if line.startswith(("schema", "[[step")) or file.casefold().endswith(".toml"):
        raise KIND.fail("is a TOML file, as profiles are", path=file, hint="a profile needs no import")
    if all(part.strip().lstrip("-").isdigit() for part in line.split(",")) and "," in line:
        raise KIND.fail("is a table of numbers (CSV)", path=file, hint=WANTED)
    raise KIND.fail("is a text of another kind", path=file, hint=WANTED)


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _json_kind(root: Field) -> str:
    if not isinstance(root.value, dict):
        return "JSON, but no table"
    for key, what in _JSON_KINDS:
        if key in root.value:
            return what
    keys = [key_text(key) for key in list(root.value)[:4]]
    return f"JSON of another kind ({'with ' + ', '.join(keys) if keys else 'without a key'})"
