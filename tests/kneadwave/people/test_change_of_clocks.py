"""The nights in which the clocks change: what is left, the rest between two sessions, what is told."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from people import make_recipient

from kneadwave.errors import NotCleared
from kneadwave.people import ledger
from kneadwave.people.allowance import GAP, allowed
from kneadwave.people.day_left import standing
from kneadwave.people.history import history, same_day
from kneadwave.people.recipient import Recipient
from profiles.profile import load_profile

Knead = Callable[..., Any]
ME = Recipient(name="me", adult=True, first_session=False)
GENTLE = load_profile("gentle-back")
BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
LORD_HOWE = "LHST-10:30LHDT-11,M10.1.0,M4.1.0"  # half an hour
CHANGES = {
    "Berlin in spring": (BERLIN, datetime(2026, 3, 29, 1, tzinfo=UTC)),
    "Berlin in autumn": (BERLIN, datetime(2026, 10, 25, 1, tzinfo=UTC)),
    "Lord Howe in spring": (LORD_HOWE, datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    "Lord Howe in autumn": (LORD_HOWE, datetime(2026, 4, 4, 15, tzinfo=UTC)),
    "Berlin after 2036": (BERLIN, datetime(2040, 10, 28, 1, tzinfo=UTC)),
}

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="needs a zone of its own")


@pytest.fixture(params=CHANGES)
def change(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    """The moment at which the clocks of a place change, the place being that of this test."""
    zone, at = CHANGES[request.param]
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    assert (at - timedelta(seconds=1)).astimezone().utcoffset() != at.astimezone().utcoffset()
    yield at
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], datetime]:
    """Sets the clock of this computer; the time as it tells it."""

    def at(moment: datetime) -> datetime:
        monkeypatch.setattr("firmware_bridge.clock.local_now", lambda: moment.astimezone())
        return moment.astimezone()

    return at


def sat(at: datetime, minutes: float) -> None:
    """A session in the ledger, each line with the time that the clocks told then."""
    end = at + timedelta(minutes=minutes)
    with ledger.opened("me", at.astimezone()) as lines:
        lines.append("began", at.astimezone(), profile="gentle-back", device="d", planned_s=minutes * 60)
        lines.append("ended", end.astimezone(), seconds=minutes * 60, dose={}, reason="completed")


def test_an_hour_lies_between_two_sessions_whatever_the_clocks_do(change: datetime) -> None:
    make_recipient("me")
    ended = change - timedelta(minutes=5)
    sat(ended - timedelta(minutes=15), 15)
    past = history(ledger.read("me"))
    for minutes in range(5, 120, 5):
        now = (ended + timedelta(minutes=minutes)).astimezone()
        start = standing(ME, past, now).start
        assert start == max(now, ended + GAP)
        assert start is not None
        assert start.utcoffset() == start.astimezone(UTC).astimezone().utcoffset(), "as the clocks go then"
        if minutes < 60:
            with pytest.raises(NotCleared) as caught:
                allowed(ME, past, GENTLE, now)
            assert f"{(ended + GAP).astimezone():%H:%M on %Y-%m-%d}" in (caught.value.hint or "")
        else:
            assert allowed(ME, past, GENTLE, now).seconds == 1200.0


def test_a_session_is_told_by_the_clocks_of_then(
    change: datetime, clock: Callable[[datetime], datetime], knead: Knead
) -> None:
    make_recipient("me")
    began = change - timedelta(minutes=7)
    sat(began, 15)
    now = clock(change + timedelta(minutes=20))
    told = " ".join(knead("history").out.split())
    assert f"{began.astimezone():%Y-%m-%d %H:%M} gentle-back 15:00" in told
    assert "2036" not in told
    again = (change + timedelta(minutes=68)).astimezone()
    day = "" if again.date() == now.date() else f" on {again.date()}"
    assert f"the next one may start at {again:%H:%M}{day}" in told
    (row,) = [event for event in knead("history", "--json").events if event["event"] == "session"]
    assert datetime.fromisoformat(row["start"]) == began


def test_a_day_with_a_change_of_clocks_has_two_sessions_and_no_more(change: datetime) -> None:
    make_recipient("me")
    local = change.astimezone()
    day = datetime(local.year, local.month, local.day).astimezone()
    for hours in (0.1, 2.0):
        sat(day.astimezone(UTC) + timedelta(hours=hours), 15)
    past = history(ledger.read("me"))
    for hours in (4, 12, 22):
        now = (day.astimezone(UTC) + timedelta(hours=hours)).astimezone()
        assert all(same_day(each.at, now) for each in past.sittings)
        with pytest.raises(NotCleared):
            allowed(ME, past, GENTLE, now)
        start = standing(ME, past, now).start
        assert start is not None
        assert (start.date(), start.hour, start.minute) == (day.date() + timedelta(days=1), 0, 0)
        assert allowed(ME, past, GENTLE, start).seconds == 1200.0
