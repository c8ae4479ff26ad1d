"""Completes an image of the RP2040: python image.py IMAGE.bin BOOT2.bin IMAGE.uf2.

The boot ROM runs the first 252 bytes of flash only where the next four are their CRC-32 (datasheet
2.8.1.3.1); IMAGE.bin gets it, and its first 256 bytes go to BOOT2.bin, for the ELF. IMAGE.uf2 is what a board
takes that shows itself as a drive: blocks of 512 bytes, each with 256 bytes of flash (the UF2 specification).
"""

import struct
import sys
from pathlib import Path

FLASH = 0x10000000
BOOT2_SIZE = 256
CHECK_SIZE = 4
PAGE = 256
UF2_MAGIC = (0x0A324655, 0x9E5D5157, 0x0AB16F30)
UF2_HAS_FAMILY = 0x2000
RP2040_FAMILY = 0xE48BFF56


def boot_crc(data: bytes) -> int:
    """CRC-32 as the boot ROM reckons it: 0x04C11DB7, highest bit first, begun with ones, not inverted."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1) ^ (0x04C11DB7 if crc & 0x80000000 else 0)
        crc &= 0xFFFFFFFF
    return crc


def with_check(image: bytes) -> bytes:
    """The image with the check of its boot block. Raises ValueError where something stands in its place."""
    code, check = image[: BOOT2_SIZE - CHECK_SIZE], image[BOOT2_SIZE - CHECK_SIZE : BOOT2_SIZE]
    if any(check):
        raise ValueError(f"the boot block is longer than {BOOT2_SIZE - CHECK_SIZE} bytes")
    return code + struct.pack("<I", boot_crc(code)) + image[BOOT2_SIZE:]


def uf2(image: bytes) -> bytes:
    """The image as UF2, from the beginning of flash."""
    pages = [image[at : at + PAGE].ljust(PAGE, b"\0") for at in range(0, len(image), PAGE)]
    first, second, last = UF2_MAGIC
    blocks = [
        struct.pack(
            "<8I", first, second, UF2_HAS_FAMILY, FLASH + i * PAGE, PAGE, i, len(pages), RP2040_FAMILY
        )
        + page.ljust(512 - 32 - 4, b"\0")
        + struct.pack("<I", last)
        for i, page in enumerate(pages)
    ]
    return b"".join(blocks)


def main(binary: Path, boot2: Path, flashed: Path) -> None:
    """Complete the binary in place, and write what is made of it."""
    image = with_check(binary.read_bytes())
    binary.write_bytes(image)
    boot2.write_bytes(image[:BOOT2_SIZE])
    flashed.write_bytes(uf2(image))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
