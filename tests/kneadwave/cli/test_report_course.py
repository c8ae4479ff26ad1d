"""`knead report --json --course`: what was felt, moment by moment, for a front end that draws it."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from recorded_runs import by_device

Knead = Callable[..., Any]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "run.jsonl"
    by_device(path)
    return path


def test_the_course_has_a_byte_for_each_actuator_and_column(knead: Knead, recording: Path) -> None:
    told = knead("report", str(recording), "--json", "--course")
    events = [json.loads(line) for line in told.out.splitlines()]
    report, course = (next(each for each in events if each["event"] == name) for name in ("report", "course"))
    felt = base64.b64decode(course["felt"])
    columns = course["columns"]
    assert len(felt) == columns * len(course["places"])
    assert columns * course["column_s"] == pytest.approx(report["duration_s"], abs=course["column_s"])
    assert [each["id"] for each in course["places"]] == [each["id"] for each in report["actuators"]]
    for i, actuator in enumerate(report["actuators"]):
        strongest = max(felt[i * columns : (i + 1) * columns])
        assert strongest / 255 <= actuator["peak"] + 0.01, "a column is a mean"
        assert bool(strongest) is bool(actuator["felt_s"])


def test_without_json_it_is_for_nobody(knead: Knead, recording: Path) -> None:
    told = knead("report", str(recording), "--course")
    assert told.code == 2
    assert "give --json with it" in told.err
