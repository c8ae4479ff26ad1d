"""What a check found, as a line for a person."""

from kneadwave.cli.exits import worded
from kneadwave.text import clean
from profiles.rules.finding import Finding


def finding_line(finding: Finding) -> str:
    """A finding on one line: how bad, where, what, which rule, what to do."""
    where = f"{finding.place}: " if finding.place else ""
    remedy = f" -> {worded(finding.remedy)}" if finding.remedy else ""
    return clean(f"{finding.severity}: {where}{finding.message}{finding.rule_text}{remedy}")
