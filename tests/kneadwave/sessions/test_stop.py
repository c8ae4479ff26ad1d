"""`knead stop` on a port that nobody holds; with another process it is shown in tests/e2e."""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from served_twins import ServedTwin

from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import PortBusy
from firmware_bridge.wire.link import Port
from firmware_bridge.wire.messages import DeviceState, Reason
from firmware_bridge.wire.reasons import reason_text
from kneadwave.config import Config, config_in_time, config_path
from kneadwave.sessions.registry import Registration, running_sessions
from kneadwave.sessions.stop import StoppedByPort, StoppedBySession
from simulator.cushion import VirtualCushion
from simulator.faults import Fault, FaultyLine
from simulator.link import VirtualLink
from simulator.twins.hf8 import VirtualHf8
from simulator.twins.tcode import VirtualTCode

Knead = Callable[..., Any]
PORT = "/dev/ttyACM0"
OTHER = "/dev/ttyACM1"


@pytest.fixture
def cushion(one_clock: Any, monkeypatch: pytest.MonkeyPatch) -> VirtualCushion:
    made = VirtualCushion(load_device("seat-pad-8"))
    monkeypatch.setattr("firmware_bridge.wire.link.SerialLink", lambda url: VirtualLink(made, one_clock))  # noqa: ARG005
    return made


def test_a_device_that_was_never_greeted_confirms(knead: Knead, cushion: VirtualCushion) -> None:
    ended = knead("stop", "--device", PORT, "--json")
    assert ended.code == 0
    assert ended.events[-1]["confirmed"] is True
    assert cushion.state is DeviceState.DISARMED


def test_a_latched_trip_is_told_and_stays(knead: Knead, cushion: VirtualCushion) -> None:
    cushion.press_button(0)
    ended = knead("stop", "--device", PORT)
    assert ended.code == 0
    assert "stays off after a trip: its button was pressed" in ended.out
    assert "--reset" in ended.err
    assert cushion.state is DeviceState.TRIPPED


@pytest.mark.usefixtures("one_clock")
def test_a_trip_that_the_next_session_clears_asks_for_no_reset(
    knead: Knead, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any, **__: Any) -> list[StoppedByPort]:
        return [StoppedByPort(PORT, DeviceState.TRIPPED, reason_text(Reason.LINK_LOST))]

    monkeypatch.setattr("kneadwave.cli.views.stop.stop_device", stopped)
    ended = knead("stop", "--device", PORT)
    assert "hint: the next session clears that by itself" in ended.err
    assert "--reset" not in ended.err


def test_a_port_is_called_as_whoever_asks_calls_it(
    knead: Knead, cushion: VirtualCushion, tmp_path: Path
) -> None:
    link = tmp_path / "cushion"
    link.symlink_to(PORT)
    ended = knead("stop", "--device", str(link))
    assert f"stopped: {link} ({PORT}), the device confirmed" in " ".join(ended.out.split())
    assert cushion.state is DeviceState.DISARMED
    assert knead("stop", "--device", str(link), "--json").events[0]["port"] == PORT


