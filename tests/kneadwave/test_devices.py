"""Which device is taken, and which is never touched."""

import ast
import os
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from felt import stroke

import kneadwave
from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import PortMissing
from firmware_bridge.wire.link import Port
from kneadwave.config import Config
from kneadwave.devices import (
    SIM,
    Target,
    com_name,
    described_together,
    is_simulated,
    is_simulated_port,
    look_for,
    port_of,
    resolve_url,
    target_of,
    together,
)
from kneadwave.errors import NoDevice, UsageError
from kneadwave.sessions.felt_test import Bench, FeltTest, plan_felt_test
from kneadwave.sessions.start import SessionRequest, plan_session

KNOWN = Port("/dev/ttyACM0", "1209:0001", "KW1", "cushion")
OTHER = Port("/dev/ttyUSB0", "1a86:7523", "PR1", "printer")


@pytest.fixture
def any_port() -> None:
    """Here ports are looked for."""


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


@pytest.mark.usefixtures("ports")
def test_a_device_behind_a_guard_is_described_by_its_dialect_or_by_name_alone(tmp_path, monkeypatch) -> None:
    """A config file that names a cushion, for simulations, describes no pad."""
    monkeypatch.chdir(tmp_path)
    shipped = (files("firmware_bridge") / "devices" / "hf8.toml").read_text(encoding="utf-8")
    Path("own.toml").write_text(shipped.replace('"hf8"', '"own"'), encoding="utf-8")
    config = Config(on="reference-cushion")
    targets = [target_of("hf8:/dev/pad", on, config) for on in (None, "own.toml")]
    assert [target.given and target.given.name for target in targets] == ["hf8", "own"]
    assert [target.on for target in targets] == ["hf8", str(tmp_path / "own.toml")]
    assert target_of("intiface:ws://10.0.0.1/Edge", "hf8", config).on == "hf8"
    assert target_of("sim:", None, config).on == "reference-cushion"
    assert target_of("/dev/ttyACM0", None, config).on == "reference-cushion"


def test_the_port_of_a_guarded_device_is_the_same_for_all_its_names(tmp_path) -> None:
    (tmp_path / "pad").symlink_to("/dev/null")
    assert port_of(f"HF8:{tmp_path}/pad") == port_of("hf8:/dev/null") == "hf8:/dev/null"
    assert port_of("tcode:udp://10.0.0.1:8000") == "tcode:udp://10.0.0.1:8000"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("hf8:", "names no device"),
        ("tcode:", "names no device"),
        ("hf8:udp://10.0.0.1:8000", "is no place"),
        ("tcode:http://10.0.0.1", "is no place"),
        ("intiface:", "names no device"),
        ("intiface:udp://10.0.0.1:8000", "is no place"),
        ("intiface:ws://10.0.0.1", "nobody knows where the motors of"),
    ],
)
def test_what_is_no_place_is_told_before_anything_is_asked(url, why) -> None:
    with pytest.raises(UsageError, match=why):
        target_of(url, None, Config())


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


def test_only_the_very_url_of_a_simulation_is_one() -> None:
    assert is_simulated("sim:")
    assert Target("sim:", "sim:1").simulated
    for url in ("/dev/ttyACM0", "id:KW0001", "socket://x:1", "", "sim:1", "SIM:", None):
        assert not is_simulated(url)


def test_a_port_of_a_simulation_is_told_from_a_real_one() -> None:
    assert is_simulated_port(port_of("sim:"))
    assert not any(is_simulated_port(port) for port in ("/dev/ttyACM0", "socket://a:1", "SIM:1"))


def test_a_target_knows_its_description_where_somebody_named_it(ports: list[Port]) -> None:
    ports.append(KNOWN)
    target = target_of(None, None, Config())
    assert (target.url, target.given, target.simulated) == (KNOWN.device, None, False)
    assert target_of("sim:", None, Config()).given == load_device("reference-cushion")
    assert target_of(None, "mat-64", Config()).given == load_device("mat-64")
    assert target_of("sim:", "seat-pad-8", Config(on="mat-64")).given == load_device("seat-pad-8")


def test_a_serial_number_opens_the_port_behind_it_and_all_else_opens_itself(ports: list[Port]) -> None:
    ports.append(KNOWN)
    assert target_of("id:KW1", None, Config()).opens == KNOWN.device
    assert target_of("socket://a:1", None, Config()).opens == "socket://a:1"


