"""From one run to the next: the limits hold, and a sitting writes down what it was."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from people import cleared, ledger_of, make_recipient, screened
from runs import DOSE, NOW, PORT, after, agreed, ended, events, refused

from kneadwave.errors import NotCleared, PersonFileError
from kneadwave.people import ledger
from kneadwave.people.gate import admit
from kneadwave.people.history import history

# Limits across runs


@pytest.mark.parametrize(("seconds", "free"), [(-1, False), (0, True), (1, True)])
def test_a_second_start_within_the_hour_is_refused(profile, seconds, free):
    cleared(now=NOW)
    ended(profile())
    later = after(seconds=900 + 3600 + seconds)
    screened(now=after(minutes=30))
    screened(now=later)
    if free:
        with admit(None, profile(), later, confirmed=None) as sitting:
            assert sitting.clearance.allowed_s == 1200
    else:
        assert refused(profile(), later).rule == 155


def test_the_third_session_of_a_day_is_refused(profile):
    cleared(now=NOW)
    ended(profile())
    ended(profile(), after(hours=2), confirmed=agreed(after(hours=2)))
    assert "2 are the most" in str(refused(profile(), after(hours=4), confirmed=agreed(after(hours=4))))


def test_starting_anew_again_and_again_brings_no_more_than_the_limits(profile):
    cleared(now=NOW)
    now, moved = NOW, 0.0
    while now < after(hours=5):
        try:
            with admit(None, profile(), now, confirmed=agreed(now)) as sitting:
                sitting.begin(profile(), PORT, 900, now)
                sitting.end("stopped by a key", 59.0, {}, now + timedelta(seconds=59))
                moved += 59
        except NotCleared:
            pass
        now += timedelta(seconds=120)
    assert moved <= 5 * 60 + 2 * 59


def test_a_clock_that_jumps_back_refuses(profile):
    cleared(now=NOW)
    ended(profile())
    assert "clock" in str(refused(profile(), after(hours=-2)))
    screened_later = after(minutes=12)
    assert "clock" in str(refused(profile(), screened_later))


def test_tampering_is_noticed_and_ends_the_day(profile):
    cleared(now=NOW)
    ended(profile())
    path = ledger_of()
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-2]))
    assert "daily limit" in str(refused(profile(), after(hours=3)))
    assert events()[-1] == "noticed"
    assert "daily limit" in str(refused(profile(30), after(hours=4)))
    screened(now=after(days=1))
    with admit(None, profile(), after(days=1), confirmed=None) as sitting:
        assert sitting.clearance.allowed_s == 1200


def test_records_that_cannot_be_read_are_told(profile):
    make_recipient()
    (ledger_of().with_name("recipient.toml")).write_text("schema = ", encoding="utf-8")
    with pytest.raises(PersonFileError), admit(None, profile(), NOW, confirmed=None):
        raise AssertionError


def test_generous_values_by_hand_change_nothing(profile):
    cleared(now=NOW, doctor_max_min=60.0)
    with admit(None, profile(), NOW, confirmed=None) as sitting:
        assert sitting.clearance.allowed_s == 1200
        assert any("does not count" in notice for notice in sitting.clearance.notices)


def test_a_clearance_carries_what_is_recorded(profile):
    cleared(now=NOW, sensitivity="very-sensitive", pain={"lumbar-left": 10}, first_session=True)
    with admit(None, profile(), NOW, minutes=12, confirmed=None) as sitting:
        clearance = sitting.clearance
    assert clearance.allowed_s == 720
    assert clearance.limit == 0.5
    assert clearance.factors == {"lumbar-left": 0.0}
    assert any("12:00 of 15:00" in notice for notice in clearance.notices)


# What a sitting writes


def run_through(profile, updates):
    """A sitting with a `going` at each of (seconds, seconds of the clock); the lines it leaves."""
    cleared(now=NOW)
    with admit(None, profile(), NOW, confirmed=None) as sitting:
        sitting.begin(profile(), PORT, 900, NOW)
        for seconds, clock in updates:
            sitting.going(seconds, DOSE, after(seconds=clock))
    return [entry for entry in ledger.read("me") if entry.event == "going"]


@pytest.mark.parametrize(("seconds", "written"), [(14.9, 0), (15.0, 1), (15.1, 1)])
def test_a_line_is_written_every_fifteen_seconds(profile, seconds, written):
    assert len(run_through(profile, [(seconds, 1.0)])) == written


@pytest.mark.parametrize(("clock", "written"), [(14.9, 0), (15.0, 1), (-15.0, 1)])
def test_a_pause_is_noted_as_well(profile, clock, written):
    assert len(run_through(profile, [(1.0, clock)])) == written


def test_a_minute_of_updates_writes_four_lines(profile):
    lines = run_through(profile, [(n / 10, n / 10) for n in range(601)])
    assert [entry.fields["seconds"] for entry in lines] == [15.0, 30.0, 45.0, 60.0]


def test_a_zone_that_got_nothing_more_is_not_written_again(profile):
    first, second = run_through(profile, [(15, 15), (30, 30)])
    assert first.fields["dose"] == DOSE
    assert second.fields["dose"] == {}


def test_a_sitting_that_is_left_is_broken_off_where_it_was(profile):
    cleared(now=NOW)
    with ExitStack() as stack:
        stack.enter_context(pytest.raises(ZeroDivisionError))
        sitting = stack.enter_context(admit(None, profile(), NOW, confirmed=None))
        sitting.begin(profile(), PORT, 900, NOW)
        sitting.going(70.0, DOSE, after(seconds=80))
        sitting.going(72.0, DOSE, after(seconds=82))
        raise ZeroDivisionError
    (found,) = history(ledger.read("me")).sittings
    assert (found.reason, found.seconds, found.ended) == ("broken off", 72.0, after(seconds=82))


def test_a_sitting_ends_once(profile):
    cleared(now=NOW)
    with admit(None, profile(), NOW, confirmed=None) as sitting:
        sitting.begin("played", PORT, 900, NOW)
        sitting.end("completed", 900, DOSE, after(minutes=15))
        sitting.end("broken off", 0, {}, after(minutes=16))
    (found,) = history(ledger.read("me")).sittings
    assert (found.profile, found.device, found.reason) == ("played", PORT, "completed")
    assert events().count("ended") == 1


def test_going_before_the_beginning_is_a_mistake(profile):
    cleared(now=NOW)
    with admit(None, profile(), NOW, confirmed=None) as sitting:
        with pytest.raises(RuntimeError, match="not begun"):
            sitting.going(1.0, {}, NOW)
        sitting.end("completed", 1.0, {}, NOW)
    assert "ended" not in events()


def test_when_it_can_no_longer_be_written_the_session_has_to_stop(profile, monkeypatch):
    cleared(now=NOW)

    def full(*_):
        raise OSError(28, "full")

    with admit(None, profile(), NOW, confirmed=None) as sitting:
        sitting.begin(profile(), PORT, 900, NOW)
        with monkeypatch.context() as patched:
            patched.setattr("kneadwave.store.append_log.os.write", full)
            with pytest.raises(NotCleared, match="no space left"):
                sitting.going(20.0, DOSE, after(seconds=20))
            with pytest.raises(NotCleared, match="no space left"):
                sitting.end("broken off", 20.0, DOSE, after(seconds=20))
    assert not sitting.clearance.covers(simulated=False)
    (found,) = history(ledger.read("me")).sittings
    assert (found.reason, found.seconds) == ("broken off", 15.0)


def test_leaving_while_nothing_can_be_written_raises_nothing_more(profile, monkeypatch):
    cleared(now=NOW)

    def full(*_):
        raise OSError(28, "full")

    with monkeypatch.context() as patched:
        with admit(None, profile(), NOW, confirmed=None) as sitting:
            sitting.begin(profile(), PORT, 900, NOW)
            patched.setattr("kneadwave.store.append_log.os.write", full)
        assert not sitting.clearance.covers(simulated=False)
    assert events()[-1] == "began"


def test_two_runs_at_once_are_refused(profile):
    cleared(now=NOW)
    with admit(None, profile(), NOW, confirmed=None):
        assert "going on" in str(refused(profile()))
        with pytest.raises(NotCleared, match="going on"):
            screened(now=NOW)
