"""The stores that the contract is held against, and what can be done to each from outside."""

from pathlib import Path
from typing import Protocol

from people import folder_of, witness_of

from kneadwave.store.people_store import LINES


class Vault(Protocol):
    """A store as somebody has it who reaches past Kneadwave."""

    def lines(self, name: str) -> list[bytes]:
        """The lines of a log."""

    def put(self, name: str, lines: list[bytes]) -> None:
        """Let the log hold these lines and nothing else."""

    def witness(self, name: str) -> Path:
        """The file of the witness."""


class Folders:
    """Files: the default."""

    def lines(self, name: str) -> list[bytes]:
        return (folder_of(name) / LINES).read_bytes().splitlines(keepends=True)

    def put(self, name: str, lines: list[bytes]) -> None:
        (folder_of(name) / LINES).write_bytes(b"".join(lines))

    def witness(self, name: str) -> Path:
        return witness_of(name)
