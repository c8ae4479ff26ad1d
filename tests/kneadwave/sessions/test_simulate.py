"""`knead simulate`: figures, refusals, faults, exit codes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.kernel_library import KernelFound

Knead = Callable[..., Any]


def test_the_last_line_says_ok_and_no_trips(knead: Knead) -> None:
    ended = knead("simulate", "felt-check", "--json")
    assert ended.code == 0
    assert ended.out.splitlines()[-1].startswith('{"event":"end","ok":true,"trips":0')
    kinds = [event["event"] for event in ended.events]
    assert kinds[0] == "start"
    assert kinds[-2:] == ["summary", "end"]
    assert {"step", "progress"} <= set(kinds)
    assert [event["step"] for event in ended.events if event["event"] == "step"] == [1, 2]


def test_the_table_holds_every_figure(knead: Knead) -> None:
    ended = knead("simulate", "felt-check")
    assert ended.code == 0
    for word in (
        "time",
        "frames",
        "bytes a second",
        "longest dwell",
        "trips",
        "peak %",
        "excluded",
        "spine",
        "kidney-l",
    ):
        assert word in ended.out
    assert ended.err == ""


def test_a_posture_that_does_not_go_with_the_chosen_device_is_told(knead: Knead) -> None:
    assert "posture" not in knead("simulate", "relaxing-back", "--minutes", "2").err  # nobody chose one
    ended = knead("simulate", "relaxing-back", "--on", "reference-cushion", "--minutes", "2")
    assert "warning: posture: written for lying on the front; this device lies under the person" in ended.err
    ended = knead("simulate", "relaxing-back", "--on", "mat-64", "--minutes", "2")
    assert "posture" not in ended.err


def test_a_shortened_run_names_the_steps_that_it_leaves_out(knead: Knead) -> None:
    ended = knead("simulate", "first-session", "--minutes", "4")
    assert ended.code == 0
    assert "leaves out steps 2 (soft rubbing), 3 (slow wave up), 4 (light kneading), 5 (" in ended.err
    assert "time            3:59 min" in ended.out
    (note,) = (
        event
        for event in knead("simulate", "first-session", "--minutes", "4", "--json").events
        if event["event"] == "note" and event.get("left_out")
    )
    assert note["left_out"] == [2, 3, 4, 5]


def test_what_was_asked_for_is_told_with_what_came_of_it(knead: Knead) -> None:
    asked = ("simulate", "felt-check", "--limit", "30%", "--intensity", "0.8", "--fault", "drop=0.1%")
    told = " ".join(knead(*asked, "--fault", "stall@2s+0.1s").out.split())
    assert "limit at most 30% is felt anywhere" in told
    assert "intensity 80% of what is written" in told
    (summary,) = (e for e in knead(*asked, "--json").events if e["event"] == "summary")
    assert (summary["limit"], summary["intensity"]) == (0.3, 0.8)
    dropped = summary["faults"]["drop"]
    assert dropped > 0
    assert f"faults drop struck {dropped} byte" in told or "stall struck once" in told
    plain = knead("simulate", "felt-check")
    assert not any(line.startswith(("limit", "intensity", "faults")) for line in plain.out.splitlines())


def test_what_the_device_plays_otherwise_is_told(knead: Knead) -> None:
    assert "rendered differently" in knead("simulate", "shoulder-relief").out
    events = knead("simulate", "shoulder-relief", "--json").events
    assert any(event["event"] == "note" and event["kind"] == "substitution" for event in events)


def test_the_same_call_gives_the_same_recording(knead: Knead, tmp_path: Path) -> None:
    for name in ("a", "b"):
        words = ("simulate", "felt-check", "--record", name, "--seed", "5", "--fault", "delay=1%@5s+10s")
        assert knead(*words).code == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert json.loads((tmp_path / "a").read_text().splitlines()[-1])["ok"] is True


@pytest.mark.parametrize(
    "words",
    [
        ("felt-check", "--on", "cushion-4", "--fault", "flip=0.2%"),
        ("felt-check", "--on", "neck-pillow", "--fault", "stall@12s+0.4s", "--intensity", "60%"),
        ("relaxing-back", "--fault", "reset@40s"),
        ("feet", "--on", "foot-plate", "--fault", "drop=1%@5s+10s", "--fault", "unplug@60s"),
    ],
    ids=lambda words: words[0],
)
def test_both_kernels_give_the_same_recording_and_the_same_figures(
    knead: Knead, tmp_path: Path, library: Any, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr("simulator.kernel_library.native_kernel", lambda: KernelFound(library, None))
    told = []
    for kernel in ("c", "python"):
        ended = knead("simulate", *words, "--kernel", kernel, "--record", kernel, "--json")
        timed = [event for event in ended.events if event.pop("wall_s", True)]
        told.append((ended.code, timed, (tmp_path / kernel).read_bytes()))
    assert told[0] == told[1]


@pytest.mark.parametrize("command", [("simulate", "felt-check"), ("virtual",)])
def test_a_kernel_that_is_not_built_is_refused_before_anything_is_written(
    knead: Knead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    nowhere = KernelFound(None, None, "it is not built")
    monkeypatch.setattr("simulator.kernel_library.native_kernel", lambda: nowhere)
    ended = knead(*command, "--kernel", "c", "--record", "run.jsonl")
    assert ended.code == 2
    assert "it is not built" in ended.err
    assert "make firmware" in ended.err
    assert not (tmp_path / "run.jsonl").exists()
    assert knead("simulate", "felt-check").code == 0, "without being asked for, Python plays"


@pytest.mark.parametrize("command", [("simulate",), ("run", "--device", "sim:"), ("profile", "check")])
@pytest.mark.parametrize(("technique", "rule"), [("kneading-61", "rule 64"), ("pressing-10.5", "rule 55")])
def test_a_profile_that_breaks_a_rule_is_refused_by_its_number(
    knead: Knead, written: Callable[..., str], command: tuple[str, ...], technique: str, rule: str
) -> None:
    ended = knead(*command, written(technique))
    assert ended.code == 3
    assert rule in ended.err + ended.out
    assert "hint: " in ended.err
    told = knead(*command, written(technique), "--json")
    assert told.events[-1]["exit"] == 3
    findings = [event for event in told.events if event["event"] == "finding"]
    assert f"rule {findings[0]['rule']}" == rule
    assert findings[0]["place"].startswith("step[2]")
    assert findings[0]["remedy"]


def test_an_excluded_zone_is_refused(knead: Knead, written: Callable[..., str]) -> None:
    ended = knead("simulate", written("stroking", zones='["kidney"]'))
    assert ended.code == 3
    assert "kidney" in ended.err


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [("unplug@10s", 6, "unplugged"), ("reset@10s", 6, "restarted"), ("stall@10s+3s", 6, "")],
)
def test_a_lost_link_ends_with_6_and_the_table_is_shown_all_the_same(
    knead: Knead, fault: str, code: int, told: str
) -> None:
    ended = knead("simulate", "felt-check", "--fault", fault)
    assert ended.code == code
    assert told in ended.err
    assert "longest dwell" in ended.out
    ended = knead("simulate", "felt-check", "--fault", fault, "--json")
    assert [event["event"] for event in ended.events[-2:]] == ["summary", "end"]
    assert ended.events[-1]["ok"] is False
    assert ended.events[-1]["exit"] == code


def test_a_limit_lowers_what_is_felt(knead: Knead) -> None:
    def peak(*words: str) -> float:
        return float(knead("simulate", "felt-check", "--json", *words).events[-2]["peak"])

    whole = peak()
    assert peak("--intensity", "50%") == pytest.approx(0.5 * whole, abs=0.02)
    assert peak("--limit", "20%") == pytest.approx(0.2, abs=0.01)
    assert peak("--limit", "90%") == whole, "what is weaker stays as it is"
    assert peak("--intensity", "50%", "--limit", "20%") <= 0.2


def test_a_limit_under_which_nothing_is_felt_says_so(knead: Knead) -> None:
    for words in (("--limit", "1%"), ("--intensity", "1%")):
        ended = knead("simulate", "felt-check", *words)
        assert "nothing is felt at 1%: that begins at 2%" in " ".join(ended.err.split())
    assert "nothing is felt" not in knead("simulate", "felt-check", "--limit", "2%").err


def test_a_routine_for_hands_has_no_table_of_zeros(knead: Knead) -> None:
    ended = knead("simulate", "before-interview")
    assert ended.code == 0
    assert "No motor moves in it." in ended.out
    assert "peak %" not in ended.out


def test_the_config_files_limit_cannot_be_raised(knead: Knead, tmp_path: Path) -> None:
    (tmp_path / "config" / "kneadwave").mkdir(parents=True)
    (tmp_path / "config" / "kneadwave" / "config.toml").write_text("limit = '40%'")
    assert knead("simulate", "felt-check", "--limit", "90%", "--json").events[0]["limit"] == 0.4


@pytest.mark.parametrize(
    "words",
    [
        ("--limit", "0"),
        ("--limit", "101%"),
        ("--limit", "nan"),
        ("--stature", "3"),
        ("--seed", "-1"),
        ("--fault", "fire@2s"),
        ("--record", "no/x"),
        ("--plot", "x.gif"),
        ("--plot", "nowhere/x.png"),
        ("--bogus",),
    ],
)
def test_a_wrong_option_is_a_usage_error(knead: Knead, words: tuple[str, ...]) -> None:
    ended = knead("simulate", "felt-check", "--json", *words)
    assert ended.code == 2
    assert ended.events[-1]["exit"] == 2
    assert [line.split(":")[0] for line in ended.err.splitlines()] == ["error", "hint"]


@pytest.mark.parametrize("words", [("nosuch",), ("felt-check", "--on", "nosuch")])
def test_a_file_that_is_not_there_is_3(knead: Knead, words: tuple[str, ...]) -> None:
    assert knead("simulate", *words).code == 3


def test_a_picture_is_drawn(knead: Knead, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    ended = knead("simulate", "felt-check", "--plot", "run.png")
    assert ended.code == 0
    assert (tmp_path / "run.png").read_bytes().startswith(b"\x89PNG")


def test_a_missing_matplotlib_is_told_before_the_work(knead: Knead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)  # noqa: ARG005
    ended = knead("simulate", "felt-check", "--plot", "run.png")
    assert ended.code == 2
    assert "kneadwave[plots]" in ended.err
    assert ended.out == ""


def test_another_stature_is_played_on_another_body(knead: Knead) -> None:
    events = knead("simulate", "felt-check", "--stature", "1.9", "--json").events
    assert events[0]["stature_m"] == 1.9
    assert events[-1]["ok"] is True
