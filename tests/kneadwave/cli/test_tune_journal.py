"""`knead tune undo`, `redo`, `history`, `diff`, `save`, `discard`, `restore`."""

import json
import re

import pytest
from tuned import COMMENTED, with_level, with_points, with_step

from kneadwave.tuning.workspace import look, open_desk


@pytest.fixture
def path(tmp_path):
    where = tmp_path / "evening.toml"
    where.write_text(COMMENTED, encoding="utf-8")
    return where


@pytest.fixture
def edited(path):
    """Two edits: a point higher, then a level lower."""
    with open_desk(str(path)) as desk:
        desk.edit("1 strokes: set 60%=0.8", with_points(0, (0.0, 0.5), (0.25, 0.7), (0.6, 0.8), (1.0, 1.0)))
        desk.edit("2 kneading: level 0.4", with_level(1, 0.4))
    return path


VERBS = ["undo", "redo", "history", "diff", "save", "discard", "restore"]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_examples(knead, verb):
    ended = knead("tune", verb, "--help")
    assert ended.code == 0
    assert f"knead tune {verb} " in ended.out.partition("Examples:")[2]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_names_a_profile_that_is_not_there(knead, verb):
    ended = knead("tune", verb, "relaxing-bak", *(["1"] if verb == "restore" else []))
    assert ended.code == 3
    assert "relaxing-back" in ended.err


def test_undo_tells_what_it_took_back_and_shows_the_curve(knead, edited):
    ended = knead("tune", "undo", "evening.toml")
    assert ended.code == 0
    assert ended.out.startswith("undone: 2 kneading: level 0.4\n")
    assert "version 1: 1 strokes: set 60%=0.8\n1 to undo, 1 to redo; not saved yet" in ended.out
    ended = knead("tune", "undo", "evening.toml")
    assert "evening: 1 strokes" in ended.out
    assert "before" in ended.out
    assert "0 to undo, 2 to redo; nothing to save" in ended.out
    assert edited.read_text(encoding="utf-8") == COMMENTED


def test_the_ceiling_of_a_person_is_told_after_undo_and_redo_as_well(knead, edited):
    knead("recipient", "new", "me", "--adult", "--pain", "lumbar=8", "--pain", "upper-back=8")
    with open_desk(str(edited)) as desk:
        desk.undo(1)
    shown = knead("tune", "show", "evening.toml", "1").out.splitlines()
    (theirs,) = [line for line in shown if line.endswith(" for me")]
    for verb in ("undo", "redo"):
        assert theirs in knead("tune", verb, "evening.toml").out.splitlines()


@pytest.mark.usefixtures("edited")
def test_several_at_once_are_told_one_by_one(knead):
    ended = knead("tune", "undo", "evening.toml", "2")
    assert "undone: 2 kneading: level 0.4\nundone: 1 strokes: set 60%=0.8\n" in ended.out
    assert "changed: 1 strokes, 2 kneading" in ended.out
    ended = knead("tune", "redo", "evening.toml", "2")
    assert "done again: 1 strokes: set 60%=0.8\ndone again: 2 kneading: level 0.4\n" in ended.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("undo", "evening.toml", "3"), 2, "only 2 edits to undo"),
        (("redo", "evening.toml"), 2, "nothing to redo"),
        (("undo", "evening.toml", "0"), 2, "it is at least 1"),
        (("restore", "evening.toml", "9"), 2, "no version 9"),
        (("diff", "evening.toml", "0", "9"), 2, "no version 9"),
        (("save", "evening.toml", "--as", "No Name"), 2, "no name for a profile"),
        (("save", "evening.toml", "--as", "evening"), 2, "is there already"),
    ],
)
def test_what_cannot_be_done_is_one_line_with_a_hint(knead, edited, words, code, told):
    before = look(str(edited))
    ended = knead("tune", *words)
    assert ended.code == code
    assert told in ended.err
    assert "hint: " in ended.err
    after = look(str(edited))
    assert (after.number, after.text) == (before.number, before.text)
    assert edited.read_text(encoding="utf-8") == COMMENTED


@pytest.mark.usefixtures("edited")
def test_history_lists_what_was_done_and_marks_where_one_stands(knead):
    knead("tune", "undo", "evening.toml")
    ended = knead("tune", "history", "evening.toml")
    rows = ended.out.splitlines()
    assert rows[1].split(maxsplit=2)[0] == "0"
    assert rows[1].endswith("as it was read (saved)")
    assert rows[2].startswith(">")
    assert rows[2].endswith("1 strokes: set 60%=0.8")
    assert rows[4].endswith("undo to 1")
    events = knead("tune", "history", "evening.toml", "--json").events
    found = [(each["number"], each["kind"], each["current"], each["saved"]) for each in events[:-2]]
    assert found == [
        (0, "began", False, True),
        (1, "edited", True, False),
        (2, "edited", False, False),
        (1, "undone", False, False),
    ]
    assert events[-2] | {"event": "version", "number": 1, "undo": 1, "redo": 1} == events[-2]
    assert events[-1] == {"event": "end", "ok": True}


