"""A device on a body: what is off and why, how strong the rest may get, and what changes with stature."""

from collections import Counter

import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.devices.load import DeviceDescription, load_device, place_device, shipped_devices
from firmware_bridge.devices.response import Response
from profiles.body import body_map
from profiles.technique import Modality


def described(**spec):
    actuator = {
        "id": "one",
        "kind": "vibration",
        "x_mm": 80,
        "y_mm": 140,
        "radius_mm": 20,
        "ceiling": 1.0,
        "attack_per_s": 800,
        "release_per_s": 1600,
        "response": {"start": 60, "hold": 40, "exponent": 0.5},
        "motor": {"tau_ms": 60},
    }
    return DeviceDescription.model_validate(
        {"schema": 1, "name": "test", "title": "Test", "power_budget": 255, "actuator": [actuator | spec]}
    )


def placed(body=None, **spec):
    return place_device(described(**spec), body).actuators[0]


def test_reference_cushion_has_three_actuators_over_spine_and_kidneys_that_stay_off():
    layout = place_device(load_device("reference-cushion"))
    kinds = Counter(actuator.kind for actuator in layout.actuators)
    assert kinds == {Modality.VIBRATION: 12, Modality.KNEADING: 2, Modality.PRESSURE: 2}
    assert {actuator.id: actuator.excluded for actuator in layout.excluded} == {
        "kidney-r": "footprint touches kidney-right or its margin of 10 mm (rules 21, 85, 236)",
        "kidney-l": "footprint touches kidney-left or its margin of 10 mm (rules 21, 85, 236)",
        "spine": "footprint touches spine or its margin of 10 mm (rules 17, 18, 85, 222)",
    }
    zones = {actuator.zone.rsplit("-", 1)[0] for actuator in layout.allowed}
    assert zones == {"sacrum", "gluteal", "lumbar", "flank", "upper-back", "scapular", "shoulder"}


@pytest.mark.parametrize("stature_m", [1.23, 1.74, 2.19])
def test_a_margin_that_grows_with_the_body_is_told_in_whole_millimetres(stature_m):
    body = body_map(stature_m)
    whole = round(10 * max(1.0, stature_m / 1.70))
    told = [actuator.excluded for actuator in place_device(load_device("reference-cushion"), body).excluded]
    grown = [each for each in told if "margin" in each]
    assert len(grown) >= 3
    assert all(f"margin of {whole} mm " in each for each in grown)


def test_reference_cushion_has_eight_erms_without_and_four_voice_coils_with_a_rate():
    layout = place_device(load_device("reference-cushion"))
    vibration = [actuator for actuator in layout.actuators if actuator.kind is Modality.VIBRATION]
    rates = Counter((actuator.rate_min, actuator.rate_max) for actuator in vibration)
    assert rates == {(0, 0): 8, (20, 80): 4}
    assert not any(actuator.excluded for actuator in vibration if actuator.rate_max)
    knead = [actuator for actuator in layout.actuators if actuator.kind is Modality.KNEADING]
    assert all(actuator.rate_max <= 60 for actuator in knead)


def test_seat_pad_works_with_all_eight_in_the_order_of_the_pads_sold_today():
    layout = place_device(load_device("seat-pad-8"))
    assert [actuator.id for actuator in layout.actuators] == [
        "thigh-r",
        "thigh-l",
        "buttock-r",
        "buttock-l",
        "back-r",
        "back-l",
        "shoulder-r",
        "shoulder-l",
    ]
    assert layout.excluded == []
    assert all((actuator.x_mm > 0) == actuator.zone.endswith("right") for actuator in layout.actuators)


def test_mat_has_cells_off_over_spine_kidneys_and_no_zone():
    layout = place_device(load_device("mat-64"))
    reasons = Counter(actuator.excluded.split("(")[0] for actuator in layout.excluded)
    assert len(layout.actuators) == 64
    assert sum("spine" in reason for reason in reasons) == 1
    assert any("kidney-left" in reason for reason in reasons)
    assert any("kidney-right" in reason for reason in reasons)
    assert "lies in no zone of the body map " in reasons


@pytest.mark.parametrize("name", shipped_devices())
@pytest.mark.parametrize("stature_m", [1.2, 1.5, 1.7, 2.0, 2.2])
def test_no_footprint_in_use_touches_an_excluded_zone(name, stature_m):
    body = body_map(stature_m)
    layout = place_device(load_device(name), body)
    for actuator in layout.actuators:
        banned = body.exclusion_at(actuator.x_mm, actuator.y_mm, actuator.radius_mm)
        zone = body.zone_at(actuator.x_mm, actuator.y_mm)
        if banned or zone is None:
            assert actuator.excluded
        if actuator.excluded:
            assert actuator.ceiling == 0
            assert "rule" in actuator.excluded
        else:
            under = [body.zone(touched) for touched in actuator.touched]
            assert zone in under
            for each in under:
                felt = Response.drive_for(each.ceiling, actuator.start, actuator.exponent)
                assert 0 < actuator.ceiling <= felt
            assert actuator.ceiling <= 255 * layout.description.actuators[actuator.index].ceiling


