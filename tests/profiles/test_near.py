"""What somebody meant who misspelt a word: one rule for every name that there is."""

from pathlib import Path

from profiles.near import did_you_mean, nearest_or

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("profiles", "firmware_bridge", "simulator", "kneadwave")
A_RULE_OF_ITS_OWN = "profiles/profile.py"
"""Names and files at once, where a file's name is nearer than any that ships."""


def test_the_nearest_is_offered_as_it_is_written():
    assert nearest_or("LUMBER", ["shoulder", "Lumbar"], "zones are few") == "did you mean 'Lumbar'?"
    assert did_you_mean("lumber", ["shoulder", "Lumbar"]) == "did you mean 'Lumbar'? "


def test_as_many_as_are_asked_for_are_offered_the_nearest_first():
    known = ["thigh-left", "thigh-right", "calf"]
    assert nearest_or("thigh-lift", known, "", most=3) == "did you mean 'thigh-left' or 'thigh-right'?"


def test_where_nothing_is_near_something_else_is_said():
    assert nearest_or("xyz", ["shoulder"], "zones are few") == "zones are few"
    assert did_you_mean("xyz", ["shoulder"]) == ""
    assert did_you_mean("xyz", []) == ""


def test_what_is_far_is_not_offered():
    assert did_you_mean("kneeding", ["kneading upwards"]) == "did you mean 'kneading upwards'? "
    assert did_you_mean("nothing", ["soft rubbing"]) == ""


def test_nobody_looks_for_a_near_word_by_a_rule_of_their_own():
    found = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "get_close_matches" in path.read_text(encoding="utf-8")
    }
    assert found == {"profiles/near.py", A_RULE_OF_ITS_OWN}
