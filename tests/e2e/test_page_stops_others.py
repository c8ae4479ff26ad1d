"""STOP on the page reaches what another terminal began on this computer."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from page_browser import Visitors
from page_client import Served
from people import cleared


@contextmanager
def begun(served: Served, device: str) -> Iterator["subprocess.Popen[str]"]:
    """A session of another terminal, once it plays."""
    command = [sys.executable, "-m", "kneadwave", "run", "felt-check", "--device", device, "--json"]
    process = subprocess.Popen(command, env=served.env, cwd=served.folder, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert any(json.loads(line)["event"] == "progress" for line in process.stdout)
        yield process
    finally:
        process.terminate()
        process.communicate()


def test_a_session_of_another_terminal_stops_and_nothing_is_said_where_none_runs(
    visit: Visitors, page_server: Served, bench: Any
) -> None:
    cleared("me", env=page_server.env)
    page = visit("now")
    page.get_by_role("button", name="Stop everything").click()
    page.get_by_text("Nothing plays on this computer").wait_for()
    page.get_by_text("Nothing plays on this computer").wait_for(state="detached")  # another may begin by now
    with begun(page_server, bench.cushion().path) as run:
        page.get_by_role("button", name="Stop everything").click()
        page.get_by_text("At rest: the device confirmed it").wait_for()
        page.get_by_text("At rest: the device confirmed it").wait_for(state="detached")
        assert run.stdout is not None
        told = [json.loads(line) for line in run.stdout]
        assert told[-1]["reason"] == "stopped from outside"
        assert run.wait() == 7


def test_a_program_hears_which_devices_of_others_confirmed_it(page_server: Served, bench: Any) -> None:
    cleared("another", env=page_server.env)
    client = page_server.client()
    assert client.stop() == {"asked": []}
    device = bench.cushion()
    with begun(page_server, device.path) as run:
        assert client.stop() == {"asked": [], "elsewhere": {device.path: True}}
        assert run.wait() == 7
