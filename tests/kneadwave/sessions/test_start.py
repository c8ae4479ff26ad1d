"""The way to a device: profile, gate, ledger, device, in this order; and what the recipient changes."""

import json
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from people import cleared, ledger_of, make_recipient, screened

from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import LinkLost
from firmware_bridge.play.feed import EASED
from kneadwave.devices import Target
from kneadwave.errors import NotCleared
from kneadwave.people.gate import admit, simulation
from kneadwave.people.history import Received, sessions
from kneadwave.people.ledger import read
from kneadwave.sessions.connect import opened
from profiles.profile import load_profile

Knead = Callable[..., Any]
At = Callable[[float, Callable[[Any], None]], None]
RUN = ("run", "felt-check", "--device", "/dev/cushion")

pytestmark = pytest.mark.usefixtures("one_clock", "wall")


@pytest.fixture
def me(wall: Any) -> None:
    cleared("me", now=wall())


@pytest.fixture
def minutes(tmp_path: Path) -> Callable[..., str]:
    """A profile of so many minutes of light strokes, then half a minute of lighter ones; its path."""

    def write(length: float, **head: str) -> str:
        lines = ['schema = 1\nname = "strokes"\naudience = "quick"'] + [f"{k} = {v}" for k, v in head.items()]
        for name, seconds, level in (("opening", length * 60 - 30, 0.3), ("closing", 30, 0.2)):
            lines.append(f'[[step]]\nname = "{name}"\ntechnique = {{ kind = "stroking" }}')
            lines.append('zones = ["lumbar", "upper-back", "shoulder"]\ncrossfade_s = 2')
            lines.append(f"duration_s = {seconds}\nlevel = {level}")
        path = tmp_path / "strokes.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return str(path)

    return write


def received(name: str = "me") -> list[Received]:
    return sessions(read(name))


def events(ended: Any, kind: str) -> list[dict[str, Any]]:
    return [event for event in ended.events if event["event"] == kind]


# -- the gate -----------------------------------------------------------------------------------------


def test_without_a_recipient_nothing_is_opened(knead: Knead, port: Any) -> None:
    ended = knead(*RUN)
    assert ended.code == 7
    assert "knead recipient new" in ended.err
    assert port.opened == 0


def test_without_a_screening_of_today_nothing_is_opened(knead: Knead, port: Any, wall: Any) -> None:
    make_recipient("me")
    assert knead(*RUN).code == 7
    screened("me", now=wall())
    wall.start += timedelta(days=1)
    ended = knead(*RUN)
    assert ended.code == 7
    assert "knead screen" in ended.err
    assert port.opened == 0


def test_one_yes_blocks_before_anything_is_opened(knead: Knead, port: Any, wall: Any) -> None:
    make_recipient("me")
    screened("me", now=wall(), yes=["alcohol-or-drugs"])
    ended = knead(*RUN)
    assert ended.code == 7
    assert "rule 134" in ended.err
    assert port.opened == 0


