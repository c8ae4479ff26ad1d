"""What the recipient changes: how strong, where and how long it is; the pain key, and the rest after it."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from people import cleared, screened
from session_events import events, received

from firmware_bridge.play.feed import EASED

Knead = Callable[..., Any]
At = Callable[[float, Callable[[Any], None]], None]
RUN = ("run", "felt-check", "--device", "/dev/cushion")

pytestmark = pytest.mark.usefixtures("one_clock", "wall")


@pytest.mark.parametrize(
    ("words", "most"),
    [(("--limit", "60%"), 0.6), (("--limit", "90%"), 0.75), (("--intensity", "60%"), 0.45)],
)
def test_sensitivity_multiplies_the_limit(
    knead: Knead, port: Any, wall: Any, words: tuple[str, str], most: float
) -> None:
    cleared("guest", now=wall(), sensitivity="sensitive")
    ended = knead(*RUN, *words, "--json")
    assert events(ended, "start")[0]["limit"] == pytest.approx(most)
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
    assert "gets less for the rest" in ended.out
    assert "stopped for pain" in ended.out
    assert received()[-1].reason.startswith("stopped for pain; the ")
    assert received()[-1].seconds < 9.0


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
