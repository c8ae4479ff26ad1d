"""What a session's events make of its snapshot, and what is counted of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneadwave.dashboard.tally import BUCKETS_S, Tally
from kneadwave.sessions.snapshot import Snapshot

PULSE = {"event": "pulse", "channel": 0, "of": 4}


def snapshot(*events: dict[str, Any], stop: str = "") -> Snapshot:
    made = Snapshot("1", "felt-check", ("sim:",), stop=stop)
    for event in events:
        made.take(event)
    return made


START = {"event": "start", "port": "sim:"}
STEP = {"event": "step", "name": "feet"}
GUIDE = {"event": "guide", "instruction": "Breathe."}
PROGRESS = {"event": "progress", "t": 1.0, "took": 2.0, "phase": "playing"}
END = {"event": "end", "ok": True}


def test_a_snapshot_holds_the_latest_of_each() -> None:
    now = snapshot(START, STEP, GUIDE, PROGRESS)
    assert (now.start, now.step, now.guide, now.progress) == (START, STEP, GUIDE, PROGRESS)
    assert now.state == "playing"
    now.take(STEP)
    assert now.guide == {}
    now.take({"event": "pain", "zone": "lumbar", "action": "eased"})
    assert now.eased == "lumbar"
    now.take(END)
    assert now.state == "over"


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ((START, {"event": "summary", "confirmed": True}, END), "confirmed"),
        ((START, {"event": "summary", "confirmed": False}, END), "not confirmed"),
        ((START, END), "not confirmed"),  # it died
        ((END,), "confirmed"),  # nothing was opened
        (({"event": "start", "profile": "abdomen"}, END), "confirmed"),  # hands do it all
        ((PULSE, END | {"confirmed": True}), "confirmed"),
        ((PULSE, END | {"confirmed": False}), "not confirmed"),
        ((PULSE, END), "not confirmed"),  # it died while a motor was placed
    ],
)
def test_a_stop_is_confirmed_by_the_device_alone(events: tuple[dict[str, Any], ...], told: str) -> None:
    assert snapshot(*events, stop="asked").stop == told


def test_a_stop_that_nobody_confirmed_meanwhile_is_confirmed_where_nothing_was_opened() -> None:
    assert snapshot(END, stop="not confirmed").stop == "confirmed"
    assert snapshot(START, END, stop="not confirmed").stop == "not confirmed"


def test_what_was_paused_as_nobody_was_there_may_be_so_again_however_it_went_on() -> None:
    now = snapshot(START, PROGRESS)
    now.unattended = True
    now.take(PROGRESS | {"phase": "paused"})
    assert now.unattended is True
    now.take(PROGRESS)
    assert now.unattended is False


def test_the_devices_that_it_opened_are_those_of_its_start() -> None:
    assert snapshot().ports == ()
    assert snapshot(START | {"port": "/dev/a + tcode:/dev/b"}).ports == ("/dev/a", "tcode:/dev/b")


def test_a_device_that_did_not_come_to_rest_is_told_though_nobody_asked() -> None:
    assert snapshot(START, {"event": "summary", "confirmed": False}).stop == "not confirmed"
    assert snapshot(START, {"event": "summary", "confirmed": True}).stop == ""


class Ended:
    """A session as the tally sees it."""

    def __init__(self, took: float | None, stop: str = "confirmed") -> None:
        summary = {"event": "summary", "trips": 1, "confirmed": stop == "confirmed"}
        self.snapshot = snapshot(START, PROGRESS, {"event": "lost"}, summary, stop="asked" if took else "")
        self.stop_asked_at = None if took is None else 1.0
        self.stop_took_s = took


@given(st.lists(st.floats(0.001, 9)))
def test_classes_of_the_latency_add_up(times: list[float]) -> None:
    tally = Tally()
    for took in times:
        tally.ended(Ended(took))  # type: ignore[arg-type]
    text = tally.text(playing=0, watchers=0)
    for end in BUCKETS_S:
        count = sum(took <= end for took in times)
        assert f'kneadwave_stop_seconds_bucket{{le="{end}"}} {count}\n' in text
    assert f"kneadwave_stop_seconds_count {len(times)}\n" in text
    assert f"kneadwave_stops_total {len(times)}\n" in text


def test_trips_lost_links_and_stops_that_no_device_confirmed_are_counted() -> None:
    tally = Tally(started=2)
    tally.ended(Ended(None))  # type: ignore[arg-type]
    tally.ended(Ended(0.3, "not confirmed"))  # type: ignore[arg-type]
    text = tally.text(playing=1, watchers=3)
    for line in (
        "kneadwave_sessions_playing 1",
        "kneadwave_pages 3",
        "kneadwave_sessions_total 2",
        "kneadwave_session_seconds_total 4.0",
        "kneadwave_trips_total 2",
        "kneadwave_links_lost_total 2",
        "kneadwave_stops_total 1",
        "kneadwave_stops_not_confirmed_total 1",
    ):
        assert f"{line}\n" in text
