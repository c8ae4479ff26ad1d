"""Several processes and one ledger: one at a time, and one that is killed loses next to nothing."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ledgers import NOW, entries
from people import cleared, make_recipient

from kneadwave.errors import NotCleared
from kneadwave.people import ledger
from kneadwave.people.history import history

RUNNER = Path(__file__).parents[2] / "helpers" / "run_to_be_killed.py"


def holding(*seconds):
    process = subprocess.Popen(
        [sys.executable, str(RUNNER), "me", *map(str, seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "holding\n"
    return process


def test_a_killed_process_loses_at_most_the_running_line():
    cleared()
    with holding(15, 30, 44, 45) as process:
        process.kill()
    found = history(entries(datetime.now(UTC)))
    assert found.noticed == ()
    (sitting,) = found.sittings
    assert (sitting.seconds, sitting.reason) == (60.0, "broken off")
    assert sitting.zones["lumbar-left"].active_s == 45.0


def test_two_processes_cannot_have_one_ledger():
    cleared()
    with holding(15) as process:
        with pytest.raises(NotCleared, match="going on"):
            entries()
        assert len(ledger.read("me")) == 4
        assert process.stdin is not None
        process.stdin.close()
    assert process.returncode == 0
    assert [entry.event for entry in entries(datetime.now(UTC))][-1] == "ended"


def test_two_recipients_do_not_wait_for_each_other():
    make_recipient("guest")
    cleared()
    with holding(15) as process, ledger.opened("guest", NOW) as book:
        assert book.entries == []
        process.kill()
