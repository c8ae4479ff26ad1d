"""A board in simavr: the image that people flash, its line, its pins and its cycles, tick by tick."""

import ctypes
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from kernel import BUILT, FIRMWARE
from numpy.typing import NDArray
from reference_wire import ACTUATOR_FIELDS, IDENTITY_FIELDS, pack_fields

from kneadwave.firmware.board import Board, load_board

ACTUATORS = 16
CYCLES_A_TICK = 16_000
LINE_HZ, LINE_BAUD = 16_000_000, 117_647
"""The clock of the boards, and what its divider makes of 115200 baud."""
FACTS = ("state", "reason", "permit", "consumed", "breaks", "break_at", "waiting", "busy")
STATE, REASON, PERMIT, CONSUMED, BREAKS, BREAK_AT, WAITING, BUSY = range(len(FACTS))
BOOT_CYCLES = 10_000_000
RAM_MASK = 0xFFFF


class ToolsMissing(AssertionError):
    """Nothing here can build for an AVR, or run what is built."""


class _Places(ctypes.Structure):
    _fields_ = [
        *(
            (name, ctypes.c_uint16)
            for name in (
                "ticks_taken",
                "bytes_taken",
                "line_broken",
                "stack_end",
                "state",
                "reason",
                "waiting",
                "permit",
                "permit_bit",
                "count",
            )
        ),
        ("duty", ctypes.c_uint16 * ACTUATORS),
        ("wide", ctypes.c_uint16 * ACTUATORS),
    ]


class Image(NamedTuple):
    """A built image, and where things lie in it."""

    elf: Path
    mcu: str
    hz: int
    places: Any
    symbols: Mapping[str, int]

    @property
    def count(self) -> int:
        """Its actuators."""
        return int(self.places.count)


