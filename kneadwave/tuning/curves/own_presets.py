"""Curves of one's own that have a name: kept beside the config file, taken by `knead tune preset`.

    evening = [[0, 0.3], [0.4, 1], [1, 0.5]]        time and level, both 0 to 1

A profile holds the points, not the name: it stays whole where it is taken along.
"""

import re
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from kneadwave.config import user_folder
from kneadwave.errors import ConfigError, NoHome, UsageError
from kneadwave.store.files import reason_of
from kneadwave.text import clean, is_reserved
from profiles.curve import PRESETS, IntensityCurve
from profiles.errors import ProfileError
from profiles.files.save import write_whole
from profiles.files.toml_model import TomlKind, joined, key_text, parse_table, read_text

MAX_BYTES: Final = 1 << 18
"""256 KiB. Project's choice: some hundred curves of many points."""
KIND: Final = TomlKind("file of presets", MAX_BYTES, joined(ConfigError))
NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
HEAD: Final = "# Curves of your own: time and level of each point, 0 to 1. They are taken by name.\n"


def presets_path() -> Path:
    """Where the file lies, whether there is one or not; NoHome where nobody knows that."""
    return user_folder("config") / "presets.toml"


def own_presets(path: Path | None = None) -> dict[str, IntensityCurve]:
    """Every curve of one's own by its name; ConfigError names file and curve."""
    try:
        where = presets_path() if path is None else path
        table = parse_table(read_text(where, KIND), KIND, str(where))
    except (FileNotFoundError, NotADirectoryError, NoHome):
        return {}
    found = {}
    for name, points in table.items():
        try:
            found[name] = IntensityCurve(points=points)
        except (ValidationError, TypeError) as error:
            raise ConfigError(
                f"{where}: {key_text(name)}: is no curve", hint="write points as [[0, 0.5], [1, 1]]"
            ) from error
    return found


def keep(name: str, curve: IntensityCurve) -> Path:
    """Keep a curve in fractions under a name, in place of one that had it; where. UsageError for no name."""
    if not NAME.fullmatch(name) or is_reserved(name) or name in PRESETS:
        why = "ships" if name in PRESETS else "cannot be one"
        raise UsageError(
            f"'{clean(name)}' is no name for a preset: it {why}", hint="lower case, digits, dashes"
        )
    path = presets_path()
    lines = [f"{each} = {_points(known)}" for each, known in sorted({**own_presets(), name: curve}.items())]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, HEAD + "\n".join(lines) + "\n")
    except (OSError, ProfileError) as error:
        reason = error.message if isinstance(error, ProfileError) else reason_of(error)
        raise ConfigError(
            f"{path}: cannot be written: {reason}", hint="make room, or look who may write there"
        ) from error
    return path


def _points(curve: IntensityCurve) -> str:
    return "[" + ", ".join(f"[{time:g}, {level:g}]" for time, level in curve.points) + "]"
