"""From lines to where one stands; lines that are missing lose no version that is there."""

from datetime import UTC, datetime

import pytest

from kneadwave.errors import UsageError
from kneadwave.store.log_lines import LogEntry
from kneadwave.tuning.versions import Course

AT = datetime(2026, 3, 4, tzinfo=UTC)


def line(event, number=None, **fields):
    return LogEntry(AT, event, fields if number is None else {"number": number, **fields})


def made(number, event="edited", **fields):
    return line(event, number, text=f"text {number}", what=f"edit {number}", **fields)


THREE = [made(0, "began"), made(1), made(2)]


def test_a_course_that_has_not_begun_has_no_version():
    course = Course()
    assert not course.begun
    assert course.next_number == 0
    assert course.entries() == []


def test_lines_lead_to_where_one_stands():
    course = Course([*THREE, line("undone", 0, times=2), line("redone", 1, times=1), line("note", what="x")])
    assert course.current.text == "text 1"
    assert (course.undoable, course.redoable) == (1, 1)
    assert course.back(1).number == 0
    assert course.forth(1).number == 2
    assert course.saved == 0


def test_a_save_marks_its_version_and_a_new_edit_ends_what_could_be_redone():
    course = Course([*THREE, line("undone", 1), line("saved", 1), made(3)])
    assert course.saved == 1
    assert (course.current.number, course.undoable, course.redoable) == (3, 2, 0)
    with pytest.raises(UsageError, match="nothing to redo"):
        course.forth(1)
    assert [(entry.number, entry.saved, entry.current) for entry in course.entries() if entry.made] == [
        (0, False, False),
        (1, True, False),
        (2, False, False),
        (3, False, True),
    ]


def test_about_to_save_is_no_entry_of_the_history():
    assert [entry.event for entry in Course([*THREE, line("saving", what="x")]).entries()] == [
        "began",
        "edited",
        "edited",
    ]


@pytest.mark.parametrize("missing", range(1, 5))
def test_a_missing_line_takes_its_own_version_alone(missing):
    lines = [*THREE, line("undone", 1), made(3)]
    course = Course(each for number, each in enumerate(lines) if number != missing)
    assert course.current.number == (3 if missing != 4 else 1)
    assert set(course.versions) == {0, 1, 2, 3} - {lines[missing].fields["number"]} | (
        {1} if missing == 3 else set()
    )


def test_a_line_to_a_version_that_is_missing_leads_nowhere():
    assert Course([made(0, "began"), line("restored", 7)]).current.number == 0


def test_what_the_check_found_is_kept_with_the_version():
    course = Course([made(0, "began"), made(1, seen=[["warning", 30, "step[1].level"]]), made(2, seen=[])])
    assert course.seen == {1: [("warning", 30, "step[1].level")], 2: []}
