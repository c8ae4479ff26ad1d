"""Every rule of the article has its row, and every row tells the truth about where to look."""

import json
import re
from pathlib import Path

import pytest
from rulebook import ROOT, named_in_code, orders, questions, there_is

from profiles.body import body_map
from profiles.errors import ProfileError
from profiles.model import indications
from profiles.rules.book import (
    FOLDER,
    LAST,
    Rule,
    contradictions,
    read_rules,
    rules,
    section_of,
    sections,
)
from profiles.technique import PARTS, TECHNIQUES

RULES = rules()
CLASSES = json.loads((ROOT / "tests" / "vectors" / "rule_classes.json").read_text(encoding="utf-8"))
EVERY = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: f"rule-{rule.number}")


def test_all_rules_are_there_in_order():
    assert list(RULES) == list(range(1, LAST + 1))
    assert LAST == 321


def test_each_rule_has_the_class_that_it_had():
    assert {name: [r.number for r in RULES.values() if r.class_ == name] for name in CLASSES} == CLASSES
    assert {name: len(numbers) for name, numbers in CLASSES.items()} == {
        "HI": 47, "PL": 112, "PC": 62, "SS": 100
    }  # fmt: skip


@EVERY
def test_what_a_rule_points_to_exists(rule):
    missing = [entry for entry in (*rule.where, *rule.tests) if not there_is(entry)]
    assert missing == []


def test_rules_are_about_techniques_and_zones_that_there_are():
    body = body_map()
    zones = {zone.name for zone in body.zones} | {"spine", "kidney"} | set(PARTS)
    strange = [
        (rule.number, name)
        for rule in RULES.values()
        for names, known in ((rule.techniques, set(TECHNIQUES)), (rule.zones, zones))
        for name in sorted(set(names) - known)
    ]
    assert strange == []


def test_sentences_are_sentences():
    texts = [(rule.number, text) for rule in RULES.values() for text in (rule.says, rule.why, rule.does)]
    assert [n for n, text in texts if not (text[0].isupper() or text[0].isdigit() or text[0] == "`")] == []
    assert [n for n, text in texts if not text.endswith(".") or not text.isprintable()] == []


def test_rules_that_a_text_refers_to_exist():
    for rule in RULES.values():
        for text in (rule.says, rule.why, rule.does):
            for numbers in re.findall(r"\((?:rules? )?(\d+(?:, \d+)*)\)|rules? (\d+)", text):
                assert all(1 <= int(n) <= LAST for n in re.findall(r"\d+", " ".join(numbers))), rule.number


def test_a_rule_that_code_names_lists_that_module():
    named = named_in_code()
    assert ("profiles.rules.technique", 53) in named
    assert ("firmware_bridge.safety.veto", 55) in named
    unknown = {number for _, number in named} - set(RULES)
    assert unknown == set()
    silent = sorted(f"rule {n} in {module}" for module, n in named if module not in RULES[n].where)
    assert silent == []


def test_rules_of_questions_and_rows_name_each_other():
    for (kind, name), numbers in questions().items():
        for number in numbers:
            assert f"{kind}:{name}" in RULES[number].where, (name, number)
    for rule in RULES.values():
        for entry in rule.where:
            kind, _, name = entry.partition(":")
            if kind in ("question", "ready"):
                assert rule.number in questions()[(kind, name)], (rule.number, entry)


def test_rules_of_orders_and_rows_name_each_other():
    for name, numbers in orders().items():
        assert all(f"order:{name}" in RULES[number].where for number in numbers), name
    for rule in RULES.values():
        for entry in rule.where:
            if entry.startswith("order:"):
                assert rule.number in orders()[entry.removeprefix("order:")], (rule.number, entry)


def test_rules_that_the_body_map_names_list_it():
    body = body_map()
    numbers = {n for zone in (*body.zones, *body.excluded) for n in zone.rules}
    assert sorted(n for n in numbers if "profiles.body" not in RULES[n].where) == []


def test_rules_that_a_zone_or_an_order_is_checked_by_list_that_check():
    body = body_map()
    zones = {zone.rules[0] for zone in (*body.zones, *body.excluded)}  # what a ceiling or a ban is told by
    assert sorted(n for n in zones if "profiles.rules.zones" not in RULES[n].where) == []
    told = {numbers[0] for numbers in orders().values()}
    assert sorted(n for n in told if "profiles.rules.order" not in RULES[n].where) == []


def test_rules_of_indications_exist():
    numbers = {n for indication in indications().values() for n in indication.rules}
    assert sorted(numbers - set(RULES)) == []


def test_hard_rules_are_enforced_or_asked():
    assert {rule.answer for rule in RULES.values() if rule.class_ == "HI"} <= {"enforced", "asked", "checked"}
    aside = [rule for rule in RULES.values() if rule.answer == "set-aside"]
    assert all(rule.reason for rule in aside)
    assert not any(rule.class_ in ("HI", "PL") and rule.reason == "information only" for rule in aside)
    assert len(aside) < len(RULES) / 10


