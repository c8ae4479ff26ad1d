"""`knead report`: what a recording tells, as text, JSON, page and picture."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from recorded_runs import by_both, by_device, rewritten, without

Knead = Callable[..., Any]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "run.jsonl"
    by_device(path)
    return path


def test_text_tells_zones_actuators_and_events(knead: Knead, recording: Path) -> None:
    told = knead("report", str(recording))
    assert told.code == 0
    assert told.out.startswith("short on reference-cushion\n")
    assert "ended           completed" in told.out
    assert "longest dwell   " in told.out
    assert " s of 10 s, " in told.out
    assert "as asked        yes, throughout" in told.out
    heads = next(line for line in told.out.splitlines() if line.startswith("zone"))
    assert heads.split("  ")[0] == "zone"
    assert "dose s" in heads
    assert "of 10 s" in heads
    assert "off throughout: kidney-r, kidney-l, spine" in told.out
    assert "step 1: up the back" in told.out


@pytest.mark.parametrize("columns", [40, 58, 80, 120])
@pytest.mark.parametrize("name", ["run", "wild"])
def test_every_line_fits_the_width(
    knead: Knead, recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int, name: str
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    path = tmp_path / "wild.jsonl"
    path.write_bytes(recording.read_bytes())
    if name == "wild":

        def long_names(header: dict[str, Any]) -> None:
            header["profile"] = header["device"] = "word " * 60
            for actuator in header["actuators"]:
                actuator["id"], actuator["zone"] = "x" * 64, "zone " * 40

        rewritten(path, header=long_names)
    told = knead("report", str(path))
    lines = told.out.splitlines()[1:]  # but for the title
    assert told.code == 0
    assert not [line for line in lines if len(line) > columns and "x" * 64 not in line], "a word stays whole"


def test_json_has_every_figure_and_an_end(knead: Knead, recording: Path) -> None:
    told = knead("report", str(recording), "--json")
    events = [json.loads(line) for line in told.out.splitlines()]
    assert [event["event"] for event in events] == ["report", "end"]
    assert events[0]["profile"] == "short"
    assert len(events[0]["zones"]) == 13
    assert events[0]["duration_max_s"] == 1200.0
    assert events[1] == {"event": "end", "ok": True}


def test_it_agrees_with_what_simulate_said(knead: Knead, tmp_path: Path) -> None:
    run = tmp_path / "run.jsonl"
    simulated = knead("simulate", "felt-check", "--record", str(run), "--json")
    summary = next(line for line in map(json.loads, simulated.out.splitlines()) if line["event"] == "summary")
    told = json.loads(knead("report", str(run), "--json").out.splitlines()[0])
    for key in ("duration_s", "moved_s", "peak", "mean"):
        assert told[key] == summary[key]
    assert told["longest_dwell"]["s"] == summary["longest_dwell"]["s"]
    zones = {zone["zone"]: zone for zone in summary["zones"]}
    for zone in told["zones"]:
        mine = zones[zone["zone"]]
        assert (zone["peak"], zone["mean"], zone["felt_s"]) == (mine["peak"], mine["mean"], mine["active_s"])


def test_a_page_and_a_picture_are_written_whole(knead: Knead, recording: Path, tmp_path: Path) -> None:
    html, plot = tmp_path / "run.html", tmp_path / "run.png"
    told = knead("report", str(recording), "--html", str(html), "--plot", str(plot))
    assert told.code == 0
    assert told.out.splitlines() == [f"picture: {plot}", f"page: {html}"], "no text, unless it is asked for"
    assert html.read_text(encoding="utf-8").endswith("</html>\n")
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert html.stat().st_size < 1_000_000
    told = knead("report", str(recording), "--html", str(html), "--json")
    assert json.loads(told.out.splitlines()[-1]) == {"event": "end", "ok": True, "html": str(html)}
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_both_sides_are_told_together(knead: Knead, tmp_path: Path) -> None:
    by_both(tmp_path / "device", tmp_path / "host")
    told = knead("report", str(tmp_path / "host"), str(tmp_path / "device"))
    assert told.code == 0
    assert "tells           what the device put out and what it was asked for" in told.out
    told = knead("report", str(tmp_path / "host"), str(tmp_path / "host"))
    assert told.code == 3
    assert "both recordings of the host" in told.err


def test_what_a_reader_has_to_know_is_noted(knead: Knead, recording: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.jsonl"
    lines = recording.read_text().splitlines()
    old.write_text("\n".join(lines[: len(lines) // 2]) + '\n{"kind":"tick","t":9')
    told = knead("report", str(old))
    assert told.code == 0
    assert "ended           not recorded" in told.out
    assert "note: the recording was cut" in told.out
    old.write_text("\n".join(lines) + "\n")
    rewritten(old, header=without("response", "motor"), line=without("asked"))
    told = knead("report", str(old)).out
    assert "felt levels are the share of full drive" in " ".join(told.split())
    assert "asked, put out" not in told


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("none.jsonl",), 3, "there is no such recording"),
        (("empty.jsonl",), 3, "is empty"),
        (("{run}", "--html", "run.txt"), 2, "no page that can be written"),
        (("{run}", "--html", "nowhere/run.html"), 2, "no such folder"),
        (("{run}", "--plot", "run.txt"), 2, "no picture that can be drawn"),
        (("{run}", "--html", "{run}"), 2, "is read here, and would be lost"),
        (("{run}", "--html", "folder.html"), 2, "is a folder"),
        ((), 2, "RECORDING"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_a_hint(
    knead: Knead, recording: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    before = recording.read_bytes()
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "folder.html").mkdir()
    told = knead("report", *(word.format(run=recording) for word in arguments))
    assert told.code == code
    assert message in told.err
    assert told.err.count("\n") == 2
    assert "hint: " in told.err
    assert "Traceback" not in told.err
    assert recording.read_bytes() == before


def test_a_hostile_recording_steers_no_terminal(knead: Knead, recording: Path, tmp_path: Path) -> None:
    path = tmp_path / "evil.jsonl"
    path.write_bytes(recording.read_bytes())

    def header(found: dict[str, Any]) -> None:
        found["profile"] = "\x1b]0;evil\x07\u202e"
        for actuator in found["actuators"]:
            actuator["id"] = actuator["zone"] = "\x1b[2J"

    def line(found: dict[str, Any]) -> None:
        for key in ("name", "state", "reason"):
            if key in found:
                found[key] = "\x1b[2J\ud800"

    rewritten(path, header=header, line=line)
    for words in (
        (),
        ("--json",),
        ("--html", str(tmp_path / "evil.html")),
        ("--plot", str(tmp_path / "e.png")),
    ):
        told = knead("report", str(path), *words)
        assert told.code == 0
        assert "\x1b" not in told.out
        assert "\u202e" not in told.out


def test_broken_limits_come_first_and_many_events_are_counted(
    knead: Knead, recording: Path, tmp_path: Path
) -> None:
    path = tmp_path / "off.jsonl"
    header, *lines = recording.read_text().splitlines()
    states = ['{"kind":"event","t":1,"event":"state","state":"held"}'] * 70
    limits = ['{"kind":"event","t":1,"event":"limit","actuator":"all","limit":"power"}'] * 3
    path.write_text("\n".join([header, *states, *limits, *lines]) + "\n")

    def all_off(found: dict[str, Any]) -> None:
        for actuator in found["actuators"]:
            actuator["excluded"] = True

    told = knead("report", str(rewritten(path, header=all_off)), "--html", "off.html", "--text")
    assert told.code == 0
    words = " ".join(told.out.split())
    assert "limit broken upper-l has to stay off and was driven up to " in words
    assert "no zone worked" in words
    assert "and 3 of 'limit', 16 of other kinds" in words
    page = Path("off.html").read_text(encoding="utf-8")
    assert "A limit was broken: upper-l has to stay off" in page
    assert "No zone may be worked on." in page


def test_a_recording_of_nothing_is_told_too(knead: Knead, recording: Path, tmp_path: Path) -> None:
    path = tmp_path / "nothing.jsonl"
    path.write_text(recording.read_text().splitlines()[0] + "\n")
    told = knead("report", str(path), "--html", "nothing.html", "--plot", "nothing.png", "--text")
    assert told.code == 0
    assert "no actuator worked" in told.out
    assert "never worked: sacrum, " in told.out
    assert "longest dwell   none" in told.out
    assert told.out.split("events\n")[1].split("\n")[0].strip() == "none"


def test_a_report_tells_its_gaps_and_that_figures_are_at_least(
    knead: Knead, recording: Path, tmp_path: Path
) -> None:
    lines = recording.read_bytes().splitlines(keepends=True)
    whole = json.loads(knead("report", str(recording), "--json").out.splitlines()[0])
    assert whole["gaps"] == []
    cut = tmp_path / "cut.jsonl"
    for middle in (b"", bytes(4096) + b"\n"):
        cut.write_bytes(b"".join([*lines[:300], middle, *lines[500:]]))
        told = json.loads(knead("report", str(cut), "--json").out.splitlines()[0])
        (gap,) = told["gaps"]
        assert 3.8 < gap["end"] - gap["start"] < 4.2
        assert told["duration_s"] == whole["duration_s"]
        text = " ".join(knead("report", str(cut), "--html", "cut.html", "--text").out.split())
        assert "longest dwell at least" in text
        assert re.search(
            r"4\.\d s are not recorded \(0:0\d\.\d to 0:\d\d\.\d\): dose, dwell and peak are", text
        )
        assert ("1 line is damaged and passed over (line 301)" in text) is bool(middle)
        page = (tmp_path / "cut.html").read_text(encoding="utf-8")
        assert "are not recorded" in page
        assert "at least " in page


def test_no_gap_is_told_of_a_cushion_that_waited(knead: Knead, tmp_path: Path) -> None:
    by_both(tmp_path / "device.jsonl", tmp_path / "host.jsonl")
    for given in (("device.jsonl",), ("host.jsonl",), ("device.jsonl", "host.jsonl")):
        assert "not recorded (" not in knead("report", *given).out


def test_each_session_of_a_cushion_that_waited_is_told(knead: Knead, tmp_path: Path) -> None:
    by_both(tmp_path / "device.jsonl", tmp_path / "host.jsonl", sessions=3)
    told = knead("report", "device.jsonl", "--json").events[0]
    assert len(told["sessions"]) == 3
    assert told["several"].startswith("the recording holds 3 sessions (1 from ")
    assert told["notes"][0] == told["several"]
    assert re.search(r"ended +told to stop", knead("report", "device.jsonl", "--session", "1").out)
    alone = [knead("report", "device.jsonl", "--session", n, "--json").events[0] for n in "123"]
    assert [round(each["duration_s"]) for each in alone] == [14, 14, 14]
    assert sum(each["peak"] > 0.2 for each in alone) == 3
    assert all(each["gaps"] == [] for each in alone)
    for words, held in (
        (("device.jsonl", "--session", "4"), "3"),
        (("host.jsonl", "--session", "2"), "one"),
    ):
        ended = knead("report", *words)
        assert ended.code == 2
        assert f"it holds {held}" in ended.err
    assert knead("report", "host.jsonl", "--session", "1").code == 0, "any other recording is one session"
    assert knead("report", "device.jsonl", "host.jsonl", "--session", "1").code == 2


def test_day_person_and_device_are_told_and_the_page_opens_where_something_is_felt(
    knead: Knead, recording: Path, tmp_path: Path
) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(recording.read_bytes())
    rewritten(path, header=lambda header: header.update(began="2026-03-01T20:15:00+01:00", recipient="anna"))
    text = knead("report", str(path), "--html", "run.html", "--text").out
    assert "began           2026-03-01 20:15" in text
    assert "for             anna" in text
    assert "device          reference-cushion" in text
    page = (tmp_path / "run.html").read_text(encoding="utf-8")
    assert "2026-03-01 20:15" in page
    first = re.search(r'"first":([0-9.]+)', page)
    assert first is not None
    assert 0.0 < float(first[1]) < 3.0
    rewritten(path, header=lambda header: header.update(began="yesterday"))
    assert "began" not in knead("report", str(path)).out


def test_a_session_that_lost_the_link_for_a_moment_is_one_session(knead: Knead, tmp_path: Path) -> None:
    by_both(tmp_path / "device.jsonl", tmp_path / "host.jsonl", sessions=2, stall_s=0.6)
    told = knead("report", "device.jsonl", "--json").events[0]
    assert told["counts"]["link"] == 2
    assert len(told["sessions"]) == 2
    alone = knead("report", "device.jsonl", "--session", "1", "--json").events[0]
    assert alone["counts"]["link"] == 1
    assert alone["duration_s"] == pytest.approx(15, abs=1)


def test_a_recording_of_one_session_is_its_first(knead: Knead, tmp_path: Path) -> None:
    by_both(tmp_path / "device.jsonl", tmp_path / "host.jsonl")
    by_device(tmp_path / "run.jsonl")
    for name in ("device.jsonl", "host.jsonl", "run.jsonl"):
        assert knead("report", name, "--session", "1").code == 0
        ended = knead("report", name, "--session", "2")
        assert ended.code == 2
        assert "there is no session 2" in ended.err
        assert "it holds one session" in ended.err


def test_the_time_is_held_against_what_was_allowed_and_nothing_else(
    knead: Knead, recording: Path, tmp_path: Path
) -> None:
    assert "20:00" not in knead("report", str(recording)).out
    path = tmp_path / "host.jsonl"
    path.write_bytes(recording.read_bytes())
    rewritten(path, header=lambda header: header.update(allowed_s=600.0))
    knead("report", str(path), "--html", "page.html")
    assert re.search(r"time +0:14 min by the clock of 10:00 allowed", knead("report", str(path)).out)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "by the clock of 10:00 allowed" in page
    assert "20:00" not in page
    figures = knead("report", str(path), "--json").events[0]
    assert (figures["allowed_s"], figures["duration_max_s"]) == (600.0, 1200.0)
    rewritten(path, header=lambda header: header.update(allowed_s=13.5))
    told = " ".join(knead("report", str(path)).out.split())
    assert "0:14 min by the clock of 0:13 allowed, and the moment until all was at rest" in told


def test_an_intensity_that_nobody_changed_is_told_as_what_it_is(knead: Knead, tmp_path: Path) -> None:
    path = tmp_path / "host.jsonl"
    by_both(tmp_path / "device.jsonl", path)
    lines = path.read_text(encoding="utf-8").splitlines()
    begins = {"kind": "event", "t": 0.0, "event": "intensity", "intensity": 1.0, "elapsed": 0.0, "limit": 1.0}
    jumps = [
        {"kind": "event", "t": 14.0, "event": "intensity", "intensity": level, "elapsed": 90.0}
        for level in (1.0, 0.9)
    ]
    at = next(i for i, line in enumerate(lines) if json.loads(line).get("t", 0) >= 14.0)
    lines[at:at] = map(json.dumps, jumps)
    lines.insert(1, json.dumps(begins))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    knead("report", str(path), "--html", "page.html")
    told = knead("report", str(path))
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    for text in (told.out, page):
        assert "intensity 100" not in text
        assert "goes on at 1:30 of the profile" in text
        assert text.count("intensity 90 %") == 1
    begins["intensity"] = begins["limit"] = 0.6
    lines[1] = json.dumps(begins)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "begins at intensity 60 %" in knead("report", str(path)).out
