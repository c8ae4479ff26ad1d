"""Played by the firmware's kernel, a virtual cushion is the one that the guard plays: to the byte."""

import gc
from functools import partial

import pytest
from depth import at_depth
from hostile_host import RawHost
from hostile_life import lived
from recorded_runs import SHORT

from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import BridgeError
from firmware_bridge.guard.identity import UnsoundDevice
from firmware_bridge.recording.writer import open_recorder
from profiles.body import body_map
from profiles.profile import parse
from profiles.score import compose
from simulator.cushion import KernelCushion, VirtualCushion, built_to
from simulator.faults import parse_fault
from simulator.kernel import KernelGuard
from simulator.run import Simulation


def recorded(path, device, faults, library):
    """The recording of a short run, and how it ended."""
    with open_recorder(path, live=False) as recorder:
        simulation = Simulation(
            compose(parse(SHORT), body_map(1.7)),
            load_device(device),
            faults=[parse_fault(fault) for fault in faults],
            recorder=recorder,
            library=library,
        )
        try:
            updates = list(simulation.play())
        except BridgeError as error:
            return path.read_bytes(), str(error), simulation.trips
    return path.read_bytes(), updates[-1], simulation.trips


def test_one_that_a_signal_breaks_off_as_it_is_made_leaves_no_word(library, monkeypatch):
    class Signalled:
        def __bool__(self):
            raise KeyboardInterrupt

    unheard = []
    monkeypatch.setattr("sys.unraisablehook", unheard.append)
    with pytest.raises(KeyboardInterrupt):
        KernelGuard(library, *built_to(load_device("cushion-4"), 1), output=Signalled())
    gc.collect()
    assert unheard == []


@pytest.mark.parametrize("device", ["reference-cushion", "seat-pad-8", "mat-64"])
@pytest.mark.parametrize(
    "faults",
    [(), ("drop=1%",), ("stall@3s+0.4s",), ("stall@3s+2s",), ("flip=0.5%", "delay=20%"), ("reset@4s",)],
    ids=" ".join,
)
def test_a_recording_is_the_same_to_the_byte(tmp_path, library, device, faults):
    of_guard = recorded(tmp_path / "guard.jsonl", device, faults, None)
    of_kernel = recorded(tmp_path / "kernel.jsonl", device, faults, library)
    assert len(of_guard[0]) > 5_000
    assert of_kernel == of_guard


@pytest.mark.no_cover
@pytest.mark.parametrize("cuts", [False, True])
@pytest.mark.parametrize("seed", range(at_depth(16)))
def test_a_hostile_life_comes_out_the_same(library, seed, cuts):
    hosts = [
        RawHost(seed=seed, make=make, cuts=cuts) for make in (VirtualCushion, partial(KernelCushion, library))
    ]
    of_guard, of_kernel = (lived(host, seed, watched=False) for host in hosts)
    for guards, kernels in zip(of_guard, of_kernel, strict=True):
        assert kernels == guards


def test_it_comes_out_the_same_whether_somebody_watches_or_not(library):
    hosts = [RawHost(seed=5, make=partial(KernelCushion, library)) for _ in range(2)]
    assert lived(hosts[0], 5, watched=False) == lived(hosts[1], 5, watched=True)


def test_what_had_to_rest_at_work_is_told_in_the_same_tick(library):
    """In that in which its span has counted 9700, and in its place among what was put out."""
    drives, told = {"sacrum": 100, "lumbar-l": 60, "lumbar-r": 60}, []
    for make in (VirtualCushion, partial(KernelCushion, library)):
        host = RawHost(make=make).playing(drives, ms=10_500)
        trace, names = host.trace, [info.id for info in host.cushion.table]
        began = {who: int(trace.drives[:, names.index(who)].nonzero()[0][0]) for who in drives}
        rests = {fields["actuator"]: at for at, fields in trace.named("dwell")}
        assert {who: rests[who] - began[who] + 1 for who in drives} == dict.fromkeys(drives, 9700)
        told.append((trace.drives.tolist(), trace.events))
    assert told[0] == told[1]


def test_a_table_that_contradicts_the_identity_is_refused(library):
    identity, table = built_to(load_device("seat-pad-8"), 1)
    with pytest.raises(UnsoundDevice):
        KernelGuard(library, identity._replace(limits_hash=1), table)
