"""The gate: deny by default, and what lets somebody through."""

import ast
import dataclasses
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from people import answers_text, cleared, make_recipient, screened
from runs import DOSE, HOME, NOW, PORT, after, agreed, ended, events, refused

import kneadwave
from kneadwave.cli.exits import worded
from kneadwave.errors import NotCleared, UsageError
from kneadwave.people import gate, ledger
from kneadwave.people.answers import read_answers
from kneadwave.people.gate import Clearance, Confirmation, Sitting, admit, simulation, unconfirmed
from kneadwave.people.screening import ready_list, record

AGREED = ("2026-02-20", "the back is fine")


# Who makes a clearance


def test_nobody_else_can_make_a_clearance():
    fields = {"recipient": None, "allowed_s": 1.0, "limit": 1.0, "factors": {}, "notices": ()}
    with pytest.raises(TypeError, match="only the gate"):
        Clearance(**fields, maker=object(), _holds=lambda: True)
    with pytest.raises(TypeError, match="maker"):
        Clearance(**fields, _holds=lambda: True)
    with pytest.raises((TypeError, ValueError), match="maker"):
        dataclasses.replace(simulation(), allowed_s=1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        simulation().limit = 2.0


def test_nobody_else_can_make_a_sitting():
    made = make_recipient()
    with ledger.opened("me", NOW) as book, pytest.raises(TypeError, match="only the gate"):
        Sitting(book, made, 1200.0, (), object())


def test_nothing_in_the_source_makes_one_past_the_gate():
    root = Path(kneadwave.__file__).parents[1]
    for package in ("kneadwave", "simulator", "firmware_bridge", "profiles"):
        for path in (root / package).rglob("*.py"):
            if path == Path(gate.__file__):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                named = {getattr(node, field, None) for field in ("id", "attr", "name")}
                assert not named & {"_MAKER", "_holds"}, path
                if isinstance(node, ast.Call):
                    called = {getattr(node.func, field, None) for field in ("id", "attr")}
                    assert not called & {"Clearance", "Sitting"}, path


def test_a_simulation_covers_nothing_but_the_simulation():
    clearance = simulation()
    assert clearance.covers(simulated=True)
    assert not clearance.covers(simulated=False)
    assert (clearance.recipient, clearance.limit, clearance.factors) == (None, 1.0, {})


def test_a_clearance_covers_a_device_until_the_sitting_is_over(profile):
    cleared(now=NOW)
    with admit(None, profile(), NOW, confirmed=None) as sitting:
        assert sitting.clearance.covers(simulated=False)
        sitting.begin(profile(), PORT, 900, NOW)
        assert sitting.clearance.covers(simulated=False)
        sitting.end("completed", 900, DOSE, after(minutes=15))
        assert not sitting.clearance.covers(simulated=False)


def test_a_clearance_that_was_kept_covers_nothing_later(profile):
    cleared(now=NOW)
    with admit(None, profile(), NOW, confirmed=None) as sitting:
        sitting.begin(profile(), PORT, 900, NOW)
    assert not sitting.clearance.covers(simulated=False)
    with pytest.raises(RuntimeError, match="over"):
        sitting.going(1.0, {}, NOW)
    with pytest.raises(RuntimeError, match="once"):
        sitting.begin(profile(), PORT, 900, NOW)


# Deny by default


def test_without_a_recipient_nothing_is_played(profile):
    assert "knead recipient new" in worded(refused(profile()).hint)


def test_a_recipient_that_does_not_exist_is_a_usage_error(profile):
    make_recipient()
    with pytest.raises(UsageError), admit("guest", profile(), NOW, confirmed=None):
        raise AssertionError


def test_without_a_screening_of_today_nothing_is_played(profile):
    make_recipient()
    error = refused(profile(), confirmed=agreed())
    assert "knead screen --recipient me" in worded(error.hint)
    screened(now=after(days=-1))
    refused(profile(), confirmed=agreed())
    assert "began" not in events()


def test_a_screening_of_somebody_else_counts_for_nothing(profile):
    make_recipient("guest")
    make_recipient("me")
    screened("guest", now=NOW)
    refused(profile(), name="me", confirmed=agreed())


def test_a_screening_holds_until_midnight(profile):
    make_recipient()
    screened(now=datetime(2026, 3, 1, 0, 0, tzinfo=HOME))
    late = datetime(2026, 3, 1, 23, 59, tzinfo=HOME)
    with admit(None, profile(), late, confirmed=agreed(late)):
        pass
    refused(profile(), datetime(2026, 3, 2, 0, 0, tzinfo=HOME), confirmed=agreed(late))


def test_one_recorded_yes_blocks_for_the_day(profile):
    make_recipient()
    screened(now=NOW, yes=["fever"])
    assert refused(profile(), after(hours=1)).rule == 142
    screened(now=after(hours=2))
    assert refused(profile(), after(hours=2)).rule == 142
    screened(now=after(days=1))
    with admit(None, profile(), after(days=1), confirmed=None) as sitting:
        assert sitting.clearance.allowed_s == 1200


def test_a_consent_lifts_a_yes_where_it_may(profile):
    make_recipient()
    screened(now=NOW, yes=["epilepsy"])
    assert refused(profile()).rule == 138
    screened(now=after(hours=1), yes=["epilepsy"], consents={"epilepsy": AGREED})
    with admit(None, profile(), after(hours=1), confirmed=None) as sitting:
        assert sitting.clearance.allowed_s == 1200


def test_a_screening_with_fewer_questions_is_not_enough(profile):
    make_recipient()
    answers = read_answers(answers_text(), "a", NOW.date())
    fewer = dataclasses.replace(answers, answers={k: v for k, v in answers.answers.items() if k != "tumour"})
    assert not record("me", fewer, NOW).verdict.clear
    assert "tumour" in str(refused(profile()))


@pytest.mark.parametrize(
    ("month", "yes", "free"),
    [(6, True, True), (6, False, False), (None, True, False), (None, False, True), (4, True, False)],
)
def test_pregnancy_has_to_be_recorded_and_agreed_to(profile, month, yes, free):
    make_recipient(pregnancy_month=month)
    told = {"yes": ["later-pregnancy"], "consents": {"later-pregnancy": AGREED}} if yes else {}
    screened(now=NOW, **told)
    played = profile(900, posture="seated", good_for=["pregnancy"])
    if free:
        with admit(None, played, NOW, confirmed=None) as sitting:
            assert sitting.clearance.recipient.pregnancy_month == month
    else:
        assert refused(played).rule == 272


def test_a_child_and_a_locked_profile_are_refused_first(profile):
    make_recipient(adult=False)
    assert refused(profile()).rule == 98
    make_recipient("guest")
    assert refused(profile(locked="for reading"), name="guest").rule == 98


# By hand


def test_a_clearance_for_hands_opens_no_device(profile):
    cleared(now=NOW)
    with admit(None, profile(), NOW, confirmed=None, powered=False) as sitting:
        sitting.begin(profile(), "", 900, NOW)
        assert not sitting.clearance.covers(simulated=False)
        assert not sitting.clearance.covers(simulated=True)


def test_hands_pass_the_same_gate(profile):
    assert "knead recipient new" in worded(refused(profile(), powered=False).hint)
    make_recipient(pregnancy_month=2)
    assert refused(profile(), powered=False).rule == 272
    make_recipient(adult=False)
    assert refused(profile(), powered=False).rule == 98
    make_recipient()
    assert "knead screen" in worded(refused(profile(), confirmed=agreed(), powered=False).hint)
    screened(now=NOW, ready=False)
    assert "list before a run" in str(refused(profile(), powered=False))
    screened(now=NOW, yes=["fever"])
    assert refused(profile(), powered=False).rule == 142
    assert "began" not in events()


def test_hands_are_not_asked_what_concerns_a_device_alone(profile):
    make_recipient()
    screened(now=NOW, ready=False)
    asked = unconfirmed(None, profile(), NOW, powered=False)
    only = {item.id for item in ready_list()} - {item.id for item in asked}
    assert only == {"no-oil", "cover", "posture"}
    said = Confirmation(frozenset(item.id for item in asked), NOW)
    refused(profile(), confirmed=said)
    with admit(None, profile(), NOW, confirmed=said, powered=False):
        pass
    assert unconfirmed(None, profile(), NOW, powered=False) == ()
    assert unconfirmed(None, profile(), NOW) == ready_list(), "a device asks for all of it"


def test_a_list_serves_one_run_of_hands_as_well(profile):
    cleared(now=NOW)
    with admit(None, profile(), NOW, confirmed=None, powered=False) as sitting:
        sitting.begin(profile(), "", 900, NOW)
    assert "list before a run" in str(refused(profile(), after(minutes=1), powered=False))
    assert "list before a run" in str(refused(profile(), after(minutes=1)))


def test_hands_use_up_no_session_of_the_day(profile):
    for number in range(4):
        cleared(now=after(minutes=20 * number))
        with admit(None, profile(), after(minutes=20 * number), confirmed=None, powered=False) as sitting:
            assert sitting.clearance.allowed_s == 1200
            sitting.begin(profile(), "", 900, after(minutes=20 * number))


# The list before a run


def test_the_list_is_shown_and_confirmed_before_each_run(profile):
    make_recipient()
    screened(now=NOW, ready=False)
    assert unconfirmed(None, profile(), NOW) == ready_list()
    with admit(None, profile(), NOW, confirmed=agreed()):
        pass
    assert events() == ["screening", "ready"]
    assert unconfirmed(None, profile(), NOW) == ()


@pytest.mark.parametrize("missing", [*ready_list(), None])
def test_what_was_not_confirmed_is_not_played(profile, missing):
    make_recipient()
    screened(now=NOW, ready=False)
    said = frozenset(item.id for item in ready_list() if missing is not None and item != missing)
    refused(profile(), confirmed=Confirmation(said, NOW))
    assert events() == ["screening"]


def test_answers_that_could_be_no_are_no_confirmation():
    with pytest.raises(TypeError):
        Confirmation({item.id: False for item in ready_list()}, NOW)


@pytest.mark.parametrize(
    ("later", "free"),
    [
        (timedelta(minutes=-2, milliseconds=-1), False),  # a clock may be set back by two minutes
        (timedelta(minutes=-2), True),
        (timedelta(hours=1, milliseconds=-1), True),
        (timedelta(hours=1), False),
    ],
)
def test_what_was_confirmed_holds_for_an_hour(profile, later, free):
    make_recipient()
    screened(now=after(hours=-2), ready=False)
    if free:
        with admit(None, profile(), NOW + later, confirmed=agreed()):
            pass
    else:
        assert "hour" in str(refused(profile(), NOW + later, confirmed=agreed()))
    assert events() == ["screening", "ready"][: 1 + free]


@pytest.mark.parametrize(("micro", "free"), [(0, False), (999, False), (1000, False), (1001, True)])
def test_one_confirmation_serves_one_run(profile, micro, free):
    make_recipient()
    screened(now=after(minutes=-10), ready=False)
    ended(profile(30), seconds=30, confirmed=agreed(after(minutes=-1)))
    again = agreed(after(microseconds=micro))  # the ledger has the run's beginning to the millisecond
    if free:
        with admit(None, profile(30), after(minutes=1), confirmed=again):
            pass
    else:
        assert "earlier" in str(refused(profile(30), after(minutes=1), confirmed=again))


def test_a_list_left_open_over_midnight_brings_no_run(profile):
    make_recipient()
    screened(now=NOW, ready=False)
    with admit(None, profile(), NOW, confirmed=agreed()) as sitting:
        with pytest.raises(NotCleared, match="not asked today"):
            sitting.begin(profile(), PORT, 900, after(hours=6))
        assert not sitting.clearance.covers(simulated=False)
    assert "began" not in events()


def test_a_clock_set_back_while_the_list_was_open_is_noticed(profile):
    cleared(now=NOW)
    with (
        admit(None, profile(), after(minutes=10), confirmed=agreed(after(minutes=10))) as sitting,
        pytest.raises(NotCleared, match="clock"),
    ):
        sitting.begin(profile(), PORT, 900, after(minutes=-10))
    assert "began" not in events()


def test_where_nobody_can_be_asked_the_hint_names_the_file(profile):
    make_recipient()
    screened(now=NOW, ready=False)
    assert "--answers" in worded(refused(profile()).hint)


@pytest.mark.parametrize(("minutes", "seconds", "fresh"), [(59, 59, True), (60, 0, False), (60, 1, False)])
def test_a_confirmed_list_holds_for_an_hour(profile, minutes, seconds, fresh):
    cleared(now=NOW)
    later = after(minutes=minutes, seconds=seconds)
    if fresh:
        with admit(None, profile(), later, confirmed=None) as sitting:
            assert sitting.clearance.allowed_s == 1200
    else:
        assert "list before a run" in str(refused(profile(), later))


def test_a_confirmed_list_holds_for_one_run(profile):
    cleared(now=NOW)
    ended(profile(30), seconds=30)
    assert "list before a run" in str(refused(profile(30), after(minutes=1)))


def test_a_run_that_never_began_uses_nothing_up(profile):
    cleared(now=NOW)
    for _ in range(3):
        with admit(None, profile(), NOW, confirmed=None):
            pass
    assert events() == ["screening", "ready"]
