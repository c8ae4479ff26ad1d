"""What a simulated run came to: the figures as JSON has them, and as a table."""

from typing import TYPE_CHECKING, Any

from kneadwave.cli.terminal.output import Output
from kneadwave.text import clean, clock_text

if TYPE_CHECKING:
    from simulator.run import Simulation


def summary_fields(simulation: "Simulation", wall_s: float) -> dict[str, Any]:
    """The figures of a run; times in seconds, levels 0 to 1. `wall_s` is how long it took to simulate."""
    figures = simulation.watch.summary.as_dict()
    sent = simulation.session.device
    played = figures["duration_s"]
    return {
        "profile": simulation.session.score.name,
        "device": simulation.layout.description.name,
        **figures,
        "frames": sent.frames_sent,
        "reports": sent.reports_read,
        "bytes": sent.bytes_sent,
        "bytes_per_s": round(sent.bytes_sent / played, 1) if played else 0.0,
        "trips": simulation.trips,
        "shifts": simulation.session.shifts,
        "substitutions": list(simulation.session.substitutions),
        "wall_s": round(wall_s, 3),
    }


def print_summary(figures: dict[str, Any], out: Output) -> None:
    """The table that a simulation ends with."""
    duration = figures["duration_s"]
    dwell = figures["longest_dwell"]
    head = [
        ("profile", f"{figures['profile']} on {figures['device']}"),
        ("time", f"{clock_text(duration)} min ({duration:.1f} s), simulated in {figures['wall_s']:.1f} s"),
        ("frames", f"{figures['frames']}"),
        ("bytes a second", f"{figures['bytes_per_s']:.0f} ({figures['bytes']} in all)"),
        ("longest dwell", f"{dwell['s']:.1f} s ({dwell['actuator']})" if dwell["actuator"] else "none"),
        ("trips", f"{figures['trips']}"),
    ]
    if figures["shifts"]:
        head.append(("held up", f"{figures['shifts']} times by a line that stalled"))
    for name, value in head:
        out.say(f"{out.bold(f'{name:<15}')} {value}")
    out.say()
    out.table(
        ("zone", "peak %", "mean %", "felt s"),
        [
            (z["zone"], f"{z['peak'] * 100:.0f}", f"{z['mean'] * 100:.0f}", f"{z['active_s']:.1f}")
            for z in figures["zones"]
        ],
        right=(1, 2, 3),
    )
    _list(out, "excluded, off throughout", [f"{e['id']}: {e['reason']}" for e in figures["excluded"]])
    _list(out, "rendered differently on this device", figures["substitutions"])


def _list(out: Output, title: str, lines: list[str]) -> None:
    if lines:
        out.say()
        out.say(out.bold(title))
        for line in lines:
            out.say(f"  {clean(line)}")
