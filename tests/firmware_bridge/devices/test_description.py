"""What a description may say: every limit is refused one past it, with its place in the file."""

import tomllib

import pytest
from descriptions import HEAD, edited, text

from firmware_bridge.devices.description import ActuatorSpec
from firmware_bridge.devices.footprint import footprint_limits
from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.wire.identity import device_table
from profiles.technique import Modality


@pytest.mark.parametrize(
    ("old", "new", "place", "limit"),
    [
        ("x_mm = 80", "x_mm = nan", "actuator[3] 'erm-3'.x_mm", "whole number"),
        ("x_mm = 80", "x_mm = inf", "actuator[3] 'erm-3'.x_mm", "whole number"),
        ("x_mm = 80", "x_mm = 1e308", "actuator[3] 'erm-3'.x_mm", "whole number"),
        ("x_mm = 80", "x_mm = 80.5", "actuator[3] 'erm-3'.x_mm", "whole number"),
        ("x_mm = 80", "x_mm = '80'", "actuator[3] 'erm-3'.x_mm", "whole number"),
        ("x_mm = 80", "x_mm = true", "actuator[3] 'erm-3'.x_mm", "whole number"),
        ("x_mm = 80", "x_mm = 2001", "actuator[3] 'erm-3'.x_mm", "2000"),
        ("x_mm = 80", "x_mm = -2001", "actuator[3] 'erm-3'.x_mm", "-2000"),
        ("radius_mm = 20", "radius_mm = 0", "actuator[3] 'erm-3'.radius_mm", "1"),
        ("radius_mm = 20", "radius_mm = 101", "actuator[3] 'erm-3'.radius_mm", "100"),
        ("ceiling = 0.8", "ceiling = nan", "actuator[3] 'erm-3'.ceiling", "finite"),
        ("ceiling = 0.8", "ceiling = inf", "actuator[3] 'erm-3'.ceiling", "finite"),
        ("ceiling = 0.8", "ceiling = 1e308", "actuator[3] 'erm-3'.ceiling", "1"),
        ("ceiling = 0.8", "ceiling = -0.1", "actuator[3] 'erm-3'.ceiling", "0"),
        ("ceiling = 0.8", "ceiling = 1.01", "actuator[3] 'erm-3'.ceiling", "1"),
        ("ceiling = 0.8", "ceiling = 0.1", "actuator[3] 'erm-3'.ceiling", "start level 60"),
        ("attack_per_s = 800", "attack_per_s = 49", "actuator[3] 'erm-3'.attack_per_s", "50"),
        ("attack_per_s = 800", "attack_per_s = 4001", "actuator[3] 'erm-3'.attack_per_s", "4000"),
        ("release_per_s = 1600", "release_per_s = 1019", "actuator[3] 'erm-3'.release_per_s", "1020"),
        ("start = 60", "start = 255", "actuator[3] 'erm-3'.response.start", "254"),
        ("start = 60", "start = -1", "actuator[3] 'erm-3'.response.start", "0"),
        ("hold = 40", "hold = 61", "actuator[3] 'erm-3'.response.hold", "start level 60"),
        ("exponent = 0.5", "exponent = nan", "actuator[3] 'erm-3'.response.exponent", "finite"),
        ("exponent = 0.5", "exponent = 0.0", "actuator[3] 'erm-3'.response.exponent", "0.2"),
        ("tau_ms = 60", "tau_ms = 0", "actuator[3] 'erm-3'.motor.tau_ms", "1"),
        ("full_hz = 70.0", "full_hz = 401.0", "actuator[3] 'erm-3'.motor.full_hz", "400"),
        ('kind = "vibration"', 'kind = "heat"', "actuator[3] 'erm-3'.kind", "kneading"),
        ('kind = "vibration"', "kind = 1", "actuator[3] 'erm-3'.kind", "vibration"),
        ('id = "erm-3"', 'id = "Erm 3"', "actuator[3] 'Erm 3'.id", "a-z0-9-"),
        ('id = "erm-3"', 'id = "a-very-long-id"', "actuator[3] 'a-very-long-id'.id", "12"),
        ('id = "erm-3"', "id = 3", "actuator[3].id", "text"),
        ("x_mm = 80\n", "", "actuator[3] 'erm-3'.x_mm", "both"),
        ("y_mm = 140\n", "", "actuator[3] 'erm-3'.y_mm", "both"),
        ("radius_mm = 20\n", "", "actuator[3] 'erm-3'.radius_mm", "missing"),
        ("x_mm = 80", "x_mm = 400", "actuator[3] 'erm-3'", "off the body"),
        ("x_mm = 80", "x_mm = 300", "actuator[3] 'erm-3'", "off the body"),
        ("motor = {", "rate = { min = 50, max = 20 }\nmotor = {", "actuator[3] 'erm-3'.rate.min", "20"),
        ("motor = {", "rate = { min = 0, max = 20 }\nmotor = {", "actuator[3] 'erm-3'.rate.min", "1"),
        ("motor = {", "rate = { min = 1, max = 256 }\nmotor = {", "actuator[3] 'erm-3'.rate.max", "255"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place_and_the_limit(refused_device, old, new, place, limit):
    error = refused_device(edited(old, new))
    assert error.place == place
    assert limit in error.message


@pytest.mark.parametrize(("highest", "accepted"), [(59, True), (60, True), (61, False)])
def test_kneading_above_sixty_a_minute_is_refused_by_rule_64(tmp_path, highest, accepted):
    path = tmp_path / "device.toml"
    rate = f"rate = {{ min = 20, max = {highest} }}\nmotor = {{"
    path.write_text(edited("motor = {", rate).replace('"vibration"', '"kneading"'))
    spec = tomllib.loads(path.read_text())["actuator"][3]
    if accepted:
        assert ActuatorSpec.model_validate(spec).rate.max == highest
    else:
        with pytest.raises(ValueError, match="rule 64"):
            ActuatorSpec.model_validate(spec)


def test_kneading_without_a_rate_and_pressure_with_one_are_refused(refused_device):
    knead = refused_device(edited('"vibration"', '"kneading"'))
    assert knead.place == "actuator[3] 'erm-3'.rate"
    assert "rule 64" in knead.message
    parts = edited("motor = {", "rate = { min = 20, max = 40 }\nmotor = {").split("[[actuator]]")
    parts[4] = parts[4].replace('"vibration"', '"pressure"')
    assert "pressure cell has no rate" in refused_device("[[actuator]]".join(parts)).message


def test_two_actuators_of_one_id_are_refused(refused_device):
    error = refused_device(edited("erm-3", "erm-1"))
    assert error.place == "actuator[3].id"
    assert error.message == "id 'erm-1' is taken by actuator[1] already"


@pytest.mark.parametrize("count", [65, 257])
def test_more_actuators_than_the_wire_carries_are_refused(refused_device, count):
    error = refused_device(text(count))
    assert error.place == "actuator"
    assert error.message.startswith(f"{count} actuators are more than the 64 that the wire carries")
    assert "256" in error.message


def test_a_frame_that_would_not_fit_the_wire_is_refused(refused_device, tmp_path):
    path = tmp_path / "device.toml"
    path.write_text(text(56))
    assert load_device(path).full_frame_bytes == 63
    assert "64" in refused_device(text(58)).message
    # 28 with a rate take 4 + 28 + 28 bytes, 30 take 4 + 30 + 30, 31 take 4 + 31 + 31.
    rated = text(31).replace("motor = {", "rate = { min = 20, max = 80 }\nmotor = {")
    assert refused_device(rated).message.startswith(
        "a frame that drives every allowed actuator takes 66 payload bytes"
    )


def test_no_actuator_and_no_table_of_them_are_refused(refused_device):
    assert refused_device(text(0)).place == "actuator"
    assert refused_device(HEAD + "actuator = []").place == "actuator"
    assert refused_device(HEAD + "actuator = 5").place == "actuator"
    assert refused_device(HEAD + "actuator = [5]").place == "actuator[0]"
    assert refused_device(HEAD + "actuator = {}").place == "actuator"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("schema = 1", "schema = 2", "schema"),
        ("schema = 1", "schema = true", "schema"),
        ("schema = 1", "", "schema"),
        ('name = "test"', 'name = ""', "name"),
        ('name = "test"', f'name = "{"n" * 25}"', "name"),
        ("power_budget = 1000", "power_budget = 0", "power_budget"),
        ("power_budget = 1000", "power_budget = 16321", "power_budget"),
        ("power_budget = 1000", "power_budget = 1000.0", "power_budget"),
        ("power_budget = 1000", "power_budget = 1000\nrest_s = 0", "rest_s"),
        ("power_budget = 1000", "power_budget = 1000\nrest_s = 59", "rest_s"),
        ("power_budget = 1000", "power_budget = 1000\nrest_s = 3601", "rest_s"),
        ("power_budget = 1000", "power_budget = 1000\nrest_s = 60.0", "rest_s"),
        ("power_budget = 1000", "power_budget = 1000\nrest_s = true", "rest_s"),
        ('title = "Test"', "title = 1979-05-27", "title"),
    ],
)
def test_a_wrong_head_is_refused(refused_device, old, new, place):
    assert refused_device(text(head=HEAD.replace(old, new))).place == place


@pytest.mark.parametrize(("line", "rest_s"), [("", 60), ("rest_s = 60\n", 60), ("rest_s = 3600\n", 3600)])
def test_a_device_rests_a_minute_after_a_session_that_ran_out_unless_it_says_more(tmp_path, line, rest_s):
    path = tmp_path / "device.toml"
    path.write_text(text(head=HEAD + line))
    assert load_device(path).rest_s == rest_s


def test_an_actuator_without_a_place_is_accepted_but_stays_off(tmp_path):
    path = tmp_path / "device.toml"
    path.write_text(edited("x_mm = 80\ny_mm = 140\n", ""))
    actuator = place_device(load_device(path)).actuators[3]
    assert not actuator.placed
    assert actuator.ceiling == 0
    assert actuator.excluded == "has no place on the body (deny by default, rule 188)"


def test_a_ceiling_is_rounded_down_but_not_by_a_rounding_error():
    spec = load_device("seat-pad-8").actuators[0]
    drives = [spec.model_copy(update={"ceiling": share}).ceiling_drive for share in (0.6, 0.7, 0.95, 1.0)]
    assert drives == [153, 178, 242, 255]
    assert spec.kind is Modality.VIBRATION


@pytest.mark.parametrize(
    ("lines", "most"),
    [
        ("", 0.8),
        ("stops_by_itself = true\n", 0.8),
        ("stops_by_itself = false\n", 0.6),
        ("stops_by_itself = false\noverall_ceiling = 0.6\n", 0.6),
        ("stops_by_itself = false\noverall_ceiling = 0.4\n", 0.4),
        ("overall_ceiling = 0.5\n", 0.5),
        ("overall_ceiling = 1\n", 0.8),
    ],
)
def test_no_ceiling_lies_above_that_of_the_device(tmp_path, lines, most):
    """Less where it does not stop by itself: both computations and the device's own table are below it."""
    path = tmp_path / "device.toml"
    path.write_text(text(head=HEAD + lines))
    device = load_device(path)
    assert {spec.ceiling for spec in device.actuators} == {most}
    assert {info.ceiling for info in device_table(device)} <= {0, *range(int(255 * most) + 1)}
    assert max(limit.ceiling for limit in footprint_limits(device.actuators, 1.7)) <= int(255 * most)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("stops_by_itself = 0", "stops_by_itself"),
        ("overall_ceiling = 0", "overall_ceiling"),
        ("overall_ceiling = 1.1", "overall_ceiling"),
        ("overall_ceiling = true", "overall_ceiling"),
        ('overall_ceiling = "half"', "overall_ceiling"),
        ("overall_ceiling = nan", "overall_ceiling"),
        ("stops_by_itself = false\noverall_ceiling = 0.61", "overall_ceiling"),
        ("stops_by_itself = false\noverall_ceiling = 1.0", "overall_ceiling"),
        ("overall_ceiling = 0.1", "actuator[0] 'erm-0'.ceiling"),
    ],
)
def test_a_wrong_overall_ceiling_is_refused(refused_device, line, place):
    assert refused_device(text(head=f"{HEAD}{line}\n")).place == place
