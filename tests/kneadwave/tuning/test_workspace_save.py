"""The file changes with save alone: what was edited and nothing else, or a copy under another name."""

import errno
from pathlib import Path

import pytest
from tuned import AT, COMMENTED, at_desk, files_of, with_level, with_points, with_step

from kneadwave.errors import UsageError
from kneadwave.tuning.save import left_behind
from kneadwave.tuning.workspace import Conflict, EditRefused, look, open_desk
from profiles.errors import ProfileError
from profiles.profile import load_profile, profile_source


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


def test_a_copy_onto_the_file_itself_is_a_save_in_place(path):
    at_desk(path, with_level(0, 0.25))
    with open_desk(str(path)) as desk:
        assert desk.save(str(path), force=True).path == desk.path
        assert not desk.pending
        assert not desk.save(str(path), force=True).changed
    assert load_profile(path).step[0].level == 0.25


def test_a_copy_onto_the_file_itself_overwrites_no_change_of_somebody_else(path):
    at_desk(path, with_level(0, 0.25))
    theirs = path.read_text(encoding="utf-8") + "# theirs\n"
    path.write_text(theirs, encoding="utf-8")
    with open_desk(str(path)) as desk:
        with pytest.raises(Conflict):
            desk.save(str(path), force=True)
        assert desk.pending
    assert path.read_text(encoding="utf-8") == theirs


def test_a_copy_into_a_folder_that_is_not_there_is_refused(path):
    at_desk(path, with_level(0, 0.25))
    with open_desk(str(path)) as desk:
        with pytest.raises(UsageError, match="no such folder"):
            desk.save("none/evening.toml")
        assert desk.pending


def test_two_names_of_one_file_share_its_journal(path, tmp_path):
    (tmp_path / "link.toml").symlink_to(path)
    at_desk(tmp_path / "link.toml", with_level(0, 0.25))
    with open_desk("evening.toml") as desk:
        assert desk.number == 1
        desk.save()
    assert (tmp_path / "link.toml").is_symlink()
    assert load_profile(path).step[0].level == 0.25


@pytest.mark.parametrize("moved", ["file", "folder"])
@pytest.mark.parametrize("inside", [False, True])
def test_edits_go_along_where_a_file_or_its_folder_becomes_a_link(tmp_path, monkeypatch, moved, inside):
    folder, other = tmp_path / "mine", tmp_path / "other"
    for each in (folder, *([other] if moved == "file" else [])):
        each.mkdir()
    path = folder / "evening.toml"
    path.write_text(COMMENTED, encoding="utf-8")
    at_desk(path, with_level(0, 0.25))
    link, target = (path, other / "evening.toml") if moved == "file" else (folder, other)
    link.rename(target)
    link.symlink_to(target)
    if inside:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("PWD", str(folder))
    name = "evening.toml" if inside else str(path)
    assert look(name).pending
    with open_desk(name) as desk:
        assert desk.number == 1
    assert look(str(other / "evening.toml")).pending
    assert left_behind(name) is None


def test_edits_that_were_left_when_a_link_took_the_place_of_a_file_are_told(path, tmp_path, knead):
    at_desk(path, with_level(0, 0.25))
    path.rename(tmp_path / "other.toml")
    at_desk(tmp_path / "other.toml", with_level(0, 0.26))
    path.symlink_to(tmp_path / "other.toml")
    for verb in ("show", "history", "undo", "redo"):
        told = knead("tune", verb, str(path)).err
        assert "is a link now; what was edited before and not saved is not in this history, but in" in told


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


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_endings_and_a_byte_order_mark_stay(path, newline, mark):
    source = (mark + COMMENTED.replace("\n", newline)).encode()
    path.write_bytes(source)
    at_desk(path, with_level(0, 0.25))
    with open_desk(str(path)) as desk:
        desk.save()
    assert path.read_bytes() == source.replace(b"level = 0.28", b"level = 0.25")
