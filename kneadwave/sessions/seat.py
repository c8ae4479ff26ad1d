"""Who sits down at which device, or is massaged by hand: past the gate, into the ledger.

A simulation needs nobody. Without a target there is no device: hands do it all.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firmware_bridge.clock import never
from firmware_bridge.devices.join import mountings_of
from kneadwave.devices import Target, described_together
from kneadwave.sessions.events import Allowed, Event, ForRecipient, StatureOverruled
from kneadwave.sessions.prepare import Piece
from kneadwave.sessions.record import Keeper, kept, now
from profiles.body import body_map
from profiles.technique import Mounting

if TYPE_CHECKING:
    from kneadwave.people.gate import Clearance
    from kneadwave.people.screening import Confirmation, Ready


@dataclass(frozen=True)
class Seat:
    """A piece on the body of whoever it is for, by which leave, and what keeps the ledger of it.

    `notices` is what the person should know before it begins.
    """

    piece: Piece
    clearance: "Clearance"
    keeper: Keeper
    notices: tuple[Event, ...] = ()
    begin: Callable[[], object] = never
    """Writes down that it begins: to be called when the device is armed, before it moves. NotCleared."""


def questions_before(
    piece: Piece,
    target: Target | None,
    recipient: str | None,
    *,
    minutes: float | None = None,
    going_on: bool = False,
) -> tuple["Ready", ...]:
    """What has to be confirmed before this run, empty where nothing has to; raises NotCleared as `seated`."""
    if target is not None and target.simulated:
        return ()
    from kneadwave.people.gate import unconfirmed

    return unconfirmed(
        recipient,
        piece.profile,
        now(),
        minutes=minutes,
        going_on=going_on,
        powered=target is not None,
        mountings=_mountings(target),
    )


@contextmanager
def seated(
    piece: Piece,
    target: Target | None,
    recipient: str | None,
    confirmed: "Confirmation | None",
    *,
    minutes: float | None = None,
    stature_m: float | None = None,
    going_on: bool = False,
) -> Iterator[Seat]:
    """Pass the gate; what follows is kept in the ledger from `begin` on. A simulation needs nobody.

    `confirmed` is what was said to `questions_before`, None where nobody was there to be asked. `stature_m`
    is what was asked for, which counts for a simulation alone. `going_on`: the last sitting, which lost its
    device, is taken up. Raises NotCleared.
    """
    from kneadwave.people.gate import admit, simulation

    if target is not None and target.simulated:
        yield Seat(piece, simulation(), Keeper())
        return

    with admit(
        recipient,
        piece.profile,
        now(),
        minutes=minutes,
        confirmed=confirmed,
        going_on=going_on,
        powered=target is not None,
        mountings=_mountings(target),
    ) as sitting:
        clearance = sitting.clearance
        notices = _told(clearance, stature_m)
        assert clearance.recipient is not None
        piece = replace(piece, body=body_map(clearance.recipient.stature_m))
        keeper = Keeper(sitting)
        with kept(keeper):
            sitting.check(now())
            device = "" if target is None else target.names
            planned_s = min(piece.profile.duration_s, clearance.allowed_s)

            def begin() -> None:
                sitting.begin(piece.profile, device, planned_s, now())

            yield Seat(piece, clearance, keeper, notices, begin)


def _mountings(target: Target | None) -> tuple[Mounting, ...]:
    """How the devices lie, where they are described."""
    described = None if target is None else described_together(target)
    return () if described is None else tuple(mountings_of(described))


def _told(clearance: "Clearance", stature_m: float | None) -> tuple[Event, ...]:
    """Who it is for, and what that means for this run."""
    recipient = clearance.recipient
    assert recipient is not None
    told: list[Event] = [
        ForRecipient(recipient.name, recipient.stature_m, clearance.limit, clearance.factors)
    ]
    if stature_m is not None and stature_m != recipient.stature_m:
        told.append(StatureOverruled(recipient.stature_m))
    return (*told, Allowed(clearance.allowed_s, clearance.notices))