def test_history_of_several_days_has_dates(knead, path):
    from datetime import datetime, timedelta, timezone

    day = datetime(2026, 3, 4, 18, 0, tzinfo=timezone(timedelta(hours=1)))
    with open_desk(str(path), now=lambda: day) as desk:
        desk.edit("softer", with_level(0, 0.25))
    with open_desk(str(path), now=lambda: day + timedelta(days=1)) as desk:
        desk.edit("softer yet", with_level(0, 0.24))
    out = knead("tune", "history", "evening.toml").out
    assert "2026-03-04 18:00  softer\n" in out
    assert "2026-03-05 18:00  softer yet\n" in out


@pytest.mark.usefixtures("edited")
def test_diff_shows_what_is_pending_and_between_versions(knead):
    out = knead("tune", "diff", "evening.toml").out
    assert "-  [0.6,  0.90],\n+  [0.6,  0.80],\n" in out
    assert "+level = 0.4\n" in out
    out = knead("tune", "diff", "evening.toml", "1", "2").out
    assert "0.80" not in out
    assert "+level = 0.4\n" in out
    assert knead("tune", "diff", "evening.toml", "2", "2").out == "nothing differs\n"
    (event, _) = knead("tune", "diff", "evening.toml", "--json").events
    assert event["changed"]
    assert event["diff"].startswith("--- evening.toml (saved)\n+++ evening.toml (current)\n")


def test_save_shows_the_difference_and_writes_it(knead, edited):
    ended = knead("tune", "save", "evening.toml")
    assert ended.code == 0
    assert ended.out.startswith("--- evening.toml (saved)")
    assert ended.out.endswith("saved to evening.toml\n")
    expected = COMMENTED.replace("[0.6,  0.90]", "[0.6,  0.80]").replace("level = 0.45", "level = 0.4")
    assert edited.read_text(encoding="utf-8") == expected
    ended = knead("tune", "save", "evening.toml")
    assert (ended.code, ended.out) == (0, "there is nothing to save\n")
    assert knead("tune", "diff", "evening.toml").out == "there is nothing to save\n"


def test_what_nobody_reads_is_saved_all_the_same(knead, edited, monkeypatch):
    def gone(*_):
        raise BrokenPipeError

    monkeypatch.setattr("kneadwave.cli.views.versions.say_diff", gone)
    assert knead("tune", "save", "evening.toml").code == 0
    assert "level = 0.4\n" in edited.read_text(encoding="utf-8")


@pytest.mark.usefixtures("edited")
def test_save_as_json_says_where(knead):
    (event, end) = knead("tune", "save", "evening.toml", "--as", "later", "--json").events
    assert (event["event"], event["path"], event["changed"]) == ("saved", "later.toml", True)
    assert end["ok"]
    (event, _) = knead("tune", "save", "evening.toml", "--json").events
    assert (event["changed"], event["diff"]) == (False, "")


def test_a_shipped_profile_is_saved_as_a_file_of_ones_own(knead, tmp_path):
    with open_desk("relaxing-back") as desk:
        desk.edit("softer", with_level(0, 0.27))
    ended = knead("tune", "save", "relaxing-back")
    assert ended.out.endswith("saved to my-relaxing-back.toml\n")
    assert knead("profile", "check", "my-relaxing-back.toml").code == 0
    assert (tmp_path / "my-relaxing-back.toml").exists()


def test_a_conflict_is_shown_from_both_sides_and_nothing_is_overwritten(knead, edited):
    other = COMMENTED.replace("# And home.", "# And home again.")
    edited.write_text(other, encoding="utf-8")
    ended = knead("tune", "save", "evening.toml")
    assert ended.code == 3
    elsewhere, here = ended.out.split("edited here:\n")
    assert elsewhere.startswith("changed elsewhere:\n")
    assert "+# And home again." in elsewhere
    assert "+level = 0.4\n" in here
    assert "--as" in ended.err
    assert edited.read_text(encoding="utf-8") == other
    events = knead("tune", "save", "evening.toml", "--json").events
    assert [each["event"] for each in events] == ["conflict", "end"]
    assert events[-1]["exit"] == 3
    assert "changed elsewhere" in knead("tune", "diff", "evening.toml").err
    assert "the file was changed elsewhere" in knead("tune", "history", "evening.toml").out
    assert knead("tune", "discard", "evening.toml").code == 0
    assert look(str(edited)).text == other


def test_a_version_with_an_error_is_not_saved(knead, path):
    path.write_text(COMMENTED.replace("rate_cpm = 36", "rate_cpm = 61"), encoding="utf-8")
    with open_desk(str(path)) as desk:
        desk.edit("softer", with_level(0, 0.25))
    ended = knead("tune", "save", "evening.toml")
    assert ended.code == 3
    assert "step[2].technique.rate_cpm" in ended.err
    assert "rule" in ended.err


def test_discard_drops_what_is_pending(knead, edited):
    ended = knead("tune", "discard", "evening.toml")
    assert "discarded: version 2, which stays in the history" in ended.out
    assert "nothing to save" in ended.out
    again = knead("tune", "discard", "evening.toml").out
    assert again.startswith("there is nothing to discard: all that was changed is saved\n")
    assert knead("tune", "undo", "evening.toml").out.startswith("undone: discarded, back to 0\n")
    assert look(str(edited)).number == 2


