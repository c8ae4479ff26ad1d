"""`knead run`: from what was asked for to a session, past the gate.

The order is fixed: the profile is loaded and checked, the gate looks at the person, the ledger says that a
session begins, and only then a device is opened.
"""

from dataclasses import dataclass, field
from pathlib import Path

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.devices.load import place_device
from firmware_bridge.limits import SESSION_MAX_S
from kneadwave.cli.terminal.keys import somebody_there
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.rest import rest
from kneadwave.cli.terminal.signals import Signals
from kneadwave.cli.views.session import note
from kneadwave.config import Config
from kneadwave.devices import Target, target_of
from kneadwave.errors import UsageError
from kneadwave.sessions.leading import lead
from kneadwave.sessions.play import Performance, perform
from kneadwave.sessions.prepare import Piece, prepare
from kneadwave.sessions.record import Keeper, kept, now
from kneadwave.sessions.seating import seated, tell_allowed
from profiles.body import DEFAULT_STATURE_M
from profiles.profile import Profile
from profiles.reach import fit
from profiles.score import compose
from profiles.technique import Guide


@dataclass(frozen=True)
class Asked:
    """What the command line asked for. `limit` is a fraction; None stands for what nobody said."""

    profile: str
    device: str | None = None
    on: str | None = None
    limit: float = 1.0
    stature_m: float | None = None
    recipient: str | None = None
    minutes: float | None = None
    record: Path | None = None
    config: Config = field(default_factory=Config)

    @property
    def allowed_s(self) -> float:
        """The time that was asked for, seconds."""
        return SESSION_MAX_S if self.minutes is None else self.minutes * 60.0


def run(out: Output, asked: Asked) -> None:
    """Play what was asked for; raises whatever ended it early."""
    piece = prepare(asked.profile, asked.stature_m or DEFAULT_STATURE_M, out)
    _refuse_unattended(piece.profile)
    target = None if piece.profile.guided_only else _target(asked)
    by_hand = piece.profile if target is None else _by_hand(piece, target)
    if target is None or by_hand is not None:
        _guide(out, asked, piece, by_hand or piece.profile)
    elif _massage(out, asked, piece, target) and not target.simulated and piece.profile.audience != "test":
        rest(out, piece.profile.rest_s, MonotonicClock(), seated=piece.profile.posture == "seated")


def _refuse_unattended(profile: Profile) -> None:
    """A change of posture waits for a key: without somebody to press it nothing begins."""
    turns = any(isinstance(s.technique, Guide) and s.technique.posture is not None for s in profile.played)
    if turns and not somebody_there():
        raise UsageError(
            f"'{profile.name}' waits for a key where the posture changes, and nobody sits at a terminal here",
            hint=f"start it on a terminal; to see how it goes: knead simulate {profile.name}",
        )


def _target(asked: Asked) -> Target:
    """Which device; opens nothing."""
    return target_of(asked.device, asked.on, asked.config)


def _by_hand(piece: Piece, target: Target) -> Profile | None:
    """The profile for hands alone, where it is known beforehand that the device can do none of it."""
    if target.given is None:
        return None
    fitted = fit(piece.profile, place_device(target.given, piece.body).places(), piece.body)
    return fitted if fitted.guided_only else None


def _guide(out: Output, asked: Asked, piece: Piece, profile: Profile) -> None:
    """Lead through a routine for hands. No gate: no device moves; but whoever keeps a ledger has it there."""
    from kneadwave.sessions.handwork import sitting

    if asked.record is not None:
        note(out, "nothing is recorded: no device moves in this routine")
    score = compose(profile, piece.body)
    with sitting(asked.recipient, profile, now()) as (diary, allowance):
        tell_allowed(out, allowance.seconds, allowance.notices)
        keeper = Keeper(diary)
        with Signals() as signals, kept(keeper):
            allowed_s = min(allowance.seconds, asked.allowed_s)
            lead(out, score, keeper, signals, MonotonicClock(), allowed_s=allowed_s)


def _massage(out: Output, asked: Asked, piece: Piece, target: Target) -> bool:
    """Pass the gate, write the session down, play it; whether the device played to the end."""
    seat = seated(out, piece, target, asked.recipient, minutes=asked.minutes, stature_m=asked.stature_m)
    with Signals() as signals, seat as at:
        what = Performance(
            at.piece,
            target,
            at.clearance,
            at.keeper,
            limit=asked.limit,
            allowed_s=asked.allowed_s,
            record=asked.record,
        )
        return perform(out, what, signals)
