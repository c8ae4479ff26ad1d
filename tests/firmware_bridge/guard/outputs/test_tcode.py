"""The words of T-Code v0.3, held against a virtual device and against what a bad line makes of them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.guard.outputs.output import OutputRefused
from firmware_bridge.guard.outputs.tcode import AXES_MAX, TCode
from simulator.twins.tcode import VirtualTCode

AXES = 4
LEVELS = st.binary(min_size=AXES, max_size=AXES)


@given(LEVELS, LEVELS)
def test_a_device_does_what_it_is_told_and_never_more(before, levels):
    device, dialect = VirtualTCode(AXES), TCode(AXES)
    device.take(dialect.levels(before))
    assert device.take(dialect.levels(levels)) == b""
    assert device.levels == levels


@given(LEVELS, LEVELS, st.integers(0, 60))
def test_an_update_that_is_cut_off_spoils_no_zero(levels, more, cut):
    device, dialect = VirtualTCode(AXES), TCode(AXES)
    device.take(dialect.levels(levels))
    device.take(dialect.levels(more)[:cut])
    device.take(dialect.zeros()[0])
    assert not any(device.levels)


@given(st.binary(max_size=AXES_MAX))
def test_it_has_four_digits_says_how_long_and_drives_no_axis_but_v(drives):
    said = b"".join((TCode(AXES).levels(drives), *TCode(AXES).zeros()))
    assert re.fullmatch(rb"([\nV0-9I ]*DSTOP\n){2}", said)
    for command in said.split():
        assert command == b"DSTOP" or re.fullmatch(rb"V\d\d{4}I[1-9]\d*", command)


def test_zeros_name_every_axis_that_there_may_be():
    for said in TCode(1).zeros():
        assert said.split() == [b"V%d0000I1" % axis for axis in range(AXES_MAX)] + [b"DSTOP"]


@pytest.mark.parametrize("web", [False, True])
@pytest.mark.parametrize("axes", [4, 5, 10])
def test_it_is_driven_when_it_names_all_axes_that_are_described(axes, web):
    dialect = TCode(4)
    for byte in VirtualTCode(axes, web=web).take(dialect.questions()):
        assert not dialect.answered()
        dialect.take(bytes([byte]))
        if dialect.answered():
            break
    assert dialect.answered()


@pytest.mark.parametrize("web", [False, True])
@pytest.mark.parametrize("axes", [0, 3])
def test_it_is_not_driven_when_an_axis_is_missing(axes, web):
    dialect = TCode(4)
    dialect.take(VirtualTCode(axes, web=web).take(dialect.questions()))
    assert not dialect.answered()


def test_what_names_axes_of_motion_alone_is_not_driven():
    dialect = TCode(1)
    dialect.take(b"TCode v0.3\nL0 0 9999 Up\nR0 0 9999 Twist\nXV0 0 9999 x\n")
    assert not dialect.answered()


@pytest.mark.parametrize(
    ("version", "channels", "why"),
    [
        (b"TCode v0.2", 4, "speaks T-Code v0.2"),
        (b"TCode v1.0", 4, "v0.3 is needed"),
        (b"TCode v0.3", 11, "10 axes"),
    ],
)
def test_what_it_cannot_drive_is_refused(version, channels, why):
    dialect = TCode(channels)
    dialect.take(VirtualTCode(4, version).take(dialect.questions()))
    with pytest.raises(OutputRefused, match=why):
        dialect.answered()
