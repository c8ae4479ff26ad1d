"""The choices of `knead virtual`, which stand written out so that its help needs no twin."""

from typing import get_args

from kneadwave.cli.virtual import Dialect
from kneadwave.guards.dialects import SCHEMES
from simulator.twins import TWINS


def test_every_dialect_of_a_port_or_a_network_has_a_twin_and_every_twin_is_offered() -> None:
    opened = {name for name, scheme in SCHEMES.items() if scheme.ports or scheme.networks}
    assert set(get_args(Dialect)) == TWINS.keys() == opened
