"""What a check found, as a line for a person."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from kneadwave.cli.exits import worded
from kneadwave.text import clean
from profiles.rules.finding import Finding

PLURAL: Final = {"error": "s", "warning": "s", "info": ""}
"""How bad a finding may be, the worst first, and what makes a plural of it."""
WHOLE: Final = ("", "step")
"""Places of what concerns the whole profile, "step" that of all its steps: its words say so by themselves."""


def counted(findings: Sequence[Finding]) -> str:
    """How many there are, and of which kind: "3 findings (2 warnings, 1 info)"."""
    kinds = Counter[str](finding.severity for finding in findings)
    told = [
        f"{kinds[kind]} {kind}{PLURAL[kind] if kinds[kind] > 1 else ''}" for kind in PLURAL if kinds[kind]
    ]
    count = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
    return f"{count} ({', '.join(told)})" if told else count


def finding_line(finding: Finding) -> str:
    """A finding on one line: how bad, where, what, which rule, what to do."""
    where = f"{finding.place}: " if finding.place not in WHOLE else ""
    remedy = f" -> {worded(finding.remedy)}" if finding.remedy else ""
    return clean(f"{finding.severity}: {where}{finding.message}{finding.rule_text}{remedy}")
