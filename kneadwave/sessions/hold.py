"""`knead set`: a zone at one level for a few seconds, softly up and softly down, to feel what that is."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import pi

import numpy as np

from firmware_bridge.devices.layout import Actuator, Layout
from firmware_bridge.devices.response import Response
from firmware_bridge.limits import FELT_FLOOR
from firmware_bridge.play.session import Session
from firmware_bridge.play.updates import Phase, Update
from kneadwave.errors import NotPlayable, UsageError
from kneadwave.people.recipient import Recipient
from kneadwave.sessions.events import Event, Fields
from kneadwave.sessions.felt_test import FeltTest, Procedure
from kneadwave.sessions.note_events import Held
from kneadwave.text import clean
from profiles.body import Zone, body_map
from profiles.curve import IntensityCurve
from profiles.model import Profile, Step
from profiles.score import CALM_CPM
from profiles.technique import CARRIER_HZ, POINT_MAX_S, Modality, Stroking
from profiles.waveform import FRAME_RATE_HZ, Place, Waveform

HOLD_MIN_S = 0.5
"""The shortest hold, seconds; project's choice: less is a twitch."""
RAMP_S = 1.0
"""From nothing to the level, and back, seconds; project's choice: slow enough to be no shock."""
RAMP_SHARE = 0.25
"""Of a hold that is shorter than four ramps; project's choice: half of it is at the level."""


@dataclass(frozen=True)
class LevelFelt(Event):
    """The strongest level that is felt in a felt test now."""

    name = "progress"
    t: float
    left: float
    level: float

    def fields(self) -> Fields:
        """When, how long still, how strongly."""
        return {"t": round(self.t, 2), "left": round(self.left, 2), "level": round(self.level, 4)}


def holding(
    zone: str, level: str, seconds: str, person: Recipient | None = None
) -> tuple[FeltTest, Procedure]:
    """The felt test that holds every allowed actuator of a zone at a level, and what it does meanwhile.

    `person` is who would feel it, where that is known: what is left for them is told as well.
    ProfileError for a zone that is unknown or excluded, UsageError for a level or a length that is none,
    NotPlayable above the zone's ceiling; the sampler raises it where the device has nothing there.
    """
    zones = body_map().zones_named(zone)
    strength, length = level_from(level), seconds_from(seconds)
    lowest = min(zones, key=lambda each: each.ceiling)
    if strength > lowest.ceiling:
        raise NotPlayable(
            f"{strength:.0%} is above the ceiling of the zone '{lowest.name}', {lowest.ceiling:.0%} "
            f"(rule {lowest.rules[0]})",
            hint=f"{lowest.ceiling:.0%} is the most there{_theirs(lowest, person)}",
        )
    ids = {each.id for each in zones}

    def sampler(layout: Layout) -> Hold:
        held = [actuator.id for actuator in _in_zones(layout, ids)]
        return Hold(layout.places(), held, strength, length)

    return FeltTest(_declared(zone, strength, length), sampler), _Holding(zone, ids, strength, length)


def _theirs(zone: Zone, person: Recipient | None) -> str:
    """What a person may have there, where that is less."""
    if person is None:
        return ""
    most = min(each.ceiling for each in person.body.zones_named(zone.name))
    return f", and {most:.0%} for {person.name}" if most < zone.ceiling else ""


def level_from(text: str) -> float:
    """A felt level as a fraction, from "40%" or "0.4"; UsageError for anything else."""
    word = text.strip()
    try:
        value = float(word.removesuffix("%")) / (100.0 if word.endswith("%") else 1.0)
    except ValueError:
        value = -1.0
    if not FELT_FLOOR <= value <= 1.0:  # false for NaN, too
        raise UsageError(
            f"'{clean(text)}' is no level that is felt",
            hint=f"write one from {FELT_FLOOR:.0%} to 100%, as 40% or 0.4",
        )
    return value


def seconds_from(text: str) -> float:
    """Seconds of a hold, from "5s" or "5"; UsageError outside HOLD_MIN_S to POINT_MAX_S."""
    try:
        value = float(text.strip().lower().removesuffix("s"))
    except ValueError:
        value = -1.0
    if not HOLD_MIN_S <= value <= POINT_MAX_S:
        raise UsageError(
            f"'{clean(text)}' is no length of a hold",
            hint=f"write {HOLD_MIN_S:g}s to {POINT_MAX_S:g}s: no point is worked on for longer",
        )
    return value


