"""A profile while it is tuned: edits are checked and kept, the file changes with save alone."""

import errno
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from tuned import COMMENTED, with_level, with_points, with_step

from kneadwave.cli.exits import worded
from kneadwave.errors import UsageError
from kneadwave.store.files import KeptFileError
from kneadwave.tuning import journal
from kneadwave.tuning import workspace as desks
from kneadwave.tuning.journal import InUse
from kneadwave.tuning.workspace import Conflict, EditRefused, look, open_desk
from profiles.curve import IntensityCurve
from profiles.errors import ProfileError
from profiles.profile import load_profile, parse, profile_source
from profiles.rules.check import check

AT = datetime(2026, 3, 4, 18, 0, tzinfo=timezone(timedelta(hours=1)))
RISE = IntensityCurve.preset("rise")


@pytest.fixture
def path(tmp_path):
    where = tmp_path / "evening.toml"
    where.write_text(COMMENTED, encoding="utf-8", newline="")
    return where


def at_desk(path, *edits):
    """Make edits, each at a desk of its own; the last desk as it was left."""
    for number, change in enumerate(edits, start=1):
        with open_desk(str(path), now=lambda: AT) as desk:
            desk.edit(f"edit {number}", change)
    return look(str(path))


def files_of(folder):
    return {entry: entry.read_bytes() for entry in folder.rglob("*") if entry.is_file()}


def test_the_profile_is_one_to_be_tuned():
    assert not any(finding.severity == "error" for finding in check(parse(COMMENTED)))


def test_looking_leaves_no_trace(path, tmp_path):
    before = files_of(tmp_path)
    desk = look(str(path))
    assert (desk.number, desk.text, desk.pending, desk.conflict) == (0, COMMENTED, False, False)
    assert desk.diff() == ""
    assert [entry.what for entry in desk.history()] == ["as it was read"]
    assert files_of(tmp_path) == before
    with pytest.raises(RuntimeError, match="looking"):
        desk.edit("x", with_level(0, 0.2))


def test_an_edit_is_kept_and_the_file_is_left(path):
    with open_desk(str(path), now=lambda: AT) as desk:
        edited = desk.edit("softer", with_level(0, 0.25))
        assert (edited.changed, edited.version, edited.findings) == (True, 1, [])
        assert edited.before.step[0].level == 0.28
        assert desk.profile == edited.after
        assert edited.after.step[0].level == 0.25
        assert "-level = 0.28\n+level = 0.25" in edited.diff
    assert path.read_text(encoding="utf-8") == COMMENTED
    desk = look(str(path))
    assert desk.pending
    assert desk.text == COMMENTED.replace("level = 0.28", "level = 0.25")
    assert desk.saved.step[0].level == 0.28
    assert (desk.version(1).what, desk.version(1).at) == ("softer", AT)


def test_an_edit_that_changes_nothing_is_no_version(path):
    with open_desk(str(path)) as desk:
        edited = desk.edit("the same", with_level(0, 0.28))
        assert (edited.changed, edited.version, edited.diff) == (False, 0, "")
    assert len(look(str(path)).history()) == 1


def test_an_edit_that_the_check_calls_an_error_is_refused_with_its_rule(path):
    with open_desk(str(path)) as desk:
        with pytest.raises(EditRefused, match=r"step\[1\]\.level: .*ceiling .*\(rule \d+\)") as caught:
            desk.edit("far too much", with_level(0, 0.9))
        assert caught.value.exit == 3
        assert "+level = 0.9" in caught.value.diff
        assert any(finding.severity == "error" for finding in caught.value.findings)
        assert "nothing was changed" in caught.value.hint
        assert (desk.number, desk.text, desk.profile.step[0].level) == (0, COMMENTED, 0.28)


def test_an_edit_that_no_profile_can_say_is_refused(path):
    with open_desk(str(path)) as desk:
        with pytest.raises(ProfileError, match="level"):
            desk.edit("above all", with_level(0, 1.5))
        assert desk.number == 0


