"""What a profile says is changed in its file; everything else in the file stays to the letter."""

import os
import stat
from pathlib import Path

import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.curve import PRESETS, IntensityCurve
from profiles.errors import ProfileError
from profiles.files.save import write_new, write_whole
from profiles.profile import dump, load_profile, parse, profile_source, save_profile

HEAD = """# mine
schema = 1
name = "mine"   # short
audience = "quick"

[[step]] # the first
name = "up"
technique = { kind = "stroking", speed_mm_s = 80 }   # not too fast
# the lower back alone
zones = ["sacrum",  "lumbar"]
duration_s = 30     # half a minute
level = 0.2
"""
TAIL = """
# Part two: the same again.
[[step]]
name = "again"
technique = { kind = "stroking" }
zones = ["lumbar"]
duration_s = 30
level = 0.2
"""
LINES = """curve = [  # in fraction
  # begins soft
  [0,    0.5], # soft
  [0.25, 0.8], # on the way

  # ends strong
  [1,    1.0]  # strong
] # that was it
"""
PLAIN = HEAD + TAIL


def with_step(profile, index=0, **changes):
    step = profile.step[index].model_copy(update=changes)
    return profile.model_copy(update={"step": (*profile.step[:index], step, *profile.step[index + 1 :])})


def rewritten(source, index=0, **changes):
    """The source after a change to a step, which it says afterwards."""
    wanted = with_step(parse(source), index, **changes)
    text = dump(wanted, source)
    assert parse(text) == wanted
    assert dump(wanted, text) == text
    return text


def curve(*points, unit="fraction"):
    return IntensityCurve(points=points, unit=unit)


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


def test_dotted_keys_are_written_into():
    source = HEAD.replace('{ kind = "stroking", speed_mm_s = 80 }   # not too fast', "XX")
    source = source.replace("technique = XX", 'technique.kind = "stroking"\ntechnique.speed_mm_s = 80 # fast')
    text = rewritten(
        source, technique=parse(source).step[0].technique.model_copy(update={"speed_mm_s": 90.0})
    )
    assert text == source.replace("80 # fast", "90 # fast")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("ending", [True, False])
def test_a_new_key_stands_with_its_step_and_not_behind_the_comments_of_the_next(newline, ending):
    source = PLAIN.replace("\n", newline)
    source = source if ending else source.rstrip()
    text = rewritten(source, crossfade_s=3.0)
    added = f"level = 0.2{newline}"
    assert text == source.replace(added, f"{added}crossfade_s = 3.0{newline}", 1)
    text = rewritten(source, 1, curve=IntensityCurve.preset("rise"))
    assert text == source.rstrip() + f'{newline}curve = "rise"' + (newline if ending else "")


def test_a_new_key_of_the_session_stands_before_the_first_step():
    source = HEAD + TAIL
    wanted = parse(source).model_copy(update={"envelope": IntensityCurve.preset("rise")})
    text = dump(wanted, source)
    assert parse(text) == wanted
    assert text == source.replace('audience = "quick"\n', 'audience = "quick"\nenvelope = "rise"\n')


def test_a_technique_on_one_line_takes_another_number_and_gives_one_up():
    technique = parse(PLAIN).step[0].technique
    text = rewritten(PLAIN, technique=technique.model_copy(update={"return_level": 0.5}))
    assert text == PLAIN.replace("speed_mm_s = 80 }", "speed_mm_s = 80, return_level = 0.5 }")
    text = rewritten(PLAIN, technique=type(technique)(kind="stroking"))
    assert text == PLAIN.replace(", speed_mm_s = 80 }   #", " }   #")


def test_true_and_false_come_change_and_stand_before_others():
    source = PLAIN.replace(
        "\n\n[[step]] # the first", "\nself_massage = true # by hand\n\n[[step]] # the first"
    )
    profile = parse(source)
    wanted = profile.model_copy(update={"self_massage": False, "rest_s": 200.0})
    text = dump(wanted, source)
    assert parse(text) == wanted
    assert text == source.replace("= true # by hand\n", "= false # by hand\nrest_s = 200.0\n")
    wanted = parse(PLAIN).model_copy(update={"self_massage": True})
    assert parse(dump(wanted, PLAIN)) == wanted
    assert 'audience = "quick"\nself_massage = true\n' in dump(wanted, PLAIN)


