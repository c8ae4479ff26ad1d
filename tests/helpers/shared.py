"""What takes long to make and is looked at by many tests: made once, whichever process asks first."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock


class Shared:
    """Values in a folder that all workers of one test session have in common; they are pickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str, make: Callable[[], Any]) -> Any:
        """The value of that name; `make` is called by the first process that asks, the others wait for it.

        Whoever makes a value twice, with the lock or past it, fails: that time is waste.
        """
        path = self.folder / f"{name}.pickle"
        with FileLock(self.folder / f"{name}.lock"):
            if not path.exists():
                self.note_making(name)
                path.write_bytes(pickle.dumps(make()))
            return pickle.loads(path.read_bytes())

    def note_making(self, name: str) -> None:
        """Note that a value is being made; AssertionError where it was before."""
        try:
            (self.folder / f"{name}.made").touch(exist_ok=False)
        except FileExistsError:
            raise AssertionError(f"'{name}' is made a second time: the workers share nothing") from None
