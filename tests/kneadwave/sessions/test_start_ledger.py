"""Every session on a device is written down before it is opened, and with how it ended."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from people import ledger_of, screened
from session_events import events, received

from firmware_bridge.errors import LinkLost
from kneadwave.people.ledger import read

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
def test_it_is_written_down_before_the_device_is_opened(
    knead: Knead,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []

    def fail(url: str) -> None:
        seen.append(received()[-1].profile)
        raise LinkLost(f"{url} is gone")

    monkeypatch.setattr("firmware_bridge.wire.link.SerialLink", fail)
    assert knead(*RUN).code == 6
    assert seen == ["felt-check"]
    assert received()[-1].seconds == 0.0
    assert received()[-1].reason.startswith("link: ")


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
    def full(*args: object) -> int:  # noqa: ARG001
        raise OSError(28, "No space left on device")

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