def test_only_devices_py_looks_at_what_a_url_stands_for() -> None:
    """Whoever compares a URL with the simulation's has a list of his own of what touches nobody."""
    named = [SIM, "id:", "SIM"]
    for path in Path(kneadwave.__file__).parent.rglob("*.py"):
        if path.name == "devices.py" and path.parent.name == "kneadwave":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            looked: list[ast.expr] = []
            if isinstance(node, ast.Compare):
                looked = [node.left, *node.comparators]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                looked = node.args if node.func.attr in ("startswith", "removeprefix") else []
            for each in looked:
                word = each.value if isinstance(each, ast.Constant) else getattr(each, "id", None)
                assert word not in named, f"{path}:{node.lineno}"


# -- several devices, and what can be seen without opening them ---------------------------------------------


def test_devices_that_play_together_are_one_target() -> None:
    pad, plate = target_of("hf8:/dev/pad", None, Config()), target_of("/dev/plate", None, Config())
    both = together([pad, plate])
    assert both.all == (replace(pad, others=(plate,)), plate)
    assert (both.urls, both.names) == ("hf8:/dev/pad + /dev/plate", "hf8 + /dev/plate")
    assert described_together(both) is None, "one of them has to be asked first"
    feet = target_of("/dev/plate", "foot-plate", Config())
    joined = described_together(together([pad, feet]))
    assert joined is not None
    assert len(joined.actuators) == 12
    assert together([pad]) is pad


@pytest.mark.parametrize(
    ("urls", "told"),
    [(("sim:", "/dev/pad"), "with no device"), (("/dev/pad", "/dev/./pad"), "is named twice")],
)
def test_what_cannot_play_together_is_refused(urls: tuple[str, ...], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        together([target_of(url, None, Config()) for url in urls])


@pytest.mark.parametrize("url", ["{}", "hf8:{}", "tcode:{}"])
def test_a_port_that_is_not_there_is_seen_without_opening_one(url: str, tmp_path: Path) -> None:
    near, far = os.openpty()
    look_for(target_of(url.format(os.ttyname(far)), None, Config()))
    for end in (near, far):
        os.close(end)
    with pytest.raises(PortMissing, match="there is no port"):
        look_for(target_of(url.format(tmp_path / "none"), None, Config()))


@pytest.mark.parametrize("url", ["{}", "hf8:{}", "tcode:{}"])
@pytest.mark.parametrize("place", [".", "file", "/dev/null", "/dev/zero"])
def test_what_is_no_port_is_told_before_anybody_is_asked(url: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PortMissing, match="is no serial port"):
        look_for(target_of(url.format(tmp_path / place), None, Config()))


def test_a_serial_number_of_two_ports_is_refused_with_both(
    ports: list[Port], monkeypatch: pytest.MonkeyPatch
) -> None:
    ports.extend([KNOWN, replace(KNOWN, device="/dev/ttyACM1")])
    stable = {"/dev/ttyACM0": ("/dev/serial/by-path/left",), "/dev/ttyACM1": ()}
    monkeypatch.setattr("kneadwave.guards.names.names_of", stable.__getitem__)
    listed = r"ttyACM0 \(/dev/serial/by-path/left\), /dev/ttyACM1 \(KW1\)"
    with pytest.raises(NoDevice, match=f"2 ports have the serial number KW1: .*{listed}"):
        target_of("id:KW1", None, Config())
    with pytest.raises(NoDevice, match=listed):
        resolve_url(None, Config())


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("COM3", "COM3"),
        ("com3", "COM3"),
        (r"\\.\com12", "COM12"),
        ("//./COM1", "COM1"),
        ("/dev/com3", "/dev/com3"),
    ],
)
def test_a_port_of_windows_has_one_name(written: str, name: str) -> None:
    assert com_name(written) == name


@pytest.mark.parametrize("url", ["sim:", "socket://127.0.0.1:1", "tcode:udp://127.0.0.1:1"])
def test_what_is_at_no_port_is_not_looked_for(url: str) -> None:
    look_for(target_of(url, None, Config()))


def test_nobody_is_asked_for_a_cable_that_is_not_plugged_in() -> None:
    for plan in (
        lambda: plan_session(SessionRequest("felt-check", "/dev/none")),
        lambda: plan_felt_test(Bench("/dev/none"), FeltTest(stroke())),
    ):
        with pytest.raises(PortMissing):
            plan()
