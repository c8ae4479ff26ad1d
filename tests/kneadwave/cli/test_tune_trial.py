"""`knead tune ab` and `knead tune sweep` from the command line, in virtual time."""

import pytest
from people import cleared

from kneadwave.people.history import sessions
from kneadwave.people.ledger import read
from profiles.profile import profile_source

SWEEP = ("tune", "sweep", "evening.toml", "8", "rate", "--from", "30", "--to", "50")


@pytest.fixture(autouse=True)
def evening(tmp_path):
    path = tmp_path / "evening.toml"
    path.write_text(profile_source("relaxing-back"), encoding="utf-8")
    return path


@pytest.fixture
def person(press, one_clock, monkeypatch):
    """Somebody at a terminal, whose keys are those of `press`."""
    monkeypatch.setattr("kneadwave.cli.live_session.somebody_there", lambda: True)
    monkeypatch.setattr("kneadwave.cli.terminal.prompts.somebody_there", lambda: True)
    monkeypatch.setattr("kneadwave.cli.trials.ab.MonotonicClock", lambda: one_clock)
    return press


def test_ab_asks_tells_and_writes_it_down(knead, person, evening):
    before = evening.read_bytes()
    assert knead("tune", "number", "evening.toml", "8", "level", "0.35").code == 0
    person(24.0, "2")
    ended = knead("tune", "ab", "evening.toml", "--device", "sim:")
    assert ended.code == 0
    assert "Two versions of 8 kneading upwards, 9 s each. Any key stops.\n" in ended.err
    assert "  first\n  second\nWhich was better?" in ended.err
    assert "version was better" in ended.out
    assert ended.err.count("hint:") == 1
    assert "compared 8 kneading upwards" in knead("tune", "history", "evening.toml").out
    assert evening.read_bytes() == before


def test_ab_as_json_keeps_the_order_for_the_end(knead, person):
    knead("tune", "number", "evening.toml", "8", "level", "0.35")
    person(24.0, "1")
    ended = knead("tune", "ab", "evening.toml", "8", "--device", "sim:", "--json")
    *events, end = ended.events
    named = [event["event"] for event in events]
    assert [name for name in named if name in ("comparison", "part", "question")] == [
        "comparison",
        "part",
        "part",
        "question",
    ]
    assert [event["part"] for event in events if event["event"] == "part"] == ["first", "second"]
    assert not any("saved" in str(event) or "edited" in str(event) for event in events)
    assert end["ok"] is True
    assert end["answer"] == end["order"][0]
    assert sorted(end["order"]) == ["edited", "saved"]
    assert end["rounds"] == 1


def test_a_key_while_it_plays_asks_nothing(knead, person):
    knead("tune", "number", "evening.toml", "8", "level", "0.35")
    person(5.0, "x")
    ended = knead("tune", "ab", "evening.toml", "--device", "sim:")
    assert ended.code == 0
    assert "Which was better" not in ended.err
    assert "nothing was compared" in ended.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("ab", "evening.toml"), "has no edits"),
        (("sweep", "evening.toml", "8", "rate", "--from", "30", "--to", "30"), "two different values"),
        (("sweep", "evening.toml", "99", "rate", "--from", "30", "--to", "50"), "has no step '99'"),
        (("sweep", "evening.toml", "8", "rate", "--from", "fast", "--to", "50"), "'fast' is no number"),
        (("sweep", "evening.toml", "8", "rate", "--from", "30"), "Missing option '--to'"),
        (("sweep", "evening.toml", "8", "rate", "--from", "30", "--to", "50", "--steps", "40"), "12 do"),
    ],
)
@pytest.mark.usefixtures("person")
def test_what_makes_no_sense_is_a_usage_error(knead, words, message):
    ended = knead("tune", *words)
    assert ended.code == 2
    assert message in ended.err
    assert "hint:" in ended.err


def test_without_a_terminal_nothing_begins(knead):
    for words in (("tune", "ab", "evening.toml"), SWEEP):
        ended = knead(*words, "--device", "sim:", "--json")
        assert ended.code == 2
        assert "nobody sits at a terminal here" in ended.err
        assert ended.events[-1]["ok"] is False


def test_an_end_of_a_sweep_above_the_limit_is_refused_with_its_rule(knead, person, port):
    cleared()
    person(5.0, " ")
    ended = knead(
        "tune", "sweep", "evening.toml", "8", "rate", "--from", "30", "--to", "61", "--device", port.url
    )
    assert ended.code == 3
    assert "60 is the most (rule 64)" in ended.err
    assert "nothing was changed; write rate_cpm = 60 or less" in ended.err
    assert port.opened == 0


def test_a_sweep_writes_what_felt_right(knead, person, evening):
    before = evening.read_bytes()
    person(16.0, " ")
    ended = knead(*SWEEP, "--device", "sim:", "--json")
    assert ended.code == 0
    values = [event for event in ended.events if event["event"] == "value"]
    assert [(event["value"], event["index"], event["of"]) for event in values] == [
        (30.0, 1, 4),
        (35.6, 2, 4),
        (42.2, 3, 4),
    ]
    assert ended.events[-1]["value"] == 42.2
    edited = next(event for event in ended.events if event["event"] == "edited")
    assert "+technique" in edited["diff"]
    assert evening.read_bytes() == before
    assert "rate_cpm = 42.2" in knead("tune", "diff", "evening.toml").out
    assert knead("tune", "undo", "evening.toml").code == 0
    assert knead("tune", "diff", "evening.toml", "--json").events[-1]["ok"]


def test_a_sweep_to_the_end_writes_nothing(knead, person):  # noqa: ARG001
    ended = knead(*SWEEP, "--device", "sim:", "--json")
    assert ended.code == 0
    assert ended.events[-1]["value"] is None
    assert knead("tune", "ab", "evening.toml").code == 2  # nothing differs


def test_a_level_may_be_said_in_percent(knead, person):
    person(4.0, "x")
    ended = knead(
        "tune",
        "sweep",
        "evening.toml",
        "8",
        "level",
        "--from",
        "30%",
        "--to",
        "45%",
        "--device",
        "sim:",
        "--json",
    )
    assert ended.code == 0
    found = next(event for event in ended.events if event["event"] == "sweep")
    assert (found["values"][0], found["values"][-1]) == (0.3, 0.45)


@pytest.mark.usefixtures("wall")
def test_on_a_device_both_pass_the_gate_and_stand_in_the_ledger(knead, person, port, wall):
    cleared(now=wall())
    person(16.0, " ")
    assert knead(*SWEEP, "--device", port.url).code == 0
    assert port.opened == 1
    assert port.moved
    took = sessions(read("me"))
    assert [(each.profile, each.kind) for each in took] == [("sweep", "felt test")]


def test_nobody_who_was_not_asked_today_feels_anything(knead, person, port):
    person(16.0, " ")
    ended = knead(*SWEEP, "--device", port.url)
    assert ended.code == 7
    assert "there is no recipient yet" in ended.err
    assert port.opened == 0
