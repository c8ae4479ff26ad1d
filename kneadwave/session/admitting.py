"""`knead run`: from what was asked for to a session, past the gate.

The order is fixed: the profile is loaded and checked, the gate looks at the person, the ledger says that a
session begins, and only then a device is opened.
"""

from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.device import load_device, place_device
from firmware_bridge.limits import SESSION_MAX_S
from kneadwave.config import Config
from kneadwave.exits import UsageError
from kneadwave.output import Output
from kneadwave.session.keeping import Keeper, kept, now
from kneadwave.session.keys import somebody_there
from kneadwave.session.leading import lead
from kneadwave.session.narrating import note
from kneadwave.session.performing import Performance, Target, perform
from kneadwave.session.playing import Piece, prepare
from kneadwave.session.resting import rest
from kneadwave.signals import Signals
from kneadwave.target import DEFAULT_DEVICE, SIM, port_of, resolve_url
from profiles.body import DEFAULT_STATURE_M, body_map
from profiles.fitting import fit
from profiles.profile import Profile
from profiles.score import compose
from profiles.technique import Guide

if TYPE_CHECKING:
    from kneadwave.person.gate import Clearance


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
    elif target.url == SIM:
        _simulate(out, asked, piece, target)
    elif _massage(out, asked, piece, target) and piece.profile.audience != "test":
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
    url = resolve_url(asked.device, asked.config)
    on = asked.on or asked.config.on or (DEFAULT_DEVICE if url == SIM else None)
    return Target(url, port_of(url), load_device(on) if on else None)


def _by_hand(piece: Piece, target: Target) -> Profile | None:
    """The profile for hands alone, where it is known beforehand that the device can do none of it."""
    if target.given is None:
        return None
    fitted = fit(piece.profile, place_device(target.given, piece.body).places(), piece.body)
    return fitted if fitted.guided_only else None


def _guide(out: Output, asked: Asked, piece: Piece, profile: Profile) -> None:
    """Lead through a routine for hands. No gate: no device moves; but whoever keeps a ledger has it there."""
    from kneadwave.session.handwork import sitting

    if asked.record is not None:
        note(out, "nothing is recorded: no device moves in this routine")
    score = compose(profile, piece.body)
    with sitting(asked.recipient, profile, now()) as (diary, allowance):
        _tell_allowed(out, allowance.seconds, allowance.notices)
        keeper = Keeper(diary)
        with Signals() as signals, kept(keeper):
            allowed_s = min(allowance.seconds, asked.allowed_s)
            lead(out, score, keeper, signals, MonotonicClock(), allowed_s=allowed_s)


def _simulate(out: Output, asked: Asked, piece: Piece, target: Target) -> None:
    from kneadwave.person.gate import simulation

    with Signals() as signals:
        perform(out, _performance(asked, piece, target, simulation(), Keeper()), signals)


def _massage(out: Output, asked: Asked, piece: Piece, target: Target) -> bool:
    """Pass the gate, write the session down, play it; whether the device played to the end."""
    from kneadwave import asking
    from kneadwave.person.gate import admit

    confirm = asking.confirm_on_terminal if asking.somebody_there() else None
    with (
        Signals() as signals,
        admit(asked.recipient, piece.profile, now(), minutes=asked.minutes, confirm=confirm) as sitting,
    ):
        clearance = sitting.clearance
        piece = _measured(out, asked, piece, clearance)
        _tell_allowed(out, clearance.allowed_s, clearance.notices)
        keeper = Keeper(sitting)
        with kept(keeper):
            device = target.given.name if target.given is not None else target.url
            sitting.begin(piece.profile, device, min(piece.profile.duration_s, clearance.allowed_s), now())
            return perform(out, _performance(asked, piece, target, clearance, keeper), signals)


def _performance(
    asked: Asked, piece: Piece, target: Target, clearance: "Clearance", keeper: Keeper
) -> Performance:
    return Performance(
        piece, target, clearance, keeper, limit=asked.limit, allowed_s=asked.allowed_s, record=asked.record
    )


def _measured(out: Output, asked: Asked, piece: Piece, clearance: "Clearance") -> Piece:
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
    if asked.stature_m is not None and asked.stature_m != recipient.stature_m:
        note(out, f"the recipient's stature of {recipient.stature_m:g} m counts, not --stature")
    return replace(piece, body=body_map(recipient.stature_m))


def _tell_allowed(out: Output, seconds: float, notices: tuple[str, ...]) -> None:
    out.event("allowed", seconds=seconds if isfinite(seconds) else None, notices=list(notices))
    for text in notices:
        note(out, text)
