"""What makes an image of the RP2040 complete: the check of its boot block, and UF2."""

import importlib.util
import struct

import pytest
from kernel import FIRMWARE

spec = importlib.util.spec_from_file_location("rp2040_image", FIRMWARE / "rp2040" / "image.py")
image = importlib.util.module_from_spec(spec)
spec.loader.exec_module(image)


def test_the_check_is_that_of_the_boot_rom():
    """The check value of CRC-32/MPEG-2, as catalogues of CRCs have it."""
    assert image.boot_crc(b"123456789") == 0x0376E6E7


def test_the_boot_block_ends_with_its_check():
    whole = image.with_check(bytes(range(252)) + bytes(4) + b"rest")
    assert whole[:252] == bytes(range(252))
    assert struct.unpack("<I", whole[252:256]) == (image.boot_crc(bytes(range(252))),)
    assert whole[256:] == b"rest"


def test_a_boot_block_that_is_too_long_is_refused():
    with pytest.raises(ValueError, match="longer than 252"):
        image.with_check(bytes(252) + b"\1" + bytes(3))


def test_uf2_holds_every_page_once_and_in_order():
    data = bytes(range(256)) + b"\7" * 256 + b"\1"
    blocks = [image.uf2(data)[at : at + 512] for at in range(0, len(image.uf2(data)), 512)]
    assert len(blocks) == 3
    for i, block in enumerate(blocks):
        head = struct.unpack("<8I", block[:32])
        assert head == (0x0A324655, 0x9E5D5157, 0x2000, 0x10000000 + 256 * i, 256, i, 3, 0xE48BFF56)
        assert block[32:288] == data[256 * i : 256 * i + 256].ljust(256, b"\0")
        assert block[288:] == bytes(220) + struct.pack("<I", 0x0AB16F30)
