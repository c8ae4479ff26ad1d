"""`knead profile import` and `export`: what is written, what is told, and what is never written over."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from foreign_files import funscript, haptic, strokes, written

from kneadwave.cli.exchange import FORMAT_NAMES, complete_format, complete_technique
from kneadwave.exchange.export_file import WRITTEN
from profiles.profile import load_profile
from profiles.rules.check import check

WAVES = haptic(*((10.0 * k, 0.5 + 0.4 * (-1) ** k) for k in range(31)))


def test_a_file_becomes_a_profile_that_may_be_played(knead: Any, tmp_path: Path) -> None:
    written(tmp_path, "Storm 2.haptic", WAVES)
    ended = knead("profile", "import", "Storm 2.haptic")
    assert (ended.code, ended.err) == (0, "")
    assert "wrote storm-2.toml: 5:00 min of stroking over sacrum, lumbar, upper-back, felt at" in ended.out
    assert "smoothed over 2 s" in ended.out
    assert re.findall(r"\d%.{4}", ended.out), "and each says of what"
    assert set(re.findall(r"\d%(.{4})", ended.out)) == {" of "}
    assert knead("profile", "check", "storm-2.toml").code == 0
    assert not [f for f in check(load_profile("storm-2.toml")) if f.severity == "error"]


def test_everything_that_may_be_asked_is_heeded(knead: Any, tmp_path: Path) -> None:
    written(tmp_path, "song.funscript", funscript(*strokes(200, 250)))
    words = (
        "--technique kneading --rate 30 --zone shoulder --zone scapular --name mine --level 30% --smooth 5"
    )
    ended = knead("profile", "import", "song.funscript", *words.split(), "-o", "here.toml", "--json")
    told, end = ended.events
    assert end == {"event": "end", "ok": True}
    expected = {"event": "imported", "profile": "mine", "path": "here.toml", "format": "funscript"}
    assert {key: told[key] for key in expected} == expected
    assert (told["technique"], told["zones"], told["level"], told["smooth_s"]) == (
        "kneading",
        ["shoulder", "scapular"],
        0.3,
        5.0,
    )
    profile = load_profile(Path("here.toml"))
    assert (profile.name, profile.step[1].technique.rate_cpm) == ("mine", 30.0)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["song.funscript", "--technique", "kneading"], 3, "120 a minute; kneading has 60 at most (rule 64)"),
        (["song.funscript", "--zone", "spine"], 3, "(rule 85)"),
        (["song.funscript", "--level", "100%", "--zone", "neck"], 3, "neck"),
        (["song.funscript", "--technique", "dance"], 2, "'dance' is no technique"),
        (["song.funscript", "--name", "Ü"], 2, "is no name for a profile"),
        (["song.funscript", "--name", "relaxing-back"], 2, "the name of a profile that ships"),
        (["song.funscript", "--out", "no/where.toml"], 2, "there is no such folder"),
        (["song.funscript", "--smooth", "-1"], 2, "--smooth"),
        (["photo.png"], 3, "photo.png: is a PNG picture"),
        (["none.ahap"], 3, "none.ahap: there is no such file"),
    ],
)
def test_what_cannot_be_is_one_line_with_a_hint_and_nothing_is_written(
    knead: Any, tmp_path: Path, words: list[str], code: int, said: str
) -> None:
    written(tmp_path, "song.funscript", funscript(*strokes(200, 250)))
    written(tmp_path, "photo.png", b"\x89PNG\r\n\x1a\n")
    before = sorted(tmp_path.rglob("*"))
    ended = knead("profile", "import", *words)
    assert ended.code == code
    assert said in ended.err
    assert [line.partition(": ")[0] for line in ended.err.splitlines()] == ["error", "hint"]
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_is_written_over(knead: Any, tmp_path: Path) -> None:
    written(tmp_path, "storm.haptic", WAVES)
    (tmp_path / "storm.toml").write_text("mine")
    (tmp_path / "link.toml").symlink_to("gone.toml")
    for more in ((), ("--out", "link.toml")):
        ended = knead("profile", "import", "storm.haptic", *more)
        assert ended.code == 2
        assert ("is a link" if more else "is there already") in ended.err
    assert (tmp_path / "storm.toml").read_text() == "mine"
    (tmp_path / "relaxing-back-8.ahap").write_text("mine")
    (tmp_path / "relaxing-back-funscript").mkdir()
    assert knead("profile", "export", "relaxing-back", "--as", "ahap", "--step", "8").code == 2
    assert knead("profile", "export", "relaxing-back", "--as", "funscript").code == 2
    assert (tmp_path / "relaxing-back-8.ahap").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "ending"), [("funscript", ".vib.funscript"), ("haptic", ".haptic"), ("ahap", ".ahap")]
)
def test_a_step_goes_out_and_comes_back(knead: Any, name: str, ending: str) -> None:
    ended = knead("profile", "export", "relaxing-back", "--as", name, "--step", "8", "--json")
    assert ended.events[0]["files"] == [f"relaxing-back-8{ending}"]
    back = knead(
        "profile", "import", f"relaxing-back-8{ending}", "--name", "back", "--level", "100%", "--json"
    )
    assert back.code == 0
    step = load_profile("relaxing-back").step[7]
    told = back.events[0]
    assert told["imported_s"] == step.duration_s
    assert told["peak"] == pytest.approx(step.peak, abs=told["error"] + 0.02)


def test_every_zone_gets_a_file_in_a_folder(knead: Any, tmp_path: Path) -> None:
    ended = knead("profile", "export", "relaxing-back", "--as", "funscript", "-o", "out")
    assert ended.code == 0
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert "lumbar.vib.funscript" in names
    assert ended.out.splitlines() == [f"wrote out/{line}" for line in map(str, _in_order(ended.out))]
    data = json.loads((tmp_path / "out" / "lumbar.vib.funscript").read_text())
    assert data["metadata"]["creator"] == "Kneadwave"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def _in_order(out: str) -> list[str]:
    return [line.removeprefix("wrote out/") for line in out.splitlines()]


def test_a_run_goes_out_as_sound(knead: Any, tmp_path: Path) -> None:
    ended = knead("profile", "export", "felt-check", "--as", "wav", "--json")
    told = ended.events[0]
    assert told["device"] == "reference-cushion"
    assert all((tmp_path / file).stat().st_size > 1000 for file in told["files"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--as", "tact"], 2, "'tact' cannot be written"),
        (["--as", "wav", "--step", "3"], 2, "a sound is that of a whole run"),
        (["--as", "ahap", "--step", "8", "--zone", "lumbar"], 2, "a step and zones were asked for"),
        (["--as", "ahap", "--step", "99"], 2, "has no step '99'"),
        (["--as", "ahap", "--zone", "foot"], 2, "does not work on foot"),
        (["--as", "ahap", "--zone", "spine"], 3, "(rule 85)"),
        (["--as", "funscript", "--step", "8", "-o", "x.funscript"], 2, "no name for this format"),
        (["--as", "ahap", "--step", "8", "-o", "no/x.ahap"], 2, "there is no such folder"),
        (["--as", "wav", "-o", "no/x"], 2, "there is no such folder"),
    ],
)
def test_what_cannot_be_exported_is_told_with_a_hint(
    knead: Any, tmp_path: Path, words: list[str], code: int, said: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    ended = knead("profile", "export", "relaxing-back", *words)
    assert ended.code == code
    assert said in ended.err
    assert [line.partition(": ")[0] for line in ended.err.splitlines()] == ["error", "hint"]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_locked_profile_is_not_exported(knead: Any) -> None:
    ended = knead("profile", "export", "child", "--as", "haptic")
    assert ended.code == 3
    assert "(rule 98)" in ended.err


def test_the_shell_completes_what_there_is() -> None:
    assert FORMAT_NAMES == WRITTEN
    assert complete_format("f") == ["funscript"]
    assert "guide" not in complete_technique("")
    assert complete_technique("kn") == ["kneading"]
