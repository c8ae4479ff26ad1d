"""Puts the kernel in C into a wheel where it is built: `make firmware`, then build the wheel.

Such a wheel is of one platform; one without the kernel is of all, and the guard in Python plays in it.
"""

import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "libkneadwave.so"  # as in simulator/kernel_library.py


class CarryKernel(BuildHookInterface):
    """Adds firmware/build/libkneadwave.so beside simulator/kernel_library.py, unless its source is newer."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Say what else goes into the wheel; an editable one finds the library where it was built."""
        firmware = Path(self.root) / "firmware"
        library = firmware / "build" / NAME
        if version == "editable" or not library.is_file():
            return
        source = [*firmware.glob("kernel/*.[ch]"), *firmware.glob("host/*.[ch]"), firmware / "Makefile"]
        if any(each.stat().st_mtime > library.stat().st_mtime for each in source):
            return
        build_data["force_include"][str(library)] = f"simulator/{NAME}"
        build_data["pure_python"] = False
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"py3-none-{platform}"
