"""What a check says, cut down to what a test asks about."""


def of(findings, severity):
    """Return (rule, place) of each finding of a severity."""
    return [(finding.rule, finding.place) for finding in findings if finding.severity == severity]


def by_rule(findings, *rules):
    """Return (severity, place) of each finding about one of the rules."""
    return [(finding.severity, finding.place) for finding in findings if finding.rule in rules]


def told(findings, rule):
    """Return the messages about a rule, one after the other."""
    return " ".join(finding.message for finding in findings if finding.rule == rule)
