"""The limits that the host keeps, each with its unit and the rule or standard behind it.

Rule numbers are those of the source article's rule list; "project's choice" marks one
that the article does not make. The device keeps its own limits independently of these.
"""

from typing import Final

from profiles.waveform import FELT_FLOOR as FELT_FLOOR  # one floor for what is rendered and what is driven
from profiles.waveform import FRAME_RATE_HZ

FRAME_S: Final = 1.0 / FRAME_RATE_HZ  # seconds from one setpoint frame to the next

# Technique rates.
KNEADING_MAX_CPM: Final = 60  # cycles per minute; rule 64 (rule 67's "quick" kneading does not lift it)
RUBBING_MAX_CPM: Final = 100  # circles per minute; rule 53

# Time at one point. An actuator works while it is driven, or is on its way from or to a driven frame.
DWELL_MAX_S: Final = 10.0  # seconds; rule 55
DWELL_REST_S: Final = 2.0  # seconds of unbroken zero that end a dwell; project's choice: rule 55 is silent
DWELL_SLACK_S: Final = 0.4  # seconds by which the host ends a dwell early (device: 0.3 s); project's choice
DWELL_REST_SLACK_S: Final = 0.2  # seconds by which the host rests longer than the device; project's choice

# Time of a session.
SESSION_MAX_S: Final = 1200.0  # seconds (20 minutes); rule 84
SESSION_REST_S: Final = (
    60  # seconds, at least, that a device rests after a session that ran out; project's choice
)
FIRST_SESSION_MAX_S: Final = 900.0  # seconds (15 minutes); rules 167 and 224

# Placing: short pulses by which a person finds out where each motor of a new device lies. Nobody sits on it.
PLACING_DRIVE_MAX: Final = 51  # drive units, 20 % of full drive; project's choice
PLACING_STEP_MAX: Final = 10  # drive units a frame: soft, 100 ms to the most; project's choice
PLACING_PULSE_MAX_S: Final = 0.5  # seconds from the first drive to the last, both ways included
PLACING_REST_S: Final = 2.0  # seconds of silence before each pulse; project's choice, as after any work
PLACING_TOTAL_S: Final = 60.0  # seconds of pulses for one device in all, over all runs; project's choice

# Drive, the wire's integer strength.
DRIVE_MAX: Final = 255  # drive units; one byte on the wire
ATTACK_MIN_PER_S: Final = 50  # drive units per second; project's choice: one unit a frame
SLEW_MAX_PER_S: Final = 4000  # drive units per second; project's choice: full drive in 64 ms
# A stop ramps down within 300 ms (docs/wire.md), planned in 250 ms: 255 / 0.25 s. A slower release would make
# the stop break the slew limit.
RELEASE_MIN_PER_S: Final = 1020  # drive units per second; docs/wire.md

# Sizes.
ACTUATORS_MAX: Final = 64  # actuators of one device; docs/wire.md
ACTUATORS_MAX_LATER: Final = 256  # what the wire is meant to grow to; named in refusals only
PAYLOAD_MAX: Final = 64  # bytes of one frame's payload; docs/wire.md


def frames(seconds: float) -> int:
    """Whole setpoint frames in a time span given in seconds (rounded to the nearest)."""
    return round(seconds * FRAME_RATE_HZ)


DWELL_LIMIT_FRAMES: Final = frames(DWELL_MAX_S - DWELL_SLACK_S)  # frame intervals of work; rule 55
DWELL_REST_FRAMES: Final = frames(DWELL_REST_S + DWELL_REST_SLACK_S)  # frame intervals at zero
