"""Several sessions of one server on several devices: each by itself, all stopped at once, and counted."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep

import pytest
from page_client import LONG_S, Client, Served
from people import cleared

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")

PEOPLE = ("anna", "bert")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with Served(tmp_path) as server:
        yield server


@pytest.fixture
def cushions(served: Served) -> Iterator[list[str]]:
    """Where two virtual cushions are plugged in."""
    paths = [str(served.folder / f"cushion-{name}") for name in PEOPLE]
    with ExitStack() as stack:
        for path in paths:
            process = stack.enter_context(served.cushion(Path(path)))
            stack.callback(process.terminate)
        yield paths


def counted(served: Served, name: str) -> float:
    status, _, text = served.ask("/metrics", method="GET")
    assert status == 200
    found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    assert found is not None, text
    return float(found[1])


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + LONG_S
    while not condition():
        assert monotonic() < deadline
        sleep(0.05)


def begin(client: Client, person: str, port: str) -> str:
    asked = {"profile": "first-session", "device": [port], "recipient": person, "record": False}
    session: str = client.call("session.start", **asked)["session"]
    return session


def test_each_plays_by_itself_and_a_stop_stops_all(served: Served, cushions: list[str]) -> None:
    client = served.client()
    for person in PEOPLE:
        cleared(person, env=served.env)
    with client.listen() as line:
        sessions = []
        for person, port in zip(PEOPLE, cushions, strict=True):
            line.session = begin(client, person, port)
            line.until("progress")
            sessions.append(line.session)
        first, second = sessions
        assert counted(served, "kneadwave_sessions_playing") == 2
        line.session = first
        client.call("session.stop", session=first)
        line.until("stop", stop="confirmed")
        line.session = second
        line.until("progress", phase="playing")
        client.stop()
        line.until("stop", stop="confirmed")
        line.until("end", here=False)
    line_of = {each["id"]: each for each in client.call("session.list")}
    assert [line_of[each]["devices"] for each in sessions] == [[port] for port in cushions]
    assert {each["stop"] for each in line_of.values()} == {"confirmed"}


def test_a_house_may_count_what_was_played(served: Served) -> None:
    client = served.client()
    with client.listen() as line:
        asked = {"profile": "felt-check", "device": ["sim:"], "record": False}
        line.session = client.call("session.start", **asked)["session"]
        line.until("progress")
        line.until("progress")
        assert counted(served, "kneadwave_pages") == 1
        client.stop()
        line.until("end")
    wait_until(lambda: counted(served, "kneadwave_stops_total") == 1)
    assert counted(served, "kneadwave_sessions_playing") == 0
    assert counted(served, "kneadwave_sessions_total") == 1
    assert counted(served, "kneadwave_session_seconds_total") > 0
    assert counted(served, "kneadwave_stop_seconds_count") == 1
    assert counted(served, "kneadwave_stops_not_confirmed_total") == 0
    assert counted(served, "kneadwave_trips_total") == 0
    assert counted(served, "kneadwave_links_lost_total") == 0
