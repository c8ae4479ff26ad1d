"""`knead device new` without a terminal: nothing moves, and what a file says is written, or refused."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from served_twins import ServedTwin

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from kneadwave.placing.notes import answers_template
from kneadwave.placing.places import zone_names
from simulator.twins import TWINS, over_web
from simulator.twins.hf8 import VirtualHf8
from simulator.twins.intiface import VirtualIntiface

Knead = Callable[..., Any]
URL = "tcode:/dev/no-such-board"
PLACES = """
schema = 1
channels = 3
mounting = "under"
[channel.0]
place = "thigh-right"
[channel.1]
x_mm = -85
y_mm = -220
[channel.2]
place = "lumbar-left"
"""


@pytest.fixture
def places(tmp_path: Path) -> str:
    path = tmp_path / "places.toml"
    path.write_text(PLACES)
    return str(path)


def test_a_file_of_places_becomes_a_description_of_ones_own(
    knead: Knead, places: str, tmp_path: Path
) -> None:
    ended = knead("device", "new", "my-board", "--device", URL, "--answers", places)
    assert ended.code == 0
    path = tmp_path / "data" / "kneadwave" / "devices" / "my-board.toml"
    assert ended.out.splitlines()[0] == f"wrote {path}"
    assert "thigh-r" in ended.out
    assert f"  knead tune calibrate my-board --device {URL}" in ended.out.splitlines()
    layout = place_device(load_device(path))
    assert [each.id for each in layout.allowed] == ["thigh-r", "thigh-l"]
    assert [each.id for each in layout.excluded] == ["channel-2"], "nobody said that it lies clear"

    # It goes by its name wherever a device does.
    assert knead("device", "show", "my-board").code == 0
    assert "my-board" in knead("device", "list").out
    listed = [event for event in knead("device", "list", "--json").events if event.get("name") == "my-board"]
    assert listed[0]["path"] == str(path)
    assert knead("profile", "check", "legs", "--on", "my-board").code == 0
    fits = {fit["device"]: fit["says"] for fit in knead("profile", "list", "--json").events[0]["fit"]}
    assert "my-board" in fits
    assert any("my-board" in line.split() for line in knead("profile", "list").out.splitlines())
    assert ["ok", "devices", "of", "your", "own:", "my-board"] in [
        line.split() for line in knead("doctor").out.splitlines()
    ]
    path.write_text(path.read_text().replace("schema = 1", "schema = 7"))
    assert "my-board" in knead("profile", "list").err, "it says what it leaves out"
    assert "my-board" not in knead("profile", "list").out
    (warned,) = [e for e in knead("doctor", "--json").events if "my-board" in e.get("found", "")]
    assert (warned["status"], warned["what"]) == ("warn", "devices")
    path.write_text(path.read_text().replace("schema = 7", "schema = 1"))
    assert knead("simulate", "felt-check", "--on", "my-board").code == 0

    again = knead("device", "new", "my-board", "--device", URL, "--answers", places)
    assert again.code == 2
    assert "--force" in again.err
    assert knead("device", "new", "my-board", "--device", URL, "--answers", places, "--force").code == 0


def test_motors_said_to_lie_at_one_place_are_told(knead: Knead, places: str) -> None:
    Path(places).write_text(PLACES.replace("lumbar-left", "thigh-right"))
    ended = knead("device", "new", "my-board", "--device", URL, "--answers", places)
    assert ended.code == 0
    assert ended.err.count("is said to lie where") == 1
    assert "channel 0 is said to lie where channel 2 does" in ended.err


def test_as_json_every_channel_is_told(knead: Knead, places: str, tmp_path: Path) -> None:
    out = str(tmp_path / "here.toml")
    ended = knead("device", "new", "b", "--device", URL, "--answers", places, "--out", out, "--json")
    placed = [event for event in ended.events if event["event"] == "placed"]
    assert [(each["channel"], each["x_mm"], bool(each["off"])) for each in placed] == [
        (0, 74, False),
        (1, -85, False),
        (2, None, True),
    ]
    assert [event["event"] for event in ended.events[3:]] == ["written", "device", "end"]
    assert knead("device", "show", out).code == 0


def test_a_description_that_is_broken_is_left_out_of_the_list(knead: Knead, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "kneadwave" / "devices"
    folder.mkdir(parents=True)
    (folder / "broken.toml").write_text("schema = 7")
    (folder / "half.placing.toml").write_text("schema = 1")
    (folder / "hf8.toml").write_text("schema = 7")  # what ships has its name
    ended = knead("device", "list")
    assert ended.code == 0
    assert "left out:" in ended.err
    assert "half" not in ended.out + ended.err
    assert knead("device", "show", "hf8").code == 0
    assert knead("device", "show", "broken").code == 3


def test_the_template_has_as_many_channels_as_the_device_says(knead: Knead, tmp_path: Path) -> None:
    with ServedTwin(VirtualHf8()) as pad:
        ended = knead("device", "new", "pad", "--device", f"hf8:{pad.port}", "--template")
        assert ended.code == 0
        assert "[channel.7]" in ended.out
        assert "[channel.8]" not in ended.out
        assert len(pad.history) == 1
    filled = tmp_path / "filled.toml"
    filled.write_text(ended.out.replace('place = ""', 'place = "thigh-right"', 1))
    assert knead("device", "new", "pad", "--device", URL, "--answers", str(filled)).code == 0
    told = knead("device", "new", "pad", "--device", URL, "--template", "--channels", "5", "--json")
    assert told.events[0]["channels"] == 5


@pytest.mark.parametrize(
    ("scheme", "network"), [("tcode", "udp"), ("tcode", "ws"), ("intiface", "ws")], ids="-".join
)
def test_a_device_on_a_network_says_how_many_channels_it_has(knead: Knead, scheme: str, network: str) -> None:
    twin = over_web(scheme, 3) if network == "ws" else TWINS[scheme](3)
    with ServedTwin(twin, network) as served:
        ended = knead("device", "new", "pad", "--device", f"{scheme}:{served.port}", "--template", "--json")
        assert ended.code == 0, ended.err
        assert ended.events[0]["channels"] == 3
        assert not served.moves


def test_of_several_devices_behind_a_server_one_has_to_be_named(knead: Knead) -> None:
    with ServedTwin(VirtualIntiface(2, devices=("Belt", "Mat")), "ws") as served:
        words = ("device", "new", "pad", "--template", "--json", "--device")
        ended = knead(*words, f"intiface:{served.port}")
        assert "which one is meant?" in ended.err
        assert knead(*words, f"intiface:{served.port}/Mat").events[0]["channels"] == 2


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("hf8", "--device", URL), 2, "ships"),
        (("No Name", "--device", URL), 2, "no name for a device"),
        (("pad",), 4, "no device is named"),
        (("pad",), 4, "hint: name one with --device: hf8:PORT, tcode:PORT, intiface:ws://HOST:PORT"),
        (("pad", "--device", "/dev/ttyACM0"), 2, "says itself"),
        (("pad", "--device", "sim:"), 2, "says itself"),
        (("pad", "--device", "audio:default"), 2, "copy one that ships"),
        (("pad", "--device", "evdev:/dev/input/event5"), 2, "at no port and on no network"),
        (("pad", "--device", URL, "--answers", "none.toml"), 2, "--template"),
        (("pad", "--device", URL, "--answers", "x", "--template"), 2, "exclude each other"),
        (("pad", "--device", URL), 2, "no terminal"),
        (("pad", "--device", URL, "--template", "--channels", "65"), 2, "channels"),
    ],
)
def test_what_cannot_be_set_up_is_told(knead: Knead, words: tuple[str, ...], code: int, says: str) -> None:
    ended = knead("device", "new", *words)
    assert ended.code == code
    assert says in ended.err


def test_answers_that_are_amiss_write_nothing(knead: Knead, tmp_path: Path) -> None:
    path = tmp_path / "places.toml"
    path.write_text(PLACES.replace("thigh-right", "kidney-right"))
    ended = knead("device", "new", "pad", "--device", URL, "--answers", str(path))
    assert ended.code == 3
    assert "channel.0" in ended.err
    assert not (tmp_path / "data" / "kneadwave" / "devices").exists()
    assert os.listdir(tmp_path / "runtime") == []


def test_a_file_that_places_nothing_replaces_nothing(knead: Knead, tmp_path: Path) -> None:
    path = tmp_path / "places.toml"
    path.write_text(answers_template(8, zone_names(), "then"), encoding="utf-8")
    out = tmp_path / "pad.toml"
    out.write_text("good", encoding="utf-8")
    words = ("device", "new", "pad", "--device", URL, "--answers", str(path), "--out", str(out), "--force")
    ended = knead(*words)
    assert ended.code == 2
    assert "places no motor" in ended.err
    assert out.read_text(encoding="utf-8") == "good"
