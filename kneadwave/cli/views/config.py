"""What the config file sets, and what holds without it."""

import os
from typing import Any

from kneadwave.cli.terminal.output import Output
from kneadwave.config import KEYS, config_path, load_config
from kneadwave.devices import DEFAULT_DEVICE, VARIABLE
from kneadwave.text import clean

UNSET = {
    "allow": "only Kneadwave's own firmware is opened unasked",
    "broker": "none: knead mqtt and knead fleet name one",
    "device": "the only one that is known",
    "limit": "100 %",
    "store": "files: a folder for each recipient",
    "on": f"what the device says; {DEFAULT_DEVICE} without one",
}
"""What holds where nothing is set."""


def print_settings(out: Output) -> None:
    """Every setting with its value and where it is set; ConfigError for a file that cannot be read."""
    where, config = config_path(), load_config()
    there = "" if where.exists() else ", which is not there"
    out.say(f"config file  {clean(str(where))}{there}")
    out.say()
    rows = []
    for key in KEYS:
        value, source = getattr(config, key), "file" if key in config.written else "default"
        if key == "device" and os.environ.get(VARIABLE):
            value, source = os.environ[VARIABLE], VARIABLE
        says = UNSET[key] if source == "default" else _words(value)
        out.event("setting", key=key, value=value, says=says, source=source)
        rows.append((key, says, source))
    out.table(("setting", "value", "set by"), rows)
    out.end = {"path": str(where)}


def _words(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.0%}".replace("%", " %")
    return clean(", ".join(value) if isinstance(value, tuple) else str(value))
