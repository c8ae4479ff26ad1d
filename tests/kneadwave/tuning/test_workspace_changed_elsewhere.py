"""A file that somebody else changes, breaks or takes away while it is tuned is never overwritten."""

import os
from pathlib import Path

import pytest
from tuned import COMMENTED, at_desk, with_level

from kneadwave.cli.exits import worded
from kneadwave.tuning.workspace import Conflict, look, open_desk
from profiles.errors import ProfileError


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


def test_going_back_behind_what_somebody_else_wrote_is_a_conflict(path, conflict):
    with open_desk(str(path)) as desk:
        desk.discard()
        desk.undo()
        assert desk.conflict
        with pytest.raises(Conflict, match="changed elsewhere") as caught:
            desk.save()
        assert "+# And home again." in caught.value.diff
    assert path.read_text(encoding="utf-8") == conflict
    with open_desk(str(path)) as desk:  # what is edited there does not know of it either
        desk.edit("still softer", with_level(0, 0.24))
        assert desk.conflict
        with pytest.raises(Conflict):
            desk.save()
        desk.discard()
        assert (desk.text, desk.pending) == (conflict, False)
        desk.edit("softer", with_level(0, 0.24))
        assert not desk.conflict
        desk.save()
        desk.undo()
        desk.save()  # back to what the other program wrote, which is known
    assert path.read_text(encoding="utf-8") == conflict
    with open_desk(str(path)) as desk:
        desk.restore(1)
        assert desk.conflict


@pytest.mark.parametrize("pending", [False, True])
def test_a_redo_behind_what_somebody_else_wrote_is_a_conflict(path, pending):
    at_desk(path, with_level(0, 0.25))
    other = COMMENTED.replace("# And home.", "# And home again.")
    if pending:
        path.write_text(other, encoding="utf-8")
    with open_desk(str(path)) as desk:
        now = desk.undo()
        assert (now.text, desk.redoable) == (other if pending else COMMENTED, 1)
    path.write_text(other, encoding="utf-8")
    with open_desk(str(path)) as desk:
        assert (desk.text, desk.pending, desk.redoable) == (other, False, 1)
        desk.redo()
        assert (desk.profile.step[0].level, desk.conflict) == (0.25, True)
        with pytest.raises(Conflict, match="changed elsewhere"):
            desk.save()
        desk.undo()
        assert (desk.text, desk.pending, desk.conflict) == (other, False, False)
    assert path.read_text(encoding="utf-8") == other


def test_a_copy_of_what_was_edited_is_saved_where_the_file_is_broken(path):
    at_desk(path, with_level(0, 0.25))
    path.write_text("nothing", encoding="utf-8")
    with open_desk(str(path)) as desk:
        assert desk.save("other").changed
