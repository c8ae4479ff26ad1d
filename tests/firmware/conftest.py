"""The kernel in the sizes of a small board."""

import pytest

from simulator.kernel_library import Sizes, load_kernel


@pytest.fixture(scope="session")
def small_library(built):
    """The kernel in the sizes of firmware/host/small_port.h, with checks for undefined behaviour."""
    return load_kernel(built / "libkneadwave-small.so", Sizes(8, 4, 6, 16, 32, 4))


@pytest.fixture(scope="session")
def test_image(shared, images):
    """The port with room for any table of 16 actuators, on a faster clock."""
    import avr_board

    assert images
    shared.get("avr test image", lambda: bool(avr_board.built_test_image()))
    return avr_board.built_test_image()


@pytest.fixture(scope="session")
def test_images(shared, images, test_image):
    """The same for the controller of each board, by the board's name."""
    import avr_board

    assert images
    shared.get("small avr test image", lambda: bool(avr_board.built_test_image("uno")))
    return {"uno": avr_board.built_test_image("uno"), "mega": test_image}
