"""The rest after a session: told always, counted down only for somebody, ended by any key."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from kneadwave.cli.terminal.keys import Keys
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.rest import rest
from kneadwave.cli.terminal.signals import Signals
from kneadwave.errors import Interrupted
from simulator.clock import VirtualClock


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal to draw on, with somebody at it."""
    text = io.StringIO()
    monkeypatch.setattr("kneadwave.cli.terminal.rest.wants_view", lambda out: not out.as_json)
    monkeypatch.setattr(Keys, "active", property(lambda self: True))  # noqa: ARG005
    monkeypatch.setattr("rich.console.sys.stdout", text)
    return text


@pytest.fixture
def key_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, float], None]:
    def plan(clock: VirtualClock, when: float) -> None:
        monkeypatch.setattr(Keys, "waiting", lambda self: clock.now() >= when)  # noqa: ARG005
        monkeypatch.setattr(Keys, "typed", lambda self: [])  # noqa: ARG005

    return plan


def test_without_a_terminal_nobody_waits(capsys: pytest.CaptureFixture[str]) -> None:
    clock = VirtualClock()
    rest(Output(), 180.0, clock)
    rest(Output(as_json=True), 180.0, clock)
    rest(Output(), 60.0, clock, seated=True)
    assert clock.now() == 0.0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "stay lying for 3:00 min, and get up slowly",
        "stay sitting for 1:00 min, and get up slowly",
    ]


@pytest.mark.usefixtures("seen")
def test_it_counts_down_to_the_end(key_at: Callable[[Any, float], None]) -> None:
    clock = VirtualClock()
    key_at(clock, 1e9)
    rest(Output(), 180.0, clock)
    assert clock.now() == pytest.approx(180.0)


@pytest.mark.usefixtures("seen")
def test_any_key_ends_it(key_at: Callable[[Any, float], None]) -> None:
    clock = VirtualClock()
    key_at(clock, 12.0)
    rest(Output(), 180.0, clock)
    assert clock.now() == pytest.approx(12.0, abs=0.3)


@pytest.mark.usefixtures("seen")
def test_a_signal_ends_it_as_it_ends_everything(
    key_at: Callable[[Any, float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = VirtualClock()
    key_at(clock, 1e9)
    received = property(lambda self: 15 if clock.now() > 5.0 else None, lambda self, value: None)  # noqa: ARG005
    monkeypatch.setattr(Signals, "received", received, raising=False)
    with pytest.raises(Interrupted):
        rest(Output(), 180.0, clock)
    assert clock.now() < 6.0


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize("signalled", [False, True])
def test_a_terminal_that_goes_away_ends_it(
    key_at: Callable[[Any, float], None], monkeypatch: pytest.MonkeyPatch, signalled: bool
) -> None:
    clock = VirtualClock()
    key_at(clock, 1e9)

    class Gone(io.StringIO):
        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> int:
            if clock.now() > 5.0:
                raise OSError(5, "input/output error")
            return super().write(text)

    monkeypatch.setattr("rich.console.sys.stdout", Gone())
    if not signalled:
        rest(Output(), 180.0, clock)
    else:
        received = property(lambda self: 1 if clock.now() > 5.0 else None, lambda self, value: None)  # noqa: ARG005
        monkeypatch.setattr(Signals, "received", received, raising=False)
        with pytest.raises(Interrupted):
            rest(Output(), 180.0, clock)
    assert clock.now() < 6.0
