"""Either computation of what is off may fail: the other still keeps spine and kidneys free of any drive."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from interlocks import HASH, Make, anywhere, points, refusal

from firmware_bridge.devices import layout as layouts
from firmware_bridge.devices.footprint import FootprintLimit, footprint_limits
from firmware_bridge.devices.layout import Actuator, Layout, place_device
from firmware_bridge.devices.load import load_device, shipped_devices
from firmware_bridge.devices.placement import Placement
from firmware_bridge.errors import InterlockTrip
from firmware_bridge.safety.interlock import Interlock, InterlockEvent
from firmware_bridge.wire.messages import Arm, Setpoints
from profiles.body import BodyMap, ExcludedZone, body_map

Patch = pytest.MonkeyPatch
STATURES = (1.50, 1.70, 1.95)
TOUCHES = ExcludedZone.touches


# -- the placement, broken ----------------------------------------------------------------------------


def radius_ignored(patch: Patch) -> None:
    patch.setattr(ExcludedZone, "touches", lambda zone, x, y, _radius: TOUCHES(zone, x, y, 0.0))


def nothing_touches(patch: Patch) -> None:
    patch.setattr(ExcludedZone, "touches", lambda *_: False)


def no_margin(patch: Patch) -> None:
    patch.setattr(ExcludedZone, "touches", lambda zone, x, y, r: TOUCHES(replace(zone, margin=0.0), x, y, r))


def nothing_excluded(patch: Patch) -> None:
    patch.setattr(BodyMap, "exclusion_at", lambda *_: None)


def placed_without_exclusion(patch: Patch) -> None:
    honest = layouts.placement_at

    def careless(x: Any, y: Any, radius: float, body: BodyMap) -> Placement:
        zone = honest(x, y, radius, body).zone
        return Placement(zone, "", zone.ceiling if zone else 1.0)

    patch.setattr(layouts, "placement_at", careless)


def stature_ignored(patch: Patch) -> None:
    """Every body is that of the table, by its outlines; only what it is called is right."""
    honest = layouts.placement_at
    patch.setattr(layouts, "placement_at", lambda x, y, radius, _: honest(x, y, radius, body_map()))


def tall_bodies_alone(patch: Patch) -> None:
    """Neither the body of the table counts nor that of the person: another one, for which more is off too."""
    honest = layouts.placement_at
    tall = body_map(1.95)
    patch.setattr(layouts, "placement_at", lambda x, y, radius, _: honest(x, y, radius, tall))


BREAKS = {
    each.__name__: each
    for each in (
        radius_ignored,
        nothing_touches,
        no_margin,
        nothing_excluded,
        placed_without_exclusion,
        stature_ignored,
        tall_bodies_alone,
    )
}


# -- what the interlock makes of it -------------------------------------------------------------------


@contextmanager
def broken(by: Callable[[Patch], None]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        by(patch)
        yield


@cache
def seen_on(name: str, stature_m: float) -> list[FootprintLimit]:
    """What the second computation makes of a shipped device."""
    return footprint_limits(load_device(name).actuators, stature_m)


def guarded(layout: Layout, footprints: list[FootprintLimit] | None = None) -> Interlock:
    """The interlock as a device that is armed with this layout has it, but for footprints handed in."""
    seen = seen_on(layout.description.name, layout.stature_m) if footprints is None else footprints
    interlock = Interlock(layout.actuators, 99_999, HASH, seen)
    interlock.admit(Arm(HASH))
    interlock.observe(InterlockEvent.ARM_CONFIRMED)
    return interlock


def alone(layout: Layout, driven: Actuator, drive: int = 1) -> Setpoints:
    """Setpoints that drive one actuator, and nothing else."""
    here = [actuator is driven for actuator in layout.actuators]
    return Setpoints(bytes(drive * on for on in here), bytes(driven.rate_min * on for on in here))


def tripped_by(interlock: Interlock, message: Setpoints) -> InterlockTrip | None:
    try:
        interlock.admit(message)
    except InterlockTrip as trip:
        return trip
    return None


@pytest.mark.parametrize("by", BREAKS)
@pytest.mark.parametrize("name", shipped_devices())
def test_whatever_breaks_in_the_placement_a_drive_where_none_may_be_trips(name: str, by: str) -> None:
    description = load_device(name)
    for stature_m in STATURES:
        honest = place_device(description, body_map(stature_m))
        with broken(BREAKS[by]):
            layout = place_device(description, body_map(stature_m))
        for true, wrong in zip(honest.actuators, layout.actuators, strict=True):
            trip = tripped_by(guarded(layout), alone(layout, wrong))
            assert (trip is not None) is bool(true.excluded or wrong.excluded)
            if trip is not None:
                assert f"drive 1 for actuator '{wrong.id}', which is off: " in trip.reason
                assert trip.rule == 188


@pytest.mark.parametrize("by", BREAKS)
def test_each_break_would_let_something_run(by: str) -> None:
    """What breaks nothing would show nothing."""
    let_go = set()
    for name in shipped_devices():
        for stature_m in STATURES:
            honest = place_device(load_device(name), body_map(stature_m))
            with broken(BREAKS[by]):
                layout = place_device(load_device(name), body_map(stature_m))
            pairs = zip(honest.actuators, layout.actuators, strict=True)
            let_go |= {(name, true.id) for true, wrong in pairs if true.excluded and not wrong.excluded}
    assert let_go


@pytest.mark.parametrize("stature_m", STATURES)
@pytest.mark.parametrize("name", shipped_devices())
def test_a_second_computation_that_allows_all_lets_nothing_run_that_is_off(
    name: str, stature_m: float
) -> None:
    layout = place_device(load_device(name), body_map(stature_m))
    for actuator in layout.actuators:
        interlock = guarded(layout, anywhere(len(layout.actuators)))
        trip = tripped_by(interlock, alone(layout, actuator))
        assert (trip is not None) is (actuator.excluded != "")


@pytest.mark.parametrize("stature_m", STATURES)
@pytest.mark.parametrize("name", shipped_devices())
def test_a_layout_that_calls_nothing_off_and_knows_no_ceiling_drives_nothing_more(
    name: str, stature_m: float
) -> None:
    honest = place_device(load_device(name), body_map(stature_m))
    free = tuple(
        replace(one, excluded="", ceiling=255, zone="shoulder-left", x_mm=95, y_mm=590, attack=99_999)
        for one in honest.actuators
    )
    layout = replace(honest, actuators=free)
    for true, wrong in zip(honest.actuators, layout.actuators, strict=True):
        for over in (-1, 0, 1):
            drive = true.ceiling + over
            if drive > 0:
                trip = tripped_by(guarded(layout), alone(layout, wrong, drive))
                assert (trip is not None) is (over > 0)


@pytest.mark.parametrize(
    ("name", "zone", "rules"),
    [
        ("spine", "spine", "17, 18, 85, 222"),
        ("kidney-l", "kidney-left", "21, 85, 236"),
        ("kidney-r", "kidney-right", "21, 85, 236"),
    ],
)
def test_a_trip_names_actuator_and_zone_and_its_rules(name: str, zone: str, rules: str) -> None:
    with broken(placed_without_exclusion):
        layout = place_device(load_device("reference-cushion"))
    (driven,) = (actuator for actuator in layout.actuators if actuator.id == name)
    trip = refusal(guarded(layout), alone(layout, driven))
    assert trip.reason == (
        f"drive 1 for actuator '{name}', which is off: "
        f"footprint reaches {zone}, grown by its margin of 10 mm (rules {rules})"
    )


def centre_alone(patch: Patch) -> None:
    honest = BodyMap.zones_under
    patch.setattr(BodyMap, "zones_under", lambda body, x, y, _radius: honest(body, x, y, 0.0))


def no_ceiling(patch: Patch) -> None:
    patch.setattr(BodyMap, "ceiling_at", lambda *_: 1.0)


@pytest.mark.parametrize("by", [centre_alone, no_ceiling], ids=lambda by: by.__name__)
def test_a_placement_that_knows_no_ceiling_of_what_is_touched_is_held_to_it(
    by: Callable[[Patch], None],
) -> None:
    raised = 0
    for name in shipped_devices():
        for stature_m in STATURES:
            honest = place_device(load_device(name), body_map(stature_m))
            with broken(by):
                layout = place_device(load_device(name), body_map(stature_m))
            steep = tuple(replace(actuator, attack=99_999) for actuator in layout.actuators)
            layout = replace(layout, actuators=steep)
            for true, wrong in zip(honest.actuators, layout.actuators, strict=True):
                if wrong.ceiling > true.ceiling:
                    raised += 1
                    assert tripped_by(guarded(layout), alone(layout, wrong, true.ceiling + 1))
                    assert not tripped_by(guarded(layout), alone(layout, wrong, true.ceiling))
    assert raised


def test_a_ceiling_is_held_by_either_computation_alone(actuator: Make) -> None:
    for layout_says, footprint_says in ((50, 255), (255, 50)):
        interlock = Interlock(
            [actuator(ceiling=layout_says, attack=99_999)], 1000, HASH, [FootprintLimit(footprint_says, "")]
        )
        interlock.admit(Arm(HASH))
        interlock.observe(InterlockEvent.ARM_CONFIRMED)
        interlock.admit(points(50))
        trip = refusal(interlock, points(51))
        assert trip.reason == "drive 51 for actuator 'a0', whose ceiling is 50"


@pytest.mark.parametrize("count", [0, 1, 3])
def test_without_a_footprint_for_each_actuator_all_are_off(actuator: Make, count: int) -> None:
    interlock = Interlock([actuator(0), actuator(1)], 1000, HASH, anywhere(count))
    interlock.admit(Arm(HASH))
    interlock.observe(InterlockEvent.ARM_CONFIRMED)
    interlock.admit(points(0, 0))
    trip = refusal(interlock, points(0, 1))
    assert "'a1', which is off: nothing says where it lies" in trip.reason


@pytest.mark.parametrize("factor", [0.0, 0.5])
def test_the_ceiling_of_a_zone_that_hurts_stays_the_lower_one(factor: float) -> None:
    """The second computation knows no person: it never lifts what the placement lowered."""
    body = body_map().lowered({"lumbar": factor})
    layout = place_device(load_device("reference-cushion"), body)
    (lumbar,) = (one for one in layout.actuators if one.id == "lumbar-r")
    for over in (0, 1):
        drive = lumbar.ceiling + over
        if drive:
            steep = replace(layout, actuators=tuple(replace(one, attack=99_999) for one in layout.actuators))
            trip = tripped_by(guarded(steep), alone(steep, steep.actuators[lumbar.index], drive))
            assert (trip is not None) is (over > 0)
