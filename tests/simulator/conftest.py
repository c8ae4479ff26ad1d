"""A hostile host for the tests of the line inside the process."""

import pytest
from hostile_host import RawHost


@pytest.fixture(scope="session")
def raw_host():
    """The maker of hostile hosts: `raw_host(description=None, seed=1)`."""
    return RawHost
