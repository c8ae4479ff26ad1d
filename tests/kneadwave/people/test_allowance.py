"""How long somebody may be massaged: each limit one second below, at and above it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from kneadwave.errors import NotCleared, UsageError
from kneadwave.people.allowance import allowed, check_person, parts_of
from kneadwave.people.history import Dose, History, Received
from kneadwave.people.recipient import Recipient
from kneadwave.text import clock_text

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
HOME = timezone(timedelta(hours=1))


def person(**fields):
    return Recipient(**{"name": "me", "adult": True, "first_session": False, **fields})


def sitting(ended=NOW - timedelta(hours=2), seconds=900.0, *, session=True, parts=None):
    return Received(
        at=ended - timedelta(seconds=seconds),
        ended=ended,
        profile="p",
        device="d",
        seconds=seconds,
        zones={"lumbar-left": Dose()},
        parts=parts or {},
        kind="session" if session else "felt test",
    )


def past(*sittings, noticed=(), last=None):
    return History(tuple(sittings), tuple(noticed), last)


def ago(seconds):
    return NOW - timedelta(seconds=seconds)


def refused(recipient, history, profile, now=NOW, minutes=None):
    with pytest.raises(NotCleared) as caught:
        allowed(recipient, history, profile, now, minutes)
    assert caught.value.hint
    return caught.value


def test_twenty_minutes_are_the_most(profile):
    assert allowed(person(), past(), profile(900), NOW).seconds == 1200
    assert allowed(person(), past(), profile(3600), NOW).seconds == 1200


@pytest.mark.parametrize(("seconds", "told"), [(1199, 0), (1200, 0), (1201, 1)])
def test_a_profile_that_is_cut_short_is_told(profile, seconds, told):
    notices = allowed(person(), past(), profile(seconds), NOW).notices
    assert len(notices) == told
    assert all("20:00 of 20:01" in notice and "rule 84" in notice for notice in notices)


@pytest.mark.parametrize(
    ("first", "minutes", "seconds"),
    [
        (True, None, 600),
        (True, 5, 300),
        (True, 10, 600),
        (True, 14.9, 894),
        (True, 15, 900),
        (True, 15.1, 900),
        (True, 60, 900),
        (False, None, 1200),
        (False, 19.9, 1194),
        (False, 20, 1200),
        (False, 20.1, 1200),
        (False, 0.1, 6),
    ],
)
def test_minutes_stay_below_the_most_of_a_session(profile, first, minutes, seconds):
    found = allowed(person(first_session=first), past(), profile(900), NOW, minutes)
    assert found.seconds == pytest.approx(seconds)
    too_many = minutes is not None and minutes * 60 > (900 if first else 1200)
    assert any("asked for" in notice and "at most" in notice for notice in found.notices) is too_many


@pytest.mark.parametrize("minutes", [0, -1, float("nan"), float("inf"), float("-inf")])
def test_minutes_that_are_no_length_are_refused(profile, minutes):
    with pytest.raises(UsageError, match="no length"):
        allowed(person(), past(), profile(900), NOW, minutes)


@pytest.mark.parametrize(("seconds", "first"), [(299, True), (300, False), (301, False)])
def test_the_first_session_is_over_after_five_minutes_of_an_earlier_day(profile, seconds, first):
    history = past(sitting(NOW - timedelta(days=2), seconds))
    found = allowed(person(first_session=True), history, profile(900), NOW)
    assert found.seconds == (600 if first else 1200)


def test_the_first_session_is_not_over_on_its_own_day(profile):
    history = past(sitting(NOW - timedelta(hours=3), 600))
    assert allowed(person(first_session=True), history, profile(900), NOW).seconds == 600


@pytest.mark.parametrize(("minutes", "seconds"), [(8.0, 480), (19.99, 1199.4), (20.0, 1200), (60.0, 1200)])
def test_a_doctors_maximum_only_lowers(profile, minutes, seconds):
    found = allowed(person(doctor_max_min=minutes), past(), profile(900), NOW)
    assert found.seconds == pytest.approx(seconds)


def test_a_doctors_maximum_lowers_a_first_session_and_what_is_asked_for(profile):
    recipient = person(first_session=True, doctor_max_min=8.0)
    found = allowed(recipient, past(), profile(900), NOW, 15)
    assert found.seconds == 480
    assert any("doctor" in notice and "rule 223" in notice for notice in found.notices)


@pytest.mark.parametrize(("seconds", "free"), [(3599, False), (3600, True), (3601, True)])
def test_an_hour_lies_between_two_sessions(profile, seconds, free):
    history = past(sitting(ago(seconds)))
    if free:
        assert allowed(person(), history, profile(900), NOW).seconds == 1200
    else:
        assert refused(person(), history, profile(900)).rule == 155


def test_the_hour_is_counted_over_midnight(profile):
    now = datetime(2026, 3, 2, 0, 10, tzinfo=UTC)
    assert refused(person(), past(sitting(now - timedelta(minutes=59))), profile(900), now).rule == 155


def test_the_hour_is_counted_over_a_change_of_the_clock(profile):
    # Clocks went from 3:00 to 2:00: by the wall the session ended at 2:50 and it is 2:20 now.
    ended = datetime(2026, 10, 25, 2, 50, tzinfo=timezone(timedelta(hours=2)))
    now = datetime(2026, 10, 25, 2, 20, tzinfo=HOME)
    assert "hour" in str(refused(person(), past(sitting(ended), last=ended), profile(900), now))
    later = datetime(2026, 10, 25, 2, 50, tzinfo=HOME)
    assert allowed(person(), past(sitting(ended), last=ended), profile(900), later).seconds == 1200


@pytest.mark.parametrize(("count", "free"), [(0, True), (1, True), (2, False), (3, False)])
def test_two_sessions_a_day(profile, count, free):
    history = past(*(sitting(NOW - timedelta(hours=2 * n + 2)) for n in range(count)))
    if free:
        assert allowed(person(), history, profile(900), NOW).seconds == 1200
    else:
        assert "2 are the most" in str(refused(person(), history, profile(900)))


def test_sessions_of_yesterday_are_not_of_today(profile):
    history = past(*(sitting(NOW - timedelta(days=1, hours=2 * n)) for n in range(2)))
    assert allowed(person(), history, profile(900), NOW).seconds == 1200


def test_a_journey_brings_no_third_session(profile):
    # Two sessions on the first of March where they were played; here it is still the first.
    abroad = timezone(timedelta(hours=9))
    two = [sitting(datetime(2026, 3, 1, hour, 0, tzinfo=abroad)) for hour in (7, 9)]
    assert "2 are the most" in str(refused(person(), past(*two), profile(900), NOW))


@pytest.mark.parametrize(("seconds", "is_test"), [(59, True), (60, True), (61, False)])
def test_a_profile_of_a_minute_is_a_felt_test_even_within_the_hour(profile, seconds, is_test):
    history = past(sitting(ago(600)), sitting(ago(8000)))
    if is_test:
        assert allowed(person(), history, profile(seconds), NOW).seconds == 60
    else:
        assert refused(person(), history, profile(seconds)).rule == 155


@pytest.mark.parametrize(("before", "left"), [(240, 60), (250, 50), (298, 2)])
def test_felt_tests_share_five_minutes_a_day(profile, before, left):
    tests = [sitting(ago(60), before / 5, session=False) for _ in range(5)]
    assert allowed(person(), past(*tests), profile(30), NOW).seconds == pytest.approx(left)


@pytest.mark.parametrize("before", [298.5, 299.5, 300])
def test_felt_tests_end_when_the_five_minutes_are_used(profile, before):
    tests = [sitting(ago(60), before / 5, session=False) for _ in range(5)]
    assert "felt tests" in str(refused(person(), past(*tests), profile(30)))


def test_felt_tests_neither_count_as_sessions_nor_ask_for_an_hour(profile):
    tests = [sitting(ago(60), 50, session=False) for _ in range(5)]
    assert allowed(person(), past(*tests), profile(900), NOW).seconds == 1200


def test_felt_tests_of_yesterday_are_not_of_today(profile):
    tests = [sitting(NOW - timedelta(days=1), 60, session=False) for _ in range(5)]
    assert allowed(person(), past(*tests), profile(30), NOW).seconds == 60


@pytest.mark.parametrize(("seconds", "free"), [(119, True), (120, True), (121, False)])
def test_a_clock_may_be_two_minutes_behind(profile, seconds, free):
    history = past(last=NOW + timedelta(seconds=seconds))
    if free:
        assert allowed(person(), history, profile(900), NOW).seconds == 1200
    else:
        assert "clock" in str(refused(person(), history, profile(900)))


def test_a_clock_that_is_behind_refuses_felt_tests_too(profile):
    assert "clock" in str(refused(person(), past(last=NOW + timedelta(days=1)), profile(30)))


@pytest.mark.parametrize("seconds", [30, 900])
def test_what_was_noticed_counts_as_the_daily_limit(profile, seconds):
    error = refused(person(), past(noticed=[ago(7200)]), profile(seconds))
    assert "daily limit" in str(error)


def test_what_was_noticed_yesterday_is_over(profile):
    assert allowed(person(), past(noticed=[NOW - timedelta(days=1)]), profile(900), NOW).seconds == 1200


def test_a_child_gets_no_device(profile):
    assert refused(person(adult=False), past(), profile(30)).rule == 98


@pytest.mark.parametrize("fields", [{"locked": "for reading"}, {"variant": "V5"}, {"variant": "V6"}])
def test_a_locked_profile_is_never_played(profile, fields):
    assert refused(person(), past(), profile(30, **fields)).rule == 98


@pytest.mark.parametrize(("month", "free"), [(None, True), (1, False), (4, False), (5, True), (10, True)])
def test_the_first_four_months_of_pregnancy(profile, month, free):
    if free:
        check_person(person(pregnancy_month=month), profile(900, good_for=["pregnancy"]))
    else:
        assert refused(person(pregnancy_month=month), past(), profile(900)).rule == 272


@pytest.mark.parametrize(
    ("own", "of_profile", "free"),
    [
        ("any", "any", True),
        ("any", "prone", False),
        ("prone", "any", False),
        ("prone", "seated", True),
        ("seated", "prone", False),
        ("side", "side", True),
        ("any", "supine", True),
    ],
)
def test_nobody_who_is_pregnant_lies_on_the_stomach(profile, own, of_profile, free):
    recipient = person(pregnancy_month=6, posture=own)
    played = profile(900, posture=of_profile, good_for=["pregnancy"])
    if free:
        check_person(recipient, played)
    else:
        assert refused(recipient, past(), played).rule == 273
    check_person(person(posture=own), played)


@pytest.mark.parametrize("month", range(5, 11))
@pytest.mark.parametrize("posture", ["any", "seated", "side", "supine"])
@pytest.mark.parametrize("good_for", [[], ["sedentary", "women"]])
def test_pregnancy_plays_only_what_says_so(profile, month, posture, good_for):
    played = profile(900, posture=posture, good_for=good_for)
    assert refused(person(pregnancy_month=month), past(), played).rule == 273
    check_person(person(), played)


def test_a_turn_onto_the_stomach_counts_as_well(profile):
    turn = {"kind": "guide", "instruction": "Turn over.", "posture": "prone"}
    played = profile(0, {"duration_s": 60}, {"technique": turn, "zones": None, "level": 0, "duration_s": 5})
    assert refused(person(pregnancy_month=6), past(), played).rule == 273


def by_hand(part, seconds):
    technique = {"kind": "guide", "instruction": "Knead it.", "part": part}
    return {"technique": technique, "zones": None, "level": 0.0, "duration_s": seconds}


def self_massage(profile, *steps):
    return profile(0, *steps, self_massage=True)


@pytest.mark.parametrize(("used", "seconds"), [(0, 1200), (180, 1200), (181, 119), (240, 60), (298, 2)])
def test_each_part_gets_five_minutes_of_self_massage_within_the_hour(profile, used, seconds):
    played = self_massage(profile, by_hand("neck", 120), by_hand("head", 120))
    history = past(sitting(ago(1800), 30, session=False, parts={"neck": float(used)}))
    assert allowed(person(), history, played, NOW).seconds == pytest.approx(seconds)


def test_the_parts_that_come_before_are_still_played(profile):
    played = self_massage(profile, by_hand("head", 100), by_hand("neck", 120))
    history = past(sitting(ago(1800), 30, session=False, parts={"neck": 300.0}))
    found = allowed(person(), history, played, NOW)
    assert found.seconds == 100
    assert any("neck" in notice and "rule 288" in notice for notice in found.notices)


@pytest.mark.parametrize("used", [298.5, 299.5, 300, 400])
def test_a_part_that_is_used_up_at_the_start_refuses(profile, used):
    played = self_massage(profile, by_hand("neck", 120))
    history = past(sitting(ago(1800), 30, session=False, parts={"neck": float(used)}))
    assert refused(person(), history, played).rule == 288


@pytest.mark.parametrize(("seconds", "counts"), [(3599, True), (3600, False), (3601, False)])
def test_after_an_hour_a_part_is_free_again(profile, seconds, counts):
    played = self_massage(profile, by_hand("neck", 120))
    history = past(sitting(ago(seconds), 30, session=False, parts={"neck": 250.0}))
    assert allowed(person(), history, played, NOW).seconds == (50 if counts else 1200)


def test_zones_of_a_step_share_its_time(profile):
    played = self_massage(profile, {"zones": ["neck", "shoulder"], "duration_s": 200})
    history = past(sitting(ago(1800), 30, session=False, parts={"neck": 250.0}))
    assert allowed(person(), history, played, NOW).seconds == pytest.approx(100)


def test_a_path_works_on_the_parts_under_it(profile):
    played = profile(0, {"zones": None, "path": [[60.0, 200.0], [60.0, 460.0]], "duration_s": 60})
    assert set(parts_of(played.step[0])) == {"back"}


def test_a_change_of_posture_works_on_nothing(profile):
    turn = {"kind": "guide", "instruction": "Sit up.", "posture": "seated"}
    played = profile(0, {"technique": turn, "zones": None, "level": 0.0, "duration_s": 10})
    assert parts_of(played.step[0]) == ()


def test_other_massage_does_not_count_by_parts(profile):
    history = past(sitting(ago(4000), 900, parts={"back": 800.0}))
    assert allowed(person(), history, profile(900), NOW).seconds == 1200


def test_minutes_are_told_as_on_a_clock():
    assert [clock_text(s) for s in (0, 9.9, 60, 1200)] == ["0:00", "0:09", "1:00", "20:00"]


def test_work_by_hand_alone_is_no_session(profile):
    ends = [ago(minutes * 60) for minutes in (30, 20, 10)]
    by_hands = [Received(end - timedelta(minutes=5), end, "head", "", 300.0, kind="by hand") for end in ends]
    assert allowed(person(), past(*by_hands), profile(900), NOW).seconds == 1200
    assert allowed(person(first_session=True), past(*by_hands), profile(900), NOW).seconds == 600


@pytest.mark.parametrize("second", [0, 1, 59])
def test_the_minute_after_which_it_may_begin_is_an_hour_from_the_one_that_is_told(profile, second):
    ended = datetime(2026, 3, 2, 12, 0, second, tzinfo=UTC)
    with pytest.raises(NotCleared) as refused:
        allowed(person(), past(sitting(ended)), profile(900), ended + timedelta(minutes=9))
    assert "ended at 12:00 " in str(refused.value)
    assert refused.value.hint == "try again after 13:00 on 2026-03-02"
    assert allowed(person(), past(sitting(ended)), profile(900), datetime(2026, 3, 2, 13, 1, tzinfo=UTC))