def test_each_contradiction_is_resolved_in_a_row_and_in_the_decision():
    assert [c.number for c in contradictions()] == list(range(1, 9))
    assert {rule.conflict for rule in RULES.values()} - {None} == set(range(1, 9))
    decision = (ROOT / "docs" / "decisions" / "0012-contradictions.md").read_text(encoding="utf-8")
    for number in range(1, 9):
        row = next(line for line in decision.splitlines() if line.startswith(f"| {number} |"))
        told = {int(n) for n in re.findall(r"\b\d+\b", row.split("|")[3])}
        assert {rule.number for rule in RULES.values() if rule.conflict == number} <= told


def test_sections_follow_each_other_over_all_rules():
    numbers = [n for section in sections() for n in range(section.first, section.last + 1)]
    assert numbers == list(range(1, LAST + 1))
    assert section_of(53).letter == "D"
    assert len({section.letter for section in sections()}) == len(sections())
    for number in (0, LAST + 1):
        with pytest.raises(ProfileError, match=f"no rule {number}"):
            section_of(number)


ROW = """
[[rule]]
number = 53
class = "HI"
says = "Slowly."
why = "Because."
answer = "checked"
does = "The check."
where = ["profiles.rules.check"]
tests = ["tests/profiles/rules/test_check.py"]
"""


@pytest.fixture
def read(tmp_path):
    def read_text(text):
        (tmp_path / "some.toml").write_text(text, encoding="utf-8")
        return read_rules(tmp_path)

    return read_text


def test_a_sound_row_is_read(read):
    found = read(ROW)
    assert list(found) == [53]
    assert (found[53].class_, found[53].reason, found[53].conflict) == ("HI", "", None)


ASIDE = ROW.replace('"checked"', '"set-aside"')


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ROW + ROW, "rule 53: this number is there already"),
        (ROW.replace("53", "0"), "rule 0: number"),
        (ROW.replace("53", "322"), "rule 322: number"),
        (ROW.replace("number = 53", 'number = "53"'), r"rule\[1\]: number"),
        (ROW.replace("HI", "XX"), "rule 53: class"),
        (ROW.replace("checked", "done"), "rule 53: answer"),
        (ROW.replace("Because.", " "), "rule 53: why"),
        (ROW.replace("why", "because"), "rule 53: (why|because)"),
        (ROW.replace('["profiles.rules.check"]', "[]"), "names where it is kept"),
        (ROW.replace('["tests/profiles/rules/test_check.py"]', "[]"), "names where it is kept and a test"),
        (ROW.replace("profiles.rules.check", "rules of profiles"), "rule 53: where.0"),
        (ROW.replace("tests/profiles/rules/test_check.py", "test_rules"), "rule 53: tests.0"),
        (ROW + 'reason = "manual only"\n', "only a rule that is set aside has a reason"),
        (ROW + "conflict = 9\n", "rule 53: conflict"),
        (ASIDE, "needs a reason"),
        (ASIDE + 'reason = "no time"\n', "rule 53: reason"),
        (ASIDE + 'reason = "information only"\n', "never set aside as information only"),
        (ASIDE.replace("HI", "PL") + 'reason = "information only"\n', "never set aside as information only"),
        ("[[rules]]\n", "holds .*rule.* tables only"),
        ("rule = 3\n", "holds .*rule.* tables only"),
        ("[[rule\n", "not a readable TOML file"),
    ],
)
def test_a_row_that_is_not_whole_is_refused_with_file_and_number(read, text, says):
    with pytest.raises(ProfileError, match=says) as caught:
        read(text)
    assert "some.toml" in str(caught.value)


@pytest.mark.parametrize("reason", ["manual only", "text defect", "no actuator can do it"])
def test_a_row_may_be_set_aside_for_a_reason(read, reason):
    assert read(ASIDE + f'reason = "{reason}"\n')[53].reason == reason


def test_information_only_is_for_checklist_and_structure(read):
    for name in ("PC", "SS"):
        text = ASIDE.replace('"HI"', f'"{name}"') + 'reason = "information only"\n'
        assert read(text)[53].reason == "information only"


def test_rows_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        RULES[1].says = "something else"
    assert isinstance(RULES[1], Rule)


def test_the_files_of_the_rulebook_can_be_read_at_a_glance():
    lines = {path.name: len(path.read_text("utf-8").splitlines()) for path in FOLDER.glob("*.toml")}
    assert max(lines.values()) <= 400


def test_nothing_that_plays_reads_the_rulebook():
    readers = [
        path.relative_to(ROOT).as_posix()
        for package in ("profiles", "firmware_bridge", "simulator", "kneadwave")
        for path in sorted((ROOT / package).rglob("*.py"))
        if re.search(
            r"^\s*(?:from profiles.rules.book|import profiles.rules.book)",
            Path(path).read_text("utf-8"),
            re.M,
        )
    ]
    assert readers == ["kneadwave/cli/views/rules.py"]
