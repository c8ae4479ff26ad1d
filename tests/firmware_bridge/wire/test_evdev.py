"""The structs of linux/input.h, against ctypes and its own header; and a real device where there is one."""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from uinput_controller import MISSING, UinputController

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.errors import LinkError, PortBusy, PortMissing
from firmware_bridge.guard.outputs.rumble import RumbleOutput
from firmware_bridge.wire import evdev
from firmware_bridge.wire.evdev import EFFECT_BYTES, EvdevMotors, play_events, rumble_effect

DEADLINE_S = 60.0
HEADER = Path("/usr/include/linux/input.h")
CC = shutil.which("cc")
PROGRAM = """
#include <stdio.h>
#include <stddef.h>
#include <linux/input.h>
int main(void) {
    struct ff_effect e = {.type = FF_RUMBLE, .id = 7, .replay = {.length = 200}};
    e.u.rumble.strong_magnitude = 0x1234;
    e.u.rumble.weak_magnitude = 0x5678;
    struct input_event v = {.type = EV_FF, .code = 7, .value = 1};
    printf("%zu %zu %lu %lu %lu\\n", sizeof e, sizeof v, (unsigned long) EVIOCSFF,
           (unsigned long) EVIOCGRAB, (unsigned long) EVIOCGBIT(EV_FF, 16));
    for (size_t i = 0; i < sizeof e; i++) printf("%02x", ((unsigned char *) &e)[i]);
    printf("\\n");
    for (size_t i = 0; i < sizeof v; i++) printf("%02x", ((unsigned char *) &v)[i]);
    printf("\\n");
    return 0;
}
"""

u16, s16, u32 = ctypes.c_uint16, ctypes.c_int16, ctypes.c_uint32


class Envelope(ctypes.Structure):
    _fields_ = [(name, u16) for name in ("attack_length", "attack_level", "fade_length", "fade_level")]


class Periodic(ctypes.Structure):
    _fields_ = [
        ("waveform", u16),
        ("period", u16),
        ("magnitude", s16),
        ("offset", s16),
        ("phase", u16),
        ("envelope", Envelope),
        ("custom_len", u32),
        ("custom_data", ctypes.c_void_p),
    ]


class RumbleStruct(ctypes.Structure):
    _fields_ = [("strong", u16), ("weak", u16)]


class Kinds(ctypes.Union):
    _fields_ = [("periodic", Periodic), ("rumble", RumbleStruct)]


class Effect(ctypes.Structure):
    _fields_ = [
        ("type", u16),
        ("id", s16),
        ("direction", u16),
        ("button", u16),
        ("interval", u16),
        ("length", u16),
        ("delay", u16),
        ("u", Kinds),
    ]


class Event(ctypes.Structure):
    _fields_ = [
        ("sec", ctypes.c_ulong),
        ("usec", ctypes.c_ulong),
        ("type", u16),
        ("code", u16),
        ("value", ctypes.c_int32),
    ]


def test_an_effect_lies_as_the_machine_lays_it():
    assert ctypes.sizeof(Effect) == EFFECT_BYTES
    read = Effect.from_buffer(rumble_effect(-1, 0x1234, 0x5678, 200))
    told = (read.type, read.id, read.direction, read.button, read.interval, read.length, read.delay)
    assert told == (0x50, -1, 0, 0, 0, 200, 0)
    assert (read.u.rumble.strong, read.u.rumble.weak) == (0x1234, 0x5678)


def test_events_lie_as_the_machine_lays_them():
    made = play_events((3, 0), (4, 1))
    read = (Event * 2).from_buffer_copy(made)
    assert len(made) == 2 * ctypes.sizeof(Event)
    assert [(each.type, each.code, each.value) for each in read] == [(0x15, 3, 0), (0x15, 4, 1)]


@pytest.mark.skipif(sys.maxsize < 1 << 32 or os.name != "posix", reason="figures of 64 bits")
def test_the_calls_have_their_known_numbers():
    assert (EFFECT_BYTES, evdev.EVIOCSFF, evdev.EVIOCGRAB) == (48, 0x40304580, 0x40044590)
    assert evdev.EVIOCGBIT_FF == 0x80104535


@pytest.mark.skipif(CC is None or not HEADER.exists(), reason="no compiler, or no header of the kernel")
def test_a_compiler_agrees(tmp_path):
    source, program = tmp_path / "layout.c", tmp_path / "layout"
    source.write_text(PROGRAM, encoding="ascii")
    subprocess.run([CC, str(source), "-o", str(program)], check=True)
    done = subprocess.run([program], capture_output=True, text=True, check=True)
    figures, effect, event = done.stdout.splitlines()
    assert [int(figure) for figure in figures.split()] == [
        EFFECT_BYTES,
        len(play_events((7, 1))),
        evdev.EVIOCSFF,
        evdev.EVIOCGRAB,
        evdev.EVIOCGBIT_FF,
    ]
    assert bytes.fromhex(effect) == rumble_effect(7, 0x1234, 0x5678, 200)
    assert bytes.fromhex(event) == play_events((7, 1))


def test_where_there_is_none_is_told(tmp_path):
    with pytest.raises(PortMissing, match="there is no port"):
        EvdevMotors(str(tmp_path / "event5"))


def test_what_is_no_input_device_is_told():
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(LinkError, match="is no input device"):
        EvdevMotors(os.devnull)
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_the_kernel_plays_what_it_is_told_and_erases_it_when_the_file_is_closed():
    controller, clock = UinputController(), MonotonicClock()
    try:
        clock.sleep(DEADLINE_S, lambda: os.access(controller.node, os.R_OK | os.W_OK))
        output = RumbleOutput(EvdevMotors(controller.node), clock.sleep)
        with pytest.raises(PortBusy):
            EvdevMotors(controller.node)
        assert output.ask(clock.now())
        output.put(b"\xff\x80", bytes(2), clock.now())
        clock.sleep(DEADLINE_S, lambda: any(asked[0] == "play" and asked[2] for asked in controller.asked))
        uploads = [asked for asked in controller.asked if asked[0] == "upload"]
        assert uploads[-1][2:] == (0xFFFF, 0x8080, 200)
        assert ("play", uploads[-1][1], 1) in controller.asked
        output.close()
        clock.sleep(DEADLINE_S, lambda: sum(asked[0] == "erase" for asked in controller.asked) == 2)
        assert sum(asked[0] == "erase" for asked in controller.asked) == 2
    finally:
        controller.close()
