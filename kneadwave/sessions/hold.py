"""`knead set`: a zone at one level for a few seconds, to feel what that is."""

from firmware_bridge.devices.layout import Actuator, Layout
from firmware_bridge.devices.response import Response
from firmware_bridge.limits import FELT_FLOOR
from firmware_bridge.play.session import Session
from firmware_bridge.play.updates import Phase, Update
from kneadwave.cli.terminal.live import felt_levels
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.views.session import note
from kneadwave.errors import NotPlayable, UsageError
from kneadwave.sessions.felt_test import Bench, Felt, FeltTest, Hand, feel
from kneadwave.text import clean
from profiles.body import body_map
from profiles.curve import IntensityCurve
from profiles.hold import Hold, ramp_of
from profiles.model import Profile, Step
from profiles.technique import POINT_MAX_S, Modality, Stroking

HOLD_MIN_S = 0.5
"""The shortest hold, seconds; ours: less is a twitch."""


def hold(out: Output, bench: Bench, zone: str, level: str, seconds: str) -> Felt:
    """Hold every allowed actuator of a zone at a level; ProfileError for a zone that is unknown or excluded.

    UsageError for a level or a length that is none, NotPlayable above the zone's ceiling and where the device
    has nothing there.
    """
    zones = body_map().zones_named(zone)
    strength, length = level_from(level), seconds_from(seconds)
    lowest = min(zones, key=lambda each: each.ceiling)
    if strength > lowest.ceiling:
        raise NotPlayable(
            f"{strength:.0%} is above the ceiling of the zone '{lowest.name}', {lowest.ceiling:.0%} "
            f"(rule {lowest.rules[0]})",
            hint=f"{lowest.ceiling:.0%} is the most there",
        )
    ids = {each.id for each in zones}

    def sampler(layout: Layout) -> Hold:
        held = [actuator.id for actuator in _in_zones(layout, ids)]
        return Hold(layout.places(), held, strength, length)

    test = FeltTest(_declared(zone, strength, length), sampler)
    return feel(out, bench, test, _Holding(out, zone, ids, strength, length))


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


class _Holding(Hand):
    """Tells what is held and how strongly it is felt; any key stops."""

    def __init__(self, out: Output, zone: str, zones: set[str], level: float, seconds: float) -> None:
        self._out = out
        self._zone = zone
        self._zones = zones
        self._level = level
        self._seconds = seconds

    def began(self, session: Session) -> None:
        """Tell what is about to be felt, and what the limits make of it."""
        held = _in_zones(session.layout, self._zones)
        felt = max(_felt(actuator, self._level * session.feed.intensity) for actuator in held)
        names = [actuator.id for actuator in held]
        self._out.event(
            "hold",
            zone=self._zone,
            level=self._level,
            felt=round(felt, 4),
            seconds=self._seconds,
            actuators=names,
        )
        if felt < self._level - 0.01:
            note(self._out, f"limits hold it at {felt:.0%} instead of {self._level:.0%}")
        self._out.say(
            f"{self._zone} at {felt:.0%} for {self._seconds:g} s: {', '.join(names)}; any key stops"
        )

    def follow(self, session: Session, update: Update) -> None:
        """Tell the level as it is, for a script."""
        if update.phase is Phase.PLAYING:
            level = round(max(felt_levels(session.layout, update)), 4)
            self._out.event("progress", t=round(update.elapsed, 2), left=round(update.left, 2), level=level)


def _felt(actuator: Actuator, level: float) -> float:
    """What a level comes to under the actuator's ceiling."""
    drive = min(int(Response.drive_for(level, actuator.start, actuator.exponent)), actuator.ceiling)
    return min(level, float(Response.felt_for(drive, actuator.start, actuator.exponent)))
