"""Every file that somebody may have written, against every way in which it may be no such file.

A loader that is missing here is found: whoever reads TOML does it through profiles/files/toml_model.py, whose
kinds are counted below.
"""

import ast
import datetime
import os
import threading
from pathlib import Path

import pytest
from people import folder_of, people_files

from firmware_bridge.devices.calibration import KIND as RESPONSES
from firmware_bridge.devices.calibration import load_responses
from firmware_bridge.devices.load import KIND as DEVICE
from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import DeviceDescriptionError
from kneadwave.config import file_kind, load_config
from kneadwave.errors import BoardError, ConfigError, PersonFileError
from kneadwave.firmware.board import KIND as BOARD
from kneadwave.firmware.board import load_board
from kneadwave.people import recipient as recipients
from kneadwave.people.answers import KIND as ANSWERS
from kneadwave.people.answers import load_answers
from kneadwave.people.recipient import KIND as RECIPIENT
from kneadwave.placing.notes import KIND as PLACES
from kneadwave.placing.notes import load_notes
from kneadwave.tuning.curves.own_presets import KIND as PRESETS_FILE
from kneadwave.tuning.curves.own_presets import own_presets
from profiles.errors import ProfileError
from profiles.files.load import KIND as PROFILE
from profiles.profile import load_profile

ROOT = Path(__file__).parents[2]
ROOMS = ("profiles", "firmware_bridge", "simulator", "kneadwave")
TODAY = datetime.date(2026, 3, 1)
LOADERS = {
    "profile": (PROFILE, load_profile, ProfileError),
    "device": (DEVICE, load_device, DeviceDescriptionError),
    "responses": (RESPONSES, load_responses, DeviceDescriptionError),
    "config": (file_kind(), load_config, ConfigError),
    "answers": (ANSWERS, lambda path: load_answers(path, TODAY), PersonFileError),
    "recipient": (RECIPIENT, lambda _path: recipients.load("me"), PersonFileError),
    "presets": (PRESETS_FILE, own_presets, ConfigError),
    "places": (PLACES, load_notes, DeviceDescriptionError),
    "board": (BOARD, load_board, BoardError),
}


def huge(path):
    with path.open("wb") as file:
        file.truncate(100_000_000_000)  # sparse: reading it would take all the memory there is


def too_large(path, size):
    path.write_bytes(b"#" * size)


CONTENTS = {
    "binary": (bytes(range(256)), "not UTF-8"),
    "an image": (b"\x89PNG\r\n\x1a\n", "not UTF-8"),
    "Latin-1": ("name = 'Müller'".encode("latin-1"), "not UTF-8"),
    "UTF-16 without its mark": ("schema = 1\n".encode("utf-16-le"), "not valid TOML"),
    "half of UTF-16": ("schema = 1\n".encode("utf-16")[:-1], "not UTF-16"),
    "a zero byte": (b"schema = 1\x00\n", "not valid TOML"),
    "zeros": (bytes(4096), "not valid TOML"),
    "brackets": (b"schema = " + b"[" * 60_000, "nested too deeply"),
    "braces": (b"schema = " + b"{ a = " * 10_000, "nested too deeply"),
    "dots": (b"a." * 30_000 + b"a = 1", "nested too deeply"),
    "dots in a header": (b"[" + b"a." * 30_000 + b"a]", "nested too deeply"),
    "quoted dots": (b'"a".' * 15_000 + b"a = 1", "nested too deeply"),
    "dots behind a long text": (b'x = { y = """a """", ' + b"a." * 30_000 + b"a = 1 }", "nested too deeply"),
    "a number without end": (b"schema = " + b"9" * 5000, "not valid TOML"),
    "quotes without end": (b"x = " + b'\\"""' * 16_000, "not valid TOML"),
    "half a file": (b"schema = ", "not valid TOML"),
    "a key of every size": (b'"' + b"k" * 60_000 + b'" = 1', ""),
    "a key that moves the cursor": (b'"\\u001b[2J" = 1', ""),
    "a long key behind a version": (b'schema = 1\n"' + b"k" * 60_000 + b'" = 1', ""),
    "a cursor behind a version": (b'schema = 1\nname = "x"\n"\\u001b[2J" = 1\nstep = [{}]', ""),
    "a long answer": (b'question.fever.answer = "' + b"y" * 60_000 + b'"', ""),
}
FILES = {
    "huge": (huge, "has 100000000000 bytes"),
    "a directory": (lambda path: path.mkdir(), "not a regular file"),
    "a FIFO": (lambda path: os.mkfifo(path), "not a regular file"),
    "a link to a device": (lambda path: path.symlink_to("/dev/zero"), "not a regular file|is a link"),
    "a link to itself": (lambda path: path.symlink_to(path), "cannot be read|is a link"),
}


