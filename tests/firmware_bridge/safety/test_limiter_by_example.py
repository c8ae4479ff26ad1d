"""What the Limiter does with plain cases, figure by figure."""

from dataclasses import replace

import numpy as np
import pytest
from limiting import block, limited

from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.safety.limiter import Limiter, LimitEvent
from profiles.waveform import Waveform

CUSHION = place_device(load_device("reference-cushion"))
NAMES = [actuator.id for actuator in CUSHION.actuators]


def only(frames, **levels):
    """A block on the cushion in which only the named actuators are asked for, at a constant level."""
    level = np.zeros((frames, len(NAMES)))
    for name, value in levels.items():
        level[:, NAMES.index(name.replace("_", "-"))] = value
    return block(level)


def test_a_gentle_waveform_passes_unchanged():
    level = np.zeros((200, len(NAMES)))
    coil = NAMES.index("upper-r")
    level[:, coil] = 0.3 * np.sin(np.linspace(0, np.pi, 200)) ** 2
    drive, _, events = limited(CUSHION, block(level))
    expected = np.where(level[:, coil] >= 0.02, np.rint(10 + 245 * level[:, coil]), 0)
    assert np.array_equal(drive[:, coil], expected)
    assert drive.sum() == drive[:, coil].sum()
    assert events == []


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -1.0])
def test_what_is_not_a_level_is_off(value):
    drive, _, events = limited(CUSHION, only(50, sacrum=value))
    assert not drive.any()
    assert events == []


def test_an_excluded_actuator_stays_off_and_says_so_once_a_run():
    drive, _, events = limited(CUSHION, only(120, spine=0.5, kidney_l=1e308), sizes=[30, 50])
    assert not drive.any()
    assert events == [
        LimitEvent(0, NAMES.index("kidney-l"), "excluded"),
        LimitEvent(0, NAMES.index("spine"), "excluded"),
    ]


def test_a_level_above_the_ceiling_is_held_at_it_and_says_so_once_a_run():
    level = only(150, lumbar_r=0.5).level
    lumbar = NAMES.index("lumbar-r")
    level[40:60, lumbar] = level[100:, lumbar] = 0.6
    drive, _, events = limited(CUSHION, block(level, start=1000), sizes=[50])
    assert drive[:, lumbar].max() == CUSHION.actuators[lumbar].ceiling
    assert events == [LimitEvent(1040, lumbar, "ceiling"), LimitEvent(1100, lumbar, "ceiling")]


def test_unbroken_work_ends_before_ten_seconds_and_resumes_after_a_rest_of_two():
    drive, _, events = limited(CUSHION, only(1500, sacrum=0.6))
    sacrum = NAMES.index("sacrum")
    on = np.flatnonzero(drive[:, sacrum])
    first_off = int(np.flatnonzero(np.diff(on) > 1)[0])
    assert on[first_off] == 478  # frames 0 to 478 and the way down from the last: 480 intervals, 9.6 s
    assert on[first_off + 1] - on[first_off] - 1 == 111  # 2.2 s from the first zero to the last
    assert [(event.kind, event.actuator) for event in events] == [("dwell", sacrum)] * 2
    assert events[0].frame == 473


def test_rates_are_kept_in_range_only_while_driven():
    rate = np.zeros((60, len(NAMES)))
    names = ["knead-r", "upper-r", "upper-l", "scapula-r", "sacrum"]
    for name, value in zip(names, [90.0, 5.0, 44.6, np.nan, 50.0], strict=True):
        rate[:, NAMES.index(name)] = value
    level = only(60, knead_r=0.4, upper_r=0.4, upper_l=0.4, scapula_r=0.4, sacrum=0.4).level
    level[40:] = 0
    drive, rates, events = limited(CUSHION, block(level, rate), sizes=[25])
    assert [int(rates[30, NAMES.index(name)]) for name in names] == [60, 20, 45, 20, 0]
    assert not rates[drive == 0].any()
    assert events == [LimitEvent(0, NAMES.index("knead-r"), "rate")]


@pytest.mark.parametrize(("top", "given"), [(1, 1), (40, 40), (59, 59), (60, 60), (61, 60), (90, 60)])
def test_kneading_never_passes_sixty_nor_what_its_layout_says(top, given):
    spec = load_device("reference-cushion")
    other = spec.actuators[12].model_copy(
        update={"rate": spec.actuators[12].rate.model_copy(update={"min": 1, "max": top})}
    )
    layout = place_device(spec.model_copy(update={"actuators": (*spec.actuators[:12], other)}))
    level, rate = np.zeros((30, 13)), np.zeros((30, 13))
    level[:, 12], rate[:, 12] = 0.5, 80.0
    assert limited(layout, block(level, rate))[1].max() == given


