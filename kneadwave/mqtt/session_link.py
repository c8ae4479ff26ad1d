"""The bridge's end of a running session's socket: what the session tells, and what it is asked."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from kneadwave.sessions.snapshot import Line

LONGEST_LINE: Final = 1 << 20


class SessionLink:
    """A session that is watched; `devices` are the URLs that it plays on."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, about: Line) -> None:
        self.about = about
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, path: Path) -> "SessionLink | None":
        """Watch the session of a socket; None where it is gone."""
        try:
            reader, writer = await asyncio.open_unix_connection(path, limit=LONGEST_LINE)
        except OSError:
            return None
        about = await _line(reader)
        if about is None or about.get("event") != "session":
            writer.close()
            return None
        return cls(reader, writer, about)

    @property
    def devices(self) -> tuple[str, ...]:
        """The URLs that it plays on."""
        return tuple(map(str, self.about["devices"]))

    async def events(self) -> AsyncIterator[Line]:
        """Every event to the last."""
        while (event := await _line(self._reader)) is not None:
            yield event

    def say(self, control: Line) -> None:
        """Ask for a control; whether it was heard, its events tell."""
        if not self._writer.is_closing():
            self._writer.write(json.dumps(control).encode() + b"\n")

    def close(self) -> None:
        """Watch it no more; that changes nothing for it."""
        self._writer.close()


async def _line(reader: asyncio.StreamReader) -> Line | None:
    with suppress(ValueError, OSError):  # a line that is too long, or no JSON: it is no session of ours
        line = await reader.readline()
        told = json.loads(line) if line.endswith(b"\n") else None
        return told if isinstance(told, dict) else None
    return None
