"""The loop of a felt test: any key stops, and nothing gets stronger or longer than it may be."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from felt import Always, Noting, Sitting, stroke

from firmware_bridge.devices.load import load_device
from firmware_bridge.devices.response import Response
from firmware_bridge.play.ending import EndReason
from kneadwave.people.history import FELT_S
from kneadwave.sessions.controls import Louder, Pain, Pause, Request, SkipToClosing, Softer, StopSession
from profiles.waveform import Renderer

WIDTH = len(load_device("reference-cushion").actuators)
STOPPED_S = 0.6
"""From a reason to stop to a device at rest."""

# -- the loop, over a virtual link ---------------------------------------------------------------------


def test_it_plays_to_its_end_and_tells_the_hand_four_times_a_second() -> None:
    played = Sitting().play()
    assert played.session.stop_reason == ""
    assert played.elapsed == pytest.approx(10.0)
    assert played.procedure.calls == ["began", "ended"]
    assert max(b - a for a, b in pairwise(played.procedure.times)) <= 0.25
    assert played.put_out.drive.any()
    assert played.put_out.trips == 0


@pytest.mark.parametrize("key", ["x", " ", "other", "\x1b", "\x04", "\x1a", "ä", "\r", "+"])
def test_any_key_stops_within_a_moment(key: str) -> None:
    played = Sitting(keys={4.0: key}).play()
    assert played.session.stop_reason == EndReason.BY_KEY
    assert played.session.stop_confirmed
    assert 3.5 < played.put_out.last_moving() <= 4.0 + STOPPED_S
    assert played.procedure.keys == [key]


def test_a_hand_may_have_a_use_for_keys_and_hears_all_of_them() -> None:
    softer: list[float] = []

    def turn_down(session: Any, key: str) -> None:  # noqa: ARG001
        session.softer()
        softer.append(session.feed.intensity)

    procedure = Noting(turn_down)
    played = Sitting(keys={2.0: "-", 2.01: "-", 3.0: "x"}).play(procedure)
    assert procedure.keys == ["-", "-", "x"]
    assert softer == pytest.approx([0.9, 0.8, 0.7])
    assert played.session.stop_reason == ""


@pytest.mark.parametrize(
    ("reason", "ask"),
    [
        (EndReason.BY_SIGNAL, lambda sitting: sitting.inbox.post(StopSession(EndReason.BY_SIGNAL))),
        (EndReason.BY_REQUEST, lambda sitting: sitting.inbox.post(StopSession(EndReason.BY_REQUEST))),
        (EndReason.BY_ABSENCE, lambda sitting: setattr(sitting.typed, "gone_at", 0.0)),
    ],
)
def test_signals_other_processes_and_a_lost_terminal_stop_it_whatever_the_hand_does_with_keys(
    reason: EndReason, ask: Callable[[Sitting], None]
) -> None:
    asked_at: list[float] = []

    class Busy(Noting):
        def follow(self, session: Any, update: Any) -> None:
            super().follow(session, update)
            if update.elapsed > 3.0 and not asked_at:
                asked_at.append(self.clock.now())
                ask(sitting)

    sitting = Sitting()
    sitting.play(Busy(lambda session, key: None))  # noqa: ARG005
    assert sitting.session.stop_reason == reason
    assert sitting.session.stop_confirmed
    assert 0.0 < sitting.put_out.last_moving() <= asked_at[0] + STOPPED_S


@pytest.mark.parametrize("where", ["began", "follow", "key"])
def test_a_hand_that_raises_stops_the_device_and_the_error_is_passed_on(where: str) -> None:
    class Broken(Noting):
        def began(self, session: Any) -> None:
            super().began(session)
            self._break("began")

        def follow(self, session: Any, update: Any) -> None:
            super().follow(session, update)
            if update.elapsed > 3.0:
                self._break("follow")

        def key(self, session: Any, update: Any, key: str) -> None:  # noqa: ARG002
            self._break("key")

        def _break(self, here: str) -> None:
            if here == where:
                raise RuntimeError(here)

    procedure = Broken()
    sitting = Sitting(keys={3.5: "x"})
    with pytest.raises(RuntimeError, match=where):
        sitting.play(procedure)
    assert procedure.calls == ["began", "ended"]
    assert sitting.cushion.output_sum == 0
    assert (sitting.put_out.last_moving() > 0.0) is (where != "began")
    assert sitting.put_out.last_moving() <= 3.5 + STOPPED_S


def test_a_hand_that_pauses_for_ever_is_over_within_the_minute() -> None:
    class Waiting(Noting):
        def follow(self, session: Any, update: Any) -> None:
            super().follow(session, update)
            if update.elapsed > 3.0:
                session.pause()

    sitting = Sitting(allowed_s=FELT_S).play(Waiting())
    assert sitting.session.stop_reason == EndReason.TIME_OVER
    assert sitting.clock.now() - 1.0 <= FELT_S + 1.0


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (Pain(), EndReason.BY_PAIN),
        (Pause(), EndReason.BY_KEY),
        (Softer(), EndReason.BY_KEY),
        (SkipToClosing(), EndReason.BY_KEY),
        (Louder(), None),
    ],
)
def test_a_request_that_a_test_has_no_use_for_ends_it_and_never_makes_it_stronger(
    request_: Request, reason: EndReason | None
) -> None:
    class Posting(Noting):
        def follow(self, session: Any, update: Any) -> None:
            super().follow(session, update)
            if update.elapsed > 3.0 and not posted:
                posted.append(self.clock.now())
                sitting.inbox.post(request_)

    posted: list[float] = []
    sitting = Sitting()
    sitting.play(Posting(lambda session, key: None))  # noqa: ARG005
    assert sitting.session.stop_reason == (reason or "")
    if reason is not None:
        assert sitting.put_out.last_moving() <= posted[0] + STOPPED_S


# -- samplers, which nobody trusts -----------------------------------------------------------------------


@pytest.mark.parametrize("level", [1.0, 2.0, 1e308, float("inf"), float("nan"), -3.0])
@pytest.mark.parametrize("rate", [50.0, 1e9, float("nan"), -1.0])
def test_a_sampler_never_passes_its_profile_and_the_ceilings(level: float, rate: float) -> None:
    sitting = Sitting(stroke(level=0.3), sampler=lambda layout: Always(WIDTH, level, rate)).play()  # noqa: ARG005
    layout = sitting.session.layout
    drive = sitting.put_out.drive
    assert (drive <= layout.ceilings).all()
    felt = Response.felt_for(drive, layout.starts, layout.exponents)
    assert felt.max() <= 0.3 + 0.01
    assert sitting.put_out.trips == sitting.session.trips == 0
    assert drive.any() == (1.0 <= level < float("inf"))
    excluded = [actuator.index for actuator in layout.excluded]
    assert not drive[:, excluded].any()


def test_a_sampler_rises_and_falls_with_the_fades_of_its_profile() -> None:
    profile = stroke(seconds=12.0, fade_in_s=5.0, fade_out_s=5.0)
    sitting = Sitting(profile, sampler=lambda layout: Always(WIDTH, 1.0)).play()  # noqa: ARG005
    peaks = {round(u.elapsed, 1): max(u.drives) for u in sitting.procedure.updates if u.drives}
    early = max(peak for at, peak in peaks.items() if at < 1.0)
    middle = max(peak for at, peak in peaks.items() if 5.0 < at < 7.0)
    assert 0 < early < middle
    assert sitting.put_out.last_moving() < 12.0 + STOPPED_S


def test_a_sampler_may_change_its_mind_at_any_moment() -> None:
    class Turned:
        level = 0.0

        def render(self, start: int, count: int) -> Any:
            return Always(WIDTH, self.level).render(start, count)

    turned = Turned()

    def turn(session: Any, key: str) -> None:  # noqa: ARG001
        turned.level = 0.3
        session.refresh()

    sitting = Sitting(keys={4.5: "x"}, sampler=lambda layout: turned)  # noqa: ARG005
    sitting.play(Noting(turn))
    first = next(start for start, drive in sitting.put_out.drives if drive.any()) / 1000.0
    assert 4.5 <= first <= 5.2


@pytest.mark.parametrize("width", [WIDTH - 1, WIDTH + 1])
def test_frames_of_another_shape_stop_the_device(width: int) -> None:
    sitting = Sitting(sampler=lambda layout: Always(width, 0.3))  # noqa: ARG005
    with pytest.raises(ValueError, match="a sampler gave"):
        sitting.play()
    assert sitting.cushion.output_sum == 0


def test_the_layouts_own_renderer_as_sampler_plays_the_profile() -> None:
    from profiles.score import compose

    profile = stroke()
    plain = Sitting(profile).play()
    again = Sitting(profile, sampler=lambda layout: Renderer(compose(profile), layout.places())).play()
    assert plain.put_out.drive.any()
    assert np.array_equal(plain.put_out.drive, again.put_out.drive)
