"""What a device plays otherwise than a profile asks, in sentences for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from profiles.contact import Contact
from profiles.field import PlaceGroup, joins_at
from profiles.score import Cue
from profiles.technique import NEVER_ON, Modality
from profiles.time_text import clock_text

_INSTEAD = {
    "kneading": "a slow swell that goes round",
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
    accompanied: list[Cue] = []
    for cue, contacts in parts:
        step = f"step {cue.index + 1} '{cue.name}'"
        reached = [{group.kind for group in groups} for _, groups in contacts]
        others = set().union(*reached) - {cue.prefers}
        if cue.on is None and others and not all(cue.prefers in kinds for kinds in reached):
            sentences.append(f"{cue.kind} in {step} is played as {_stand_in(cue, set().union(*reached))}")
        elif (
            cue.on is None
            and cue.prefers is not Modality.VIBRATION
            and any(Modality.VIBRATION in kinds for kinds in reached)
        ):
            what = _stand_in(cue, {Modality.VIBRATION})
            sentences.append(
                f"{cue.kind} in {step} is played as {what} where no {_WORKERS[cue.prefers]} is within reach"
            )
        if (
            cue.on is None
            and cue.prefers is not Modality.KNEADING
            and any(Modality.KNEADING in kinds for kinds in reached)
        ):
            accompanied.append(cue)
        for kind in cue.on or ():
            if kind in NEVER_ON.get(cue.kind, ()):
                continue
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
    return (*sentences, *_accompanied(accompanied))


def left_out(cue: Cue, kind: Modality) -> str:
    """Return a sentence for what lies under the hands and cannot do the technique."""
    why = "it turns, and taps nothing" if kind is Modality.KNEADING else "it fills too slowly for that"
    return f"{cue.kind} in step {cue.index + 1} '{cue.name}' leaves every {_WORKERS[kind]} out: {why}"


def _accompanied(cues: Sequence[Cue]) -> Iterator[str]:
    """Yield one sentence for all steps under which kneading heads turn, though they ask for no kneading."""
    if not cues:
        return
    begins = joins_at(cues[0], Modality.KNEADING)
    later = f" (from {clock_text(begins)} on)"
    numbers = [f"{cue.index + 1}{later if cue.start < begins else ''}" for cue in cues]
    steps = f"step{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"
    yield f"kneading heads turn slowly in {steps}, to be felt where no vibration motor lies"


def _stand_in(cue: Cue, kinds: set[Modality]) -> str:
    workers = " and ".join(
        f"{_WORKERS[kind]}s" for kind in Modality if kind in kinds and kind is not cue.prefers
    )
    # Heads that merely accompany are told by themselves.
    what = "the same movement" if cue.prefers is Modality.VIBRATION else _INSTEAD[cue.kind]
    return f"{what} on {workers}"
