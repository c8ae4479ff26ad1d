"""The pace of a breath on the screen."""

from hypothesis import given
from hypothesis import strategies as st

from kneadwave.cli.terminal.pacing import breath_text, pacer
from kneadwave.sessions.pacing import pace_at
from profiles.technique import Breath

BREATH = Breath(inhale_s=4, hold_s=10, exhale_s=8)


@given(st.floats(0.0, 220.0), st.integers(1, 40), st.booleans())
def test_the_pacer_keeps_its_width_and_can_be_ascii(since: float, width: int, ascii_only: bool) -> None:
    line = pacer(pace_at(BREATH, since % BREATH.cycle_s), width, ascii_only)
    assert len(line) == len("breathe out") + width + 7
    assert line.isascii() is ascii_only
    assert int(line.split()[-2]) >= 1


def test_the_bar_is_empty_before_and_full_at_the_hold() -> None:
    assert "----" in pacer(pace_at(BREATH, 0.0), 4, True)
    assert "####" in pacer(pace_at(BREATH, 5.0), 4, True)
    assert "##--" in pacer(pace_at(BREATH, 18.0), 4, True)


def test_a_breath_in_words() -> None:
    assert breath_text(BREATH) == "breathe in 4 s, hold 10 s, out 8 s"
    assert breath_text(Breath(inhale_s=4, hold_s=0, exhale_s=6)) == "breathe in 4 s, out 6 s"
