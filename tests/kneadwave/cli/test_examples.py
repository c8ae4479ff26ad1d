"""What somebody new copies from the README, the documents and the help plays without a warning of posture."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.devices.join import mountings_of
from firmware_bridge.devices.load import load_device, shipped_devices
from kneadwave.cli.commands import COMMANDS, load
from kneadwave.devices import DEFAULT_DEVICE
from profiles.posture import goes_with
from profiles.profile import load_profile, profile_source, shipped_profiles

Knead = Callable[..., Any]
ROOT = Path(__file__).parents[3]
PLAYED = re.compile(
    r"^\s*(?:\$\(BIN\)/|\$ )?knead (simulate|run|fleet run \S+) ([\w.-]+)(.*?)(?:\s{2,}\S.*|\s+#.*)?$"
)
CHOSEN = re.compile(r"--on ([\w.-]+)")
COPIES = {"evening.toml": "relaxing-back", "my-profile.toml": "first-session"}
"""Files of one's own in the examples, and what they are made from."""


def texts() -> Iterator[str]:
    for path in (ROOT / "README.md", ROOT / "Makefile", *sorted((ROOT / "docs").rglob("*.md"))):
        yield path.read_text(encoding="utf-8")
    for name in COMMANDS:
        command = load(name)
        for each in (command, *getattr(command, "commands", {}).values()):
            yield each.help or ""


def examples() -> list[tuple[str, str, str]]:
    """Verb, profile and options of every line that plays a profile which is known here."""
    lines = (line for text in texts() for line in text.replace("\\\n", " ").splitlines())
    found = {m.groups(default="") for m in map(PLAYED.match, lines) if m is not None}
    known = {*shipped_profiles(), *COPIES}
    return sorted((verb.split()[0], name, options.strip()) for verb, name, options in found if name in known)


EXAMPLES = examples()


def test_examples_are_found_where_they_stand() -> None:
    simulated = {(name, options) for verb, name, options in EXAMPLES if verb == "simulate"}
    assert {("relaxing-back", ""), ("evening.toml", "--plot evening.png")} <= simulated
    assert ("first-session", "--on seat-pad-8 --limit 30%") in simulated
    assert {verb for verb, _, _ in EXAMPLES} == {"simulate", "run", "fleet"}


@pytest.mark.parametrize(
    ("name", "options"), sorted({(name, options) for verb, name, options in EXAMPLES if verb == "simulate"})
)
def test_an_example_of_simulate_tells_no_posture(
    knead: Knead, name: str, options: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if name in COPIES:
        Path(name).write_text(profile_source(COPIES[name]), encoding="utf-8")
    chosen = CHOSEN.search(options)
    if chosen is not None and chosen[1] not in shipped_devices():
        pytest.skip("a description of one's own")
    on = () if chosen is None else ("--on", chosen[1])
    ended = knead("simulate", name, *on, "--minutes", "2")
    assert ended.code == 0
    assert "posture" not in ended.out + ended.err


@pytest.mark.parametrize(("verb", "name", "options"), [each for each in EXAMPLES if each[0] != "simulate"])
def test_an_example_of_run_plays_in_the_posture_that_it_is_written_for(
    verb: str, name: str, options: str
) -> None:
    if "--device sim:" in options:
        return  # it stands in for a device, and nobody lies on it
    described = [each for each in CHOSEN.findall(options) if each in shipped_devices()] or [DEFAULT_DEVICE]
    lie = [mounting for each in described for mounting in mountings_of(load_device(each))]
    assert goes_with(load_profile(COPIES.get(name, name)), lie), (verb, name, options)


@pytest.mark.usefixtures("one_clock", "wall")
def test_a_cushion_that_nobody_chose_says_nothing_of_posture(knead: Knead) -> None:
    ended = knead("run", "relaxing-back", "--device", "sim:", "--minutes", "1", "--json")
    assert ended.code == 0
    (arrangement,) = (event for event in ended.events if event["event"] == "arrangement")
    assert arrangement["says"] == ""
    assert not [event for event in ended.events if "posture" in event.get("text", "")]
    ended = knead("run", "relaxing-back", "--device", "sim:", "--on", "seat-pad-8", "--minutes", "1")
    assert "warning: posture: written for lying on the front" in ended.err
    assert ended.out.startswith("Sit, or lie on your back")
