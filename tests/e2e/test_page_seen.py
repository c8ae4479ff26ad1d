"""Every page as it is seen, at each width, light and dark: no rule of axe-core is broken, nothing is cut off
or wider than the window, STOP is in it and covers nothing. Pictures stay in out/page, to be looked at.

A page is loaded once and its window made wider, as what it asks of the command line takes most of the time.
Those that take longest come first, so that nobody waits for one of them at the end.
"""

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from page_browser import PLACES, Visitors
from page_client import Served
from people import cleared, data_home, make_recipient
from served_twins import ServedTwin

from firmware_bridge.clock import local_now
from kneadwave.people import ledger
from kneadwave.people.diary import SittingDiary
from simulator.twins.tcode import VirtualTCode

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright",
    reason="needs the development dependencies: pip install -e '.[dev]'",
)
PICTURES = Path(__file__).parents[2] / "out" / "page"
HEIGHTS = {360: 640, 768: 900, 1440: 900}
"""Of a window of each width."""
AXE_WIDTH = 360
"""Its rules are about what is there, which is the same at every width."""
CUT = """() => [...document.querySelectorAll('main *')].filter((each) => {
  const { overflowX, clipPath } = getComputedStyle(each);
  const shown = overflowX !== 'visible' && clipPath === 'none' && each.clientWidth;
  return shown && each.scrollWidth > shown + 1;
}).map((each) => each.outerHTML.slice(0, 100))"""
"""What is wider than what shows it."""
SITTINGS = ((12, 600), (9, 900), (6, 540), (3, 780), (1, 600))
"""Days ago, and seconds."""


@pytest.fixture(scope="module")
def lived_in(page_server: Served) -> Served:
    """The server of somebody who was massaged before, and has a recording."""
    make_recipient("anna", env=page_server.env)
    now = local_now()
    with data_home(page_server.env):
        for days, seconds in SITTINGS:
            then = now - timedelta(days=days)
            with ledger.opened("anna", then) as book:
                diary = SittingDiary(book)
                diary.begin("relaxing-back", "/dev/ttyACM0", 900.0, then)
                dose = {"peak": 0.6, "mean": 0.35, "active_s": seconds / 4, "dwell_s": 4.0}
                done = then + timedelta(seconds=seconds)
                diary.end("completed", seconds, {"lumbar-left": dose, "lumbar-right": dose}, done)
    cleared("anna", env=page_server.env)
    folder = Path(page_server.env["XDG_DATA_HOME"]) / "kneadwave" / "recordings"
    folder.mkdir(parents=True, exist_ok=True)
    evening = str(folder / "evening.jsonl")
    page_server.knead("simulate", "shoulder-relief", "--on", "mat-64", "--record", evening)
    return page_server


