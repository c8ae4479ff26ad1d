"""The way of a session: settle, warm up, grow, fall, and end as it began but weaker.

Steps for hands have no level: they are left out, except where time counts. A session without any other step
keeps these rules by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from profiles.body import BodyMap
from profiles.errors import ProfileError
from profiles.model import Profile
from profiles.rules.finding import Finding, Located
from profiles.rules.limits import (
    JND,
    SETTLE_LEVEL,
    SETTLE_S,
    SETTLE_SHARE,
    TOLERANCE,
    WARM_UP_LEVEL,
    WARM_UP_S,
    WARM_UP_SHARE,
)
from profiles.rules.timeline import Stretch, leading_strokes
from profiles.technique import Rubbing, Stroking, Tapping


def check_conduct(profile: Profile, working: Sequence[Stretch], body: BodyMap) -> Iterator[Finding]:
    """Yield what is wrong with the way of a session; a test profile only has to begin and end well."""
    if not working:
        return
    yield from _ends(working)
    if profile.audience == "test":
        return
    yield from _settling(profile, working)
    yield from _warm_up(profile, working)
    yield from _trend(working, body)
    yield from _closing(working)
    yield from _stages(working)
    if profile.purpose != "toning":
        yield from _tapping(working)


def _ends(working: Sequence[Stretch]) -> Iterator[Finding]:
    for stretch, which in ((working[0], "begins"), (working[-1], "ends")):
        technique = stretch.here.step.technique
        if not isinstance(technique, Stroking):
            yield stretch.here.find(
                "error",
                83,
                "technique.kind",
                f"a session {which} with stroking, not {technique.kind}",
                f"let a stroking step {which[:-1]} it",
            )


def _settling(profile: Profile, working: Sequence[Stretch]) -> Iterator[Finding]:
    until = min(SETTLE_S, SETTLE_SHARE * profile.duration_s)
    for stretch in working:
        felt = stretch.strongest_until(until)
        if felt > SETTLE_LEVEL + TOLERANCE:
            yield stretch.here.find(
                "warning",
                30,
                "level",
                f"level {felt:.2f} within the first {until:.0f} s; people settle at {SETTLE_LEVEL:g} at most",
                "let the curve rise from low, or begin with a settling step",
            )
            return


def _warm_up(profile: Profile, working: Sequence[Stretch]) -> Iterator[Finding]:
    until = min(WARM_UP_S, WARM_UP_SHARE * profile.duration_s)
    for stretch in working:
        felt = stretch.strongest_until(until)
        if felt > WARM_UP_LEVEL + TOLERANCE:
            yield stretch.here.find(
                "warning",
                36,
                "level",
                f"level {felt:.3g} within the first {until:.0f} s; "
                f"a session starts light, at {WARM_UP_LEVEL:g} at most",
                "begin with a longer light step",
            )
            return


def _trend(working: Sequence[Stretch], body: BodyMap) -> Iterator[Finding]:
    """Light, strong, light: nothing falls clearly before the strongest step, nothing grows after it."""
    # A step that is played over the regions of an order is one step: what it says is one level.
    parts = [list(group) for _, group in groupby(working, lambda stretch: stretch.here.origin)]
    means = [sum(s.mean * s.seconds for s in part) / sum(s.seconds for s in part) for part in parts]
    strongest = means.index(max(means))
    reached = 0.0
    for part, mean in zip(parts[:strongest], means, strict=False):
        if reached > mean * (1.0 + JND) + TOLERANCE and not _at_ceiling(part, body):
            yield part[0].here.find(
                "warning",
                36,
                "level",
                f"its mean falls back to {mean:.2f} from {reached:.2f} before the strongest step",
                "let the session grow up to its strongest step",
            )
            break
        reached = max(reached, mean)
    left = means[strongest]
    for part, mean in zip(parts[strongest + 1 :], means[strongest + 1 :], strict=True):
        if mean > left * (1.0 + JND) + TOLERANCE:
            yield part[0].here.find(
                "warning",
                36,
                "level",
                f"its mean grows again to {mean:.2f} from {left:.2f} after the strongest step",
                "let the session fall from its strongest step on",
            )
            break
        if not _at_ceiling(part, body):
            left = min(left, mean)


def _at_ceiling(part: Sequence[Stretch], body: BodyMap) -> bool:
    """Tell whether a step is as strong as its zones bear, within what is just told apart."""
    return all(s.here.step.peak * (1.0 + JND) >= _ceiling(s.here, body) - TOLERANCE for s in part)


def _ceiling(here: Located, body: BodyMap) -> float:
    try:
        zones = [zone for name in here.step.zones or () for zone in body.zones_named(name)]
    except ProfileError:  # what the zones are is told elsewhere
        return 1.0
    return min((zone.ceiling for zone in zones), default=1.0)


def _closing(working: Sequence[Stretch]) -> Iterator[Finding]:
    first, last = working[0].here, working[-1].here
    # A step that is played over the regions of an order opens or closes as a whole.
    opening, closing = (
        max(s.strongest for s in working if s.here.origin == end.origin) for end in (first, last)
    )
    if first.origin != last.origin and closing > opening - TOLERANCE:
        yield last.find(
            "warning",
            117,
            "level",
            f"the closing ({closing:.3g}) is not weaker than the opening ({opening:.3g})",
            "lower its level",
        )
    strokes = {_stroke(stretch) for stretch in leading_strokes(working)}
    if strokes and isinstance(last.step.technique, Stroking) and _stroke(working[-1]) not in strokes:
        yield last.find(
            "warning",
            38,
            "technique",
            "the session does not end with a stroke that it began with",
            f"repeat the technique of '{first.step.name}'",
        )


def _stroke(stretch: Stretch) -> tuple[str, str]:
    technique = stretch.here.step.technique
    assert isinstance(technique, Stroking)
    return technique.form, technique.path


def _stages(working: Sequence[Stretch]) -> Iterator[Finding]:
    """Each stage with more effort than the one before it: strokes, rubbing, deep rubbing, kneading."""
    strokes = [stretch.here for stretch in leading_strokes(working)]
    rubs = [s.here for s in working if isinstance(s.here.step.technique, Rubbing)]
    deep = [here for here in rubs if getattr(here.step.technique, "depth", "") == "deep"]
    soft = [here for here in rubs if here not in deep]
    kneads = [s.here for s in working if getattr(s.here.step.technique, "form", "") in ("palm", "finger")]
    yield from _at_least(49, rubs, "rubbing", strokes, "the first strokes")
    yield from _at_least(59, deep, "deep rubbing", soft, "the superficial rubbing")
    yield from _at_least(233, kneads, "kneading", rubs, "the rubbing")


def _at_least(
    rule: int, later: Sequence[Located], what: str, before: Sequence[Located], than: str
) -> Iterator[Finding]:
    if not later or not before:
        return
    strongest = max(later, key=lambda here: here.step.peak)
    other = max(here.step.peak for here in before)
    if strongest.step.peak < other - TOLERANCE:
        yield strongest.find(
            "warning",
            rule,
            "level",
            f"{what} at {strongest.step.peak:g} is weaker than {than} ({other:g})",
            f"write level = {other:g} or more, or weaken {than}",
        )


def _tapping(working: Sequence[Stretch]) -> Iterator[Finding]:
    first = next((s.here for s in working if isinstance(s.here.step.technique, Tapping)), None)
    if first is not None:
        yield first.find(
            "warning",
            256,
            "technique.kind",
            "tapping enlivens; it belongs to a toning massage",
            'leave it out, or say purpose = "toning"',
        )
