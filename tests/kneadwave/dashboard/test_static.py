"""What a browser is sent: small, of this server alone, and with every word in both languages."""

import json
import re
from pathlib import Path

import pytest

from kneadwave.dashboard.page import STATIC
from profiles.parameters import NUMBERS, names_for, unit_of
from profiles.profile import load_profile, shipped_profiles

NAMESPACE = "http://www.w3.org/2000/svg"
FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())
SCRIPTS = [path for path in FILES if path.suffix == ".js"]
ENGLISH, GERMAN = (
    {
        key: text
        for folder in ("strings", "house")
        for key, text in json.loads(
            (STATIC / folder / f"{language}.json").read_text(encoding="utf-8")
        ).items()
    }
    for language in ("en", "de")
)
LITERAL = re.compile(r"""\bt\(\s*(?:\w+ \? |)"([^"]+)"(?: : "([^"]+)")?""")
EITHER = re.compile(r"""\bt\(\s*[^`"()]+ \? "([^"]+)" : "([^"]+)"\s*[),]""")
BUILT = re.compile(r"""\bt\(\s*`([^`$]+)\$\{""")


def sources() -> str:
    """All scripts, without lines of comments."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    return re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)


def used() -> tuple[set[str], set[str]]:
    """Keys that scripts name, and how those begin that they build."""
    text = sources()
    named = {key for found in (LITERAL, EITHER) for each in found.findall(text) for key in each if key}
    return named, set(BUILT.findall(text))


def test_every_word_is_there_in_both_languages() -> None:
    assert ENGLISH.keys() == GERMAN.keys()
    for key, english in ENGLISH.items():
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", GERMAN[key])), key
        assert english.strip()
        assert GERMAN[key].strip()


def test_every_key_that_is_used_is_there_and_every_one_there_is_used() -> None:
    named, beginnings = used()
    assert named <= ENGLISH.keys(), named - ENGLISH.keys()
    for beginning in beginnings:
        assert any(key.startswith(beginning) for key in ENGLISH), beginning
    idle = {key for key in ENGLISH if key not in named and not key.startswith(tuple(beginnings))}
    assert idle == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(STATIC)))
def test_nothing_of_it_names_another_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace(NAMESPACE, "")
    assert not re.search(r"\bhttps?://|[\"'(]//\w", text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(STATIC)))
def test_nothing_of_it_needs_more_than_the_policy_allows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write", text)
    if path.suffix == ".html":
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)


def test_no_visible_word_lies_in_a_script() -> None:
    """Text that stands between elements comes from the strings; a command's name and signs do not count."""
    found = re.findall(
        r"""h\("(?:p|h1|h2|h3|button|label|span|a|li|legend|small)[^"]*", \{[^{}]*\}, "([^"]+)\"""", sources()
    )
    assert set(found) <= {"Kneadwave", "×"}


def test_every_number_of_a_step_and_its_unit_has_a_word() -> None:
    steps = [step for name in shipped_profiles() for step in load_profile(name).step]
    units = {unit_of(step, number) for step in steps for number in names_for(step)}
    assert {f"number.{number}" for number in NUMBERS} | {f"unit.{unit}" for unit in units} == {
        key for key in ENGLISH if key.startswith(("number.", "unit."))
    }
