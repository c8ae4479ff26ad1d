"""The virtual T-Code device does what the specification says."""

import pytest

from simulator.twins.tcode import VirtualTCode


@pytest.mark.parametrize(
    ("data", "levels"),
    [
        (b"V09999\n", {0: 255}),
        (b"V15\n", {1: 128}),
        (b"v15000i200\n", {1: 128}),
        (b"V199I2000 V20500\n", {1: 252, 2: 13}),
        (b"V09999", {}),
        (b"V09999 V00\n", {}),
        (b"V01 V01234567\n", {0: 31}),
        (b"V1\nL09999\nR05000\nX1\n$TV0-0000-9999\n", {}),
        (b"V79999\n", {}),
        (b"V09999\nDSTOP\n", {}),
        (b"V0999\xff\n", {}),
        (b"V" + b"9" * 5000 + b"\n", {}),
    ],
)
def test_what_it_is_told(data, levels):
    device = VirtualTCode()
    assert device.take(data) == b""
    assert device.levels == bytes(levels.get(axis, 0) for axis in range(4))


def test_it_says_what_it_is_and_holds_the_last_level():
    device = VirtualTCode(2)
    device.take(b"V0")
    device.take(b"5000\n")
    assert device.take(b"D0 D1\nd2\n") == b"Virtual\nTCode v0.3\nV0 0 9999 Vibe1\nV1 0 9999 Vibe2\n"
    assert device.levels == bytes([128, 0])
