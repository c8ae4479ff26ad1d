"""The kernel, built once for all workers of a test session."""

import kernel
import pytest


@pytest.fixture(scope="session")
def library(shared):
    """The kernel with checks for undefined behaviour. Without a compiler this fails: nothing is skipped."""
    return kernel.load(shared.get("kernel", kernel.build))