def make(*words: str, folder: Path = FIRMWARE) -> str:
    """What make says. ToolsMissing where a compiler is not here."""
    needed = ("avr-gcc", "avr-nm", "make", os.environ.get("CC", "cc"))
    missing = [name for name in needed if shutil.which(name) is None]
    if missing or not Path("/usr/include/simavr/sim_avr.h").exists():
        raise ToolsMissing(
            f"Boards are tested as machine code in simavr, and {', '.join(missing) or 'simavr'} is not here: "
            "install gcc-avr, avr-libc, libsimavr-dev and libelf-dev, as .ci/run does."
        )
    done = subprocess.run(["make", "-C", str(folder), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def image_of(name: str, mcu: str, hz: int) -> Image:
    """The image in build/`name`, which is built."""
    elf = BUILT / name / "kneadwave.elf"
    told = subprocess.run(["avr-nm", elf], capture_output=True, text=True, check=True).stdout
    symbols = {}
    for line in told.splitlines():
        *address, _, symbol = line.split()
        if address:
            symbols[symbol.partition(".")[0] or symbol] = int(address[0], 16)
    probe = np.frombuffer((BUILT / name / "probe.bin").read_bytes(), "<u2")
    count = (len(probe) - 5) // 2
    narrow, wide = probe[5 : 5 + count], probe[5 + count :]
    places = _Places(
        symbols["ticks_taken"] & RAM_MASK,
        symbols["bytes_taken"] & RAM_MASK,
        symbols["line_broken"] & RAM_MASK,
        symbols["__bss_end"] & RAM_MASK,
        *((symbols["device"] & RAM_MASK) + int(offset) for offset in probe[:3]),
        *map(int, probe[3:5]),
        count,
    )
    for i in range(count):
        level = symbols.get(f"level_{i}", 0) & RAM_MASK
        places.duty[i] = int(narrow[i]) or int(wide[i]) or level
        places.wide[i] = int(wide[i]) != 0
        assert places.duty[i], f"actuator {i} of {name} has no duty"
    return Image(elf, mcu, hz, places, symbols)


def built_image(board: Board) -> Image:
    """The image of a board of firmware/boards, built where it is older than its source."""
    make(board.name, f"PYTHON={sys.executable}")
    make(f"BOARD={board.name}", "probe", folder=FIRMWARE / board.port)
    return image_of(board.name, board.mcu, board.clock_hz)


def board_named(name: str) -> Board:
    """A board of firmware/boards."""
    return load_board(FIRMWARE / "boards" / f"{name}.toml")


def load_simulator(path: Path = BUILT / "libavrboard.so") -> ctypes.CDLL:
    """The simulator, its functions typed."""
    library = ctypes.CDLL(str(path))
    data, pointer = ctypes.c_char_p, ctypes.c_void_p
    u8, u32, u64 = ctypes.c_uint8, ctypes.c_uint32, ctypes.c_uint64
    for name, result, arguments in (
        ("new", pointer, (data, data, u32, ctypes.POINTER(_Places))),
        ("free", None, (pointer,)),
        ("flash", None, (pointer, u32, data, u32)),
        ("keep", None, (pointer, u8)),
        ("reset", None, (pointer,)),
        ("await_reset", ctypes.c_bool, (pointer, u64)),
        ("pin", None, (pointer, ctypes.c_char, u32, ctypes.c_bool)),
        ("poke", None, (pointer, u32, u8)),
        ("line", None, (pointer, u32)),
        ("feed", None, (pointer, u32, data, u32, ctypes.c_bool)),
        ("play", u32, (pointer, u32, u64, pointer, pointer)),
        ("now", None, (pointer, pointer, pointer)),
        ("sent", u32, (pointer, pointer, pointer)),
        ("watch", None, (pointer, u32, ctypes.c_char, u32)),
        ("high", None, (pointer, pointer)),
        ("stack", u32, (pointer,)),
        ("cycle", u64, (pointer,)),
    ):
        function = getattr(library, f"avr_board_{name}")
        function.restype, function.argtypes = result, arguments
    return library


class Played(NamedTuple):
    """A row for each tick: drives, and the FACTS at its end."""

    drives: NDArray[np.uint8]
    facts: NDArray[np.uint32]


class AvrBoard:
    """A board with power on. `epoch` is what it draws; the button is closed, as while nobody presses it."""

    def __init__(
        self,
        library: ctypes.CDLL,
        image: Image,
        epoch: int = 1,
        *,
        button: str = "",
        told: tuple[Mapping[str, Any], list[Mapping[str, Any]]] | None = None,
    ) -> None:
        self._library, self.image = library, image
        self._handle = library.avr_board_new(
            str(image.elf).encode(), image.mcu.encode(), image.hz, ctypes.byref(image.places)
        )
        assert self._handle, f"simavr cannot load {image.elf}"
        if told is not None:
            identity, table = told
            self._flash("board_identity", pack_fields(IDENTITY_FIELDS, identity))
            self._flash("board_table", b"".join(pack_fields(ACTUATOR_FIELDS, each) for each in table))
        self.keep_epoch_before(epoch)
        self.pace(image.hz * 10 // (LINE_BAUD if image.hz == LINE_HZ else TEST_BAUD))
        self._button = button
        if button:
            self.button(open=False)
        self.ticks = 0
        """Ticks that ended."""
        self._boot()

    def __del__(self) -> None:
        self._library.avr_board_free(self._handle)

    def _flash(self, symbol: str, data: bytes) -> None:
        self._library.avr_board_flash(self._handle, self.image.symbols[symbol], data, len(data))

    def _boot(self) -> None:
        """Up to where the first tick begins."""
        rows, _ = self._rows(1, cycles=BOOT_CYCLES)
        assert len(rows) == 1, "it does not start"

    def keep_epoch_before(self, epoch: int) -> None:
        """Let the next life have this epoch."""
        self._library.avr_board_keep(self._handle, (epoch - 2) % 255 + 1)

    def pace(self, byte_cycles: int) -> None:
        """Cycles that a byte takes on the line."""
        self._library.avr_board_line(self._handle, byte_cycles)

    def button(self, *, open: bool) -> None:
        """Press the button, or let it go."""
        port, bit = self._button[1], int(self._button[2])
        self._library.avr_board_pin(self._handle, port.encode(), bit, open)

    def reset(self) -> None:
        """A reset, as by the reset pin."""
        self._library.avr_board_reset(self._handle)
        self._boot()

    def wait_for_reset(self, within: int) -> None:
        """Until the watchdog has reset it, and the first tick begins; AssertionError after so many cycles."""
        assert self._library.avr_board_await_reset(self._handle, within), "no watchdog"
        self._boot()

    def poke(self, at: int, value: int) -> None:
        """Write into memory."""
        self._library.avr_board_poke(self._handle, at, value)

    def feed(self, data: bytes, at: int = 0) -> None:
        """Bytes that the line begins to carry in tick `at`, or later where others are on it."""
        self._library.avr_board_feed(self._handle, at, data, len(data), False)

    def line_break(self, at: int = 0) -> None:
        """A BREAK."""
        self._library.avr_board_feed(self._handle, at, b"\0", 1, True)

    def _rows(self, ticks: int, cycles: int = 2**62) -> tuple[NDArray[np.uint16], NDArray[np.uint32]]:
        duties = np.zeros((ticks, self.image.count), np.uint16)
        facts = np.zeros((ticks, len(FACTS)), np.uint32)
        rows = self._library.avr_board_play(
            self._handle, ticks, cycles, duties.ctypes.data, facts.ctypes.data
        )
        return duties[:rows], facts[:rows]

    def play(self, ticks: int, cycles: int = 2**62) -> Played:
        """So many ticks, each to its end; fewer where `cycles` are over before."""
        duties, facts = self._rows(ticks, cycles)
        self.ticks += len(facts)
        return Played(self._drives(duties), facts)

    def now(self) -> Played:
        """One row: what is put out at this moment."""
        duties = np.zeros((1, self.image.count), np.uint16)
        facts = np.zeros((1, len(FACTS)), np.uint32)
        self._library.avr_board_now(self._handle, duties.ctypes.data, facts.ctypes.data)
        return Played(self._drives(duties), facts)

    def _drives(self, duties: NDArray[np.uint16]) -> NDArray[np.uint8]:
        """The drive that each duty stands for."""
        wide = np.array(self.image.places.wide[: self.image.count], bool)
        top = self.image.hz // 1000 - 1
        steps = (np.arange(256) * (top * 256 // 255 + 1)) >> 8
        found = np.searchsorted(steps, duties)
        drives = np.where(wide, found, duties)
        assert (steps[drives] == duties)[:, wide].all(), "a duty that stands for no drive"
        return drives.astype(np.uint8)

    def sent(self) -> tuple[bytes, list[int]]:
        """The bytes sent since this was asked last, and the tick of each."""
        data, ticks = ctypes.create_string_buffer(1 << 20), np.zeros(1 << 20, np.uint32)
        count = self._library.avr_board_sent(self._handle, data, ticks.ctypes.data)
        return data.raw[:count], ticks[:count].tolist()

    def watch(self, pins: Sequence[str]) -> None:
        """Look at the pins of the actuators, "PD6" and so on, from now on."""
        for i, pin in enumerate(pins):
            self._library.avr_board_watch(self._handle, i, pin[1].encode(), int(pin[2]))

    def high(self) -> NDArray[np.uint64]:
        """For how many cycles each of them was high since then."""
        cycles = np.zeros(self.image.count, np.uint64)
        self._library.avr_board_high(self._handle, cycles.ctypes.data)
        return cycles

    @property
    def stack(self) -> int:
        """Bytes of stack that were ever used."""
        return int(self._library.avr_board_stack(self._handle))

    @property
    def cycle(self) -> int:
        """Cycles since power came on."""
        return int(self._library.avr_board_cycle(self._handle))


TEST_HZ, TEST_BAUD = 64_000_000, 2_000_000


TEST_SIZES: Final = {
    "uno": {"RATED": 8, "SLOTS": 8, "STATUSES": 32, "REPORTS": 14},
    "mega": {"RATED": 16, "STATUSES": 255, "REPORTS": 40},
}
"""Of the test images: as large as the controller of the board has room for."""


def built_test_image(name: str = "mega") -> Image:
    """The port to a board's controller, with room for any table of so many actuators, rates too.

    `told` writes one into its flash. Its clock is four times as fast and its line seventeen times, so that
    all that a vector has in one tick arrives in that tick and is done in it. All else is what people flash.
    """
    from kneadwave.firmware.c_source import board_header, self_header

    board = board_named(name)
    header = board_header(board).replace(f"_HZ {LINE_HZ}UL", f"_HZ {TEST_HZ}UL")
    for size, room in TEST_SIZES[name].items():
        header = re.sub(rf"#define KNEAD_{size} .*", f"#define KNEAD_{size} {room}", header)
    more = {"BAUD": f"{TEST_BAUD}UL", "LISTENS_UNTIL": "TOP", "BUTTON_TICKS": "0"}
    lines = "".join(f"#define BOARD_{name} {value}\n" for name, value in more.items())
    header = header.replace("\n#endif", f"{lines}\n#endif")
    folder = BUILT / f"test-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in (("board.h", header), ("board_self.h", self_header(board))):
        if not (folder / file).exists() or (folder / file).read_text(encoding="utf-8") != text:
            (folder / file).write_text(text, encoding="utf-8")
    make(f"MCU={board.mcu}", f"BOARD={folder.name}", "all", "probe", folder=FIRMWARE / "avr")
    return image_of(folder.name, board.mcu, TEST_HZ)
