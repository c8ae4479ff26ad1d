"""`knead tune preview` on a cushion in this process, in virtual time; on a terminal in tests/e2e."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from people import cleared

from kneadwave.errors import Exit
from kneadwave.people.history import sessions
from kneadwave.people.ledger import read
from kneadwave.tuning.workspace import open_desk
from profiles.curve import IntensityCurve

Knead = Callable[..., Any]
SIM = ("--device", "sim:")
STEP = """
[[step]]
name = "{name}"
technique = {{ kind = "stroking" }}
zones = ["lumbar", "upper-back"]
duration_s = {seconds}
level = {level}
"""

pytestmark = pytest.mark.usefixtures("one_clock")


@pytest.fixture
def evening(tmp_path: Path) -> str:
    text = 'schema = 1\nname = "evening"\naudience = "quick"\n'
    for name, seconds, level in (("opening", 60, 0.2), ("middle", 90, 0.4), ("closing", 20, 0.15)):
        text += STEP.format(name=name, seconds=seconds, level=level)
    guide = '\n[[step]]\nname = "breathe"\ntechnique = { kind = "guide", instruction = "Breathe." }\n'
    path = tmp_path / "evening.toml"
    path.write_text(text + guide + "duration_s = 10\n", encoding="utf-8")
    return "evening.toml"


def events(ended: Any, kind: str) -> list[dict[str, Any]]:
    return [event for event in ended.events if event["event"] == kind]


def test_a_step_is_compressed_rises_from_nothing_and_tells_its_level(knead: Knead, evening: str) -> None:
    ended = knead("tune", "preview", evening, "2", *SIM, "--json")
    assert ended.code == 0
    (about,) = events(ended, "preview")
    assert about == {
        "event": "preview",
        "profile": "evening",
        "step": 2,
        "name": "middle",
        "seconds": 30.0,
        "plays_s": 30.0,
        "of_s": 90.0,
        "speed": 3.0,
        "fade_s": 5.0,
        "lead_s": 0.0,
    }
    progress = events(ended, "progress")
    assert all(event["at"] == pytest.approx(3.0 * event["t"], abs=0.02) for event in progress)
    early = max(event["level"] for event in progress if event["t"] < 1.5)
    later = max(event["level"] for event in progress if 6.0 < event["t"] < 27.0)
    assert early < 0.25 < later <= 0.41
    assert ended.events[-1] == {
        "event": "end",
        "ok": True,
        "trips": 0,
        "reason": "completed",
        "confirmed": True,
    }


def test_without_a_terminal_it_is_told_in_lines(knead: Knead, evening: str) -> None:
    ended = knead("tune", "preview", evening, "mid", *SIM)
    lines = ended.out.splitlines()
    assert lines[0] == "evening: 2 middle, rising over 5 s; any key stops"
    assert lines[1].startswith("its 1:30 min are compressed into 0:30 min; times that are told are those")
    assert lines[-1].startswith("completed; ")
    told = [line for line in lines if "of the step  felt now" in line]
    assert 10 <= len(told) <= 20
    assert told[0].startswith("0:0")
    assert told[-1].startswith("1:2")


def test_it_is_the_edited_version_that_is_felt_and_nothing_is_written(
    knead: Knead, evening: str, tmp_path: Path
) -> None:
    before = (tmp_path / evening).read_bytes()

    def peak() -> float:
        return max(
            event["level"]
            for event in events(knead("tune", "preview", evening, "2", *SIM, "--json"), "progress")
        )

    strong = peak()
    with open_desk(evening) as desk:
        light = desk.profile.step[1].model_copy(
            update={"curve": IntensityCurve(points=((0.0, 0.4), (1.0, 0.4)))}
        )
        steps = (desk.profile.step[0], light, *desk.profile.step[2:])
        desk.edit("lighter", lambda profile: profile.model_copy(update={"step": steps}))
    journals = {path: path.read_bytes() for path in (tmp_path / "state").rglob("*.jsonl")}
    assert peak() < 0.5 * strong
    assert (tmp_path / evening).read_bytes() == before
    assert {path: path.read_bytes() for path in (tmp_path / "state").rglob("*.jsonl")} == journals


def test_a_limit_lowers_it_and_a_key_stops_it(
    knead: Knead, evening: str, press: Callable[[float, str], None], one_clock: Any
) -> None:
    press(one_clock.now() + 12.0, "other")
    ended = knead("tune", "preview", evening, "2", *SIM, "--limit", "20%", "--json")
    assert ended.code == 0
    assert ended.events[-1]["reason"] == "stopped by a key"
    assert 0.15 < max(event["level"] for event in events(ended, "progress")) <= 0.21
    assert 11.0 < events(ended, "progress")[-1]["t"] < 12.5


@pytest.mark.parametrize(
    ("step", "code", "cause"),
    [
        ("4", Exit.INVALID, "'breathe' is done by hand: no device moves in it"),
        ("session", Exit.USAGE, "a preview plays one step, not the whole session"),
        ("5", Exit.USAGE, "evening has no step '5'"),
        ("nothing", Exit.USAGE, "evening has no step 'nothing'"),
    ],
)
def test_what_cannot_be_previewed_is_refused(
    knead: Knead, evening: str, step: str, code: Exit, cause: str
) -> None:
    ended = knead("tune", "preview", evening, step, *SIM)
    assert ended.code == code
    assert cause in ended.err
    assert "hint: " in ended.err


@pytest.mark.parametrize("name", ["child", "newborn"])
def test_what_is_never_played_is_not_previewed_either(knead: Knead, name: str) -> None:
    ended = knead("tune", "preview", name, "1", *SIM)
    assert ended.code == Exit.INVALID
    assert "(rule 98)" in ended.err


def test_a_step_that_is_no_stroking_is_led_by_light_strokes(knead: Knead) -> None:
    ended = knead("tune", "preview", "relaxing-back", "kneading up", *SIM, "--json")
    (about,) = events(ended, "preview")
    assert (about["lead_s"], about["seconds"], about["plays_s"]) == (5.0, 30.0, 23.0)
    assert ended.code == 0
    assert not events(ended, "finding")
    told = knead("tune", "preview", "relaxing-back", "kneading up", *SIM)
    assert "note: kneading 'kneading upwards' is played as" in told.err
    assert "a light stroke leads in and out" in told.out


def test_on_a_device_it_is_a_felt_test_of_somebody(knead: Knead, port: Any, wall: Any, evening: str) -> None:
    call = ("tune", "preview", evening, "2", "--device", "/dev/cushion")
    refused = knead(*call)
    assert refused.code == Exit.STOPPED
    assert refused.out == "", "what will be felt is told where it may be"
    assert port.opened == 0
    cleared("me", now=wall())
    assert knead(*call).code == 0
    (sitting,) = sessions(read("me"))
    assert (sitting.kind, sitting.profile, sitting.reason) == ("felt test", "preview", "completed")
    assert json.dumps(sitting.zones["lumbar-left"].peak) != "0.0"
