"""`knead rules`: a list, one rule, a document."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kneadwave.cli.views.rules import cut, document, known_zones, place_name
from profiles.profile import shipped_profiles
from profiles.rules.book import ANSWERS, CLASSES, LAST, rules
from profiles.technique import TECHNIQUES

Knead = Callable[..., Any]
DOCUMENT = Path(__file__).parents[3] / "docs" / "rules.md"


def test_help_has_examples(knead: Knead) -> None:
    said = knead("rules", "--help").out
    assert "Examples:" in said
    assert "knead rules 53" in said


def test_without_a_number_every_rule_is_listed(knead: Knead) -> None:
    ended = knead("rules")
    lines = ended.out.splitlines()
    assert lines[0].split() == ["rule", "class", "says", "answer"]
    assert [int(line.split()[0]) for line in lines[1 : LAST + 1]] == list(range(1, LAST + 1))
    assert rules()[53].says in lines[53]  # a pipe gets whole sentences
    assert lines[-1].startswith(f"{LAST} of {LAST} rules")


def test_a_list_says_what_its_letters_and_answers_mean(knead: Knead) -> None:
    listed = rules()[53], rules()[64]
    said = " ".join(knead("rules", "goes", "minute").out.split())
    for rule in listed:
        assert f"{rule.class_}: {CLASSES[rule.class_]}" in said
        assert f"{rule.answer}: {ANSWERS[rule.answer]}" in said
    assert "PC: " not in said, "none of them is of that class"


@pytest.mark.parametrize("columns", [40, 80, 120, 300])
def test_on_a_terminal_the_list_fits_its_width(
    knead: Knead, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setattr("kneadwave.cli.views.rules.is_terminal", lambda stream: True)  # noqa: ARG005
    monkeypatch.setattr(
        "shutil.get_terminal_size",
        lambda fallback=(80, 24): os.terminal_size((columns, 24)),  # noqa: ARG005
    )
    lines = knead("rules").out.splitlines()[: LAST + 1]
    assert max(map(len, lines)) <= columns
    assert any("..." in line for line in lines) is (columns < 300)


def test_a_rule_is_told_on_a_narrow_terminal_too(knead: Knead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    told = knead("rules", "55").out
    assert max(len(line) for line in told.splitlines() if "/" not in line) <= 40, "a path stays in one piece"


def test_a_text_is_cut_only_where_it_is_too_long() -> None:
    assert cut("twelve words", None) == cut("twelve words", 12) == "twelve words"
    assert cut("twelve words", 11) == "twelve ..."
    assert cut("twelve words", 10) == "twelve ..."
    assert cut("twelve words", 9) == "twelve..."


@pytest.mark.parametrize("words", [("53",), ("rule 53",), ("rule", "53"), ("Rule 53",), ("053",)])
def test_a_rule_is_shown_with_what_keeps_it(knead: Knead, words: tuple[str, ...]) -> None:
    ended = knead("rules", *words)
    rule = rules()[53]
    assert ended.code == 0
    said = " ".join(ended.out.split())
    assert said.startswith("rule 53 hard interlock (HI) section D: ")
    for text in (rule.says, rule.why, rule.does, ANSWERS[rule.answer], *rule.tests):
        assert text in said
    assert all(f"{where.replace('.', '/')}.py" in said for where in rule.where)


def test_a_contradiction_is_told_with_what_holds(knead: Knead) -> None:
    said = " ".join(knead("rules", "64").out.split())
    assert "contradiction Kneading is slow" in said
    assert "60 a minute holds everywhere" in said


def test_a_rule_that_is_set_aside_gives_its_reason(knead: Knead) -> None:
    aside = next(rule for rule in rules().values() if rule.answer == "set-aside")
    assert f"set-aside: {aside.reason}" in knead("rules", str(aside.number)).out


@pytest.mark.parametrize(
    "text", ["0", "322", "999999999999", "-1", "53.5", "rule", "fifty", "53 54", "rules of"]
)
def test_a_number_that_is_none_names_the_range(knead: Knead, text: str) -> None:
    ended = knead("rules", "--", text)
    assert ended.code == 2
    assert f"there is no rule '{text}'" in ended.err
    assert f"1 to {LAST}" in ended.err


def test_technique_and_zone_choose_rules(knead: Knead) -> None:
    kneading = [
        event for event in knead("rules", "--technique", "kneading", "--json").events if "number" in event
    ]
    assert {64, 65, 107} <= {event["number"] for event in kneading}
    assert all("kneading" in event["techniques"] for event in kneading)
    both = knead("rules", "--technique", "Kneading", "--zone", "spine", "--json").events
    assert [event["number"] for event in both[:-1]] == [
        event["number"] for event in kneading if "spine" in event["zones"]
    ]
    assert len(both) > 1
    side = knead("rules", "--zone", "neck-left", "--json").events
    assert side == knead("rules", "--zone", "neck", "--json").events
    assert {4, 240} <= {event.get("number") for event in side}


@pytest.mark.parametrize(
    ("option", "name", "hint"),
    [
        ("--technique", "kneding", "did you mean 'kneading'"),
        ("--technique", "zzz", "techniques are stroking, rubbing"),
        ("--zone", "nek", "did you mean 'neck'"),
        ("--zone", "zzz", "zones are abdomen"),
    ],
)
def test_an_unknown_name_brings_the_nearest(knead: Knead, option: str, name: str, hint: str) -> None:
    ended = knead("rules", option, name)
    assert ended.code == 2
    assert f"there is no {option[2:]} '{name}'" in ended.err
    assert hint in ended.err


@pytest.mark.parametrize("name", TECHNIQUES)
def test_there_are_rules_about_every_technique(knead: Knead, name: str) -> None:
    assert len(knead("rules", "--technique", name, "--json").events) > 1


def test_zones_are_those_of_the_body_and_of_hands() -> None:
    assert {"neck", "spine", "kidney", "foot", "head", "abdomen"} <= set(known_zones())


def test_json_gives_every_field_and_an_end(knead: Knead) -> None:
    events = knead("rules", "--json").events
    assert [event["event"] for event in events] == ["rule"] * LAST + ["end"]
    assert events[-1] == {"event": "end", "ok": True, "rules": LAST}
    rule = rules()[53]
    assert json.loads(json.dumps(rule.model_dump(by_alias=True))) == {
        key: value for key, value in events[52].items() if key not in ("event", "section")
    }
    assert knead("rules", "53", "--json").events[0] == events[52]


@pytest.mark.parametrize(
    "words",
    [
        ("53", "--zone", "neck"),
        ("53", "--technique", "kneading"),
        ("--markdown", "53"),
        ("--markdown", "--json"),
        ("--markdown", "--zone", "neck"),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(knead: Knead, words: tuple[str, ...]) -> None:
    ended = knead("rules", *words)
    assert ended.code == 2
    assert "stands alone" in ended.err


def test_the_document_is_the_one_that_the_command_writes(knead: Knead) -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    assert knead("rules", "--markdown").out == written, "knead rules --markdown > docs/rules.md"
    assert document() == written


def test_the_document_has_a_row_for_every_rule() -> None:
    rows = [
        line
        for line in document().splitlines()
        if line.split("|")[1:2] and line.split("|")[1].strip().isdigit()
    ]
    numbers = [int(row.split("|")[1]) for row in rows if row.count("|") >= 7]
    assert numbers == list(range(1, LAST + 1))
    for answer in ANSWERS:
        count = sum(rule.answer == answer for rule in rules().values())
        assert f"| {answer} | {count} |" in document()


def test_a_place_is_named_as_a_reader_finds_it() -> None:
    assert place_name("profiles.rules.check") == "profiles/rules/check.py"
    assert place_name("profile:feet") == "profile: feet"
    assert place_name("ready:meal") == "list before a session: meal"


@pytest.mark.parametrize("name", shipped_profiles())
def test_findings_name_rules_that_can_be_looked_up(knead: Knead, name: str) -> None:
    events = knead("profile", "check", name, "--json").events
    named = {event["rule"] for event in events if event["event"] == "finding"} - {None}
    assert named <= set(rules())
