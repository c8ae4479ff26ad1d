"""One loader for every kind of TOML file; hostile ones are in tests/kneadwave/test_hostile_files.py."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from profiles.files.toml_model import (
    KEY_PARTS_MAX,
    TomlKind,
    joined,
    keys_at,
    parse_table,
    place_of,
    read_text,
    shown,
    validated,
)


class Wrong(Exception):
    def __init__(self, message, *, hint=None):
        super().__init__(message)
        self.hint = hint


KIND = TomlKind("note", 4096, joined(Wrong))


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Square(Part):
    kind: Literal["square"]
    side_mm: float


class Circle(Part):
    kind: Literal["circle"]
    radius_mm: float


class Layer(Part):
    name: str
    shape: Annotated[Square | Circle, Field(discriminator="kind")] | None = None
    marks: dict[str, Circle] = {}


class Drawing(Part):
    schema_: int = Field(alias="schema")
    layer: list[Layer] = Field(min_length=1)


def refused(text):
    with pytest.raises(Wrong) as caught:
        validated(Drawing, parse_table(text, KIND, "x"), KIND, "x")
    return str(caught.value), caught.value.hint


HEAD = "schema = 1\n[[layer]]\nname = 'a'\n"


def test_a_table_becomes_a_model():
    found = validated(Drawing, parse_table("\ufeff" + HEAD, KIND, "x"), KIND, "x")
    assert found.layer[0].name == "a"


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        (HEAD + "nome = 1", "x: layer[0].nome: unknown key 'nome'", "did you mean 'name'?"),
        (HEAD + "qqq = 1", "x: layer[0].qqq: unknown key 'qqq'", "known keys: marks, name, shape"),
        (
            "shema = 1\n" + HEAD.partition("\n")[2],
            "x: shema: unknown key 'shema' (and 1 more: schema: is missing)",
            "did you mean 'schema'?",
        ),
        (
            HEAD + "shape = { kind = 'circle', radus_mm = 1.0 }",
            "x: layer[0].shape.circle.radus_mm: unknown key 'radus_mm'"
            " (and 1 more: layer[0].shape.circle.radius_mm: is missing)",
            "did you mean 'radius_mm'?",
        ),
        (
            HEAD + "marks.one = { kind = 'circle', radius = 1.0 }",
            "x: layer[0].marks.one.radius: unknown key 'radius'"
            " (and 1 more: layer[0].marks.one.radius_mm: is missing)",
            "did you mean 'radius_mm'?",
        ),
        ("schema = 1\n[[layer]]", "x: layer[0].name: is missing", None),
        (HEAD.replace("'a'", "7"), "x: layer[0].name: must be text, not 7", None),
    ],
)
def test_what_is_wrong_first_is_told_with_its_place(text, said, hint):
    assert refused(text) == (said, hint)


def test_the_keys_of_a_union_are_those_of_its_member():
    assert keys_at(Drawing, ("layer", 0, "shape", "square", "x")) == ["kind", "side_mm"]
    assert keys_at(Drawing, ("layer", 0, "shape", "x")) == ["kind", "radius_mm", "side_mm"]
    assert keys_at(Drawing, ("x",)) == ["layer", "schema"]


def test_a_place_can_be_printed():
    assert place_of(("actuator", 3, "x_mm")) == "actuator[3].x_mm"
    assert place_of(("pain", "a\nb", "[key]")) == r"pain.'a\nb'"
    assert len(place_of(("k" * 5000,))) == 40
    assert shown(0xF**9000) == "a huge value"


def test_there_is_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_text(tmp_path / "none", KIND)
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        read_text(tmp_path / "file" / "none", KIND)


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_path_that_can_be_none_is_told(name):
    with pytest.raises(Wrong, match="not a usable path"):
        read_text(Path(name), KIND, "it")


def test_a_text_is_read_to_the_letter_and_through_a_link(tmp_path):
    (tmp_path / "file").write_bytes(b"\xef\xbb\xbfa = 1\r\n")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert read_text(tmp_path / "link", KIND) == "\ufeffa = 1\r\n"


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_key_has_at_most_thirty_two_parts(more):
    text = ".".join("a" * (KEY_PARTS_MAX + more)) + " = 1"
    if more <= 0:
        assert parse_table(text, KIND, "x")
    else:
        with pytest.raises(Wrong, match="nested too deeply"):
            parse_table(text, KIND, "x")


DOTS = ". ".join("a" * 100)
TEXTS = [
    f'"{DOTS}"',
    f"'{DOTS}'",
    f'"""{DOTS}\n{DOTS}"""',
    f"'''{DOTS}\n{DOTS}'''",
    f'"\\"{DOTS}"',
    f'"""\\""" {DOTS}"""',
    '"""a """"',
    f'""""{DOTS}"""""',
    f"''''{DOTS}'''''",
    '""',
    f"1 # {DOTS}",
]


@pytest.mark.parametrize("value", TEXTS)
def test_dots_in_texts_and_comments_part_no_keys(value):
    text = f"a = {value}\nb = 1.5\n# {DOTS}"
    assert parse_table(text, KIND, "x") == tomllib.loads(text)


@given(
    before=st.lists(st.sampled_from([text for text in TEXTS if "#" not in text]), max_size=4),
    odd=st.text(alphabet="\"'\\#.,= \n[]{}a", max_size=12),
)
def test_no_text_before_it_hides_a_key_without_end(before, odd):
    deep = ".".join("a" * (KEY_PARTS_MAX + 1))
    text = f"t = {{ {', '.join(f'k{n} = {value}' for n, value in enumerate([*before, 1]))}, {deep} = 1 }}"
    for candidate in (text, odd + "\n" + text, f"x = [{odd}]\n{deep} = 1", f'x = """{odd}\n{deep} = 1'):
        try:
            found = tomllib.loads(candidate)
        except ValueError:
            found = None
        if found is not None and "a.a" not in repr(found):  # read as a key, not as the inside of a text
            with pytest.raises(Wrong, match="nested too deeply"):
                parse_table(candidate, KIND, "x")


def test_a_command_without_a_model_loads_no_pydantic():
    script = "import sys, kneadwave.config; kneadwave.config.load_config(); print('pydantic' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"
