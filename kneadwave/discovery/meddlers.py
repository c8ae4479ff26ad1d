"""Programs that open new serial ports by themselves, as far as Linux tells that they run."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

MEDDLERS: Final = {
    "ModemManager": "it sends modem commands to new ports and holds them for seconds",
    "brltty": "it takes boards with a CH340, CP210x or FTDI chip for Braille displays, and their ports away",
}
"""What they are called as processes, and what they do. Their own documentation, and udev rules of Debian."""


def running(proc: Path = Path("/proc")) -> list[str]:
    """Those that run, sorted; empty where a system does not tell."""
    found = set()
    with suppress(OSError):
        for number in filter(str.isdecimal, os.listdir(proc)):
            with suppress(OSError, ValueError):  # gone by now
                found.add((proc / number / "comm").read_text(encoding="utf-8").strip())
    return sorted(found & MEDDLERS.keys())
