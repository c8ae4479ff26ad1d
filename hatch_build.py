"""Puts what is in C into a wheel where it is built: `make firmware`, then build the wheel.

Such a wheel is of one platform; one without is of all, and Python does all of it.
"""

import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "libkneadwave.so"  # as in simulator/kernel_library.py


class CarryKernel(BuildHookInterface):
    """Adds what is built in C beside the Python that loads it, unless its source is newer."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Say what else goes into the wheel; an editable one finds the libraries where they were built."""
        if version == "editable":
            return
        root = Path(self.root)
        firmware, safety = root / "firmware", root / "firmware_bridge" / "safety"
        kernel = [*firmware.glob("kernel/*.[ch]"), *firmware.glob("host/*.[ch]"), firmware / "Makefile"]
        carried = {firmware / "build" / NAME: (f"simulator/{NAME}", kernel)}
        for source in safety.glob("*.c"):
            name = f"libknead{source.stem}.so"
            carried[firmware / "build" / name] = (f"firmware_bridge/safety/{name}", [source])
        for library, (place, sources) in carried.items():
            if library.is_file() and _is_newest(library, sources):
                build_data["force_include"][str(library)] = place
                build_data["pure_python"] = False
                platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
                build_data["tag"] = f"py3-none-{platform}"


def _is_newest(library: Path, sources: list[Path]) -> bool:
    return all(source.stat().st_mtime <= library.stat().st_mtime for source in sources)
