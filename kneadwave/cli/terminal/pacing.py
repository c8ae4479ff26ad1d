"""The pace of a breath, as a bar and in words."""

from kneadwave.sessions.pacing import Pace
from profiles.technique import Breath


def pacer(pace: Pace, width: int, ascii_only: bool) -> str:
    """A line that breathes: the word, a bar that fills and empties, the seconds left."""
    full, empty = ("#", "-") if ascii_only else ("█", "░")
    filled = round(width * pace.fill)
    seconds = max(1, int(pace.left_s + 0.999))
    return f"{pace.word:<11} {full * filled}{empty * (width - filled)} {seconds:>3} s"


def breath_text(breath: Breath) -> str:
    """A breath in words."""
    hold = f", hold {breath.hold_s:g} s" if breath.hold_s else ""
    return f"breathe in {breath.inhale_s:g} s{hold}, out {breath.exhale_s:g} s"
