"""A pad on a real pseudo-terminal, its guard in a process of its own: pulses, and a stop from elsewhere."""

import os
import signal
from contextlib import contextmanager
from datetime import timedelta

import pytest
from guard_faults import alive, guard_of
from placing_rig import assert_only_pulses
from served_twins import ServedTwin

from firmware_bridge.clock import MonotonicClock, local_now
from firmware_bridge.errors import LinkLost, PortBusy
from kneadwave.errors import NotCleared, StoppedOutside
from kneadwave.guards.marks import folder
from kneadwave.guards.pulse_count import PulseCount
from kneadwave.placing.confirm import PROMISES, NobodyOnIt
from kneadwave.placing.pulses import opened_for_pulses
from kneadwave.sessions.registry import find
from simulator.twins import TWINS, over_web
from simulator.twins.hf8 import VirtualHf8

DEADLINE_S = 60.0
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


@pytest.fixture
def pad():
    with ServedTwin(VirtualHf8()) as served:
        yield served


@contextmanager
def opened(pad, spent_s=0.0, scheme="hf8", channels=8):
    url = f"{scheme}:{pad.port}"
    nobody = NobodyOnIt(frozenset(promise.id for promise in PROMISES), local_now())
    with opened_for_pulses(url, url, channels, spent_s, nobody, MonotonicClock()) as device:
        yield device


def test_pulses_of_a_pad_are_as_short_and_soft_as_it_says_itself(pad):
    with opened(pad) as device:
        device.pulse(6)
        device.pulse(1)
        with pytest.raises(PortBusy), opened(pad):
            pass  # a second one that wants the same pad
    assert pad.comes_off()
    pulses = assert_only_pulses(pad.history, soonest=pad.soonest)
    assert [channels for _, _, channels, _ in pulses] == [{6}, {1}]
    assert not list(folder().glob("*"))
    assert find(f"hf8:{pad.port}") is None
    assert PulseCount(f"hf8:{pad.port}").take()


@pytest.mark.parametrize(
    ("scheme", "network"), [("tcode", "udp"), ("tcode", "ws"), ("intiface", "ws")], ids="-".join
)
def test_pulses_over_a_network_are_as_short_and_soft(scheme, network):
    twin = over_web(scheme, 4) if network == "ws" else TWINS[scheme](4)
    with ServedTwin(twin, network) as board:
        with opened(board, scheme=scheme, channels=4) as device:
            device.pulse(2)
        assert board.comes_off()
        # Behind Intiface off is said with the least level in between, for 20 ms.
        told = [(at, bytes(each * (each > board.least) for each in levels)) for at, levels in board.history]
    (pulse,) = assert_only_pulses(told, soonest=board.soonest)
    assert pulse[2] == {2}
    assert not list(folder().glob("*"))


def test_a_stop_from_another_process_ends_it_before_it_moves(pad):
    found = []

    def asked_while_it_rests():
        with opened(pad) as device:
            found.append(find(f"hf8:{pad.port}"))
            found[0].ask_to_stop()
            device.pulse(0)

    with pytest.raises(StoppedOutside):
        asked_while_it_rests()
    assert len(pad.history) == 1
    assert found[0].answer() is True


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_somebody_may_think_for_as_long_as_they_like(pad, number):
    """A guard that dies or falls silent meanwhile is started anew by the next pulse; its pulses count on."""
    clock = MonotonicClock()
    with opened(pad, spent_s=1.0) as device:
        device.pulse(6)
        lost = guard_of(f"hf8:{pad.port}")
        os.kill(lost, number)
        clock.sleep(DEADLINE_S, lambda: not alive(lost))
        assert not alive(lost)
        device.pulse(1)
        assert guard_of(f"hf8:{pad.port}") != lost
        assert device.at_rest
    assert pad.comes_off()
    pulses = assert_only_pulses(pad.history, spent_s=1.0, soonest=pad.soonest)
    assert [channels for _, _, channels, _ in pulses] == [{6}, {1}]
    assert not list(folder().glob("*"))


def test_a_pulse_whose_guard_is_lost_is_off_and_may_be_had_again(pad):
    with opened(pad) as device:
        guard = guard_of(f"hf8:{pad.port}")
        with pytest.raises(LinkLost) as lost:
            device.pulse(6, leave=lambda: pad.moves and alive(guard) and os.kill(guard, signal.SIGKILL))
        assert "is gone, so the device was switched off" in str(lost.value)
        assert device.at_rest
        device.pulse(6)
    assert pad.comes_off()


def test_whoever_sits_there_leaves_at_any_time(pad):
    with opened(pad) as device:
        device.pulse(6, leave=lambda: True)
        assert device.at_rest
        assert len(pad.history) == 1, "it was asked before anything moved"
        device.pulse(6)
    assert pad.comes_off()


def test_a_confirmation_that_grew_old_opens_nothing(pad):
    nobody = NobodyOnIt(frozenset(p.id for p in PROMISES), local_now() - timedelta(minutes=5))
    with (
        pytest.raises(NotCleared),
        opened_for_pulses(f"hf8:{pad.port}", "x", 8, 0.0, nobody, MonotonicClock()),
    ):
        pass
    assert len(pad.history) == 1
