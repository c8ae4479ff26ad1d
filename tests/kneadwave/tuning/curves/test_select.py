"""STEP, T=LEVEL, +10%: what a person writes, and the curve that is meant."""

import pytest
from written_profiles import BREATHING, CHILD, EVENING

from kneadwave.errors import UsageError
from kneadwave.tuning.curves.select import (
    Shift,
    choose,
    choose_curve,
    parse_factor,
    parse_level,
    parse_points,
    parse_shift,
    parse_time,
    where_of,
    with_curve,
    with_step,
)
from profiles.curve import IntensityCurve
from profiles.errors import ProfileError
from profiles.profile import dump, load_profile, parse, profile_source

BACK = load_profile("relaxing-back")
EIGHT = choose(BACK, "8")
FIRST = choose(BACK, "1")  # its curve is in seconds


@pytest.mark.parametrize(
    "text", ["8", "kneading upwards", "KNEADING Upwards", "kneading up", "  kneading   up ", "kn"]
)
def test_a_step_is_chosen_by_number_name_or_beginning(text: str) -> None:
    where = choose(BACK, text)
    assert where == EIGHT
    assert (where.index, where.number, where.label) == (7, 8, "8 kneading upwards")
    assert (where.duration_s, where.level) == (150.0, 0.5)


def test_the_session_is_chosen_by_its_name() -> None:
    where = choose(BACK, "Session")
    assert (where.index, where.number, where.duration_s, where.level) == (None, "session", 900.0, 1.0)
    assert where.curve == BACK.envelope


@pytest.mark.parametrize("text", ["0", "13", "99999", "-1", "", "nothing", "8.1"])
def test_a_wrong_step_lists_the_right_ones(text: str) -> None:
    with pytest.raises(UsageError, match="relaxing-back has no step") as error:
        choose(BACK, text)
    hint = str(error.value.hint)
    assert hint.startswith("steps are 1 to 12, or session: 1 strokes up the back, 2 circles")
    assert hint.endswith("12 closing strokes")


def test_a_whole_name_counts_though_another_begins_with_it() -> None:
    assert choose(BACK, "strokes up the back").index == 0
    with pytest.raises(UsageError, match="could be several steps") as error:
        choose(BACK, "circles")
    assert error.value.hint == (
        "say which: 2 circles round the shoulder blades, 11 circles round the shoulder blades again"
    )


def test_a_step_that_hands_do_has_no_curve() -> None:
    with pytest.raises(UsageError, match="step 1 breathe is done by hand: it has no curve"):
        choose_curve(parse(BREATHING), "breathe")
    assert not choose(parse(BREATHING), "1").moves
    assert choose_curve(parse(EVENING), "waiting").level == 0.12, "a device that waits has one"


def test_nothing_of_a_locked_profile_is_chosen() -> None:
    with pytest.raises(ProfileError) as error:
        choose(parse(CHILD), "1")
    assert error.value.rule == 98


@pytest.mark.parametrize(
    ("text", "fraction", "seconds"),
    [
        ("40%", 0.4, 30.0),
        ("0%", 0.0, 0.0),
        ("100%", 1.0, 75.0),
        ("33.333%", 0.3333, 25.0),
        ("30s", 0.2, 30.0),
        ("0:30", 0.2, 30.0),
        ("1:15", 0.5, 75.0),
        ("0:07.5", 0.05, 7.5),
        ("1", 1.0, 1.0),
        ("0.25", 0.25, 0.25),
    ],
)
def test_a_time_is_a_share_seconds_or_in_the_curves_own_unit(
    text: str, fraction: float, seconds: float
) -> None:
    assert parse_time(EIGHT, text) == fraction
    assert parse_time(FIRST, text) == seconds


@pytest.mark.parametrize("text", ["101%", "-1%", "151s", "2:31", "1.1", "-0.1", "-5s"])
def test_a_time_outside_the_step_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="outside the step, which lasts 150 s"):
        parse_time(EIGHT, text)


def test_a_number_without_a_unit_is_told_how_the_curve_counts() -> None:
    with pytest.raises(UsageError, match="lasts 150 s: its curve counts from 0 to 1") as error:
        parse_time(EIGHT, "50")
    assert error.value.hint == "write 50%, or 50s"


@pytest.mark.parametrize("text", ["", "x", "%", "s", "1:75x", "nan", "inf", "1e999", "--jsn", "4 0%x"])
def test_what_is_no_time_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UsageError, match="is no time") as error:
        parse_time(EIGHT, text)
    assert "40% of the step" in str(error.value.hint)