def test_new_warnings_are_told_once(path):
    with open_desk(str(path)) as desk:
        first = desk.edit("fast", with_level(0, 0.35))
        second = desk.edit("faster", with_level(0, 0.36))
    assert [finding.severity for finding in first.findings].count("warning") >= 1
    assert second.findings == []


def test_an_error_that_was_there_before_refuses_no_edit_but_every_save(path):
    path.write_text(COMMENTED.replace("rate_cpm = 36", "rate_cpm = 61"), encoding="utf-8")
    with open_desk(str(path)) as desk:
        assert desk.edit("softer", with_level(0, 0.25)).changed
        with pytest.raises(EditRefused, match="61"):
            desk.save()
        kneading = desk.profile.step[1].technique
        desk.edit("slower", with_step(1, technique=kneading.model_copy(update={"rate_cpm": 40.0})))
        desk.save()
    assert "rate_cpm = 40 }" in path.read_text(encoding="utf-8")


def test_undo_and_redo_go_back_and_forth_over_processes(path):
    texts = [COMMENTED]
    for level in (0.25, 0.24, 0.23):
        texts.append(at_desk(path, with_level(0, level)).text)
    with open_desk(str(path)) as desk:
        assert desk.undoing(2) == ["edit 1", "edit 1"]
        assert desk.undo(2).number == 1
        assert (desk.text, desk.profile.step[0].level, desk.undoable, desk.redoable) == (texts[1], 0.25, 1, 2)
    with open_desk(str(path)) as desk:
        assert desk.redo().number == 2
        assert desk.redo().text == texts[3]
        assert desk.undo(3).text == COMMENTED
        assert not desk.pending
        assert desk.redo(3).text == texts[3]


@pytest.mark.parametrize(
    ("verb", "n", "words"),
    [
        ("undo", 1, "nothing to undo"),
        ("redo", 1, "nothing to redo"),
        ("undo", 0, "0 is no number"),
        ("undo", -1, "-1 is no number"),
        ("restore", 7, "no version 7"),
    ],
)
def test_what_cannot_be_gone_to_is_told(path, verb, n, words):
    with open_desk(str(path)) as desk, pytest.raises(UsageError, match=words):
        getattr(desk, verb)(n)


def test_more_undos_than_there_are_do_nothing(path):
    at_desk(path, with_level(0, 0.25))
    with open_desk(str(path)) as desk:
        with pytest.raises(UsageError, match="only 1 edit to undo"):
            desk.undo(2)
        assert desk.number == 1


def test_a_new_edit_after_an_undo_leaves_what_was_undone_in_the_history(path):
    at_desk(path, with_level(0, 0.25), with_level(0, 0.24))
    with open_desk(str(path)) as desk:
        desk.undo(2)
        assert desk.edit("another way", with_level(0, 0.3)).version == 3
        with pytest.raises(UsageError, match="nothing to redo"):
            desk.redo()
        assert desk.restore(2).text == COMMENTED.replace("level = 0.28", "level = 0.24")
        assert desk.undo().number == 3
        assert desk.redo().number == 2
        assert desk.restore(2).number == 2
    assert [entry.number for entry in look(str(path)).history() if entry.made] == [0, 1, 2, 3]


def test_discard_goes_back_to_the_file_and_can_be_undone(path):
    edited = at_desk(path, with_level(0, 0.25), with_level(1, 0.4)).text
    with open_desk(str(path)) as desk:
        assert desk.discard().number == 0
        assert not desk.pending
        assert desk.discard().number == 0
        assert desk.undo().text == edited


