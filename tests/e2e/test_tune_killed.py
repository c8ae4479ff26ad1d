"""Killed at any moment, tuning leaves the file whole and the journal readable."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from depth import at_depth
from tuned import COMMENTED

from kneadwave.tuning.workspace import look, open_desk
from profiles.profile import parse

CHILD = Path(__file__).parents[1] / "helpers" / "tune_to_be_killed.py"
LEVEL = re.compile(r"^level = 0\.\d+$", re.MULTILINE)
ROUNDS = at_depth(8, least=3)


@pytest.fixture
def path(bench, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", bench.env["XDG_STATE_HOME"])
    where = bench.folder / "evening.toml"
    where.write_bytes(COMMENTED.encode())
    return where


def expect_whole(path):
    """The file says what some version says, the journal can be read, and tuning goes on."""
    text = path.read_text(encoding="utf-8")
    parse(text)
    assert LEVEL.sub("", text, count=1) == LEVEL.sub("", COMMENTED, count=1)
    desk = look(str(path))
    assert not desk.damage
    assert not desk.conflict
    assert text in {desk.version(entry.number).text for entry in desk.history() if entry.made}
    with open_desk(str(path)) as desk:
        desk.note("went on")
    assert look(str(path)).history()[-1].what == "went on"


def spin(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def test_killed_between_and_within_edits_and_saves(bench, path):
    draw = Random(7)
    for number in range(ROUNDS):
        child = subprocess.Popen(
            [sys.executable, str(CHILD), str(path), str(number)],
            cwd=CHILD.parent,
            env=bench.env | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        bench.started.append(child)
        for _ in range(draw.randint(1, 25)):
            assert child.stdout.readline()
        spin(draw.random() * 0.01)  # somewhere within what it said it would do
        child.kill()
        child.communicate(timeout=60)
        expect_whole(path)
    assert look(str(path)).number > 0


@pytest.mark.parametrize("words", [("set", "1", "40%=0.8"), ("undo",), ("save",)], ids=lambda words: words[0])
def test_a_command_killed_at_any_moment(bench, path, words):
    draw = Random(words[0])
    bench.call("tune", "number", "evening.toml", "1", "level", "0.25")
    began = time.monotonic()
    bench.call("tune", "history", "evening.toml")
    lasts = time.monotonic() - began
    for _ in range(at_depth(4, least=2)):
        before = path.read_bytes()
        process = bench.start("tune", words[0], "evening.toml", *words[1:])
        spin(lasts * draw.uniform(0.5, 1.2))
        process.kill()
        process.communicate(timeout=60)
        assert path.read_bytes() in (before, look(str(path)).text.encode())
        desk = look(str(path))
        assert not desk.damage
        assert not desk.conflict
    assert bench.call("tune", "history", "evening.toml").code == 0
