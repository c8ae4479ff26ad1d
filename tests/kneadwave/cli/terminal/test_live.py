"""The live view as text; on a real terminal it is shown in tests/e2e."""

import errno
import io

import pytest
from rich.console import Console

from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.play.session import Phase, Session, Update
from firmware_bridge.play.wire_device import WireDevice
from kneadwave.cli.terminal.keys import GUIDED_HELP, HELP, MEANS_NOTHING
from kneadwave.cli.terminal.live import NOTE_S, LiveView, view
from kneadwave.sessions.events import Progressed, Started
from kneadwave.sessions.guided import GuidedSession
from kneadwave.sessions.note_events import ChangedNothing
from profiles.profile import load_profile, parse
from profiles.score import compose
from simulator.clock import VirtualClock
from simulator.cushion import VirtualCushion
from simulator.link import VirtualLink


class Screen(io.StringIO):
    """A terminal that keeps what is drawn on it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def session() -> Session:
    description, clock = load_device("reference-cushion"), VirtualClock()
    link = VirtualLink(VirtualCushion(description, warm=True), clock)
    return Session(
        compose(load_profile("felt-check")), place_device(description), WireDevice(link, clock), clock
    )


def _update(session: Session, drive: int = 0, phase: Phase = Phase.PLAYING) -> Update:
    drives = bytes([drive] * len(session.layout.actuators))
    return Update(phase, 12.0, 18.0, 0, 0.8, drives, bytes(len(drives)), None, 14.0)


def _lines(
    session: Session, update: Update, columns: int = 80, rows: int = 30, *, ascii_only: bool = False
) -> str:
    console = Console(width=columns, height=rows)
    started = Started(session.score, "/dev/x", session.layout)
    return view(Progressed(update), started, console, keys=True, ascii_only=ascii_only).plain


def test_the_view_tells_state_step_time_intensity_and_keys(session: Session) -> None:
    text = _lines(session, _update(session))
    for word in (
        "felt-check on reference-cushion (/dev/x)",
        "step 1 of 2",
        "0:14 gone",
        "0:18 left",
        "80 %",
        HELP,
    ):
        assert word in text
    assert "paused" in _lines(session, _update(session, phase=Phase.PAUSED))


@pytest.mark.parametrize(("columns", "rows"), [(40, 24), (40, 10), (20, 3), (80, 2), (12, 30)])
@pytest.mark.parametrize("puzzled", [True, False])
def test_how_to_stop_is_within_what_is_seen(session: Session, columns: int, rows: int, puzzled: bool) -> None:
    console = Console(width=columns, height=rows)
    started = Started(session.score, "/dev/x", session.layout)
    drawn = view(
        Progressed(_update(session)), started, console, keys=True, ascii_only=True, puzzled=puzzled
    ).plain
    seen = [line[:columns] for line in drawn.splitlines()[:rows]]
    assert any("s stop" in line for line in seen)
    assert ("means nothing" in drawn) is puzzled


def test_the_map_shows_what_is_felt_and_excluded_ones_as_x(session: Session) -> None:
    still, moving = _lines(session, _update(session)), _lines(session, _update(session, 255))
    assert still != moving
    assert "█" in moving
    assert moving.count("x") >= 4


def test_the_signs_of_the_map_are_explained_where_there_is_room(session: Session) -> None:
    assert "weak to strong  ┊ spine  ░ kidneys  x excluded" in _lines(session, _update(session), rows=30)
    for rows in range(7, 20):
        assert len(_lines(session, _update(session), rows=rows).splitlines()) <= rows


def test_a_small_window_leaves_the_map_out(session: Session) -> None:
    assert len(_lines(session, _update(session), rows=8).splitlines()) <= 8
    assert "┊" not in _lines(session, _update(session), rows=8)


def test_a_terminal_without_unicode_gets_ascii(session: Session) -> None:
    assert _lines(session, _update(session, 200), ascii_only=True).isascii()


def test_felt_levels_lie_within_0_and_1_and_rest_is_0(session: Session) -> None:
    assert set(session.layout.felt_levels(_update(session).drives)) == {0.0}
    assert session.layout.felt_levels(_update(session, 255).drives) == [1.0] * 16


# -- guided steps -------------------------------------------------------------------------------------

ROUTINE = """
schema = 1
name = "routine"

[[step]]
name = "breathing"
duration_s = 5
repeats = 10
[step.technique]
kind = "guide"
instruction = "Sit at ease and follow the bar with your breath, the hands on the belly, shoulders loose."
part = "breath"
breath = { inhale_s = 2, hold_s = 1, exhale_s = 2 }

