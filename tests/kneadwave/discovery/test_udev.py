"""Rules for udev: which ports they are for, and what they say of them."""

import re

import pytest

from firmware_bridge.errors import PortMissing
from firmware_bridge.wire.link import ALLOWED_USB_IDS, Port
from kneadwave.cli.app import call
from kneadwave.discovery.udev import udev_rules, usb_id_of
from kneadwave.errors import UsageError

BOARD = Port("/dev/ttyUSB0", "1a86:7523", "", "USB Serial")
BUILT_IN = Port("/dev/ttyS0", "", "", "ttyS0")
LINE = re.compile(
    r'SUBSYSTEM=="tty", ATTRS\{idVendor\}=="([0-9a-f]{4})", ATTRS\{idProduct\}=="([0-9a-f]{4})",\s+'
    r'TAG\+="uaccess", ENV\{ID_MM_DEVICE_IGNORE\}="1"'
)


def ids(text):
    """The USB ids of every rule; a line that ends with a backslash goes on. All else has to be a comment."""
    assert max(map(len, text.splitlines())) <= 80, "whole on a terminal"
    lines = [line for line in text.replace("\\\n", "").splitlines() if not line.startswith("#")]
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found), lines
    return {":".join(match.groups()) for match in found}


def test_our_own_firmware_is_always_there():
    assert ids(udev_rules()) == ALLOWED_USB_IDS


def test_others_are_added_once_and_nothing_else_gets_in():
    text = udev_rules(["1a86:7523", "1a86:7523", "1209:0001", '1a86:7523", RUN+="/bin/sh'])
    assert ids(text) == {"1209:0001", "1a86:7523"}


@pytest.mark.parametrize(
    ("name", "usb_id"),
    [("/dev/ttyUSB0", "1a86:7523"), ("1A86:7523", "1a86:7523"), ("303a:1001", "303a:1001")],
)
def test_a_port_or_an_id_may_be_named(name, usb_id):
    assert usb_id_of(name, [BUILT_IN, BOARD]) == usb_id


def test_a_port_goes_by_the_name_that_stays_as_well(tmp_path):
    (tmp_path / "board").touch()
    (tmp_path / "by-id").symlink_to(tmp_path / "board")
    board = Port(str((tmp_path / "board").resolve()), "1a86:7523", "", "USB Serial")
    assert usb_id_of(str(tmp_path / "by-id"), [board]) == "1a86:7523"
    with pytest.raises(UsageError, match="not on USB"):
        usb_id_of(str(tmp_path / "by-id"), [BUILT_IN])


@pytest.mark.parametrize(("name", "error"), [("/dev/ttyS0", UsageError), ("/dev/none", PortMissing)])
def test_what_is_no_usb_port_is_refused(name, error):
    with pytest.raises(error):
        usb_id_of(name, [BUILT_IN, BOARD])


def test_the_command_prints_a_file(capsys):
    assert call(["device", "udev", "1a86:7523"]) == 0
    assert ids(capsys.readouterr().out) == {"1209:0001", "1a86:7523"}
    assert call(["device", "udev", "/dev/none"]) == 4
