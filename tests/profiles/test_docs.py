import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest
from drawn_techniques import choices

from profiles.body import body_map, zone_name
from profiles.curve import PRESETS
from profiles.files.load import parse
from profiles.model import Profile, Step, indications
from profiles.rules.check import check
from profiles.technique import TECHNIQUES, Breath, Kneading
from profiles.zone_order import orders

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def rows(heading):
    assert f"\n{heading}\n" in TEXT, f"docs/profiles.md has no heading '{heading}'"
    section = TEXT.split(f"\n{heading}\n", 1)[1].split("\n#", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return {
        cells[1].strip('` []"'): cells
        for line in lines
        if (cells := [cell.strip() for cell in line.split("|")])
    }


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_load_and_keep_the_rules(example):
    findings = check(parse(example))
    assert [finding for finding in findings if finding.severity != "info"] == []


def test_there_are_examples():
    assert len(EXAMPLES) >= 2


@pytest.mark.parametrize(
    ("heading", "model"),
    [(f"### {kind}", model) for kind, model in TECHNIQUES.items()] + [("#### breath", Breath)],
)
def test_every_parameter_is_told_with_unit_range_and_rule(heading, model):
    table = rows(heading)
    assert set(table) == set(model.model_fields) - {"kind"}
    for name, figure in model.model_json_schema()["properties"].items():
        if "minimum" in figure:
            _, _, unit, default, accepted, rules, *_ = table[name]
            assert unit == ("0 to 1" if figure["unit"] == "1" else figure["unit"])
            assert float(default) == figure["default"]
            assert accepted == f"{figure['minimum']:g} to {figure['maximum']:g}"
            assert rules == ", ".join(str(rule) for rule in figure["rules"])


@pytest.mark.parametrize("kind", TECHNIQUES)
def test_every_word_that_a_technique_takes_is_told_with_its_rules(kind):
    table = rows(f"### {kind}")
    model = TECHNIQUES[kind]
    properties = model.model_json_schema()["properties"]
    for name, allowed in choices(model).items():
        _, _, _, default, accepted, rules, *_ = table[name]
        assert accepted.replace("`", "").replace('"', "").split(", ") == [word for word in allowed if word]
        assert rules == ", ".join(str(rule) for rule in properties[name]["rules"])
        told = default.strip('`"')
        assert told == (properties[name]["default"] or told)


def findings_in_code():
    """Severity and rule of every finding whose rule stands beside it in the code."""
    for path in (ROOT / "profiles" / "rules").glob("*.py"):
        calls = (each for each in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(each, ast.Call))
        for call in calls:
            constants = [getattr(each, "value", None) for each in call.args]
            for severity, rule in pairwise(constants):
                if severity in ("error", "warning", "info") and isinstance(rule, int):
                    yield severity, rule


def test_every_finding_is_told_with_its_severity_and_rule():
    table = TEXT.split("| severity | what | rule |", 1)[1].split("\n\n", 1)[0]
    cells = [line.split("|") for line in table.splitlines()[2:]]
    told = {(each[1].strip(), int(rule)) for each in cells for rule in re.findall(r"\d+", each[3])}
    found = set(findings_in_code())
    assert len(found) > 20
    assert found <= told, f"in the table of findings of docs/profiles.md are missing: {sorted(found - told)}"


def test_every_form_of_kneading_is_told():
    section = TEXT.split("\n### kneading\n", 1)[1].split("\n#", 1)[0]
    assert re.findall(r"^- `(\w+)`: ", section, re.MULTILINE) == choices(Kneading)["form"]


def test_every_order_is_told_with_its_rules():
    table = rows("## Orders")
    assert set(table) == set(orders())
    for name, order in orders().items():
        assert table[name][3] == ", ".join(str(rule) for rule in order.rules)


def test_every_occasion_is_told():
    occasions = TEXT.split("**Occasions**", 1)[1].split("\n\n", 1)[0]
    assert set(re.findall(r"`([a-z-]+)`", occasions)) == set(indications())


def test_every_zone_is_told_as_it_is():
    table = rows("## Zones")
    zones = {zone.name: zone for zone in body_map().zones}
    assert set(table) == set(zones)
    for name, zone in zones.items():
        _, _, ceiling, tapping, direction, *_ = table[name]
        assert (float(ceiling), tapping, direction) == (
            zone.ceiling, "yes" if zone.tapping else "no", zone.direction.value
        )  # fmt: skip


def test_every_part_of_a_zone_is_told():
    section = TEXT.split("\n## Zones\n", 1)[1].split("\n## ", 1)[0]
    for part in body_map().parts:
        assert f"`{zone_name(part.id)}`" in section


def test_every_key_and_preset_is_told():
    assert set(rows("## The profile")) == {
        field.alias or name for name, field in Profile.model_fields.items()
    }
    assert set(rows("## A step")) == set(Step.model_fields)
    assert set(rows("## Curves")) == set(PRESETS)