[[step]]
name = "over"
technique = { kind = "guide", instruction = "Turn over.", part = "posture", posture = "supine" }
duration_s = 10
"""


@pytest.fixture
def routine() -> GuidedSession:
    return GuidedSession(compose(parse(ROUTINE)), VirtualClock())


def _at(seconds: float, step: int = 0, phase: Phase = Phase.PLAYING) -> Update:
    return Update(phase, seconds, 60.0 - seconds, step, 0.0, b"", b"", None)


def _guided(routine: GuidedSession, update: Update, *, awaits: bool = False, ascii_only: bool = False) -> str:
    console = Console(width=80, height=30)
    awaiting = routine.score.steps[1] if awaits else None
    progressed = Progressed(update, awaiting)
    text = view(progressed, Started(routine.score), console, keys=True, ascii_only=ascii_only)
    return str(text.plain)


def test_a_guided_step_shows_instruction_part_repetition_and_breath(routine: GuidedSession) -> None:
    text = _guided(routine, _at(11.0))
    for word in (
        "Sit at ease and follow the bar",
        "breath, 3 of 10",
        "breathe in",
        "█",
        "░",
        "1 s",
        GUIDED_HELP,
    ):
        assert word in text
    assert "intensity" not in text
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "hold" in _guided(routine, _at(12.5))
    assert "breathe out" in _guided(routine, _at(14.0))


def test_the_bar_breathes_without_colour_and_in_ascii(routine: GuidedSession) -> None:
    bars = [_guided(routine, _at(t), ascii_only=True) for t in (10.1, 11.0, 11.9)]
    assert all(bar.isascii() for bar in bars)
    filled = [bar.splitlines()[-2].count("#") for bar in bars]
    assert filled == sorted(filled)
    assert filled[0] < filled[-1]


def test_a_change_of_posture_says_what_it_waits_for(routine: GuidedSession) -> None:
    text = _guided(routine, _at(50.5, -1, Phase.PAUSED), awaits=True)
    assert "Turn over." in text
    assert "press space or Enter when you are ready" in text
    assert "press space" not in _guided(routine, _at(50.5, 1))


def test_a_zone_that_was_eased_is_told(session: Session) -> None:
    console = Console(width=80, height=30)
    progressed = Progressed(_update(session), eased="shoulder")
    started = Started(session.score, "x", session.layout)
    text = view(progressed, started, console, keys=True, ascii_only=False).plain
    assert "it hurt: the shoulder zone gets less from then on; p once more stops" in text
    assert len(text.splitlines()) <= 30


@pytest.mark.parametrize("rows", [8, 12, 20, 24])
def test_a_guide_leaves_the_map_less_room_and_never_more_rows_than_there_are(rows: int) -> None:
    steps = (
        ROUTINE + '[[step]]\nname = "stroke"\ntechnique = { kind = "stroking" }\n'
        'zones = ["lumbar"]\nduration_s = 10\nlevel = 0.3\n'
    )
    description, clock = load_device("reference-cushion"), VirtualClock()
    link = VirtualLink(VirtualCushion(description, warm=True), clock)
    mixed = Session(compose(parse(steps)), place_device(description), WireDevice(link, clock), clock)
    text = view(
        Progressed(_update(mixed), eased="lumbar"),
        Started(mixed.score, "x", mixed.layout),
        Console(width=80, height=rows),
        keys=True,
        ascii_only=False,
    ).plain
    assert len(text.splitlines()) <= rows + 1
    assert "breath, 3 of 10" in text


def test_a_note_on_a_wrong_key_goes_with_the_next_key_or_after_some_seconds(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, key = Screen(), 0
    monkeypatch.setattr("rich.console.sys.stdout", stream)

    def drawn(took: float) -> bool:
        stream.seek(0)
        stream.truncate()
        live.show(Progressed(_update(session)._replace(took=took)))
        return MEANS_NOTHING in stream.getvalue()

    with LiveView(keys=True, ascii_only=True, puzzled=lambda: key) as live:
        live.show(Started(session.score, "/dev/x", session.layout))
        assert not drawn(1.0)
        key = 7
        assert [drawn(took) for took in (1.2, 1.4, 1.2 + NOTE_S - 0.1)] == [True] * 3
        assert not drawn(1.2 + NOTE_S)
        key = 8
        assert drawn(9.0)
        key = 0
        assert not drawn(9.1)


def test_a_control_that_changes_nothing_is_noted_for_a_moment(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Screen()
    monkeypatch.setattr("rich.console.sys.stdout", stream)
    intensity = _update(session).intensity
    note = ChangedNothing("louder", intensity, 5.0, 6.0)

    def drawn(took: float, intensity: float = intensity) -> bool:
        stream.seek(0)
        stream.truncate()
        live.show(Progressed(_update(session)._replace(took=took, intensity=intensity)))
        return note.text in stream.getvalue()

    with LiveView(keys=True, ascii_only=True) as live:
        live.show(Started(session.score, "/dev/x", session.layout))
        assert not drawn(5.9)
        live.show(note)
        assert drawn(6.0)
        assert not drawn(6.1, intensity - 0.1), "it was made softer since"
        assert drawn(6.0 + NOTE_S - 0.1)
        assert not drawn(6.0 + NOTE_S)


def test_a_terminal_that_goes_away_while_it_is_left_raises_nothing_more(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone(io.StringIO):
        gone = False

        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> int:
            if self.gone:
                raise OSError(errno.EIO, "the terminal is gone")
            return super().write(text)

    stream = Gone()
    monkeypatch.setattr("rich.console.sys.stdout", stream)
    started = Started(session.score, "/dev/x", session.layout)
    with LiveView(keys=True, ascii_only=True) as live:
        live.show(started)
        live.show(Progressed(_update(session)))
        stream.gone = True
        with pytest.raises(OSError, match="gone"):
            live.show(Progressed(_update(session, 200)))
    assert "felt-check" in stream.getvalue()
