"""A sound card by PortAudio: an open stream that calls for its samples.

PortAudio's ALSA half has the kernel silence what was played and stop a stream that runs dry (stop threshold:
the buffer; silence size: the boundary), and sound servers end the stream of a client that is gone; others
were not looked at.
"""

import os
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from firmware_bridge.errors import DeviceRefused, DeviceRemedy, LinkError, PortBusy, PortMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

LATENCY_S: Final = 0.08
"""What is asked for: a process that gets no time for so long leaves a gap."""
LATENCY_MAX_S: Final = 0.12
"""What is taken at most: what was rendered sounds so long after a stop, which may take 150 ms."""
BLOCK_S: Final = 0.01
FALLS_SILENT: Final = ("ALSA",)
"""Host APIs of PortAudio whose streams are known to fall silent where nobody feeds them."""
ALONE: Final = "(hw:"
"""In the names of ALSA's own devices, which one program has to itself."""
BUSY: Final = -9985
"""paDeviceUnavailable."""
CARDS: Final = Path("/proc/asound")


@dataclass(frozen=True)
class SoundDevice:
    """An output that PortAudio knows: its number and name there, by which host API, how many channels."""

    number: int
    name: str
    api: str
    channels: int
    rate: float


def choose(place: str, outputs: list[SoundDevice], cards: Path = CARDS) -> SoundDevice:
    """The output of that number, of that ALSA card, or with that in its name.

    PortMissing where there is none, or where several have it in their names.
    """
    if place.isdecimal():
        fits = [each for each in outputs if each.number == int(place)]
    else:
        card = _number_of(place, cards)
        wanted = place.lower()
        fits = [each for each in outputs if card is not None and f"{ALONE}{card},0)" in each.name]
        fits = fits or [each for each in outputs if each.name.lower() == wanted]
        fits = fits or [each for each in outputs if wanted in each.name.lower()]
    if len(fits) == 1:
        return fits[0]
    listed = "; ".join(f"{each.number} {each.name} ({each.api})" for each in fits or outputs) or "none"
    if fits:
        raise PortMissing(f"more than one output is called {place}: {listed}", hint="say more of its name")
    raise PortMissing(f"no sound output is called {place}", hint=f"there are: {listed}")


def _number_of(place: str, cards: Path) -> str | None:
    """The number of the ALSA card with that id, which stays its own; None where there is none."""
    with suppress(OSError, ValueError):
        if place == os.path.basename(place):
            return os.readlink(cards / place).removeprefix("card")
    return None


class SoundCard:
    """The sound output of `place`, opened for so many channels, silent until it plays.

    Raises PortMissing, PortBusy, DeviceRefused where it has not so many channels or is too slow, LinkError.
    """

    def __init__(self, place: str, channels: int) -> None:
        portaudio = _portaudio()
        self.gaps = 0
        self._fill: Callable[[int], npt.NDArray[np.float32]] | None = None
        self._ran_dry: Callable[[], None] = lambda: None
        with _foreign_errors(place):
            output = choose(place, _outputs(portaudio))
            self.name = output.name
            if output.channels < channels:
                raise DeviceRefused(f"{output.name} has {output.channels} channels; {channels} are described")
            self.rate = output.rate
            self._stream = portaudio.OutputStream(
                device=output.number,
                channels=channels,
                samplerate=output.rate,
                blocksize=round(BLOCK_S * output.rate),
                dtype="float32",
                latency=LATENCY_S,
                callback=self._call,
            )
        self.falls_silent = output.api in FALLS_SILENT
        self.alone = ALONE in output.name
        self.latency_s = float(self._stream.latency)
        if self.latency_s > LATENCY_MAX_S:
            self.close()
            raise DeviceRefused(
                f"{output.name} sounds {self.latency_s * 1000:.0f} ms late; "
                f"{LATENCY_MAX_S * 1000:.0f} ms is the most, or a stop would be late, too"
            )

    def play(self, fill: "Callable[[int], npt.NDArray[np.float32]]", ran_dry: Callable[[], None]) -> None:
        """From now on call `fill` for samples, (frames, channels), and `ran_dry` before where some were late.

        Both are called by a thread of PortAudio.
        """
        self._fill, self._ran_dry = fill, ran_dry
        with _foreign_errors(self.name):
            self._stream.start()

    def playing(self) -> bool:
        """Whether it still calls for samples."""
        try:
            return bool(self._stream.active)
        except Exception:
            return False

    def close(self) -> None:
        """Silence, at once. Never raises."""
        with suppress(Exception):
            self._stream.abort()
        with suppress(Exception):
            self._stream.close()

    def _call(self, sound: Any, frames: int, _time: Any, status: Any) -> None:
        if status.output_underflow:
            self.gaps += 1
            self._ran_dry()
        assert self._fill is not None
        sound[:] = self._fill(frames)


def _portaudio() -> Any:
    try:
        import sounddevice
    except ModuleNotFoundError as error:
        raise LinkError(
            "sound needs the package sounddevice", hint=DeviceRemedy.INSTALL_EXTRA.of(extra="audio")
        ) from error
    except OSError as error:
        raise LinkError(
            f"sound needs PortAudio: {error}", hint="on Debian: apt install libportaudio2"
        ) from error
    return sounddevice


def _outputs(portaudio: Any) -> list[SoundDevice]:
    apis = [str(api["name"]) for api in portaudio.query_hostapis()]
    return [
        SoundDevice(
            number,
            str(each["name"]),
            apis[each["hostapi"]],
            each["max_output_channels"],
            float(each["default_samplerate"]),
        )
        for number, each in enumerate(portaudio.query_devices())
        if each["max_output_channels"] > 0
    ]


@contextmanager
def _foreign_errors(place: str) -> "Iterator[None]":
    """Turn PortAudio's errors into those of this project."""
    import sounddevice

    try:
        yield
    except sounddevice.PortAudioError as error:
        code = error.args[1] if len(error.args) > 1 else None
        if code == BUSY:
            raise PortBusy(f"{place} is in use by another program", hint="end that program") from error
        raise LinkError(f"{place} cannot be opened: {error}") from error
