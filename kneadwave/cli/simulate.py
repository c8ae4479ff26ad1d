"""`knead simulate`: play a profile without hardware."""

from kneadwave.cli.options import (
    Faults,
    Force,
    Intensity,
    Json,
    Kernel,
    Limit,
    Minutes,
    On,
    Plot,
    Profile,
    Record,
    Seed,
    Stature,
)
from kneadwave.cli.terminal.output import telling
from kneadwave.cli.terminal.plot_option import to_draw

HELP = """Play a profile on a virtual cushion, without hardware and without waiting.

The same profile, device and seed give the same run, byte for byte. Without --on it is the reference cushion,
which stands in for yours; with --on it also warns where posture and device do not go together.

\b
Examples:
  knead simulate relaxing-back
  knead simulate my-profile.toml --on seat-pad-8 --limit 60%
  knead simulate first-session --plot run.png --record run.jsonl
  knead simulate relaxing-back --fault drop=0.1% --fault stall@12s+0.4s
  knead simulate relaxing-back --minutes 10
  knead simulate relaxing-back --json | tail -1
"""


def simulate(
    profile: Profile,
    on: On = None,
    limit: Limit = 1.0,
    intensity: Intensity = 1.0,
    minutes: Minutes = None,
    seed: Seed = 0,
    fault: Faults = None,
    record: Record = None,
    plot: Plot = None,
    stature: Stature = 1.70,
    kernel: Kernel = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Play a profile on a virtual cushion."""
    with telling(as_json) as out:
        from kneadwave.cli.simulation import simulate as play
        from kneadwave.config import load_config
        from kneadwave.sessions.simulate import SimulationRequest, faults_from

        config = load_config()
        asked = SimulationRequest(
            profile=profile,
            device=on or config.on,
            limit=min(limit, config.limit),
            intensity=intensity,
            minutes=minutes,
            seed=seed,
            faults=tuple(faults_from(fault or [])),
            stature_m=stature,
            record=record,
            replace=force,
            kernel=kernel,
        )
        play(out, asked, to_draw(plot, force=force))
