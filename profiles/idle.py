"""What a step may say without any effect: fields that change nothing on its path or in its form, and why."""

from __future__ import annotations

from collections.abc import Iterator

from profiles.contact import form_of
from profiles.step import Step
from profiles.technique import Guide, Kneading, Moving, Rubbing, Stroking, Vibration

RETURNING = ("longitudinal", "outward")  # paths of a stroke whose way back is another than the way there
ON_POINTS = ("longitudinal", "circular", "spiral")  # what a hand may do along points of its own


def idle_fields(step: Step) -> dict[str, str]:
    """Return the fields of a step's technique that change nothing in this step, each with the reason.

    Also "hands", which is the step's own. Whoever sets one of them is told, instead of waiting for an effect.
    """
    technique = step.technique
    if isinstance(technique, Guide):
        return {}
    found = dict(_of_technique(technique))
    if step.path is not None:
        found |= dict(_on_points(technique))
    elif step.zones and any(all(name.endswith(side) for name in step.zones) for side in ("-left", "-right")):
        found["hands"] = "only one side is worked on"
    return found


def _of_technique(technique: Moving) -> Iterator[tuple[str, str]]:
    if isinstance(technique, Stroking):
        if technique.path != "longitudinal":
            yield "form", f"it is for long strokes, not for the path '{technique.path}'"
        if technique.path not in RETURNING:
            yield "return_level", f"on the path '{technique.path}' every way is as strong as the other"
    if isinstance(technique, Kneading | Vibration) and form_of(technique).circle == 0.0:
        yield "circle_mm", f"in the form '{technique.form}' the hand does not circle"
        if form_of(technique).floor == 1.0:
            yield "rate_cpm", f"the form '{technique.form}' has no cycles; its turns are as long as all"


def _on_points(technique: Moving) -> Iterator[tuple[str, str]]:
    yield "direction", "the points say which way the hand goes"
    yield "hands", "a single hand goes along the points"
    if isinstance(technique, Stroking):
        yield "form", "the hand comes back along the points"
    if isinstance(technique, Stroking | Rubbing) and technique.path not in ON_POINTS:
        yield "path", f"the points are the path; it may be {', '.join(ON_POINTS)} along them"