def test_restore_gets_at_any_version(knead, edited):
    knead("tune", "undo", "evening.toml", "2")
    with open_desk(str(edited)) as desk:
        desk.edit("another way", with_step(2, level=0.18))
    ended = knead("tune", "restore", "evening.toml", "2")
    assert "restored: 2 kneading: level 0.4" in ended.out
    assert look(str(edited)).number == 2
    assert "is the current one already" in knead("tune", "restore", "evening.toml", "2").out
    (event, _) = knead("tune", "restore", "evening.toml", "3", "--json").events
    assert (event["number"], event["done"], event["pending"]) == (3, ["another way"], True)


def test_a_second_process_meets_a_clear_error(knead, edited):
    with open_desk(str(edited)):
        ended = knead("tune", "undo", "evening.toml")
        assert ended.code == 5
        assert "evening.toml is being tuned by another process" in ended.err
        assert knead("tune", "history", "evening.toml").code == 0


@pytest.mark.usefixtures("edited")
def test_a_damaged_journal_is_told_by_file_and_line(knead, tmp_path):
    (where,) = (tmp_path / "state" / "kneadwave" / "tuning").glob("*.jsonl")
    where.write_bytes(where.read_bytes().replace(b"60%=0.8", b"60%=0.9", 1))
    ended = knead("tune", "undo", "evening.toml")
    assert ended.code == 3
    assert f"{where}: line 2 was damaged" in ended.err
    ended = knead("tune", "history", "evening.toml")
    assert ended.code == 0
    assert "line 2 was damaged; it was passed over" in ended.err


def test_what_was_typed_into_a_name_cannot_steer_the_terminal(knead, tmp_path):
    path = tmp_path / "evening.toml"
    path.write_text(COMMENTED.replace('"strokes"', '"str\\u001b[31mokes"'), encoding="utf-8")
    with open_desk(str(path)) as desk:
        desk.edit("softer \x1b[31m", with_level(0, 0.25))
    for words in (("history",), ("diff",), ("undo",), ("redo",), ("save",)):
        assert knead("tune", words[0], "evening.toml").code == 0  # the fixture looks for escapes
    assert json.dumps("\x1b") not in knead("tune", "history", "evening.toml").out


@pytest.mark.usefixtures("edited")
@pytest.mark.parametrize(
    "command",
    [
        ("simulate", "evening.toml"),
        ("run", "evening.toml", "--device", "sim:", "--recipient", "nobody", "--record", "no/where"),
        ("profile", "show", "evening.toml"),
        ("profile", "check", "evening.toml"),
        ("profile", "export", "evening.toml", "--as", "ahap", "--step", "1"),
    ],
    ids=" ".join,
)
def test_whoever_takes_the_file_says_that_edits_of_it_are_not_saved(knead, command):
    assert "edits that are not saved" in knead(*command).err
    knead("tune", "discard", "evening.toml")
    assert "not saved" not in knead(*command).err


@pytest.mark.usefixtures("edited")
def test_a_copy_says_what_becomes_of_the_original(knead):
    ended = knead("tune", "save", "evening.toml", "--as", "other")
    said = " ".join(ended.err.split())
    assert "the edits are in other.toml now" in said
    assert "evening.toml itself is as it was, and no edit waits to be saved there any more" in said
    assert "knead tune undo evening.toml" in ended.err


@pytest.mark.usefixtures("edited")
def test_a_file_that_is_gone_is_told(knead, tmp_path):
    (tmp_path / "evening.toml").unlink()
    ended = knead("tune", "show", "evening.toml", "1")
    assert "evening.toml is gone" in ended.err
    assert "--as NAME" in ended.out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("redo",), "knead tune history evening.toml shows every version"),
        (("undo", "9"), "knead tune history evening.toml shows every version"),
        (("restore", "9"), "versions are 0 to 2: knead tune history evening.toml"),
        (("diff", "9"), "versions are 0 to 2: knead tune history evening.toml"),
        (("number", "session", "level", "3"), "its steps are listed by: knead tune show evening.toml"),
    ],
)
@pytest.mark.usefixtures("edited")
def test_every_hint_names_the_profile(knead, words, hint):
    verb, *rest = words
    assert hint in knead("tune", verb, "evening.toml", *rest).err


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        *((verb, ()) for verb in ("diff", "history", "undo", "discard", "show")),
        ("number", ("2", "level", "0.38")),
        ("robust", ("--variants", "2")),
        ("preview", ("1", "--device", "sim:")),
    ],
)
@pytest.mark.usefixtures("one_clock")
def test_a_file_that_is_gone_is_told_by_every_verb(knead, edited, verb, words):
    edited.unlink()
    ended = knead("tune", verb, "evening.toml", *words)
    assert ended.code == 0
    assert " is gone" in ended.out + ended.err
    assert "changed elsewhere" not in ended.out + ended.err
    for command in re.findall("knead tune save.*", ended.out + ended.err):
        assert command.startswith("knead tune save evening.toml --as NAME")
