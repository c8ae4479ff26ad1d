"""Times that a person understands, what there is no time for, and losses of the link: told, and kept."""

import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from people import cleared, screened
from session_events import events, received

Knead = Callable[..., Any]
At = Callable[[float, Callable[[Any], None]], None]

pytestmark = pytest.mark.usefixtures("one_clock")

THREE = """
schema = 1
name = "three"
audience = "quick"

[[step]]
name = "opening"
technique = { kind = "stroking" }
zones = ["lumbar", "upper-back", "shoulder"]
duration_s = 120
level = 0.3

[[step]]
name = "main"
technique = { kind = "stroking" }
zones = ["lumbar", "upper-back", "shoulder"]
duration_s = 300
level = 0.4

[[step]]
name = "closing"
technique = { kind = "stroking" }
zones = ["lumbar", "upper-back", "shoulder"]
duration_s = 90
level = 0.2
"""


def lengths(told: Any) -> dict[int, float]:
    """How long each step that began was played, seconds."""
    begun = events(told, "step")
    ends = [e["took"] for e in (*begun[1:], *events(told, "summary"))]
    return {e["step"]: end - e["took"] for e, end in zip(begun, ends, strict=True)}


@pytest.fixture
def three(tmp_path: Path) -> str:
    """A profile of three steps: 2:00, 5:00 and 1:30."""
    path = tmp_path / "three.toml"
    path.write_text(THREE, encoding="utf-8")
    return str(path)


@pytest.mark.usefixtures("me")
def test_what_is_worked_is_one_figure_in_report_page_and_history(
    knead: Knead, port: Any, tmp_path: Path
) -> None:
    """A felt check takes 0:30 by the clock; the device moves for less, and only that counts for the day."""
    path, page = tmp_path / "run.jsonl", tmp_path / "run.html"
    assert knead("run", "felt-check", "--device", port.url, "--record", str(path)).code == 0
    (kept,) = events(knead("history", "--json"), "session")
    (told,) = events(knead("report", str(path), "--json"), "report")
    assert told["moved_s"] == kept["seconds"] < told["duration_s"] - 1
    worked = f"{int(kept['seconds']) // 60}:{int(kept['seconds']) % 60:02d}"
    told = knead("report", str(path)).out.splitlines()
    assert f"worked          {worked} min, in which the device moved" in told
    assert knead("report", str(path), "--html", str(page)).code == 0
    assert f"{worked} min" in page.read_text(encoding="utf-8")
    assert f" {worked} " in knead("history").out


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("command", ["run", "simulate"])
def test_nothing_is_told_of_a_step_that_there_is_no_time_for(
    knead: Knead, port: Any, tmp_path: Path, command: str
) -> None:
    """Neither what the device plays otherwise in it, nor a warning of the check."""
    path = tmp_path / "strong.toml"
    main = THREE.split("[[step]]")[2]
    shaken = main.replace('"stroking"', '"vibration", frequency_hz = 50').replace(
        "level = 0.4", "level = 0.65"
    )
    shaken = shaken.replace('"lumbar", "upper-back", "shoulder"', '"upper-back"')
    path.write_text(THREE.replace(main, shaken), encoding="utf-8")
    where = ("--device", port.url) if command == "run" else ()

    def told(command: str, *words: str) -> list[str]:
        ran = knead(command, str(path), *words, "--json")
        assert ran.code == 0
        notes = [e["text"] for e in events(ran, "note") if e["kind"] == "substitution"]
        return [
            *notes,
            *events(ran, "summary")[0]["substitutions"],
            *(e["place"] for e in events(ran, "finding")),
        ]

    whole, short = told("simulate"), told(command, *where, "--minutes", "3")
    assert any("in step 2 'main'" in each for each in whole)
    assert any("step[2]" in each for each in whole)
    assert not any("step 2" in each or "step[2]" in each for each in short)


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize(
    ("minutes", "left_out", "shortened"),
    [("3", [2], [1]), ("5", [], [2]), ("1", [1, 2], [3]), ("9", [], []), ("3.52", [2], [])],
)
def test_what_there_is_no_time_for_is_told_before_it_begins(
    knead: Knead, port: Any, three: str, minutes: str, left_out: list[int], shortened: list[int]
) -> None:
    told = knead("run", three, "--device", port.url, "--minutes", minutes, "--json")
    assert told.code == 0
    notes = [e for e in events(told, "note") if e["kind"] == "time" and "left_out" in e]
    found = [(note["left_out"], note["shortened"]) for note in notes]
    assert found == ([(left_out, shortened)] if left_out or shortened else [])
    names = [(e["event"], e.get("kind")) for e in told.events]
    if found:
        assert names.index(("note", "time")) < names.index(("step", None))
    begun = {e["step"] for e in events(told, "step")}
    assert {1, 2, 3} - set(left_out) <= begun
    assert all(took < 3.0 for step, took in lengths(told).items() if step in left_out)


