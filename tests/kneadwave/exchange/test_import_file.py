"""What comes of a foreign file: a profile within every limit, and a word for everything that is lost."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from depth import at_depth
from foreign_files import ahap, dots, event, funscript, haptic, path, strokes, tact, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kneadwave.errors import UsageError
from kneadwave.exchange import formats
from kneadwave.exchange.fields import ExchangeError
from kneadwave.exchange.import_file import (
    LEVEL,
    PART_MAX_S,
    ZONES,
    ImportedProfile,
    ImportRequest,
    import_file,
    name_of,
)
from profiles.curve import IntensityCurve
from profiles.errors import ProfileError
from profiles.files.load import parse
from profiles.files.save import dump
from profiles.rules.check import check
from profiles.technique import TECHNIQUES

WAVES = haptic(*((10.0 * k, 0.5 + 0.4 * (-1) ** k) for k in range(31)))


@pytest.fixture
def brought(tmp_path: Path) -> Any:
    def bring(data: Any, name: str = "song.funscript", **asked: Any) -> ImportedProfile:
        return import_file(ImportRequest(written(tmp_path, name, data), **asked))

    return bring


def errors(imported: ImportedProfile) -> list[str]:
    return [finding.message for finding in check(imported.profile) if finding.severity == "error"]


@pytest.mark.parametrize("technique", [kind for kind in TECHNIQUES if kind not in ("guide", "tapping")])
def test_every_technique_makes_a_profile_that_passes_the_check(brought: Any, technique: str) -> None:
    imported = brought(WAVES, technique=technique)
    assert errors(imported) == []
    before, step, after = imported.profile.step
    assert (before.technique.kind, step.technique.kind, after.technique.kind) == (
        "stroking",
        technique,
        "stroking",
    )
    assert step.zones == ZONES
    assert step.level == LEVEL
    assert step.duration_s == 300.0
    assert after.level < before.level <= 0.2
    assert parse(dump(imported.profile)) == imported.profile


@pytest.mark.parametrize(
    ("seconds", "cut"), [(PART_MAX_S - 1, False), (PART_MAX_S, False), (PART_MAX_S + 1, True)]
)
def test_what_has_no_room_in_a_session_is_cut_with_a_word(brought: Any, seconds: float, cut: bool) -> None:
    imported = brought(haptic((0.0, 0.2), (seconds / 2, 0.8), (seconds, 0.2)))
    assert imported.profile.step[1].duration_s == min(seconds, PART_MAX_S)
    assert imported.profile.duration_s <= 1200.0
    assert any("left out" in note and "rule 84" in note for note in imported.notes) is cut
    assert errors(imported) == []


def test_a_day_long_event_takes_no_more_than_a_session(brought: Any) -> None:
    imported = brought(ahap(event(0.0, 80_000.0)))
    assert imported.figures["lasts_s"] == 80_000.0
    assert imported.figures["imported_s"] == PART_MAX_S


@pytest.mark.parametrize(("half_ms", "refused"), [(600, False), (500, False), (499, True), (250, True)])
def test_strokes_above_sixty_a_minute_are_refused_for_kneading(
    brought: Any, half_ms: int, refused: bool
) -> None:
    data = funscript(*strokes(100, half_ms))
    if refused:
        with pytest.raises(
            ProfileError, match=r"the file's strokes: .* a minute; kneading has 60 at most"
        ) as raised:
            brought(data, technique="kneading")
        assert raised.value.rule == 64
        return
    step = brought(data, technique="kneading").profile.step[1]
    assert step.technique.rate_cpm == pytest.approx(30_000 / half_ms)


def test_a_rate_of_ones_own_replaces_the_strokes_and_is_told(brought: Any) -> None:
    imported = brought(funscript(*strokes(100, 250)), technique="kneading", rate_cpm=30.0)
    assert imported.profile.step[1].technique.rate_cpm == 30.0
    assert "kneading at 30 a minute, in place of the file's 120" in imported.notes
    with pytest.raises(ProfileError, match="asked for: 61 a minute; kneading has 60 at most"):
        brought(funscript(*strokes(100, 250)), technique="kneading", rate_cpm=61.0)


def test_a_technique_without_a_rate_says_that_strokes_are_lost(brought: Any) -> None:
    data = funscript(*strokes(100, 250))
    assert "left out: its 120 strokes a minute; stroking has no rate" in brought(data).notes
    with pytest.raises(UsageError, match="stroking has no rate"):
        brought(data, rate_cpm=30.0)


def test_the_level_is_that_of_the_zones_unless_somebody_says_more(brought: Any) -> None:
    assert brought(WAVES, zones=("flank",), level=None).profile.step[1].level == LEVEL
    steady = haptic((0.0, 1.0), (100.0, 1.0))
    imported = brought(steady, zones=("flank",), level=0.9)
    assert any("0.9" in message or "90" in message for message in errors(imported))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"technique": "guide"}, "'guide' is no technique to import as"),
        ({"technique": "\x1b[2J"}, "is no technique"),
        ({"zones": ("spien",)}, "there is no zone 'spien'"),
    ],
)
def test_what_is_asked_wrongly_is_a_matter_of_usage(brought: Any, asked: Any, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        brought(WAVES, **asked)
    assert words in str(raised.value)


@pytest.mark.parametrize("zone", ["spine", "kidney", "kidney-left"])
def test_an_excluded_zone_is_refused_by_its_rule(brought: Any, zone: str) -> None:
    with pytest.raises(ProfileError) as raised:
        brought(WAVES, zones=(zone,))
    assert raised.value.rule in (21, 85)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (haptic((0.0, 0.0), (100.0, 0.0)), "is silent throughout"),
        (haptic((0.0, 0.5), (0.4, 0.5)), "lasts 0.4 s; a step has 0.5 s at least"),
        (haptic((0.0, 0.5)), "lasts 0 s"),
    ],
)
def test_what_holds_nothing_is_refused(brought: Any, data: Any, words: str) -> None:
    with pytest.raises(ExchangeError, match=words):
        brought(data)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Löwe (1) \x1b[2J.vib.funscript", "l-we-1-2j"),
        (".funscript", "imported"),
        ("_-_.json", "imported"),
        ("x" * 200, "x" * 40),
        ("日本.ahap", "imported"),
        ("a" * 39 + " b.ahap", "a" * 39),
    ],
)
def test_a_name_is_made_of_any_file(brought: Any, name: str, made: str) -> None:
    assert brought(WAVES, name=name).profile.name == made == name_of(Path(name))


LEFT = {"VestBack": path((0, 0.5, 1.0, 1.0), (60_000, 0.9, 1.0, 0.0))}


def test_a_path_on_the_back_becomes_the_zones_that_it_passes(brought: Any) -> None:
    imported = brought(tact((0, 60_000, LEFT)), "x.tact")
    zones = imported.figures["zones"]
    assert zones == ["gluteal", "flank", "scapular", "shoulder"]
    assert (
        f"its places on the back become the zones {', '.join(zones)}, upwards on both sides" in imported.notes
    )
    assert errors(imported) == []


def test_what_lies_over_spine_or_kidneys_is_dropped_and_told(brought: Any) -> None:
    across = {"VestBack": path((0, 0.5, 0.0, 0.7), (60_000, 0.9, 1.0, 0.7))}
    imported = brought(tact((0, 60_000, across)), "x.tact")
    assert "lumbar" in imported.figures["zones"] or "flank" in imported.figures["zones"]
    assert all(not zone.startswith(("spine", "kidney")) for zone in imported.figures["zones"])
    assert any("lies over spine or kidneys and is left out (rules 85, 21)" in note for note in imported.notes)
    assert errors(imported) == []


def test_a_path_over_nothing_but_the_spine_leaves_its_intensity(brought: Any) -> None:
    middle = {"VestBack": path((0, 0.5, 0.5, 0.2), (60_000, 0.9, 0.5, 0.6))}
    imported = brought(tact((0, 60_000, middle)), "x.tact")
    assert imported.figures["zones"] == list(ZONES)
    assert any(note.startswith("100% of its way lies over") for note in imported.notes)


def test_zones_that_are_asked_for_count_more_than_those_of_the_file(brought: Any) -> None:
    imported = brought(tact((0, 60_000, LEFT)), "x.tact", zones=("shoulder", "shoulder"))
    assert imported.figures["zones"] == ["shoulder"]


def test_dots_have_places_too(brought: Any) -> None:
    imported = brought(tact((0, 30_000, {"VestBack": dots(0, 30_000, 0.5, 3, 7)})), "x.tact")
    assert imported.figures["zones"] == ["scapular", "shoulder"]


def test_origin_error_and_losses_stand_in_the_profile(brought: Any) -> None:
    imported = brought(funscript(*strokes(100, 500)), "song.funscript")
    assert imported.profile.title == "Imported from song.funscript"
    for note in imported.notes:
        assert note in imported.profile.description
    assert f"{imported.figures['error']:.1%}" in imported.profile.description


def test_a_million_points_are_read_in_one_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of them is looked at by itself: that would take half a minute."""
    count = at_depth(1_000_000)
    at = ",".join(f'{{"at":{k},"pos":{k * 7 % 100}}}' for k in range(count))
    file = written(tmp_path, "big.funscript", b'{"version":"1.0","actions":[' + at.encode() + b"]}")
    looked = []
    entry = formats.Field.entry
    monkeypatch.setattr(formats.Field, "entry", lambda self, n: looked.append(n) or entry(self, n))
    imported = import_file(ImportRequest(file))
    assert imported.figures["imported_s"] == pytest.approx(count / 1000.0, abs=0.1)
    assert looked == []


