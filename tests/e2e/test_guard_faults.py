"""Whatever befalls player, guard or line, a device that does not stop by itself is off, and stays so."""

import os

import pytest
from guard_faults import Fault, strike

from kneadwave.guards.marks import folder
from simulator.twins import TWINS

DIALECTS = {"hf8": "hf8"}
"""Scheme and description of each."""
SAYS = {
    Fault.GUARD_KILLED: "LinkLost",
    Fault.GUARD_STOPPED: "LinkLost",
    Fault.LINE_FULL: "takes nothing more",
    Fault.UNPLUGGED: "is gone",
}


@pytest.fixture
def env(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return dict(os.environ)


@pytest.mark.parametrize("scheme", DIALECTS)
@pytest.mark.parametrize("fault", Fault)
def test_a_device_that_holds_its_level_is_switched_off(env, scheme, fault):
    came = strike(fault, TWINS[scheme](), scheme, DIALECTS[scheme], env)
    assert not came.moved_after
    assert SAYS.get(fault, "") in came.said
    if fault is Fault.UNPLUGGED:
        assert list(folder().iterdir()), "nobody could tell it to be off: the next command tries"
    else:
        assert came.off_s is not None
        assert not list(folder().iterdir())
