"""A study: the robustness of many routines on many devices, as one table; what is done is kept, and goes on.

    for told in study(plan, folder, over): ...         one for each routine and device, done before or now
    write_table(folder, plan)                           study.parquet: one row for each step

Each pair of routine and device is a file of its own in the folder, with what it depends on; one that depends
on something else by now is made anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from firmware_bridge.devices.load import DeviceDescription
from kneadwave.errors import NotPlayable, UsageError, not_installed
from kneadwave.sessions.prepare import Piece, place
from kneadwave.sessions.resume import profile_sum
from kneadwave.store.outputs import STUDY_PAIR, STUDY_TABLE, refuse_taken
from kneadwave.text import clean, is_reserved
from kneadwave.tuning.robustness.play import Show, unseen
from kneadwave.tuning.robustness.robustness import robustness
from kneadwave.tuning.robustness.workers import Over

PAIRS: Final = "pairs"
TABLE: Final = "study.parquet"
FIGURES: Final = ("meant", "low", "high", "share", "levels")


@dataclass(frozen=True)
class StudyPlan:
    """What is to be played: every piece on every device, with so many variants that `seed` draws."""

    pieces: tuple[Piece, ...]
    devices: tuple[DeviceDescription, ...]
    variants: int
    seed: int

    def pairs(self) -> Iterator[tuple[Piece, DeviceDescription]]:
        """Every piece on every device."""
        return ((piece, device) for piece in self.pieces for device in self.devices)


@dataclass(frozen=True)
class PairDone:
    """A routine on a device; `found` is what `Robustness.as_dict` has, None where nothing of it is felt."""

    routine: str
    device: str
    found: dict[str, Any] | None
    before: bool
    """It was done before."""


def study(plan: StudyPlan, folder: Path, over: Over, show: Show = unseen) -> Iterator[PairDone]:
    """Play what was not played before; each pair as it is done. `show` hears the part that is done, 0 to 1.

    UsageError where `folder` cannot be written to, is a link, or holds something else by these names.
    """
    refuse_link(folder)
    try:
        (folder / PAIRS).mkdir(parents=True, exist_ok=True)
        refuse_taken(folder / TABLE, STUDY_TABLE, force=False)
        pairs = list(plan.pairs())
        for number, (piece, device) in enumerate(pairs):
            path = _path(folder, piece, device)
            refuse_taken(path, STUDY_PAIR, force=False)
            depends = _depends_on(plan, piece, device)
            kept = _kept(path, depends)
            found = kept["found"] if kept is not None else _play(plan, piece, device, over)
            if kept is None:
                _keep(path, {"depends_on": depends, "found": found})
            yield PairDone(piece.profile.name, device.name, found, kept is not None)
            show((number + 1) / len(pairs))
    except OSError as error:
        raise UsageError(f"{clean(str(folder))}: a study cannot be kept there: {error.strerror}") from error


def refuse_link(folder: Path) -> None:
    """UsageError for a folder that is a link, or has a name that some systems reserve."""
    if folder.is_symlink():
        raise UsageError(f"{clean(str(folder))} is a link to somewhere else", hint="name the folder itself")
    if is_reserved(folder.name):
        raise UsageError(
            f"{clean(str(folder))}: that name is reserved by some systems", hint="choose another"
        )


def write_table(folder: Path, plan: StudyPlan) -> Path:
    """Write every pair of the plan that is done as a table, a row for each step; where it lies."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise not_installed("a study", error.name, "cluster") from error
    path = folder / TABLE
    beside = path.with_suffix(".new")
    parquet.write_table(pa.Table.from_pylist(_rows(folder, plan)), beside)
    beside.replace(path)
    return path


def _rows(folder: Path, plan: StudyPlan) -> list[dict[str, Any]]:
    rows = []
    for piece, device in plan.pairs():
        kept = _kept(_path(folder, piece, device), _depends_on(plan, piece, device))
        found = None if kept is None else kept["found"]
        if found is not None:
            about = {"routine": piece.profile.name, "device": device.name, "variants": plan.variants}
            whole = {"session_share": found["share"], "session_levels": found["levels_share"]}
            rows += [
                about
                | {"step": step["number"], "name": step["name"], "zones": " ".join(step["zones"])}
                | {figure: step[figure] for figure in FIGURES}
                | whole
                for step in found["steps"]
            ]
    return rows


def _play(plan: StudyPlan, piece: Piece, device: DeviceDescription, over: Over) -> dict[str, Any] | None:
    try:
        score = place(piece, device).score
        return robustness(score, device, variants=plan.variants, seed=plan.seed, over=over).as_dict()
    except NotPlayable:
        return None


def _depends_on(plan: StudyPlan, piece: Piece, device: DeviceDescription) -> dict[str, Any]:
    return {
        "profile": profile_sum(piece.profile),
        "device": device.model_dump(mode="json"),
        "variants": plan.variants,
        "seed": plan.seed,
        "kneadwave": version("kneadwave"),
    }


def _path(folder: Path, piece: Piece, device: DeviceDescription) -> Path:
    return folder / PAIRS / f"{piece.profile.name}--{device.name}.json"


def _kept(path: Path, depends: dict[str, Any]) -> dict[str, Any] | None:
    """What is kept of a pair, unless it depends on something else, or cannot be read."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    whole = isinstance(told, dict) and "found" in told and told.get("depends_on") == depends
    return told if whole else None


def _keep(path: Path, told: dict[str, Any]) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(told), encoding="utf-8")
    beside.replace(path)