@settings(
    max_examples=at_depth(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.floats(1.0, 30.0), min_size=1, max_size=20),
    st.lists(st.floats(0.1, 1.0), min_size=21, max_size=21),
    st.sampled_from(["funscript", "haptic", "ahap"]),
)
def test_a_curve_that_is_exported_comes_back_within_the_stated_error(
    tmp_path: Path, gaps: list[float], levels: list[float], name: str
) -> None:
    times = np.round(np.cumsum([0.0, *gaps]), 1)
    curve = IntensityCurve(points=tuple(zip(times.tolist(), levels, strict=False)), unit="seconds")
    looks = np.append(np.arange(0.0, times[-1] - 0.05, 0.1), times[-1])
    envelope = formats.Envelope(looks, curve.evaluate(looks)).thinned(0.005)
    format_ = formats.FORMATS[name]
    assert format_.write is not None
    file = written(tmp_path, f"x{format_.ending}", format_.write(envelope, "x").encode())
    imported = import_file(ImportRequest(file, zones=("gluteal",), level=1.0, smooth_s=0.0))
    step = imported.profile.step[1]
    back = step.level * step.curve.at(looks[:-1], step.duration_s)
    # Lines to 0.5 %, whole percents of a funscript or 20 ms of a grid, and what the fit says of itself.
    steepest = float(np.abs(np.diff(envelope.levels) / np.diff(envelope.times)).max())
    allowed = 0.005 + 0.005 + 0.02 * steepest + imported.figures["error"] + 0.001
    assert np.abs(back - curve.evaluate(looks[:-1])).max() <= allowed
