"""The live view as text; on a real terminal it is shown in tests/e2e."""

import pytest
from rich.console import Console

from firmware_bridge.device import load_device, place_device
from firmware_bridge.player import Phase, Session, Update
from kneadwave.keys import HELP
from kneadwave.live import felt_levels, view
from profiles.profile import load_profile
from profiles.score import compose
from simulator.clock import VirtualClock
from simulator.cushion import Cushion
from simulator.link import VirtualLink


@pytest.fixture
def session() -> Session:
    description, clock = load_device("reference-cushion"), VirtualClock()
    link = VirtualLink(Cushion(description), clock)
    return Session(compose(load_profile("felt-check")), place_device(description), link, clock)


def _update(session: Session, drive: int = 0, phase: Phase = Phase.PLAYING) -> Update:
    drives = bytes([drive] * len(session.layout.actuators))
    return Update(phase, 12.0, 18.0, 0, 0.8, drives, bytes(len(drives)), None)


def _lines(
    session: Session, update: Update, columns: int = 80, rows: int = 30, *, ascii_only: bool = False
) -> str:
    console = Console(width=columns, height=rows)
    return view(session, "/dev/x", update, console, keys=True, ascii_only=ascii_only).plain


def test_the_view_tells_state_step_time_intensity_and_keys(session: Session) -> None:
    text = _lines(session, _update(session))
    for word in (
        "felt-check on reference-cushion (/dev/x)",
        "step 1 of 2",
        "0:12 elapsed",
        "0:18 left",
        "80 %",
        HELP,
    ):
        assert word in text
    assert "paused" in _lines(session, _update(session, phase=Phase.PAUSED))


def test_the_map_shows_what_is_felt_and_excluded_ones_as_x(session: Session) -> None:
    still, moving = _lines(session, _update(session)), _lines(session, _update(session, 255))
    assert still != moving
    assert "█" in moving
    assert moving.count("x") >= 3


def test_a_small_window_leaves_the_map_out(session: Session) -> None:
    assert len(_lines(session, _update(session), rows=8).splitlines()) <= 8
    assert "┊" not in _lines(session, _update(session), rows=8)


def test_a_terminal_without_unicode_gets_ascii(session: Session) -> None:
    assert _lines(session, _update(session, 200), ascii_only=True).isascii()


def test_felt_levels_lie_within_0_and_1_and_rest_is_0(session: Session) -> None:
    assert set(felt_levels(session, _update(session))) == {0.0}
    assert felt_levels(session, _update(session, 255)) == [1.0] * 16
