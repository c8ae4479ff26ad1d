"""`knead history`: the days, what is left of today, the picture."""

import csv
import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from people import ledger_of, make_recipient, screened

from kneadwave.people.ledger import opened

Knead = Callable[..., Any]
HERE = timezone(timedelta(hours=1))
NOW = datetime(2026, 3, 1, 20, 0, tzinfo=HERE)
LUMBAR = {"lumbar-left": {"peak": 0.5, "mean": 0.3, "active_s": 60.0, "dwell_s": 4.0}}
BOTH = LUMBAR | {"shoulder-right": {"peak": 0.6, "mean": 0.2, "active_s": 120.0, "dwell_s": 5.0}}


@pytest.fixture(autouse=True)
def at_eight_in_the_evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("firmware_bridge.clock.local_now", lambda: NOW)


def sat(
    at: datetime, seconds: float, *, profile: str = "gentle-back", device: str = "id:KW1", dose: Any = BOTH,
    reason: str | None = "completed", name: str = "me",
) -> None:  # fmt: skip
    """Write a sitting down as a run does; without a reason it is still going on."""
    with opened(name, at) as ledger:
        ledger.append("began", at, profile=profile, device=device, planned_s=seconds)
        end = at + timedelta(seconds=seconds)
        if reason is None:
            ledger.append("going", end, seconds=seconds, dose=dose)
        else:
            ledger.append("ended", end, seconds=seconds, dose=dose, reason=reason)


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def a_week() -> None:
    """Some sittings of the last days."""
    make_recipient()
    sat(NOW - timedelta(days=3), 900.0)
    sat(NOW - timedelta(days=3) + timedelta(hours=2), 30.0, profile="felt-check")
    sat(NOW - timedelta(days=1), 366.0, profile="head", device="", dose={"head": {"active_s": 360.0}})
    stopped = "stopped by a key; the left shoulder was made softer because it hurt"
    sat(NOW - timedelta(minutes=40), 600.0, profile="relaxing-back", reason=stopped)


