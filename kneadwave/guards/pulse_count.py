"""How many pulses a device has had whose motors are placed: a guard's own count, in a file for each device.

    URL.json    pulses, and when the last one was

An hour without any begins the count anew. A host counts for itself, by the description that it makes.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

from firmware_bridge.clock import local_now
from kneadwave.config import user_folder
from kneadwave.store.files import own_folder, read_private, write_private

PULSES_MAX: Final = 120
"""Of half a second at the most: a minute; project's choice."""
ANEW_AFTER: Final = timedelta(hours=1)


class PulseCount:
    """The pulses of the device of `url`."""

    def __init__(self, url: str, now: Callable[[], datetime] = local_now) -> None:
        self._path = folder() / f"{quote(url, safe='')}.json"
        self._now = now

    def take(self) -> bool:
        """Write one more down; False where it would be too many. OSError where it cannot be kept.

        Without waiting for the disk: the guard that takes it is about to move, and must not fall silent.
        """
        pulses = self._pulses() + 1
        if pulses > PULSES_MAX:
            return False
        own_folder(self._path.parent)
        write_private(
            self._path, json.dumps({"pulses": pulses, "last": self._now().isoformat()}), lasts=False
        )
        return True

    def _pulses(self) -> int:
        content = read_private(self._path)
        if content is None:
            return 0
        try:
            said = json.loads(content)
            pulses, passed = int(said["pulses"]), self._now() - datetime.fromisoformat(said["last"])
        except (ValueError, KeyError, TypeError):
            return PULSES_MAX  # nobody knows: deny by default
        return 0 if passed >= ANEW_AFTER else pulses


def folder() -> Path:
    """Where the files lie, whether it is there or not."""
    return user_folder("state") / "pulses"
