"""`knead stop` and a routine that is led by hand: it has no port, and is found all the same."""

from collections.abc import Callable
from typing import Any

import pytest
from people import cleared

from kneadwave.devices import opens_nothing
from kneadwave.sessions.registry import running_sessions

Knead = Callable[..., Any]


@pytest.mark.usefixtures("one_clock")
def test_another_process_can_stop_it(knead: Knead, at: Callable[..., None], wall: Any) -> None:
    cleared("me", now=wall())
    ports: list[str] = []

    def ask(_session: Any) -> None:
        (running,) = running_sessions()
        ports.append(running.port)
        running.ask_to_stop()

    at(3.0, ask)
    ended = knead("run", "abdomen")
    assert ended.code == 7
    assert "stopped from outside" in ended.err
    assert opens_nothing(ports[0])
    assert not running_sessions()
