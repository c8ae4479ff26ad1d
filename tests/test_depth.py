"""How deep the tests go, and that the setting reaches the examples of Hypothesis."""

import os

import depth
import pytest
from hypothesis import settings


@pytest.mark.parametrize(
    ("share", "count", "expected"), [(1.0, 60, 60), (0.25, 60, 15), (0.25, 12, 5), (0.25, 3, 3)]
)
def test_so_many_rounds_are_played(monkeypatch, share, count, expected):
    monkeypatch.setattr(depth, "DEPTH", share)
    assert depth.at_depth(count) == expected


def test_what_names_no_number_of_examples_has_its_share_too():
    assert settings.default.max_examples == depth.at_depth(100)
    assert float(os.environ.get("KNEAD_TEST_DEPTH", "0.25")) == depth.DEPTH
