"""Lengths of time in words."""


def clock_text(seconds: float) -> str:
    """Seconds as minutes and seconds."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
