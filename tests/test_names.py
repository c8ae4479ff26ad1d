"""Names: no two classes share one, and a module's name says what it holds, not what was done to it."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("profiles", "firmware_bridge", "simulator", "kneadwave")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# Words of the field, or nouns, that happen to end as a participle does.
NOUNS = {
    "ending": "how a session ended: a noun",
    "feed": "the feed of frames: a noun",
    "finding": "what a check finds: a noun",
    "framing": "the wire's word for cutting a stream into frames",
    "from_recording": "a recording is a thing",
    "guided": "guided steps: the word for what hands, breath or posture do",
    "pacing": "breath pacing: the word for leading somebody's breath",
    "placing": "finding out where each motor of a new device lies: the name of that state",
    "screening": "the word for asking about contraindications before a massage",
    "shaping": "what a limiter does to a signal: shape upstream, veto downstream",
    "sitting": "one sitting of a calibration: a noun",
    "wording": "the words for figures: a noun",
}


def classes() -> dict[str, list[str]]:
    """Where each name is the name of a class: private ones and protocols, too."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


def test_no_two_classes_have_one_name() -> None:
    found = classes()
    assert len(found) > 300
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def test_no_module_is_named_by_a_participle() -> None:
    named = {path.stem for path in MODULES if path.stem.endswith(("ing", "ed"))}
    assert named <= NOUNS.keys()
    assert named == NOUNS.keys(), "a word is excused that no module has"
