"""Finding: one thing that a check has to say about a profile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from profiles.body import zone_name
from profiles.model import Profile, Step

Severity = Literal["error", "warning", "info"]
_ORDER: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class Finding:
    """What is wrong or worth knowing, where in the file, by which massage rule, and what to do about it.

    An error keeps a profile from being played; a warning goes against the source's advice; info is for the
    reader. `place` is empty for what concerns the whole profile.
    """

    severity: Severity
    rule: int | None
    place: str
    message: str
    remedy: str

    @property
    def rule_text(self) -> str:
        """The rule behind it in brackets, as " (rule 53)"; "" when there is none."""
        return "" if self.rule is None else f" (rule {self.rule})"

    def as_dict(self) -> dict[str, str | int | None]:
        """The finding as JSON has it."""
        return {
            "severity": self.severity,
            "rule": self.rule,
            "place": self.place,
            "message": self.message,
            "remedy": self.remedy,
        }


@dataclass(frozen=True)
class Located:
    """A step as it is played: `index` counts those from 0, `place` says where it stands in the file."""

    index: int
    step: Step
    origin: int
    """The number, from 0, of the step in the file that it comes from."""

    @property
    def place(self) -> str:
        """Where the step stands in the file, counted from 1: "step[3]"."""
        return f"step[{self.origin + 1}]"

    @property
    def zone_names(self) -> tuple[str, ...]:
        """The zones without their sides: "shoulder" for "shoulder-left"."""
        return tuple(zone_name(name) for name in self.step.zones or ())

    def find(self, severity: Severity, rule: int | None, field: str, message: str, remedy: str) -> Finding:
        """Return a finding about a field of this step, the step's name in the message."""
        place = f"{self.place}.{field}" if field else self.place
        return Finding(severity, rule, place, f"'{self.step.name}': {message}", remedy)


def located(profile: Profile) -> list[Located]:
    """Return each step as it is played, with its place."""
    both = zip(profile.played, profile.origins, strict=True)
    return [Located(index, step, origin) for index, (step, origin) in enumerate(both)]


def excused(findings: Iterable[Finding], profile: Profile) -> list[Finding]:
    """Return the findings with the warnings that the profile declares an exception for as information.

    The reason stands after the message. An error stays an error.
    """
    reasons = {d.rule: f"{d.reason[0].upper()}{d.reason[1:]}" for d in profile.exception}
    return [
        replace(found, severity="info", message=f"{found.message}. {reasons[found.rule]}", remedy="")
        if found.severity == "warning" and found.rule in reasons
        else found
        for found in findings
    ]


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with errors first, otherwise in the order in which they were found."""
    return sorted(findings, key=lambda finding: _ORDER.index(finding.severity))
