"""The public names of `firmware_bridge`, for other packages; each is loaded when it is first used."""

from .clock import Clock, Files, MonotonicClock, local_now
from .devices.calibration import ResponseCurve, Responses, check_curve, described, probing
from .devices.description import ActuatorSpec, DeviceDescription
from .devices.join import mountings_of
from .devices.layout import Actuator, Layout, place_device
from .devices.load import load_device, shipped_devices
from .devices.response import Response
from .errors import (
    BridgeError,
    DeviceDescriptionError,
    DeviceRefused,
    DeviceRemedy,
    InterlockTrip,
    LinkError,
    LinkLost,
    LinkTimeout,
    PortBusy,
    PortForbidden,
    PortMissing,
    ProtocolMismatch,
    RecordingError,
)
from .guard.device import Guard
from .guard.output import DriveOutput
from .guard.outputs.output import GuardOutput, OutputRefused, OutputStuck, Traits
from .guard.outputs.stream import Dialect, StreamOutput
from .limits import DRIVE_MAX, DWELL_MAX_S, FELT_FLOOR, FRAME_S, SESSION_MAX_S
from .play.device import LOOKAHEAD_MS, OpenedDevice
from .play.ending import EndReason, SessionEnd
from .play.session import Session
from .play.time_limit import TAIL_S
from .play.updates import Phase, Update
from .play.wire_device import WireDevice
from .recording.dose import DoseMeter
from .recording.reader import Recording, read_recording
from .recording.summary import RunSummary
from .recording.writer import Recorder, open_recorder
from .safety.interlock import Interlock
from .safety.limiter import Limiter
from .wire.describe import description_of
from .wire.identity import DeviceSelf
from .wire.link import Link, SerialLink, allowed_ports, list_serial_ports
from .wire.messages import DeviceState, Status
from .wire.reasons import reason_text

__all__ = [
    "DRIVE_MAX",
    "DWELL_MAX_S",
    "FELT_FLOOR",
    "FRAME_S",
    "LOOKAHEAD_MS",
    "SESSION_MAX_S",
    "TAIL_S",
    "Actuator",
    "ActuatorSpec",
    "BridgeError",
    "Clock",
    "DeviceDescription",
    "DeviceDescriptionError",
    "DeviceRefused",
    "DeviceRemedy",
    "DeviceSelf",
    "DeviceState",
    "Dialect",
    "DoseMeter",
    "DriveOutput",
    "EndReason",
    "Files",
    "Guard",
    "GuardOutput",
    "Interlock",
    "InterlockTrip",
    "Layout",
    "Limiter",
    "Link",
    "LinkError",
    "LinkLost",
    "LinkTimeout",
    "MonotonicClock",
    "OpenedDevice",
    "OutputRefused",
    "OutputStuck",
    "Phase",
    "PortBusy",
    "PortForbidden",
    "PortMissing",
    "ProtocolMismatch",
    "Recorder",
    "Recording",
    "RecordingError",
    "Response",
    "ResponseCurve",
    "Responses",
    "RunSummary",
    "SerialLink",
    "Session",
    "SessionEnd",
    "Status",
    "StreamOutput",
    "Traits",
    "Update",
    "WireDevice",
    "allowed_ports",
    "check_curve",
    "described",
    "description_of",
    "list_serial_ports",
    "load_device",
    "local_now",
    "mountings_of",
    "open_recorder",
    "place_device",
    "probing",
    "read_recording",
    "reason_text",
    "shipped_devices",
]
