"""A hundred paced sessions in one process, over virtual cushions: `knead fleet bench 100`."""

import json

from benchmarks.measure import KNEAD, row, run

SESSIONS = 100


def main() -> None:
    """What they take, and how many held or were lost."""
    told = map(json.loads, run([*KNEAD, "fleet", "bench", str(SESSIONS), "--json"]).output.splitlines())
    found = next(each for each in told if each["event"] == "bench")
    what, host = f"{SESSIONS} sessions in one process", found["host_share"]
    row(
        f"{what}, begun within {found['begun_s']:.1f} s", f"{host:.1%} of a core", "at most 50 %", host <= 0.5
    )
    row(f"{what}: held", f"{found['held']}", "0", found["held"] == 0)
    row(f"{what}: lost", f"{found['lost']}", "0", found["lost"] == 0)
    row(f"{what}: memory of each", f"{found['memory_each'] / 1e6:.2f} MB", "to be reported", None)
