"""A curve is changed in its file point by point; everything else in the file stays to the letter."""

import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st
from source_edits import HEAD, LINES, TAIL, curve, rewritten

from profiles.curve import PRESETS, IntensityCurve
from profiles.profile import load_profile, profile_source


def test_one_level_changes_its_own_figure_alone():
    source = HEAD + LINES + TAIL
    text = rewritten(source, curve=curve((0.0, 0.5), (0.25, 0.7), (1.0, 1.0)))
    assert text == source.replace("[0.25, 0.8]", "[0.25, 0.7]")


def test_a_point_more_is_a_line_more_laid_out_as_the_one_before():
    source = HEAD + LINES + TAIL
    text = rewritten(source, curve=curve((0.0, 0.5), (0.25, 0.8), (0.5, 0.9), (1.0, 1.0)))
    assert text == source.replace("# on the way\n", "# on the way\n  [0.50, 0.9],\n")


def test_a_point_before_all_others_comes_before_their_comments():
    source = HEAD + LINES.replace("[0,    0.5]", "[0.1,  0.5]") + TAIL
    text = rewritten(source, curve=curve((0.0, 0.3), (0.1, 0.5), (0.25, 0.8), (1.0, 1.0)))
    assert text == source.replace("# in fraction\n", "# in fraction\n  [0.0,  0.3],\n")


def test_a_point_behind_the_last_gives_that_its_comma_and_nothing_else():
    source = HEAD + LINES.replace("[1,    1.0] ", "[0.75, 1.0] ") + TAIL
    text = rewritten(source, curve=curve((0.0, 0.5), (0.25, 0.8), (0.75, 1.0), (1.0, 0.5)))
    assert text == source.replace(
        "  [0.75, 1.0]  # strong\n", "  [0.75, 1.0], # strong\n  [1.00, 0.5]\n"
    ) or text == source.replace("  [0.75, 1.0]  # strong\n", "  [0.75, 1.0],  # strong\n  [1.00, 0.5]\n")


def test_a_point_less_takes_its_line_and_leaves_the_comment_above_it():
    source = HEAD + LINES + TAIL
    text = rewritten(source, curve=curve((0.25, 0.8), (1.0, 1.0)))
    assert text == source.replace("  [0,    0.5], # soft\n", "")
    text = rewritten(source, curve=curve((0.0, 0.5), (0.25, 0.8)))
    assert text == source.replace("  [1,    1.0]  # strong\n", "")


def test_columns_stay_where_somebody_aligned_them():
    source = HEAD + "curve = { unit = 'seconds', points = [\n  [ 0, 0.55],\n  [30, 0.70],\n] }\n" + TAIL
    text = rewritten(source, curve=curve((5.0, 0.55), (30.0, 0.7), unit="seconds"))
    assert text == source.replace("[ 0, 0.55]", "[ 5, 0.55]")
    text = rewritten(source, curve=curve((0.0, 0.5), (12.0, 0.6), (30.0, 0.7), unit="seconds"))
    assert "  [ 0, 0.50],\n  [12, 0.60],\n  [30, 0.70],\n" in text


def test_a_comment_stays_in_its_column_when_the_figure_before_it_grows():
    source = HEAD + "curve = [\n  [0.0, 0.5],   # a\n  [1.0, 0.7],   # b\n]\n" + TAIL
    text = rewritten(source, curve=curve((0.0, 0.5), (1.0, 0.75)))
    assert text == source.replace("[1.0, 0.7],   # b", "[1.0, 0.75],  # b")


def test_points_on_one_line_stay_on_it():
    source = HEAD + "curve = [[0, 0.5], [0.5, 0.8], [1, 1]] # a line\n" + TAIL
    assert "curve = [[0, 0.5], [1, 1]] # a line\n" in rewritten(source, curve=curve((0.0, 0.5), (1.0, 1.0)))
    assert "curve = [[0, 0.5], [0.5, 0.8]] # a line\n" in rewritten(
        source, curve=curve((0.0, 0.5), (0.5, 0.8))
    )
    assert "curve = [[0.5, 0.8], [1, 1]] # a line\n" in rewritten(source, curve=curve((0.5, 0.8), (1.0, 1.0)))
    more = curve((0.0, 0.5), (0.5, 0.8), (0.6, 0.4), (1.0, 1.0))
    assert "curve = [[0, 0.5], [0.5, 0.8], [0.6, 0.4], [1, 1]] # a line\n" in rewritten(source, curve=more)


@pytest.mark.parametrize("written", ['"rise"', "'rise'"])
def test_a_preset_becomes_points_in_place(written):
    source = HEAD + f"curve = {written}  # to begin with\n" + TAIL
    text = rewritten(source, curve=curve((0.0, 0.4), (0.5, 0.8), (1.0, 1.0)))
    assert text == source.replace(written, "[[0.0, 0.4], [0.5, 0.8], [1.0, 1.0]]")
    text = rewritten(source, curve=curve((0.0, 0.4), (30.0, 1.0), unit="seconds"))
    assert text == source.replace(written, '{ unit = "seconds", points = [[0.0, 0.4], [30.0, 1.0]] }')