def test_save_writes_what_was_edited_and_nothing_else(path):
    at_desk(path, with_points(0, (0.0, 0.5), (0.25, 0.7), (0.4, 0.8), (0.6, 0.9), (1.0, 0.95)))
    with open_desk(str(path)) as desk:
        saved = desk.save()
        assert (saved.changed, saved.path) == (True, path)
        assert "+  [0.40, 0.80],\n" in saved.diff
        assert not desk.pending
        assert not desk.save().changed
    expected = COMMENTED.replace("# awake\n", "# awake\n  [0.40, 0.80],\n").replace("1.00]", "0.95]")
    assert path.read_text(encoding="utf-8") == expected
    assert [entry.number for entry in look(str(path)).history() if entry.saved] == [1]


@pytest.mark.parametrize("as_name", [None, "later"])
def test_what_a_save_changes_is_shown_before_anything_is_written(path, tmp_path, monkeypatch, as_name):
    monkeypatch.chdir(tmp_path)
    shown = []
    with open_desk(str(path), now=lambda: AT) as desk:
        desk.edit("softer", with_level(0, 0.2))
        before = files_of(tmp_path)
        saved = desk.save(as_name, show=lambda diff: shown.append((diff, files_of(tmp_path))))
    assert shown == [(saved.diff, before)]
    assert "+level = 0.2" in saved.diff


def test_a_save_that_cannot_be_shown_writes_nothing(path):
    def gone(_):
        raise BrokenPipeError

    with open_desk(str(path), now=lambda: AT) as desk:
        desk.edit("softer", with_level(0, 0.2))
        with pytest.raises(BrokenPipeError):
            desk.save(show=gone)
    assert path.read_text(encoding="utf-8") == COMMENTED
    assert look(str(path)).pending


def test_undo_goes_back_behind_a_save(path):
    at_desk(path, with_level(0, 0.25))
    with open_desk(str(path)) as desk:
        desk.save()
        assert desk.undo().text == COMMENTED
        assert desk.pending
        desk.save()
    assert path.read_text(encoding="utf-8") == COMMENTED


def test_a_file_that_was_changed_elsewhere_is_begun_from_where_nothing_is_pending(path):
    at_desk(path, with_level(0, 0.25))
    with open_desk(str(path)) as desk:
        desk.save()
    other = COMMENTED.replace("# And home.", "# And home again.")
    path.write_text(other, encoding="utf-8")
    with open_desk(str(path)) as desk:
        assert (desk.text, desk.pending, desk.conflict) == (other, False, False)
        assert desk.version(2).what == "the file was changed elsewhere"
        assert desk.edit("on", with_level(0, 0.26)).version == 3
        desk.save()
    assert path.read_text(encoding="utf-8") == other.replace("level = 0.28", "level = 0.26")


@pytest.fixture
def conflict(path):
    at_desk(path, with_level(0, 0.25))
    other = COMMENTED.replace("# And home.", "# And home again.")
    path.write_text(other, encoding="utf-8")
    return other


def test_a_file_changed_meanwhile_is_never_overwritten(path, conflict):
    with open_desk(str(path)) as desk:
        assert desk.conflict
        with pytest.raises(Conflict, match="changed elsewhere") as caught:
            desk.save()
        assert caught.value.exit == 3
        assert "+# And home again." in caught.value.diff
        assert "--as" in worded(caught.value.hint)
        assert desk.pending
    assert path.read_text(encoding="utf-8") == conflict


def test_a_file_changed_while_the_desk_is_open_is_not_overwritten_either(path):
    with open_desk(str(path)) as desk:
        desk.edit("softer", with_level(0, 0.25))
        path.write_text("# mine\n" + COMMENTED, encoding="utf-8")
        with pytest.raises(Conflict):
            desk.save()
    assert path.read_text(encoding="utf-8") == "# mine\n" + COMMENTED


def test_a_conflict_ends_with_a_copy(path, conflict, tmp_path):
    with open_desk(str(path)) as desk:
        saved = desk.save("other")
        assert saved.path == Path("other.toml")
        assert (desk.text, desk.pending, desk.conflict) == (conflict, False, False)
    assert path.read_text(encoding="utf-8") == conflict
    copy = COMMENTED.replace('"evening"', '"other"').replace("level = 0.28", "level = 0.25")
    assert (tmp_path / "other.toml").read_text(encoding="utf-8") == copy


