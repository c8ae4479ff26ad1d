"""The veto in C lets through what the veto in Python does, frame by frame, to the same bytes."""

import os
import shutil
import subprocess
from ctypes import CDLL
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from depth import at_depth
from hypothesis import given
from hypothesis import strategies as st
from interlocks import HASH, anywhere, points
from two_vetoes import ACTUATORS, BUDGET, arm, brinks, disagreement, joined, outcome, parting, playing

from firmware_bridge.devices.footprint import FootprintLimit
from firmware_bridge.safety.encode import encode_burst
from firmware_bridge.safety.interlock import Interlock, InterlockEvent, State
from firmware_bridge.safety.native import find_part, load_part, part_of_ours
from firmware_bridge.safety.native_veto import VETO, NativeVeto
from firmware_bridge.safety.placing_veto import PlacingVeto
from firmware_bridge.wire.messages import Arm
from firmware_bridge.wire.setpoints import Burst

SOURCE = Path(__file__).parents[3] / "firmware_bridge" / "safety" / "veto.c"


@pytest.fixture(scope="session")
def veto_in_c(built: Path) -> CDLL:
    """With checks for undefined behaviour."""
    return loaded(built / "libkneadveto-checked.so")


def loaded(path: Path) -> CDLL:
    library = load_part(VETO, path)
    assert library is not None
    return library


@given(st.randoms(use_true_random=False))
def test_it_lets_through_what_the_veto_in_python_does_to_the_same_bytes(
    veto_in_c: CDLL, random: Random
) -> None:
    assert disagreement(veto_in_c, random, bursts=12) == ""


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(at_depth(8)))
def test_it_does_so_over_many_minutes(veto_in_c: CDLL, seed: int) -> None:
    assert disagreement(veto_in_c, Random(seed), bursts=150) == ""


FAULTS = {
    "no ceiling": ("drive > limits->ceilings[i] || ", ""),
    "a ceiling one too high": ("drive > limits->ceilings[i]", "drive > limits->ceilings[i] + 1U"),
    "a ceiling one too low": ("drive > limits->ceilings[i]", "drive >= limits->ceilings[i]"),
    "no highest rate": (" || rate > limits->rate_max[i]", ""),
    "no lowest rate": ("(rate < limits->rate_min[i])", "false"),
    "a rate at rest": ("(rate != 0U)", "false"),
    "a rise one too steep": ("(last + limits->attack[i])", "(last + limits->attack[i] + 1U)"),
    "no steepest fall": (" || last > (drive + limits->release[i])", ""),
    "no budget": ("sum > limits->power_budget", "false"),
    "a budget one too low": ("sum > limits->power_budget", "sum >= limits->power_budget"),
    "no longest dwell": (">= limits->dwell_frames", "> (limits->dwell_frames * 1000)"),
    "a dwell one frame too long": (">= limits->dwell_frames", "> limits->dwell_frames"),
    "a rest one frame too short": (">= limits->rest_frames", ">= limits->rest_frames - 1"),
    "a rest that never was": ("memory->ended[p] = memory->now;", "memory->ended[p] = 0;"),
    "points for themselves": (
        "works[limits->point_of[i]] = works[limits->point_of[i]] || on",
        "works[i] = on",
    ),
    "what was refused is remembered": ("if (!passes(limits, &after,", "if (!passes(limits, memory,"),
    "the last frame is forgotten": ("    memcpy(memory->last, drives, limits->actuators);\n", ""),
    "a rate where none is": ("if (rates[i] != 0U)", "if (drives[i] != 0U)"),
    "another time": ("t_ms[k] >> 8", "t_ms[0] >> 8"),
    "another number": ("header->seq + k", "header->seq"),
    "another check": ("return ~crc;", "return crc;"),
    "a zero in a frame": ("if (body[i] == 0U)", "if (body[i] == 1U)"),
}


@pytest.mark.no_cover
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_it_is_found(built: Path, tmp_path: Path, fault: str) -> None:  # noqa: ARG001  (a compiler)
    whole = SOURCE.read_text()
    old, new = FAULTS[fault]
    assert whole.count(old) == 1
    (tmp_path / "veto.c").write_text(whole.replace(old, new))
    path = tmp_path / "libfault.so"
    compiler = [
        os.environ.get("CC", "cc"),
        "-std=c99",
        f"-I{SOURCE.parent}",
        "-fPIC",
        "-shared",
        "-o",
        str(path),
    ]
    subprocess.run([*compiler, str(tmp_path / "veto.c")], check=True)
    library = loaded(path)
    assert any(parting(library, Random(0), bursts) for bursts in brinks())


def test_at_the_brink_of_each_limit_both_say_the_same(veto_in_c: CDLL) -> None:
    for bursts in brinks():
        assert parting(veto_in_c, Random(0), bursts) == ""


