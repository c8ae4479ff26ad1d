"""Errors of a profile, and remedies as data."""

from profiles.errors import ProfileRemedy, Remedy, RemedyOf


class Example(Remedy):
    OPEN = "open the window"
    CLOSE = "close {what} and {then}"


def test_a_remedy_is_a_plain_sentence_for_who_has_no_words_of_his_own() -> None:
    assert f"{Example.OPEN}" == "open the window"
    assert isinstance(ProfileRemedy.LIST_PROFILES, str)


def test_a_remedy_for_one_case_keeps_its_values_as_data() -> None:
    made = Example.CLOSE.of(what="the door", then=Example.OPEN)
    assert made == "close the door and open the window"
    assert isinstance(made, RemedyOf)
    assert made.remedy is Example.CLOSE
    assert made.values == {"what": "the door", "then": Example.OPEN}
    assert made.values["then"] is Example.OPEN
