"""What a device plays of a profile, in a few words: how many minutes, how strongly, in which posture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from firmware_bridge import DeviceDescriptionError, mountings_of, place_device, shipped_devices
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.views.devices import felt_ceilings
from kneadwave.descriptions import load_described, own_descriptions
from kneadwave.text import clean, listed
from profiles.body import body_map
from profiles.model import Profile
from profiles.outline import Fit, fitter
from profiles.posture import goes_with

ALL: Final = "all"
TO_BE_READ: Final = "to be read"
MISFIT: Final = "!"
BY_HAND: Final = "by hand"
LEAST_DIFFERENCE: Final = 0.01
"""A device that is felt less than a profile asks by no more than this is not told of."""


@dataclass(frozen=True)
class Fitted:
    """What a device plays of a profile, and whether the posture goes with how the device lies."""

    fit: Fit
    goes_with: bool
    felt_most: float
    """The highest level that anything of the device may bring to be felt, 0 to 1."""

    @property
    def device(self) -> str:
        """Which device."""
        return self.fit.device

    @property
    def mark(self) -> str:
        """What is told of a posture that does not go with it."""
        return "" if self.goes_with or self.fit.played_s == 0 else MISFIT


def says(profile: Profile, fitted: Fitted) -> str:
    """What a device plays of a profile, in a few words."""
    fit = fitted.fit
    if profile.locked_for:
        return TO_BE_READ
    if fit.played_s == 0:
        return BY_HAND
    if fit.whole:
        return ALL
    return f"{whole_minutes(fit.played_s)} of {whole_minutes(fit.moving_s, up=True)} min"


def whole_minutes(seconds: float, *, up: bool = False) -> str:
    """Whole minutes, what is played never more than it is."""
    if seconds < 60 and not up:
        return "<1"
    return f"{max(1, round(seconds / 60)) if up else int(seconds // 60)}"


def fitters(out: Output) -> list[Callable[[Profile], Fitted]]:
    """One for each device that ships, and for each of one's own that can be read."""
    found = [fitter_of(name) for name in shipped_devices()]
    for name in own_descriptions():
        try:
            found.append(fitter_of(name))
        except DeviceDescriptionError as error:
            out.tell(f"left out: {clean(str(error))}")
    return found


def fitter_of(device: str) -> Callable[[Profile], Fitted]:
    body = body_map()
    description = load_described(device)
    layout = place_device(description, body)
    fit = fitter(description.name, layout.places(), body)
    mountings = mountings_of(description)
    most = max(felt_ceilings(layout), default=0.0)
    return lambda profile: Fitted(fit(profile), goes_with(profile, mountings), most)


def weaker(profiles: Sequence[Profile], fits: dict[str, list[Fitted]]) -> str:
    """Which devices cannot be felt as strongly as a profile asks; "" where all can."""
    told: dict[str, list[str]] = {}
    asked = max((peak_of(profile) for profile in profiles), default=0.0)
    for each in fits[profiles[0].name] if profiles else ():
        if each.felt_most < asked - LEAST_DIFFERENCE:
            told.setdefault(f"{each.felt_most:.0%}", []).append(clean(each.device))
    if not told:
        return ""
    each_most = "; ".join(f"{most} on {listed(devices)}" for most, devices in told.items())
    return (
        f"Felt weaker than it is written: {each_most} at most, where the strongest here asks for {asked:.0%}."
    )


def peak_of(profile: Profile) -> float:
    """The highest felt level that a profile asks of a device, 0 to 1."""
    return max((step.peak for step in profile.played if step.moves), default=0.0)
