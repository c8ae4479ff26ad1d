"""The words of the HF8, held against a virtual one and against what a bad line makes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.guard.outputs.hf8 import MOTORS, Hf8
from firmware_bridge.guard.outputs.output import OutputRefused
from simulator.twins.hf8 import VirtualHf8

LEVELS = st.binary(min_size=MOTORS, max_size=MOTORS)


@given(LEVELS, LEVELS)
def test_the_pad_does_what_it_is_told(before, levels):
    pad, dialect = VirtualHf8(), Hf8()
    pad.take(dialect.levels(before))
    assert pad.take(dialect.levels(levels)) == b""
    assert pad.levels == levels


@given(LEVELS, LEVELS, st.integers(0, 60))
def test_an_update_that_is_cut_off_spoils_no_zero(levels, more, cut):
    """Whatever is left of the last command, all eight are off after it."""
    pad, dialect = VirtualHf8(), Hf8()
    pad.take(dialect.levels(levels))
    pad.take(dialect.levels(more)[:cut])
    pad.take(dialect.zeros()[0])
    assert not any(pad.levels)


def test_fewer_drives_than_motors_leave_the_others_as_they_are():
    assert Hf8().levels(bytes([7, 0, 255])) == b"\rM07\rM10\rM2255\r"


@pytest.mark.parametrize(("scale", "told"), [(255, 255), (0, 0), (128, 128)])
def test_it_learns_the_scale_of_the_box_however_the_answer_is_cut(scale, told):
    dialect = Hf8()
    assert not dialect.answered()
    for byte in VirtualHf8(scale=scale).take(dialect.questions()):
        dialect.take(bytes([byte]))
    assert dialect.answered()
    assert dialect.scale == told


def test_a_pad_that_sound_drives_is_refused():
    dialect = Hf8()
    dialect.take(VirtualHf8(sound=True).take(dialect.questions()))
    with pytest.raises(OutputRefused, match="switch it off"):
        dialect.answered()


def test_what_is_no_answer_is_none():
    dialect = Hf8()
    for noise in (b"hello\r", b"E,A0\r", b"E12", b"A0\r", b"\0" * 1000):
        dialect.take(noise)
    assert not dialect.answered()


def test_it_never_stops_by_itself():
    assert Hf8.traits.stops_after_s is None


@pytest.mark.parametrize(("scale", "about"), [(255, ""), (128, "its control box is set to 128 of 255")])
def test_a_knob_that_is_turned_down_is_told(scale, about):
    dialect = Hf8()
    assert dialect.about == ""
    dialect.take(VirtualHf8(scale=scale).take(dialect.questions()))
    assert dialect.about == about
