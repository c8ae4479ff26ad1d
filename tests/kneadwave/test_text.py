"""Text that is safe to show, and lengths of time in words."""

import shlex

import pytest

from firmware_bridge.wire.messages import Reason
from firmware_bridge.wire.reasons import words
from kneadwave.text import PLAIN, clean, clock_text, plainly, word_of_command, zone_said, zones_explained


def test_clean_leaves_one_line_that_steers_no_terminal() -> None:
    assert clean("a\n b\x1b[31m\tc\x07") == "a b?[31m c?"
    assert len(clean("x" * 10_000)) == 2000


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, "0:00"), (59.9, "0:59"), (59.9999, "1:00"), (60.0, "1:00"), (-1.0, "0:00")]
)
def test_a_length_of_time_is_told_in_minutes_and_whole_seconds(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text


@pytest.mark.parametrize("word", ["plain", "my evening.toml", "it's", "$HOME", "-x"])
def test_a_word_of_a_command_is_one_word(word: str) -> None:
    assert shlex.split(word_of_command(word)) == [word]


@pytest.mark.parametrize(
    ("reason", "plain"),
    [
        ("completed", "completed"),
        ("stopped by a signal", "ended by Ctrl-C or by another program"),
        ("stopped by the device: stop zeros", "stopped by the device: told to stop"),
        ("session over (rule 84)", "its time was over (rule 84)"),
        ("hung up; the neck was made softer because it hurt", None),
        ("stopped by its controls", "stopped on the page or by another program"),
        (
            "completed; the scapular was made softer because it hurt",
            "completed; the shoulder blade was made softer because it hurt",
        ),
        ("no table: of these", "no table: of these"),
    ],
)
def test_a_reason_is_told_in_plain_words(reason: str, plain: str | None) -> None:
    assert plainly(reason) == (plain or reason.replace("hung up", PLAIN["hung up"]))


def test_every_reason_of_the_wire_has_plain_words() -> None:
    plain_already = {Reason.NONE, Reason.TRIPPED}
    assert {words(reason) for reason in set(Reason) - plain_already} <= set(PLAIN)


def test_names_of_zones_that_few_people_know_are_told_in_one_word() -> None:
    assert zone_said("the gluteal zone") == "the buttock zone"
    assert zones_explained(["neck-left", "gluteal-left"]) == ["gluteal: of the buttock"]
    assert zones_explained(["scapular-left", "gluteal-right"])[0] == "scapular: of the shoulder blade"
    assert zones_explained(["flank-right"]) == ["flank: of the side, which hands on the back reach as well"]
    assert zones_explained(["sacrum"]) == []