def test_a_conflict_ends_with_discard(path, conflict):
    with open_desk(str(path)) as desk:
        assert desk.discard().text == conflict
        assert not desk.pending
        assert desk.undo().text == COMMENTED.replace("level = 0.28", "level = 0.25")


def test_a_file_that_says_by_itself_what_was_edited_is_saved(path):
    edited = at_desk(path, with_level(0, 0.25)).text
    path.write_text(edited, encoding="utf-8")
    with open_desk(str(path)) as desk:
        assert not desk.pending
        assert not desk.conflict


def test_a_file_that_is_gone_leaves_its_versions(path, tmp_path):
    edited = at_desk(path, with_level(0, 0.25)).text
    path.unlink()
    with open_desk(str(path)) as desk:
        assert desk.conflict
        with pytest.raises(Conflict, match="gone"):
            desk.save()
        desk.save("found-again")
    assert (tmp_path / "found-again.toml").read_text(encoding="utf-8") == edited.replace(
        '"evening"', '"found-again"'
    )


def test_a_file_that_was_broken_meanwhile_is_told_and_left(path):
    at_desk(path, with_level(0, 0.25))
    with open_desk(str(path)) as desk:
        desk.save()
    path.write_text("name = [", encoding="utf-8")
    for attempt in (lambda: look(str(path)), lambda: open_desk(str(path)).__enter__()):
        with pytest.raises(ProfileError, match="not valid TOML") as caught:
            attempt()
        assert "move it away" in caught.value.hint
    assert path.read_text(encoding="utf-8") == "name = ["


@pytest.mark.parametrize("broken", [b"name = [", b"\xff"])
def test_every_version_is_reached_once_a_broken_file_is_out_of_the_way(path, broken):
    at_desk(path, with_level(0, 0.25), with_level(0, 0.24))
    with open_desk(str(path)) as desk:
        desk.undo(2)
    path.write_bytes(broken)
    with pytest.raises(ProfileError) as caught, open_desk(str(path)):
        raise AssertionError
    assert "move it away" in caught.value.hint
    path.rename(path.with_name("broken.toml"))
    with open_desk(str(path)) as desk:
        desk.redo(2)
        desk.save(str(path.with_name("kept.toml")))
    assert "level = 0.24" in path.with_name("kept.toml").read_text(encoding="utf-8")


def test_a_shipped_profile_becomes_a_file_of_ones_own(tmp_path):
    with open_desk("relaxing-back") as desk:
        assert desk.path is None
        desk.edit("softer", with_level(0, 0.27))
        saved = desk.save()
        assert saved.path == Path("my-relaxing-back.toml")
        assert (desk.pending, desk.text) == (False, profile_source("relaxing-back"))
        assert desk.undo().number == 1
        with pytest.raises(UsageError, match=r"my-relaxing-back\.toml is there already"):
            desk.save()
        desk.save("calm")
    assert load_profile(tmp_path / "my-relaxing-back.toml").name == "my-relaxing-back"
    assert load_profile(tmp_path / "calm.toml").step[0].level == 0.27
    assert not look("relaxing-back").pending


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ev ening", "no name for a profile"),
        ("relaxing-back", "name of a profile that ships"),
        ("x/evening", "no name for a profile"),
        ("evening", "is there already"),
        ("./evening.toml", "is there already"),
        ("-", "no name for a profile"),
        ("", "^'' is no name for a profile"),
    ],
)
def test_names_that_no_copy_can_have_are_refused(path, tmp_path, name, words):
    at_desk(path, with_level(0, 0.25))
    before = sorted(tmp_path.glob("*.toml"))
    with open_desk(str(path)) as desk:
        with pytest.raises(UsageError, match=words):
            desk.save(name)
        assert desk.pending
    assert sorted(tmp_path.glob("*.toml")) == before


