import math

import pytest

from profiles.errors import ProfileError
from profiles.parameters import (
    FREQUENCY_JND,
    NUMBERS,
    bounds_of,
    names_for,
    number_of,
    unit_of,
    with_number,
)
from profiles.rules.limits import JND
from profiles.step import Step
from profiles.technique import TECHNIQUES

MOVING = [kind for kind in TECHNIQUES if kind != "guide"]


def step(kind="kneading", **more):
    return Step.model_validate(
        {"name": "a", "technique": {"kind": kind}, "zones": ["lumbar"], "duration_s": 30, "level": 0.4} | more
    )


GUIDE = Step.model_validate(
    {"name": "breathe", "technique": {"kind": "guide", "instruction": "Breathe."}, "duration_s": 30}
)
WAITING = GUIDE.model_copy(update={"zones": ("lumbar",), "level": 0.1})


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("stroking", "level speed return cross-fade duration"),
        ("rubbing", "level rate speed radius cross-fade duration"),
        ("squeezing", "level speed return cross-fade duration"),
        ("kneading", "level rate speed radius cross-fade duration"),
        ("pressing", "level ramp hold release spacing cross-fade duration"),
        ("vibration", "level frequency speed radius cross-fade duration"),
        ("tapping", "level rate speed onset cross-fade duration"),
    ],
)
def test_each_technique_has_its_numbers(kind, names):
    assert names_for(step(kind)) == names.split()


def test_every_figure_of_every_technique_can_be_tuned():
    for kind in MOVING:
        figures = {name for name, field in TECHNIQUES[kind].model_fields.items() if field.annotation is float}
        assert figures == {n.fields[kind] for n in NUMBERS.values() if kind in n.fields}


def test_a_step_for_hands_fades_and_one_that_lets_the_device_wait_has_a_level_besides():
    assert names_for(GUIDE) == ["cross-fade", "duration"]
    assert names_for(WAITING) == ["level", "cross-fade", "duration"]


@pytest.mark.parametrize("kind", MOVING)
def test_a_number_is_read_written_and_read_again_and_what_was_unsaid_stays_unsaid(kind):
    before = step(kind)
    for name in names_for(before):
        bounds = bounds_of(before, name)
        for value in (bounds.least, bounds.most):
            after = with_number(before, name, value)
            assert number_of(after, name) == value
            assert number_of(before, name) != value or value in (bounds.least, bounds.most)
            said = after.model_dump(exclude_unset=True)
            said_before = before.model_dump(exclude_unset=True)
            added = (set(said) ^ set(said_before)) | (set(said["technique"]) ^ set(said_before["technique"]))
            assert added <= {NUMBERS[name].of_step or NUMBERS[name].fields.get(kind)}


def test_units_are_those_of_the_technique():
    assert unit_of(step("kneading"), "rate") == "cycles/min"
    assert unit_of(step("rubbing"), "rate") == "circles/min"
    assert unit_of(step("tapping"), "rate") == "taps/s"
    assert unit_of(step("pressing"), "hold") == "s"
    assert (unit_of(step(), "level"), unit_of(step(), "cross-fade")) == ("1", "s")


@pytest.mark.parametrize("value", [0.99, 600.1, math.nan, math.inf])
def test_a_value_that_no_file_may_say_is_refused_with_the_range(value):
    with pytest.raises(ProfileError, match=r"rate is 1 to 600 cycles/min") as error:
        with_number(step(), "rate", value)
    assert error.value.hint.startswith("this step has rate ")


def test_a_wrong_name_lists_what_the_step_has_with_units_and_present_values():
    with pytest.raises(ProfileError, match="no number 'rats'") as error:
        number_of(step("kneading"), "rats")
    assert error.value.hint.startswith("did you mean 'rate'? this step has level 0.4, rate 36 cycles/min")
    with pytest.raises(ProfileError, match="'a' has no hold") as error:
        with_number(step(), "hold", 3.0)
    assert "radius 22 mm" in error.value.hint


def test_a_step_that_waits_cannot_have_the_level_of_nothing():
    with pytest.raises(ProfileError, match="level: a guide"):
        with_number(WAITING, "level", 0.0)


def test_what_is_just_told_apart_is_a_fifth_but_more_of_a_frequency():
    assert NUMBERS["frequency"].jnd == FREQUENCY_JND == 0.35
    assert {n.jnd for name, n in NUMBERS.items() if name != "frequency"} == {JND}
    assert all(number.source for number in NUMBERS.values())
