"""Lengths of time and moments as a person reads them on a clock."""


def clock_text(seconds: float) -> str:
    """Whole seconds that have passed, as minutes and seconds, "7:05"; a negative time is 0:00.

    The page does the same (dom.js), so that a time is told alike wherever it stands.
    """
    whole = max(0, int(round(seconds, 3)))
    return f"{whole // 60}:{whole % 60:02d}"
