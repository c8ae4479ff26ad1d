"""A file is known by what is in it, whatever its name; what is of no format is named for what it is."""

import json
import os
import re
import sqlite3
import threading
import wave
import zipfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from depth import at_depth
from foreign_files import actions, ahap, dots, event, funscript, haptic, strokes, tact, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kneadwave.exchange.fields import KIND, ExchangeError
from kneadwave.exchange.formats import FORMATS, WANTED, read_signal

SAMPLES = {
    "funscript": funscript(*strokes(4, 500)),
    "haptic": haptic((0.0, 0.2), (1.0, 0.6)),
    "ahap": ahap(event(0.0, 1.0)),
    "tact": tact((0, 1000, {"VestBack": dots(0, 1000, 0.5, 0)})),
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("ending", ["", ".json", ".png", ".funscript", ".haptic"])
def test_a_format_is_known_by_its_content(name: str, ending: str, tmp_path: Path) -> None:
    assert read_signal(written(tmp_path, f"x{ending}", SAMPLES[name])).format == name


def test_every_format_has_a_sample_here() -> None:
    assert FORMATS.keys() == SAMPLES.keys()


def test_a_funscript_of_axes_alone_is_known(tmp_path: Path) -> None:
    data = {"version": "2.0", "axes": [{"id": "L0", "actions": actions((0, 0), (900, 90))}]}
    assert read_signal(written(tmp_path, "x", data)).format == "funscript"


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\n \t"])
def test_what_stands_before_the_table_is_nothing(mark: bytes, tmp_path: Path) -> None:
    data = mark + json.dumps(SAMPLES["ahap"]).encode()
    assert read_signal(written(tmp_path, "x", data)).format == "ahap"


def refused(path: Path) -> ExchangeError:
    """The error of a file, read in a time that says it was not waited for."""
    told: list[BaseException] = []

    def attempt() -> None:
        try:
            read_signal(path)
        except BaseException as error:
            told.append(error)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(30.0)
    (error,) = told
    assert isinstance(error, ExchangeError)
    assert str(error).startswith(f"{path}: ")
    assert "\n" not in str(error)
    assert "\x1b" not in str(error)
    assert len(str(error)) < len(str(path)) + 300
    return error


OTHERS = {
    "a PNG picture": b"\x89PNG\r\n\x1a\n" + bytes(20),
    "a JPEG picture": b"\xff\xd8\xff\xe0" + bytes(20),
    "a GIF picture": b"GIF89a",
    "an MP4 film or sound": b"\x00\x00\x00\x20ftypisom",
    "a Matroska or WebM film": b"\x1a\x45\xdf\xa3",
    "an MP3 sound": b"ID3\x03",
    "a MIDI file": b"MThd\x00\x00",
    "a PDF document": b"%PDF-1.7",
    "a gzip archive": b"\x1f\x8b\x08",
    "a program": b"\x7fELF\x02",
    "a recording of Kneadwave": b'{"kind":"header","schema":1}\n{"kind":"end"}\n',
    "an XML or HTML document": b"<html></html>",
    "a TOML file, as profiles are": b'schema = 1\nname = "x"\n',
    "a table of numbers (CSV)": b"0,50\n100,20\n",
    "a text of another kind": b"Dear diary\n",
    "a binary file of a kind that is not known here": bytes(range(1, 200)),
    "empty (0 bytes)": b"",
    "empty (3 bytes)": b" \n\n",
    "empty (4 bytes)": b"\xef\xbb\xbf\n",
    "an MPEG haptics file (HJIF)": b'{"version": "2023", "perceptions": []}',
    "a .haptic of version 0": b'{"Voices": []}',
    "JSON of another kind (with name, age)": b'{"name": 1, "age": 2}',
    "JSON of another kind (without a key)": b"{}",
    "JSON, but no table": b"[1, 2]",
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_none_of_them_is_named_for_what_it_is(what: str, tmp_path: Path) -> None:
    error = refused(written(tmp_path, "x.funscript", OTHERS[what]))
    assert str(error).endswith(f": is {what}")
    assert error.hint is not None


def test_real_files_of_other_kinds_are_named(tmp_path: Path) -> None:
    sound, packed, base = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(100))
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x.funscript", "{}")
    with sqlite3.connect(base) as connection:
        connection.execute("create table t (x)")
    connection.close()
    assert str(refused(sound)).endswith("is a WAV sound")
    assert str(refused(packed)).endswith("is a ZIP archive")
    assert str(refused(packed).hint) == f"unpack it, and import what is in it; {WANTED}"
    assert str(refused(base)).endswith("is an SQLite database")


NO_FILES = {
    "missing": (lambda _path: None, "there is no such file"),
    "a folder": (Path.mkdir, "is a directory"),
    "a FIFO": (os.mkfifo, "is not a regular file"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "is not a regular file"),
    "huge": (
        lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_RDWR), 10**11),
        "has 100000000000 bytes",
    ),
}


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_is_neither_read_nor_waited_for(kind: str, tmp_path: Path) -> None:
    make, words = NO_FILES[kind]
    make(tmp_path / "x")
    assert words in str(refused(tmp_path / "x"))


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_file_has_a_size_that_it_may_have(more: int, tmp_path: Path) -> None:
    error = refused(written(tmp_path, "x", b" " * (KIND.max_bytes + more)))
    assert ("at most 41943040 (40 MiB)" in str(error)) is (more > 0)


@pytest.mark.parametrize(
    "data",
    [
        b'{"actions": [',
        b'{"actions": ' + b"[" * 200_000,
        b'{"\x1b[2J": 1}',
        b'{"\\u001b[2J": 1}',
        b'{"' + b"k" * 100_000 + b'": 1}',
        b'{"actions": [{"at": NaN}]}',
        '{"actions": 1}'.encode("utf-16"),
        '{"actions": "é"}'.encode("latin-1"),
        b'{"actions": [{"at": 1e999, "pos": 1}]}',
        b'{"Pattern": [{"Event": {"EventType": "\\u001b[2J", "Time": 0}}]}',
        b'{"actions": null, "Pattern": null}',
        b"\x00" * 5000,
    ],
)
def test_a_hostile_file_is_one_line_that_can_be_shown(data: bytes, tmp_path: Path) -> None:
    assert re.match(r"\S+: \S", str(refused(written(tmp_path, "x.funscript", data))))


NONSENSE = [None, True, -1, 0.5, 1e308, 10**400, "x", "nan", "", [], {}, [[]], [{}], 99_999_999, float("inf")]


def keys_of(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in nested tables and lists."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [way for key, each in inner for way in keys_of(each, (*above, key))]
    return [above, *below] if above else below


@settings(
    max_examples=at_depth(400), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data(), st.sampled_from(list(SAMPLES)))
def test_whatever_stands_anywhere_is_read_or_told_with_its_place(
    tmp_path: Path, data: st.DataObject, name: str
) -> None:
    damaged = json.loads(json.dumps(SAMPLES[name]))
    for way in data.draw(st.lists(st.sampled_from(keys_of(damaged)), min_size=1, max_size=2, unique=True)):
        owner = damaged
        try:
            for key in way[:-1]:
                owner = owner[key]
            owner[way[-1]] = deepcopy(data.draw(st.sampled_from(NONSENSE)))
        except (KeyError, IndexError, TypeError):  # what lay there is damaged already
            continue
    file = written(tmp_path, "x", damaged)
    said = f"{file}: read"
    try:
        read_signal(file)
    except ExchangeError as error:
        said = str(error)
    assert said.startswith(f"{file}: ")
    assert "\n" not in said
