"""The way to a device: profile, then gate, and only then the device."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from people import make_recipient, screened

from firmware_bridge.devices.load import load_device
from kneadwave.devices import Target
from kneadwave.errors import NotCleared
from kneadwave.people.gate import admit, simulation
from kneadwave.sessions.connect import opened
from profiles.profile import load_profile

Knead = Callable[..., Any]
RUN = ("run", "felt-check", "--device", "/dev/cushion")

pytestmark = pytest.mark.usefixtures("one_clock", "wall")


def test_without_a_recipient_nothing_is_opened(knead: Knead, port: Any) -> None:
    ended = knead(*RUN)
    assert ended.code == 7
    assert "knead recipient new" in ended.err
    assert port.opened == 0


def test_without_a_screening_of_today_nothing_is_opened(knead: Knead, port: Any, wall: Any) -> None:
    make_recipient("me")
    assert knead(*RUN).code == 7
    screened("me", now=wall())
    wall.start += timedelta(days=1)
    ended = knead(*RUN)
    assert ended.code == 7
    assert "knead screen" in ended.err
    assert port.opened == 0


def test_one_yes_blocks_before_anything_is_opened(knead: Knead, port: Any, wall: Any) -> None:
    make_recipient("me")
    screened("me", now=wall(), yes=["alcohol-or-drugs"])
    ended = knead(*RUN)
    assert ended.code == 7
    assert "rule 134" in ended.err
    assert port.opened == 0


def test_a_list_that_was_not_confirmed_needs_a_terminal(
    knead: Knead, port: Any, wall: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_recipient("me")
    screened("me", now=wall(), ready=False)
    assert knead(*RUN).code == 7
    assert port.opened == 0
    monkeypatch.setattr("kneadwave.cli.terminal.prompts.somebody_there", lambda: True)
    monkeypatch.setattr(
        "kneadwave.cli.terminal.prompts.confirm_on_terminal", lambda items: port.opened > 0 or len(items) < 3
    )
    assert knead(*RUN).code == 7
    assert port.opened == 0
    monkeypatch.setattr(
        "kneadwave.cli.terminal.prompts.confirm_on_terminal",
        lambda items: port.opened == 0 and len(items) > 3,
    )
    assert knead(*RUN).code == 0
    assert port.opened == 1


def test_a_signal_at_the_list_ends_with_its_own_code_and_a_last_line(
    knead: Knead, port: Any, wall: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_recipient("me")
    screened("me", now=wall(), ready=False)
    monkeypatch.setattr("kneadwave.cli.terminal.prompts.somebody_there", lambda: True)
    handled: list[Any] = []

    def hung(_items: Any) -> bool:
        handled.append(signal.getsignal(signal.SIGTERM))
        if handled[0] is not signal.SIG_DFL:
            os.kill(os.getpid(), signal.SIGTERM)
        return False

    monkeypatch.setattr("kneadwave.cli.terminal.prompts.confirm_on_terminal", hung)
    ended = knead(*RUN, "--json")
    assert ended.code == 143
    assert ended.events[-1]["exit"] == 143
    assert port.opened == 0


def test_a_profile_that_may_not_be_played_is_refused_before_the_gate(
    knead: Knead, port: Any, written: Callable[..., str]
) -> None:
    ended = knead("run", written("kneading-61"), "--device", port.url)
    assert ended.code == 3
    assert port.opened == 0


@pytest.mark.usefixtures("me")
def test_a_clearance_opens_its_own_device_only_while_it_runs(port: Any, wall: Any, one_clock: Any) -> None:
    known = Target(port.url, port.url, load_device("reference-cushion"))
    target = Target(port.url, port.url)
    with pytest.raises(NotCleared), opened(known, simulation(), one_clock):
        raise AssertionError("opened")
    with admit(None, load_profile("felt-check"), wall(), confirmed=None) as sitting:
        sitting.begin("felt-check", port.url, 30.0, wall())
        with opened(target, sitting.clearance, one_clock) as (device, *_):
            assert device.name == port.url
        sitting.end("completed", 30.0, {}, wall())
        with pytest.raises(NotCleared), opened(target, sitting.clearance, one_clock):
            raise AssertionError("opened after its end")
    assert port.opened == 1


def test_asking_a_device_what_it_is_needs_nobody(knead: Knead, port: Any) -> None:
    assert knead("device", "show", "--device", port.url).code == 0
    assert port.opened == 1
    assert not port.moved
