"""The shaping in C gives what the definition in Python gives, to the last unit, and the same holds."""

import os
import subprocess
from ctypes import CDLL
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from shaping_runs import UNLIMITED, constant, run, slew, wanted

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device, shipped_devices
from firmware_bridge.safety.joined_limiter import JoinedLimiter, limiter_for
from firmware_bridge.safety.limiter import Limiter
from firmware_bridge.safety.native import load_part
from firmware_bridge.safety.native_shaper import SHAPING, NativeShaper
from firmware_bridge.safety.shaping import CHUNK_FRAMES, Memory, shape_exactly
from profiles.profile import load_profile, shipped_profiles
from profiles.score import compose
from profiles.waveform import Renderer

SOURCE = Path(__file__).parents[3] / "firmware_bridge" / "safety" / "shaping.c"


@pytest.fixture(scope="session")
def shaping_in_c(built: Path) -> CDLL:
    """With checks for undefined behaviour."""
    return loaded(built / "libkneadshaping-checked.so")


def loaded(path: Path) -> CDLL:
    library = load_part(SHAPING, path)
    assert library is not None
    return library


def apart(shaper, case):
    """What is not the same as by the definition, in words; "" where all is."""
    native, exact = run(*case, shaper=shaper), run(*case, shaper=shape_exactly)
    if not np.array_equal(native[0], exact[0]):
        return "drives"
    if native[1] != exact[1]:
        return "holds"
    names = ("drive", "span", "rest", "dwelling", "over_budget")
    return " ".join(n for n in names if not np.array_equal(getattr(native[2], n), getattr(exact[2], n)))


def brinks():
    """What is wanted, limits, budget and points: at each limit, one below it and one above."""
    for more in (-1, 0, 1):
        yield np.array([[16 + more], [0]]), slew(16, 32), UNLIMITED, ()
        yield np.array([[64], [32 - more], [0]]), slew(64, 32), UNLIMITED, ()
        yield constant(3, 50, 50 + more), slew(100, 100, count=2), 100, ()
        yield np.concatenate((constant(479 + more, 20), constant(120, 0))), slew(255, 20), UNLIMITED, ()
        pause = constant(110 + more, 0)
        yield np.concatenate((constant(300, 20), pause, constant(300, 20))), slew(255, 20), UNLIMITED, ()
    work, rest = constant(250, 20, 0), constant(250, 0, 20)
    for points in ((), ((0, 1),)):
        yield np.concatenate((work, rest, work)), slew(255, 20, count=2), UNLIMITED, points
    steps = np.array([[10, 200, 0], [90, 200, 70], [200, 100, 200], [200, 0, 200]] * 3)
    yield steps, slew(80, 80, count=3), 255, ()
    yield np.repeat(steps, 40, axis=0), slew(7, 11, count=3), 255, ((0, 2),)


@settings(max_examples=at_depth(200))
@given(wanted())
def test_it_gives_what_the_definition_gives(shaping_in_c, case):
    assert apart(NativeShaper(shaping_in_c), case) == ""


def test_at_the_brink_of_each_limit_both_give_the_same(shaping_in_c):
    shaper = NativeShaper(shaping_in_c)  # one for all: it notices limits that are others
    for case in brinks():
        assert apart(shaper, case) == ""


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("device", "profile"), list(product(shipped_devices(), ("relaxing-back", "first-session", "felt-check")))
)
def test_every_device_gets_the_same_drives_and_is_told_the_same(shaping_in_c, device, profile):
    assert_same(shaping_in_c, device, profile)


@pytest.mark.no_cover
@pytest.mark.parametrize("profile", shipped_profiles())
def test_every_profile_gives_the_same_drives_and_tells_the_same(shaping_in_c, profile):
    if not load_profile(profile).locked_for:
        assert_same(shaping_in_c, "reference-cushion", profile)


def assert_same(library, device, profile):
    layout = place_device(load_device(device))
    renderer = Renderer(compose(load_profile(profile)), layout.places())
    native, plain = limiter_for(layout, NativeShaper(library)), limiter_for(layout)
    for start in range(0, 3000, 300):
        wave = renderer.render(start, 300)
        (here, events), (there, others) = native.limit(wave), plain.limit(wave)
        assert here.drive.tobytes() == there.drive.tobytes()
        assert here.rate.tobytes() == there.rate.tobytes()
        assert events == others


