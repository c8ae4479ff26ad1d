"""How a person lies or sits, how a device lies at the body, and which of both go together (29, 199)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, get_args

from profiles.model import Profile
from profiles.step import Step
from profiles.technique import Guide, Mounting, Posture

FITTING: Final[dict[Mounting, tuple[Posture, ...]]] = {
    Mounting.UNDER: ("seated", "supine"),
    Mounting.BEHIND: ("seated",),
    Mounting.ON: ("prone", "side", "seated"),
}
"""The postures in which such a device touches the back of the body, for which the places of the map are."""

SAID: Final[dict[str, str]] = {
    "prone": "lying on the front",
    "supine": "lying on the back",
    "seated": "sitting",
    "side": "lying on one side",
    "standing": "standing",
}

_BEGIN: Final[dict[str, str]] = {
    "prone": "Lie on your front, arms beside the body, head to one side.",
    "supine": "Lie on your back.",
    "seated": "Sit, the back at ease and supported.",
    "side": "Lie on one side, with a cushion where it helps.",
}
_WITH: Final[dict[Mounting, str]] = {
    Mounting.UNDER: "Sit, or lie on your back, with the device under you.",
    Mounting.BEHIND: "Sit and lean back on the device.",
    Mounting.ON: "Lie on your front or on one side, or sit, with the device on you.",
}
_ELSE: Final = "With the device under you, sit or lie on your back; with it behind you, sit."
"""Where nobody knows yet how the device lies: it may tell so only once it is opened."""
_NO_PARTS: Final = ("", "breath", "posture", "whole")  # what hands do there is on no part of the body


def fitting(mountings: Iterable[Mounting]) -> tuple[Posture, ...]:
    """Return the postures in which all such devices are used; all postures where nobody said how they lie."""
    found = [FITTING[each] for each in mountings]
    first = found[0] if found else get_args(Posture)
    return tuple(posture for posture in first if all(posture in each for each in found))


def postures(profile: Profile) -> Iterator[tuple[int, str, Step]]:
    """Yield the index of each step that drives a device, the posture in which it is felt, and the step.

    The index is -1 as long as the posture is the profile's own, else that of the step that changed it.
    """
    posture, since = str(profile.posture), -1
    for index, step in enumerate(profile.played):
        if isinstance(step.technique, Guide):
            if step.technique.posture is not None:
                posture, since = step.technique.posture, index
        elif step.moves:
            yield since, posture, step


def taken(profile: Profile, mountings: Iterable[Mounting]) -> frozenset[str]:
    """Return the postures in which somebody is meanwhile, at first and after each turn.

    Where a routine is written for another one than devices of these `mountings` allow, theirs count.
    """
    may = fitting(mountings)
    turns = (step.technique.posture for step in profile.played if isinstance(step.technique, Guide))
    begins = (profile.posture,) if profile.posture in may else may
    return frozenset({*begins, *(posture for posture in turns if posture is not None)})


def goes_with(profile: Profile, mountings: Iterable[Mounting]) -> bool:
    """Tell whether every step that drives a device is felt in a posture in which such devices are used."""
    may = {"any", *fitting(mountings)}
    return profile.locked_for != "" or all(posture in may for _, posture, _ in postures(profile))


def told(profile: Profile, mountings: Sequence[Mounting], *, device: bool = True) -> str:
    """Return how to lie or sit before it begins, in a sentence or two; "" where it does not matter.

    How the `device` lies goes before what the profile is written for; where that is not known, no posture is
    asked for in which nobody may lie on a device.
    """
    posture = profile.posture
    ways = " ".join(_WITH[each] for each in dict.fromkeys(mountings))
    if posture == "any":
        return ways
    if ways and posture not in fitting(mountings):
        return f"{ways} Not {SAID[posture]}, for which this routine is written."
    if device and not ways and posture in ("prone", "side"):
        return f"It is written for {SAID[posture]}: lie so only with the device on you. {_ELSE}"
    return _BEGIN[posture]


def needs_helper(profile: Profile) -> bool:
    """Tell whether hands of a second person work: a step is for hands, and it is no self-massage."""
    return not profile.self_massage and any(works_by_hand(step) for step in profile.played)


def works_by_hand(step: Step) -> bool:
    """Tell whether hands work on a part of the body in this step."""
    return isinstance(step.technique, Guide) and step.technique.part not in _NO_PARTS
