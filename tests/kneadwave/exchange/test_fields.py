"""A value of a JSON file is what it should be, or the error says where it is not."""

import json
from typing import Any

import pytest

from kneadwave.exchange import fields
from kneadwave.exchange.fields import DAY_S, ExchangeError, Field, parse_json


def refused(call: Any) -> ExchangeError:
    with pytest.raises(ExchangeError) as raised:
        call()
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 300
    return raised.value


def of(data: Any) -> Field:
    return Field(data, "a.json")


BAD_JSON = {
    "half": (b'{"a": [1,', "is not valid JSON: expecting value, line 1, column 10"),
    "NaN": (b'{"a": NaN}', "NaN is no number"),
    "infinite": (b'{"a": -Infinity}', "-Infinity is no number"),
    "deep": (b"[" * 100_000, "nested too deeply"),
    "deep tables": (b'{"a":' * 100_000, "nested too deeply"),
    "digits": (b'{"a": ' + b"9" * 6000 + b"}", "is not valid JSON"),
    "Latin-1": ('{"é": 1}'.encode("latin-1"), "is not UTF-8 text (byte 2)"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "is text in UTF-16"),
    "two": (b"{}{}", "extra data, line 1, column 3"),
}


@pytest.mark.parametrize("kind", BAD_JSON)
def test_what_is_no_json_says_so(kind: str) -> None:
    data, words = BAD_JSON[kind]
    assert words in str(refused(lambda: parse_json(data, "a.json")))


def test_a_byte_order_mark_is_nothing() -> None:
    assert parse_json(b'\xef\xbb\xbf{"a": 1}', "a.json")["a"].number(0, 2) == 1.0


WRONG = {
    "text": ("x", "must be a number, not 'x'"),
    "true": (True, "must be a number, not True"),
    "null": (None, "is missing"),
    "a list": ([1], "must be a number, not [1]"),
    "a table": ({}, "must be a number, not {}"),
    "low": (-1, "must be from 0 to 100, not -1"),
    "high": (100.5, "must be from 0 to 100, not 100.5"),
    "huge": (10**400, "must be from 0 to 100"),
    "infinite": (json.loads("1e999"), "must be from 0 to 100, not inf"),
    "nan as text": ("nan", "must be from 0 to 100, not 'nan'"),
    "a long text": ("y" * 10_000, "must be a number"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_number_is_named_with_its_place(kind: str) -> None:
    value, words = WRONG[kind]
    data = {"actions": [{"at": 0, "pos": 1}, {"at": 1, "pos": value}]}
    said = str(refused(lambda: of(data)["actions"].column("pos", 0, 100)))
    assert said.startswith("a.json: actions[2].pos: ")
    assert words in said


def test_one_wrong_number_among_many_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "LOOKS_MAX", 10)
    said = str(refused(lambda: of([{"x": 1}] * 5000 + [{"x": "z"}]).column("x", 0, 1)))
    assert said.startswith("a.json: [5001].x: must be a number")


def test_numbers_written_as_texts_count() -> None:
    assert of([{"x": "0.250"}, {"x": 1}]).column("x", 0, 1).tolist() == [0.25, 1.0]


@pytest.mark.parametrize("entry", [None, 3, "x", [], [1]])
def test_an_entry_that_is_no_table_is_named(entry: Any) -> None:
    said = str(refused(lambda: of({"a": [{"x": 1}, entry]})["a"].column("x", 0, 1)))
    assert said == "a.json: a[2]: must be a table"


@pytest.mark.parametrize(
    ("times", "rising", "words"),
    [
        ((0, 2, 1), False, "a.json: [3].t: 1 comes after 2"),
        ((0, 1, 1), True, "a.json: [3].t: 1 comes after 1"),
        ((0, -1), False, "a.json: [2].t: must be from 0"),
        ((0, DAY_S + 1), False, "a.json: [2].t: must be from 0 to 86400"),
    ],
)
def test_times_that_do_not_rise_are_named(times: tuple[float, ...], rising: bool, words: str) -> None:
    data = of([{"t": t} for t in times])
    assert str(refused(lambda: data.times("t", rising=rising))).startswith(words)
    if words.endswith("after 1"):
        assert data.times("t").tolist() == [0.0, 1.0, 1.0]


@pytest.mark.parametrize("call", ["entries", "__len__", "tables", "text", "get"])
def test_a_value_of_another_kind_is_named(call: str) -> None:
    arguments = ["x"] if call == "get" else []
    said = str(refused(lambda: getattr(of(1.5), call)(*arguments)))
    assert said.startswith("a.json: must be a ")


def test_a_file_of_endless_entries_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "LOOKS_MAX", 1000)
    root = of([[{}] * 700] * 2)
    said = str(refused(lambda: [entry for part in root.entries() for entry in part.entries()]))
    assert said == "a.json: [2][298]: is one value too many: 1000 besides plain points are the most"


def test_a_key_that_could_steer_a_terminal_is_shown_harmlessly() -> None:
    said = str(refused(lambda: [field.number(0, 1) for _, field in of({"\x1b[2J" * 99: "x"}).tables()]))
    assert "\x1b" not in said
