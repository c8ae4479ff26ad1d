"""A journal in use, full, damaged or cut short costs no edit that was kept."""

import errno
import os

import pytest
from tuned import COMMENTED, at_desk, with_level

from kneadwave.store.files import KeptFileError
from kneadwave.tuning import journal
from kneadwave.tuning import workspace as desks
from kneadwave.tuning.journal import InUse
from kneadwave.tuning.workspace import look, open_desk
from profiles.profile import parse


def test_nobody_else_tunes_it_meanwhile(path):
    with open_desk(str(path)) as desk:
        desk.edit("softer", with_level(0, 0.25))
        with pytest.raises(InUse, match="tuned by another process"), open_desk(str(path)):
            raise AssertionError
        assert look(str(path)).number == 1


def test_a_journal_that_cannot_be_written_leaves_everything_as_it_was(path, monkeypatch):
    at_desk(path, with_level(0, 0.25))

    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    with open_desk(str(path)) as desk, monkeypatch.context() as patched:
        text = desk.text
        patched.setattr(os, "write", full)
        for attempt in (
            lambda: desk.edit("more", with_level(1, 0.4)),
            desk.undo,
            desk.discard,
            desk.save,
            lambda: desk.save("copy"),
            lambda: desk.note("x"),
        ):
            with pytest.raises(KeptFileError, match="no space left"):
                attempt()
            assert (desk.number, desk.text, desk.profile) == (1, text, parse(text))
    assert path.read_text(encoding="utf-8") == COMMENTED
    assert not (path.parent / "copy.toml").exists()


def test_a_process_that_ended_between_file_and_journal_has_saved(path, monkeypatch):
    at_desk(path, with_level(0, 0.25))

    def ended(*_):
        raise KeyboardInterrupt

    with open_desk(str(path)) as desk:
        monkeypatch.setattr(desks, "write_over", ended)
        with pytest.raises(KeyboardInterrupt):
            desk.save()
        path.write_text(desk.text, encoding="utf-8")
    desk = look(str(path))
    assert (desk.pending, desk.conflict) == (False, False)
    assert [entry.number for entry in desk.history() if entry.saved] == [1]
    assert "saving" not in [entry.event for entry in desk.history()]


def test_a_damaged_journal_is_read_as_far_as_it_goes_and_not_written(path, tmp_path):
    at_desk(path, with_level(0, 0.25), with_level(0, 0.24))
    (where,) = (tmp_path / "state" / "kneadwave" / "tuning").glob("*.jsonl")
    lines = where.read_bytes().splitlines(keepends=True)
    where.write_bytes(lines[0] + lines[1].replace(b"edit 1", b"edit !") + lines[2])
    desk = look(str(path))
    assert "line 2 was damaged" in desk.damage
    assert desk.version(2).text == COMMENTED.replace("level = 0.28", "level = 0.24")
    with pytest.raises(KeptFileError, match="line 2 was damaged"), open_desk(str(path)):
        raise AssertionError


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4])
def test_whichever_line_is_damaged_the_others_can_be_read(path, tmp_path, number):
    at_desk(path, with_level(0, 0.25), with_level(0, 0.24))
    with open_desk(str(path)) as desk:
        desk.save()
    (where,) = (tmp_path / "state" / "kneadwave" / "tuning").glob("*.jsonl")
    lines = where.read_bytes().splitlines(keepends=True)
    lines[number] = lines[number].replace(b'"schema":1', b'"schema":1 ')
    where.write_bytes(b"".join(lines))
    desk = look(str(path))
    assert f"line {number + 1} was damaged" in desk.damage
    texts = [COMMENTED.replace("level = 0.28", f"level = {level}") for level in (0.28, 0.25, 0.24)]
    there = {entry.number: desk.version(entry.number).text for entry in desk.history() if entry.made}
    assert {k: v for k, v in there.items() if k < 3} == {k: texts[k] for k in range(3) if k != number}
    assert desk.profile == parse(desk.text)
    assert ("level" in desk.diff()) is desk.pending


def test_what_a_full_journal_holds_can_still_be_saved(path, tmp_path, monkeypatch):
    at_desk(path, with_level(0, 0.25))
    (where,) = (tmp_path / "state" / "kneadwave" / "tuning").glob("*.jsonl")
    monkeypatch.setattr(journal, "MAX_BYTES", where.stat().st_size + journal.SPARE_BYTES)
    with open_desk(str(path)) as desk:
        with pytest.raises(KeptFileError, match="is full"):
            desk.edit("one more", with_level(0, 0.24))
        desk.undo()
        desk.redo()
        desk.save()
    assert path.read_text(encoding="utf-8") == COMMENTED.replace("level = 0.28", "level = 0.25")
