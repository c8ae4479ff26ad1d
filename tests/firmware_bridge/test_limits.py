"""The limits are what the rules say, and the host is stricter than the device."""

from firmware_bridge import limits


def test_figures_are_those_of_the_rules():
    assert limits.KNEADING_MAX_CPM == 60  # rule 64
    assert limits.RUBBING_MAX_CPM == 100  # rule 53
    assert limits.DWELL_MAX_S == 10  # rule 55
    assert limits.SESSION_MAX_S == 20 * 60  # rule 84
    assert limits.FIRST_SESSION_MAX_S == 15 * 60  # rules 167, 224


def test_host_dwell_is_stricter_than_ten_seconds_of_work_and_two_of_rest():
    assert limits.DWELL_LIMIT_FRAMES == 480
    assert limits.DWELL_REST_FRAMES == 110
    assert limits.DWELL_LIMIT_FRAMES * limits.FRAME_S < limits.DWELL_MAX_S
    assert limits.DWELL_REST_FRAMES * limits.FRAME_S > limits.DWELL_REST_S


def test_slowest_release_still_stops_within_the_ramp_of_300_ms():
    per_frame = int(limits.RELEASE_MIN_PER_S * limits.FRAME_S)
    assert -(-limits.DRIVE_MAX // per_frame) * limits.FRAME_S <= 0.3


def test_frames_counts_fifty_a_second():
    assert [limits.frames(t) for t in (0, 0.02, 1, 9.6, 1200)] == [0, 1, 50, 480, 60_000]
