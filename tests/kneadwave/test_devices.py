"""Which device is taken, and which is never touched."""

import os
from pathlib import Path

import pytest

from firmware_bridge.errors import PortMissing
from firmware_bridge.wire.link import Port
from kneadwave.config import Config
from kneadwave.devices import port_of, resolve_url
from kneadwave.errors import NoDevice

KNOWN = Port("/dev/ttyACM0", "1209:0001", "KW1", "cushion")
OTHER = Port("/dev/ttyUSB0", "1a86:7523", "PR1", "printer")


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> list[Port]:
    found: list[Port] = []
    monkeypatch.setattr("firmware_bridge.wire.link.list_serial_ports", lambda: found)

    def never_opened(url: str) -> None:
        raise AssertionError(f"{url} was opened")

    monkeypatch.setattr("firmware_bridge.wire.link.SerialLink", never_opened)
    return found


def test_option_before_variable_before_config(monkeypatch: pytest.MonkeyPatch, ports: list[Port]) -> None:
    config = Config(device="from-config")
    ports.append(KNOWN)
    assert resolve_url(None, config) == "from-config"
    monkeypatch.setenv("KNEAD_DEVICE", "from-variable")
    assert resolve_url(None, config) == "from-variable"
    assert resolve_url("from-option", config) == "from-option"


def test_the_only_known_device_is_taken(ports: list[Port]) -> None:
    ports.extend([OTHER, KNOWN])
    assert resolve_url(None, Config()) == KNOWN.device


def test_no_device_is_said_so(ports: list[Port]) -> None:
    assert not ports
    with pytest.raises(NoDevice, match="no device is connected"):
        resolve_url(None, Config())


def test_an_unknown_port_is_listed_but_never_taken(ports: list[Port]) -> None:
    ports.append(OTHER)
    with pytest.raises(NoDevice, match=OTHER.device):
        resolve_url(None, Config())


def test_a_port_that_the_config_allows_is_taken(ports: list[Port]) -> None:
    ports.append(OTHER)
    assert resolve_url(None, Config(allow=("1A86:7523",))) == OTHER.device
    assert resolve_url(None, Config(allow=("PR1",))) == OTHER.device


def test_two_known_devices_are_listed(ports: list[Port]) -> None:
    ports.extend([KNOWN, Port("/dev/ttyACM1", "1209:0001", "KW2", "cushion")])
    with pytest.raises(NoDevice, match=r"ttyACM0 \(KW1\), /dev/ttyACM1 \(KW2\)"):
        resolve_url(None, Config())


def test_all_names_of_a_port_are_one_port(tmp_path: Path, ports: list[Port]) -> None:
    real, link = tmp_path / "tty", tmp_path / "link"
    real.touch()
    link.symlink_to(real)
    ports.append(Port(str(link), "1209:0001", "KW9", "cushion"))
    assert port_of(str(link)) == port_of(str(real)) == port_of("id:KW9") == os.path.realpath(real)
    assert port_of("socket://a:1") == "socket://a:1"
    assert port_of("sim:") == f"sim:{os.getpid()}"
    with pytest.raises(PortMissing, match="serial number"):
        port_of("id:nobody")
