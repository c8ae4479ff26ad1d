"""The kernel, built once for all workers of a test session."""

import kernel
import pytest


@pytest.fixture(scope="session")
def built(shared):
    """The folder of the libraries. Without a compiler this fails: nothing is skipped."""
    return shared.get("kernel", kernel.build)


@pytest.fixture(scope="session")
def library(built):
    """The kernel with checks for undefined behaviour."""
    return kernel.load(built / "libkneadwave-checked.so")


@pytest.fixture(scope="session")
def small_library(built):
    """The same in the sizes of a small board: firmware/host/small_port.h."""
    return kernel.load(built / "libkneadwave-small.so")
