"""Why a session ended: from the error that ended it, and in the words that ledger and JSON keep."""

from firmware_bridge.errors import BridgeError, InterlockTrip
from firmware_bridge.play.ending import EndReason, SessionEnd
from kneadwave.errors import StoppedOutside


def ending_of(error: BaseException) -> SessionEnd:
    """Why a session ended, from the error that ended it."""
    if isinstance(error, StoppedOutside):
        return error.ending
    if isinstance(error, KeyboardInterrupt):
        return SessionEnd(EndReason.BY_SIGNAL)
    if isinstance(error, InterlockTrip):
        return SessionEnd(EndReason.TRIPPED, str(error))
    if isinstance(error, BridgeError):
        return SessionEnd(EndReason.LINK, str(error))
    if isinstance(error, OSError):
        return SessionEnd(EndReason.OUTPUT_GONE)
    return SessionEnd(EndReason.BROKEN_OFF)


def was_left(error: BaseException | None) -> bool:
    """Whether whoever watched closed the session, whatever else came of that: nothing can be told then."""
    while error is not None and not isinstance(error, GeneratorExit):
        error = error.__context__
    return error is not None


def words_for(ending: SessionEnd | None, eased: str = "") -> str:
    """Why a session ended, None for at its end; `eased` is the zone that hurt, "" for none."""
    words = str(ending or EndReason.COMPLETED)
    return f"{words}; the {eased} was made softer because it hurt" if eased else words
