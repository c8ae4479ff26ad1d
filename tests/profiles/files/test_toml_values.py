"""One value becomes another with as few letters changed as can be."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.files.toml_values import number_like, paired, reworded, written


@pytest.mark.parametrize(
    ("value", "like", "single", "listed"),
    [
        (0.6, "0.55", "0.6", "0.60"),
        (0.6, "1", "0.6", "0.6"),
        (48.0, "36", "48", "48"),
        (1.0, "0.5", "1.0", "1.0"),
        (1.0, "0.50", "1.0", "1.00"),
        (0.123456, "0.5", "0.123456", "0.123456"),
        (1e-7, "0.5", "1e-07", "1e-07"),
        (0.5, "5e-1", "0.5", "0.5"),
        (2, "1", "2", "2"),
    ],
)
def test_a_number_is_written_as_the_one_before_it(value, like, single, listed):
    assert number_like(value, like, decimals=False) == single
    assert number_like(value, like, decimals=True) == listed
    assert float(listed) == value


@pytest.mark.parametrize(
    ("text", "new", "expected"),
    [
        ('"a"', "b", '"b"'),
        ("true", False, "false"),
        ("1", True, "true"),
        ('["a",  "b"]', ["a", "c", "b"], '["a", "c",  "b"]'),
        ('["a", "b"]', ["b"], '["b"]'),
        ("[[0, 1], [2, 3]]", [[0, 1], [2, 4]], "[[0, 1], [2, 4]]"),
        ("{ a = 1, b = 'x' }", {"a": 2, "b": "x"}, "{ a = 2, b = 'x' }"),
        ("{ a = 1, b = 'x' }", {"b": "x"}, "{ b = 'x' }"),
        ("{a=1}", {"a": 1, "c": {"d": [1]}}, "{a=1, c = { d = [1] }}"),
        ("{}", {"a": 1}, "{a = 1}"),
        ("{ a.b = 1 }", {"a": {"b": 2}}, "{ a = { b = 2 } }"),
        ("[]", [1], "[1]"),
        ("[1, 2]", [], "[]"),
    ],
)
def test_what_differs_is_changed(text, new, expected):
    old = tomllib.loads(f"x = {text}")["x"]
    assert reworded(text, old, new) == expected
    assert reworded(text, old, old) == text
    assert tomllib.loads(f"x = {expected}")["x"] == new


def test_points_are_paired_by_what_they_say_then_by_time_then_in_order():
    old = [[0, 0.5], [0.5, 1.0], [1, 0.5]]
    assert paired(old, [[0, 0.5], [1, 0.5]]) == [(0, 0), (1, None), (2, 1)]
    assert paired(old, [[0.1, 0.5], [0.6, 1.0], [0.9, 0.4]]) == [(0, 0), (1, 1), (2, 2)]
    assert paired(old, [[0, 0.4], [0.2, 0.7], [0.5, 0.9], [1, 0.5]]) == [(0, 0), (None, 1), (1, 2), (2, 3)]
    assert paired(old, [[0.2, 1.0], [0.4, 1.0]]) == [(0, 0), (1, 1), (2, None)]


VALUES = st.recursive(
    st.booleans()
    | st.integers(-99, 99)
    | st.sampled_from([0.5, 1.0, 1e-9])
    | st.text("ab\"'\\#\n,]", max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_any_value_becomes_any_other(old, new):
    text = reworded(written(old), old, new)
    found = tomllib.loads(f"x = {text}")["x"]
    assert found == new
    assert type(found) is type(new) or {type(found), type(new)} == {int, float}
