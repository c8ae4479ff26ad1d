"""A player in a process of its own: plays on a guarded device until it is killed.

python guarded_player.py URL DESCRIPTION     says the guard's process number once it plays

SIGUSR1 lets it crash in the middle of what it writes.
"""

import os
import signal
import sys
from contextlib import closing

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import BridgeError
from firmware_bridge.play.session import Session
from firmware_bridge.play.wire_device import WireDevice
from kneadwave.guards.launch import GuardLink
from profiles.profile import parse
from profiles.score import compose

STEADY = """
schema = 1
name = "steady"
fade_in_s = 0.2
[[step]]
name = "steady"
technique = { kind = "vibration" }
zones = ["thigh"]
on = ["vibration"]
hands = "both"
curve = "hold"
level = 0.4
duration_s = 60
"""
"""Never off for a moment in its first nine seconds, so that off is off by the fault."""
HALF_A_FRAME = b"\x05\x10\x20"


def main(url: str, description: str) -> None:
    clock = MonotonicClock()
    with closing(GuardLink(url, description, clock)) as link:

        def crash(*_: object) -> None:
            link.write(HALF_A_FRAME)
            os._exit(1)

        signal.signal(signal.SIGUSR1, crash)
        sys.stdout.write(f"{link.guard_pid}\n")
        sys.stdout.flush()
        score = compose(parse(STEADY))
        session = Session(score, place_device(load_device(description)), WireDevice(link, clock), clock)
        try:
            for _ in session.play():
                pass
        except BridgeError as error:
            sys.stdout.write(f"{type(error).__name__}: {error}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
