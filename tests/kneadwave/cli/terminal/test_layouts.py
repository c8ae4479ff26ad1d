"""Keys of other layouts count by their place."""

import os

import pytest

from kneadwave.cli.terminal.keys import KEYS, STOP, Keys
from kneadwave.cli.terminal.layouts import LATIN, ROWS, latin
from kneadwave.sessions.controls import Pain, SkipToClosing


@pytest.mark.skipif(os.name != "posix", reason="needs pipes that select can watch")
@pytest.mark.parametrize("typed", ["сзый", "СЗЫЙ", "ψπσ", "ΨΠΣ", "בפד", "ؤحس", "сзі"])
def test_closing_pain_and_stop_are_where_they_are_on_a_latin_keyboard(typed: str) -> None:
    reader, writer = os.pipe()
    os.write(writer, typed.encode())
    wishes = Keys(reader).take()
    os.close(reader)
    os.close(writer)
    assert wishes[:3] == [SkipToClosing(), Pain(), STOP]
    assert set(map(type, wishes[3:])) <= {type(STOP)}


def test_no_row_changes_what_a_latin_key_or_a_sign_means() -> None:
    for row in ROWS:
        assert len(row) == len(LATIN)
        assert not any(letter.isascii() and not letter.isspace() for letter in row)
    assert all(latin(key) == key for key in (*LATIN, *KEYS, "ä", "1"))