def test_a_copy_into_a_folder_that_is_not_there_is_refused(path):
    at_desk(path, with_level(0, 0.25))
    with open_desk(str(path)) as desk:
        with pytest.raises(UsageError, match="no such folder"):
            desk.save("none/evening.toml")
        assert desk.pending


def test_a_profile_that_is_locked_is_not_tuned():
    with open_desk("child") as desk, pytest.raises(EditRefused, match="to be read, not played"):
        desk.edit("x", with_step(0, duration_s=40.0))


def test_two_names_of_one_file_share_its_journal(path, tmp_path):
    (tmp_path / "link.toml").symlink_to(path)
    at_desk(tmp_path / "link.toml", with_level(0, 0.25))
    with open_desk("evening.toml") as desk:
        assert desk.number == 1
        desk.save()
    assert (tmp_path / "link.toml").is_symlink()
    assert load_profile(path).step[0].level == 0.25


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


def test_a_file_that_cannot_be_written_leaves_the_edit_pending(path, monkeypatch):
    at_desk(path, with_level(0, 0.25))

    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    with open_desk(str(path)) as desk:
        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", full)
            with pytest.raises(ProfileError, match="no space left"):
                desk.save()
        assert desk.pending
        desk.save()
    assert load_profile(path).step[0].level == 0.25


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


def test_a_remark_stands_in_the_history_and_changes_nothing(path):
    at_desk(path, with_level(0, 0.25))
    with open_desk(str(path)) as desk:
        desk.note("B was better")
        assert desk.number == 1
    last = look(str(path)).history()[-1]
    assert (last.event, last.what, last.number, last.made) == ("note", "B was better", None, False)


def test_differences_between_any_two_versions(path):
    at_desk(path, with_level(0, 0.25), with_step(2, curve=RISE))
    desk = look(str(path))
    assert "-level = 0.28" in desk.diff()
    assert '+curve = "rise"' in desk.diff()
    assert "+level = 0.28" in desk.diff(1, 0)
    assert "level" not in desk.diff(1, 2).replace("level = 0.2\n", "")
    assert "version 1" in desk.diff(1, 2)
    assert desk.diff(2, 2) == ""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_endings_and_a_byte_order_mark_stay(path, newline, mark):
    source = (mark + COMMENTED.replace("\n", newline)).encode()
    path.write_bytes(source)
    at_desk(path, with_level(0, 0.25))
    with open_desk(str(path)) as desk:
        desk.save()
    assert path.read_bytes() == source.replace(b"level = 0.28", b"level = 0.25")


@pytest.mark.parametrize("name", ["relaxing-bak", "none.toml"])
def test_a_profile_that_is_not_there_is_told(name, tmp_path):
    with pytest.raises(ProfileError):
        look(name)
    with pytest.raises(ProfileError), open_desk(name):
        raise AssertionError
    assert not list((tmp_path / "state").rglob("*.jsonl")) or all(
        entry.stat().st_size == 0 for entry in (tmp_path / "state").rglob("*.jsonl")
    )


def test_a_file_that_is_changed_while_the_new_text_is_written_beside_it_is_not_overwritten(path, monkeypatch):
    at_desk(path, with_level(0, 0.25))
    changed, sync = COMMENTED.replace("level = 0.28", "level = 0.2"), os.fsync

    def slow(fd):
        if any(path.parent.glob(".evening.toml.*")):
            path.write_text(changed, encoding="utf-8")
        sync(fd)

    monkeypatch.setattr(os, "fsync", slow)
    with open_desk(str(path)) as desk, pytest.raises(Conflict, match="was changed elsewhere"):
        desk.save()
    assert path.read_text(encoding="utf-8") == changed
    assert [entry.name for entry in path.parent.iterdir() if entry.is_file()] == ["evening.toml"]
    assert look(str(path)).conflict


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
