"""However a person wrote a step, every edit finds its place, and no comment goes."""

import re

import pytest
from depth import at_depth
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tomlkit.exceptions import TOMLKitError

from profiles.curve import PRESETS, IntensityCurve
from profiles.errors import ProfileError
from profiles.profile import dump, parse

HEAD = 'schema = 1\nname = "x"\naudience = "quick"\n'
TECHNIQUES = [
    'technique = { kind = "kneading", rate_cpm = 40 } # t',
    'technique = {kind="kneading",rate_cpm=40}',
    'technique.kind = "kneading"\ntechnique.rate_cpm = 40',
    '[step.technique]\nkind = "kneading" # k\n# c\nrate_cpm = 40',
    '"technique" = { "kind" = "kneading", rate_cpm = 40 }',
    "technique = { kind = 'kneading' }",
]
CURVES = [
    "",
    'curve = "rise" # r',
    "curve = [[0,0.5],[0.5,1],[1,0.5]]",
    "curve = [\n [0, 0.5], [0.5, 1], # two\n [1, 0.5]\n]",
    "curve = [ [0,0.5] # a\n , [0.5,1] # b\n , [1,0.5]\n ]",
    "curve = { points = [[0,0.5],[0.5,1],[1,0.5]] }",
    'curve = { points = [[0,0.5],[15,1],\n[30,0.5]], unit = "seconds" } # x',
    "[step.curve]\npoints = [[0,0.5],[0.5,1],[1,0.5]] # p",
    'curve.points = [[0,0.5],[0.5,1],[1,0.5]]\ncurve.unit = "fraction"',
    'curve = [\n\t[0.0, 0.5], # }]"\n\t[0.5, 1.0],\n\n\t# y, "z\n\t[1.0, 0.5], # last\n\t# done\n]',
    '[ "step" . curve ]\npoints = [\n[0,0.5],\n[1,0.5],]\nunit = "fraction"',
    "curve = [[0,5e-1],[5e-1,1e0],[1,+0.5]]",
    "curve = [  ] # e".replace("[  ]", "[ [0, 1] , [1, 1] , ]"),
]
OTHERS = ["in_order = false", 'name = "a"', 'zones = ["lumbar"] # z', "duration_s = 30", "level = 0.3"]


@st.composite
def written_steps(draw):
    """A step in lines of any order; tables of its own come last, as they must."""
    lines = draw(st.permutations([*OTHERS, draw(st.sampled_from(TECHNIQUES)), draw(st.sampled_from(CURVES))]))
    lines = [line for line in lines if line]
    lines.sort(key=lambda line: line.startswith("["))
    return "[[step]]\n" + "\n".join(lines) + draw(st.sampled_from(["\n", "\n\n# between\n\n"]))


@st.composite
def sources(draw):
    text = HEAD + "".join(draw(st.lists(written_steps(), min_size=1, max_size=3)))
    text = text.rstrip() if draw(st.booleans()) else text
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


@st.composite
def curves_like(draw, old):
    """Another curve of the same unit: some of its points stay, some go, some are new."""
    end = 1.0 if old.unit == "fraction" else 30.0
    kept = [point for point in old.points if draw(st.booleans())]
    new = [(draw(st.integers(0, 20)) * end / 20, draw(st.sampled_from([0.25, 0.5, 1.0]))) for _ in range(3)]
    points = tuple(sorted({**dict(kept), **dict(new)}.items()))
    assume(len(points) >= 2)
    return IntensityCurve(points=points, unit=old.unit)


def comments(text):
    return re.findall(r"#[^\r\n]*", text)


@given(sources(), st.data())
@settings(max_examples=at_depth(250))
def test_every_edit_finds_its_place(source, data):
    profile = parse(source)
    index = data.draw(st.integers(0, len(profile.step) - 1))
    step = profile.step[index]
    field = data.draw(st.sampled_from(["level", "duration_s", "crossfade_s", "technique", "curve", "preset"]))
    values = {
        "technique": st.just(step.technique.model_copy(update={"advance_mm_s": 33.0})),
        "curve": curves_like(step.curve),
        "preset": st.sampled_from(sorted(PRESETS)).map(IntensityCurve.preset),
    }
    value = data.draw(
        values.get(field, st.sampled_from([0.0, 0.25, 1.0]) if field == "level" else st.just(2.5))
    )
    changed = step.model_copy(update={"curve" if field == "preset" else field: value})
    steps = [changed if number == index else each for number, each in enumerate(profile.step)]
    wanted = profile.model_copy(update={"step": tuple(steps)})
    text = dump(wanted, source)
    assert parse(text) == wanted
    assert text.count("\r\n") in (0, text.count("\n"))
    lost = [each for each in comments(source) if comments(text).count(each) < comments(source).count(each)]
    if field in ("curve", "preset"):  # a point that goes takes the comment behind it along
        assert not {"# done", '# y, "z', "# between", "# t", "# r", "# x", "# p", "# z"} & set(lost)
    else:
        assert not lost
        assert abs(len(text.splitlines()) - len(source.splitlines())) <= 1


def test_what_even_the_parser_cannot_do_is_an_error_of_the_profile(monkeypatch):
    def broken(*_):
        raise TOMLKitError("x")

    source = HEAD + "[[step]]\n" + "\n".join([*OTHERS, TECHNIQUES[0]])
    monkeypatch.setattr("profiles.files.toml_edit.merge", broken)
    with pytest.raises(ProfileError, match="cannot be written into"):
        dump(parse(source), source)
