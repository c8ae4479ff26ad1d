"""How deep the tests go that could go on for ever: a quarter in `make test`, whole in `make deep`."""

import math
import os
from collections.abc import Iterable
from typing import TypeVar

DEPTH = float(os.environ.get("KNEAD_TEST_DEPTH", "0.25"))
"""Share of the examples, rounds and recordings that are looked at, 0 to 1."""

GOLDEN = (math.sqrt(5) - 1) / 2
Case = TypeVar("Case")


def at_depth(count: int, least: int = 5) -> int:
    """So many of `count` examples or rounds: the share of the depth, but no fewer than `least` of them."""
    return min(count, max(least, round(count * DEPTH)))


def thinned(cases: Iterable[Case]) -> list[Case]:
    """The share of the depth of a table's cases, the same in every run: every case at a depth of 1.

    Steps of the golden section spread what is kept evenly, over all of them and over rows and columns.
    """
    return [case for number, case in enumerate(cases) if number * GOLDEN % 1 < DEPTH]