@pytest.mark.usefixtures("a_week")
@pytest.mark.parametrize("columns", [40, 60, 70])
def test_a_narrow_terminal_is_told_each_sitting_as_a_paragraph(
    knead: Knead, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    told = knead("history").out
    assert max(len(line) for line in told.splitlines()) <= columns
    assert "relaxing-back" in told
    assert "stopped by a key; the left shoulder was made softer because it hurt" in flat(told)


def test_without_a_recipient_it_says_how_to_make_one(knead: Knead) -> None:
    ended = knead("history")
    assert ended.code != 0
    assert "knead recipient" in ended.err


def test_an_empty_history_is_kind_and_says_what_to_do(knead: Knead) -> None:
    make_recipient()
    ended = knead("history")
    assert ended.code == 0
    assert "Nothing yet: no session is written down." in ended.out
    assert "knead screen, then knead run first-session" in ended.out
    assert "2 sessions, up to 20 min each; the next one may start now." in ended.out


@pytest.mark.usefixtures("a_week")
def test_each_sitting_has_a_row_with_its_figures_and_its_end(knead: Knead) -> None:
    text = knead("history").out
    rows = [line.split() for line in text.splitlines() if line.startswith("2026-")]
    assert rows[0] == ["2026-02-26", "20:00", "gentle-back", "15:00", "23", "60", "completed"]
    assert rows[1][2:4] == ["felt-check", "0:30"]
    assert rows[2][2:6] == ["head", "6:06", "-", "-"]
    assert "completed (short, no session)" in flat(text)
    assert "completed (by hand)" in flat(text)
    assert rows[3][:5] == ["2026-03-01", "19:20", "relaxing-back", "10:00", "23"]
    ends = [line[50:].strip() for line in text.splitlines() if line[:10].strip() in ("", "2026-03-01")]
    assert "stopped by a key; the left shoulder was made softer because it hurt" in flat(" ".join(ends))


@pytest.mark.usefixtures("a_week")
def test_minutes_a_day_are_drawn_for_two_weeks(knead: Knead) -> None:
    lines = knead("history").out.splitlines()
    start = lines.index("minutes worked a day") + 1
    days = lines[start : start + 14]
    assert days[0] == "Mon 16 Feb"
    assert days[-1].startswith("Sun 01 Mar  █")
    assert days[-1].endswith(" 10")
    assert days[10].startswith("Thu 26 Feb  █")
    assert days[10].count("█") == round(15.5 / 20 * 40)
    assert sum("█" in day for day in days) == 3


@pytest.mark.usefixtures("a_week")
def test_what_is_left_of_today_names_the_next_start_and_the_rule(knead: Knead) -> None:
    said = flat(knead("history").out)
    assert "1 session, up to 20 min; the next one may start at 20:30." in said
    assert "(rule 155)" in said
    assert "Runs of a minute or less are no sessions; 5:00 min of them are left today." in said


@pytest.mark.usefixtures("a_week")
def test_a_used_up_day_points_to_tomorrow(knead: Knead) -> None:
    make_recipient("guest")
    for hours in (5, 3):
        sat(NOW - timedelta(hours=hours), 900.0, name="guest")
    said = flat(knead("history", "--recipient", "guest").out)
    assert "No session; the next one may start at 00:00 on 2026-03-02. 2 sessions today" in said


def test_a_start_within_a_minute_is_told_as_after_it(knead: Knead) -> None:
    make_recipient()
    sat(NOW - timedelta(minutes=30), 901.0)
    assert "the next one may start after 20:45." in knead("history").out


def test_somebody_no_device_is_used_on_gets_the_reason(knead: Knead) -> None:
    make_recipient(adult=False)
    said = flat(knead("history").out)
    assert "No session: 'me' is recorded as a child" in said
    assert "(rule 98)" in said


@pytest.mark.usefixtures("a_week")
def test_json_has_a_session_each_then_today_then_the_end(knead: Knead) -> None:
    events = knead("history", "--json").events
    assert [event["event"] for event in events] == [*["session"] * 4, "today", "end"]
    first = events[0]
    assert (first["date"], first["profile"], first["device"]) == ("2026-02-26", "gentle-back", "id:KW1")
    assert (first["seconds"], first["reason"], first["counts"]) == (900.0, "completed", True)
    assert (first["mean"], first["peak"]) == (pytest.approx((0.3 * 60 + 0.2 * 120) / 180, abs=1e-4), 0.6)
    assert (first["zones"], first["parts"]) == (BOTH, {"back": 60.0, "shoulders": 120.0})
    counts = [(event["kind"], event["counts"]) for event in events[:4]]
    assert counts == [("session", True), ("felt test", False), ("by hand", False), ("session", True)]
    today = events[4]
    assert (today["sessions"], today["sessions_left"], today["rule"]) == (1, 1, 155)
    assert datetime.fromisoformat(today["next"]) == NOW + timedelta(minutes=30)


@pytest.mark.usefixtures("a_week")
@pytest.mark.parametrize("variable", ["NO_COLOR", "TERM"])
def test_it_keeps_to_eighty_columns_and_needs_no_colour(
    knead: Knead, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "dumb")
    assert max(len(line) for line in knead("history").out.splitlines()) <= 80
    monkeypatch.setattr("kneadwave.cli.terminal.output.Output.ascii_only", True)
    assert knead("history").out.isascii()


def test_a_long_history_shows_its_latest_part(knead: Knead) -> None:
    make_recipient()
    for days in range(25, 0, -1):
        sat(NOW - timedelta(days=days), 600.0)
    text = knead("history").out
    assert "... and 5 before; --json has all of them" in text
    assert "2026-02-28" in text
    assert "2026-02-04" not in text
    assert len(knead("history", "--json").events) == 27


def test_a_running_session_can_be_looked_at(knead: Knead) -> None:
    make_recipient()
    began = NOW - timedelta(minutes=5)
    with opened("me", began) as ledger:
        ledger.append("began", began, profile="gentle-back", device="d", planned_s=900)
        ledger.append("going", NOW - timedelta(seconds=10), seconds=280.0, dose=LUMBAR)
        ended = knead("history")  # the lock is held
    assert ended.code == 0
    assert "still running" in flat(ended.out)
    assert "A session is running right now." in ended.out


def test_a_session_that_broke_off_is_not_said_to_run(knead: Knead) -> None:
    make_recipient()
    sat(NOW - timedelta(hours=2), 300.0, reason=None)
    text = knead("history").out
    assert "broken off" in text
    assert "running" not in text


@pytest.mark.usefixtures("a_week")
def test_reading_writes_nothing(knead: Knead) -> None:
    folder = ledger_of().parent
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    knead("history")
    knead("history", "--json")
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()} == before


@pytest.mark.usefixtures("a_week")
def test_a_change_nobody_noticed_yet_is_told_and_uses_the_day_up(knead: Knead) -> None:
    path = ledger_of()
    path.write_text(path.read_text().replace("gentle-back", "gentle-bake", 1))
    said = flat(knead("history").out)
    assert "This record has been changed by something else (line 1 was changed)" in said
    assert "No session; the next one may start at 00:00 on 2026-03-02" in said
    events = knead("history", "--json").events
    assert [e["why"] for e in events if e["event"] == "noticed"] == ["line 1 was changed"]
    assert events[-2]["sessions_left"] == 0


@pytest.mark.usefixtures("a_week")
def test_a_copy_that_was_put_back_is_told_before_any_run_notices_it(knead: Knead) -> None:
    places = (ledger_of(), ledger_of().with_name("ledger.anchor"))
    before = [path.read_bytes() for path in places]
    with opened("me", NOW) as book:
        book.append("ready", NOW)
    for path, content in zip(places, before, strict=True):
        path.write_bytes(content)
    said = flat(knead("history").out)
    assert "has been changed by something else (an earlier copy of it was put back" in said
    assert "No session; the next one may start at 00:00 on 2026-03-02" in said


