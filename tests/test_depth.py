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


@pytest.mark.parametrize("width", [2, 3, 4, 5, 8])
@pytest.mark.parametrize("share", [1.0, 0.5, 0.25])
def test_a_thinned_table_leaves_out_no_column(monkeypatch, share, width):
    monkeypatch.setattr(depth, "DEPTH", share)
    table = [(row, column) for row in range(24) for column in range(width)]
    kept = depth.thinned(table)
    assert kept == sorted(kept)
    assert len(kept) == pytest.approx(len(table) * share, abs=2)
    for column in range(width):
        assert sum(column == one for _, one in kept) > 24 * share / 3
