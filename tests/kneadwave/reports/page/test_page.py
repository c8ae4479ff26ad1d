"""The page holds everything, escapes every name, and lets nothing in."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from recorded_runs import by_both, by_device, rewritten, without

from kneadwave.reports.collect import COLUMNS_MAX, COURSE_BYTES
from kneadwave.reports.page.markup import bar, escaped
from kneadwave.reports.page.page import level_top, page
from kneadwave.reports.read import read_report
from kneadwave.reports.report import RunReport
from kneadwave.text import clock_text

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&@data@"
VOID = {"meta", "link", "input", "br", "img"}


class Reader(HTMLParser):
    """Walks through a page: which tags, how nested, what text in which element."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text[self.open[-1]] = self.text.get(self.open[-1], "") + data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def data_of(text: str) -> dict:
    return json.loads(re.search(r'id="run">(.*?)</script>', text, re.DOTALL)[1])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> RunReport:
    path = tmp_path_factory.mktemp("run") / "run.jsonl"
    by_device(path)
    return read_report(path)


def test_the_page_is_whole_and_names_no_other_place(told: RunReport) -> None:
    text = page(told)
    reader = read(text)
    assert text.startswith("<!doctype html>")
    assert not re.search(r"@[a-z_]+@", text)
    for _, attributes in reader.tags:
        for key in ("src", "href", "action", "data", "poster", "srcset", "style"):
            value = attributes.get(key)
            assert value is None or value.startswith(("#", "data:,"))
    assert not re.search(r"https?:|//[a-z]|@import|url\((?!#)", text.replace("// ", ""))
    assert {h["id"] for h in reader.named("section")} >= {
        "facts",
        "body",
        "waves",
        "zones",
        "actuators",
        "events",
    }


def test_the_policy_lets_only_its_own_script_and_style_through(told: RunReport) -> None:
    text = page(told)
    policy = read(text).named("meta")[1]["content"]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_names_from_a_hostile_file_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    by_device(path)

    def header(found: dict) -> None:
        found["profile"] = found["device"] = EVIL
        for actuator in found["actuators"]:
            actuator["id"], actuator["zone"] = EVIL[:60], EVIL

    def line(found: dict) -> None:
        for key in ("name", "state", "reason", "technique"):
            if key in found:
                found[key] = EVIL

    told = read_report(rewritten(path, header=header, line=line))
    text = page(told)
    reader = read(text)
    assert len(reader.named("script")) == 2
    assert reader.named("img") == []
    assert all(key[:2] != "on" for _, attributes in reader.tags for key in attributes)
    assert EVIL[:40] in reader.text["h1"]
    assert [step["name"] for step in data_of(text)["steps"]] == [EVIL] * 2
    assert reader.text["caption"]


def test_the_course_is_packed_an_actuator_after_another(told: RunReport) -> None:
    data = data_of(page(told))
    columns = data["columns"]
    for key, values in (
        ("put", told.course.put),
        ("asked", told.course.asked),
        ("felt", told.course.felt * 255),
    ):
        raw = np.frombuffer(base64.b64decode(data[key]), dtype=np.uint8).reshape(-1, columns)
        assert values is not None
        np.testing.assert_array_equal(raw.T, np.rint(values).astype(np.uint8))
    assert data["duration"] == pytest.approx(told.duration)
    assert data["column_s"] * columns >= told.duration - 0.02
    assert sorted(i for zone in data["zones"] for i in zone["actuators"]) == [
        a.index for a in told.layout.allowed
    ]


def test_every_drawing_has_a_text_alternative(told: RunReport) -> None:
    reader = read(page(told))
    ids = {attributes["id"] for _, attributes in reader.tags if "id" in attributes}
    for tag in ("svg", "canvas", "img"):
        for attributes in reader.named(tag):
            named = attributes.get("aria-label") or attributes.get("aria-labelledby")
            assert attributes.get("aria-hidden") == "true" or (attributes["role"] == "img" and named)
    for _, attributes in reader.tags:
        for key in ("aria-labelledby", "for"):
            assert set((attributes.get(key) or "").split()) <= ids
    assert all(attributes.get("scope") in ("row", "col") for attributes in reader.named("th"))
    assert len(reader.named("caption")) == len(reader.named("table")) == 3


def test_excluded_actuators_are_crossed_and_never_drawn_as_working(told: RunReport) -> None:
    reader = read(page(told))
    working = [int(g["data-actuator"] or -1) for g in reader.named("g") if "data-actuator" in g]
    assert sorted(working) == [a.index for a in told.layout.allowed]
    assert sum(g.get("class") == "off" for g in reader.named("g")) == len(told.layout.excluded) == 3


def test_a_page_of_a_host_or_of_nothing_is_whole_too(tmp_path: Path) -> None:
    by_both(tmp_path / "device", tmp_path / "host")
    host = page(read_report(tmp_path / "host"))
    assert data_of(host)["put"] is data_of(host)["peak"] is None
    assert "not what was put out" in host
    by_device(tmp_path / "run")
    header = (tmp_path / "run").read_text().splitlines()[0]
    (tmp_path / "run").write_text(header + "\n")
    empty = page(read_report(tmp_path / "run"))
    assert data_of(empty)["columns"] == 0
    read(empty)
    rewritten(tmp_path / "run", header=without("response", "motor"))
    assert "share of full drive" in page(read_report(tmp_path / "run"))


def test_the_largest_course_fits_a_megabyte_beside_the_rest(told: RunReport) -> None:
    rest = len(page(told).encode()) - sum(
        len(data_of(page(told))[key]) for key in ("asked", "put", "peak", "felt")
    )
    actuators = len(told.layout.actuators)
    for_64 = rest / actuators * 64  # more than it comes to: half of a page is style and script
    assert COLUMNS_MAX % 2 == 0
    assert COURSE_BYTES * 4 / 3 + for_64 < 1_000_000


@pytest.mark.parametrize(("peak", "top"), [(0.0, 0.1), (0.05, 0.1), (0.3, 0.3), (0.301, 0.4), (1.0, 1.0)])
def test_colours_end_at_the_peak_rounded_up(
    told: RunReport, monkeypatch: pytest.MonkeyPatch, peak: float, top: float
) -> None:
    monkeypatch.setattr(type(told.summary), "levels", (peak, 0.0))
    assert level_top(told) == pytest.approx(top)


def test_markup_is_escaped_and_bars_stay_within_bounds() -> None:
    assert escaped('<a href="x">\'&') == "&lt;a href=&quot;x&quot;&gt;&#x27;&amp;"
    assert clock_text(61.9) == "1:01"
    assert 'class="over" width="100.0"' in bar(10.1, 10.0)
    assert 'class="full" width="100.0"' in bar(10.0, 10.0)
    assert 'width="0.0"' in bar(3.0, 0.0)
