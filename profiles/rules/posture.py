"""Whether posture and device go together, and whether hands of a second person are needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from profiles.model import Profile
from profiles.posture import SAID, fitting, needs_helper, postures, works_by_hand
from profiles.rules.finding import Finding, Located
from profiles.technique import Mounting


def check_posture(
    profile: Profile, steps: Sequence[Located], mountings: Sequence[Mounting]
) -> Iterator[Finding]:
    """Yield postures in which such a device is not used, once each, and what needs a second person.

    The profile is as the device plays it, with steps for hands where it reaches nothing.
    """
    if profile.audience != "test":
        yield from _misfits(profile, steps, mountings)
    if needs_helper(profile):
        both = zip(steps, profile.played, strict=True)
        numbers = dict.fromkeys(here.origin + 1 for here, step in both if works_by_hand(step))
        where = f"step{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"
        message = f"this routine needs a second person, whose hands work in {where}"
        yield Finding("info", None, "step", message, "")


def _misfits(profile: Profile, steps: Sequence[Located], mountings: Sequence[Mounting]) -> Iterator[Finding]:
    may = fitting(mountings)
    lies = " and ".join(dict.fromkeys(f"lies {each} the person" for each in mountings))
    ways = " or ".join(SAID[posture] for posture in may) or "in no posture"
    asked = dict.fromkeys((since, posture) for since, posture, _ in postures(profile))
    for since, posture in asked:
        if posture == "any" or posture in may:
            continue
        place = "posture" if since < 0 else steps[since].place
        yield Finding(
            "warning",
            29,
            place,
            f"written for {SAID[posture]}; this device {lies} and is used {ways}",
            f"take it {ways}, or another device" if may else "take one device",
        )
