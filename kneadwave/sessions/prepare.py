"""From a profile's name to something that can be played on a device, and what its check has to say."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from typing import cast

from firmware_bridge.devices.layout import Layout, place_device
from firmware_bridge.devices.load import DeviceDescription
from firmware_bridge.play.updates import Update
from kneadwave.cli.terminal.output import Output
from kneadwave.errors import NotPlayable
from kneadwave.text import clean
from profiles.body import BodyMap, body_map
from profiles.profile import Profile, load_profile
from profiles.reach import fit
from profiles.rules.check import Finding, check
from profiles.score import Score, compose


@dataclass(frozen=True)
class Piece:
    """A profile that was found under `name`, and the body that it is meant for."""

    name: str
    profile: Profile
    body: BodyMap


@dataclass(frozen=True)
class Placed:
    """A profile as one device plays it; `profile` has guided steps where the device reaches nothing."""

    profile: Profile
    score: Score
    layout: Layout


def load(name: str, stature_m: float) -> Piece:
    """Load a profile; ProfileError (rule 98) for one that is never played."""
    profile, body = load_profile(name), body_map(stature_m)
    if profile.locked_for:
        compose(profile, body)  # refuses, in its own words
    return Piece(name, profile, body)


def prepare(name: str, stature_m: float, out: Output) -> Piece:
    """Load and check a profile; NotPlayable when the check finds errors, each of them told."""
    piece = load(name, stature_m)
    refuse_errors(name, check(piece.profile, piece.body), out)
    return piece


def place(
    piece: Piece,
    description: DeviceDescription,
    out: Output,
    factors: Mapping[str, float] | None = None,
    *,
    warn: bool = True,
) -> Placed:
    """Put the device on the body; warnings are told if `warn`, errors refuse (NotPlayable).

    `factors` (0 to 1) lower the ceilings of zones. They silence; no step becomes one for hands by them.
    """
    plain = place_device(description, piece.body)
    findings = check(piece.profile, piece.body, plain.places())
    refuse_errors(piece.name, findings, out)
    for finding in findings:
        if warn and finding.severity == "warning":
            tell_finding(finding, out)
    fitted = fit(piece.profile, plain.places(), piece.body)
    body = piece.body.lowered(factors or {})
    layout = plain if body is piece.body else place_device(description, body)
    return Placed(fitted, compose(fitted, body), layout)


def refuse_errors(name: str, findings: list[Finding], out: Output) -> None:
    """NotPlayable with the first error among the findings, if there is one; the others are told before."""
    errors = [finding for finding in findings if finding.severity == "error"]
    for finding in errors if out.as_json else errors[1:]:
        tell_finding(finding, out)
    if errors:
        first = errors[0]
        where = f"{first.place}: " if first.place else ""
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise NotPlayable(f"{name}: {where}{first.message}{rule_of(first)}{more}", hint=first.remedy)


def tell_finding(finding: Finding, out: Output) -> None:
    """One line for a person, or one event."""
    if out.as_json:
        out.event("finding", **finding_fields(finding))
    else:
        out.tell(finding_line(finding))


def finding_fields(finding: Finding) -> dict[str, str | int | None]:
    """A finding as JSON has it."""
    return {
        "severity": finding.severity,
        "rule": finding.rule,
        "place": finding.place,
        "message": finding.message,
        "remedy": finding.remedy,
    }


def finding_line(finding: Finding) -> str:
    """A finding on one line: how bad, where, what, which rule, what to do."""
    where = f"{finding.place}: " if finding.place else ""
    remedy = f" -> {finding.remedy}" if finding.remedy else ""
    return clean(f"{finding.severity}: {where}{finding.message}{rule_of(finding)}{remedy}")


def rule_of(finding: Finding) -> str:
    """The rule behind a finding, in brackets; "" when there is none."""
    return "" if finding.rule is None else f" (rule {finding.rule})"


def leaving_stops(updates: Iterator[Update]) -> AbstractContextManager[object]:
    """Make sure that `updates` are closed, which stops the device, however the caller leaves."""
    return closing(cast("Generator[Update, None, None]", updates))