@pytest.fixture
def place(request, tmp_path):
    """Where the file of a loader lies."""
    if request.getfixturevalue("name") != "recipient":
        return tmp_path / "file.toml"
    people_files().begin("me")
    return folder_of("me") / "recipient.toml"


def outcome(name, place):
    """What is told of the file, "" where it is taken, within a time that says it was not waited for."""
    _, load, error = LOADERS[name]
    told = []

    def attempt():
        try:
            load(place)
        except error as raised:
            told.append(str(raised))
        else:
            told.append("")

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(30.0)
    assert not thread.is_alive(), "still reading"
    (said,) = told
    return said


def refused(name, place):
    """What is told of a file that is not taken, in one line that can be printed."""
    said = outcome(name, place)
    assert said.startswith(f"{place}: ")
    assert "\n" not in said
    assert "\x1b" not in said
    assert len(said) < len(str(place)) + 400
    return said


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("content", CONTENTS)
def test_whatever_is_in_a_file_ends_as_its_own_error(name, content, place):
    data, words = CONTENTS[content]
    place.write_bytes(data)
    assert words in refused(name, place)


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("kind", FILES)
def test_whatever_is_no_file_is_neither_read_nor_waited_for(name, kind, place):
    make, words = FILES[kind]
    make(place)
    said = refused(name, place)
    assert any(word in said for word in words.split("|")) or "larger than" in said


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_file_has_a_size_that_it_may_have(name, more, place):
    kind = LOADERS[name][0]
    place.write_bytes(b"#" * (kind.max_bytes + more))
    assert ("at most" in outcome(name, place)) is (more > 0)


@pytest.mark.parametrize("name", LOADERS)
def test_a_file_swapped_for_a_fifo_while_it_is_opened_is_not_waited_for(name, place, monkeypatch):
    place.write_bytes(b"schema = 1\n")
    real = os.open

    def swapped(path, *rest, **more):
        if Path(path) == place:
            place.unlink()
            os.mkfifo(place)
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", swapped)
    assert "not a regular file" in refused(name, place)


@pytest.mark.parametrize("name", LOADERS)
def test_a_file_that_may_not_be_read_says_so(name, place, monkeypatch):
    place.write_bytes(b"schema = 1\n")
    real = os.open

    def forbidden(path, *rest, **more):
        if Path(path) == place:
            raise PermissionError(13, "no", str(path))
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", forbidden)
    assert "cannot be read: permission denied" in refused(name, place)


def sources():
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def test_no_loader_is_missing_here():
    calls = [
        node.func
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    names = [getattr(func, "id", getattr(func, "attr", "")) for func in calls]
    assert names.count("TomlKind") == len(LOADERS)


def test_who_reads_toml_without_a_kind_reads_what_ships():
    """It calls `loads` on a text of a package, of its own, or that a loader with guards has read before."""
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if "tomllib" in text and path.name != "toml_model.py":
            ways = ("__file__", "resources.files(", "profile_source(", "loads(description_text(")
            assert any(way in text for way in ways), path