@pytest.mark.usefixtures("me")
def test_a_person_reads_which_steps_are_left_out(knead: Knead, port: Any, three: str) -> None:
    told = knead("run", three, "--device", port.url, "--minutes", "3")
    assert "note: to end in time it leaves out step 2 (main) and shortens step 1 (opening)" in told.err
    (first,) = (line for line in told.out.splitlines() if "step 1 of 3: opening" in line)
    assert first.endswith(" min, shortened)"), "the time that it tells is not the one that it gets"


@pytest.mark.usefixtures("me")
def test_hands_are_told_as_well_what_there_is_no_time_for(knead: Knead) -> None:
    told = knead("run", "abdomen", "--minutes", "2", "--json")
    assert told.code == 0
    note = next(e for e in events(told, "note") if e["kind"] == "time")
    assert note["left_out"] == list(range(min(note["left_out"]), max(note["left_out"]) + 1))
    assert max(e["step"] for e in events(told, "step")) <= min(note["left_out"])


@pytest.mark.usefixtures("me")
def test_after_a_skip_lines_tell_the_time_of_the_session(
    knead: Knead, port: Any, three: str, press: Callable[[float, str], None]
) -> None:
    for when, key in ((30.0, "-"), (40.0, "c"), (50.0, " "), (60.0, " ")):
        press(when, key)
    lines = [
        line for line in knead("run", three, "--device", port.url).out.splitlines() if line[:1].isdigit()
    ]
    told = {" ".join(words[1:3]): words[0] for words in map(str.split, lines)}
    assert told["step 1"] == "0:00"
    assert told["intensity 90%"] == "0:30"
    assert told["step 3"] == "0:40"
    assert told["paused"] == "0:50"
    assert told["goes on"] == "1:00"


@pytest.mark.usefixtures("me")
def test_json_has_both_times_of_whatever_happens(
    knead: Knead, port: Any, three: str, press: Callable[[float, str], None]
) -> None:
    for when, key in ((40.0, "c"), (50.0, "p"), (55.0, " "), (65.0, " "), (70.0, "p")):
        press(when, key)
    told = knead("run", three, "--device", port.url, "--json")
    assert told.code == 0, "that it hurt is no failure"
    (closing,) = [e for e in events(told, "step") if e["name"] == "closing"]
    assert (closing["t"], closing["took"]) == pytest.approx((420.0, 40.0), abs=1.0)
    eased, stopped = events(told, "pain")
    assert (eased["action"], stopped["action"]) == ("eased", "stopped")
    assert (eased["t"], eased["took"]) == pytest.approx((430.0, 50.0), abs=1.0)
    assert (stopped["t"], stopped["took"]) == pytest.approx((440.0, 70.0), abs=1.0)
    states = [(e["state"], e["took"]) for e in events(told, "state")]
    assert [state for state, _ in states] == ["paused", "playing", "stopped"]
    assert [took for _, took in states] == pytest.approx([55.0, 65.0, 70.0], abs=1.0)
    progress = [e["took"] for e in events(told, "progress")]
    assert max(b - a for a, b in pairwise(progress)) < 1.5, "told in a pause as well"
    assert events(told, "summary")[0]["took"] == pytest.approx(70.0, abs=1.0)


