"""A small recording of a seat pad."""

from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.recording.writer import open_recorder

LAYOUT = place_device(load_device("seat-pad-8"))
DRIVE, RATE = bytes([0, 12, 255, 1, 2, 3, 4, 5]), bytes(8)


def write(path, ticks=3, ended=True):
    with open_recorder(path) as recorder:
        recorder.header(LAYOUT, "felt-check", "device", "seat-pad-8")
        for index in range(ticks):
            recorder.tick(index * 0.02, DRIVE, RATE)
        recorder.event(0.05, "step", index=1, name="warm-up")
        if ended:
            recorder.end(0.06, True, "completed")
    return path