def test_a_vibration_may_go_faster_than_kneading():
    rate = np.zeros((30, len(NAMES)))
    coil = NAMES.index("upper-r")
    rate[:, coil] = 80.0
    _, rates, events = limited(CUSHION, block(only(30, upper_r=0.4).level, rate))
    assert rates[-1, coil] == CUSHION.actuators[coil].rate_max == 80
    assert events == []


def test_what_comes_out_is_bytes_as_on_the_wire():
    shaped, _ = Limiter(CUSHION).limit(block(only(30, upper_r=0.4).level, np.full((30, len(NAMES)), 50.0)))
    assert shaped.rate.any()
    assert shaped.drive.dtype == shaped.rate.dtype == np.uint8


@pytest.mark.parametrize(
    ("name", "asked", "kind"),
    [("spine", 0.0, "excluded"), ("lumbar_r", 0.0, "ceiling"), ("knead_r", 90.0, "rate")],
)
def test_a_run_is_told_once_over_blocks_and_again_after_a_quiet_one(name, asked, kind):
    # A release so quick that a quiet block is quiet from its first frame on.
    limiter = Limiter(
        replace(CUSHION, actuators=tuple(replace(a, release=12_750) for a in CUSHION.actuators))
    )
    level = 0.4 if kind == "rate" else 0.9
    rate = np.full((40, len(NAMES)), asked)
    told = [
        [event.kind for event in limiter.limit(block(only(40, **{name: held}).level, rate))[1]]
        for held in (level, level, 0.0, 0.0, level)
    ]
    assert told == [[kind], [], [], [], [kind]]


def test_gain_scales_what_is_felt_and_is_never_above_one():
    whole = only(80, upper_r=0.6)
    coil = NAMES.index("upper-r")
    full, half = limited(CUSHION, whole)[0][-1, coil], limited(CUSHION, whole, 0.5)[0][-1, coil]
    assert (full, half) == (157, 84)
    assert limited(CUSHION, whole, 7.0)[0][-1, coil] == full
    assert not limited(CUSHION, only(80, upper_r=1e308), np.nan)[0].any()
    assert limited(CUSHION, only(80, upper_r=1e308), 0.5)[0][-1, coil] == round(10 + 245 * 0.5)


def test_gain_may_change_from_frame_to_frame():
    gain = np.concatenate((np.ones(60), np.zeros(60)))
    drive, _, _ = limited(CUSHION, only(120, upper_r=0.6), gain, sizes=[50])
    assert drive[59].any()
    assert not drive[-1].any()


def test_an_empty_block_changes_nothing():
    limiter = Limiter(CUSHION)
    limiter.limit(only(50, spine=0.5, knead_r=0.5))
    shaped, events = limiter.limit(only(0))
    assert shaped.drive.shape == (0, 16)
    assert events == []
    assert limiter.limit(only(1, spine=0.5))[1] == []


@pytest.mark.parametrize(
    "wrong",
    [
        block(np.zeros((5, 15))),
        Waveform(0, np.zeros((5, 15)), np.zeros((5, 16)), np.zeros(5, dtype=np.int64)),
        Waveform(0, np.zeros((5, 16)), np.zeros((4, 16)), np.zeros(5, dtype=np.int64)),
        Waveform(0, np.zeros((5, 16)), np.zeros((5, 16)), np.zeros(4, dtype=np.int64)),
    ],
)
def test_a_block_of_another_shape_is_refused(wrong):
    with pytest.raises(ValueError, match="must"):
        Limiter(CUSHION).limit(wrong)


def test_a_gain_of_another_length_is_refused():
    with pytest.raises(ValueError, match="gain"):
        Limiter(CUSHION).limit(only(5), np.ones(4))


def test_an_excluded_actuator_stays_off_even_if_a_layout_gives_it_a_ceiling():
    loose = tuple(replace(actuator, ceiling=255) for actuator in CUSHION.actuators)
    drive, _, _ = limited(replace(CUSHION, actuators=loose), block(np.ones((50, len(NAMES)))))
    assert {name for name, on in zip(NAMES, drive.any(axis=0), strict=True) if not on} == {
        "kidney-l",
        "kidney-r",
        "spine",
    }


@pytest.mark.parametrize("attack", [1, 49, 50, 99])
def test_the_slowest_slew_still_moves(attack):
    slow = tuple(replace(actuator, attack=attack) for actuator in CUSHION.actuators)
    drive, _, _ = limited(replace(CUSHION, actuators=slow), only(10, sacrum=0.5))
    assert drive[:4, NAMES.index("sacrum")].tolist() == [1, 2, 3, 4]
