"""Indications: for whom or when the source suggests a routine (indications.toml). No medical claim."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Indication:
    """An occasion, in a few words, and the rules that name it."""

    name: str
    title: str
    rules: tuple[int, ...]


@lru_cache(maxsize=1)
def indications() -> dict[str, Indication]:
    """Return every indication by its name."""
    text = (Path(__file__).parent / "indications.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)["indication"]
    return {e["name"]: Indication(e["name"], e["title"], tuple(e["rules"])) for e in entries}