def test_a_session_of_20_minutes_and_a_frame_is_too_long(veto_in_c: CDLL) -> None:
    native = playing(veto_in_c)
    silent = [points(*[0] * len(ACTUATORS))] * 1000
    rest = 60_000 - 1 - 1  # one was sent by `playing`, and one is to come
    for frames in [*[silent] * (rest // 1000), silent[: rest % 1000], [points(20, 0, 0, 0, 0)]]:
        assert native.admit_burst(joined(frames)) is not None
    beyond = points(20, 0, 0, 0, 0)
    assert native.admit_burst(joined([beyond])) is None
    assert "longer than 20 minutes (rule 84)" in (outcome(native, beyond) or "")


def test_what_no_second_computation_allows_does_not_pass(veto_in_c: CDLL) -> None:
    first = [FootprintLimit(19, ""), FootprintLimit(255, "touches the spine")]
    native = playing(veto_in_c, [*first, *anywhere(len(ACTUATORS) - 2)])
    assert native.admit_burst(joined([points(19, 0, 0, 0, 0)])) is not None
    assert native.admit_burst(joined([points(20, 0, 0, 0, 0)])) is None
    assert native.admit_burst(joined([points(19, 1, 0, 0, 0, rates=(0, 20, 0, 0, 0))])) is None


def test_nothing_passes_before_the_session_plays_nor_after_it_tripped(veto_in_c: CDLL) -> None:
    silent = joined([points(*[0] * len(ACTUATORS))])
    native = Interlock(ACTUATORS, BUDGET, HASH, anywhere(len(ACTUATORS)), native=veto_in_c)
    assert native.admit_burst(silent) is None
    arm(native)
    assert native.admit_burst(silent) is not None
    assert outcome(native, points(255, 0, 0, 0, 0))
    assert native.state is State.TRIPPED
    assert native.admit_burst(silent) is None


def test_without_the_library_or_for_placing_there_are_no_bursts(veto_in_c: CDLL) -> None:
    silent = joined([points(*[0] * len(ACTUATORS))])
    for interlock in (
        playing(None),
        Interlock(ACTUATORS, BUDGET, HASH, placing=PlacingVeto(len(ACTUATORS), 0.0), native=veto_in_c),
    ):
        assert interlock.native is None
        assert interlock.admit_burst(silent) is None


@pytest.mark.parametrize(
    "wrong",
    [
        Burst(b"", b"", 1, len(ACTUATORS)),
        Burst(bytes(5), bytes(4), 1, len(ACTUATORS)),
        Burst(bytes(4), bytes(4), 1, 4),
        Burst(bytearray(5), bytes(5), 1, len(ACTUATORS)),  # type: ignore[arg-type]
        Burst(bytes(5), bytearray(5), 1, len(ACTUATORS)),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_burst_of_this_device_does_not_pass(veto_in_c: CDLL, wrong: Burst) -> None:
    assert playing(veto_in_c).admit_burst(wrong) is None


def test_a_stop_in_between_is_remembered_and_buys_no_time(veto_in_c: CDLL) -> None:
    native = NativeVeto(veto_in_c, ACTUATORS, BUDGET, anywhere(len(ACTUATORS)))
    work = points(20, 0, 0, 0, 0)
    assert native.passes(joined([work] * 499))
    native.at_rest()
    assert not native.passes(joined([points(40, 0, 0, 0, 0)]))
    assert native.passes(joined([work]))
    assert not native.passes(joined([work]))
    objection = native.objection(work)
    assert objection is not None
    assert objection.rule == 55


def test_only_what_was_permitted_is_encoded_and_only_what_a_frame_holds(veto_in_c: CDLL) -> None:
    header: dict[str, Any] = {"seq": 1, "t_ms": [0], "epoch": 1}
    with pytest.raises(TypeError, match="only a frame that the interlock permitted"):
        encode_burst(veto_in_c, joined([points(0, 0, 0, 0, 0)]), **header)  # type: ignore[arg-type]
    many = [replace(ACTUATORS[0], index=i, id=f"a{i}", x_mm=100 * i) for i in range(64)]
    interlock = Interlock(many, 64 * 255, HASH, anywhere(64), native=veto_in_c)
    interlock.admit(Arm(HASH))
    interlock.observe(InterlockEvent.ARM_CONFIRMED)
    interlock.admit(points(*[0] * 64))
    for on, fits in ((56, True), (57, False)):
        permitted = interlock.admit_burst(Burst(bytes([1] * on + [0] * (64 - on)), bytes(64), 1, 64))
        assert permitted is not None
        if fits:
            assert len(encode_burst(veto_in_c, permitted, **header)[0]) == 76
        else:
            with pytest.raises(ValueError, match="more actuators than a frame holds"):
                encode_burst(veto_in_c, permitted, **header)


def test_a_library_that_is_missing_older_than_its_source_or_another_one_is_not_used(
    built: Path, tmp_path: Path
) -> None:
    name, library = "libkneadveto.so", built / "libkneadveto-checked.so"
    assert find_part(VETO, [tmp_path]) is None
    shutil.copy(library, tmp_path / name)
    os.utime(tmp_path / name, (0, 0))
    assert find_part(VETO, [tmp_path]) is None
    os.utime(tmp_path / name)
    assert find_part(VETO, [tmp_path / "none", tmp_path]) is not None
    assert load_part(VETO._replace(layout=1), library) is None
    assert load_part(VETO._replace(functions=[("no_such_function", None, ())]), library) is None
    (tmp_path / "text.so").write_text("no library")
    assert load_part(VETO, tmp_path / "text.so") is None


def test_it_is_looked_for_once() -> None:
    assert part_of_ours(VETO) is part_of_ours(VETO)
