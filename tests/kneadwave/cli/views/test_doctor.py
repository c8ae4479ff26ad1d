"""`knead doctor`: one line each, nothing opened, broken things named."""

import re
from collections.abc import Callable
from ctypes import CDLL
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.wire.link import Port
from kneadwave.cli.views import doctor as checkup
from simulator.kernel_library import KernelFound

Knead = Callable[..., Any]


@pytest.fixture(autouse=True)
def ports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Port]:
    port = tmp_path / "tty"
    port.touch()
    found = [Port(str(port), "1209:0001", "KW1", "cushion"), Port("/dev/none", "", "", "n/a")]
    monkeypatch.setattr("firmware_bridge.wire.link.list_serial_ports", lambda: found)
    monkeypatch.setattr("firmware_bridge.wire.link.SerialLink", None)  # opening one would fail
    return found


def test_every_thing_has_one_line_with_a_status(knead: Knead) -> None:
    ended = knead("doctor")
    assert ended.code == 0
    *lines, last = ended.out.splitlines()
    assert {line.split()[0] for line in lines} <= {"ok", "warn"}
    assert last.startswith("Everything that Kneadwave needs is in place; worth a look: port")
    for word in (
        "python",
        "packages",
        "terminal",
        "config",
        "known device",
        "not a known device, opened only when named",
        "reference-cushion",
    ):
        assert word in ended.out
    events = knead("doctor", "--json").events
    assert {"ok"} <= {event["status"] for event in events[:-1]} <= {"ok", "warn"}


def test_a_port_that_may_not_be_opened_is_a_warning_with_a_remedy(knead: Knead) -> None:
    line = next(line for line in knead("doctor").out.splitlines() if "/dev/none" in line)
    assert line.startswith("warn")
    assert "join the group" in line


def test_a_broken_config_fails_and_is_named(knead: Knead, tmp_path: Path) -> None:
    (tmp_path / "config" / "kneadwave").mkdir(parents=True)
    (tmp_path / "config" / "kneadwave" / "config.toml").write_text("devise = 'x'")
    ended = knead("doctor")
    assert ended.code == 1
    assert "did you mean 'device'?" in ended.out
    assert ended.err.splitlines() == ["error: not in place: config", "hint: config: did you mean 'device'?"]
    # For a command that needs the file it is an invalid file.
    assert knead("simulate", "felt-check").code == 3


def test_no_ports_is_no_failure(knead: Knead, ports: list[Port]) -> None:
    ports.clear()
    ended = knead("doctor")
    assert ended.code == 0
    assert "sim:" in ended.out
    assert ended.out.splitlines()[-1].startswith("Everything that Kneadwave needs is in place")


def test_a_probe_that_breaks_is_a_failure_of_its_own(knead: Knead, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> None:
        raise RuntimeError("oh")

    monkeypatch.setattr(checkup, "PROBES", (("thing", breaks),))
    ended = knead("doctor")
    assert ended.code == 1
    assert "RuntimeError: oh" in ended.out
    assert ended.err.splitlines()[-1] == "hint: thing: please report it"


def test_a_package_that_does_not_tell_its_version_keeps_nothing_from_working(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(name: str) -> str:
        raise checkup.PackageNotFoundError(name)

    monkeypatch.setattr(checkup, "find_spec", lambda _name: object())
    monkeypatch.setattr(checkup, "version", unknown)
    assert {each.status for each in dict(checkup.PROBES)["optional"]()} == {"ok"}


@pytest.mark.parametrize(
    ("path", "problem", "status", "told"),
    [
        (Path("k.so"), "", "ok", "in C, for virtual cushions: k.so"),
        (None, "it is not built", "ok", "in Python, .*; that in C cannot play: it is not built"),
        (Path("k.so"), "it is too old", "warn", "in Python, .* play: k.so it is too old"),
    ],
)
def test_it_tells_which_kernel_plays_and_why(
    monkeypatch: pytest.MonkeyPatch, path: Path | None, problem: str, status: str, told: str
) -> None:
    found = KernelFound(None if problem else CDLL(None), path, problem)
    monkeypatch.setattr("simulator.kernel_library.native_kernel", lambda: found)
    (check,) = dict(checkup.PROBES)["kernel"]()
    assert (check.status, check.what) == (status, "kernel")
    assert re.fullmatch(told, check.found)
    assert ("make firmware" in check.remedy) is bool(problem)


@pytest.mark.parametrize("what", ["veto", "limiter"])
@pytest.mark.parametrize(
    ("kernel", "built", "status", "told"),
    [
        (True, True, "ok", "in C, for "),
        (True, False, "warn", "that in C is not built, or older than its source"),
        (False, True, "ok", "that in C needs the kernel in C"),
    ],
)
def test_it_tells_whether_a_part_in_c_is_in_use(
    monkeypatch: pytest.MonkeyPatch, what: str, kernel: bool, built: bool, status: str, told: str
) -> None:
    found = KernelFound(CDLL(None) if kernel else None, None, "")
    monkeypatch.setattr("simulator.kernel_library.native_kernel", lambda: found)
    monkeypatch.setattr("simulator.run.part_of_ours", lambda _: CDLL(None) if built else None)
    (check,) = dict(checkup.PROBES)[what]()
    assert (check.status, check.what) == (status, what)
    assert told in check.found
    assert ("make firmware" in check.remedy) is not (kernel and built)


def test_a_missing_extra_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "find_spec", lambda name: None)  # noqa: ARG005
    missing = {each.what: each for each in dict(checkup.PROBES)["optional"]()}
    assert missing.keys() == {"plots", "editor", "network", "sound"}
    assert {each.status for each in missing.values()} == {"warn"}
    assert missing["editor"].remedy == "pip install 'kneadwave[edit]' for knead tune edit"
    assert missing["network"].remedy == "pip install 'kneadwave[network]' for intiface: and ws://"


def test_a_home_that_cannot_be_written_is_named(
    knead: Knead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file" / "data"))
    ended = knead("doctor")
    assert ended.code == 1
    assert "cannot be written: recipients and ledgers" in ended.out


@pytest.mark.parametrize(("name", "said"), [("ModemManager", "modem commands"), ("brltty", "Braille")])
def test_a_program_that_takes_ports_is_named_with_the_rule_against_it(
    knead: Knead, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.setattr("kneadwave.discovery.meddlers.running", lambda: [name])
    line = next(line for line in knead("doctor").out.splitlines() if name in line)
    assert line.startswith("warn")
    assert said in line
    assert "knead device udev | sudo tee" in line


def test_doctor_names_ports_by_what_stays(knead: Knead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kneadwave.guards.names.names_of", lambda _port: ("/dev/serial/by-id/usb-KW1",))
    assert "/dev/serial/by-id/usb-KW1" in knead("doctor").out
