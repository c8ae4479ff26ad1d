"""The named order of zones: whether a profile that declares one visits its regions in that order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from profiles.body import BodyMap, zone_name
from profiles.model import Profile
from profiles.rules.finding import Finding, Located
from profiles.rules.under_hand import worked_names
from profiles.technique import Guide, Stroking
from profiles.zone_order import Order, Region, order_named


def check_order(profile: Profile, steps: Sequence[Located], body: BodyMap) -> Iterator[Finding]:
    """Yield the first step that goes back to a region which the order has before another one.

    Strokes before and after the massage itself are free of the order, and so is what has been visited.
    """
    if profile.order is None:
        return
    order = order_named(profile.order)
    visited: list[int] = []
    for here in _between(profile, steps):
        for candidates in _regions(here, order, body):
            if any(number in visited for number in candidates):
                continue
            later = [number for number in candidates if not visited or number > max(visited)]
            visited.append(later[0] if later else candidates[0])
            if later:
                continue
            region, before = order.regions[candidates[0]], order.regions[max(visited)]
            yield here.find(
                "warning",
                order.rules[0],
                "path" if here.step.path else "zones" if here.step.zones else "technique.part",
                f"{region.name} after {before.name}; the order '{order.name}' has it the other way round",
                "put the steps in the order's own sequence, or let in_order = true do it",
            )
            return


def _between(profile: Profile, steps: Sequence[Located]) -> Sequence[Located]:
    """Return the steps between the strokes that open the session and those that close it."""
    worked = [here.index for here in steps if _belongs(profile, here)]
    return steps[worked[0] : worked[-1] + 1] if worked else ()


def _belongs(profile: Profile, here: Located) -> bool:
    return not isinstance(here.step.technique, Stroking) or profile.step[here.origin].in_order


def _regions(here: Located, order: Order, body: BodyMap) -> Iterator[list[int]]:
    """Yield for each place that a step works on the numbers of the regions that may be meant."""
    technique = here.step.technique
    if isinstance(technique, Guide):
        found = [n for n, region in enumerate(order.regions) if _is_for(region, technique)]
        if found:
            yield found
        return
    # A region may be a part of a zone, which only a step that names it works on.
    for name in here.zone_names or worked_names(here, body):
        found = [n for n, region in enumerate(order.regions) if name in _names(region)]
        if found:
            yield found


def _is_for(region: Region, guide: Guide) -> bool:
    if region.posture is not None or guide.posture is not None:
        return region.posture == guide.posture
    return bool(guide.part) and region.part == guide.part


def _names(region: Region) -> set[str]:
    return {zone_name(name) for name in region.zones}
