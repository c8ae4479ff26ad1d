"""What a simulated run came to, as a table."""

from typing import Any, Final

from firmware_bridge import DWELL_MAX_S
from kneadwave.cli.terminal.columns import paragraph
from kneadwave.cli.terminal.output import Output
from kneadwave.text import clean, clock_text, times, zones_explained

EXPLAINED: Final = (
    "frames: drives sent, 50 a second; bytes a second: what these take on the line. longest dwell: work of "
    "one actuator without a rest. trips: how often a limit stopped the device. "
    "peak, mean: felt level, the mean over the felt minutes."
)


def print_summary(figures: dict[str, Any], out: Output) -> None:
    """The table that a simulation ends with."""
    duration = figures["duration_s"]
    dwell = figures["longest_dwell"]
    head = [
        ("profile", f"{figures['profile']} on {figures['device']}"),
        ("time", f"{clock_text(duration)} min ({duration:.1f} s), simulated in {figures['wall_s']:.1f} s"),
        ("frames", f"{figures['frames']}"),
        ("bytes a second", f"{figures['bytes_per_s']:.0f} ({figures['bytes']} in all)"),
        (
            "longest dwell",
            f"{dwell['s']:.1f} s of {DWELL_MAX_S:.0f} s ({dwell['actuator']})"
            if dwell["actuator"]
            else "none",
        ),
        ("trips", f"{figures['trips']}"),
    ]
    if figures["limit"] < 1.0:
        head.append(("limit", f"at most {figures['limit']:.0%} is felt anywhere"))
    if figures["intensity"] < 1.0:
        head.append(("intensity", f"{figures['intensity']:.0%} of what is written"))
    if figures["faults"]:
        head.append(("faults", ", ".join(_struck(kind, n) for kind, n in figures["faults"].items())))
    if figures["shifts"]:
        head.append(("held up", f"{times(figures['shifts'])} by a line that stalled"))
    if figures["losses"]:
        head.append(("link lost", f"{times(figures['losses'])} for a moment, and came back"))
    for name, value in head:
        out.say(f"{out.bold(f'{name:<15}')} {value}")
    out.say()
    if any(zone["peak"] for zone in figures["zones"]):
        out.table(
            ("zone", "peak %", "mean %", "felt min"),
            [
                (z["title"], f"{z['peak'] * 100:.0f}", f"{z['mean'] * 100:.0f}", clock_text(z["active_s"]))
                for z in figures["zones"]
            ],
            right=(1, 2, 3),
        )
        words = "".join(f" {told}." for told in zones_explained(zone["zone"] for zone in figures["zones"]))
        for line in paragraph(EXPLAINED + words):
            out.say(line)
    else:
        out.say("No motor moves in it.")
    _list(out, "excluded, off throughout", [f"{e['id']}: {e['reason']}" for e in figures["excluded"]])
    _list(out, "rendered differently on this device", figures["substitutions"])


def _struck(kind: str, count: int) -> str:
    """What a kind of fault did to the line."""
    if kind in ("drop", "flip"):
        return f"{kind} struck {count} byte{'' if count == 1 else 's'}"
    return f"{kind} struck {times(count) if count else 'never'}"


def _list(out: Output, title: str, lines: list[str]) -> None:
    if lines:
        out.say()
        out.say(out.bold(title))
        for line in lines:
            out.say(f"  {clean(line)}")
