"""The words of the Buttplug protocol that are needed to let a device vibrate, v4 and v3; JSON in and out.

v4 sets a feature to one of its steps (OutputCmd), v3 an actuator to a share of 1 (ScalarCmd). From
buttplugio/buttplug 8ecb259d: buttplug-schema.json, and what its server accepts.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from firmware_bridge.errors import LinkLost

VERSIONS: Final = (4, 3)
"""Those spoken; asked for in this order."""
STEPS_MAX: Final = 1 << 16
_INDEX_MAX: Final = (1 << 32) - 1
_TEXT_MAX: Final = 60

Message = tuple[str, dict[str, Any]]
"""Its type and its fields, without the number."""


@dataclass(frozen=True)
class Motor:
    """What vibrates in `steps` above zero: a feature (v4) or an actuator (v3) of the device of that index."""

    device: int
    feature: int
    steps: int


@dataclass(frozen=True)
class Device:
    """A device that the server has: `names` are its own and, first, one that a person gave it."""

    index: int
    names: tuple[str, ...]
    motors: tuple[Motor, ...]

    def __str__(self) -> str:
        return f"{self.index} ({self.names[0]})"


def packed(messages: list[Message], last_id: int) -> tuple[bytes, int]:
    """A line with all of them, and the number of the last."""
    said = []
    for kind, fields in messages:
        last_id = last_id % _INDEX_MAX + 1
        said.append({kind: {"Id": last_id} | fields})
    return json.dumps(said, separators=(",", ":")).encode() + b"\n", last_id


def messages_of(line: bytes) -> Iterator[Message]:
    """What a line says; LinkLost for what is no such line."""
    try:
        said = json.loads(line) if line.strip() else []
        for message in _a(list, said):
            for kind, fields in _a(dict, message).items():
                yield kind, _a(dict, fields)
    except (ValueError, RecursionError) as error:
        raise LinkLost("the server says what no such server says") from error


def greeting(version: int) -> Message:
    """What a client says first."""
    asked = {"MessageVersion": version} if version < 4 else _V4
    return "RequestServerInfo", {"ClientName": "Kneadwave"} | asked


def greeted(fields: dict[str, Any]) -> tuple[int, int]:
    """Of a ServerInfo: the version that the server speaks, and within how many ms it has to hear us, or 0."""
    try:
        version = fields.get("ProtocolVersionMajor", fields.get("MessageVersion"))
        return _integer(version, _INDEX_MAX), _integer(fields.get("MaxPingTime"), _INDEX_MAX)
    except ValueError as error:
        raise LinkLost("the server greets as no such server does") from error


def devices_of(fields: dict[str, Any], version: int) -> tuple[Device, ...]:
    """Of a DeviceList: the devices, by their index; LinkLost for what is none."""
    try:
        listed = fields.get("Devices")
        each = _a(list, listed) if version < 4 else _a(dict, listed).values()
        devices = [_device(_a(dict, device), version) for device in each]
    except ValueError as error:
        raise LinkLost("the server lists devices as no such server does") from error
    return tuple(sorted(devices, key=lambda device: device.index))


def level(motor: Motor, value: int, version: int) -> Message:
    """Set a motor to `value` of its steps."""
    if version < 4:
        # Rounded down: a server that rounds up gets the same step, and none a higher one.
        share = value * _SHARES // motor.steps / _SHARES
        scalar = {"Index": motor.feature, "Scalar": share, "ActuatorType": "Vibrate"}
        return "ScalarCmd", {"DeviceIndex": motor.device, "Scalars": [scalar]}
    command = {"Vibrate": {"Value": value}}
    return "OutputCmd", {"DeviceIndex": motor.device, "FeatureIndex": motor.feature, "Command": command}


def stop(device: Device, version: int) -> Message:
    """Everything of a device off, also what else it may do."""
    fields = {"DeviceIndex": device.index}
    return ("StopDeviceCmd", fields) if version < 4 else ("StopCmd", fields | {"Inputs": False})


def readable(said: object) -> str:
    """What another program said, in one line that a terminal can show."""
    return "".join(letter if letter.isprintable() else " " for letter in str(said)[:_TEXT_MAX])


_V4: Final = {"ProtocolVersionMajor": 4, "ProtocolVersionMinor": 0}
_SHARES: Final = 10**6


def _device(fields: dict[str, Any], version: int) -> Device:
    index = _integer(fields.get("DeviceIndex"), _INDEX_MAX)
    names = (fields.get("DeviceDisplayName"), fields.get("DeviceName"))
    motors = _actuators(fields, index) if version < 4 else _features(fields, index)
    return Device(index, tuple(readable(name) for name in names if name) or ("?",), motors)


def _features(fields: dict[str, Any], index: int) -> tuple[Motor, ...]:
    motors = {}
    for feature in _a(dict, fields.get("DeviceFeatures")).values():
        output = _a(dict, feature).get("Output") or {}
        if "Vibrate" in _a(dict, output):
            low, high = _a(list, _a(dict, output["Vibrate"]).get("Value"))
            number = _integer(feature.get("FeatureIndex"), _INDEX_MAX)
            _integer(low, 0, -STEPS_MAX)  # what cannot be 0 is never off
            motors[number] = Motor(index, number, _integer(high, STEPS_MAX, 1))
    return tuple(motors[number] for number in sorted(motors))


def _actuators(fields: dict[str, Any], index: int) -> tuple[Motor, ...]:
    listed = _a(dict, fields.get("DeviceMessages")).get("ScalarCmd") or []
    return tuple(
        Motor(index, number, _integer(actuator.get("StepCount"), STEPS_MAX, 1))
        for number, actuator in enumerate(_a(list, listed))
        if _a(dict, actuator).get("ActuatorType") == "Vibrate"
    )


def _a(kind: type[Any], value: object) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"no {kind.__name__}")
    return value


def _integer(value: object, most: int, least: int = 0) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"no number of {least} to {most}")
    return value
