"""A real sound server without a sound card: PulseAudio with a null sink, and all that reached it.

It stands for the card, which needs no processor.

PortAudio finds it as the ALSA device `pulse`, by the plug-in of libasound2-plugins.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from ctypes.util import find_library
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import numpy.typing as npt
from board_time import waits_for_nobody

Samples = npt.NDArray[np.float32]
RATE = 44_100
PLUGIN = "*/alsa-lib/libasound_module_pcm_pulse.so"
MISSING = [
    package
    for package, there in {
        "pulseaudio": shutil.which("pulseaudio"),
        "pulseaudio-utils": shutil.which("parec"),
        "libportaudio2": find_library("portaudio"),
        "libasound2-plugins": list(Path("/usr/lib").glob(PLUGIN)),
        "kneadwave[audio]": find_spec("sounddevice"),
    }.items()
    if not there
]
"""What it needs of Debian's packages, and of our extras, and is not there."""
DEADLINE_S = 120.0
QUIET = 1e-4
"""Below it a sample counts as silence: 0.01 % of full scale."""


def until(condition: Callable[[], object], what: str) -> None:
    """Wait for a condition, with a deadline that a busy machine keeps."""
    deadline = monotonic() + DEADLINE_S
    while not condition():
        assert monotonic() < deadline, f"no {what} within {DEADLINE_S:g} s"
        sleep(0.005)


class SoundServer:
    """A server in `folder`, of so many channels; `env` is what a program needs to play on it."""

    def __init__(self, folder: Path, channels: int = 2) -> None:
        self.channels = channels
        self._frame = 4 * channels
        self._record = folder / "sound.raw"
        socket = folder / "pulse.socket"
        self.env = {"PULSE_SERVER": f"unix:{socket}"}
        own = os.environ | {"XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)} | self.env
        self._server = subprocess.Popen(
            [
                *("pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"),
                *("-L", f"module-null-sink format=float32le rate={RATE} channels={channels}"),
                *("-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"),
            ],
            env=own,
            stderr=subprocess.DEVNULL,
        )
        until(socket.exists, "sound server")
        waits_for_nobody(self._server.pid)
        with self._record.open("wb") as file:
            self._recorder = subprocess.Popen(
                [
                    *("parec", "--device=@DEFAULT_MONITOR@", "--raw", "--latency-msec=10"),
                    *("--format=float32le", f"--rate={RATE}", f"--channels={channels}"),
                ],
                env=own,
                stdout=file,
                stderr=subprocess.DEVNULL,
            )
        try:
            until(lambda: self.frames > 0 or self._recorder.poll() is not None, "recorded sound")
            assert self._recorder.poll() is None, "the recorder has ended"
        except BaseException:
            self.end()
            raise

    def __enter__(self) -> "SoundServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def frames(self) -> int:
        """How many samples of each channel have been recorded."""
        return self._record.stat().st_size // self._frame

    def sound(self, since: int = 0) -> Samples:
        """The (frames, channels) samples from `since` on."""
        with self._record.open("rb") as file:
            file.seek(since * self._frame)
            samples = np.frombuffer(file.read(), np.float32)
        return samples[: len(samples) // self.channels * self.channels].reshape(-1, self.channels)

    @property
    def levels(self) -> bytes:
        """How loud each channel was in the last 0.2 s, of 255; 0 is silent."""
        loudest = np.abs(self.sound(max(0, self.frames - RATE // 5))).max(axis=0)
        return np.ceil(np.where(loudest > QUIET, loudest, 0.0) * 255).astype(np.uint8).tobytes()

    def plays(self) -> bool:
        """Whether it was not silent for the last 0.2 s."""
        return any(self.levels)

    def wait_for_sound(self, alive: Callable[[], bool] = lambda: True) -> None:
        """Until something plays, or is not `alive` any more."""
        until(lambda: self.plays() or not alive(), "sound")

    def silent_after(self, since: int, seconds: float) -> float:
        """Seconds of sound from sample `since` until silence, once `seconds` of it were recorded."""
        until(lambda: self.frames - since >= seconds * RATE, "recorded sound")
        loud = np.flatnonzero(np.abs(self.sound(since)).max(axis=1) > QUIET)
        return float(loud[-1] + 1) / RATE if len(loud) else 0.0

    def end(self) -> None:
        """The server is gone, as a card that is pulled out."""
        for process in (self._server, self._recorder):
            process.kill()
            process.wait()
