"""A virtual Intiface server with devices that vibrate: Buttplug v4 and v3, as its schema and source have it.

Lines in and out, each a JSON array. A message with a field too many, or one too few, is refused, as the
schema wants it. A level that is equal to the one before is dropped and answered Ok; Ok tells nothing of the
device. When its client leaves, everything is off; what is lost on the way to a device it never learns.
"""

import json
from typing import Any, Final

UNKNOWN, INIT, PING, MESSAGE, DEVICE = range(5)
"""Codes of errors."""
STEPS: Final = 20
"""Levels above zero of a motor, if nothing else is asked for."""
_IDS: Final = (1 << 32) - 1
_TIMING_GAP: Final = 100
"""What it says of every device, whatever that can do."""
_SCALAR: Final = {"Index": int, "Scalar": (int, float), "ActuatorType": str}

_BOTH: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "RequestDeviceList": ({}, {}),
    "StartScanning": ({}, {}),
    "StopScanning": ({}, {}),
    "Ping": ({}, {}),
}
_SCHEMA: Final = {
    4: _BOTH
    | {
        "RequestServerInfo": (
            {"ClientName": str, "ProtocolVersionMajor": int, "ProtocolVersionMinor": int},
            {},
        ),
        "OutputCmd": ({"DeviceIndex": int, "FeatureIndex": int, "Command": dict}, {}),
        "InputCmd": ({"DeviceIndex": int, "FeatureIndex": int, "Type": str, "Command": str}, {}),
        "StopCmd": ({}, {"DeviceIndex": int, "FeatureIndex": int, "Inputs": bool, "Outputs": bool}),
    },
    3: _BOTH
    | {
        "RequestServerInfo": ({"ClientName": str, "MessageVersion": int}, {}),
        "ScalarCmd": ({"DeviceIndex": int, "Scalars": list}, {}),
        "StopDeviceCmd": ({"DeviceIndex": int}, {}),
        "StopAllDevices": ({}, {}),
    },
}
"""What a client may say in each version: the fields that a message needs, and those that it may have."""


class _Refused(Exception):
    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


