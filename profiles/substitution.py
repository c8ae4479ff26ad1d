"""What a device plays otherwise than a profile asks, in sentences for a person."""

from __future__ import annotations

from collections.abc import Sequence

from profiles.contact import Contact
from profiles.field import PlaceGroup
from profiles.score import Cue
from profiles.technique import Modality

_INSTEAD = {
    "kneading": "a slow circling swell",
    "pressing": "a slow swell",
    "squeezing": "a slow wave",
}
_WORKERS = {
    Modality.KNEADING: "kneading head",
    Modality.PRESSURE: "pressure cell",
    Modality.VIBRATION: "vibration motor",
}


def substitutions(
    parts: Sequence[tuple[Cue, Sequence[tuple[Contact, Sequence[PlaceGroup]]]]], adjustable: Sequence[bool]
) -> tuple[str, ...]:
    """Return a sentence for each step that this device plays otherwise.

    `parts` are the cues with the places that each contact reaches; `adjustable` tells for each vibration
    motor that may work whether its frequency can be set.
    """
    sentences: list[str] = []
    for cue, contacts in parts:
        step = f"step {cue.index + 1} '{cue.name}'"
        reached = [{group.kind for group in groups} for _, groups in contacts]
        if cue.on is None and any(reached) and not all(cue.prefers in kinds for kinds in reached):
            sentences.append(f"{cue.kind} in {step} is rendered as {_stand_in(cue, set().union(*reached))}")
        elif (
            cue.on is None
            and cue.prefers is not Modality.VIBRATION
            and any(Modality.VIBRATION in kinds for kinds in reached)
        ):
            what = _stand_in(cue, {Modality.VIBRATION})
            sentences.append(
                f"{cue.kind} in {step} is rendered as {what} where no {_WORKERS[cue.prefers]} is within reach"
            )
        for kind in cue.on or ():
            if not any(kind in kinds for kinds in reached):
                sentences.append(f"{step} asks for {kind.value}, but no {_WORKERS[kind]} is within reach")
        if cue.asked_hz is not None and adjustable and not all(adjustable):
            able_count = sum(adjustable)
            where = (
                f"{len(adjustable) - able_count} of {len(adjustable)} motors" if able_count else "this device"
            )
            sentences.append(
                f"vibration in {step}: the frequency follows the drive on {where}, not {cue.asked_hz:g} Hz"
            )
    return tuple(sentences)


def _stand_in(cue: Cue, kinds: set[Modality]) -> str:
    workers = " and ".join(
        f"{_WORKERS[kind]}s" for kind in Modality if kind in kinds and kind is not cue.prefers
    )
    what = "the same movement" if cue.prefers is Modality.VIBRATION else _INSTEAD[cue.kind]
    return f"{what} on {workers}"
