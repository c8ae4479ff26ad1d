"""Damages that change nothing that anybody could see: equivalent.toml, each with the reason."""

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from mutants.damage import Mutant

EQUIVALENT = "equivalent"
LINE = re.compile(r"^line \d+: ")


class Equivalent(NamedTuple):
    """What is told of one damage; the line in which it stands may be another each day."""

    module: str
    function: str
    damage: str
    why: str

    def is_of(self, mutant: Mutant) -> bool:
        """Whether this is told of `mutant`."""
        return self[:3] == (mutant.module, mutant.function, LINE.sub("", mutant.words))


def equivalents() -> list[Equivalent]:
    """All of them."""
    with Path(__file__).with_name("equivalent.toml").open("rb") as file:
        told = tomllib.load(file)
    return [
        Equivalent(f"firmware_bridge.{module}", function, damage, why)
        for module, functions in told.items()
        for function, whys in functions.items()
        for why, damages in whys.items()
        for damage in damages
    ]