def test_an_exception_changes_in_its_own_place():
    table = '[[exception]]\nrule = 30 # why\nreason = "Because."  # so\n\n'
    source = PLAIN.replace("[[step]] # the first", table + "[[step]] # the first")
    profile = parse(source)
    wanted = profile.model_copy(
        update={"exception": (profile.exception[0].model_copy(update={"reason": "No."}),)}
    )
    assert dump(wanted, source) == source.replace('"Because."', '"No."')


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_endings_and_a_byte_order_mark_stay(tmp_path, mark):
    source = mark + (HEAD + LINES + TAIL).replace("\n", "\r\n")
    path = tmp_path / "p.toml"
    path.write_bytes(source.encode())
    assert load_profile(path) == parse(HEAD + LINES + TAIL)
    wanted = with_step(parse(source), curve=curve((0.0, 0.5), (0.25, 0.8), (0.5, 0.9), (1.0, 1.0)))
    save_profile(wanted, path)
    expected = source.replace("# on the way\r\n", "# on the way\r\n  [0.50, 0.9],\r\n")
    assert path.read_bytes() == expected.encode()


def test_a_file_that_could_not_say_it_is_refused_not_written_wrongly(monkeypatch):
    monkeypatch.setattr("profiles.files.toml_edit.merge", lambda *_: None)
    with pytest.raises(ProfileError, match="cannot be written into"):
        dump(with_step(parse(PLAIN), level=0.3), PLAIN)


def test_a_level_that_is_none_is_refused():
    with pytest.raises(ProfileError, match="level"):
        dump(with_step(parse(PLAIN), level=1.5), PLAIN)


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


def test_a_file_is_replaced_whole_with_its_mode_and_through_its_link(tmp_path):
    path, link = tmp_path / "p.toml", tmp_path / "link.toml"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    link.symlink_to(path)
    write_whole(link, "new\r\n")
    assert link.is_symlink()
    assert path.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["link.toml", "p.toml"]


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_file_that_cannot_be_replaced_stays_as_it_was(tmp_path, monkeypatch, broken):
    path = tmp_path / "p.toml"
    path.write_text("old", encoding="utf-8")

    def full(*_):
        raise OSError(28, "no space")

    monkeypatch.setattr(*((os, "fsync") if broken == "fsync" else (Path, "replace")), full)
    with pytest.raises(ProfileError, match=r"p\.toml: no space left"):
        write_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.toml"]


def test_a_new_file_never_takes_the_place_of_another(tmp_path):
    path = tmp_path / "p.toml"
    write_new(path, "first")
    with pytest.raises(FileExistsError):
        write_new(path, "second")
    assert path.read_text(encoding="utf-8") == "first"
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.toml"]
    with pytest.raises(ProfileError, match="no such file"):
        write_new(tmp_path / "none" / "p.toml", "third")


def test_a_new_file_has_the_mode_that_new_files_have(tmp_path):
    before = os.umask(0o077)
    try:
        write_new(tmp_path / "p.toml", "x")
        write_whole(tmp_path / "q.toml", "x")
    finally:
        os.umask(before)
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("p.toml", "q.toml")} == {0o600}


def test_a_new_file_is_written_where_a_file_has_one_name_only(tmp_path, monkeypatch):
    def none(*_):
        raise PermissionError(1, "not permitted")

    monkeypatch.setattr(os, "link", none)
    write_new(tmp_path / "p.toml", "first")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "p.toml", "second")
    assert [entry.read_text(encoding="utf-8") for entry in tmp_path.iterdir()] == ["first"]


def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "p.toml"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ProfileError, match="permission denied"):
        write_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "old"


def test_what_a_killed_process_left_beside_is_in_nobodys_way(tmp_path):
    path = tmp_path / "p.toml"
    (tmp_path / f".p.toml.{os.getpid()}").write_text("half", encoding="utf-8")
    write_whole(path, "whole")
    assert [entry.read_text(encoding="utf-8") for entry in tmp_path.iterdir()] == ["whole"]


def test_a_text_over_several_lines_stays_where_lines_end_in_crlf():
    source = PLAIN.replace('audience = "quick"', 'audience = "quick"\ndescription = """First.\nSecond."""')
    source = source.replace("\n", "\r\n")
    assert dump(parse(source), source) == source
    assert rewritten(source, level=0.25) == source.replace("level = 0.2\r\n", "level = 0.25\r\n", 1)
