"""What belongs to a database of people and lies on this computer: who is in use, and witnesses."""

from pathlib import Path

from kneadwave.errors import PersonFileError
from kneadwave.store.files import own_folder, read_private, write_private
from kneadwave.store.ledger_end import LedgerEnd, read_end, write_end
from kneadwave.store.seal import Seal


class KeptHere:
    """A folder with the state of this computer's user, in which no name can be read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.current_path = folder / "current"

    def current(self, seal: Seal) -> bytes | None:
        """Who is in use and a line end, empty where that was damaged, None where nobody is."""
        sealed = read_private(self.current_path, error=PersonFileError)
        if sealed is None:
            return None
        try:
            return seal.open(bytes.fromhex(sealed.decode("ascii")), b"current") or b""
        except ValueError:
            return b""

    def use(self, seal: Seal, name: str) -> None:
        """Let somebody be in use. OSError."""
        own_folder(self.folder)
        write_private(self.current_path, seal.close(f"{name}\n".encode(), b"current").hex())

    def witness_path(self, mark: bytes) -> Path:
        """The witness of one log, whether it is there or not."""
        return self.folder / "witnesses" / f"{mark.hex()}.json"

    def witness(self, mark: bytes) -> LedgerEnd | None:
        """What it says; as `read_end`."""
        return read_end(self.witness_path(mark))

    def write_witness(self, mark: bytes, end: LedgerEnd) -> None:
        """Let it say so. OSError."""
        path = self.witness_path(mark)
        own_folder(self.folder)
        own_folder(path.parent)
        write_end(path, end)
