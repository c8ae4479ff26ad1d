"""Which questions there are, what follows from the answers, and writing them down."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from people import make_recipient, screened

from kneadwave.errors import NotCleared
from kneadwave.people import ledger
from kneadwave.people.screening import (
    CONSENT_DAYS,
    Answers,
    Consent,
    answers_of_day,
    consent_problem,
    questions,
    ready_list,
    verdict,
)
from kneadwave.store.log_lines import LogEntry

CONTRAINDICATIONS = {*range(134, 147), *range(148, 155), 225, 272, *range(283, 287)}
NEVER = {134, 137, 139, 141, 142, 145, 149, 151, 283, 286}
HOME = timezone(timedelta(hours=1))
NOW = datetime(2026, 3, 1, 20, 0, tzinfo=HOME)
TODAY = NOW.date()
EVENING = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
AGREED = Consent("2026-02-20", "massage of the back is fine")


def all_no(**changed):
    return {**{q.id: False for q in questions()}, **{key.replace("_", "-"): v for key, v in changed.items()}}


def question(name):
    return next(q for q in questions() if q.id == name)


def screening(at, answers, consent=None):
    return LogEntry(at, "screening", {"answers": answers, "consent": consent or {}})


def test_every_contraindication_is_asked():
    assert {rule for q in questions() for rule in q.rules} == CONTRAINDICATIONS


def test_every_item_of_the_list_before_a_run_is_there():
    rules = {rule for item in ready_list() for rule in item.rules}
    assert {87, 8, 31, 214, 28, 7, 195, 75, 269, 239, 73, 226, 267, 71, 156, 78, 227, 248} <= rules


def test_names_are_unique_and_questions_can_be_answered_with_yes_or_no():
    names = [q.id for q in questions()] + [item.id for item in ready_list()]
    assert len(names) == len(set(names))
    assert all(q.ask.endswith("?") and not q.title.endswith("?") for q in questions())


def test_no_consent_lifts_what_the_article_leaves_no_room_for():
    for q in questions():
        if NEVER & set(q.rules):
            assert not q.consent, q.id


def test_a_consent_lifts_the_rest():
    assert {q.id for q in questions() if q.consent} >= {
        "later-pregnancy",
        "tumour",
        "epilepsy",
        "supervision",
    }


def test_no_to_everything_is_clear():
    assert verdict(Answers(all_no())).clear


@pytest.mark.parametrize("name", [q.id for q in questions()])
def test_one_yes_blocks(name):
    found = verdict(Answers({**all_no(), name: True}))
    assert [q.id for q in found.blocked] == [name]
    assert not found.clear


@pytest.mark.parametrize("name", [q.id for q in questions()])
def test_a_consent_counts_only_where_one_is_possible(name):
    found = verdict(Answers({**all_no(), name: True}, {name: AGREED}))
    assert found.clear is question(name).consent
    assert [q.id for q in found.consented] == ([name] if question(name).consent else [])


def test_a_question_without_an_answer_is_not_clear():
    answers = all_no()
    del answers["fever"]
    found = verdict(Answers(answers))
    assert not found.clear
    assert [q.id for q in found.unanswered] == ["fever"]


def test_without_a_screening_of_today_there_are_no_answers():
    assert answers_of_day([], NOW) is None
    assert answers_of_day([screening(NOW - timedelta(days=1), all_no())], NOW) is None
    assert answers_of_day([LogEntry(NOW, "ready")], NOW) is None


@pytest.mark.parametrize(("hour", "counts"), [("00:00:00", True), ("23:59:59", True)])
def test_a_screening_counts_from_midnight_to_midnight(hour, counts):
    then = datetime.fromisoformat(f"2026-03-01T{hour}+01:00")
    assert (answers_of_day([screening(then, all_no())], NOW) is not None) is counts


def test_a_screening_of_the_last_second_of_yesterday_does_not_count():
    then = datetime.fromisoformat("2026-02-28T23:59:59+01:00")
    assert answers_of_day([screening(then, all_no())], NOW) is None


def test_a_screening_made_elsewhere_counts_by_the_calendar_of_this_place():
    abroad = datetime.fromisoformat("2026-03-01T02:00:00+09:00")  # here it was still February
    assert answers_of_day([screening(abroad, all_no())], NOW) is None


def test_a_screening_gets_no_longer_day_by_going_west():
    here = datetime.fromisoformat("2026-03-01T20:00:00+01:00")
    west = datetime.fromisoformat("2026-03-01T23:00:00-12:00")  # at home it is noon of the next day
    assert answers_of_day([screening(here, all_no())], west) is None


def test_a_yes_made_elsewhere_stands_all_the_same():
    abroad = screening(datetime.fromisoformat("2026-03-01T02:00:00+09:00"), all_no(fever=True))
    answers = answers_of_day([abroad, screening(NOW, all_no())], NOW)
    assert [q.id for q in verdict(answers).blocked] == ["fever"]


def test_a_yes_stands_for_the_day():
    lines = [screening(NOW, all_no(epilepsy=True)), screening(NOW, all_no())]
    assert [q.id for q in verdict(answers_of_day(lines, NOW)).blocked] == ["epilepsy"]


def test_a_consent_can_come_later():
    agreed = {"epilepsy": {"date": AGREED.date, "reason": AGREED.reason}}
    lines = [screening(NOW, all_no(epilepsy=True)), screening(NOW, all_no(epilepsy=True), agreed)]
    found = verdict(answers_of_day(lines, NOW))
    assert found.clear
    assert [q.id for q in found.consented] == ["epilepsy"]


def test_an_answer_that_is_neither_counts_as_yes():
    answers = answers_of_day([screening(NOW, {**all_no(), "fever": "no"})], NOW)
    assert not verdict(answers).clear


def days_ago(days):
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (days_ago(-1), "still to come"),
        (days_ago(0), ""),
        (days_ago(CONSENT_DAYS - 1), ""),
        (days_ago(CONSENT_DAYS), ""),
        (days_ago(CONSENT_DAYS + 1), "older than"),
        ("", "needs its date"),
        ("last week", "needs its date"),
        ("2026-02-30", "needs its date"),
    ],
)
def test_a_consent_has_a_day_that_is_not_too_old(day, said):
    problem = consent_problem(question("epilepsy"), Consent(day, "agreed"), TODAY)
    assert said in problem
    assert bool(problem) is bool(said)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_consent_has_a_reason(reason):
    assert "reason" in consent_problem(question("epilepsy"), Consent("2026-02-20", reason), TODAY)


def test_a_consent_to_fever_does_not_count():
    assert "rule 142" in consent_problem(question("fever"), AGREED, date(2026, 3, 1))


def test_a_screening_is_written_with_every_answer():
    make_recipient()
    found = screened(now=EVENING, yes=["epilepsy"], consents={"epilepsy": ("2026-02-20", "fine")})
    assert found.verdict.clear
    assert found.ready
    screening, ready = ledger.read("me")
    assert (screening.at, screening.event, ready.event) == (EVENING, "screening", "ready")
    assert set(screening.fields["answers"]) == {q.id for q in questions()}
    assert screening.fields["consent"] == {"epilepsy": {"date": "2026-02-20", "reason": "fine"}}


def test_a_list_that_is_not_all_so_is_not_recorded():
    make_recipient()
    assert not screened(now=EVENING, ready=False).ready
    assert [entry.event for entry in ledger.read("me")] == ["screening"]


def test_the_verdict_takes_in_what_was_said_earlier_today():
    make_recipient()
    screened(now=EVENING, yes=["fever"])
    assert [q.id for q in screened(now=EVENING + timedelta(hours=1)).verdict.blocked] == ["fever"]
    assert screened(now=EVENING + timedelta(days=1)).verdict.clear


def test_with_a_clock_that_is_behind_nothing_is_recorded():
    make_recipient()
    screened(now=EVENING)
    with pytest.raises(NotCleared, match="clock"):
        screened(now=EVENING - timedelta(minutes=3))
    assert len(ledger.read("me")) == 2
