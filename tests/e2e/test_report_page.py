"""The page of a report in a real browser: it asks nothing of anybody, works by keyboard, and reads well.

Needs Debian's chromium (apt-get install chromium) and the Python package playwright, which only steers it:
nothing is ever downloaded here.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from page_browser import CHROMIUM, chromium
from recorded_runs import by_device, rewritten

playwright = pytest.importorskip(
    "playwright.sync_api", reason="needs the development dependencies: pip install -e '.[dev]'"
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium: apt-get install chromium")

EVIL = "</script><script>document.title='evil'</script><b onclick=x>\"'&"
CONTRAST = """(selector) => [...document.querySelectorAll(selector)].map((element) => {
  const light = (colour) => {
    const part = colour.match(/[\\d.]+/g).slice(0, 3).map((n) => n / 255)
      .map((n) => (n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4));
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
  };
  let under = element;
  const seen = (node) => getComputedStyle(node).backgroundColor;
  while (under.parentElement && /(, 0\\)|transparent)$/.test(seen(under))) under = under.parentElement;
  const [a, b] = [light(getComputedStyle(element).color), light(seen(under))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
})"""
UNNAMED = """() => [...document.querySelectorAll("svg, canvas, img")].filter((drawing) => {
  if (drawing.closest("[aria-hidden=true]")) return false;
  const ids = (drawing.getAttribute("aria-labelledby") || "").split(" ");
  const named = drawing.getAttribute("aria-label") || ids
    .map((id) => document.getElementById(id)).filter(Boolean).map((node) => node.textContent).join(" ");
  return drawing.getAttribute("role") !== "img" || !named.trim();
}).map((drawing) => drawing.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a short run."""
    return page_of(tmp_path_factory.mktemp("page"))


def page_of(folder: Path, header: Any = None, line: Any = None) -> Path:
    from kneadwave.cli.app import call

    recording, html = folder / "run.jsonl", folder / "run.html"
    by_device(recording)
    if header is not None:
        rewritten(recording, header=header, line=line)
    assert call(["report", str(recording), "--html", str(html)]) == 0
    return html


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a page; afterwards it must have asked for nothing but itself, and complained of nothing."""
    contexts, asked, said = [], [], []

    def open_page(path: Path, width: int = 1280, *, virtual: bool = False, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        context.on("request", lambda request: asked.append(request.url))
        context.on("console", lambda message: said.append(message.text))
        context.on("weberror", lambda error: said.append(str(error.error)))
        page = context.new_page()
        if virtual:
            page.clock.install(time=0)
            page.clock.pause_at(datetime(1970, 1, 2, tzinfo=UTC))  # it would run on with the machine's time
        page.goto(path.as_uri())
        asked.remove(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert asked == []
    assert said == []


def levels(page: Any) -> list[str]:
    return page.eval_on_selector_all(
        "#body-map .disc", "discs => discs.map((d) => `${d.getAttribute('class')} ${d.getAttribute('r')}`)"
    )


def test_the_slider_moves_the_moment_by_keyboard(opened: Callable[..., Any], written: Path) -> None:
    page = opened(written)
    assert page.title() == "short on reference-cushion"
    assert page.locator("#clock").inner_text() == "0:00 / 0:14"
    assert any("l0" not in disc for disc in levels(page)), "it opens where something is felt"
    page.locator("#time").focus()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    at_rest = levels(page)
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    assert page.locator("#clock").inner_text() == "0:02 / 0:14"
    assert page.locator("#step-now").inner_text() == "step 1: up the back"
    assert page.locator("#time").get_attribute("aria-valuetext") == "0 min 2 s, step 1: up the back"
    moving = levels(page)
    assert moving != at_rest
    assert any("l0" not in disc for disc in moving)
    playwright.expect(page.locator("#moment")).to_contain_text("0 min 2 s. step 1: up the back.")
    page.keyboard.press("End")
    assert page.locator("#step-now").inner_text() == "step 2: buzz"
    page.keyboard.press("Home")
    assert levels(page) == at_rest


def test_the_bars_of_the_zones_say_what_the_recording_says(opened: Callable[..., Any], written: Path) -> None:
    page = opened(written)
    page.locator("#time").fill("10")
    run = json.loads(page.locator("#run").text_content())
    column = int(10 / run["column_s"])
    import base64

    felt = base64.b64decode(run["felt"])
    for i, zone in enumerate(run["zones"]):
        level = max(felt[a * run["columns"] + column] for a in zone["actuators"]) / 255
        shown = page.locator("#now li").nth(i)
        assert shown.locator("span").inner_text() == zone["name"]
        assert shown.locator("b").inner_text() == f"{level * 100:.0f} %"


def test_an_event_jumps_to_its_time(opened: Callable[..., Any], written: Path) -> None:
    page = opened(written)
    page.get_by_role("button", name=re.compile("go to: step 2: buzz")).press("Enter")
    assert page.locator("#step-now").inner_text() == "step 2: buzz"
    page.get_by_role("button", name="go to step 1: up the back").click()
    assert page.locator("#step-now").inner_text() == "step 1: up the back"


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_play_moves_time_and_pause_holds_it(opened: Callable[..., Any], written: Path, motion: str) -> None:
    page = opened(written, virtual=True, reduced_motion=motion)
    play, shown = page.locator("#play"), page.locator("#clock")
    page.locator("#speed").select_option("1")
    play.press("Enter")
    assert play.inner_text().endswith("Pause")
    page.clock.run_for(3100)
    assert shown.inner_text() == "0:03 / 0:14"
    play.press("Space")
    assert play.inner_text().endswith("Play")
    page.clock.run_for(5000)
    assert shown.inner_text() == "0:03 / 0:14"
    page.locator("#speed").select_option("60")
    play.click()
    page.clock.run_for(2000)
    assert shown.inner_text() == "0:14 / 0:14"
    assert play.inner_text().endswith("Play")
    play.click()
    assert shown.inner_text() == "0:00 / 0:14"


def test_waveforms_are_drawn_and_the_cursor_follows(opened: Callable[..., Any], written: Path) -> None:
    page = opened(written)
    data = "canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data"
    drawn = page.locator(".wave canvas").evaluate_all(f"all => all.map((canvas) => {data}.some(Boolean))")
    assert len(drawn) >= 9  # kneading heads lie still in the first minute
    assert all(drawn)
    cursor = page.locator(".details .cursor")
    before = cursor.bounding_box()["x"]
    page.locator("#time").fill("12")
    assert cursor.bounding_box()["x"] > before + 300
    canvas = page.locator(".wave canvas").first
    whole = canvas.screenshot()
    page.get_by_label("Waveforms show").select_option("30")
    assert canvas.screenshot() == whole  # a run shorter than that is shown whole
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] / 2, "y": 20})
    assert page.locator("#clock").inner_text() == "0:07 / 0:14"


