"""Rules for Linux's udev: ports of massage devices are the user's, and ModemManager keeps off them.

ModemManager sends modem commands to new ports and holds them for seconds (Klipper issue 2261, circuitpython
issue 1210). To a pad whose every byte may be a level that is no greeting.
"""

import os
import re
from collections.abc import Iterable, Sequence
from typing import Final

from firmware_bridge.errors import DeviceRemedy, PortMissing
from firmware_bridge.wire.link import ALLOWED_USB_IDS, Port
from kneadwave.errors import UsageError

FILE: Final = "/etc/udev/rules.d/60-kneadwave.rules"
USB_ID: Final = re.compile(r"[0-9a-f]{4}:[0-9a-f]{4}")
_HEAD: Final = f"""\
# Ports of massage devices are for whoever sits at this computer, and none of
# ModemManager's.
# They lie in {FILE}; after a change:
#   sudo udevadm control -R && sudo udevadm trigger
"""
_RULE: Final = " \\\n  ".join(
    (
        'SUBSYSTEM=="tty", ATTRS{{idVendor}}=="{vendor}", ATTRS{{idProduct}}=="{product}",',
        'TAG+="uaccess", ENV{{ID_MM_DEVICE_IGNORE}}="1"',
    )
)
"""One rule on two lines, as it may be written: each is whole on a terminal of 80 columns."""


def udev_rules(usb_ids: Iterable[str] = ()) -> str:
    """The file of rules: one for our own firmware, and one for each of `usb_ids` ("1a86:7523")."""
    wanted = sorted(ALLOWED_USB_IDS | set(usb_ids))
    lines = [_RULE.format(vendor=each[:4], product=each[5:]) for each in wanted if USB_ID.fullmatch(each)]
    return _HEAD + "\n".join(lines) + "\n"


def usb_id_of(name: str, ports: Sequence[Port]) -> str:
    """The USB id that `name` stands for: one that is written out, or that of a port.

    PortMissing where no such port is plugged in, UsageError for one that is not on USB.
    """
    if USB_ID.fullmatch(name.lower()):
        return name.lower()
    port = next((port for port in ports if port.device in (name, os.path.realpath(name))), None)
    if port is None and not os.path.exists(name):
        raise PortMissing(f"there is no port {name}", hint=DeviceRemedy.LIST_PORTS)
    if port is None or not USB_ID.fullmatch(port.usb_id):
        raise UsageError(f"{name} is not on USB", hint="rules are for what is plugged in")
    return port.usb_id
