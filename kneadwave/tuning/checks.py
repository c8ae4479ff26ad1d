"""What the check makes of an edit: what it newly finds, and whether that refuses the edit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kneadwave.errors import Exit, KneadError, TuningRemedy
from kneadwave.tuning.versions import Seen
from profiles.profile import Profile
from profiles.rules.check import Finding


@dataclass(frozen=True)
class Edited:
    """What an edit came to; `findings` are those that were not there before."""

    before: Profile
    after: Profile
    version: int
    diff: str
    findings: list[Finding]
    changed: bool


class EditRefused(KneadError):
    """An edit that the check calls an error; nothing was changed. `diff` is what it would have been."""

    exit = Exit.INVALID

    def __init__(self, message: str, diff: str, findings: list[Finding], *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.diff = diff
        self.findings = findings


def refusal(name: str, diff: str, findings: Sequence[Finding]) -> EditRefused:
    """The refusal of a version in which the check finds errors: the first of them, its rule, its remedy."""
    errors = [finding for finding in findings if finding.severity == "error"]
    first = errors[0]
    where = f"{first.place}: " if first.place else ""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return EditRefused(
        f"{name}: {where}{first.message}{first.rule_text}{more}",
        diff,
        list(findings),
        hint=TuningRemedy.NOTHING_CHANGED.of(then=first.remedy) if first.remedy else "nothing was changed",
    )


def has_errors(findings: Sequence[Finding]) -> bool:
    """Whether one of the findings keeps a profile from being played."""
    return any(finding.severity == "error" for finding in findings)


def seen_as(finding: Finding) -> Seen:
    """What tells a finding from another; its message does not, for its figures change with every edit."""
    return finding.severity, finding.rule, finding.place


def news_in(findings: Sequence[Finding], known: Sequence[Seen]) -> list[Finding]:
    """The findings that were not known before."""
    left = Counter(known)
    news = []
    for finding in findings:
        if left[seen_as(finding)] > 0:
            left[seen_as(finding)] -= 1
        else:
            news.append(finding)
    return news
