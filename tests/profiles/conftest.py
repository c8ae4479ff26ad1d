"""Profiles and places made for the tests: a cushion of thirteen, independent of any device description."""

import pytest

from profiles.files.load import from_data
from profiles.technique import Modality
from profiles.waveform import Place


def cushion_places():
    places = [Place("sacrum", Modality.VIBRATION, 0.0, 60.0, 22.0, True)]
    for side, sign in (("l", -1.0), ("r", 1.0)):
        places += [
            Place(f"lumbar-{side}", Modality.VIBRATION, sign * 80.0, 140.0, 20.0, True),
            Place(f"flank-{side}", Modality.VIBRATION, sign * 140.0, 240.0, 20.0, True),
            Place(f"kidney-{side}", Modality.VIBRATION, sign * 68.0, 240.0, 20.0, False),
            Place(f"upper-{side}", Modality.VIBRATION, sign * 72.0, 380.0, 20.0, True, 20.0, 80.0),
            Place(f"scapula-{side}", Modality.VIBRATION, sign * 130.0, 480.0, 20.0, True, 20.0, 80.0),
            Place(f"knead-{side}", Modality.KNEADING, sign * 95.0, 590.0, 35.0, True, 10.0, 60.0),
            Place(f"press-{side}", Modality.PRESSURE, sign * 105.0, 35.0, 45.0, True),
        ]
    return tuple(places)


def step_data(kind="stroking", zones=("sacrum", "lumbar", "upper-back"), duration_s=30.0, level=0.3, **more):
    parameters = more.pop("parameters", {})
    data = {"name": kind, "technique": {"kind": kind, **parameters}, "duration_s": duration_s, "level": level}
    if zones is not None:
        data["zones"] = list(zones)
    return data | more


@pytest.fixture
def places():
    return cushion_places()


@pytest.fixture
def make_profile():
    def make(*steps, **session):
        return from_data({"schema": 1, "name": "made", "step": list(steps), **session})

    return make


@pytest.fixture
def make_step():
    return step_data


# Settles for half a minute, is warm after a minute, and is not the same for long (30, 36, 282).
SETTLING = {"unit": "seconds", "points": [[0.0, 0.6], [30.0, 0.6], [60.0, 1.0]]}
SETTLING["points"] += [[90.0 + 40.0 * k, (0.85, 1.0)[k % 2]] for k in range(11)]


@pytest.fixture
def around(make_profile):
    """Return a session of 16 minutes without findings, the given steps between an opening and a closing."""

    def build(*steps, opening=(), closing=(), **session):
        first = step_data(duration_s=500.0, level=0.3, curve=SETTLING) | dict(opening)
        last = step_data(duration_s=460.0, level=0.2, curve="wave") | dict(closing)
        return make_profile(first, *steps, last, **session)

    return build
