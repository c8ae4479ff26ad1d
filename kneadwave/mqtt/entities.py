"""What Home Assistant is told of a cushion, in one message: its device discovery."""

import tomllib
from functools import cache
from importlib import resources
from importlib.metadata import version
from typing import Any, Final

from kneadwave.mqtt import topics

TIMED: Final = (
    '{{ {"at": as_timestamp(now()), "id": now().isoformat() ~ (range(0, 99999) | random), "value": %s}'
    " | to_json }}"
)
"""How Home Assistant writes a command that says when it was sent and which it is."""
TEXT: Final = "{{ value_json.%s }}"
JSON: Final = "{{ value_json.%s | to_json }}"
VALUES: Final = {"number": "value", "select": "value"}
Payload = dict[str, Any]


@cache
def entities() -> dict[str, dict[str, Any]]:
    """The entities of a cushion, by name."""
    return tomllib.loads(resources.files(__package__).joinpath("entities.toml").read_text(encoding="utf-8"))


def discovery(cushion: str, title: str, bridge: str, routines: list[str], *, start: bool) -> Payload:
    """The message; without `start` there is nothing that could begin a session from afar.

    A choice of routines is there once some are known.
    """
    left_out = (set() if start else {"start", "routine", "minutes", "intensity"}) | (
        set() if routines else {"routine"}
    )
    told = {
        name: _component(cushion, name, dict(about), routines)
        for name, about in entities().items()
        if name not in left_out
    }
    return {
        "device": {
            "identifiers": [f"{topics.BASE}-{cushion}"],
            "name": title,
            "manufacturer": "Kneadwave",
        },
        "origin": {"name": "kneadwave", "sw_version": version("kneadwave")},
        "availability": [
            {"topic": topics.bridge_status(bridge)},
            {"topic": topics.of(cushion, "status")},
        ],
        "availability_mode": "all",
        "qos": 1,
        "components": told,
    }


def _component(cushion: str, name: str, about: dict[str, Any], routines: list[str]) -> Payload:
    value, command, more = (about.pop(each, None) for each in ("value", "command", "attributes"))
    told: Payload = {**about, "unique_id": f"{topics.BASE}-{cushion}-{name}"}
    if value is not None:
        told["state_topic"] = topics.of(cushion, "state")
        told["value_template"] = (JSON if told["platform"] == "update" else TEXT) % value
    if more is not None:
        told["json_attributes_topic"] = topics.of(cushion, "state")
        told["json_attributes_template"] = JSON % more
    if told["platform"] == "binary_sensor":
        told |= {"payload_on": "True", "payload_off": "False"}
    if told["platform"] == "event":
        told["state_topic"] = topics.of(cushion, "event")
    if told["platform"] == "select":
        told["options"] = routines
    if command is not None:
        told["command_topic"] = topics.command(cushion, command.removesuffix("!"))
        if command.endswith("!"):
            told["command_template"] = TIMED % VALUES.get(told["platform"], "none")
    return told