def test_points_become_a_preset_by_name_unless_comments_stand_between_them():
    source = HEAD + "curve = [[0, 0.5], [1, 0.2]] # a line\n" + TAIL
    assert 'curve = "wave" # a line\n' in rewritten(source, curve=IntensityCurve.preset("wave"))
    text = rewritten(HEAD + LINES + TAIL, curve=IntensityCurve.preset("wave"))
    assert all(f"# {comment}" in text for comment in ("soft", "strong", "begins soft", "ends strong"))


def test_points_that_come_to_say_the_same_as_a_preset_stay_points():
    source = HEAD + "curve = [[0, 0.5], [1, 1]]\n" + TAIL
    assert "curve = [[0, 0.4], [1, 1]]\n" in rewritten(source, curve=IntensityCurve.preset("rise"))


@pytest.mark.parametrize("name", PRESETS)
def test_a_curve_that_says_the_same_in_other_words_is_left_alone(name):
    points = ", ".join(f"[{time:g}, {level:g}]" for time, level in PRESETS[name])
    for words in (f"[{points}]", f"{{ points = [{points}] }}", f'{{unit="fraction",points=[{points}]}}'):
        source = HEAD + f"curve = {words}\n" + TAIL
        assert rewritten(source, level=0.25) == source.replace("level = 0.2\ncurve", "level = 0.25\ncurve")


def test_a_curve_in_a_table_of_its_own_keeps_its_table():
    source = HEAD + '[step.curve] # own\nunit = "seconds"\npoints = [\n  [0, 0.5],\n  [30, 1],\n]\n' + TAIL
    text = rewritten(source, curve=curve((0.0, 0.5), (10.0, 0.8), (30.0, 1.0), unit="seconds"))
    assert text == source.replace("  [30, 1],\n", "  [10, 0.8],\n  [30, 1],\n")
    text = rewritten(source, curve=IntensityCurve.preset("rise"))
    assert "# Part two: the same again.\n" in text
    assert 'unit = "fraction"\n' in text


@pytest.mark.parametrize("name", ["relaxing-back", "toning", "shoulder-relief", "pregnancy"])
def test_every_shipped_step_takes_a_point_more_and_gives_it_back(name):
    source, profile = profile_source(name), load_profile(name)
    for index, step in enumerate(profile.step):
        points = (*step.curve.points[:-1], (step.curve.points[-1][0] - 0.01, 0.123), step.curve.points[-1])
        text = rewritten(source, index, curve=step.curve.model_copy(update={"points": points}))
        changed = set(text.splitlines()) - set(source.splitlines())
        assert len(changed) <= 1
        assert len(text.splitlines()) - len(source.splitlines()) in (0, 1)


TIMES = st.lists(st.integers(0, 100), min_size=2, max_size=8, unique=True).map(sorted)
LEVELS = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, 0.123])
LAYOUTS = st.tuples(
    st.sampled_from(["[{t}, {l}]", "[ {t},  {l} ]", "[{t:>4}, {l}]", "[{t},{l}]"]),
    st.booleans(),  # a comma behind the last
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["{} # point {}", "{}  # point {}"]),
    st.booleans(),  # a comment above each
)


@st.composite
def points_of(draw):
    return tuple((time / 100, draw(LEVELS)) for time in draw(TIMES))


@given(points_of(), points_of(), LAYOUTS, st.data())
@settings(max_examples=at_depth(150))
def test_only_lines_with_a_changed_point_change(old, new, layout, data):
    pattern, trailing, newline, comment, above = layout
    if data.draw(st.booleans()):  # an edit of some points, as people make them
        new = tuple(point for point in {**dict(old), **dict(new[:2])}.items())
        new = tuple(sorted(new))
    lines, of_point = [], {}
    for number, (t, level) in enumerate(old):
        if above:
            lines.append(f"  # above {number}")
        comma = "," if trailing or number < len(old) - 1 else ""
        of_point[t, level] = "  " + comment.format(pattern.format(t=t, l=level) + comma, number)
        lines.append(of_point[t, level])
    source = (HEAD + "curve = [\n" + "\n".join(lines) + "\n] # end\n" + TAIL).replace("\n", newline)
    text = rewritten(source, curve=curve(*new))
    if old == new:
        assert text == source
    assert text.count("\n") == text.count(newline)
    before, after = source.split(newline), text.split(newline)
    start, stop = before.index("curve = ["), before.index("] # end")
    assert after[: start + 1] == before[: start + 1]
    assert after[after.index("] # end") :] == before[stop:]
    inside = after[start + 1 : after.index("] # end")]
    for point, line in of_point.items():
        if point in new:
            last = point == old[-1] and not trailing
            assert line in inside or (last and line.replace("] #", "], #").replace("]  #", "],  #") in inside)
    kept = [line for line in inside if "# above" in line]
    assert kept == [line for line in lines if "# above" in line]


@given(points_of(), points_of())
def test_any_curve_becomes_any_other_on_one_line(old, new):
    body = ", ".join(f"[{t}, {level}]" for t, level in old)
    source = HEAD + f"curve = [{body}] # end\n" + TAIL
    text = rewritten(source, curve=curve(*new))
    assert text.count("\n") == source.count("\n")
    assert "] # end\n" in text or text.count('" # end\n') == 1
