"""What the limits of a device leave of a curve."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.layout import Layout, place_device
from firmware_bridge.devices.response import IntArray, Response
from firmware_bridge.limits import DWELL_MAX_S, DWELL_REST_S, FRAME_S, frames
from firmware_bridge.safety.limiter import Limiter
from kneadwave.tuning.curves.select import part_of
from profiles.body import BodyMap, body_map
from profiles.errors import ProfileError
from profiles.model import Profile
from profiles.rules.limits import JND
from profiles.score import Score, compose
from profiles.waveform import Renderer, Waveform

Array = NDArray[np.float64]

COLUMN_S: Final = 0.5
"""Seconds over which what is put out is compared with what is asked, at the least; project's choice."""
COLUMNS: Final = 120
"""Comparisons over a step at the most; project's choice: each plays some seconds."""
LEAD_S: Final = DWELL_MAX_S + DWELL_REST_S
"""Seconds before the step for which the limiter is fed as well: as long as it remembers."""
TOLERANCE: Final = JND / 4.0
"""A loss that is not worth a line: a quarter of what is just told apart; project's choice."""
REST_LEAVES: Final = 0.5
"""Neither is a rest that leaves so much of a hand, on the actuators beside it; project's choice."""


def played_share(profile: Profile, index: int | None, t: Array, device: DeviceDescription) -> Array | None:
    """Return what part (0 to 1) of the drawn level a device plays at each time; None where it is all.

    The score is rendered without the ceilings of zones and without rests as asked; what is put out has the
    rests that points need, and is shaped as the device's limiter does it. For columns of half a second at
    least the felt levels squared are summed over all actuators; the share is the square root of their ratio.
    So it is energy that is compared, as the sharing between actuators keeps it. What slew takes at the edge
    of a hand does not count: where dwell or the power budget bite, what is asked is shaped too, by slew
    alone; ceilings are compared unshaped.

    Times are seconds of the first repetition of a step, or of the session. An actuator that is missing under
    the hand is no limit and is not seen here; the check tells of it.
    """
    try:
        score = compose(profile, _without_ceilings(body_map()))
    except ProfileError:
        return None  # nothing can be played; the check says why
    layout = place_device(device)
    start, end = _span(profile, score, index)
    first = frames(max(0.0, start - LEAD_S))
    renderer = _renderer(score, layout, first * FRAME_S, end)
    asked = renderer.render(first, frames(end) - first, rests=False)
    drive, kinds = _limited(renderer.render(first, frames(end) - first), layout)
    if renderer.rests(frames(start), frames(end)):
        kinds |= {"dwell"}
    if not kinds:
        return None
    if kinds <= {"ceiling", "excluded"}:
        whole, left = asked.level, _under_ceilings(asked, layout)
    else:
        whole, left = _felt(Limiter(layout).slew_only(asked), layout), _felt(drive, layout)
    skip = frames(start) - asked.start
    share = _by_column(whole[skip:], left[skip:])
    if (share >= (REST_LEAVES if kinds == {"dwell"} else 1.0 - TOLERANCE)).all():
        return None
    column = np.minimum((t / (end - start) * len(share)).astype(int), len(share) - 1)
    return np.asarray(share[column])


def _span(profile: Profile, score: Score, index: int | None) -> tuple[float, float]:
    """From when to when the score is looked at: the first repetition of a step, or all of it."""
    if index is None:
        return 0.0, score.duration
    cue = score.cues[part_of(profile, index)]
    return cue.start, cue.start + cue.period


def _without_ceilings(body: BodyMap) -> BodyMap:
    """The map for asking what would be felt were there no ceilings; nothing is ever placed on it."""
    return replace(body, zones=tuple(replace(zone, ceiling=1.0) for zone in body.zones))


def _renderer(score: Score, layout: Layout, start: float, end: float) -> Renderer:
    near = tuple(cue for cue in score.cues if cue.end + cue.fade_out > start and cue.start < end)
    return Renderer(replace(score, cues=near), layout.places())


def _limited(asked: Waveform, layout: Layout) -> tuple[IntArray, set[str]]:
    """The drives that the limiter lets through, and which limits held any of them back."""
    block, events = Limiter(layout).limit(asked)
    # A rate that is brought into range is felt as strongly.
    return block.drive.astype(np.int64), {event.kind for event in events} - {"rate"}


def _under_ceilings(asked: Waveform, layout: Layout) -> Array:
    """The levels with nothing but the ceilings to hold them."""
    return np.asarray(np.minimum(asked.level, _felt(layout.ceilings, layout)))


def _felt(drive: IntArray, layout: Layout) -> Array:
    return Response.felt_for(drive, layout.starts, layout.exponents)


def _by_column(whole: Array, left: Array) -> Array:
    """The share that is left of what was asked, in columns; 1 where nothing was."""
    count = int(min(max(len(whole) * FRAME_S / COLUMN_S, 1), COLUMNS))
    edges = np.linspace(0, len(whole), count, endpoint=False).astype(int)
    asked, kept = (np.add.reduceat(np.square(felt).sum(axis=1), edges) for felt in (whole, left))
    share = np.sqrt(np.divide(kept, asked, out=np.ones(count), where=asked > 0.0))
    return np.asarray(np.minimum(share, 1.0))
