"""`knead device scan`: what is plugged in is told and not opened; one port is asked where it is named."""

from collections.abc import Callable
from typing import Any

import pytest
from served_twins import ServedTwin

from firmware_bridge.wire.link import Port
from kneadwave.discovery.system import SystemView
from kneadwave.sessions.virtual_devices import announced
from simulator.twins.tcode import VirtualTCode

Knead = Callable[..., Any]


@pytest.fixture
def plugged_in(monkeypatch: pytest.MonkeyPatch) -> list[SystemView]:
    ports = (
        Port("/dev/ttyUSB0", "1a86:7523", "", "USB\x1b[31m Serial"),
        Port("/dev/ttyACM0", "1209:0001", "KW1", ""),
    )
    system = [SystemView(ports=ports, stable=(("/dev/serial/by-id/usb-a", "/dev/ttyUSB0"),))]
    monkeypatch.setattr("kneadwave.cli.views.scan.look", lambda: system[-1])
    monkeypatch.setattr("firmware_bridge.wire.link.SerialLink", None)  # opening one would fail
    return system


@pytest.mark.usefixtures("plugged_in")
def test_what_is_plugged_in_has_its_stable_name_and_a_url(knead: Knead) -> None:
    ended = knead("device", "scan")
    assert ended.code == 0
    assert "  /dev/serial/by-id/usb-a  (/dev/ttyUSB0)" in ended.out.splitlines()
    assert "perhaps --device tcode:/dev/serial/by-id/usb-a or hf8:" in ended.out
    assert "    --device id:KW1" in ended.out.splitlines()
    assert "knead device scan --probe PORT" in ended.out
    board, known, end = knead("device", "scan", "--json").events
    assert (board["event"], board["kind"], board["node"]) == ("found", "serial", "/dev/ttyUSB0")
    assert (board["known"], known["known"], known["urls"]) == (False, True, ["id:KW1"])
    assert end["ok"]


def test_where_nothing_is_there_the_virtual_ones_are_named(
    knead: Knead, plugged_in: list[SystemView]
) -> None:
    plugged_in.append(SystemView())
    ended = knead("device", "scan")
    assert ended.code == 0
    assert "nothing is plugged in" in ended.out
    assert "--device sim:" in ended.out


def test_a_port_that_is_named_is_asked(knead: Knead, tmp_path: Any) -> None:
    with ServedTwin(VirtualTCode(4, version=b"TCode v0.2")) as board:
        ended = knead("device", "scan", "--probe", board.port)
        assert ended.code == 0
        assert f"T-Code: --device tcode:{board.port}" in ended.out
        assert "v0.3 is needed" in ended.out
    with ServedTwin(VirtualTCode(4)) as board:
        answered, end = knead("device", "scan", "--probe", board.port, "--json").events
        assert (answered["scheme"], answered["channels"], answered["refused"]) == ("tcode", 4, "")
        assert end["ok"]
    assert knead("device", "scan", "--probe", str(tmp_path / "none")).code == 4


@pytest.mark.usefixtures("plugged_in")
@pytest.mark.parametrize("named", ["/dev/ttyACM0", "tcode:/dev/ttyUSB0", "cushion", "/dev/ttyUSB7"])
def test_the_device_that_is_set_is_told_by_whichever_name(
    knead: Knead, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "port").write_text("")
    (tmp_path / "cushion").symlink_to(tmp_path / "port")
    monkeypatch.setenv("KNEAD_DEVICE", named)
    with announced(str(tmp_path / "cushion"), "reference-cushion"):
        found = knead("device", "scan", "--json").events[:-1]
        said = knead("device", "scan").out
    told = [each["node"] for each in found if each["set"]]
    there = {"/dev/ttyACM0": "/dev/ttyACM0", "tcode:/dev/ttyUSB0": "/dev/ttyUSB0"}
    assert told == {"cushion": [str(tmp_path / "cushion")], "/dev/ttyUSB7": []}.get(named, [there.get(named)])
    assert said.count("this is the device that knead run plays on") == len(told)
