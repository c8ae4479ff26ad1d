"""A hostile host for the tests of the device's half."""

import pytest
from hostile_host import RawHost


@pytest.fixture(scope="session")
def raw_host():
    """The maker of hostile hosts: `raw_host(description=None, seed=1)`."""
    return RawHost
