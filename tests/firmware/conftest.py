"""The kernel in the sizes of a small board."""

import pytest

from simulator.kernel_library import Sizes, load_kernel


@pytest.fixture(scope="session")
def small_library(built):
    """The kernel in the sizes of firmware/host/small_port.h, with checks for undefined behaviour."""
    return load_kernel(built / "libkneadwave-small.so", Sizes(8, 4, 6, 16, 32, 128))


@pytest.fixture(scope="session")
def images(shared):
    """The images of all boards with an AVR, by name, built. Without a compiler this fails."""
    import avr_board

    def build():
        avr_board.make("build/libavrboard.so")
        return {name: avr_board.built_image(avr_board.board_named(name)) for name in ("uno", "mega")}

    shared.get("avr images", lambda: list(build()))
    return build()


@pytest.fixture(scope="session")
def simulator(images):
    """Boards in simavr."""
    import avr_board

    assert images
    return avr_board.load_simulator()


@pytest.fixture(scope="session")
def test_image(shared, images):
    """The port with room for any table of 16 actuators, on a faster clock."""
    import avr_board

    assert images
    shared.get("avr test image", lambda: bool(avr_board.built_test_image()))
    return avr_board.built_test_image()
