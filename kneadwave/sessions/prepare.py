"""From a profile's name to something that can be played on a device."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from typing import Final, cast

from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.join import mountings_of
from firmware_bridge.devices.layout import Layout, place_device
from firmware_bridge.play.time_limit import Allotment
from firmware_bridge.play.updates import Update
from kneadwave.devices import Target
from kneadwave.errors import NotPlayable
from kneadwave.sessions.events import Arrangement
from profiles.body import BodyMap, body_map
from profiles.posture import told
from profiles.profile import Profile, load_profile
from profiles.reach import fit
from profiles.rules.check import Finding, check
from profiles.score import Score, compose
from profiles.waveform import Place, Renderer

SILENCE: Final = 6
"""The rule behind a finding that nothing is felt for a while: who lies there would wonder."""


@dataclass(frozen=True)
class Piece:
    """A profile that was found under `name`, and the body that it is meant for."""

    name: str
    profile: Profile
    body: BodyMap


@dataclass(frozen=True)
class Placed:
    """A profile as one device plays it; `profile` has guided steps where the device reaches nothing.

    `warnings` is what the check says of the profile on this device, `silences` where nothing of it is felt,
    `rendered` what it looked at for that: the score at the places of the layout, unless ceilings were lowered
    since.
    """

    profile: Profile
    score: Score
    layout: Layout
    warnings: tuple[Finding, ...] = ()
    silences: tuple[Finding, ...] = ()
    rendered: Renderer | None = None

    def warnings_within(self, allowed_s: float | None) -> tuple[Finding, ...]:
        """The warnings but those of steps for which `allowed_s` seconds leave no time; None: all of them."""
        return self._within(self.warnings, allowed_s)

    def told_within(self, allowed_s: float | None) -> tuple[Finding, ...]:
        """The same, and the silences: what somebody who lies there is told."""
        return self._within(self.warnings + self.silences, allowed_s)

    def _within(self, findings: tuple[Finding, ...], allowed_s: float | None) -> tuple[Finding, ...]:
        if allowed_s is None:
            return findings
        skipped = Allotment(self.score, allowed_s).skipped()
        played = {origin for number, origin in enumerate(self.profile.origins) if number not in skipped}
        places = {f"step[{n + 1}]" for n in range(len(self.profile.step)) if n not in played}
        return tuple(each for each in findings if each.place.split(".")[0] not in places)


def arranged(
    profile: Profile, target: Target | None, described: DeviceDescription | None, *, helper: bool = False
) -> Arrangement:
    """How to lie or sit for a profile on `target`, None where hands alone work; a `helper`'s among them.

    `described` is the device's description, None where it has to be asked first.
    """
    if target is not None and target.stands_in:
        return Arrangement(profile.posture, "", helper)
    mountings = mountings_of(described) if target is not None and described is not None else ()
    return Arrangement(profile.posture, told(profile, mountings, device=target is not None), helper)


def load(name: str, stature_m: float) -> Piece:
    """Load a profile; ProfileError (rule 98) for one that is never played."""
    profile, body = load_profile(name), body_map(stature_m)
    if profile.locked_for:
        compose(profile, body)  # refuses, in its own words
    return Piece(name, profile, body)


def prepare(name: str, stature_m: float) -> Piece:
    """Load and check a profile; NotPlayable, with the errors, where the check finds any."""
    piece = load(name, stature_m)
    refuse_errors(name, check(piece.profile, piece.body))
    return piece


def place(
    piece: Piece,
    description: DeviceDescription,
    factors: Mapping[str, float] | None = None,
    *,
    touches: bool = True,
) -> Placed:
    """Put the device on the body; NotPlayable, with the errors, where the check finds any.

    Where it `touches` somebody, how that person lies is looked at too. `factors` (0 to 1) lower the ceilings
    of zones. They silence; no step becomes one for hands by them.
    """
    plain = place_device(description, piece.body)
    mountings = mountings_of(description) if touches else ()
    rendered: list[Renderer] = []

    def render(score: Score, places: Sequence[Place]) -> Renderer:
        rendered.append(Renderer(score, places, keeps=True))
        return rendered[0]

    findings = check(piece.profile, piece.body, plain.places(), mountings, render)
    refuse_errors(piece.name, findings)
    fitted = fit(piece.profile, plain.places(), piece.body)
    body = piece.body.lowered(factors or {})
    warnings = tuple(each for each in findings if each.severity == "warning")
    silences = tuple(each for each in findings if each.severity == "info" and each.rule == SILENCE)
    if body is piece.body and rendered:
        return Placed(fitted, rendered[0].score, plain, warnings, silences, rendered[0])
    return Placed(fitted, compose(fitted, body), place_device(description, body), warnings, silences)


def refuse_errors(name: str, findings: Sequence[Finding]) -> None:
    """NotPlayable with the errors among the findings, if there are any."""
    errors = tuple(finding for finding in findings if finding.severity == "error")
    if errors:
        first = errors[0]
        where = f"{first.place}: " if first.place else ""
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        message = f"{name}: {where}{first.message}{first.rule_text}{more}"
        raise NotPlayable(message, hint=first.remedy, findings=errors)


def leaving_stops(updates: Iterator[Update]) -> AbstractContextManager[object]:
    """Make sure that `updates` are closed, which stops the device, however the caller leaves."""
    return closing(cast("Generator[Update, None, None]", updates))
