"""What the tests of the pictures share."""

import pytest


@pytest.fixture(autouse=True)
def own_environment() -> None:
    """A picture asks nothing of the environment: a test's folder holds what it drew and nothing else."""
