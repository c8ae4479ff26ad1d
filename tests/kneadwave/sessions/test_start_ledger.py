"""Every session on a device is written down before anything moves, and with how it ended."""

import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from people import cleared, ledger_of, make_recipient, screened
from session_events import events, received

from firmware_bridge.errors import LinkLost, PortBusy, PortForbidden, PortMissing
from firmware_bridge.wire.messages import DeviceState
from kneadwave.people.gate import Sitting, admit
from kneadwave.people.ledger import read
from kneadwave.sessions.registry import Registration
from profiles.profile import load_profile

Knead = Callable[..., Any]
At = Callable[[float, Callable[[Any], None]], None]
RUN = ("run", "felt-check", "--device", "/dev/cushion")

pytestmark = pytest.mark.usefixtures("one_clock", "wall")


@pytest.mark.usefixtures("me")
def test_a_session_is_written_down_with_its_dose(knead: Knead, port: Any) -> None:
    ended = knead(*RUN, "--json")
    assert ended.code == 0
    assert events(ended, "recipient")[0]["name"] == "me"
    assert events(ended, "allowed")[0] == {"event": "allowed", "seconds": 60.0, "notices": []}
    had = received()[0]
    assert (had.profile, had.device, had.reason) == ("felt-check", port.url, "completed")
    assert 15.0 <= had.seconds <= 31.0
    dose = had.zones["lumbar-left"]
    assert 0.3 < dose.peak < 0.5
    assert 0.0 < dose.mean <= dose.peak
    assert 0.0 < dose.dwell_s <= dose.active_s < had.seconds
    assert [entry.event for entry in read("me")][-3:] == ["began", "going", "ended"]


@pytest.mark.usefixtures("me")
def test_it_is_written_down_when_the_device_is_armed_and_before_anything_moves(
    knead: Knead, port: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, seen = Sitting.begin, []

    def begun(sitting: Sitting, *words: Any) -> None:
        begin(sitting, *words)
        seen.append((port.state, port.moved))

    monkeypatch.setattr(Sitting, "begin", begun)
    assert knead(*RUN).code == 0
    assert seen == [(DeviceState.ARMED, False)]
    assert port.moved


COMMANDS = {"run": RUN, "set": ("set", "lumbar", "40%", "--for", "2s", "--device", "/dev/cushion")}


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("error", "code"),
    [(PortMissing("no"), 4), (PortForbidden("no"), 5), (PortBusy("no"), 5), (LinkLost("no"), 6)],
)
def test_what_cannot_be_opened_costs_nothing(
    knead: Knead, monkeypatch: pytest.MonkeyPatch, command: str, error: Exception, code: int, one_clock: Any
) -> None:
    one_clock.sleep(300.0)  # a computer that has been on for a while

    def fail(url: str) -> None:  # noqa: ARG001
        raise error

    before = [entry.event for entry in read("me")]
    with monkeypatch.context() as patched:
        patched.setattr("firmware_bridge.wire.link.SerialLink", fail)
        for _ in range(2):
            ended = knead(*COMMANDS[command])
            assert ended.code == code
            assert "--resume" not in ended.err, "nothing was lost"
    assert [entry.event for entry in read("me")] == before


@pytest.mark.usefixtures("me")
def test_a_device_that_does_not_let_itself_be_armed_costs_nothing(knead: Knead, port: Any) -> None:
    before = [entry.event for entry in read("me")]
    assert knead(*RUN, "--on", "seat-pad-8").code == 7
    assert (port.opened, [entry.event for entry in read("me")]) == (1, before)
    assert knead(*RUN).code == 0


