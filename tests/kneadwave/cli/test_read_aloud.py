"""What doctor, scan and recipient say in ordinary cases, as one would say it to a friend."""

from collections.abc import Callable
from typing import Any

import pytest
from people import cleared, make_recipient

from firmware_bridge.wire.link import Port
from kneadwave.discovery.found import found
from kneadwave.discovery.system import SystemView

Knead = Callable[..., Any]


def said(ended: Any) -> str:
    """Both outputs in one line, wherever they are broken."""
    return " ".join(f"{ended.out} {ended.err}".split())


def test_nothing_is_deleted_before_somebody_says_so(knead: Knead, wall: Callable[[], Any]) -> None:
    cleared("me", now=wall())
    asked = knead("recipient", "delete", "me")
    assert asked.code == 2
    assert "'me' would be deleted for good, and nobody can be asked here" in said(asked)
    gone = said(knead("recipient", "delete", "me", "--yes"))
    assert "me is deleted How many lines the history had stays in" in gone
    assert gone.endswith("whoever is recorded as me again finds the first day used up.")


def test_a_change_of_a_recipient_says_what_follows(knead: Knead) -> None:
    make_recipient("me")
    make_recipient("guest")
    assert said(knead("recipient", "use", "guest")) == "guest is in use: knead run plays for guest"
    assert "in one that plays now, press p where it hurts" in said(
        knead("recipient", "change", "guest", "--pain", "neck=3")
    )
    renamed = knead("recipient", "rename", "guest", "anna")
    assert said(renamed) == "guest is called anna now; everything that is kept was taken along"
    knead("recipient", "new", "fresh", "--adult")
    assert "15 at most, up to the day after a session of 5 minutes" in said(
        knead("recipient", "show", "fresh")
    )


def test_who_has_no_recipient_is_told_what_to_record(knead: Knead) -> None:
    assert "hint: record who is massaged: knead recipient new me --adult" in said(knead("history"))


def test_doctor_says_where_there_is_no_terminal_and_no_known_device(
    knead: Knead, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = [Port("/dev/ttyS0", "", "", "n/a")]
    monkeypatch.setattr("firmware_bridge.list_serial_ports", lambda: ports)
    told = said(knead("doctor"))
    assert "standard output is no terminal: plain lines" in told
    assert "no known device is connected -> name the device with --device" in told
    assert "no file, and none is needed; it would be" in told


def test_a_port_of_no_usb_is_told_as_what_it_is() -> None:
    (thing,) = found(SystemView(ports=(Port("/dev/ttyS0", "", "", "n/a"),)))
    assert thing.likely == "a serial port that is not by USB: a device may be connected to it, or nothing"
