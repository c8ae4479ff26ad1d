"""What doctor, scan and recipient say in ordinary cases, as one would say it to a friend."""

import re
from collections.abc import Callable
from pathlib import Path
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
    told = "yes, until the day after one of 5 minutes or more without its pauses: 10 minutes, 15 at most"
    assert told in said(knead("recipient", "show", "fresh"))


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


@pytest.mark.usefixtures("one_clock")
def test_moments_are_told_as_on_a_clock(knead: Knead) -> None:
    told = said(knead("profile", "check", "relaxing-back", "--on", "hf8"))
    assert "nothing is felt for 2.9 s from 4:45 on, the longest of 9 gaps" in told
    assert re.search(r"\d s on\b", told) is None
    assert "step 1 of 6: light strokes (2:00 min)" in said(knead("run", "first-session", "--device", "sim:"))


def test_what_concerns_a_whole_routine_names_no_step(knead: Knead) -> None:
    told = knead("profile", "check", "head")
    assert "info: this routine needs a second person, whose hands work in steps 1, 2" in told.out
    assert {each["place"] for each in told_by(knead, "head")} == {"step"}


def told_by(knead: Knead, profile: str) -> list[dict[str, Any]]:
    events = knead("profile", "check", profile, "--json").events
    return [each for each in events if each["event"] == "finding"]


def test_a_report_says_plainly_what_it_tells_and_how_it_ended(knead: Knead) -> None:
    assert knead("simulate", "felt-check", "--record", "run.jsonl").code == 0
    told = said(knead("report", "run.jsonl"))
    assert "tells what the device put out time" in told
    assert "0:30 told to stop" in told
    assert not re.search("stop: told|recorded by|ended ended", told)
    lines = Path("run.jsonl").read_text("utf-8").replace('"reason": "completed"', '"reason": "ended"')
    Path("run.jsonl").write_text(lines.replace('"reason":"completed"', '"reason":"ended"'), "utf-8")
    assert "ended the program that played or recorded it was ended" in said(knead("report", "run.jsonl"))


def test_a_port_of_no_usb_is_told_as_what_it_is() -> None:
    (thing,) = found(SystemView(ports=(Port("/dev/ttyS0", "", "", "n/a"),)))
    assert thing.likely == "a serial port that is not by USB: a device may be connected to it, or nothing"
