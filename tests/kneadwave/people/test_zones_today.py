"""What each zone received today, and what holds for it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from people import data_home, make_recipient

from kneadwave.people import ledger
from kneadwave.people.history import Dose, History, Received
from kneadwave.people.recipient import Recipient
from kneadwave.people.zones_today import ZoneToday, zones_today
from profiles.body import body_map

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
LUMBAR = next(zone.ceiling for zone in body_map().zones if zone.id == "lumbar-left")


def had(hours_ago: float, **zones: Dose) -> Received:
    at = NOW - timedelta(hours=hours_ago)
    named = {name.replace("_", "-"): dose for name, dose in zones.items()}
    return Received(at, at + timedelta(minutes=10), "p", "d", 600.0, zones=named)


def told(*sittings: Received, **about: object) -> list[ZoneToday]:
    me = Recipient.model_validate({"name": "me", "adult": True, **about})
    return list(zones_today(me, History(sittings), NOW))


def test_a_zone_has_its_seconds_of_the_day_its_peak_and_its_longest_stay() -> None:
    first, then = Dose(0.5, 0.3, 60.0, 4.0), Dose(0.4, 0.3, 30.0, 6.0)
    yesterday = had(24.0, lumbar_left=Dose(0.9, 0.9, 900.0, 9.0))
    found = told(yesterday, had(5.0, lumbar_left=first), had(2.0, lumbar_left=then))
    assert found == [ZoneToday("lumbar-left", 90.0, 0.5, LUMBAR, 6.0)]


def test_nothing_today_is_nothing() -> None:
    assert told(had(24.0, lumbar_left=Dose(0.5, 0.3, 60.0, 4.0))) == []


def test_zones_come_from_head_to_foot() -> None:
    dose = Dose(0.5, 0.3, 60.0, 4.0)
    found = told(had(2.0, calf_right=dose), had(1.0, neck_left=dose))
    assert [each.zone for each in found] == ["neck-left", "calf-right"]


@pytest.mark.parametrize(
    ("about", "share"),
    [({}, 1.0), ({"sensitivity": "sensitive"}, 0.75), ({"pain": {"lumbar-left": 10}}, 0.0)],
)
def test_the_ceiling_is_that_of_the_person(about: dict[str, object], share: float) -> None:
    (found,) = told(had(1.0, lumbar_left=Dose(0.5, 0.3, 60.0, 4.0)), **about)
    assert found.ceiling == pytest.approx(share * LUMBAR)


def test_a_history_tells_zones_and_parts_with_what_holds_for_them(
    knead: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware_bridge.clock.local_now", lambda: NOW)
    make_recipient()
    dose = {"lumbar-left": {"peak": 0.5, "mean": 0.3, "active_s": 60.0, "dwell_s": 4.0}}
    with data_home(None), ledger.opened("me", NOW) as book:
        book.append("began", NOW, profile="gentle-back", device="id:KW1", planned_s=600.0)
        book.append("ended", NOW, seconds=600.0, dose=dose, reason="completed")
    today = knead("history", "--json").events[-2]
    told = {"active_s": 60.0, "peak": 0.5, "ceiling": LUMBAR, "dwell_s": 4.0, "dwell_most_s": 10.0}
    assert today["zones"] == [{"zone": "lumbar-left", **told}]
    assert today["parts"] == [{"part": "back", "s": 60.0, "most_s": 300.0}]
