"""A device as a recording's header tells of it: enough to draw it and to say what was felt.

A recording is a file that anybody may have written. What it says of places and names is taken, within bounds;
nothing here lets anything move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.layout import Actuator, Layout
from firmware_bridge.devices.placement import placement_at
from firmware_bridge.devices.response import Response
from firmware_bridge.limits import ATTACK_MIN_PER_S, DRIVE_MAX, RELEASE_MIN_PER_S
from firmware_bridge.recording.reader import RecordedActuator, RecordingHeader
from profiles.body import DEFAULT_STATURE_M, BodyMap, body_map
from simulator.motor import MotorBank

PLACE_MAX_MM = 2000
RADIUS_MAX_MM = 100
NAME_MAX = 64
"""Characters of a name that are kept."""

Floats = NDArray[np.float64]


def layout_of(header: RecordingHeader) -> Layout:
    """The device of a recording on the body that it was recorded on; the default body where it names none."""
    stature_m = header.stature_m or DEFAULT_STATURE_M
    body = body_map(stature_m)
    actuators = tuple(_actuator(i, told, body) for i, told in enumerate(header.actuators))
    budget = header.power_budget or max(1, sum(a.ceiling for a in actuators))
    name = shortened(header.device)
    # Not validated: names and ids of a recording may be any text, and nothing is ever sent to such a device.
    description = DeviceDescription.model_construct(
        schema_=1, name=name, title=name, description="", power_budget=budget, actuators=()
    )
    return Layout(description, stature_m, actuators, budget)


def held_by_both(device: Layout, host: Layout) -> Layout:
    """`device` with what its host left: the lower ceiling of each actuator, off where either has it off.

    It lies under the body that the host knew: a device knows nobody.
    """
    pairs = zip(device.actuators, host.actuators, strict=True)
    actuators = tuple(
        replace(
            own,
            x_mm=left.x_mm,
            y_mm=left.y_mm,
            placed=left.placed,
            zone=left.zone,
            ceiling=min(own.ceiling, left.ceiling),
            excluded=own.excluded or left.excluded,
        )
        for own, left in pairs
    )
    return replace(device, stature_m=host.stature_m, actuators=actuators)


def shortened(text: str, most: int = NAME_MAX) -> str:
    """A text of a recording on one line, cut to a length that a table can bear, with nothing unseen in it."""
    flat = " ".join(text[: 4 * most].split())
    shown = "".join(c if c.isprintable() else "?" for c in flat)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


class FeltMeter:
    """What a device made felt, by the best model that a header allows for.

    With responses and motors it is that of `simulator.motor`; with responses alone a drive is taken to hold;
    without either, the share of full drive stands in.
    """

    def __init__(self, header: RecordingHeader, actuators: Sequence[Actuator]) -> None:
        told = header.actuators
        self.by_response = all(each.response is not None for each in told)
        self.by_motor = self.by_response and all(each.motor is not None for each in told)
        self._motors = MotorBank(actuators) if self.by_motor else None
        self._start = np.array([a.start for a in actuators], dtype=np.float64)
        self._exponent = np.array([a.exponent for a in actuators], dtype=np.float64)

    def step(self, drive: NDArray[np.uint8], rate: NDArray[np.uint8]) -> Floats:
        """Felt levels 0 to 1 at the end of each frame, shape (n, actuators) as `drive` and `rate`."""
        if self._motors is not None:
            return self._motors.step(drive, rate)
        return self.steady(drive)

    def steady(self, drive: NDArray[np.generic]) -> Floats:
        """The felt levels of drives that hold."""
        if self.by_response:
            return Response.felt_for(drive, self._start, self._exponent)
        return np.asarray(drive, dtype=np.float64) / DRIVE_MAX


def _actuator(index: int, told: RecordedActuator, body: BodyMap) -> Actuator:
    x, y = told.x_mm, told.y_mm
    placed = x is not None and y is not None and max(abs(x), abs(y)) <= PLACE_MAX_MM
    x_mm, y_mm = (x, y) if placed and x is not None and y is not None else (0, 0)
    radius = min(max(told.radius_mm, 1), RADIUS_MAX_MM)
    why = placement_at(x_mm, y_mm, radius, body).excluded if placed else "has no place on the body"
    response, motor = told.response, told.motor
    tau_ms = motor.tau_ms if motor else 1
    return Actuator(
        index=index,
        id=shortened(told.id),
        kind=told.kind,
        x_mm=x_mm,
        y_mm=y_mm,
        radius_mm=radius,
        placed=placed,
        zone=shortened(told.zone),
        excluded=(why or "off in this recording") if told.excluded else "",
        # The header rounds up, so that rounding down gives the drive back.
        ceiling=int(told.ceiling * DRIVE_MAX),
        start=response.start if response else 0,
        hold=min(response.hold, response.start) if response else 0,
        exponent=response.exponent if response else 1.0,
        attack=ATTACK_MIN_PER_S,
        release=RELEASE_MIN_PER_S,
        rate_min=1 if motor and motor.adjustable else 0,
        rate_max=255 if motor and motor.adjustable else 0,
        tau_ms=tau_ms,
        vent_tau_ms=motor.vent_tau_ms if motor else tau_ms,
        full_hz=0.0,
    )
