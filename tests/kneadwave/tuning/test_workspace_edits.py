"""A profile while it is tuned: edits are checked and kept, undone and redone, and the file is left."""

import pytest
from tuned import AT, COMMENTED, at_desk, files_of, with_level, with_step

from kneadwave.errors import UsageError
from kneadwave.tuning.workspace import EditRefused, look, open_desk
from profiles.curve import IntensityCurve
from profiles.errors import ProfileError
from profiles.profile import parse
from profiles.rules.check import check

RISE = IntensityCurve.preset("rise")


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


def test_a_profile_that_is_locked_is_not_tuned():
    with open_desk("child") as desk, pytest.raises(EditRefused, match="to be read, not played"):
        desk.edit("x", with_step(0, duration_s=40.0))


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


@pytest.mark.parametrize("name", ["relaxing-bak", "none.toml"])
def test_a_profile_that_is_not_there_is_told(name, tmp_path):
    with pytest.raises(ProfileError):
        look(name)
    with pytest.raises(ProfileError), open_desk(name):
        raise AssertionError
    assert not list((tmp_path / "state").rglob("*.jsonl")) or all(
        entry.stat().st_size == 0 for entry in (tmp_path / "state").rglob("*.jsonl")
    )