@pytest.mark.parametrize(
    ("text", "level"), [("0.8", 0.8), ("80%", 0.8), ("1", 1.0), (".5", 0.5), ("0", 0.0), ("33.3333%", 0.3333)]
)
def test_a_level_is_a_number_or_a_share(text: str, level: float) -> None:
    assert parse_level(text) == level


@pytest.mark.parametrize("text", ["80", "1.01", "-0.1", "101%", "x", "", "nan", "inf%"])
def test_a_wrong_level_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UsageError, match="level") as error:
        parse_level(text)
    assert error.value.hint == "write it as 0.8 or 80%, of the step's own level"


def test_points_are_times_with_or_without_a_level() -> None:
    assert parse_points(EIGHT, ["40%=0.9", "1:00", "0.6=80%"]) == [(0.4, 0.9), (0.4, None), (0.6, 0.8)]
    with pytest.raises(UsageError, match="is no level"):
        parse_points(EIGHT, ["40%="])


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("+10%", Shift(level=0.1)),
        ("-5%", Shift(level=-0.05)),
        ("+0.1", Shift(level=0.1)),
        ("-.1", Shift(level=-0.1)),
        ("+15s", Shift(time=0.1)),
        ("-0:15", Shift(time=-0.1)),
        ("+1:15", Shift(time=0.5)),
    ],
)
def test_a_shift_is_of_levels_or_of_time(text: str, shift: Shift) -> None:
    assert parse_shift(EIGHT, text) == shift


def test_a_shift_in_time_is_in_the_unit_of_the_curve() -> None:
    assert parse_shift(FIRST, "+5s") == Shift(time=5.0)


@pytest.mark.parametrize(
    "text",
    ["10%", "5s", "x", "", "+", "+x%", "+-5%", "++5s", "+nan", "0.1", "0s", "+101%", "+1:75x", "-5 s %"],
)
def test_a_shift_that_does_not_say_which_way_or_how_far_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_shift(EIGHT, text)
    assert error.value.hint == "write +10% or -5% for levels, +5s or -5s for time"


def test_a_factor_is_a_share_or_a_number() -> None:
    assert (parse_factor("90%"), parse_factor("1.1"), parse_factor("0")) == (0.9, 1.1, 0.0)
    for text in ("-10%", "x", "", "nan", "1e9"):
        with pytest.raises(UsageError):
            parse_factor(text)


def test_times_and_shares_of_a_curve_lead_to_one_another() -> None:
    assert (EIGHT.seconds(0.4), EIGHT.share(0.4), EIGHT.time_text(0.4), EIGHT.end) == (60.0, 0.4, "40%", 1.0)
    assert (FIRST.seconds(30.0), FIRST.share(30.0)) == (30.0, 0.4)
    assert (FIRST.time_text(30.0), FIRST.end) == ("30s", 75.0)


def test_a_new_curve_changes_its_own_line_of_the_file_and_no_other() -> None:
    source = profile_source("relaxing-back")
    curve = IntensityCurve(points=((0.0, 0.5), (0.5, 0.9), (1.0, 0.6)))
    for where, line in ((EIGHT, 'curve = "light-strong-light"'), (FIRST, "curve = { unit")):
        after = with_curve(BACK, where, curve)
        assert where_of(after, where.index).curve == curve
        text = dump(after, source)
        old, new = source.splitlines(), text.splitlines()
        changed = [n for n, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
        assert [old[n].startswith(line) for n in changed] == [True]
        assert parse(text) == after


def test_a_new_curve_of_the_session_is_one_line_more() -> None:
    source = profile_source("relaxing-back")
    curve = IntensityCurve(points=((0.0, 1.0), (1.0, 0.8)))
    text = dump(with_curve(BACK, choose(BACK, "session"), curve), source)
    assert parse(text).envelope == curve
    assert len(text.splitlines()) == len(source.splitlines()) + 1


def test_a_step_takes_the_place_of_another() -> None:
    after = with_step(BACK, 3, BACK.step[3].model_copy(update={"level": 0.1}))
    assert [step.level for step in after.step[:5]] == [0.28, 0.28, 0.3, 0.1, 0.42]
    assert dump(with_step(BACK, 3, BACK.step[3]), profile_source("relaxing-back")) == profile_source(
        "relaxing-back"
    )