@pytest.mark.usefixtures("one_clock")
def test_a_session_is_told_by_the_name_of_its_device_that_it_was_begun_with(
    knead: Knead, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Registration([PORT, OTHER], "felt-check", ["/tmp/cushion", OTHER]):
        (session,) = running_sessions()
    assert [session.named(port) for port in (PORT, OTHER)] == ["/tmp/cushion", OTHER]
    told = StoppedBySession(7, PORT, session.named(PORT))
    monkeypatch.setattr("kneadwave.cli.views.stop.stop_device", lambda *_, **__: [told])
    assert f"stopped: process 7 on /tmp/cushion ({PORT}), the device confirmed" in knead("stop").out


def test_reset_clears_a_trip_after_telling_its_reason(knead: Knead, cushion: VirtualCushion) -> None:
    cushion.press_button(0)
    ended = knead("stop", "--device", PORT, "--reset")
    assert ended.code == 0
    assert ended.out.index("button") < ended.out.index("cleared")
    assert cushion.state is DeviceState.DISARMED
    assert "no trip to clear" in knead("stop", "--device", PORT, "--reset").out


def test_a_device_that_does_not_answer_is_6(
    knead: Knead, one_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf = VirtualLink(VirtualCushion(load_device("seat-pad-8")), one_clock, FaultyLine([Fault("drop")]))
    monkeypatch.setattr("firmware_bridge.wire.link.SerialLink", lambda url: deaf)  # noqa: ARG005
    ended = knead("stop", "--device", PORT, "--json")
    assert ended.code == 6
    assert ended.events[-1]["hint"] == "look at the device; if it moves, pull its plug"


def test_the_stop_goes_out_before_any_question(
    knead: Knead, cushion: VirtualCushion, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []
    write = VirtualLink.write
    monkeypatch.setattr(VirtualLink, "write", lambda self, data: (written.append(data), write(self, data))[1])
    assert knead("stop", "--device", PORT).code == 0
    assert written[0].startswith(bytes(4))
    assert cushion.state is DeviceState.DISARMED


def test_a_busy_port_without_a_session_is_5(knead: Knead, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(url: str) -> None:
        raise PortBusy(f"{url} is in use by another program")

    monkeypatch.setattr("firmware_bridge.wire.link.SerialLink", busy)
    assert knead("stop", "--device", PORT).code == 5


@pytest.mark.usefixtures("one_clock")
def test_a_session_that_hangs_and_holds_the_port_is_6(knead: Knead, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(url: str) -> None:
        raise PortBusy(f"{url} is in use by another program")

    monkeypatch.setattr("firmware_bridge.wire.link.SerialLink", busy)
    with Registration([PORT], "felt-check"):  # this process, which looks at no request
        ended = knead("stop")
    assert ended.code == 6
    assert "does not react" in ended.err
    assert "watchdog" in ended.err
    assert "kill -9" in ended.err


@pytest.fixture
def two(one_clock: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, VirtualLink]:
    """Two devices under one session of this process, which looks at no request."""
    links = {url: VirtualLink(VirtualCushion(load_device("seat-pad-8")), one_clock) for url in (PORT, OTHER)}
    monkeypatch.setattr("firmware_bridge.wire.link.SerialLink", links.get)
    return links


@pytest.mark.parametrize("named", [(), ("--device", PORT), ("--device", OTHER)])
@pytest.mark.parametrize("latched", [PORT, OTHER])
def test_all_devices_of_a_session_are_stopped_and_reset(
    knead: Knead, two: dict[str, VirtualLink], latched: str, named: tuple[str, ...]
) -> None:
    two[latched].cushion.press_button(0)
    with Registration(list(two), "felt-check"):
        ended = knead("stop", "--reset", *named)
    assert ended.code == 0
    assert all(f"stopped: {port}" in ended.out for port in two)
    assert two[latched].cushion.state is DeviceState.DISARMED


@pytest.mark.parametrize("deaf", [PORT, OTHER])
def test_one_device_of_a_session_that_confirms_nothing_is_6_and_the_other_is_stopped(
    knead: Knead, two: dict[str, VirtualLink], one_clock: Any, deaf: str
) -> None:
    two[deaf] = VirtualLink(two[deaf].cushion, one_clock, FaultyLine([Fault("drop")]))
    with Registration(list(two), "felt-check"):
        ended = knead("stop")
    assert ended.code == 6
    assert f"stopped: {PORT if deaf == OTHER else OTHER}" in ended.out
    assert f"sent to {deaf}, but nothing confirms it" in ended.err


@pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")
@pytest.mark.usefixtures("one_clock")
@pytest.mark.parametrize("named", ["{}", "tcode:{}", "hf8:{}"])
def test_a_session_is_found_by_its_port_in_whichever_dialect(knead: Knead, named: str) -> None:
    with ServedTwin(VirtualHf8()) as pad, Registration([PORT, f"hf8:{pad.port}"], "felt-check"):
        ended = knead("stop", "--device", named.format(pad.port))
    assert "its guard's watchdog has stopped" in ended.err, "it was asked, and as a device with a guard"
    assert "told to be off" in ended.out


def test_all_sessions_are_stopped(knead: Knead, two: dict[str, VirtualLink]) -> None:
    with Registration([PORT], "one"), Registration([OTHER], "two"):
        ended = knead("stop", "--json")
    assert ended.code == 0
    assert [line["port"] for line in ended.events if line["event"] == "stopped"] == list(two)
    assert ended.events[-1]["confirmed"] is True


@pytest.mark.parametrize("deaf", [PORT, OTHER])
def test_a_session_that_confirms_nothing_keeps_no_other_from_being_stopped(
    knead: Knead, two: dict[str, VirtualLink], one_clock: Any, deaf: str
) -> None:
    two[deaf] = VirtualLink(two[deaf].cushion, one_clock, FaultyLine([Fault("drop")]))
    with Registration([PORT], "one"), Registration([OTHER], "two"):
        ended = knead("stop")
    assert ended.code == 6
    assert f"stopped: {PORT if deaf == OTHER else OTHER}" in ended.out


@pytest.mark.usefixtures("two")
def test_only_the_session_on_the_named_port_is_stopped(knead: Knead) -> None:
    with Registration([PORT], "one") as one, Registration([OTHER], "two") as two:
        assert knead("stop", "--device", OTHER).code == 0
        assert (one.requested(), two.requested()) == (False, True)


def test_all_known_devices_are_stopped_where_nothing_runs(
    knead: Knead, two: dict[str, VirtualLink], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [Port(url, "1209:0001", url[-1], "") for url in two]
    monkeypatch.setattr("firmware_bridge.wire.link.list_serial_ports", lambda: known)
    ended = knead("stop")
    assert ended.code == 0
    assert all(f"stopped: {url}" in ended.out for url in two)


BROKEN = ["device = ", "a." * 20_000 + "a = 1", "limit = 'much'", "\0"]


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("text", BROKEN)
@pytest.mark.parametrize("named", [(), ("--device", PORT)])
def test_no_config_file_keeps_a_session_from_being_stopped(
    knead: Knead, text: str, named: tuple[str, ...]
) -> None:
    _write_config(text)
    with Registration([PORT], "one"):
        ended = knead("stop", *named)
    assert (ended.code, "config" in ended.err) == (0, False)


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_config_file_is_told_of_and_known_devices_are_stopped(
    knead: Knead, cushion: VirtualCushion, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [Port(PORT, "1209:0001", "1", "")]
    monkeypatch.setattr("firmware_bridge.wire.link.list_serial_ports", lambda: known)
    _write_config(text)
    ended = knead("stop")
    assert ended.code == 0
    assert "warning: the config file does not count" in ended.err
    assert cushion.state is DeviceState.DISARMED


def test_a_config_file_that_hangs_its_reader_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = Event()
    monkeypatch.setattr("kneadwave.config.load_config", lambda: over.wait(60))
    monkeypatch.setattr("kneadwave.config.IN_TIME_S", 0.05)
    told: list[str] = []
    assert config_in_time(told.append) == Config()
    over.set()
    assert "takes too long" in told[0]


def test_a_device_that_the_config_names_is_stopped(knead: Knead, cushion: VirtualCushion) -> None:
    _write_config(f'device = "{PORT}"')
    assert knead("stop").code == 0
    assert cushion.state is DeviceState.DISARMED


def _write_config(text: str) -> None:
    path = config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.usefixtures("one_clock")
def test_a_session_that_reacts_late_is_told_as_it_is(knead: Knead, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy computer it takes the stop after the second that a watchdog waits, and lets go after that."""
    with Registration([PORT], "felt-check") as registration:

        def busy(url: str) -> None:
            registration.requested()
            raise PortBusy(f"{url} is in use by another program")

        monkeypatch.setattr("firmware_bridge.wire.link.SerialLink", busy)
        ended = knead("stop")
    assert ended.code == 6
    assert "took it, but still holds" in ended.err
    assert "hangs perhaps" not in ended.err


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can play another user")
def test_the_session_of_another_user_is_told_of(
    knead: Knead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Registration([PORT], "x"):
        other = tmp_path / "runtime" / "kneadwave-4711"
        (tmp_path / "runtime" / f"kneadwave-{os.geteuid()}").rename(other)
        os.chown(other, 4711, 4711)
        monkeypatch.setattr(os, "geteuid", lambda: 4712)
        ended = knead("stop")
    assert ended.code == 5
    assert f"another user plays on {PORT}" in ended.err
    assert "sudo knead stop" in ended.err


def test_without_session_and_device_it_is_4(knead: Knead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firmware_bridge.wire.link.list_serial_ports", list)
    ended = knead("stop")
    assert ended.code == 4
    assert ended.err.startswith(
        "error: nothing to stop: no session is running on this computer, and no device"
    )
    assert knead("stop", "--device", "sim:").code == 4
    unlisted = [Port("/dev/ttyS0", "", "", "n/a")]
    monkeypatch.setattr("firmware_bridge.wire.link.list_serial_ports", lambda: unlisted)
    ended = knead("stop")
    assert ended.code == 4
    assert "stay closed: /dev/ttyS0 (no other name)" in " ".join(ended.err.split())
    assert "if a device moves even so, pull its plug" in ended.err


@pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")
def test_a_device_that_guards_nobody_is_told_to_be_off_whoever_left_it_so(knead: Knead) -> None:
    pad = VirtualHf8()
    pad.take(b"M3200\r")
    with ServedTwin(pad) as served:
        ended = knead("stop", "--device", f"hf8:{served.port}", "--json")
        assert (ended.code, ended.events[-1]["confirmed"]) == (0, False)
        assert served.comes_off()
        assert "look at it" in knead("stop", "--device", f"hf8:{served.port}").out


def test_a_device_that_reads_nothing_more_confirms_nothing_and_is_6(knead: Knead) -> None:
    class Hangs(VirtualTCode):
        def take(self, data: bytes) -> bytes:
            if data:
                served.reading.clear()
            return super().take(data)

    with ServedTwin(Hangs(2, web=True), "ws") as served:
        ended = knead("stop", "--device", f"tcode:{served.port}/ws")
    assert ended.code == 6
    assert "pull its plug" in ended.err
