"""Writes frames.json, playout.json and states.json beside itself: `python tests/vectors/write_vectors.py`.

The cases are told in tests/helpers/vector_*_cases.py and played on the reference device of tests/helpers,
which is written from docs/wire.md alone. tests/test_vectors.py holds the files against what this writes.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "helpers"))

from vector_arming_cases import arming_cases  # noqa: E402
from vector_devices import DEVICES  # noqa: E402
from vector_due_cases import due_cases  # noqa: E402
from vector_frames import frames_file  # noqa: E402
from vector_link_cases import link_cases  # noqa: E402
from vector_playout_cases import playout_cases  # noqa: E402
from vector_sound_cases import sound_cases  # noqa: E402
from vector_span_cases import span_cases  # noqa: E402
from vector_states_cases import states_cases  # noqa: E402
from vector_story import Story  # noqa: E402


def line(value: object) -> str:
    """JSON on one line."""
    return json.dumps(value, separators=(",", ":"))


def text(about: str, stories: Iterable[Story], sound: Iterable[dict[str, Any]] = ()) -> str:
    """A file of cases: what belongs together on one line, so that a change shows as what it is."""
    cases = [story.case() for story in stories]
    names = [case["name"] for case in cases]
    assert len(set(names)) == len(names), "two cases of one name"
    used = {name: DEVICES[name] for name in DEVICES if any(case["device"] == name for case in cases)}
    parts = [f'{{"about": {line(about)},\n"devices": {{\n', ",\n".join(map(device_text, used.items()))]
    parts += ['\n},\n"cases": [\n', ",\n".join(map(case_text, cases)), "\n]"]
    started = ",\n".join(map(started_text, sound))
    if started:
        parts.append(f',\n"sound": [\n{started}\n]')
    return "".join([*parts, "}\n"])


def frames_text() -> str:
    """One line for each frame and each stream."""
    about = "Frames of docs/wire.md; every implementation runs them. Bytes in hex. "
    about += "A stream is decoded from a fresh decoder, cut anywhere."
    lists = [
        f'  "{name}": [\n' + ",\n".join(f"    {json.dumps(entry)}" for entry in entries) + "\n  ]"
        for name, entries in frames_file().items()
    ]
    return f'{{\n  "about": {json.dumps(about)},\n' + ",\n".join(lists) + "\n}\n"


def device_text(item: tuple[str, dict[str, Any]]) -> str:
    """One line for the identity and one for each actuator."""
    name, device = item
    return f"{line(name)}: {{{self_text(device)}}}"


def self_text(device: dict[str, Any]) -> str:
    """What a device says of itself."""
    table = ",\n".join(map(line, device["table"]))
    return f'"identity": {line(device["identity"])},\n"table": [\n{table}\n]'


def started_text(device: dict[str, Any]) -> str:
    """A device that starts or does not: a line for that, and those of what it says of itself."""
    return f'{{"name": {line(device["name"])}, "starts": {line(device["starts"])},\n{self_text(device)}}}'


def case_text(case: dict[str, Any]) -> str:
    """One line for each key."""
    return "{" + ",\n".join(f"{line(key)}: {line(value)}" for key, value in case.items()) + "}"


def texts() -> dict[str, str]:
    """What each file has to hold."""
    about = "docs/wire.md, last heading, says how this is read."
    played = [*playout_cases(), *span_cases()]
    asked = [*states_cases(), *arming_cases(), *link_cases(), *due_cases()]
    return {
        "frames.json": frames_text(),
        "playout.json": text(f"What is put out, tick by tick. {about}", played),
        "states.json": text(f"States, requests, answers. {about}", asked, sound_cases()),
    }


if __name__ == "__main__":
    for name, content in texts().items():
        (HERE / name).write_text(content, encoding="utf-8")