def test_light_and_dark_differ_and_both_have_contrast(opened: Callable[..., Any], written: Path) -> None:
    grounds = {}
    text = "h1, h2, p, dt, dd, small, th, td, caption, a:not(.skip), button, figcaption, output, label, li"
    for scheme in ("light", "dark"):
        page = opened(written, color_scheme=scheme)
        page.locator("#time").fill("10")
        grounds[scheme] = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert min(page.evaluate(CONTRAST, text)) >= 4.5
    assert grounds["light"] != grounds["dark"]
    page = opened(written, color_scheme="light")
    for theme, ground in (("light", "light"), ("dark", "dark"), ("automatic", "light")):
        page.locator("#theme").click()
        assert page.locator("#theme").inner_text() == f"Theme: {theme}"
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == grounds[ground]


def test_every_drawing_and_every_control_has_a_name(opened: Callable[..., Any], written: Path) -> None:
    page = opened(written)
    assert page.evaluate(UNNAMED) == []
    tree = page.locator("body").aria_snapshot()
    for role in ("banner", "navigation", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1
    assert 'slider "Time in the run"' in tree
    assert 'img "Where the actuators lie' in tree
    assert 'region "Zones against their limits"' in tree
    assert 'rowheader "shoulder-left"' in tree
    assert 'columnheader "Dwell"' in tree
    assert not re.search(r"- (button|slider|combobox|link|img)(:|$| \[)", tree, re.MULTILINE)
    assert page.locator("h1").count() == 1


def test_the_keyboard_reaches_everything_and_focus_is_seen(opened: Callable[..., Any], written: Path) -> None:
    page = opened(written)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the report")
    assert skip.evaluate("link => link === document.activeElement && link.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(() => { const e = document.activeElement;"
                " return [e.id || e.textContent, getComputedStyle(e).outlineStyle] })()"
            )
        )
    names = [name for name, _ in reached]
    assert {"play", "time", "speed", "zoom", "up the back"} <= set(names)
    assert all(outline != "none" for name, outline in reached if name and not name.startswith("\n"))


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_wider_than_the_window(opened: Callable[..., Any], written: Path, width: int) -> None:
    page = opened(written, width)
    page.locator("#time").fill("10")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#transport").bounding_box()["width"] <= width


def test_without_a_script_the_tables_say_it_all(opened: Callable[..., Any], written: Path) -> None:
    page = opened(written, java_script_enabled=False)
    assert page.get_by_role("table").count() == 3
    assert page.get_by_role("rowheader", name="lumbar-left").is_visible()
    assert page.get_by_text("step 2: buzz").first.is_visible()
    assert page.locator("#body-map").is_visible()
    assert page.get_by_text("drawn by a script").is_visible()
    for control in ("#transport", "#theme", ".zoom", ".cursor", ".wave canvas"):
        assert not page.locator(control).first.is_visible()


def test_hostile_names_stay_text(opened: Callable[..., Any], tmp_path: Path) -> None:
    def header(found: dict[str, Any]) -> None:
        found["profile"] = found["device"] = EVIL
        for actuator in found["actuators"]:
            actuator["id"], actuator["zone"] = EVIL[:60], EVIL

    def line(found: dict[str, Any]) -> None:
        for key in ("name", "state", "reason"):
            if key in found:
                found[key] = EVIL

    page = opened(page_of(tmp_path, header, line))
    page.locator("#time").fill("5")
    assert page.title().startswith("</script><script>")
    assert EVIL[:40] in page.locator("h1").inner_text()
    assert EVIL in page.locator("#step-now").inner_text()
    assert page.locator("script").count() == 2
    assert page.locator("b[onclick]").count() == 0
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
