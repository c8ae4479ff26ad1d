"""A study keeps each pair as it is done, goes on where it was, and makes anew what has changed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest

from firmware_bridge.devices.load import load_device
from kneadwave.errors import UsageError
from kneadwave.sessions.prepare import load
from kneadwave.tuning.robustness.robustness import robustness
from kneadwave.tuning.robustness.study import PAIRS, StudyPlan, study, write_table

SHORT = """
schema = 1
name = "{name}"
audience = "test"
[[step]]
name = "one stroke"
technique = {{ kind = "stroking" }}
zones = {zones}
duration_s = 10
level = {level}
"""


@pytest.fixture
def plan(tmp_path: Path) -> Callable[..., StudyPlan]:
    def make(level: float = 0.5, variants: int = 4, seed: int = 0) -> StudyPlan:
        pieces = []
        for name, zones in (("back", '["lumbar", "shoulder"]'), ("feet", '["foot"]')):
            path = tmp_path / f"{name}.toml"
            path.write_text(SHORT.format(name=name, zones=zones, level=level))
            pieces.append(load(str(path), 1.70))
        return StudyPlan(tuple(pieces), (load_device("seat-pad-8"),), variants, seed)

    return make


def played(plan: StudyPlan, folder: Path) -> list[tuple[str, bool, bool]]:
    return [(each.routine, each.found is not None, each.before) for each in study(plan, folder, map)]


def test_each_pair_is_played_once(plan: Any, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    assert played(plan(), folder) == [("back", True, False), ("feet", False, False)]
    assert played(plan(), folder) == [("back", True, True), ("feet", False, True)]


def test_what_was_broken_off_goes_on(plan: Any, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    events = study(plan(), folder, map)
    next(events)
    events.close()
    assert [before for _, _, before in played(plan(), folder)] == [True, False]


@pytest.mark.parametrize("change", [{"level": 0.4}, {"variants": 5}, {"seed": 1}])
def test_what_depends_on_something_else_is_played_anew(
    plan: Any, tmp_path: Path, change: dict[str, Any]
) -> None:
    folder = tmp_path / "study"
    played(plan(), folder)
    assert [before for _, _, before in played(plan(**change), folder)] == [False, False]


@pytest.mark.parametrize("damage", ["", "{", '{"depends_on": 1}', '{"depends_on": ' + "[" * 100_000])
def test_a_damaged_pair_is_played_anew(plan: Any, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "study"
    played(plan(), folder)
    path = next((folder / PAIRS).glob("back*.json"))
    path.write_text(damage)
    assert [before for _, _, before in played(plan(), folder)] == [False, True]
    assert json.loads(path.read_text())["found"]


def test_the_table_has_a_row_for_each_step_with_the_figures_of_robust(plan: Any, tmp_path: Path) -> None:
    from kneadwave.sessions.prepare import place

    folder, whole = tmp_path / "study", plan()
    played(whole, folder)
    (row,) = parquet.read_table(write_table(folder, whole)).to_pylist()
    device = whole.devices[0]
    alone = robustness(place(whole.pieces[0], device).score, device, variants=4, seed=0).as_dict()
    assert (row["routine"], row["device"], row["step"], row["variants"]) == ("back", "seat-pad-8", 1, 4)
    assert row["levels"] == alone["steps"][0]["levels"]
    assert row["session_share"] == alone["share"]


def test_a_folder_that_cannot_be_one_is_a_matter_of_how_it_was_called(plan: Any, tmp_path: Path) -> None:
    (tmp_path / "study").write_text("mine")
    with pytest.raises(UsageError, match="cannot be kept"):
        played(plan(), tmp_path / "study")
    assert (tmp_path / "study").read_text() == "mine"


@pytest.mark.parametrize("name", ["study.parquet", "pairs/back--seat-pad-8.json"])
@pytest.mark.parametrize("how", ["a file of another kind", "a link", "a folder"])
def test_nothing_of_somebody_s_is_written_over(plan: Any, tmp_path: Path, name: str, how: str) -> None:
    folder, elsewhere = tmp_path / "study", tmp_path / "mine.txt"
    (folder / PAIRS).mkdir(parents=True)
    elsewhere.write_text("the work of an evening")
    if how == "a link":
        (folder / name).symlink_to(elsewhere)
    elif how == "a folder":
        (folder / name).mkdir()
    else:
        (folder / name).write_text("the work of an evening")
    with pytest.raises(UsageError):
        played(plan(), folder)
    assert elsewhere.read_text() == "the work of an evening"
    if how == "a file of another kind":
        assert (folder / name).read_text() == "the work of an evening"


def test_no_link_is_followed_and_no_reserved_name_taken(plan: Any, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "study").symlink_to(tmp_path / "there")
    for name in ("study", "aux"):
        with pytest.raises(UsageError):
            played(plan(), tmp_path / name)
    assert not list((tmp_path / "there").iterdir())
