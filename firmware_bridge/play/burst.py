"""What is due in the midst of a score, sent at once where a device takes bursts of frames."""

from typing import Final, NamedTuple

from firmware_bridge.play.device import OpenedDevice
from firmware_bridge.play.feed import Feed, QueuedFrame
from profiles.waveform import FRAME_RATE_HZ

FRAME_MS: Final = 1000 // FRAME_RATE_HZ


class SentBurst(NamedTuple):
    """The last frame of what was sent, when the next one is due (ms of the device), how many there were."""

    cue: QueuedFrame
    due_ms: float
    frames: int


def send_due(
    feed: Feed, device: OpenedDevice, now: float, due_ms: float, device_now: float, ahead_ms: float
) -> SentBurst | None:
    """Send what is due from `due_ms` to so far ahead of `device_now`; None where it goes frame by frame."""
    due = [due_ms]
    while due[-1] - device_now < ahead_ms:
        due.append(due[-1] + FRAME_MS)
    burst = feed.peek(len(due) - 1)
    while burst is not None:  # as many as find room on the line
        frames = burst.frames
        if device.send_burst(burst, now, due_ms=[round(at) for at in due[:frames]]):
            return SentBurst(feed.take(burst), due[frames], frames)
        burst = feed.peek(frames - 1)
    return None
