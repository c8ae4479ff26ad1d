"""`knead history` of somebody who had a thousand sessions, as a process of its own."""

from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.measure import KNEAD, PYTHON, row, run
from benchmarks.people import somebody
from firmware_bridge.clock import local_now
from kneadwave.people.diary import GOING_S
from kneadwave.people.ledger import FORMAT
from kneadwave.people.records import store
from kneadwave.store.ledger_end import LedgerEnd
from kneadwave.store.log_lines import LogEntry, encode
from kneadwave.store.people_store import LINES

SESSIONS = 1000
STEPS = 59
ZONES = [
    f"{zone}-{side}" for zone in ("neck", "shoulder", "upper-back", "lumbar") for side in ("left", "right")
]


def main() -> None:
    """Time beside `import numpy`, and memory."""
    with somebody() as env:
        lines = _write("me", local_now() - timedelta(days=1))
        command = [*KNEAD, "history"]
        run(command, env=env)
        cost = min((run(command, env=env) for _ in range(5)), key=lambda cost: cost.cpu)
        start = min(run([*KNEAD, "profile", "list"], env=env).cpu for _ in range(5))
        numpy = min(run([PYTHON, "-c", "import numpy"]).cpu for _ in range(5))
    what = f"knead history, {SESSIONS} sessions, {lines} lines"
    row(f"{what}, processor time", f"{cost.cpu:.2f} s", "under 1 s", cost.cpu < 1)
    row("the same / import numpy", f"{cost.cpu / numpy:.1f}", "to be reported", None)
    row("knead profile list / import numpy, processor time", f"{start / numpy:.1f}", "to be reported", None)
    row(f"{what}, memory", f"{cost.peak_mib:.0f} MiB", "under 80 MiB", cost.peak_mib < 80)


def _write(name: str, last: datetime) -> int:
    """A ledger of sessions, two a day up to `last`, each of a quarter of an hour; how many lines it has."""
    count, prev = 0, ""
    with Path(store().place(name, LINES)).open("wb") as file:

        def put(event: str, at: datetime, **fields: object) -> None:
            nonlocal count, prev
            if not count:
                fields["witnessed"] = True
            line, prev = encode(LogEntry(at, event, fields), FORMAT, prev)
            file.write(line)
            count += 1

        for session in reversed(range(SESSIONS)):
            began = last - session * timedelta(hours=12)
            put("began", began, profile="relaxing-back", device="reference-cushion", planned_s=900.0)
            for step in range(1, STEPS + 1):
                seconds = step * GOING_S
                put("going", began + timedelta(seconds=seconds), seconds=seconds, dose=_dose(seconds))
            put("ended", began + timedelta(seconds=900), reason="completed", seconds=900.0, dose=_dose(900.0))
    end = LedgerEnd(count, prev)
    store().write_anchor(name, end)
    store().write_witness(name, end)
    return count


def _dose(seconds: float) -> dict[str, dict[str, float]]:
    return {zone: {"peak": 0.6, "mean": 0.312, "active_s": seconds / 4, "dwell_s": 12.04} for zone in ZONES}