def test_a_budget_that_was_exceeded_before_leaves_no_rise(shaping_in_c):
    for shaper in (NativeShaper(shaping_in_c), shape_exactly):
        memory = Memory.silent(2)
        memory.drive = np.array([200, 100])
        with np.errstate(divide="ignore"):
            drives, held, _ = run(constant(1, 0, 0), slew(10, 20, count=2), 100, shaper=shaper, memory=memory)
        assert drives.tolist() == [[180, 80]]
        assert held == [(0, -1, "budget")]


def test_what_is_too_large_for_it_is_refused(shaping_in_c):
    shaper = NativeShaper(shaping_in_c)
    for frames, width in ((CHUNK_FRAMES + 1, 1), (1, 65)):
        with pytest.raises(ValueError, match=f"{frames} frames of {width} actuators is too large"):
            shaper(np.zeros((frames, width), dtype=np.int64), Memory.silent(width), slew(count=width), 255)


def test_it_remembers_what_a_snapshot_had(shaping_in_c):
    limiter = Limiter(place_device(load_device("reference-cushion")), shaper=NativeShaper(shaping_in_c))
    renderer = Renderer(compose(load_profile("relaxing-back")), limiter.layout.places())
    limiter.limit(renderer.render(0, 250))
    before = limiter.snapshot()
    first = limiter.limit(renderer.render(250, 250))[0].drive.tobytes()
    limiter.restore(before)
    assert limiter.limit(renderer.render(250, 250))[0].drive.tobytes() == first


def test_a_device_of_its_own_is_limited_by_the_definition():
    layout = place_device(load_device("reference-cushion"))
    assert isinstance(limiter_for(layout), Limiter)
    assert not isinstance(limiter_for(layout), JoinedLimiter)


FAULTS = {
    "a rise one too steep": ("last + limits->attack[i]", "last + limits->attack[i] + 1"),
    "a fall one too steep": ("last - limits->release[i]", "last - limits->release[i] - 1"),
    "no steepest fall": ("most(least(wish, cap), last - limits->release[i])", "least(wish, cap)"),
    "a dwell one frame too long": ("limits->dwell_frames - 1 - memory", "limits->dwell_frames - memory"),
    "no longest dwell": ("least(wish, cap)", "wish"),
    "a rest one frame too short": ("least(memory->rest[i] + 1,", "least(memory->rest[i] + 2,"),
    "a rest that never was": ("works[limits->point_of[i]] ? 0 :", "false ? 0 :"),
    "points for themselves": (
        "works[limits->point_of[i]] = works[limits->point_of[i]] || on",
        "works[i] = on",
    ),
    "work that ends is none": ("(drive[i] > 0) || (memory->drive[i] > 0)", "(drive[i] > 0)"),
    "a dwell is told each time": (" && (memory->dwelling[i] == 0U)", ""),
    "a dwell is never told again": ("            memory->dwelling[i] = 0;\n", ""),
    "no budget": ("sum > limits->power_budget", "false"),
    "a budget one too low": ("sum > limits->power_budget", "sum >= limits->power_budget"),
    "a budget is told each time": ("if (memory->over_budget == 0U)", "if (true)"),
    "a budget is never told again": ("            memory->over_budget = 0;\n", ""),
    "falls count as rises": ("        left -= drive[i] - rise;\n", "        left -= drive[i];\n"),
    "what the budget leaves is given twice": ("rise * left / rises", "2 * rise * left / rises"),
    "the last frame is forgotten": ("        memory->drive[i] = drive[i];\n", ""),
}


@pytest.mark.no_cover
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_it_is_found(built, tmp_path, fault):  # noqa: ARG001  (a compiler)
    whole = SOURCE.read_text()
    old, new = FAULTS[fault]
    assert whole.count(old) == 1
    (tmp_path / "shaping.c").write_text(whole.replace(old, new))
    path = tmp_path / "libfault.so"
    compiler = [os.environ.get("CC", "cc"), "-std=c99", f"-I{SOURCE.parent}", "-fPIC", "-shared"]
    subprocess.run([*compiler, "-o", str(path), str(tmp_path / "shaping.c")], check=True)
    shaper = NativeShaper(loaded(path))
    assert any(apart(shaper, case) for case in brinks())
