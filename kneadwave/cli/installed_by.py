"""How something is added to this very installation: by the program that made it."""

import sys
from itertools import pairwise
from pathlib import Path
from typing import Final

BY_PIP: Final = "pip install 'kneadwave[{extra}]'"
WORDS: Final = {
    "pipx": "pipx inject kneadwave 'kneadwave[{extra}]'",
    "uv": "uv tool install --with 'kneadwave[{extra}]' kneadwave",
    "pip": BY_PIP,
}
"""By each program, in the words of its command line."""
FOLDERS: Final = {("pipx", "venvs"): "pipx", ("uv", "tools"): "uv"}
"""Two folders above one another in the path of an environment tell who made it."""


def how_to_add(extra: str, prefix: str = sys.prefix) -> str:
    """The command that adds an extra of Kneadwave to the environment at `prefix`."""
    parts = Path(prefix).parts
    maker = next((FOLDERS[pair] for pair in pairwise(parts) if pair in FOLDERS), "pip")
    return WORDS[maker].format(extra=extra)
