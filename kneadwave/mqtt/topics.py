"""The topics of a house: what each cushion tells, and where it takes commands.

kneadwave/CUSHION/status       online or offline, kept by the broker
kneadwave/CUSHION/state        how it stands, JSON, kept by the broker
kneadwave/CUSHION/event        what happened, JSON, not kept
kneadwave/CUSHION/cmd/COMMAND  what somebody wants; never kept, and refused where it was
kneadwave/bridge/FIRST/status  whether the bridge is there whose first cushion that is: its last will
"""

import re
from typing import Final

from kneadwave.devices import serial_of

BASE: Final = "kneadwave"
ONLINE: Final = "online"
OFFLINE: Final = "offline"
DISCOVERY: Final = "homeassistant"
HOME_STATUS: Final = f"{DISCOVERY}/status"
ALL_STATES: Final = f"{BASE}/+/state"
ALL_STATUSES: Final = f"{BASE}/+/status"
ALL_EVENTS: Final = f"{BASE}/+/event"
ALL_BRIDGES: Final = f"{BASE}/bridge/+/status"


def bridge_status(bridge: str) -> str:
    """Where a bridge says whether it is there; it is called as the first of its cushions is."""
    return f"{BASE}/bridge/{bridge}/status"


def of(cushion: str, what: str) -> str:
    """One of the topics of a cushion: status, state or event."""
    return f"{BASE}/{cushion}/{what}"


def command(cushion: str, name: str) -> str:
    """Where a cushion takes a command; "+" for all of them."""
    return f"{BASE}/{cushion}/cmd/{name}"


def discovery(cushion: str) -> str:
    """Where Home Assistant is told of a cushion."""
    return f"{DISCOVERY}/device/{BASE}-{cushion}/config"


def cushion_of(topic: str) -> str:
    """The cushion that a topic is about."""
    return topic.split("/")[1]


def cushion_id(url: str, host: str) -> str:
    """What a device is called: its serial number, else the computer and the port that it is at."""
    return slug(serial_of(url) or f"{host}-{url.removeprefix('/dev/')}")


def slug(text: str) -> str:
    """A text as a topic and an entity may carry it: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "cushion"
