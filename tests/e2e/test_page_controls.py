"""Every control of a session on the page, on a device of 64 actuators, and what it shows meanwhile."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psutil
import pytest
from page_browser import Visitors
from page_client import Client, Served
from playwright.sync_api import Error, Page

LOOKS = 200

WATCH_LOCKS = """
  window.locks = [];
  const request = WakeLock.prototype.request;
  WakeLock.prototype.request = function (kind) { locks.push(kind); return request.call(this, kind); };
  const release = WakeLockSentinel.prototype.release;
  WakeLockSentinel.prototype.release = function () { locks.push('released'); return release.call(this); };
"""


@pytest.fixture
def operator(page_server: Served) -> Iterator[Client]:
    client = page_server.client()
    yield client
    client.stop()


def begun(client: Client, profile: str = "first-session", **more: Any) -> None:
    client.call("session.start", profile=profile, device=["sim:"], record=False, **more)


def test_each_control_does_what_it_says(visit: Visitors, operator: Client) -> None:
    page = visit("now", 360, 640)
    assert page.get_by_role("heading", name="Nothing plays").is_visible()
    begun(operator, on=["mat-64"])
    page.get_by_text("Playing", exact=True).wait_for()
    page.get_by_role("heading", name="21 actuators stay off").wait_for()
    page.get_by_role("button", name="Softer").click()
    page.get_by_text(re.compile("at 9[0-9] %")).wait_for()
    page.get_by_role("button", name="Stronger").click()
    page.get_by_text("at 100 %").wait_for()
    page.get_by_role("button", name="Pause").click()
    page.get_by_text("Paused", exact=True).wait_for()
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("Playing", exact=True).wait_for()
    page.get_by_role("button", name="It hurts").click()
    page.get_by_text(re.compile("It hurt at .*: it gets less there now")).wait_for()
    page.get_by_role("button", name="Closing strokes").click()
    page.get_by_text(re.compile("Step 6 of 6")).wait_for()
    page.keyboard.press("Escape")
    page.get_by_text("At rest: the device confirmed it").wait_for()
    page.get_by_text("It was stopped before its end.").wait_for()
    assert page.get_by_text("it gets less there now").count() == 0


def test_the_body_is_drawn_as_it_is_felt_and_is_still_at_the_end(visit: Visitors, operator: Client) -> None:
    page = visit("now")
    begun(operator)
    page.get_by_text("Playing", exact=True).wait_for()
    canvas = page.locator("canvas")
    first = canvas.screenshot()
    assert any(canvas.screenshot() != first for _ in range(LOOKS)), "it never moved"
    page.get_by_role("button", name="Stop everything").click()
    page.get_by_text("At rest: the device confirmed it").wait_for()
    page.get_by_text("It was stopped before its end.").wait_for()
    at_rest = canvas.screenshot()
    page.reload()
    page.get_by_text("It was stopped before its end.").wait_for()
    assert canvas.screenshot() == at_rest


def test_of_several_one_is_shown_and_stop_stops_all(visit: Visitors, operator: Client) -> None:
    page = visit("now")
    begun(operator, "first-session")
    page.get_by_role("heading", name="First session").wait_for()
    begun(operator, "shoulder-relief")
    which = page.get_by_label("Which one is shown")
    which.wait_for()
    page.get_by_role("heading", name="Shoulder relief").wait_for()
    which.select_option(label="first-session · sim:")
    page.get_by_role("heading", name="First session").wait_for()
    page.get_by_role("button", name="Pause").click()
    page.get_by_text("Paused", exact=True).wait_for()
    which.select_option(label="shoulder-relief · sim:")
    page.get_by_text("Playing", exact=True).wait_for()
    page.get_by_role("button", name="Stop everything").click()
    page.get_by_text("It was stopped before its end.").wait_for()
    states = [each["state"] for each in operator.call("session.list")]
    assert states.count("playing") == states.count("paused") == 0


def test_what_has_the_focus_keeps_it_while_the_page_hears_of_the_server(visit: Visitors) -> None:
    page = visit("now")
    start = page.locator("main").get_by_role("link", name="Start")
    start.focus()
    page.evaluate(
        """async () => {
          const { server } = await import('/main.js');
          for (let heard = 0; heard < 3; heard += 1) {
            await new Promise((done) => server.addEventListener('change', done, { once: true }));
          }
        }"""
    )
    assert start.evaluate("each => each === document.activeElement")


def test_the_screen_stays_on_while_something_plays(page_browser: Any, page_server: Served) -> None:
    visit = Visitors(page_browser, page_server)
    page = visit("start")
    page.add_init_script(WATCH_LOCKS)
    page.reload()
    visit.go(page, "now")
    assert page.evaluate("locks") == []
    client = page_server.client()
    begun(client)
    page.get_by_text("Playing", exact=True).wait_for()
    assert page.evaluate("locks") == ["screen"]
    client.stop()
    page.get_by_text("It was stopped before its end.").wait_for()
    assert page.evaluate("locks") == ["screen", "released"]
    assert visit.close() == ([], [])


def test_a_felt_test_is_called_so_and_has_no_control_that_would_end_it(
    visit: Visitors, operator: Client
) -> None:
    page = visit("now")
    operator.call("session.feel", profile="relaxing-back", step="8", device="sim:")
    page.get_by_role("heading", name="A felt test").wait_for()
    page.get_by_text(re.compile(r"^0:2\d left$")).wait_for()
    assert page.locator(".controls").is_hidden()
    page.get_by_role("button", name="Stop everything").click()
    page.get_by_text("At rest: the device confirmed it").wait_for()


def stop_its_clock(page: Page) -> None:
    """A moment ahead; further where the way there takes longer."""
    for ahead_s in (0.1, 0.3, 1.0, 3.0, 10.0):
        with suppress(Error):  # it is past that by now
            page.clock.pause_at(page.evaluate("Date.now()") / 1000 + ahead_s)
            return
    pytest.fail("this computer is too busy")


def test_a_page_that_hears_nothing_says_within_a_second_that_it_is_old(
    page_browser: Any, page_server: Served
) -> None:
    page = page_browser.new_context().new_page()
    page.clock.install()
    page.goto(page_server.said["url"])
    page.locator("main[data-shown]").wait_for()
    server = psutil.Process(page_server.process.pid)
    server.suspend()
    try:
        stop_its_clock(page)
        unheard = "import('/main.js').then(({ server }) => performance.now() - server.heardAt)"
        page.clock.run_for(max(0, int(1000 - page.evaluate(unheard))))
        assert page.locator("#stale").inner_text() == "old: the server was not heard"
        assert page.evaluate("document.body.classList.contains('old')")
    finally:
        server.resume()
    page.clock.resume()
    page.locator("#stale:empty").wait_for(state="attached")
    page.context.close()


def test_space_held_stops_and_space_on_a_button_does_not(visit: Visitors, operator: Client) -> None:
    page = visit("now")
    begun(operator)
    page.get_by_text("Playing", exact=True).wait_for()
    page.get_by_role("button", name="Pause").press("Space")
    page.get_by_text("Paused", exact=True).wait_for()
    page.locator("main").focus()
    page.keyboard.down("Space")
    page.get_by_text("At rest: the device confirmed it").wait_for()
    page.keyboard.up("Space")


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_guided_step_is_large_and_leads_the_breath(
    visit: Visitors, page_server: Served, motion: Any
) -> None:
    client = page_server.client()
    name = f"breath-{motion}"
    (page_server.folder / f"{name}.toml").write_text(BREATH.replace("NAME", name), encoding="utf-8")
    client.call("recipient.new", name=name, adult=True)
    told = client.call("screen.questions")
    client.call(
        "screen.answer",
        recipient=name,
        answers={each["id"]: {"yes": False} for each in told if each["event"] == "question"},
        ready=[each["id"] for each in told if each["event"] == "ready"],
    )
    page = visit("now", 360, 640, reduced_motion=motion)
    client.call("session.start", profile=f"{name}.toml", recipient=name, record=False)
    page.get_by_text("Breathe slowly.").wait_for()
    assert float(page.locator(".next").evaluate("each => parseFloat(getComputedStyle(each).fontSize)")) > 20
    word = page.locator(".breath b")
    word.get_by_text("In", exact=True).wait_for()
    word.get_by_text("Out", exact=True).wait_for()
    sizes = {page.locator(".breath i").evaluate("each => each.style.transform") for _ in range(30)}
    assert (sizes == {"scale(1)"}) is (motion == "reduce")
    sound = page.get_by_label("A soft tone at each turn of the breath")
    assert not sound.is_checked()
    sound.check()
    assert page.get_by_role("button", name="Softer").count() == 0, "no device does anything"
    page.get_by_role("button", name="Stop everything").click()
    page.get_by_text("It was stopped before its end.").wait_for()
    page.get_by_text("Stopped; no device was moving").wait_for()
    assert page.get_by_text("Breathe slowly.").count() == 0
    assert page.locator(".notes").is_hidden(), "nothing is to be known"


BREATH = """
schema = 1
name = "NAME"
title = "Breath"
audience = "test"

[[step]]
name = "quiet breath"
technique = { kind = "guide", instruction = "Breathe slowly.", part = "chest", \
breath = { inhale_s = 2, exhale_s = 2 } }
duration_s = 40
"""


def test_a_stop_that_was_confirmed_says_nothing_of_the_next_session(
    visit: Visitors, page_server: Served
) -> None:
    client = page_server.client()
    page = visit("now")
    asked = {"profile": "felt-check", "device": ["sim:"], "record": False}
    client.call("session.start", **asked)
    page.get_by_role("button", name="Softer").wait_for()
    page.keyboard.press("Escape")
    page.locator('#stopbar[data-state="confirmed"]').wait_for()
    client.call("session.start", **asked)
    page.locator('#stopbar[data-state=""]').wait_for()
    page.get_by_text("Playing").first.wait_for()
    assert page.locator("#stop-state").inner_text() == "Esc, or space held, stops as well"
    page.keyboard.press("Escape")
    page.locator('#stopbar[data-state="confirmed"]').wait_for()
