"""One fault at a time while shakers play on a sound server without a card: how long until it is silent."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from guard_faults import DEADLINE_S, PLAYER, EndedBefore, alive
from sound_server import Samples, SoundServer, until

URL = "audio:pulse"
SOUNDED_S = 0.6
"""So much of it is heard before the fault, and after the latest end of it."""
KILLED_S = 0.15
"""From a kill until silence at the most, the server's own buffer included."""
HUNG_S = 0.25 + KILLED_S
"""The same for what hangs: docs/wire.md has 250 ms until it counts as lost."""


class Playing:
    """A player and its guard that play on `server`, until one of them is gone."""

    def __init__(self, server: SoundServer) -> None:
        command = [sys.executable, str(PLAYER), URL, "shakers-4"]
        self.player = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=os.environ | server.env
        )
        assert self.player.stdout is not None
        self.guard = int(self.player.stdout.readline())
        try:
            server.wait_for_sound(lambda: self.player.poll() is None)
        except BaseException:
            self.end()
            raise

    def end(self, which: str = "") -> str:
        """Let them end, by a kill where it was `which` that was struck; what the player said."""
        if which != "guard" and alive(self.player.pid):
            os.kill(self.player.pid, signal.SIGKILL)
        try:
            return str(self.player.communicate(timeout=DEADLINE_S)[0])
        finally:
            until(lambda: not alive(self.guard), "end of the guard")


def silent_after(folder: Path, which: str, number: signal.Signals) -> tuple[float, Samples]:
    """Seconds from a signal to the player or its guard until silence, and the sound before.

    EndedBefore where a computer as busy as that ended the session by itself.
    """
    with SoundServer(folder, channels=4) as server:
        playing = Playing(server)
        try:
            began = server.frames
            server.silent_after(began, SOUNDED_S)
            if playing.player.poll() is not None:
                raise EndedBefore(playing.end("guard"))
            struck = server.frames
            os.kill(playing.guard if which == "guard" else playing.player.pid, number)
            took = server.silent_after(struck, HUNG_S + SOUNDED_S)
            return took, server.sound(began)[: struck - began]
        finally:
            playing.end(which)