class VirtualIntiface:
    """Lines in, answers out; `levels` of the motors of its device are 0 to 255, whatever their `steps`.

    It speaks `versions`. `lost` is how many of the next writes do not arrive at the device. `devices` are the
    names of all that it has, one for each index; the first is the one whose levels are shown.
    """

    def __init__(
        self,
        motors: int = 4,
        *,
        steps: int = STEPS,
        versions: tuple[int, ...] = (4, 3),
        ping_ms: int = 0,
        devices: tuple[str, ...] = ("Virtual",),
    ) -> None:
        self.devices = dict(enumerate(devices))
        self.least = 255 // steps
        """The lowest of its levels above zero."""
        self.lost = 0
        self.written: list[tuple[int, int, int]] = []
        self._motors, self._steps, self._ping_ms = motors, steps, ping_ms
        self._versions = versions
        self._version = 0
        self._last: dict[tuple[int, int], int] = {}
        self._moves: dict[tuple[int, int], int] = {}
        self._events = b""
        self._rest = b""

    @property
    def levels(self) -> bytes:
        """What the first device does."""
        return bytes(self._moves.get((0, motor), 0) * 255 // self._steps for motor in range(self._motors))

    def take(self, data: bytes) -> bytes:
        """Do what `data` says; what it answers."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        answers = b"".join(self._answer(line) for line in whole if line.strip())
        events, self._events = self._events, b""
        return answers + events

    def leave(self) -> None:
        """Its client is gone: it stops all devices, and waits for the next."""
        self._stop(None, None)
        self._version = 0
        self._rest = self._events = b""

    def unplug(self, index: int) -> None:
        """A device is gone; its client is told. The device goes on as it was."""
        del self.devices[index]
        if self._version:
            list_, gone = ("DeviceList", self._list()), ("DeviceRemoved", {"DeviceIndex": index})
            self._events += _said([(*(list_ if self._version == 4 else gone), 0)])

    def _answer(self, line: bytes) -> bytes:
        try:
            messages = [next(iter(message.items())) for message in json.loads(line)]
            numbered = [(kind, dict(fields), fields["Id"]) for kind, fields in messages]
        except (ValueError, TypeError, KeyError, AttributeError, StopIteration):
            return _said([_error(0, MESSAGE, "no such message")])
        return _said([self._reply(*message) for message in numbered])

    def _reply(self, kind: str, fields: dict[str, Any], number: int) -> tuple[str, dict[str, Any], int]:
        try:
            return *self._obey(kind, fields), number
        except _Refused as error:
            return _error(number, error.code, str(error))

    def _obey(self, kind: str, fields: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        if not self._version and kind != "RequestServerInfo":
            raise _Refused(INIT, "RequestServerInfo has to come first")
        asked = 4 if "ProtocolVersionMajor" in fields else 3
        _check(kind, fields, self._version or (asked if asked in self._versions else self._versions[-1]))
        match kind:
            case "RequestServerInfo":
                return self._greet(fields)
            case "RequestDeviceList":
                return "DeviceList", self._list()
            case "Ping" if not self._ping_ms:
                raise _Refused(PING, "there is no ping timer")
            case "OutputCmd":
                self._output(fields)
            case "ScalarCmd":
                self._scalars(fields)
            case "StopCmd" if fields.get("Outputs", True):
                self._stop(fields.get("DeviceIndex"), fields.get("FeatureIndex"))
            case "StopDeviceCmd" | "StopAllDevices":
                self._stop(fields.get("DeviceIndex"), None)
            case "InputCmd":
                raise _Refused(DEVICE, "no such input")
            case "StartScanning":
                self._events += _said([("ScanningFinished", {}, 0)])
        return "Ok", {}

    def _greet(self, fields: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        if self._version:
            raise _Refused(INIT, "that was said before")
        version = fields.get("ProtocolVersionMajor", fields.get("MessageVersion"))
        if version not in self._versions:
            raise _Refused(INIT, f"version {version} is not spoken")
        self._version = version
        about = {"ServerName": "Virtual Intiface", "MaxPingTime": self._ping_ms}
        if version == 4:
            return "ServerInfo", about | {"ProtocolVersionMajor": 4, "ProtocolVersionMinor": 0}
        return "ServerInfo", about | {"MessageVersion": version}

    def _list(self) -> dict[str, Any]:
        if self._version == 4:
            return {"Devices": {str(index): self._device(index) for index in self.devices}}
        return {"Devices": [self._device(index) for index in self.devices]}

    def _device(self, index: int) -> dict[str, Any]:
        about = {
            "DeviceName": self.devices[index],
            "DeviceIndex": index,
            "DeviceMessageTimingGap": _TIMING_GAP,
        }
        if self._version == 4:
            return about | {"DeviceFeatures": {str(motor): self._feature(motor) for motor in self._all}}
        actuators = [
            {"FeatureDescriptor": "", "StepCount": self._steps, "ActuatorType": "Vibrate"} for _ in self._all
        ]
        return about | {"DeviceMessages": {"ScalarCmd": actuators, "StopDeviceCmd": {}}}

    def _feature(self, motor: int) -> dict[str, Any]:
        output = {"Vibrate": {"Value": [0, self._steps]}}
        return {"FeatureIndex": motor, "FeatureDescription": "", "Output": output}

    @property
    def _all(self) -> range:
        return range(self._motors)

    def _output(self, fields: dict[str, Any]) -> None:
        command = fields["Command"]
        if len(command) != 1 or "Vibrate" not in command:
            raise _Refused(DEVICE, "it can vibrate, and no more")
        value = command["Vibrate"].get("Value") if isinstance(command["Vibrate"], dict) else None
        if type(value) is not int or not 0 <= value <= self._steps:
            raise _Refused(DEVICE, f"{value} is no level from 0 to {self._steps}")
        self._set(fields["DeviceIndex"], fields["FeatureIndex"], value)

    def _scalars(self, fields: dict[str, Any]) -> None:
        for scalar in fields["Scalars"]:
            if not isinstance(scalar, dict) or scalar.keys() != _SCALAR.keys():
                raise _Refused(MESSAGE, "no such scalar")
            share = scalar["Scalar"]
            if scalar["ActuatorType"] != "Vibrate" or not 0 <= share <= 1:
                raise _Refused(DEVICE, "it can vibrate from 0 to 1, and no more")
            self._set(fields["DeviceIndex"], scalar["Index"], -int(-share * self._steps // 1))

    def _set(self, device: int, motor: int, value: int) -> None:
        if device not in self.devices or motor not in self._all:
            raise _Refused(DEVICE, f"there is no {motor} of device {device}")
        if self._last.get((device, motor)) == value:
            return
        self._last[device, motor] = value
        self.written.append((device, motor, value))
        if self.lost:
            self.lost -= 1
        else:
            self._moves[device, motor] = value

    def _stop(self, device: int | None, motor: int | None) -> None:
        for each in self.devices:
            for part in self._all:
                if device in (None, each) and motor in (None, part):
                    self._set(each, part, 0)


def _check(kind: str, fields: dict[str, Any], version: int) -> None:
    """By the schema: the fields that it names, and no others."""
    if kind not in _SCHEMA[version]:
        raise _Refused(MESSAGE, f"there is no {kind} in version {version}")
    needed, possible = _SCHEMA[version][kind]
    known = {"Id": int} | needed | possible
    if not {"Id", *needed} <= fields.keys() <= known.keys():
        raise _Refused(MESSAGE, f"{kind} does not have these fields")
    for name, value in fields.items():
        if not isinstance(value, known[name]) or (known[name] is int and type(value) is not int):
            raise _Refused(MESSAGE, f"{name} is none")
        if known[name] is int and not (1 if name == "Id" else 0) <= value <= _IDS:
            raise _Refused(MESSAGE, f"{name} is out of range")


def _error(number: int, code: int, why: str) -> tuple[str, dict[str, Any], int]:
    return "Error", {"ErrorMessage": why, "ErrorCode": code}, number


def _said(messages: list[tuple[str, dict[str, Any], int]]) -> bytes:
    said = [{kind: {"Id": number} | fields} for kind, fields, number in messages]
    return json.dumps(said).encode() + b"\n"
