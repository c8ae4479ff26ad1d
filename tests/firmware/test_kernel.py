"""Beside the wire: the kernel starts nothing that does not fit, and draws no epoch twice."""

import kernel
import pytest
from kernel import KernelDevice
from reference_wire import HELLO, IDENTITY, STATUS, Receiver, WireFrame, encode
from vector_devices import DEVICES, KNEADING, PAD, PRESSURE, device


def test_without_a_compiler_the_tests_fail_and_say_what_is_missing(monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(kernel.CompilerMissing, match="install gcc and libc6-dev"):
        kernel.build()


@pytest.mark.parametrize("kept", [0, 1, 128, 255])
def test_an_epoch_is_never_0_and_never_the_one_before(library, kept):
    drawn = {library.host_epoch(kept, noise) for noise in range(256)}
    assert drawn == set(range(1, 256)) - {kept}


@pytest.mark.parametrize("name", DEVICES)
def test_a_sound_device_starts_without_power(library, name):
    assert KernelDevice(library, **DEVICES[name], epoch=1).state == (0, 0, 0)


def test_without_an_epoch_it_does_not_start(library):
    with pytest.raises(ValueError, match="refuses"):
        KernelDevice(library, **DEVICES["pad"], epoch=0)


@pytest.mark.parametrize("size", ["actuators", "slots", "points", "rates"])
def test_what_a_small_board_has_no_room_for_does_not_start(library, small_library, size):
    """One more than firmware/host/small_port.h says."""
    slots = device(1, "slots", 240, PAD)
    held = {
        "actuators": device(1, "actuators", 240, [PRESSURE | {"x_mm": 0, "id": ""}] * 9),
        "points": device(1, "points", 240, [PRESSURE | {"x_mm": 100 * i, "id": ""} for i in range(7)]),
        "rates": device(1, "rates", 240, [KNEADING | {"x_mm": 0, "id": ""}] * 5),
        "slots": slots | {"identity": slots["identity"] | {"slots": 17}},
    }[size]
    assert KernelDevice(library, **held, epoch=1)
    with pytest.raises(ValueError, match="refuses"):
        KernelDevice(small_library, **held, epoch=1)


def test_what_finds_no_room_on_its_way_out_is_lost_whole(small_library):
    """Four wait; seq tells the rest."""
    told = KernelDevice(small_library, **DEVICES["pad"], epoch=7)
    for expected in ([1, 2, 3, 4], [201, 202, 203, 204], [146, 147, 148, 149]):
        for _ in range(100):
            told.receive(encode(WireFrame(HELLO, 1, 0, 0, 0, b"\2")))
        frames = list(Receiver().take(told.transmit()))
        assert [frame.type for frame in frames] == [IDENTITY, STATUS, IDENTITY, STATUS]
        assert [frame.seq for frame in frames] == expected


def test_time_may_be_handed_in_late_or_twice(library):
    """A tick a millisecond, whenever they are asked for; an earlier time is none."""
    one, other = (KernelDevice(library, **DEVICES["pad"], epoch=1, now=2**32 - 3) for _ in range(2))
    rows = one.play(2**32 + 2500)[2]
    assert len(rows) == 2503
    for until in (2**32 - 1, 2**32 + 1, 2**32, 2**32 + 2500):
        other.play(until)
    assert one.now == other.now
    assert one.state == other.state
