"""One call of `knead` in a process of its own: its events as they come, and a line to its standard input.

A front end that only carries never opens a port, loads a profile or reads a recording itself. What it wants
to know it asks the command line, so every check, guard and limit of that holds; and none of its work is done
beside a session.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from typing import Any, Final

from kneadwave.calls.command_line import CommandLine, options
from kneadwave.calls.errors import CallRefused
from kneadwave.sessions.frame_stream import HEADER

Line = dict[str, Any]

LONGEST_LINE: Final = 1 << 24
"""Bytes of the longest event: a report of twenty minutes is some hundred kB."""
TOLD_BYTES: Final = 4096
"""How much of standard error is kept, for an end without words."""
QUESTION_NICE: Final = 10
ANSWER_S: Final = 600.0
"""The longest that a question may take; a fit or a robustness takes a minute or two."""


class Child:
    """A running `knead`. `frames`: it writes frames, which `next_frame` hands out."""

    def __init__(self, process: asyncio.subprocess.Process, frames: asyncio.StreamReader | None) -> None:
        self._process = process
        self._frames = frames
        self._told = b""
        self._listening = asyncio.create_task(self._listen_to_errors())

    @classmethod
    async def begin(cls, line: CommandLine, *, frames: bool = False) -> "Child":
        """Start `knead` with --json, in a process group of its own."""
        reader, theirs = await _frame_pipe() if frames else (None, None)
        more = ("--json",) if theirs is None else ("--json", f"--frames={theirs}")
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "kneadwave", *line.arguments(*more)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=LONGEST_LINE,
                pass_fds=() if theirs is None else (theirs,),
                start_new_session=True,
                env=os.environ | {"PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
            )
        finally:
            if theirs is not None:
                os.close(theirs)
        return cls(process, reader)

    @property
    def pid(self) -> int:
        """Of which process."""
        return self._process.pid

    async def events(self) -> AsyncIterator[Line]:
        """Every event to the last; an `end` is made up where it died without one."""
        assert self._process.stdout is not None
        ended = False
        while line := await self._process.stdout.readline():
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                ended = event.get("event") == "end"
                yield event
        code = await self._process.wait()
        if not ended:
            await self._listening
            words = self._told.decode(errors="replace").strip().splitlines()
            error = words[-1].removeprefix("error: ") if words else f"knead ended with {code}"
            yield {"event": "end", "ok": False, "error": error, "rule": None, "hint": None, "exit": code}

    async def next_frame(self) -> bytes:
        """The next frame, as frame_stream.py has it; b"" once there are no more."""
        if self._frames is None:
            return b""
        try:
            head = await self._frames.readexactly(HEADER.size)
            return head + await self._frames.readexactly(2 * HEADER.unpack(head)[1])
        except (asyncio.IncompleteReadError, OSError):
            return b""

    def control(self, line: Line) -> None:
        """Say a control; whether it was heard, its events tell."""
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(json.dumps(line).encode() + b"\n")

    def hang_up(self) -> None:
        """End its standard input: a session stops."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def give_way(self) -> None:
        """Let sessions go before it."""
        if hasattr(os, "setpriority"):
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.pid, QUESTION_NICE)

    def kill(self) -> None:
        """End a question that nobody waits for; of a session, `hang_up`."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def gone(self) -> None:
        """Wait until it has ended, and nothing that it said is left to be read."""
        assert self._process.stdout is not None
        while await self._process.stdout.read(TOLD_BYTES):
            pass
        await self._listening
        await self._process.wait()

    async def _listen_to_errors(self) -> None:
        assert self._process.stderr is not None
        while said := await self._process.stderr.read(TOLD_BYTES):
            self._told = (self._told + said)[-TOLD_BYTES:]


async def _frame_pipe() -> tuple[asyncio.StreamReader, int]:
    """A pipe for frames: where they are read, and the descriptor that the child writes to."""
    ours, theirs = os.pipe()
    os.set_inheritable(theirs, True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(ours, "rb", buffering=0)
    )
    return reader, theirs


async def ask(line: CommandLine) -> list[Line]:
    """What `knead` answers to a question: its events, without the end; CallRefused where it ends badly."""
    child = await Child.begin(line)
    child.give_way()
    child.hang_up()
    told: list[Line] = []
    try:
        async with asyncio.timeout(ANSWER_S):
            async for event in child.events():
                told.append(event)
    except BaseException:
        child.kill()
        await child.gone()
        raise
    end = told.pop()
    if not end["ok"]:
        raise CallRefused(end, told)
    return told


async def confirms_stop(url: str) -> bool:
    """Whether `knead stop` has the device at `url` confirm that it is at rest."""
    try:
        told = await ask(CommandLine(("stop",), options(device=url)))
    except (CallRefused, OSError, TimeoutError):
        return False
    stopped = [event for event in told if event["event"] == "stopped"]
    return bool(stopped) and all(event["confirmed"] for event in stopped)
