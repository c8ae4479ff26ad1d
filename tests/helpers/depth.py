"""How deep the tests go that could go on for ever: a quarter in `make test`, whole in `make deep`."""

import os

DEPTH = float(os.environ.get("KNEAD_TEST_DEPTH", "0.25"))
"""Share of the examples, rounds and recordings that are looked at, 0 to 1."""


def at_depth(count: int, least: int = 5) -> int:
    """So many of `count` examples or rounds: the share of the depth, but no fewer than `least` of them."""
    return min(count, max(least, round(count * DEPTH)))
