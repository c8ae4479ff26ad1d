"""A board as its TOML file in firmware/boards describes it: pins, sizes of the kernel, what it becomes."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import DeviceDescriptionError
from kneadwave.errors import BoardError
from profiles.files.toml_model import TomlKind, joined, parse_table, read_text, validated

FILE_MAX_BYTES: Final = 1 << 16
"""64 KiB. Project's choice: an honest one has 2."""
KIND: Final = TomlKind("board", FILE_MAX_BYTES, joined(BoardError))
PINS: Final = {"avr": r"P[A-L][0-7]", "rp2040": r"GP([0-9]|1[0-9]|2[0-8])"}
"""What pins are called, by the port."""
SLOW_PORTS: Final = "HJKL"
"""Ports of an ATmega2560 beyond the reach of sbi and cbi: a pin is set there by several instructions."""
_NAME = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,24}$")]


class _BoardTable(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Pin(_BoardTable):
    """A pin by its name in the data sheet, and by what is printed beside it."""

    pin: str = Field(pattern=rf"^({'|'.join(PINS.values())})$")
    label: str = Field(min_length=1, max_length=8)


class ActuatorPin(Pin):
    """The pin of an actuator; `pwm` is the channel of a timer that it is, "0A" for OC0A, on an AVR."""

    pwm: str | None = Field(default=None, pattern=r"^[0-5][ABC]$")


class KernelSizes(_BoardTable):
    """What the kernel has room for; the bounds are those of firmware/kernel/sizes.h."""

    slots: int = Field(ge=8, le=255)
    statuses: int = Field(ge=16, le=255)
    reports: int = Field(ge=4, le=512)


class BootLoader(_BoardTable):
    """How avrdude speaks to the boot loader of a board."""

    programmer: Literal["arduino", "wiring"]
    baud: int = Field(ge=9600, le=1_000_000)


class Board(_BoardTable):
    """A board; `actuators` are in the order of the description `device`, which is on the wire."""

    schema_: int = Field(alias="schema", ge=1, le=1)
    name: _NAME
    title: str = Field(min_length=1, max_length=80)
    port: Literal["avr", "rp2040"]
    mcu: _NAME
    clock_hz: int = Field(ge=1_000_000, le=200_000_000)
    device: _NAME  # a shipped description: any other would be known to this computer alone
    permit: Pin
    button: Pin
    actuators: tuple[ActuatorPin, ...] = Field(strict=False, min_length=1)
    sizes: KernelSizes
    unit_id: int = Field(default=0, ge=0, lt=1 << 32)  # tells boards of one description apart
    avrdude: BootLoader | None = None  # None: it shows itself as a drive, to which its image is copied

    @cached_property
    def description(self) -> DeviceDescription:
        """The description whose table the firmware carries."""
        return load_device(self.device)

    @model_validator(mode="after")
    def _pins_are_its_own(self) -> Self:
        pins = [each.pin for each in (self.permit, self.button, *self.actuators)]
        channels = [each.pwm for each in self.actuators if each.pwm is not None]
        for kind, names in (("pin", pins), ("timer channel", channels)):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{kind} {twice[0]} is given twice")
        foreign = [pin for pin in pins if pin.startswith("GP") is not (self.port == "rp2040")]
        if foreign:
            raise ValueError(f"there is no pin {foreign[0]} on a board of the port {self.port}")
        return self

    @model_validator(mode="after")
    def _no_interrupt_undoes_the_permit(self) -> Self:
        port = self.permit.pin[1]
        switched = [each.pin for each in self.actuators if each.pwm is None and each.pin[1] == port]
        if self.port == "avr" and port in SLOW_PORTS and switched:
            raise ValueError(
                f"the permit {self.permit.pin} shares its port with {switched[0]}, which an "
                "interrupt switches, and on ports H to L one could undo the other: take one of A to G for it"
            )
        return self

    @model_validator(mode="after")
    def _can_be_flashed(self) -> Self:
        if (self.avrdude is None) is not (self.port == "rp2040"):
            raise ValueError("an AVR is flashed by avrdude, an RP2040 as a drive")
        return self

    @model_validator(mode="after")
    def _has_a_pin_for_each_actuator(self) -> Self:
        try:
            specs = self.description.actuators
        except DeviceDescriptionError as error:
            raise ValueError(str(error)) from error
        if len(specs) != len(self.actuators):
            raise ValueError(
                f"{len(self.actuators)} pins are given for the {len(specs)} actuators of {self.device}"
            )
        rated = [spec.id for spec in specs if spec.rate is not None]
        if rated:
            raise ValueError(f"{rated[0]} of {self.device} has a rate, which no port puts out")
        return self


def load_board(path: Path) -> Board:
    """The board of a file; BoardError where something is wrong with it, FileNotFoundError without one."""
    table = parse_table(read_text(path, KIND), KIND, str(path))
    return validated(Board, table, KIND, str(path))
