"""Arrays and inline tables as pieces: to the letter where nothing is changed."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.files.toml_entries import split

SPACES = st.sampled_from(
    ["", " ", "  ", "\t", "\n", "\r\n  ", ' # note, with ] and "\n', "\n# one\n # two\r\n"]
)
BODIES = st.sampled_from(
    ["1", "0.5", "[0, 1]", "[ 0,\n1 ] ", '"a, ]\\" #"', "'it, ['", '"""x" ,""" ', "'''y''',", "{ a = [1] }"]
).map(lambda body: body.rstrip(" ,"))


@st.composite
def arrays(draw):
    """The text of an array, and how many entries it has."""
    bodies = draw(st.lists(BODIES, max_size=5))
    parts = [draw(SPACES) + body + draw(SPACES) for body in bodies]
    trailing = "," if parts and draw(st.booleans()) else ""
    return "[" + ",".join(parts) + trailing + draw(SPACES) + "]", len(bodies)


@given(arrays())
def test_the_pieces_of_an_array_are_its_text(drawn):
    text, count = drawn
    pieces = split(text)
    assert str(pieces) == text
    assert len(pieces.items) == count
    for piece, value in zip(pieces.items, tomllib.loads(f"x = {text}")["x"], strict=True):
        assert tomllib.loads(f"x = {piece.body}")["x"] == value


@given(arrays(), st.data())
def test_an_entry_can_come_and_go_anywhere(drawn, data):
    text, count = drawn
    values = tomllib.loads(f"x = {text}")["x"]
    pieces = split(text)
    at = data.draw(st.integers(0, count))
    pieces.insert(at, "7")
    assert tomllib.loads(f"x = {pieces}")["x"] == [*values[:at], 7, *values[at:]]
    pieces.remove(at)
    assert tomllib.loads(f"x = {pieces}")["x"] == values
    if count > 1:
        gone = data.draw(st.integers(0, count - 1))
        pieces.remove(gone)
        assert tomllib.loads(f"x = {pieces}")["x"] == values[:gone] + values[gone + 1 :]


@pytest.mark.parametrize("text", ["[]", "[ ]", "{}", "[\n]", "[ # none\n]"])
def test_nothing_in_brackets_is_nothing(text):
    assert split(text).items == []
    assert str(split(text)) == text
