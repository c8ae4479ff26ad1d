"""A Raspberry Pi Pico in an emulator: the UF2 that people flash, run by tests/firmware/rp2040/board.mjs."""

import json
import random
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from differential import DrawnSession, GuardLife, Record, guard_record
from kernel import BUILT, FIRMWARE, run_make
from random_device import Fields
from random_host import RandomHost
from reference_wire import (
    ARM,
    HELLO,
    LIMITS,
    LIMITS_HASH,
    PROTOCOL,
    SETPOINTS,
    STATUS,
    Receiver,
    WireFrame,
    encode,
)

from kneadwave.firmware.board import Board, load_board
from kneadwave.firmware.c_source import device_self

BOARD = FIRMWARE / "boards" / "pico.toml"
EMULATOR = Path(__file__).parents[1] / "firmware" / "rp2040"
UF2 = BUILT / "pico" / "pico.uf2"
POWERED = (2, 3, 4)
"""Playing, holding, stopping: the only states in which the actuators have power."""
ENUMERATED_MS = 40
"""By then a computer has found the device on its bus; it cannot be talked to before."""


class ToolMissing(AssertionError):
    """Nothing here can build the image, or run it."""


def build() -> Path:
    """Where the emulator is, the image built. Raises ToolMissing."""
    for tool, package in (("arm-none-eabi-gcc", "gcc-arm-none-eabi"), ("node", "nodejs"), ("npm", "npm")):
        if shutil.which(tool) is None:
            raise ToolMissing(
                f"The image of the Pico is run as it is, and there is no {tool}: install {package}."
            )
    run_make("pico")
    folder = BUILT / "emulator"
    folder.mkdir(exist_ok=True)
    if not (folder / "node_modules" / "rp2040js").is_dir():
        shutil.copy(EMULATOR / "package.json", folder)
        command = [
            "npm",
            "install",
            "--prefix",
            str(folder),
            "--no-package-lock",
            "--no-audit",
            "--ignore-scripts",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


def pico() -> Board:
    """Its board."""
    return load_board(BOARD)


def told() -> tuple[Fields, list[Fields]]:
    """What its firmware says of itself, as fields of docs/wire.md."""
    own = device_self(pico())
    table = [dict(actuator._asdict()) for actuator in own.table]
    for actuator in table:
        actuator["exponent"] = actuator.pop("exponent_percent")
    return dict(own.identity._asdict()), table


BRANCH_TO_ITSELF = 0xE7FE
"""An instruction with which a program hangs."""


def address_of(name: str) -> int:
    """Where a function of the image lies."""
    elf = UF2.with_suffix(".elf")
    done = subprocess.run(["arm-none-eabi-nm", elf], capture_output=True, text=True, check=True)
    return next(
        int(line.split()[0], 16) & ~1 for line in done.stdout.splitlines() if line.split()[-1] == name
    )


class EmulatedPico:
    """The emulator, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        pins = [pin.pin.removeprefix("GP") for pin in (pico().permit, pico().button)]
        self._process = subprocess.Popen(
            ["node", str(EMULATOR / "board.mjs"), str(folder), str(UF2), *pins],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "EmulatedPico":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=60)

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def do(self, *commands: tuple[str, Any]) -> list[Any]:
        """What each of the commands gave. Raises RuntimeError where one failed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(commands) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if isinstance(answer, dict):
            raise RuntimeError(answer["error"])
        return list(answer)

    def one(self, name: str, of_it: Any = None) -> Any:
        """What one command gave."""
        return self.do((name, of_it))[0]


class PicoHost(RandomHost):
    """A host that gives the board what it needs: time on the bus, a button that is let go of."""

    def act(self, what: str, *of_it: Any) -> None:
        """One event; the button is looked at as a tick begins, before anything else comes in it."""
        if what == "button":
            self.wait(1)
        super().act(what, *of_it)
        if what in ("button", "restart"):
            self.wait(ENUMERATED_MS)


def drawn(seed: int, ticks: int) -> DrawnSession:
    """A session of about so many ticks on a Pico, drawn from `seed`."""
    rng = random.Random(seed)
    identity, table = told()
    session = DrawnSession(identity, table, rng.randrange(1, 256), 0, False, events=[], until=ticks)
    life = GuardLife(session)
    host = PicoHost(rng, identity, table, life)
    host.wait(ENUMERATED_MS)
    host.live(ticks)
    return session._replace(events=host.events, until=life.t)


def commands(session: DrawnSession) -> list[tuple[str, Any]]:
    """What has to happen to the board."""
    found: list[tuple[str, Any]] = [("start", {"noise": session.epoch, "keep": False})]
    for t, what, *of_it in session.events:
        if what == "button":
            found += [("tick", t - 1), ("button", True), ("tick", t), ("button", False)]
            continue
        found.append(("tick", t))
        if what == "frame":
            found.append(("send", of_it[0]))
        elif what == "restart":
            found.append(("start", {"noise": of_it[0], "tick": t}))
        elif what == "dtr":
            found += [("line", False), ("line", True)]
        else:
            found.append((what, None))
    return [*found, ("tick", session.until), ("record", None), ("take", None)]


def pico_record(board: EmulatedPico, session: DrawnSession) -> Record:
    """What the board makes of a session; its states are whether the actuators have power."""
    *_, rows, sent = board.do(*commands(session))
    every = np.zeros((session.until + 1, 17), np.uint8)
    for at, *row in rows:
        every[at:] = row
    return _record(every[1:, :16], every[1:, 16:], bytes.fromhex(sent))


def guard_as_pico(session: DrawnSession) -> Record:
    """What the guard makes of it, as far as it is seen on a board."""
    record = guard_record(session)
    return _record(record.drives, np.isin(record.states[:, :1], POWERED).astype(np.uint8), record.sent)


def _record(drives: Any, permits: Any, sent: bytes) -> Record:
    return Record(drives, np.zeros((len(drives), 1), np.uint8), permits, sent)


class PicoTalk:
    """An orderly host, in the board's own time."""

    def __init__(self, board: EmulatedPico) -> None:
        self.board = board
        self.now = self.seq = self.echo = self.epoch = self.hash = 0
        self.heard: list[WireFrame] = []
        self._receiver = Receiver()

    def at(self, t: int) -> None:
        """On to tick `t`."""
        self.now = self.board.one("tick", t)
        self._listen()

    def send(self, kind: int, payload: bytes = b"", t_ms: int = 0) -> list[WireFrame]:
        """A frame; what the board says at once."""
        self.seq = (self.seq + 1) % 256
        frame = WireFrame(kind, self.seq, t_ms % 65536, self.epoch, self.echo, payload)
        return self.say(encode(frame))

    def say(self, data: bytes) -> list[WireFrame]:
        """Bytes; what the board says at once."""
        self.board.one("send", data.hex())
        return self._listen()

    def _listen(self) -> list[WireFrame]:
        data = bytes.fromhex(self.board.one("take"))
        frames = [frame for frame in self._receiver.take(data) if frame is not None]
        for frame in frames:
            self.epoch = frame.epoch
            if frame.type == STATUS:
                self.echo = frame.seq
            if frame.type == LIMITS_HASH:
                self.hash = int.from_bytes(frame.payload[:4], "little")
        self.heard += frames
        return frames

    def status(self) -> tuple[int, int]:
        """State and reason of the status that came last."""
        payload = next(frame.payload for frame in reversed(self.heard) if frame.type == STATUS)
        return payload[0], payload[1]

    def greet(self) -> None:
        """On to where it can be talked to, and HELLO."""
        self.at(ENUMERATED_MS)
        self.send(HELLO, bytes([PROTOCOL]))

    def play(self, drives: list[int], until: int = 3000) -> None:
        """Greet, arm, and play `drives` up to tick `until`; after 2000 they rise as slews allow."""
        self.greet()
        self.send(LIMITS, bytes([0]) + (1200).to_bytes(2, "little") + bytes([255] * len(drives)))
        self.send(ARM, self.hash.to_bytes(4, "little"))
        mask = sum(1 << i for i, drive in enumerate(drives) if drive)
        payload = mask.to_bytes((len(drives) + 7) // 8, "little") + bytes(filter(None, drives))
        while self.now < until:
            self.send(SETPOINTS, payload, self.now + 150)
            self.at(self.now + 20)

    def outputs_after(self, since: int) -> list[list[int]]:
        """Since tick `since`, whenever they change: [tick, 16 drives, permit]."""
        rows: list[list[int]] = self.board.one("record")
        begun = [row for row in rows if row[0] <= since][-1]
        return [[since, *begun[1:]], *(row for row in rows if row[0] > since)]
