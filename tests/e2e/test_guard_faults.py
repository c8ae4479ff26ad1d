"""Whatever befalls player, guard or line, a device that does not stop by itself is off, and stays so."""

import os

import pytest
from guard_faults import Fault, cells, strike

from kneadwave.guards.marks import folder

TOLD = (Fault.GUARD_KILLED, Fault.GUARD_STOPPED, Fault.LINE_FULL, Fault.UNPLUGGED)
"""What a player lives to tell of."""


@pytest.fixture
def env(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return dict(os.environ)


@pytest.mark.parametrize(("scheme", "network", "fault"), [*cells()])
def test_a_device_that_holds_its_level_is_switched_off(env, scheme, network, fault):
    came = strike(fault, scheme, env, network)
    assert not came.moved_after
    assert came.said.startswith(("LinkLost: ", "LinkTimeout: ")) or fault not in TOLD
    if fault is Fault.UNPLUGGED:
        assert list(folder().iterdir()), "nobody could tell it to be off: the next command tries"
    else:
        assert came.off_s is not None
        assert not list(folder().iterdir())
