"""The database of `make demo-clinic` goes away with the demo, however often somebody presses Ctrl-C."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

HELPERS = Path(__file__).parents[1] / "helpers"
OFTEN_S = 0.02

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals")


def test_it_goes_away_though_one_signal_follows_another(tmp_path: Path) -> None:
    """Ctrl-C reaches every process of a terminal, and the Makefile then ends each once more."""
    command = [sys.executable, str(HELPERS / "demo_database.py"), str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as served:
        assert served.stdout is not None
        place = served.stdout.readline().partition("host=")[2].strip("'\n")
        assert (Path(place) / "data" / "postmaster.pid").exists()
        while served.poll() is None:
            served.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                served.wait(OFTEN_S)
        assert served.stderr is not None
        assert (served.returncode, served.stderr.read()) == (0, "")
    assert not Path(place).exists()
