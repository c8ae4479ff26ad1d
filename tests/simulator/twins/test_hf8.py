"""The virtual HF8 does what its documentation says, right bytes or wrong."""

import pytest

from simulator.twins.hf8 import VirtualHf8


@pytest.mark.parametrize(
    ("data", "levels"),
    [
        (b"M4128\r", {4: 128}),
        (b"M0255\rM70\rM71\r", {0: 255, 7: 1}),
        (b"M4", {}),
        (b"M4M00\r", {}),
        (b"M8100\r", {}),
        (b"M1256\r", {}),
        (b"M1\r", {}),
        (b"X1100\r", {}),
        (b"\r\r\r", {}),
        (b"M" + b"1" * 500 + b"\r", {}),
    ],
)
def test_what_it_is_told(data, levels):
    pad = VirtualHf8()
    assert pad.take(data) == b""
    assert pad.levels == bytes(levels.get(motor, 0) for motor in range(8))


def test_it_holds_the_last_level_for_ever_and_answers_a_question():
    pad = VirtualHf8(scale=90)
    pad.take(b"M2")
    pad.take(b"77\r")
    assert pad.take(b"P\r") == b"E90,A0\r"
    assert pad.levels[2] == 77
