"""Whatever a person presses while it plays, and whoever the recipient is, every limit is kept."""

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.devices.response import Response
from firmware_bridge.errors import InterlockTrip
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.feed import EASED
from firmware_bridge.wire.messages import DeviceState
from profiles.body import body_map
from profiles.errors import ProfileError
from profiles.profile import load_profile, shipped_profiles
from profiles.score import compose

CONTROLS = ("pause", "resume", "louder", "softer", "skip_to_closing", "ease", "stop")
SETTLED_MS = 1000
"""What is under way when it hurts, and the slowest release: after that the zone is down."""
STOPPED_S = 0.7
"""What was sent ahead, and the ramp of a stop."""


def pressed(run, presses, *, resumes=True):
    """Play; before update number n press what `presses` has for n; at last end a pause, if `resumes`."""
    try:
        for number, _ in enumerate(run.play()):
            for control in presses.get(number, ()):
                getattr(run.session, control)()
            if resumes and number > max(presses, default=0) and run.session.feed.paused:
                run.session.resume()
    finally:
        run.linger()


@settings(max_examples=at_depth(60))
@given(
    data=st.data(),
    presses=st.dictionaries(
        st.integers(0, 60), st.lists(st.sampled_from(CONTROLS[:-1]), min_size=1, max_size=4), max_size=12
    ),
    limit=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    stop=st.booleans(),
)
def test_no_control_breaks_a_limit(run, any_profile, devices, data, presses, limit, stop):
    try:
        score = compose(data.draw(any_profile(longest=20.0)))
    except ProfileError:
        return
    if stop:
        presses = {**presses, 61: ["stop"]}
    played = run(score, devices("reference-cushion"), limit=limit)
    pressed(played, presses)
    played.eye.assert_limits(played.cushion)
    assert played.session.trips == 0
    assert played.session.stop_confirmed
    assert not played.eye.named("trip")
    assert not played.eye.named("link")
    assert played.session.feed.intensity <= limit
    assert played.cushion.state is DeviceState.DISARMED


@settings(max_examples=at_depth(40))
@given(
    data=st.data(),
    presses=st.dictionaries(
        st.integers(0, 40), st.lists(st.sampled_from(CONTROLS[:-1]), min_size=1, max_size=3), max_size=8
    ),
    hurts_at=st.integers(2, 40),
    limit=st.sampled_from([0.5, 1.0]),
)
def test_a_zone_that_hurt_stays_at_its_part_whatever_is_pressed(
    run, any_profile, devices, data, presses, hurts_at, limit
):
    try:
        score = compose(data.draw(any_profile(longest=15.0)))
    except ProfileError:
        return
    played = run(score, devices("reference-cushion"), limit=limit)
    session, layout = played.session, played.session.layout
    zone, since_ms = "", 0
    for number, _ in enumerate(played.play()):
        if number == hurts_at and not zone:
            zone = session.ease()
            since_ms = int(played.clock.now() * 1000) + SETTLED_MS
        for control in presses.get(number, ()):
            getattr(session, control)()
        if number > 40 and session.paused:
            session.resume()
    played.linger()
    played.eye.assert_limits(played.cushion)
    assert session.trips == 0
    eased = [actuator.index for actuator in layout.actuators if zone and actuator.zone.startswith(zone)]
    part = limit * EASED * Response.felt_for(layout.ceilings, layout.starts, layout.exponents)
    bounds = Response.drive_for(part, layout.starts, layout.exponents)
    drive = np.vstack(played.eye.drive_parts)[since_ms:, eased]
    assert (drive <= bounds[eased]).all()


@settings(max_examples=at_depth(40))
@given(
    data=st.data(),
    allowed=st.floats(5.0, 20.0),
    pauses=st.dictionaries(st.integers(0, 60), st.sampled_from(["pause", "resume"]), max_size=4),
)
def test_no_session_takes_longer_than_it_may(run, any_profile, devices, data, allowed, pauses):
    try:
        score = compose(data.draw(any_profile(longest=20.0)))
    except ProfileError:
        return
    played = run(score, devices("reference-cushion"), allowed_s=allowed)
    pressed(played, {number: [control] for number, control in pauses.items()}, resumes=False)
    played.eye.assert_limits(played.cushion)
    assert played.session.stop_reason in ("", EndReason.TIME_OVER)
    drive = np.vstack(played.eye.drive_parts)
    moving = np.flatnonzero(drive.any(axis=1))
    if len(moving):
        assert (moving[-1] - moving[0]) / 1000 <= allowed + STOPPED_S


@settings(max_examples=at_depth(25))
@given(data=st.data(), stature=st.floats(1.2, 2.2))
def test_no_stature_breaks_a_limit_of_the_device(run, any_profile, devices, data, stature):
    try:
        score = compose(data.draw(any_profile(longest=12.0)), body_map(stature))
    except ProfileError:
        return
    played = run(score, devices("reference-cushion")).finish()
    played.eye.assert_limits(played.cushion)
    assert played.session.trips == 0
    assert not played.eye.named("trip")


@pytest.mark.parametrize(
    ("name", "device"),
    [
        *((name, "reference-cushion") for name in shipped_profiles() if not load_profile(name).locked_for),
        *(
            (name, device)
            for name in ("felt-check", "shoulder-relief")
            for device in ("seat-pad-8", "mat-64")
        ),
    ],
)
def test_what_ships_keeps_every_limit_and_needs_no_device_to_hold_it_back(takes, name, device):
    take = takes.take(name, device)
    assert not take.broken
    assert take.trips == 0
    assert take.ended["ok"]
    assert take.device_events <= {"state", "stop"}


@settings(max_examples=at_depth(40))
@given(data=st.data(), button_at=st.integers(0, 40))
def test_the_button_ends_any_session_at_once(run, any_profile, devices, data, button_at):
    """The device trips, the host hears of it and says so; nothing moves from the press on."""
    try:
        score = compose(data.draw(any_profile(longest=12.0)))
    except ProfileError:
        return
    played = run(score, devices("reference-cushion"))
    pressed_at, tripped = None, None
    try:
        for number, _ in enumerate(played.play()):
            if number == button_at:
                pressed_at = int(played.clock.now() * 1000)
                played.cushion.press_button(pressed_at)
    except InterlockTrip as trip:
        tripped = trip
    played.linger()
    assert tripped is None or "button" in tripped.reason
    if pressed_at is not None:
        assert played.cushion.state is DeviceState.TRIPPED
        moved = sum(len(part) for part in played.eye.drive_parts)
        assert moved >= pressed_at
        after = [row for part in played.eye.drive_parts for row in part][pressed_at:]
        assert not any(row.any() for row in after)
