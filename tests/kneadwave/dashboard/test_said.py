"""What knead itself says, by its key, in the other languages of the page."""

import json
import re
from pathlib import Path

import pytest

from firmware_bridge import EndReason, place_device, shipped_devices
from firmware_bridge.devices.load import load_device
from kneadwave.dashboard.page import STATIC
from kneadwave.errors import Exit
from kneadwave.guards.dialects import SCHEMES
from kneadwave.people.allowance import NO_PART
from kneadwave.people.history import part_of
from kneadwave.people.screening import questions, ready_list
from kneadwave.placing.confirm import PROMISES
from kneadwave.placing.places import zone_names
from profiles.body import body_map
from profiles.technique import PARTS

LANGUAGES = sorted(path.stem for path in (STATIC / "strings").glob("??.json") if path.stem != "en")
ENGLISH = json.loads((STATIC / "strings" / "en.json").read_text(encoding="utf-8"))
OFF = re.compile(r"spine|kidney-\w+|no zone")
"""As ui.js finds why an actuator stays off."""


def said(language: str) -> dict[str, str]:
    words: dict[str, str] = json.loads(
        (STATIC / "strings" / f"said.{language}.json").read_text(encoding="utf-8")
    )
    return words


def keys() -> set[str]:
    """Every key that a person has to understand for safety's sake."""
    return {
        *(f"question.{question.id}" for question in questions()),
        *(f"title.{question.id}" for question in questions()),
        *(f"ready.{item.id}" for item in ready_list()),
        *(f"promise.{promise.id}" for promise in PROMISES),
        *(f"ending.{reason}" for reason in EndReason),
        *(f"exit.{int(code)}" for code in Exit if code not in (Exit.DONE, Exit.SIGNAL)),
        *(f"off.{zone.id}" for zone in body_map().excluded),
        "off.no zone",
        *(f"note.{kind}" for kind in ("link", "registry", "hurry", "time", "louder", "softer", "closing")),
        *(f"severity.{severity}" for severity in ("error", "warning", "info")),
        *(f"screening.{state}" for state in ("clear", "not", "blocked", "some")),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_person_must_understand_is_said_in_each_language(language: str) -> None:
    words = said(language)
    assert words.keys() == keys()
    assert all(text.strip() for text in words.values())


def test_every_reason_for_which_an_actuator_stays_off_has_a_key() -> None:
    reasons = {
        actuator.excluded
        for name in shipped_devices()
        for actuator in place_device(load_device(name)).actuators
        if actuator.excluded
    }
    found = [OFF.search(reason) for reason in reasons]
    assert {f"off.{each[0]}" for each in found if each} <= keys()
    assert all(found)
    assert OFF.pattern in (STATIC / "ui.js").read_text(encoding="utf-8")


def test_every_zone_has_a_name_on_the_page() -> None:
    assert {f"zone.{name}" for name in zone_names()} == {key for key in ENGLISH if key.startswith("zone.")}
    people = (STATIC / "pages" / "people.js").read_text(encoding="utf-8")
    listed = re.search(r"const ZONES = (\[[^\]]*\]);", people)
    assert listed is not None
    assert tuple(json.loads(listed[1])) == zone_names()


def test_every_part_of_the_body_that_a_history_can_tell_has_a_name_on_the_page() -> None:
    told = {part_of(zone.id) for zone in body_map().zones} | {*PARTS} - NO_PART
    assert {f"part.{part}" for part in told} == {key for key in ENGLISH if key.startswith("part.")}


def test_the_page_knows_which_devices_a_guard_stops() -> None:
    script = (STATIC / "pages" / "devices.js").read_text(encoding="utf-8")
    found = re.search(r"const GUARDED = /\^\(([^)]*)\):/", script)
    assert found is not None
    assert set(found[1].split("|")) == set(SCHEMES)


def test_scripts_ask_for_no_other_keys() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in Path(STATIC).rglob("*.js"))
    asked = set(re.findall(r"(?:keyed\([^`\n]*?|translated\()`(\w+)\.\$\{", text))
    assert asked == {key.partition(".")[0] for key in keys()}
