"""What knows how far a ledger goes: the anchor, beside it, and the witness, in another folder.

Each is replaced whole after each line: first the line, then the anchor, then the witness, each synced before
the next. A process that ends in between leaves them one line behind, never ahead and never the anchor alone;
whatever else is found there was taken away, put back or changed.

A ledger that is empty, or from before there were witnesses, gets one. Its next line says so (`WITNESSED`), in
the chain: from then on a witness that is missing was taken away.
"""

from typing import Final

from kneadwave.store.ledger_end import LedgerEnd
from kneadwave.store.log_lines import LogBreak, LogContents

WITNESSED: Final = "witnessed"
"""The field of the first line that was written when there was a witness already."""


def witnessed(contents: LogContents) -> bool:
    """Whether any line says that there was a witness when it was written."""
    return any(WITNESSED in entry.fields for entry in contents.entries)


def lost(contents: LogContents, anchor: LedgerEnd | None, witness: LedgerEnd | None) -> str:
    """Why lines, anchor and witness cannot be what was written here; empty when they can.

    It holds also while another process writes, where anchor and witness were read before the lines.
    """
    if contents.broken is not None:
        return _words(contents.broken)
    if anchor is None:
        return "the anchor is missing or was changed"
    if contents.length is None and (anchor.count or (witness and witness.count)):
        return "the ledger is missing"
    if _ahead(anchor, contents):
        return "lines are missing, or the anchor was changed"
    if witness is None:
        if not witnessed(contents):
            return ""
        return "its witness is missing, as after a move from another computer, or was changed"
    if _ahead(witness, contents):
        return "an earlier copy of it was put back, or its witness was changed"
    return ""


def misfit(contents: LogContents, anchor: LedgerEnd | None, witness: LedgerEnd | None) -> str:
    """The same while nobody else writes: also where anchor or witness are too far behind."""
    why = lost(contents, anchor, witness)
    if why or anchor is None:
        return why
    end, before = _end(contents), LedgerEnd(contents.count - 1, contents.before_last)
    if anchor == end and witness in (end, before, None):
        return ""
    if anchor == before and witness in (before, None):
        return ""  # ended between a line and its anchor
    what = "anchor" if anchor != end else "witness"
    return f"an earlier copy of its {what} was put back, or that was changed"


def _end(contents: LogContents) -> LedgerEnd:
    return LedgerEnd(contents.count, contents.last)


def _ahead(known: LedgerEnd, contents: LogContents) -> bool:
    """Whether lines are known that are not there, or another one in the place of the last."""
    return known.count >= contents.count and known != _end(contents)


def _words(broken: LogBreak) -> str:
    return f"line {broken.line} " + ("was changed" if broken.changed else "does not follow the one before it")
