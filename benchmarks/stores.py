"""The stores of people, with those of a large clinic in them: 10,000 people, 600,000 lines.

`python -m benchmarks stores`; PEOPLE=1000 takes fewer, STORES=sqlite one of them. PostgreSQL is a server of
its own, which syncs.
"""

import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic, sleep

from benchmarks.measure import percentile, row
from firmware_bridge.clock import local_now
from kneadwave.people import ledger
from kneadwave.people.history import history
from kneadwave.people.ledger import FORMAT
from kneadwave.people.recipient import load
from kneadwave.people.records import store
from kneadwave.store.ledger_end import LedgerEnd
from kneadwave.store.log_lines import LogEntry, encode
from kneadwave.store.people_store import PersonKept

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "helpers"))

PEOPLE = int(os.environ.get("PEOPLE", "10000"))
STORES = os.environ.get("STORES", "sqlite postgres").split()
LINES = 60
WRITERS = 50
APPENDS = 10
EACH_S = 3.0
"""Five times as often as a session writes, seconds."""
LOOKS = 200
HOMES = ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")
RECIPIENT = """\
schema = 1
name = "{name}"
adult = true
stature_m = 1.7
sensitivity = "normal"
posture = "any"
pregnancy_month = 0
doctor_max_min = 0
pain = {{}}
first_session = false
"""


def main() -> None:
    """Fill each store, open people, read their histories, and let many write at once."""
    for kind in STORES:
        with _store(kind):
            began = monotonic()
            store().take_in(_people(local_now() - timedelta(days=1)))
            row(
                f"{kind}: {PEOPLE} people of {LINES} lines taken in", f"{monotonic() - began:.0f} s", "", None
            )
            names = random.Random(1).sample([_name(number) for number in range(PEOPLE)], LOOKS)
            _tell(kind, "who is recorded, one", [_timed(load, name) for name in names], 20)
            _tell(kind, "opening a person", [_opening(name) for name in names], 20)
            _tell(kind, "history of one", [_timed(_history, name) for name in names], 100)
            began = monotonic()
            assert len(store().names()) == PEOPLE
            row(f"{kind}: all names", f"{(monotonic() - began) * 1000:.0f} ms", "to be reported", None)
            seconds, failed = _written()
            _tell(kind, f"a line, {WRITERS} writers, one in {EACH_S:g} s each", seconds, 150)
            row(f"{kind}: writers that failed", str(failed), "0", failed == 0)


def _tell(kind: str, what: str, seconds: list[float], most_ms: float) -> None:
    middle, worst = percentile(seconds, 0.5) * 1000, percentile(seconds, 0.99) * 1000
    row(
        f"{kind}: {what}, median and p99",
        f"{middle:.1f}, {worst:.1f} ms",
        f"p99 {most_ms:g} ms",
        worst <= most_ms,
    )


def _timed(what: object, name: str) -> float:
    assert callable(what)
    began = monotonic()
    what(name)
    return monotonic() - began


def _opening(name: str) -> float:
    began = monotonic()
    with ledger.opened(name, local_now()) as book:
        took = monotonic() - began
        assert len(book.entries) == LINES
    return took


def _history(name: str) -> None:
    assert len(history(ledger.view(name).entries).sittings) == LINES // 4


def _written() -> tuple[list[float], int]:
    """Seconds for each line that processes write, each for a person of its own; and how many failed."""
    context = get_context("fork")
    pairs = [context.Pipe(duplex=False) for _ in range(WRITERS)]
    processes = [context.Process(target=_write, args=(number, out)) for number, (_, out) in enumerate(pairs)]
    for process in processes:
        process.start()
    for _, out in pairs:
        out.close()
    found: list[float] = []
    failed = 0
    for here, _ in pairs:
        try:
            found += here.recv()
        except EOFError:
            failed += 1
    for process in processes:
        process.join()
    return found, failed


def _write(number: int, out: Connection) -> None:
    seconds, now = [], local_now()
    with ledger.opened(_name(number), now) as book:
        for step in range(APPENDS):
            sleep(EACH_S * (0.5 + random.random()))
            began = monotonic()
            book.append("ready", now, number=step)
            seconds.append(monotonic() - began)
    out.send(seconds)


def _people(last: datetime) -> Iterator[PersonKept]:
    dose = {zone: {"peak": 0.6, "mean": 0.3, "active_s": 60.0, "dwell_s": 9.5} for zone in ("neck", "lumbar")}
    for number in range(PEOPLE):
        data, prev = b"", ""
        for line in range(LINES):
            at = last - timedelta(hours=LINES - line)
            event, fields = [
                ("screening", {"answers": {}, "consent": {}}),
                ("ready", {}),
                ("began", {"profile": "relaxing-back", "device": "reference-cushion", "planned_s": 900.0}),
                ("ended", {"reason": "completed", "seconds": 900.0, "dose": dose}),
            ][line % 4]
            more = {"witnessed": True} if line == 0 else {}
            text, prev = encode(LogEntry(at, event, {**fields, **more}), FORMAT, prev)
            data += text
        name = _name(number)
        records = {"recipient.toml": RECIPIENT.format(name=name).encode()}
        yield PersonKept(name, records, data, LedgerEnd(LINES, prev))


def _name(number: int) -> str:
    return f"p{number}"


@contextmanager
def _store(kind: str) -> Iterator[None]:
    """A store of this kind, empty and in use, in folders that go away."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        before = {home: os.environ.get(home) for home in HOMES}
        os.environ.update({home: str(folder / home) for home in HOMES})
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
        url = f"sqlite://{folder}/people.db"
        if kind == "postgres":
            from postgres_server import PostgresServer

            from kneadwave.store.postgres_database import prepare

            server = PostgresServer(syncs=True)
            stack.callback(server.gone)
            database = server.database()
            prepare(server.url(database, "owner"))
            with server.connected() as db:
                db.execute("GRANT kneadwave TO anna")
            url = server.url(database)
        config = folder / "XDG_CONFIG_HOME" / "kneadwave" / "config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(f'store = "{url}"\n', encoding="utf-8")
        try:
            yield
        finally:
            for home, value in before.items():
                os.environ.pop(home) if value is None else os.environ.update({home: value})
