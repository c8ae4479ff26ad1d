"""Who sits down at which device: past the gate, into the ledger; a simulation needs nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING

from kneadwave.cli.terminal.output import Output
from kneadwave.cli.views.session import note
from kneadwave.devices import Target
from kneadwave.sessions.prepare import Piece
from kneadwave.sessions.record import Keeper, kept, now
from profiles.body import body_map

if TYPE_CHECKING:
    from kneadwave.people.gate import Clearance


@dataclass(frozen=True)
class Seat:
    """A piece on the body of whoever it is for, by which leave, and what keeps the ledger of it."""

    piece: Piece
    clearance: "Clearance"
    keeper: Keeper


@contextmanager
def seated(
    out: Output,
    piece: Piece,
    target: Target,
    recipient: str | None,
    *,
    minutes: float | None = None,
    stature_m: float | None = None,
) -> Iterator[Seat]:
    """Pass the gate, confirm the list before a run, write down that it begins; `sim:` needs nobody.

    `stature_m` is what the command line said, which counts for `sim:` alone. Raises NotCleared.
    """
    from kneadwave.cli.terminal import prompts as asking
    from kneadwave.people.gate import admit, simulation

    if target.simulated:
        yield Seat(piece, simulation(), Keeper())
        return
    confirm = asking.confirm_on_terminal if asking.somebody_there() else None
    with admit(recipient, piece.profile, now(), minutes=minutes, confirm=confirm) as sitting:
        clearance = sitting.clearance
        piece = _measured(out, piece, clearance, stature_m)
        tell_allowed(out, clearance.allowed_s, clearance.notices)
        keeper = Keeper(sitting)
        with kept(keeper):
            device = target.given.name if target.given is not None else target.url
            sitting.begin(piece.profile, device, min(piece.profile.duration_s, clearance.allowed_s), now())
            yield Seat(piece, clearance, keeper)


def tell_allowed(out: Output, seconds: float, notices: tuple[str, ...]) -> None:
    """How long it may take, and what the person should know about it."""
    out.event("allowed", seconds=seconds if isfinite(seconds) else None, notices=list(notices))
    for text in notices:
        note(out, text)


def _measured(out: Output, piece: Piece, clearance: "Clearance", stature_m: float | None) -> Piece:
    """The piece on the body of the recipient, who is told who it is for."""
    recipient = clearance.recipient
    assert recipient is not None
    out.event(
        "recipient",
        name=recipient.name,
        stature_m=recipient.stature_m,
        limit=clearance.limit,
        factors=dict(clearance.factors),
    )
    out.say(f"for {recipient.name}")
    if stature_m is not None and stature_m != recipient.stature_m:
        note(out, f"the recipient's stature of {recipient.stature_m:g} m counts, not --stature")
    return replace(piece, body=body_map(recipient.stature_m))