def test_a_list_that_was_confirmed_counts_for_the_next_attempt(
    knead: Knead, port: Any, wall: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_recipient("me")
    screened("me", now=wall(), ready=False)
    asked: list[Any] = []
    monkeypatch.setattr("kneadwave.cli.terminal.prompts.somebody_there", lambda: True)
    monkeypatch.setattr(
        "kneadwave.cli.terminal.prompts.confirm_on_terminal", lambda items: bool(asked.append(items) or items)
    )
    with monkeypatch.context() as patched:
        patched.setattr("firmware_bridge.wire.link.SerialLink", _busy)
        assert knead(*RUN).code == 5
    assert [knead(*RUN).code, len(asked), port.moved] == [0, 1, True]
    wall.start += timedelta(hours=2)
    assert knead(*RUN).code == 0
    assert len(asked) == 2, "it serves one run"


def _busy(url: str) -> None:
    raise PortBusy(f"{url} is in use by another program")


@pytest.mark.usefixtures("port")
@pytest.mark.parametrize("who", ["me", "guest"])
@pytest.mark.parametrize("held", ["/dev/cushion", "hf8:/dev/cushion"])
def test_a_port_on_which_a_session_plays_is_in_use_whoever_asks(
    knead: Knead, wall: Any, who: str, held: str
) -> None:
    for name in ("me", "guest"):
        cleared(name, now=wall())
    with Registration([held], "felt-check"), admit("me", load_profile("felt-check"), wall(), confirmed=None):
        ended = knead(*RUN, "--recipient", who)
    assert ended.code == 5
    assert f"process {os.getpid()} plays felt-check" in ended.err


@pytest.mark.parametrize(
    ("how", "code", "reason"),
    [
        (lambda session: session.stop("stopped by a key"), 0, "stopped by a key"),
        (lambda session: os.kill(os.getpid(), 15), 143, "stopped by a signal"),  # noqa: ARG005
        (lambda session: session.device.connection.interlock.fault("too much", 55), 7, "tripped: "),
        (lambda session: (_ for _ in ()).throw(LinkLost("gone")), 6, "link: gone"),  # noqa: ARG005
        (lambda session: (_ for _ in ()).throw(OSError("no reader")), 7, "the output went away"),  # noqa: ARG005
    ],
)
@pytest.mark.usefixtures("me", "port")
def test_every_end_is_written_down_with_its_reason(
    knead: Knead, at: At, how: Callable[[Any], None], code: int, reason: str
) -> None:
    at(5.0, how)
    assert knead(*RUN).code == code
    had = received()[-1]
    assert had.reason.startswith(reason)
    assert 3.0 < had.seconds < 8.0
    assert read("me")[-1].event == "ended"


@pytest.mark.usefixtures("me")
def test_a_ledger_that_cannot_be_written_any_more_stops_the_session_gently(
    knead: Knead,
    at: At,
    port: Any,
    monkeypatch: pytest.MonkeyPatch,
    minutes: Callable[..., str],
) -> None:
    write = os.write

    def full(fd: int, data: bytes) -> int:
        if stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(28, "No space left on device")
        return write(fd, data)  # a pipe needs no disk

    at(5.0, lambda session: monkeypatch.setattr("kneadwave.store.append_log.os.write", full))  # noqa: ARG005
    ended = knead("run", minutes(3), "--device", port.url, "--json")
    assert ended.code == 7
    assert "cannot be written" in ended.events[-1]["error"]
    assert ended.events[-1]["confirmed"] is True
    assert events(ended, "summary")[0]["trips"] == 0
    assert max(event["t"] for event in events(ended, "progress")) < 25.0


@pytest.mark.usefixtures("me")
def test_a_second_session_within_the_hour_is_refused(
    knead: Knead,
    port: Any,
    wall: Any,
    minutes: Callable[..., str],
) -> None:
    assert knead("run", minutes(3), "--device", port.url).code == 0
    screened("me", now=wall())
    ended = knead("run", minutes(3), "--device", port.url)
    assert ended.code == 7
    assert "rule 155" in ended.err
    assert port.opened == 1


@pytest.mark.usefixtures("me")
def test_the_ledger_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert ledger_of("me").is_relative_to(tmp_path / "data")
