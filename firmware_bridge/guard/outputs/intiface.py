"""Devices that vibrate, behind Intiface, which speaks the Buttplug protocol over a WebSocket.

Its server works at messages side by side, drops a level that is equal to the one before, and its Ok means no
more than that a command is queued. So what is off is said as 0, and then as 1 and 0, at a distance. It stops
its devices when a client leaves. From public documentation and source; no device was touched.
"""

from collections.abc import Sequence
from typing import Final

from firmware_bridge.errors import LinkLost
from firmware_bridge.guard.outputs import buttplug
from firmware_bridge.guard.outputs.buttplug import Device, Message, Motor, readable
from firmware_bridge.guard.outputs.output import OutputRefused, Traits

CHANNELS_MAX: Final = 64
STEPS_MIN: Final = 10
"""With fewer, the least that a motor does is more than a tenth of all it can, and every change a jump."""
PING_MIN_MS: Final = 500
"""A server that waits for less would stop its devices at each hiccup of a computer."""
OFF_SAID: Final = 3
"""So often a motor is told to be off: 0, 1, 0."""
_KEPT_MAX: Final = 1 << 17


class Intiface:
    """Its dialect in one version of the protocol, to drive so many `channels` of one device.

    `wanted` is the index or the name of the device, or nothing where there is just one that vibrates. Without
    channels it is told to be off and no more: then all are that may be meant.
    """

    traits = Traits(
        channels=CHANNELS_MAX,
        steps=STEPS_MIN,
        refresh_s=0.1,  # no level reaches a device again, but the server hears that we live
        gap_s=0.08,  # what is meant for a Bluetooth device waits up to 75 ms in the server
        latency_s=0.08,
        stops_after_s=None,
        readback=False,
        rated=False,
        again_s=(0.08, 0.02),  # the first is as long as the gap, or the server would make one write of two
    )

    def __init__(self, version: int, wanted: str = "", channels: int = 0) -> None:
        self.greeted = False
        self._version = version
        self._wanted = wanted
        self._channels = channels
        self._ping_ms = 0
        self._listed: tuple[Device, ...] | None = None
        self._chosen: tuple[Device, ...] = ()
        self._motors: tuple[Motor, ...] = ()
        self._off_said: list[int] = []
        self._gone = False
        self._last_id = 0
        self._rest = b""

    @property
    def motors_meant(self) -> tuple[int, ...]:
        """How many motors each device has that is meant, once they were listed."""
        return tuple(len(device.motors) for device in self._chosen)

    def greeting(self) -> bytes:
        """What a server has to hear first; `greeted` once it has answered in this version."""
        return self._packed([buttplug.greeting(self._version)])

    def questions(self) -> bytes:
        return self._packed([("RequestDeviceList", {})])

    def take(self, data: bytes) -> None:
        """LinkLost for an error, for what no such server says, and where the device has left it."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _KEPT_MAX:
            self._rest = b""
            raise LinkLost("the server says something without an end")
        for line in lines:
            for message in buttplug.messages_of(line):
                self._hear(*message)

    def answered(self) -> bool:
        if self._listed is None:
            return False
        if 0 < self._ping_ms < PING_MIN_MS:
            raise OutputRefused(f"its server waits {self._ping_ms} ms for a ping; {PING_MIN_MS} are needed")
        if not self._chosen:
            self._choose(self._listed)
        return True

    def levels(self, drives: bytes) -> bytes:
        said = []
        for nth, (motor, drive) in enumerate(zip(self._motors, drives, strict=False)):
            value = drive * motor.steps // 255
            if value:
                self._off_said[nth] = 0
            else:
                # The server would drop another 0; the 1 is no more than was said before.
                value = int(self._off_said[nth] == 1)
                self._off_said[nth] += 1
            said.append(buttplug.level(motor, value, self._version))
        if self._ping_ms:
            said.append(("Ping", {}))
        return self._packed(said)

    def zeros(self) -> Sequence[bytes]:
        if self._gone or not self._chosen:
            raise LinkLost("the device is not on its server, so nobody can tell it to be off")
        off = [buttplug.level(motor, 0, self._version) for motor in self._motors]
        off += [buttplug.stop(device, self._version) for device in self._chosen]
        ones = [
            buttplug.level(motor, 1, self._version)
            for motor, said in zip(self._motors, self._off_said, strict=True)
            if said < OFF_SAID
        ]
        # An empty line first: it ends what may have been cut off before.
        return [b"\n" + self._packed(each) for each in (off, ones, off) if each]

    def _hear(self, kind: str, fields: dict[str, object]) -> None:
        if kind == "Error":
            raise LinkLost(f"the server says: {readable(fields.get('ErrorMessage'))}")
        if kind == "ServerInfo":
            version, self._ping_ms = buttplug.greeted(fields)
            if version != self._version:
                raise LinkLost(f"the server speaks version {version} of its protocol")
            self.greeted = True
        if kind == "DeviceList":
            self._listed = buttplug.devices_of(fields, self._version)
            there = {(device.index, device.motors) for device in self._listed}
            self._gone = self._gone or any(
                (device.index, device.motors) not in there for device in self._chosen
            )
        if kind == "DeviceRemoved":  # v3 does not send a list then
            index = fields.get("DeviceIndex")
            self._gone = self._gone or any(device.index == index for device in self._chosen)
        if self._gone:
            raise LinkLost(f"{self._chosen[0]} has left its server", hint="switch it off by its own button")

    def _choose(self, listed: tuple[Device, ...]) -> None:
        able = [device for device in listed if device.motors]
        named = [device for device in able if self._wanted in ("", str(device.index))] or [
            device for device in able if self._wanted.casefold() in (name.casefold() for name in device.names)
        ]
        if not named:
            known = ", ".join(map(str, listed[:CHANNELS_MAX])) or "none"
            raise OutputRefused(
                f"the server has no device {readable(self._wanted)} that vibrates: connect it there first; "
                f"it has {known}"
            )
        if self._channels:
            self._refuse(named)
        self._chosen = tuple(named)
        self._motors = tuple(motor for device in named for motor in device.motors)
        # What was never told to move by us needs no 1; what others left moving does.
        self._off_said = [OFF_SAID if self._channels else 0] * len(self._motors)

    def _refuse(self, named: list[Device]) -> None:
        first = named[0]
        if len(named) > 1:
            listed = ", ".join(map(str, named[:CHANNELS_MAX]))
            raise OutputRefused(f"which one is meant? Add its number or its name to the address: {listed}")
        if len(first.motors) < self._channels:
            raise OutputRefused(
                f"{first} has {len(first.motors)} that vibrate; {self._channels} are described"
            )
        steps = min(motor.steps for motor in first.motors)
        if steps < STEPS_MIN:
            raise OutputRefused(f"{first} knows {steps} levels only; {STEPS_MIN} are needed")

    def _packed(self, messages: list[Message]) -> bytes:
        line, self._last_id = buttplug.packed(messages, self._last_id)
        return line
