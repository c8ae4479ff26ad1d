"""Text that is safe to show, and lengths of time in words."""

import shlex

import pytest

from kneadwave.text import clean, clock_text, word_of_command


def test_clean_leaves_one_line_that_steers_no_terminal() -> None:
    assert clean("a\n b\x1b[31m\tc\x07") == "a b?[31m c?"
    assert len(clean("x" * 10_000)) == 2000


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "0:00"), (59.9, "0:59"), (60.0, "1:00"), (-1.0, "0:00")])
def test_a_length_of_time_is_told_in_minutes_and_whole_seconds(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text


@pytest.mark.parametrize("word", ["plain", "my evening.toml", "it's", "$HOME", "-x"])
def test_a_word_of_a_command_is_one_word(word: str) -> None:
    assert shlex.split(word_of_command(word)) == [word]
