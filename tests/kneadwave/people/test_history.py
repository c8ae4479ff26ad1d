"""What the lines of a ledger add up to."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from kneadwave.people.history import GOING_S, history, is_zone, part_of, same_day, sessions
from kneadwave.store.log_lines import LogEntry
from profiles.body import body_map
from profiles.technique import Guide

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
BACK = {"lumbar-left": {"peak": 0.5, "mean": 0.2, "active_s": 40.0, "dwell_s": 6.0}}


def at(after, event, **fields):
    return LogEntry(NOW + timedelta(seconds=after), event, fields)


def began(seconds=0):
    return at(seconds, "began", profile="gentle-back", device="/dev/x", planned_s=900)


def run(start, seconds, day=0):
    begin = LogEntry(NOW + timedelta(days=day, seconds=start), "began", {"profile": "p", "device": "d"})
    end = LogEntry(
        NOW + timedelta(days=day, seconds=start + seconds), "ended", {"seconds": seconds, "reason": "x"}
    )
    return [begin, end]


def test_a_sitting_that_ended_is_told_as_it_was():
    end = at(620, "ended", seconds=600.0, reason="completed", dose=BACK)
    (sitting,) = sessions([began(), at(15, "going", seconds=15, dose={}), end])
    assert (sitting.profile, sitting.device, sitting.reason) == ("gentle-back", "/dev/x", "completed")
    assert (sitting.seconds, sitting.date) == (600.0, NOW.date())
    assert sitting.ended == NOW + timedelta(seconds=620)
    assert sitting.zones["lumbar-left"].peak == 0.5
    assert sitting.zones["lumbar-left"].dwell_s == 6.0
    assert sitting.parts == {"back": 40.0}
    assert sitting.session


def test_a_sitting_without_an_end_counts_one_interval_further():
    (sitting,) = sessions([began(), at(30, "going", seconds=28.0, dose=BACK)])
    assert sitting.reason == "broken off"
    assert sitting.seconds == 28.0 + GOING_S
    assert sitting.ended == NOW + timedelta(seconds=30 + GOING_S)
    assert sitting.parts == {"back": 28.0 + GOING_S}


def test_a_sitting_that_was_killed_at_once_counts_one_interval():
    (sitting,) = sessions([began()])
    assert (sitting.seconds, sitting.reason) == (GOING_S, "broken off")


def test_a_second_beginning_leaves_the_first_sitting_broken_off():
    first, second = sessions(
        [began(), at(15, "going", seconds=15.0), began(100), at(200, "ended", seconds=90)]
    )
    assert (first.reason, first.seconds) == ("broken off", 30.0)
    assert second.seconds == 90


def test_lines_without_a_beginning_are_no_sitting():
    assert sessions([at(0, "going", seconds=5), at(1, "ended", seconds=5), at(2, "screening")]) == []


def test_the_dose_of_a_killed_sitting_is_that_of_all_its_lines():
    lower = {"lumbar-left": {"peak": 0.4, "mean": 0.1, "active_s": 10.0, "dwell_s": 1.0}}
    upper = {"upper-back-left": {"peak": 0.6, "mean": 0.1, "active_s": 5.0, "dwell_s": 1.0}}
    (sitting,) = sessions(
        [began(), at(15, "going", seconds=15, dose=lower), at(30, "going", seconds=30, dose=upper)]
    )
    assert set(sitting.zones) == {"lumbar-left", "upper-back-left"}


def test_both_sides_of_a_zone_work_at_once_and_zones_one_after_the_other():
    dose = {
        name: {"active_s": seconds}
        for name, seconds in {"lumbar-left": 30, "lumbar-right": 40, "sacrum-left": 10, "neck": 20}.items()
    }
    (sitting,) = sessions([began(), at(100, "ended", seconds=100, dose=dose)])
    assert sitting.parts == {"back": 50.0, "neck": 20.0}
    assert "neck" not in sitting.zones  # by hand: a part, no zone


def test_a_part_gets_no_more_than_the_sitting_lasted():
    dose = {"lumbar-left": {"active_s": 70}, "sacrum-left": {"active_s": 70}}
    (sitting,) = sessions([began(), at(100, "ended", seconds=100, dose=dose)])
    assert sitting.parts == {"back": 100.0}


def test_every_zone_belongs_to_a_part():
    parts = {part_of(zone.id) for zone in body_map().zones}
    known = set(Guide.model_fields["part"].annotation.__args__)
    assert parts <= known
    assert all(is_zone(zone.id) and not is_zone(zone.name) for zone in body_map().zones)
    assert part_of("chest") == "chest"


@pytest.mark.parametrize(("seconds", "session"), [(59.0, False), (60.0, False), (61.0, True)])
def test_a_run_of_a_minute_is_a_felt_test(seconds, session):
    (sitting,) = sessions(run(0, seconds))
    assert sitting.session is session


def test_felt_tests_beyond_five_minutes_a_day_are_sessions():
    lines = [line for n in range(6) for line in run(n * 100, 60.0)]
    assert [sitting.session for sitting in sessions(lines)] == [False] * 5 + [True]


def test_the_next_day_has_felt_tests_of_its_own():
    lines = [line for n in range(6) for line in run(n * 100, 60.0)] + run(0, 60.0, day=1)
    assert sessions(lines)[-1].session is False


def test_figures_that_are_none_count_as_nothing():
    dose = {"lumbar-left": "much", "sacrum-left": {"active_s": "long", "peak": True}}
    (sitting,) = sessions([began(), at(9, "ended", seconds="long", dose=dose)])
    assert sitting.seconds == 0.0
    assert sitting.zones["sacrum-left"].peak == 0.0


def test_history_holds_what_was_noticed_and_the_latest_line():
    found = history([at(50, "noticed", why="x"), at(10, "ready")])
    assert found.noticed == (NOW + timedelta(seconds=50),)
    assert found.last == NOW + timedelta(seconds=50)
    assert history([]).last is None


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("2026-03-01T00:00:00+01:00", True),
        ("2026-02-28T23:59:59+01:00", False),
        ("2026-03-01T00:30:00+02:00", True),  # its own calendar says the first
        ("2026-02-28T23:30:00-01:00", True),  # here it was the first already
        ("2026-02-28T20:00:00-05:00", True),
        ("2026-02-28T12:00:00+01:00", False),
    ],
)
def test_a_day_is_that_of_either_place(then, expected):
    now = datetime(2026, 3, 1, 20, 0, tzinfo=timezone(timedelta(hours=1)))
    assert same_day(datetime.fromisoformat(then), now) is expected


@pytest.mark.parametrize("hours", range(-12, 15))
def test_no_other_time_zone_ends_a_day_early(hours):
    there = timezone(timedelta(hours=hours))
    at_noon = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    for later in (at_noon, at_noon + timedelta(hours=2, minutes=40)):
        assert same_day(at_noon, later.astimezone(there))


# -- a sitting that lost its device ------------------------------------------------------------------------


def lost(seconds=300.0, reason="link: gone", profile="gentle-back"):
    first = at(0, "began", profile=profile, device="/dev/x", planned_s=900)
    return [first, at(310, "ended", seconds=seconds, reason=reason, dose=BACK)]


def again(after, profile="gentle-back", **more):
    more = {"goes_on": True} | more
    return [
        at(after, "began", profile=profile, device="/dev/y", planned_s=500, **more),
        at(after + 410, "ended", seconds=400.0, reason="completed", dose=BACK),
    ]


def test_what_went_on_is_one_sitting():
    (had,) = sessions([*lost(), *again(500)])
    assert (had.at, had.ended) == (NOW, NOW + timedelta(seconds=910))
    assert (had.seconds, had.took_s) == (700.0, 720.0)
    assert (had.reason, had.device) == ("completed", "/dev/y")
    assert had.zones["lumbar-left"].active_s == 80.0
    assert had.zones["lumbar-left"].mean == pytest.approx(0.2)
    assert had.parts == {"back": 80.0}


@pytest.mark.parametrize(
    "lines",
    [
        [*lost(), *again(310 + 600)],
        [*lost(reason="stopped by a key"), *again(500)],
        [*lost(profile="other"), *again(500)],
        [*lost(), *again(500, goes_on="yes")],
        [*lost()[:1], *again(500)],
    ],
)
def test_what_may_not_go_on_is_another_sitting(lines):
    assert len(sessions(lines)) == 2


def test_a_clock_that_is_set_back_meanwhile_shortens_nothing():
    ended = at(1, "ended", seconds=110.0, reason="link: gone", dose={})
    (had,) = sessions([began(), at(105, "going", seconds=105.0, dose={}), ended])
    assert had.took_s == 110.0


def test_the_last_moment_to_go_on():
    assert len(sessions([*lost(), *again(310 + 599)])) == 1


def test_a_line_that_goes_on_with_nothing_is_a_sitting():
    (had,) = sessions(again(0))
    assert had.seconds == 400.0