@pytest.mark.parametrize("name", shipped_devices())
def test_another_stature_only_ever_takes_away(name):
    usual = place_device(load_device(name))
    for stature_m in (1.3, 1.6, 1.9, 2.2):
        other = place_device(load_device(name), body_map(stature_m))
        assert other.stature_m == stature_m
        for ours, theirs in zip(usual.actuators, other.actuators, strict=True):
            assert theirs.ceiling <= ours.ceiling
            assert theirs.excluded or not ours.excluded
            assert "ceiling is 0" not in theirs.excluded  # the reason is told, wherever it comes from


@settings(max_examples=at_depth(200))
@given(st.integers(-280, 280), st.integers(-1000, 750), st.integers(1, 30))
def test_anywhere_on_the_body_it_is_off_unless_clear_of_everything_excluded(x, y, radius):
    actuator = placed(x_mm=x, y_mm=y, radius_mm=radius)
    body = body_map()
    clear = body.exclusion_at(x, y, radius) is None and body.zone_at(x, y) is not None
    assert (actuator.excluded == "") is clear
    assert (actuator.ceiling > 0) is clear


def test_the_footprint_counts_and_not_only_its_centre():
    edge = 30 + 10  # half width of the spine and its margin
    assert "spine" in placed(x_mm=edge + 20, y_mm=400, radius_mm=20).excluded
    assert placed(x_mm=edge + 21, y_mm=400, radius_mm=20).excluded == ""


@pytest.mark.parametrize(("d", "reaches"), [(-1, True), (0, True), (1, False)])
def test_the_strictest_zone_that_the_footprint_touches_bounds_it(d, reaches):
    """A cell in the buttock (1.0), its rim 1 mm inside the lower back (0.5), at its edge, and 1 mm below."""
    straight = {"start": 0, "hold": 0, "exponent": 1.0}
    cell = placed(kind="pressure", x_mm=100, y_mm=110 - 45 - d, radius_mm=45, response=straight)
    assert cell.zone == "gluteal-right"
    assert ("lumbar-right" in cell.touched) is reaches
    assert cell.ceiling == (128 if reaches else 255)


@pytest.mark.parametrize("factor", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("zone", ["lumbar", "lumbar-right", "gluteal-right"])
def test_where_it_hurts_bounds_whatever_touches_it(zone, factor):
    """The strictest product of ceiling and factor counts, whichever zone the centre lies in."""
    straight = {"start": 0, "hold": 0, "exponent": 1.0}
    cell = {"kind": "pressure", "x_mm": 100, "y_mm": 65, "radius_mm": 45, "response": straight}
    felt = min(0.5, factor * (0.5 if zone.startswith("lumbar") else 1.0))
    actuator = placed(body_map().lowered({zone: factor}), **cell)
    assert actuator.ceiling == round(255 * felt)
    assert (actuator.excluded != "") is (felt == 0.0)


def test_outside_every_zone_is_off_with_the_reason_told():
    actuator = placed(x_mm=0, y_mm=-300)
    assert actuator.excluded == "lies in no zone of the body map (deny by default, rule 188)"
    assert (actuator.zone, actuator.ceiling) == ("", 0)


def test_a_described_ceiling_of_zero_is_an_exclusion():
    actuator = placed(ceiling=0.0)
    assert actuator.excluded == "ceiling is 0 (deny by default, rule 188)"


def test_the_lower_of_zone_and_description_is_the_ceiling():
    felt = body_map().zone("lumbar-right").ceiling
    zone_drive = int(Response.drive_for(felt, 60, 0.5))
    assert placed(ceiling=1.0).ceiling == zone_drive
    assert placed(ceiling=0.5).ceiling == 127 < zone_drive


def test_places_are_what_a_renderer_samples():
    layout = place_device(load_device("reference-cushion"))
    places = layout.places()
    assert [place.active for place in places] == [not actuator.excluded for actuator in layout.actuators]
    knead = places[12]
    assert (knead.id, knead.kind, knead.rate_min, knead.rate_max) == (
        "knead-r",
        Modality.KNEADING,
        20.0,
        60.0,
    )
    assert (knead.x, knead.y, knead.radius) == (95.0, 590.0, 35.0)


def test_arrays_are_in_wire_order():
    layout = place_device(load_device("reference-cushion"))
    assert layout.ceilings.tolist() == [actuator.ceiling for actuator in layout.actuators]
    assert layout.starts.tolist() == [actuator.start for actuator in layout.actuators]
    assert layout.exponents.tolist() == [actuator.exponent for actuator in layout.actuators]


def test_motor_figures_that_are_not_given_have_defaults():
    actuator = placed()
    assert (actuator.tau_ms, actuator.vent_tau_ms, actuator.full_hz) == (60, 60, 0.0)