def test_a_list_that_was_not_confirmed_needs_a_terminal(
    knead: Knead, port: Any, wall: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_recipient("me")
    screened("me", now=wall(), ready=False)
    assert knead(*RUN).code == 7
    assert port.opened == 0
    monkeypatch.setattr("kneadwave.cli.terminal.prompts.somebody_there", lambda: True)
    monkeypatch.setattr(
        "kneadwave.cli.terminal.prompts.confirm_on_terminal", lambda items: port.opened > 0 or len(items) < 3
    )
    assert knead(*RUN).code == 7
    assert port.opened == 0
    monkeypatch.setattr(
        "kneadwave.cli.terminal.prompts.confirm_on_terminal",
        lambda items: port.opened == 0 and len(items) > 3,
    )
    assert knead(*RUN).code == 0
    assert port.opened == 1


def test_a_signal_at_the_list_ends_with_its_own_code_and_a_last_line(
    knead: Knead, port: Any, wall: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_recipient("me")
    screened("me", now=wall(), ready=False)
    monkeypatch.setattr("kneadwave.cli.terminal.prompts.somebody_there", lambda: True)
    handled: list[Any] = []

    def hung(_items: Any) -> bool:
        handled.append(signal.getsignal(signal.SIGTERM))
        if handled[0] is not signal.SIG_DFL:
            os.kill(os.getpid(), signal.SIGTERM)
        return False

    monkeypatch.setattr("kneadwave.cli.terminal.prompts.confirm_on_terminal", hung)
    ended = knead(*RUN, "--json")
    assert ended.code == 143
    assert ended.events[-1]["exit"] == 143
    assert port.opened == 0


def test_a_profile_that_may_not_be_played_is_refused_before_the_gate(
    knead: Knead, port: Any, written: Callable[..., str]
) -> None:
    ended = knead("run", written("kneading-61"), "--device", port.url)
    assert ended.code == 3
    assert port.opened == 0


@pytest.mark.usefixtures("me")
def test_a_clearance_opens_its_own_device_only_while_it_runs(port: Any, wall: Any, one_clock: Any) -> None:
    known = Target(port.url, port.url, load_device("reference-cushion"))
    target = Target(port.url, port.url)
    with pytest.raises(NotCleared), opened(known, simulation(), one_clock):
        raise AssertionError("opened")
    with admit(None, load_profile("felt-check"), wall(), confirm=None) as sitting:
        with pytest.raises(NotCleared), opened(target, sitting.clearance, one_clock):
            raise AssertionError("opened before it was written down")
        sitting.begin("felt-check", port.url, 30.0, wall())
        with opened(target, sitting.clearance, one_clock) as (device, _):
            assert device.name == port.url
        sitting.end("completed", 30.0, {}, wall())
        with pytest.raises(NotCleared), opened(target, sitting.clearance, one_clock):
            raise AssertionError("opened after its end")
    assert port.opened == 1


def test_asking_a_device_what_it_is_needs_nobody(knead: Knead, port: Any) -> None:
    assert knead("device", "show", "--device", port.url).code == 0
    assert port.opened == 1
    assert not port.moved


# -- the ledger ---------------------------------------------------------------------------------------


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


# -- what the recipient changes -----------------------------------------------------------------------


def test_sensitivity_multiplies_the_limit(knead: Knead, port: Any, wall: Any) -> None:
    cleared("guest", now=wall(), sensitivity="sensitive")
    ended = knead(*RUN, "--limit", "60%", "--json")
    assert events(ended, "start")[0]["limit"] == pytest.approx(0.45)
    assert port.moved


def test_a_zone_that_hurts_is_softer_and_one_that_hurts_most_stays_off(
    knead: Knead, port: Any, wall: Any, tmp_path: Path
) -> None:
    cleared("me", now=wall(), pain={"lumbar": 10, "shoulder": 8})
    ended = knead(*RUN, "--record", "host.jsonl", "--json")
    assert ended.code == 0
    excluded = {entry["id"]: entry["reason"] for entry in events(ended, "start")[0]["excluded"]}
    header = json.loads((tmp_path / "host.jsonl").read_text().splitlines()[0])
    plain = {a.id: a for a in port.watch.summary.layout.actuators}
    for actuator in header["actuators"]:
        usual = plain[actuator["id"]]
        if actuator["zone"].startswith("lumbar"):
            assert actuator["id"] in excluded
        elif actuator["zone"].startswith("shoulder"):
            assert 0 < actuator["ceiling"] < usual.ceiling / 255
    had = received()[-1].zones
    assert not any(zone.startswith("lumbar") for zone in had)
    assert 0 < had["shoulder-left"].peak <= 0.85 * 2 / 7 + 0.02
    assert had["upper-back-left"].peak > 0.35


@pytest.mark.usefixtures("port")
def test_the_recipients_stature_counts_and_not_the_option(knead: Knead, wall: Any) -> None:
    cleared("me", now=wall(), stature_m=1.85)
    ended = knead(*RUN, "--stature", "1.6", "--json")
    assert events(ended, "start")[0]["stature_m"] == 1.85
    screened("me", now=wall())
    assert "1.85 m counts" in knead(*RUN, "--stature", "1.6").err
    assert (
        events(knead("run", "felt-check", "--device", "sim:", "--stature", "1.6", "--json"), "start")[0][
            "stature_m"
        ]
        == 1.6
    )


def test_a_first_session_is_shortened_and_ends_with_its_closing(
    knead: Knead, port: Any, wall: Any, one_clock: Any, minutes: Callable[..., str]
) -> None:
    cleared("me", now=wall(), first_session=True)
    ended = knead("run", minutes(11), "--device", port.url, "--json")
    assert ended.code == 0
    allowed = events(ended, "allowed")[0]
    assert allowed["seconds"] == 600.0
    assert "rule 224" in allowed["notices"][0]
    assert [event["name"] for event in events(ended, "step")] == ["opening", "closing"]
    assert events(ended, "step")[1]["t"] == pytest.approx(11 * 60 - 30, abs=1.0)
    assert 598.0 <= one_clock.now() <= 601.0
    assert any(note.get("kind") == "time" for note in events(ended, "note"))
    assert received()[-1].reason == "completed"


def test_minutes_shorten_and_let_a_first_session_take_15(
    knead: Knead, port: Any, wall: Any, one_clock: Any, minutes: Callable[..., str]
) -> None:
    cleared("me", now=wall(), first_session=True)
    ended = knead("run", minutes(11), "--device", port.url, "--minutes", "15", "--json")
    assert ended.code == 0
    assert events(ended, "allowed")[0]["seconds"] == 900.0
    assert one_clock.now() == pytest.approx(661.0, abs=1.5)
    begins = one_clock.now()
    ended = knead("run", minutes(4), "--device", "sim:", "--minutes", "2")
    assert ended.code == 0
    assert 115.0 <= one_clock.now() - begins <= 121.0


# -- pain ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("me")
def test_the_pain_key_eases_the_zone_and_is_remembered(
    knead: Knead,
    port: Any,
    press: Callable[[float, str], None],
    tmp_path: Path,
) -> None:
    press(6.0, "p")
    ended = knead(*RUN, "--record", "host.jsonl", "--json")
    assert ended.code == 0
    told = events(ended, "pain")
    assert [event["action"] for event in told] == ["eased"]
    zone = told[0]["zone"]
    assert zone in received()[-1].reason
    lines = [json.loads(line) for line in (tmp_path / "host.jsonl").read_text().splitlines()]
    noted = next(line for line in lines if line.get("event") == "pain")
    assert (noted["zone"], noted["action"]) == (zone, "eased")
    layout = port.watch.summary.layout
    mine = [a.index for a in layout.actuators if a.zone.startswith(zone)]
    after = [line["drive"] for line in lines if line["kind"] == "tick" and line["t"] > noted["t"] + 0.5]
    assert len(after) > 500
    assert max(drive[i] for drive in after for i in mine) < max(a.ceiling for a in layout.actuators)
    before = [line["drive"] for line in lines if line["kind"] == "tick" and line["t"] < noted["t"]]
    starts = [layout.actuators[i].start for i in mine]
    highest = [max(drive[i] for drive in before) for i in mine]
    for index, start, peak in zip(mine, starts, highest, strict=True):
        if peak > start:
            exponent = layout.actuators[index].exponent
            eased = start + (peak - start) * EASED**exponent + 2
            assert max(drive[index] for drive in after) <= max(eased, start + 1)


@pytest.mark.usefixtures("me", "port")
def test_a_second_press_stops(
    knead: Knead,
    press: Callable[[float, str], None],
) -> None:
    press(6.0, "p")
    press(8.0, "p")
    ended = knead(*RUN)
    assert ended.code == 0
    assert "goes down for the rest" in ended.out
    assert "stopped for pain" in ended.out
    assert received()[-1].reason.startswith("stopped for pain; the ")
    assert received()[-1].seconds < 9.0


# -- rest ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("me")
def test_after_a_session_it_says_to_rest_and_waits_for_nobody(
    knead: Knead, port: Any, wall: Any, one_clock: Any, minutes: Callable[..., str]
) -> None:
    ended = knead("run", minutes(2), "--device", port.url)
    assert ended.code == 0
    assert "stay lying for 3:00 min" in ended.out.splitlines()[-1]
    assert one_clock.now() < 122.5
    wall.start += timedelta(hours=2)
    screened("me", now=wall())
    told = knead("run", minutes(2, rest_s="60", posture='"seated"'), "--device", port.url, "--json")
    assert events(told, "rest") == [{"event": "rest", "seconds": 60.0}]


@pytest.mark.usefixtures("me")
def test_there_is_no_rest_after_a_felt_check_nor_after_an_early_end(
    knead: Knead, port: Any, at: At, minutes: Callable[..., str]
) -> None:
    assert not events(knead(*RUN, "--json"), "rest")
    assert not events(knead("run", minutes(2), "--device", "sim:", "--json"), "rest")
    screened("me")
    at(5.0, lambda session: session.stop("stopped by a key"))
    assert not events(knead("run", minutes(2), "--device", port.url, "--json"), "rest")


@pytest.mark.usefixtures("me")
def test_the_ledger_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert ledger_of("me").is_relative_to(tmp_path / "data")
