"""A board as C: pins and sizes for the port, and what the firmware says of itself, as bytes of the wire."""

from firmware_bridge.wire.codec import report_payload
from firmware_bridge.wire.identity import DeviceSelf, device_table, identity_of
from kneadwave.firmware.board import Board, Pin
from kneadwave.firmware.version import VERSION

BYTES_A_LINE = 15
_MADE = "/* Made from firmware/boards/{}.toml: change that. */\n"


def device_self(board: Board) -> DeviceSelf:
    """What the board says of itself: the table, and with it the hash, is that of its description."""
    identity = identity_of(board.description, firmware=VERSION, unit_id=board.unit_id)
    identity = identity._replace(slots=board.sizes.slots)
    return DeviceSelf(identity, device_table(board.description))


def board_header(board: Board) -> str:
    """board.h: sizes of the kernel, and pins as lists of PIN(...) that a port expands.

    PIN of an actuator begins with its index; an AVR's pin is its port and bit, one of a timer has timer and
    channel behind that; an RP2040's is its GPIO.
    """
    count = len(board.actuators)
    lines = [
        ("KNEAD_ACTUATORS", str(count)),
        ("KNEAD_RATED", "1"),
        ("KNEAD_POINTS", str(count)),
        ("KNEAD_SLOTS", str(board.sizes.slots)),
        ("KNEAD_STATUSES", str(board.sizes.statuses)),
        ("KNEAD_REPORTS", str(board.sizes.reports)),
        ("BOARD_CLOCK_HZ", f"{board.clock_hz}UL"),
        ("BOARD_PERMIT(PIN)", f"PIN({_parts(board.permit)})"),
        ("BOARD_BUTTON(PIN)", f"PIN({_parts(board.button)})"),
        *_actuator_pins(board).items(),
    ]
    body = "".join(f"#define {name} {value}".rstrip() + "\n" for name, value in lines)
    return (
        _MADE.format(board.name) + f"#ifndef KNEAD_BOARD_H\n#define KNEAD_BOARD_H\n\n/* {board.title} */\n"
        f"{body}\n#endif\n"
    )


def _actuator_pins(board: Board) -> dict[str, str]:
    if board.port == "rp2040":
        pins = [f"PIN({i}, {_parts(pin)})" for i, pin in enumerate(board.actuators)]
        return {"BOARD_PWM_PINS(PIN)": " ".join(pins)}
    found: dict[str, list[str]] = {"SWITCHED": [], "PWM8": [], "PWM16": []}
    for i, pin in enumerate(board.actuators):
        if pin.pwm is None:
            found["SWITCHED"].append(f"PIN({i}, {_parts(pin)})")
        else:
            timer, channel = pin.pwm[0], pin.pwm[1]
            width = "PWM8" if timer in "02" else "PWM16"
            found[width].append(f"PIN({i}, {_parts(pin)}, {timer}, {channel})")
    return {f"BOARD_{kind}_PINS(PIN)": " ".join(pins) for kind, pins in found.items()}


def _parts(pin: Pin) -> str:
    return pin.pin[2:] if pin.pin.startswith("GP") else f"{pin.pin[1]}, {pin.pin[2]}"


def self_bytes(board: Board) -> tuple[bytes, bytes]:
    """Identity and table of a board, as the wire has them."""
    told = device_self(board)
    return report_payload(told.identity), b"".join(map(report_payload, told.table))


def self_header(board: Board) -> str:
    """board_self.h: `board_self`, for knead_start; to be included once."""
    identity, table = self_bytes(board)
    return (
        f"{_MADE.format(board.name)}"
        f"/* The table of {board.device}, limits_hash {device_self(board).identity.limits_hash:08x}. */\n"
        f'#include "identity.h"\n#include "sizes.h"\n\n'
        f"{_bytes('board_identity', identity)}\n{_bytes('board_table', table)}\n"
        "static const struct device_self board_self = {board_identity, board_table};\n"
    )


def _bytes(name: str, data: bytes) -> str:
    rows = [data[at : at + BYTES_A_LINE] for at in range(0, len(data), BYTES_A_LINE)]
    body = "".join(f"    {', '.join(f'0x{byte:02x}' for byte in row)},\n" for row in rows)
    return f"static const uint8_t {name}[{len(data)}] KNEAD_FLASH = {{\n{body}}};\n"