@pytest.mark.usefixtures("me")
def test_hands_are_told_how_long_it_took(knead: Knead, press: Callable[[float, str], None]) -> None:
    press(20.0, "c")
    out = knead("run", "abdomen").out.splitlines()
    last = out[-1]
    found = re.fullmatch(r"completed; it took (\d+):\d\d min, and (\d+):\d\d as it is written", last)
    assert found is not None
    assert int(found[1]) < int(found[2])


@pytest.mark.usefixtures("me")
def test_losses_that_it_went_on_after_are_told_recorded_and_kept(
    knead: Knead, at: At, one_clock: Any, port: Any, three: str, tmp_path: Path, wall: Any
) -> None:
    record = tmp_path / "host.jsonl"
    for when in (20.0, 40.0):
        at(when, lambda _: one_clock.sleep(0.5))
    told = knead("run", three, "--device", port.url, "--record", str(record), "--json")
    assert told.code == 0
    assert events(told, "summary")[0]["losses"] == 2
    assert [e["took"] for e in events(told, "note") if e["kind"] == "link"] == pytest.approx(
        [21, 41], abs=1.5
    )
    lines = [json.loads(line) for line in record.read_text("utf-8").splitlines()]
    assert sum(line.get("event") == "link" and line["state"] == "lost for a moment" for line in lines) == 2
    (had,) = received()
    assert (had.losses, had.reason) == (2, "completed")
    assert "completed; the link was lost twice" in " ".join(knead("history").out.split())
    assert knead("history", "--json").events[0]["losses"] == 2
    one_clock.sleep(3700)
    screened("me", now=wall())
    at(10.0, lambda _: one_clock.sleep(0.5))
    said = knead("run", three, "--device", port.url)
    assert "the link to the device was lost for a moment, as on a busy computer; it plays on" in said.out
    assert "note: the link to the device was lost once for a moment, and came back" in said.err


@pytest.mark.usefixtures("me")
def test_losses_of_one_session_are_one_line_and_a_count_at_its_end(
    knead: Knead, at: At, one_clock: Any, port: Any, three: str
) -> None:
    for when in (20.0, 40.0, 60.0):
        at(when, lambda _: one_clock.sleep(0.5))
    said = knead("run", three, "--device", port.url)
    assert said.code == 0
    assert [line[:4] for line in said.out.splitlines() if "lost for a moment" in line] == ["0:21"]
    assert "note: the link to the device was lost 3 times for a moment, and came back" in said.err


@pytest.mark.usefixtures("me")
def test_losses_of_a_session_that_an_error_ended_are_counted_as_well(
    knead: Knead, at: At, one_clock: Any, port: Any, three: str
) -> None:
    for when, seconds in ((20.0, 0.5), (40.0, 0.5), (60.0, 10.0)):
        at(when, lambda _, seconds=seconds: one_clock.sleep(seconds))
    said = knead("run", three, "--device", port.url)
    assert said.code == 6
    assert "note: the link to the device was lost twice for a moment, and came back" in said.err


def test_a_calm_line_is_not_spoken_of(knead: Knead, port: Any, three: str, wall: Any) -> None:
    cleared("me", now=wall())
    told = knead("run", three, "--device", port.url)
    assert "link" not in told.out + told.err
    assert "completed; the device is at rest after 8:3" in told.out
    assert "losses" not in Path(next(Path().rglob("ledger.jsonl"))).read_text("utf-8")
    session = knead("history", "--json").events[0]
    assert session["took_s"] >= session["seconds"] > 400
