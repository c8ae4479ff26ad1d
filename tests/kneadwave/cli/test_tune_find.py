"""`knead tune fit` and `knead tune robust` as they are called."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kneadwave.cli.views.robustness import useful
from kneadwave.tuning.workspace import look, open_desk
from profiles.curve import IntensityCurve
from profiles.profile import load_profile

Knead = Callable[..., Any]
FIT = ("tune", "fit", "relaxing-back")
TARGET = ("--target", "lumbar=40%@8:40")
LONG = """schema = 1
name = "long"
audience = "quick"
fade_in_s = 0.5
fade_out_s = 0.5

# Up and down. # as a person wrote it
[[step]]
name = "strokes"
technique = { kind = "stroking", speed_mm_s = 190 }
zones = ["lumbar", "upper-back"] # both sides
duration_s = 60
level   =   0.3
"""


@pytest.fixture
def played(knead: Knead, at: Any, one_clock: Any, tmp_path: Path) -> Path:  # noqa: ARG001
    """A session on `sim:`, recorded by the host, with two steps less at 20 s and one more at 40 s."""
    (tmp_path / "long.toml").write_text(LONG, encoding="utf-8")
    at(20.0, lambda session: (session.softer(), session.softer()))
    at(40.0, lambda session: session.louder())
    assert knead("run", "long.toml", "--device", "sim:", "--record", "run.jsonl").code == 0
    return tmp_path / "run.jsonl"


# -- targets --------------------------------------------------------------------------------------------


def test_targets_become_points_and_what_is_felt_is_told(knead: Knead) -> None:
    ended = knead(*FIT, *TARGET, "--target", "shoulder=0.55@700 gluteal=45%@9:40")
    assert ended.code == 0
    assert "+curve = [[0.0, 0.5], [0.0667, 0.8]" in ended.out
    assert "relaxing-back: 8 kneading upwards" in ended.out
    assert "relaxing-back: 9 shoulders and shoulder blades" in ended.out
    (row,) = [line for line in ended.out.splitlines() if line.startswith("lumbar=40%@8:40")]
    assert row.split()[1:] == ["40", "40", "8:40", "within", "a", "felt", "step"]
    assert "knead tune undo relaxing-back" in ended.out


def test_one_fit_is_one_edit_that_can_be_undone(knead: Knead) -> None:
    assert knead(*FIT, *TARGET, "--target", "shoulder=55%@11:40").code == 0
    with open_desk("relaxing-back") as desk:
        assert desk.undo().number == 0
        assert not desk.pending
    events = knead(*FIT, *TARGET, "--json").events
    (edited,) = [event for event in events if event["event"] == "edited"]
    assert edited["step"] == "8 kneading upwards"
    assert edited["diff"].count("\n+curve") == 1, "what was undone is not in it"


def test_events_tell_the_same(knead: Knead) -> None:
    events = knead(*FIT, *TARGET, "--json").events
    assert [event["event"] for event in events] == ["edited", "curve", "target", "end"]
    target = events[2]
    assert (target["zone"], target["asked"], target["time"], target["within"]) == ("lumbar", 0.4, 520.0, True)
    assert target["felt"] == pytest.approx(0.4, rel=0.2)
    assert events[-1]["ok"] is True


def test_what_a_device_cannot_make_felt_is_a_warning(knead: Knead) -> None:
    ended = knead(*FIT, *TARGET, "--on", "seat-pad-8")
    assert ended.code == 0
    assert "not within a felt step" in ended.out
    assert "warning: lumbar=40%@8:40:" in ended.err
    assert "just-noticeable" in ended.err


@pytest.mark.parametrize(
    ("words", "code", "cause"),
    [
        ((), 2, "either targets or a run"),
        ((*TARGET, "--from", "run.jsonl"), 2, "either targets or a run"),
        ((*TARGET, "--within", "3%"), 2, "--within belongs to --from"),
        (("--target", "lumbar"), 2, "no target"),
        (("--target", "foot=30%@8:40"), 2, "step 8 'kneading upwards' plays"),
        (("--target", "lumbar=60%@8:40"), 3, "ceiling of the zone 'lumbar', 0.5 (rule"),
        (("--target", "spine=10%@8:40"), 3, "excluded zone"),
        (("--from", "nothing.jsonl"), 3, "there is no such recording"),
        (("--from", "nothing.jsonl", "--within", "0%"), 2, "0%"),
        ((*TARGET, "--on", "no-such-device"), 3, "no device"),
        ((*TARGET, "--plot", "x.doc"), 2, "no picture"),
    ],
)
def test_what_cannot_be_fitted_leaves_everything_as_it_was(
    knead: Knead, words: tuple[str, ...], code: int, cause: str
) -> None:
    ended = knead(*FIT, *words)
    assert ended.code == code
    assert cause in ended.err
    assert "hint: " in ended.err
    assert not look("relaxing-back").pending
    assert look("relaxing-back").number == 0


def test_what_the_check_calls_an_error_is_refused_and_its_diff_is_for_scripts(
    knead: Knead, tmp_path: Path
) -> None:
    # The step works on lumbar (ceiling 50 %) and shoulder: a raised level is too much for one of them.
    profile = LONG.replace('"upper-back"]', '"upper-back", "shoulder"]').replace("0.3\n", "0.5\n")
    (tmp_path / "long.toml").write_text(profile, encoding="utf-8")
    ended = knead("tune", "fit", "long.toml", "--target", "shoulder=60%@0:30")
    assert ended.code == 3
    assert ended.out == ""
    assert ended.err.count("ceiling of the zone 'lumbar', 0.5 (rule") == 1, "told as what ends the call"
    events = knead("tune", "fit", "long.toml", "--target", "shoulder=60%@0:30", "--json").events
    assert [event["event"] for event in events] == ["refused", "end"]
    assert "+level" in events[0]["diff"]
    assert events[-1]["exit"] == 3


def test_untouched_lines_stay_byte_for_byte(knead: Knead, tmp_path: Path) -> None:
    path = tmp_path / "long.toml"
    path.write_text(LONG, encoding="utf-8")
    assert knead("tune", "fit", "long.toml", "--target", "lumbar=20%@0:30").code == 0
    assert path.read_text() == LONG, "only save touches the file"
    assert knead("tune", "save", "long.toml").code == 0
    saved = path.read_text().splitlines()
    assert [line for line in LONG.splitlines() if line not in saved] == []
    assert len(saved) == len(LONG.splitlines()) + 1


def test_a_picture_of_one_curve(knead: Knead, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    assert knead(*FIT, *TARGET, "--plot", "fit.png").code == 0
    assert (tmp_path / "fit.png").read_bytes().startswith(b"\x89PNG")
    ended = knead(*FIT, *TARGET, "--target", "shoulder=50%@11:40", "--plot", "fit.png")
    assert ended.code == 2
    assert "one step" in ended.err


# -- from a run -----------------------------------------------------------------------------------------


def test_what_was_done_with_plus_and_minus_becomes_the_curve_of_the_session(
    knead: Knead, played: Path
) -> None:
    events = knead("tune", "fit", "long.toml", "--from", str(played), "--json").events
    named = {event["event"]: event for event in events}
    assert named["edited"]["step"] == "session"
    assert named["fitted"]["error"] <= named["fitted"]["within"] == 0.03
    assert named["fitted"]["changes"] == 2
    points = named["curve"]["points"]
    assert points[0] == [0.0, 1.0]
    assert points[-1] == [60.0, 0.9]
    assert {level for _, level in points} == {1.0, 0.8, 0.9}
    curve = IntensityCurve(points=points, unit="seconds")
    assert curve.evaluate(np.array([15.0, 25.0, 35.0, 45.0])).tolist() == [1.0, 0.8, 0.8, 0.9]
    assert named["end"]["ok"]


def test_it_says_how_near_it_comes(knead: Knead, played: Path) -> None:
    ended = knead("tune", "fit", "long.toml", "--from", str(played), "--within", "5%")
    assert ended.code == 0
    assert "points keep what was done within" in ended.out
    assert "(5% allowed), but for 2 s around each change" in ended.out
    assert "+envelope = " in ended.out


def test_the_same_run_counts_once(knead: Knead, played: Path, tmp_path: Path) -> None:
    assert knead("tune", "fit", "long.toml", "--from", str(played)).code == 0
    once = look("long.toml").text
    again = knead("tune", "fit", "long.toml", "--from", str(played))
    assert (again.code, "in the curve already" in again.out) == (0, True)
    assert look("long.toml").text == once
    other = tmp_path / "other" / played.name
    other.parent.mkdir()
    other.write_text(played.read_text().replace('"intensity":0.8', '"intensity":0.7'))
    assert knead("tune", "fit", "long.toml", "--from", str(other)).code == 0
    assert look("long.toml").text != once


def test_a_run_that_changed_nothing_changes_nothing(knead: Knead, tmp_path: Path, one_clock: Any) -> None:  # noqa: ARG001
    (tmp_path / "long.toml").write_text(LONG, encoding="utf-8")
    assert knead("run", "long.toml", "--device", "sim:", "--limit", "60%", "--record", "run.jsonl").code == 0
    ended = knead("tune", "fit", "long.toml", "--from", "run.jsonl")
    assert ended.code == 0
    assert "nothing was changed with + and -" in ended.out


def test_a_run_cut_short_keeps_the_last_intensity_and_says_so(
    knead: Knead, played: Path, tmp_path: Path
) -> None:
    lines = played.read_text().splitlines()
    cut = tmp_path / "cut.jsonl"
    cut.write_text("\n".join(lines[: len(lines) // 2]) + '\n{"kind":"ti')
    ended = knead("tune", "fit", "long.toml", "--from", str(cut))
    assert ended.code == 0
    assert "keeps the last intensity, 80%" in ended.out


def test_other_recordings_are_refused(knead: Knead, played: Path) -> None:
    ended = knead("tune", "fit", "relaxing-back", "--from", str(played))
    assert (ended.code, "a run of 'long'" in ended.err) == (3, True)
    assert knead("simulate", "long.toml", "--record", "device.jsonl").code == 0
    ended = knead("tune", "fit", "long.toml", "--from", "device.jsonl")
    assert (ended.code, "does not say what was done with + and -" in ended.err) == (3, True)
    assert "knead run PROFILE --record" in ended.err


# -- robust ---------------------------------------------------------------------------------------------

ROBUST = ("tune", "robust", "felt-check", "--variants", "8", "--jobs", "1")


def test_robust_tells_step_by_step_and_what_it_comes_to(knead: Knead) -> None:
    ended = knead(*ROBUST)
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0] == "felt-check on reference-cushion"
    assert lines[1].split("  ")[0] == "step"
    for number, step in enumerate(load_profile("felt-check").step, start=1):
        assert [line for line in lines if line.startswith(f"{number} {step.name.split()[0]}")]
    said = " ".join(ended.out.split())
    assert "On 8 devices whose motors differ as real ones do" in said
    assert "Furthest off is " in said
    assert "If motors differed in one thing alone, this much would be felt as meant:" in said


def test_the_same_seed_says_the_same_whatever_the_number_of_processes(knead: Knead) -> None:
    many = ("tune", "robust", "felt-check", "--variants", "90", "--json", "--jobs")
    assert useful(90) == 2
    one, two = (
        [event for event in knead(*many, jobs).events if event["event"] != "progress"] for jobs in "12"
    )
    assert one == two
    assert knead(*many, "1", "--seed", "1").events[-2:] != one
    robust = one[0]
    assert robust["event"] == "robust"
    assert robust["variants"] == 90
    assert {"share", "levels_share", "worst", "steps", "cells", "alone"} <= set(robust)
    assert one[-1] == {"event": "end", "ok": True, "share": robust["share"]}


def test_robust_plays_the_edited_version(knead: Knead) -> None:
    (before,) = [event for event in knead(*ROBUST, "--json").events if event["event"] == "robust"]
    assert knead("tune", "scale", "felt-check", "1", "50%").code == 0
    (after,) = [event for event in knead(*ROBUST, "--json").events if event["event"] == "robust"]
    assert after["steps"][0]["meant"] == pytest.approx(before["steps"][0]["meant"] / 2, rel=0.3)


def test_robust_draws_a_picture(knead: Knead, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    ended = knead(*ROBUST, "--on", "seat-pad-8", "--plot", "robust.png")
    assert ended.code == 0
    assert "picture: robust.png" in ended.out
    assert (tmp_path / "robust.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("no-such-profile",), 3),
        (("felt-check", "--variants", "0"), 2),
        (("felt-check", "--jobs", "0"), 2),
        (("felt-check", "--seed", "-1"), 2),
        (("felt-check", "--plot", "no/such/folder.png"), 2),
        (("felt-check", "--on", "no-such-device"), 3),
    ],
)
def test_robust_refuses_what_it_cannot_do(knead: Knead, words: tuple[str, ...], code: int) -> None:
    ended = knead("tune", "robust", *words)
    assert ended.code == code
    assert "hint: " in ended.err


def test_an_error_of_the_check_is_refused(knead: Knead, written: Callable[..., str]) -> None:
    ended = knead("tune", "robust", written("kneading-61"), "--variants", "2")
    assert ended.code == 3
    assert "(rule 64)" in ended.err


def test_robust_says_how_far_it_is_where_no_bar_can_be_drawn(knead: Knead) -> None:
    words = ("tune", "robust", "felt-check", "--variants", "90", "--jobs", "1")
    told = [event["done"] for event in knead(*words, "--json").events if event["event"] == "progress"]
    assert told
    assert told == sorted(set(told))
    assert 0.0 < told[0] < told[-1] < 1.0
    lines = [line for line in knead(*words).err.splitlines() if line.startswith("variants ")]
    assert lines == ["variants 50%"], "one is enough"
