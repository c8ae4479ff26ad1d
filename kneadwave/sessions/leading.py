"""Playing a routine for hands and breath: no device is opened."""

from firmware_bridge.clock import Clock
from kneadwave.cli.terminal.keys import Keys
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.signals import Signals
from kneadwave.cli.views.session import Narrator
from kneadwave.sessions.controls import Controls, Nobody
from kneadwave.sessions.guided import NOTHING_MOVES, GuidedSession
from kneadwave.sessions.loop import follow, wants_view
from kneadwave.sessions.outcome import judge, nobody_listens, reason_for
from kneadwave.sessions.record import Keeper, reason_of
from kneadwave.text import clock_text
from profiles.score import Score

PROGRESS_S = 1.0
"""Session time between two progress events."""


def lead(
    out: Output, score: Score, keeper: Keeper, signals: Signals, clock: Clock, *, allowed_s: float
) -> None:
    """Lead through the steps in the time of `clock`; raises whatever ended it early."""
    with Keys() as keys:
        controls = Controls(keys, signals, Nobody(), clock)
        session = GuidedSession(score, clock, wake=controls.waiting, allowed_s=allowed_s)
        narrator = Narrator(out, score, PROGRESS_S, lines=not wants_view(out))
        controls.on_pain = narrator.pain
        try:
            narrator.start("")
            out.say(NOTHING_MOVES)
            follow(session, controls, narrator, keeper, out, "")
            judge(session, signals, keeper)
        except OSError as error:
            raise nobody_listens(error, signals) from error
        except BaseException as error:
            keeper.close(session.stop_reason or reason_of(error))
            raise
        reason = reason_for(session, "")
        out.end["reason"] = reason
        out.say(f"{reason}; {clock_text(session.elapsed)} of {clock_text(score.duration)} min")
        keeper.end(reason)