@pytest.mark.usefixtures("a_week")
def test_a_change_that_was_noticed_stays_to_be_seen(knead: Knead) -> None:
    path = ledger_of()
    path.write_text(path.read_text().replace("gentle-back", "gentle-bake", 1))
    with opened("me", NOW - timedelta(minutes=5)):
        pass
    said = flat(knead("history").out)
    assert "On 2026-03-01 at 19:55 it was noticed that this record had been changed" in said
    assert "counts as the daily limit reached" in said
    noticed = [e for e in knead("history", "--json").events if e["event"] == "noticed"]
    assert [e["at"] for e in noticed] == ["2026-03-01T19:55:00+01:00"]


@pytest.mark.usefixtures("a_week")
def test_a_ledger_of_another_version_is_refused(knead: Knead) -> None:
    path = ledger_of()
    line = json.loads(path.read_text().splitlines()[0]) | {"schema": 2}
    path.write_text(json.dumps(line) + "\n")
    ended = knead("history")
    assert ended.code == 3
    assert "schema 2" in ended.err


@pytest.mark.usefixtures("a_week")
@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_plot_draws_the_days(knead: Knead, tmp_path: Path, kind: str) -> None:
    pytest.importorskip("matplotlib")
    ended = knead("history", "--plot", f"days.{kind}")
    assert ended.code == 0
    assert ended.out.splitlines()[-1] == f"picture: days.{kind}"
    assert (tmp_path / f"days.{kind}").stat().st_size > 5000
    assert knead("history", "--plot", f"days.{kind}", "--json").events[-1]["plot"] == f"days.{kind}"
    assert [name for name in os.listdir(tmp_path) if name.endswith(".part")] == []


@pytest.mark.parametrize("path", ["days.gif", "nowhere/days.png"])
def test_plot_refuses_what_cannot_be_drawn_to(knead: Knead, path: str) -> None:
    make_recipient()
    ended = knead("history", "--plot", path)
    assert ended.code == 2
    assert path in ended.err


def test_a_missing_matplotlib_is_told_before_anything(knead: Knead, monkeypatch: pytest.MonkeyPatch) -> None:
    make_recipient()
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    ended = knead("history", "--plot", "days.png")
    assert ended.code == 2
    assert "kneadwave[plots]" in ended.err
    assert ended.out == ""


def test_the_help_has_examples(knead: Knead) -> None:
    text = knead("history", "--help").out
    assert "knead history --plot days.png" in text


@pytest.mark.usefixtures("a_week")
def test_a_table_for_a_spreadsheet(knead: Knead) -> None:
    ended = knead("history", "--csv")
    found = list(csv.DictReader(ended.out.splitlines()))
    assert [row["profile"] for row in found] == ["gentle-back", "felt-check", "head", "relaxing-back"]
    assert (found[0]["seconds"], found[0]["kind"]) == ("900.0", "session")
    assert found[1]["kind"] == "felt test"


def test_no_cell_is_a_formula(knead: Knead) -> None:
    make_recipient()
    sat(NOW - timedelta(days=1), 90.0, profile="=HYPERLINK(1)", reason="-1+1")
    assert "'=HYPERLINK(1)" in knead("history", "--csv").out
    assert "'-1+1" in knead("history", "--csv").out


@pytest.mark.usefixtures("a_week")
def test_a_record_is_verified_and_repaired(knead: Knead) -> None:
    assert "is whole: 8 lines" in flat(knead("history", "verify").out)
    assert "nothing is amiss" in knead("history", "--repair").out
    sat(NOW.replace(year=2036), 60.0)
    ended = knead("history", "verify")
    assert (ended.code, ended.err.count("\n")) == (3, 2)
    assert "2 lines are from the future" in ended.err
    assert "knead history --repair" in ended.err
    told = flat(knead("history").out)
    assert "No session: the clock is behind the ledger, whose last line is of 20:01 on 2036-03-01." in told
    assert "knead history --repair --recipient me, which costs the day" in told
    assert knead("history", "--json").events[-2]["next"] is None
    told = flat(knead("history", "--repair").out)
    assert "amiss: 2 lines are from the future, the last of 2036-03-01 20:01" in told
    assert "Today counts as used up" in told
    assert knead("history", "verify").code == 0
    assert "counts as the daily limit reached" in flat(knead("history").out)


@pytest.mark.parametrize(
    "words", [("--csv", "--json"), ("verify", "--repair"), ("check",), ("--csv", "--plot", "a.png")], ids=str
)
def test_one_thing_at_a_time(knead: Knead, words: tuple[str, ...]) -> None:
    make_recipient()
    assert knead("history", *words).code == 2


def test_a_running_session_leaves_open_what_is_left(knead: Knead) -> None:
    make_recipient()
    sat(NOW - timedelta(seconds=20), 12.0, reason=None)
    told = flat(knead("history").out)
    assert "A session is running right now" in told
    assert "next one may start" not in told
    assert knead("history", "--json").events[-2]["running"] is True


def test_what_blocks_today_is_told(knead: Knead) -> None:
    make_recipient()
    screened(now=NOW, yes=["fever"])
    told = flat(knead("history").out)
    assert "No session: today's screening blocks it" in told
    today = knead("history", "--json").events[-2]
    assert (today["sessions_left"], today["next"]) == (0, None)
