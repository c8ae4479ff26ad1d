"""Everything that can go wrong between a waveform and a motor.

BridgeError                     the root; carries an optional hint for the person at the keyboard
├── DeviceDescriptionError      a device description is not valid (also a ValueError)
├── RecordingError              a recording is not valid (also a ValueError)
├── InterlockTrip               the interlock refused a frame, or the device tripped
├── DeviceRefused               the device answered a request with a refusal
│   ├── ProtocolMismatch        it speaks another protocol version
│   └── LimitsMismatch          it holds other limits than we do
└── LinkError                   the byte pipe to the device (also an OSError)
    ├── PortMissing             no such port
    ├── PortForbidden           the port may not be opened by this user
    ├── PortBusy                another program holds the port
    ├── LinkLost                the port vanished, or the device restarted, under a running session
    └── LinkTimeout             no answer in time (also a TimeoutError)
"""

from typing import Final

from profiles.errors import Remedy

CHECK_CABLE: Final = "check cable and power"
"""What helps where a device is not heard any more."""


class DeviceRemedy(Remedy):
    """What would help with a device."""

    LIST_PORTS = "look which ports there are"
    STOP_HOLDER = "stop what runs on {url}"
    END_HOLDER = "stop what runs on {url}, or end process {pid}"
    RECORD = "have a run recorded first"
    NO_RECORDING = "this is no recording; have a run recorded"
    CLEAR_TRIP = "look for the cause, then clear the trip"
    USE_ITS_DESCRIPTION = "use the description that the device was built with"
    GIVE_DESCRIPTION = "give its description yourself"
    INSTALL_EXTRA = "install the extra {extra}"


class BridgeError(Exception):
    """Root of the tree. `hint` says in one line what the user can do."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class DeviceDescriptionError(BridgeError, ValueError):
    """A device description breaks a rule; `path` is the file, `place` the key inside it."""

    def __init__(
        self, message: str, *, path: str | None = None, place: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.path = path
        self.place = place

    def __str__(self) -> str:
        return ": ".join(part for part in (self.path, self.place, self.message) if part)


class RecordingError(BridgeError, ValueError):
    """A recording cannot be read; the message names file and line."""


class InterlockTrip(BridgeError):
    """The interlock refused a frame; it stays latched until an explicit reset.

    `rule` is the rule number of the source article behind the limit, where there is one.
    """

    def __init__(self, reason: str, *, rule: int | None = None, hint: str | None = None) -> None:
        super().__init__(reason if rule is None else f"{reason} (rule {rule})", hint=hint)
        self.reason = reason
        self.rule = rule


class DeviceRefused(BridgeError):
    """The device answered a request with a refusal."""


class ProtocolMismatch(DeviceRefused):
    """The device speaks another protocol version."""


class LimitsMismatch(DeviceRefused):
    """Host and device hold different limits, so the device must not be armed."""


class LinkError(BridgeError, OSError):
    """The byte pipe to the device failed."""


class PortMissing(LinkError):
    """There is no such port."""


class PortForbidden(LinkError):
    """The port exists, but this user may not open it."""


class PortBusy(LinkError):
    """Another program holds the port."""


class LinkLost(LinkError):
    """The port vanished, or the device restarted, under a running session."""


class LinkTimeout(LinkError, TimeoutError):
    """The device did not answer in time."""
