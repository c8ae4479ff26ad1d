"""Device descriptions: what ships is sound, and no other file gets past the loader."""

import os
from contextlib import suppress
from importlib.resources import files

import pytest
from depth import at_depth
from descriptions import edited, text
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.devices.load import DeviceDescription, load_device, shipped_devices
from firmware_bridge.errors import DeviceDescriptionError
from firmware_bridge.wire.identity import expected_hash
from profiles.technique import Mounting

SHIPPED = [
    "cushion-4",
    "foot-plate",
    "hf8",
    "mat-64",
    "motor-cushion-16",
    "neck-pillow",
    "reference-cushion",
    "seat-pad-8",
    "shakers-2",
    "shakers-4",
]


def test_these_devices_ship():
    assert shipped_devices() == SHIPPED


@pytest.mark.parametrize("name", shipped_devices())
def test_a_shipped_device_is_called_as_its_file_and_fits_one_frame(name):
    device = load_device(name)
    assert device.name == name
    assert device.full_frame_bytes <= 64
    assert device.mounting is not None


def test_a_mounting_limits_nothing_and_need_not_be_said():
    mounted = load_device("neck-pillow")
    assert mounted.mounting is Mounting.BEHIND
    unsaid = mounted.model_copy(update={"mounting": None})
    assert expected_hash(unsaid) == expected_hash(mounted)


@pytest.mark.parametrize(("line", "mounting"), [("", None), ('mounting = "on"\n', Mounting.ON)])
def test_a_mounting_is_read_where_it_is_said(tmp_path, line, mounting):
    path = tmp_path / "device.toml"
    path.write_text(line + text())
    assert load_device(path).mounting is mounting


@pytest.mark.parametrize("line", ['mounting = "beside"\n', "mounting = 1\n", 'mounting = ""\n'])
def test_a_mounting_that_there_is_none_of_is_refused(refused_device, line):
    assert refused_device(line + text()).place == "mounting"


def test_a_sound_file_loads(tmp_path):
    path = tmp_path / "device.toml"
    path.write_text(text())
    assert [spec.id for spec in load_device(str(path)).actuators] == ["erm-0", "erm-1", "erm-2", "erm-3"]


@pytest.mark.parametrize(
    ("old", "new", "place", "nearest"),
    [
        ("radius_mm = 20", "radius = 20", "actuator[3] 'erm-3'.radius", "radius_mm"),
        ("exponent = 0.5", "exponent = 0.5, strat = 3", "actuator[3] 'erm-3'.response.strat", "start"),
        ("tau_ms = 60", "tau = 60", "actuator[3] 'erm-3'.motor.tau", "tau_ms"),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_right_one(refused_device, old, new, place, nearest):
    error = refused_device(edited(old, new))
    assert error.place == place
    assert "unknown key" in error.message
    assert error.hint == f"did you mean '{nearest}'?"


def test_unknown_keys_of_the_device_and_of_a_rate_are_named(refused_device):
    assert refused_device("actuators = 3\n" + text()).hint == "did you mean 'actuator'?"
    assert refused_device("qqqq = 3\n" + text()).hint.startswith("known keys: actuator, ")
    rate = "rate = { min = 1, max = 2, mox = 3 }\nmotor = {"
    assert refused_device(edited("motor = {", rate)).hint == "did you mean 'max'?"


def test_a_key_or_value_that_is_not_fit_to_print_is_shortened(refused_device):
    assert len(str(refused_device('"' + "k" * 5000 + '" = 1\n' + text()))) < 600
    error = refused_device('"\\u001b[31m\\n" = 1\n' + text())
    assert "\x1b" not in str(error)
    assert len(str(refused_device(edited('id = "erm-3"', f'id = "{"x" * 5000}"')))) < 600
    assert len(str(refused_device(edited("x_mm = 80", "x_mm = " + "9" * 4000)))) < 600
    assert "huge" in str(refused_device(edited("x_mm = 80", "x_mm = 0x" + "f" * 8000)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"schema = ", "not valid TOML"),
        (b"\x00\x01\x02\xff\xfe", "not UTF-8"),
        (b"\x00", "not valid TOML"),
        (b"\x89PNG\r\n\x1a\n", "not UTF-8"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"a = " + b"9" * 5000, "not valid TOML"),
        (b"", "is missing"),
        (b"#" * (1 << 20), "is missing"),
        (b"#" * ((1 << 20) + 1), "at most 1048576"),
        (b".".join([b"a"] * 500_000) + b" = 1", "nested too deeply"),
        (b".".join([b"a"] * 20) + b" = 1", "unknown key"),
        (b"#" + b"." * 5000 + b"\na = 1", "unknown key"),
    ],
)
def test_a_file_that_is_no_description_is_refused(refused_device, content, message):
    assert message in refused_device(content).message


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(100_000_000_000)  # sparse: reading it would take all the memory there is
    with pytest.raises(DeviceDescriptionError, match="100000000000 bytes"):
        load_device(path)


def test_a_directory_is_refused(tmp_path):
    with pytest.raises(DeviceDescriptionError, match="is a directory"):
        load_device(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_a_fifo_is_refused_without_waiting_for_a_writer(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(DeviceDescriptionError, match="not a regular file"):
        load_device(tmp_path / "fifo")


def test_an_unreadable_file_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "device.toml"
    path.write_text(text())

    def forbidden(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    # Not by chmod: the tests may run as root, who may read everything.
    monkeypatch.setattr(os, "open", forbidden)
    with pytest.raises(DeviceDescriptionError, match="cannot be read: permission denied"):
        load_device(path)


@pytest.mark.parametrize("name", ["a\x00b", "n" * 5000])
def test_an_impossible_path_is_refused(name):
    with pytest.raises(DeviceDescriptionError, match="cannot be read"):
        load_device(name)


def test_a_missing_device_is_told_with_the_nearest_name():
    with pytest.raises(DeviceDescriptionError) as caught:
        load_device("mat64")
    assert caught.value.hint == "did you mean 'mat-64'?"
    with pytest.raises(DeviceDescriptionError) as caught:
        load_device("/nowhere/else.toml")
    assert caught.value.hint == f"devices: {', '.join(SHIPPED)}"


SHIPPED_TEXT = (files("firmware_bridge") / "devices" / "seat-pad-8.toml").read_text(encoding="utf-8")


@settings(max_examples=at_depth(60))
@given(st.data())
def test_no_damage_to_a_file_raises_anything_else(tmp_path_factory, data):
    raw = bytearray(SHIPPED_TEXT.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    path = tmp_path_factory.mktemp("damaged") / "device.toml"
    path.write_bytes(bytes(raw[:cut] if data.draw(st.booleans()) else raw))
    with suppress(DeviceDescriptionError):
        assert isinstance(load_device(path), DeviceDescription)
