"""Shared test settings: the same examples on every run, the same signals wherever the tests are started."""

import os
import signal
from pathlib import Path

import pytest
from depth import at_depth
from hypothesis import HealthCheck, settings
from shared import Shared

pytest.register_assert_rewrite("eye", "page_client")

settings.register_profile(
    "kneadwave",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=at_depth(100),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("kneadwave")

# Under nohup, hanging up is ignored, and Kneadwave keeps that wish: tests that send it would wait in vain.
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
# In a script's background so is an interrupt, by whatever the tests start as well.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """What all workers of this test session have in common: `shared.get(name, make)`."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # a worker's own lies in that of the session
    return Shared(folder / "shared")


@pytest.fixture(scope="session")
def built(shared):
    """The folder of the kernel's libraries. Without a compiler this fails: nothing is skipped.

    KNEAD_TEST_KERNELS names one of others: `make coverage` in firmware.
    """
    import kernel

    others = os.environ.get("KNEAD_TEST_KERNELS")
    if others:
        return Path(others).resolve()
    return shared.get("kernel", kernel.build)


@pytest.fixture(scope="session")
def library(built):
    """The kernel with checks for undefined behaviour."""
    from simulator.kernel_library import load_kernel

    return load_kernel(built / "libkneadwave-checked.so")


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
