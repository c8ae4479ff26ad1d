"""Keys, techniques and exceptions change in their place; all else in the file stays to the letter."""

import pytest
from source_edits import HEAD, LINES, PLAIN, TAIL, curve, rewritten, with_step

from profiles.curve import IntensityCurve
from profiles.errors import ProfileError
from profiles.profile import dump, load_profile, parse, save_profile


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


def test_a_text_over_several_lines_stays_where_lines_end_in_crlf():
    source = PLAIN.replace('audience = "quick"', 'audience = "quick"\ndescription = """First.\nSecond."""')
    source = source.replace("\n", "\r\n")
    assert dump(parse(source), source) == source
    assert rewritten(source, level=0.25) == source.replace("level = 0.2\r\n", "level = 0.25\r\n", 1)