def _declared(zone: str, level: float, seconds: float) -> Profile:
    """What is checked and written down: this zone, this level, this long."""
    step = Step(
        name=f"hold {zone}",
        technique=Stroking(kind="stroking", return_level=1.0),
        zones=(zone,),
        duration_s=seconds,
        level=level,
        curve=IntensityCurve.preset("hold"),
        crossfade_s=0.0,
        on=tuple(Modality),
    )
    ramp = ramp_of(seconds)
    return Profile(
        name=f"set-{zone}",
        title=f"{zone} at {level:.0%}",
        purpose="test",
        audience="test",
        fade_in_s=ramp,
        fade_out_s=ramp,
        step=(step,),
    )


def _in_zones(layout: Layout, zones: set[str]) -> list[Actuator]:
    """The actuators there that may be driven; NotPlayable where there is none."""
    found = [actuator for actuator in layout.allowed if actuator.zone in zones]
    if found:
        return found
    off = next((actuator for actuator in layout.excluded if actuator.zone in zones), None)
    why = f"; '{off.id}' lies there, but stays off: {off.excluded}" if off is not None else ""
    listed = ", ".join(sorted({actuator.zone for actuator in layout.allowed})) or "none"
    raise NotPlayable(
        f"{layout.description.name} drives nothing in {', '.join(sorted(zones))}{why}",
        hint=f"the zones that it works on: {listed}",
    )


class _Holding(Procedure):
    """Tells what is held and how strongly it is felt; any key stops."""

    def __init__(self, zone: str, zones: set[str], level: float, seconds: float) -> None:
        self._zone = zone
        self._zones = zones
        self._level = level
        self._seconds = seconds

    def began(self, session: Session) -> Iterable[Event]:
        """Tell what is about to be felt, and what the limits make of it."""
        held = _in_zones(session.layout, self._zones)
        felt = max(_felt(actuator, self._level * session.feed.intensity) for actuator in held)
        names = tuple(actuator.id for actuator in held)
        yield Held(self._zone, self._level, felt, self._seconds, names)

    def follow(self, session: Session, update: Update) -> Iterable[Event]:
        """Tell the level as it is, for a script."""
        if update.phase is Phase.PLAYING:
            yield LevelFelt(update.elapsed, update.left, max(session.layout.felt_levels(update.drives)))


def _felt(actuator: Actuator, level: float) -> float:
    """What a level comes to under the actuator's ceiling."""
    drive = min(int(Response.drive_for(level, actuator.start, actuator.exponent)), actuator.ceiling)
    return min(level, float(Response.felt_for(drive, actuator.start, actuator.exponent)))


def ramp_of(seconds: float) -> float:
    """Return how long the level rises, and falls, in a hold of so many seconds."""
    return min(RAMP_S, RAMP_SHARE * seconds)


class Hold:
    """A Sampler: the places with the ids `held` rise to `level`, stay there, and fall, `seconds` in all.

    Rates are those of a calm hand, within what each place can be set to. Inactive places stay off.
    """

    def __init__(self, places: Sequence[Place], held: Collection[str], level: float, seconds: float) -> None:
        works = [place.active and place.id in held for place in places]
        self._level = np.where(works, min(max(level, 0.0), 1.0), 0.0)
        self._rate = np.where(works, [_rate(place) for place in places], 0.0)
        self._seconds = seconds
        self._ramp = ramp_of(seconds)

    def render(self, start_frame: int, n_frames: int) -> Waveform:
        """Return the frames; silence before the beginning and after the end."""
        count = max(0, int(n_frames))
        t = (start_frame + np.arange(count)) / FRAME_RATE_HZ
        edge = np.clip(np.minimum(t, self._seconds - t) / self._ramp, 0.0, 1.0)
        level = np.sin(0.5 * pi * edge)[:, None] * self._level
        rate = np.where(level > 0.0, self._rate, 0.0)
        return Waveform(start_frame, level, rate, np.zeros(count, dtype=np.int_))


def _rate(place: Place) -> float:
    if place.rate_max <= 0.0:
        return 0.0
    calm = CALM_CPM if place.kind is Modality.KNEADING else CARRIER_HZ["stroking"]
    return min(max(calm, place.rate_min), place.rate_max)