def looked_at(page: Any, name: str, *widths: int) -> dict[str, list[str]]:
    """A picture at each width in both schemes, and what is wrong with what is shown."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    found = {}
    for width in widths or HEIGHTS:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        wrong = (
            []
            if page.evaluate("document.documentElement.scrollWidth") <= width
            else ["wider than the window"]
        )
        wrong += [f"cut off: {each}" for each in page.evaluate(CUT)]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=True)
            broken = axe.Axe().run(page).response["violations"] if width == AXE_WIDTH else []
            wrong += [f"{scheme}: {each['id']}: {node['html']}" for each in broken for node in each["nodes"]]
        found[f"{name} at {width}"] = wrong + stop_hidden(page, width)
    return {where: wrong for where, wrong in found.items() if wrong}


def stop_hidden(page: Any, width: int) -> list[str]:
    """What is wrong with where STOP is, at the end of the page."""
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    box = page.locator("#stop").bounding_box()
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    if not 0 <= box["y"] <= HEIGHTS[width] - box["height"]:
        return ["STOP is out of view"]
    if page.evaluate("([x, y]) => document.elementFromPoint(x, y).id", middle) != "stop":
        return ["something covers STOP"]
    ends = page.evaluate("document.getElementById('main').getBoundingClientRect().bottom")
    bar = page.evaluate("document.getElementById('stopbar').getBoundingClientRect().top")
    return ["STOP covers the end"] if width < 800 and ends > bar else []


def test_the_way_to_a_session_is_sound_as_it_is_seen(visit: Visitors, lived_in: Served) -> None:
    client = lived_in.client()
    client.call("recipient.new", name="guest", adult=True)
    page = visit("start/first-session", 360, 640)
    page.get_by_role("button", name="guest", exact=True).click()
    page.get_by_text("Question 1 of 22").wait_for()
    wrong = looked_at(page, "start-question")
    visit.go(page, "start")
    visit.go(page, "start/first-session")
    page.get_by_role("button", name="anna", exact=True).click()
    page.get_by_role("button", name="Next").wait_for()
    page.get_by_label("What lies under the back").select_option("mat-64")
    page.get_by_text("mat-64: the device plays all of it").wait_for()
    wrong |= looked_at(page, "start-what")
    page.get_by_role("textbox", name="Address").fill("/dev/ttyACM0")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Start the massage").wait_for()
    assert wrong | looked_at(page, "start-list") == {}


def test_a_session_is_sound_as_it_is_seen(visit: Visitors, page_server: Served) -> None:
    page, client = visit("now", 360, 640), page_server.client()
    client.call("session.start", profile="relaxing-back", device=["sim:"], on=["mat-64"], record=False)
    page.get_by_text("Playing", exact=True).wait_for()
    page.get_by_text(re.compile(r"14:5\d left")).wait_for()
    wrong = looked_at(page, "now-playing")
    page.get_by_role("button", name="Stop everything").click()
    page.get_by_text("It was stopped before its end.").wait_for()
    assert wrong | looked_at(page, "now-over") == {}


@pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")
def test_placing_a_motor_is_sound_as_it_is_seen(visit: Visitors) -> None:
    page = visit("devices/seat-pad-8", 360, 640)
    with ServedTwin(VirtualTCode(2)) as board:
        form = page.locator("form", has=page.get_by_label("What it is to be called"))
        form.get_by_label("What it is to be called").fill("board")
        form.get_by_label("Address").fill(f"tcode:{board.port}")
        form.get_by_role("button", name="Begin").click()
        page.get_by_role("button", name="on the person").click()
        page.get_by_role("button", name="All of this is so").wait_for()
        wrong = looked_at(page, "devices-promises")
        page.get_by_role("button", name="All of this is so").click()
        page.get_by_text("Motor 1 of 2: where was it?").wait_for()
        wrong |= looked_at(page, "devices-placing")
        page.get_by_role("button", name="Leave").click()
        page.get_by_text("Kept: 0 were said").or_(page.get_by_text("It is over")).first.wait_for()
    assert wrong == {}


def test_measuring_a_motor_is_sound_as_it_is_seen(visit: Visitors) -> None:
    page = visit("devices/seat-pad-8", 360, 640)
    page.get_by_role("button", name="Measure").click()
    page.get_by_role("button", name="I feel it").wait_for()
    wrong = looked_at(page, "devices-measuring")
    page.get_by_role("button", name="Stop everything").click()
    page.get_by_text(re.compile("It is over: 0 kept")).wait_for()
    assert wrong == {}


@pytest.mark.usefixtures("lived_in")
def test_what_is_recorded_of_people_is_sound_as_it_is_seen(visit: Visitors) -> None:
    page = visit("people/anna", 360, 640)
    for summary in ("Change what is recorded", "Somebody new", "More about this person"):
        page.get_by_text(summary).click()
    page.get_by_role("button", name="Add a zone").last.click()
    assert looked_at(page, "people-forms") == {}


def test_what_is_looked_for_is_sound_as_it_is_seen(visit: Visitors) -> None:
    page = visit("devices/cushion-4", 360, 640)
    for look in page.get_by_role("button", name="Look", exact=True).all():
        look.click()
    page.get_by_role("region", name="Is everything in place?").wait_for()
    page.get_by_role("region", name="Settings").wait_for()
    assert looked_at(page, "devices-looked") == {}


@pytest.mark.usefixtures("lived_in")
def test_the_list_before_a_step_is_felt_is_sound_as_it_is_seen(visit: Visitors) -> None:
    page = visit("tune/relaxing-back/8", 360, 640)
    page.get_by_label("Device", exact=True).fill("/dev/nowhere")
    page.get_by_role("button", name="Feel this step").click()
    page.get_by_role("heading", name="Is all of this so?").wait_for()
    assert looked_at(page, "tune-list") == {}


def test_what_a_simulation_came_to_is_sound_as_it_is_seen(visit: Visitors) -> None:
    page = visit("simulate", 360, 640)
    page.get_by_label("The cable is pulled out").check()
    page.get_by_role("button", name="Simulate").click()
    page.get_by_role("heading", name="Moment by moment").wait_for()
    assert looked_at(page, "simulate-done") == {}


@pytest.mark.parametrize("where", [*PLACES, "recordings/evening.jsonl"])
@pytest.mark.usefixtures("lived_in")
def test_every_page_is_sound_as_it_is_seen(visit: Visitors, where: str) -> None:
    name = where.replace("/", "-").removesuffix(".jsonl")
    wrong = looked_at(visit(where, 360, 640), name)
    assert wrong | looked_at(visit(where, 360, 640, locale="de"), f"{name}-de", 360) == {}
