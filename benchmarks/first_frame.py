"""`knead simulate relaxing-back --json` up to the first thing that it played: what starting costs.

Counted or timed as a process, which ends there without taking anything down.
"""

import os
import sys

from kneadwave.sessions.simulate import SimulatedSession


def main() -> None:
    """Run the command line, but leave when the session has told of its first update."""
    real = SimulatedSession.events

    def until_it_plays(session, wall):  # type: ignore[no-untyped-def]
        for event in real(session, wall):
            yield event
            if type(event).__name__ == "Progressed":
                sys.stdout.flush()
                os._exit(0)

    SimulatedSession.events = until_it_plays  # type: ignore[method-assign]
    sys.argv = ["knead", "simulate", "relaxing-back", "--json"]
    from kneadwave.__main__ import main as knead

    knead()


if __name__ == "__main__":
    main()
