"""`knead study` on the screen: each pair as it is done, and where table and picture lie."""

from importlib.util import find_spec
from pathlib import Path

from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.plot_option import drawing
from kneadwave.cli.terminal.signals import Signals
from kneadwave.cli.views.curves import device_of
from kneadwave.cli.views.robustness import cores, useful, verdict, workers
from kneadwave.errors import not_installed
from kneadwave.sessions.prepare import Piece
from kneadwave.store.outputs import PICTURES, refuse_taken
from kneadwave.text import clean
from kneadwave.tuning.robustness.study import PairDone, StudyPlan, refuse_link, study, write_table
from profiles.body import DEFAULT_STATURE_M, body_map
from profiles.profile import load_profile, shipped_profiles

PICTURE = "study.png"


def tell_study(
    out: Output,
    folder: Path,
    profiles: list[str],
    devices: list[str],
    *,
    variants: int,
    seed: int,
    jobs: int | None,
    scheduler: str | None,
) -> None:
    """Play every routine on every device, and tell what comes of it."""
    if find_spec("pyarrow") is None:
        raise not_installed("a study", "pyarrow", "cluster")
    refuse_link(folder)
    if folder.is_dir():
        refuse_taken(folder / PICTURE, PICTURES[".png"], force=False)
    plan = _plan(profiles, devices, variants, seed)
    done: list[PairDone] = []
    with Signals(), workers(scheduler, min(jobs or cores(), useful(variants))) as over:
        for each in study(plan, folder, over):
            done.append(each)
            _tell(out, each, len(done), len(plan.pieces) * len(plan.devices))
    table = write_table(folder, plan)
    out.event("written", path=str(table))
    out.say(f"table: {clean(str(table))}")
    if find_spec("matplotlib") is not None:
        _draw(out, done, plan, folder / PICTURE)


def _plan(profiles: list[str], devices: list[str], variants: int, seed: int) -> StudyPlan:
    from firmware_bridge import shipped_devices

    body = body_map(DEFAULT_STATURE_M)
    loaded = [(name, load_profile(name)) for name in profiles or shipped_profiles()]
    pieces = [Piece(name, profile, body) for name, profile in loaded if not profile.locked_for]
    return StudyPlan(
        tuple(piece for piece in pieces if not piece.profile.guided_only),
        tuple(device_of(name) for name in devices or shipped_devices()),
        variants,
        seed,
    )


def _tell(out: Output, pair: PairDone, number: int, of: int) -> None:
    levels = None if pair.found is None else pair.found["levels_share"]
    out.event(
        "pair",
        profile=pair.routine,
        device=pair.device,
        levels_share=levels,
        before=pair.before,
        number=number,
        of=of,
    )
    found = (
        "nothing of it is felt"
        if levels is None
        else f"{levels:.0%} of the zones as meant, {verdict(levels)}"
    )
    before = " (done before)" if pair.before else ""
    out.say(f"{number} of {of}  {clean(pair.routine)} on {clean(pair.device)}: {found}{before}")


def _draw(out: Output, done: list[PairDone], plan: StudyPlan, path: Path) -> None:
    from kneadwave.reports.plots.study import plot_study

    levels = {
        (each.routine, each.device): None if each.found is None else float(each.found["levels_share"])
        for each in done
    }
    names = ([piece.profile.name for piece in plan.pieces], [device.name for device in plan.devices])
    with drawing():
        plot_study(*names, levels, f"{plan.variants} devices with motors as real ones are", path)
    out.event("picture", path=str(path))
    out.say(f"picture: {clean(str(path))}")
