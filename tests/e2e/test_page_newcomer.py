"""The whole way of a newcomer on the page: from nobody on record to a massage, its stop and the history."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from page_browser import Visitors
from page_client import Served
from people import cleared, data_home, make_recipient

from firmware_bridge.clock import local_now
from kneadwave.people.diary import SittingDiary
from kneadwave.people.ledger import opened
from kneadwave.text import clock_text

QUESTIONS = 22


@pytest.fixture(scope="module")
def cushion(page_server: Served) -> Iterator[Path]:
    """Where a virtual cushion is plugged in."""
    path = page_server.folder / "cushion"
    with page_server.cushion(path) as process:
        yield path
        process.terminate()


def recorded(page: Any, name: str) -> None:
    folded = page.locator("summary", has_text="Somebody new")
    if folded.count():  # somebody else is on record already
        folded.click()
    page.get_by_label("A name").fill(name)
    page.get_by_label("Is an adult").check()
    page.get_by_role("button", name="Record", exact=True).click()


def answered(page: Any, *, yes: int | None = None) -> None:
    """Every question by a no, but for the one with the number `yes`."""
    for number in range(1, QUESTIONS + 1):
        page.get_by_text(f"Question {number} of {QUESTIONS}").wait_for()
        page.get_by_role("button", name="Yes" if number == yes else "No", exact=True).click()


def listed(page: Any) -> None:
    page.get_by_role("button", name="Start the massage").wait_for()
    for box in page.get_by_role("checkbox").all():
        box.check()


def had_a_session(name: str, server: Served) -> None:
    """One of a quarter of an hour, that ended five minutes ago."""
    began = local_now() - timedelta(minutes=20)
    with data_home(server.env), opened(name, began) as book:
        diary = SittingDiary(book)
        diary.begin("relaxing-back", "reference-cushion", 900.0, began)
        diary.end("completed", 900.0, {}, began + timedelta(minutes=15))


def test_from_nobody_on_record_to_the_history(visit: Visitors, cushion: Path) -> None:
    page = visit("start/felt-check", 360, 640)
    assert page.get_by_role("heading", name="Who is massaged?").is_visible()
    recorded(page, "me")
    answered(page)
    assert page.get_by_label("Routine").input_value() == "felt-check"
    chosen = page.get_by_label("Routine").locator("option:checked").inner_text()
    assert "takes 0:30 min" in chosen
    assert page.get_by_label("Where the device is").input_value() == str(cushion), "it runs, and is alone"
    page.get_by_role("button", name="Next").click()
    listed(page)
    page.get_by_role("button", name="Start the massage").click()
    page.locator('main[data-shown="now"]').wait_for()
    page.get_by_role("heading", name="Felt check").wait_for()
    page.get_by_text("Then: seat and legs").wait_for()
    page.get_by_text(re.compile("0:2[0-9] left")).wait_for()
    other = visit("people/me")
    other.get_by_text("A session is running right now").wait_for()
    assert other.get_by_text("more today").count() == 0
    page.get_by_role("button", name="Stop everything").click()
    page.get_by_text("At rest: the device confirmed it").wait_for()
    page.get_by_text("It was stopped before its end.").wait_for()
    visit.go(page, "people")
    row = page.get_by_role("region", name="Sittings").get_by_role("row").nth(1)
    assert "felt-check" in row.inner_text()
    assert "stopped on the page or by another program (short, no session)" in row.inner_text()
    page.get_by_role("button", name="Is the record whole?").click()
    page.get_by_text(re.compile(r"The record is whole: \d+ lines")).wait_for()
    visit.go(page, "recordings")
    page.get_by_role("link", name=re.compile("felt-check")).click()
    page.get_by_label("Time in the run").press("End")
    assert page.get_by_role("region", name="Zones against their limits").get_by_role("row").count() == 14
    happened = page.get_by_role("region", name="What happened").inner_text()
    assert "step 1: back and shoulders" in happened
    assert "by its controls" not in happened


def test_somebody_new_is_offered_a_first_session_and_each_step_says_for_whom(visit: Visitors) -> None:
    page = visit("start")
    recorded(page, "newly")
    page.get_by_text("Step 2 of 4 · for newly").wait_for()
    answered(page)
    page.get_by_text("Step 3 of 4 · for newly").wait_for()
    assert page.get_by_label("Routine").input_value() == "first-session"
    page.get_by_label("Where the device is").select_option("")
    page.get_by_role("textbox", name="Address").fill("/dev/ttyNOWHERE")
    page.get_by_role("button", name="Next").click()
    page.get_by_text("Step 4 of 4 · for newly").wait_for()
    visit.go(page, "tune")
    assert page.get_by_role("navigation").get_by_role("link", name="Tune").is_visible()


def test_only_the_steps_that_are_taken_are_counted(visit: Visitors, page_server: Served) -> None:
    cleared("asked-already", env=page_server.env)
    page = visit("start")
    assert page.get_by_text("Step 1").is_hidden()
    page.get_by_role("button", name="asked-already", exact=True).click()
    page.get_by_text("Step 2 of 3 · for asked-already").wait_for()
    page.get_by_label("Where the device is").select_option(label="Nowhere: on the screen alone")
    page.get_by_text("Step 2 of 2 · for asked-already").wait_for()
    page.get_by_label("Routine").select_option("arms")
    page.get_by_text("Step 2 of 3 · for asked-already").wait_for()
    page.get_by_role("button", name="Next").click()
    page.get_by_text("Step 3 of 3 · for asked-already").wait_for()


def test_nobody_gets_nothing_by_hand_nor_on_a_device(visit: Visitors, page_server: Served) -> None:
    """It would be written down for whoever is in use."""
    cleared("in-use", env=page_server.env)
    page = visit("start/arms")
    page.get_by_role("button", name="Nobody: only look").click()
    page.get_by_text("Step 2 of 2 · for nobody").wait_for()
    where = page.get_by_label("Where the device is").locator("option")
    assert where.all_inner_texts() == ["Nowhere: on the screen alone"]
    page.get_by_role("button", name="Show it on the screen").click()
    page.get_by_role("alert").get_by_text("go back and say for whom").wait_for()
    told = page_server.client().call("history.show", recipient="in-use")
    assert [each["event"] for each in told if each["event"] == "session"] == []


def test_nothing_acts_while_the_page_waits_for_an_answer(visit: Visitors, page_server: Served) -> None:
    page_server.client().call("recipient.new", name="hasty", adult=True)
    page = visit("start")
    page.get_by_role("button", name="hasty", exact=True).wait_for()
    asked = page.evaluate(
        """async () => {
          const { server } = await import('/main.js');
          const real = server.call.bind(server);
          const asked = [];
          server.call = (method, given) => (asked.push(method), real(method, given));
          const buttons = [...document.querySelectorAll('main button')];
          const button = buttons.find((each) => each.textContent === 'hasty');
          for (let n = 0; n < 3; n += 1) button.click();
          return asked;
        }"""
    )
    assert asked == ["recipient.show"]


def test_a_session_that_lost_its_device_goes_on_past_the_list(
    visit: Visitors, page_server: Served, tmp_path: Path
) -> None:
    client = page_server.client()
    cleared("loses", env=page_server.env)
    path = tmp_path / "cushion"
    device = page_server.cushion(path)
    client.call("session.start", profile="first-session", device=[str(path)], recipient="loses", record=False)
    page = visit("now")
    page.get_by_text(re.compile(r"9:5\d left")).wait_for()
    device.kill()
    device.communicate()
    page.get_by_role("link", name="Continue from where it stopped").wait_for()
    path.unlink(missing_ok=True)
    device = page_server.cushion(path)
    page.get_by_role("link", name="Continue from where it stopped").click()
    listed(page)
    page.get_by_role("button", name="Start the massage").click()
    page.locator('main[data-shown="now"]').wait_for()
    page.get_by_text("Playing", exact=True).wait_for()
    page.get_by_role("button", name="Stop everything").click()
    page.get_by_text("At rest: the device confirmed it").wait_for()
    device.terminate()
    device.communicate()


def test_what_blocks_today_is_told_in_the_words_of_the_command_line(visit: Visitors) -> None:
    page = visit("start/felt-check")
    recorded(page, "guest")
    answered(page, yes=2)
    page.get_by_role("heading", name="No massage today").wait_for()
    assert "fever" in page.get_by_role("alert").inner_text()
    visit.go(page, "people")
    visit.go(page, "start/felt-check")
    page.get_by_role("button", name="guest", exact=True).click()
    page.get_by_text("This speaks against a massage today:").get_by_text("fever").wait_for()
    assert page.get_by_role("button", name="A doctor has agreed meanwhile").count() == 0, "none lifts a fever"


def test_a_doctor_may_agree_later_where_that_lifts_it(visit: Visitors) -> None:
    page = visit("start/felt-check")
    recorded(page, "waits")
    for number in range(1, QUESTIONS + 1):
        page.get_by_text(f"Question {number} of {QUESTIONS}").wait_for()
        page.get_by_role("button", name="Yes" if number == 9 else "No", exact=True).click()
        if number == 9:
            page.get_by_role("button", name="No doctor agreed").click()
    page.get_by_role("heading", name="No massage today").wait_for()
    page.get_by_role("button", name="A doctor has agreed meanwhile").click()
    page.get_by_text(f"Question 1 of {QUESTIONS}").wait_for()


def test_a_consent_is_asked_for_only_where_it_lifts_a_yes(visit: Visitors) -> None:
    page = visit("start")
    recorded(page, "patient")
    for number in range(1, 9):
        page.get_by_text(f"Question {number} of {QUESTIONS}").wait_for()
        page.get_by_role("button", name="No", exact=True).click()
    page.get_by_text(f"Question 9 of {QUESTIONS}").wait_for()
    page.get_by_role("button", name="Back").click()
    page.get_by_text(f"Question 8 of {QUESTIONS}").wait_for()
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_text(f"Question 9 of {QUESTIONS}").wait_for()
    page.get_by_role("button", name="Yes").click()
    page.get_by_label("Date").fill(page.evaluate("new Date().toLocaleDateString('sv')"))
    page.get_by_label("What the doctor said").fill("a light massage does no harm")
    page.get_by_role("button", name="A doctor agreed").click()
    page.get_by_text(f"Question 10 of {QUESTIONS}").wait_for()
    assert page.get_by_text("This speaks against a massage today:").count() == 0


def test_a_device_that_is_not_there_is_told_where_it_was_asked_for(
    visit: Visitors, page_server: Served
) -> None:
    client = page_server.client()
    client.call("recipient.new", name="known", adult=True)
    asked = [each["id"] for each in client.call("screen.questions") if each["event"] == "question"]
    client.call("screen.answer", recipient="known", answers={each: {"yes": False} for each in asked})
    page = visit("start/felt-check")
    page.get_by_role("button", name="known", exact=True).click()
    page.get_by_label("Where the device is").select_option("")
    page.get_by_role("textbox", name="Address").fill("/dev/ttyNOWHERE")
    page.get_by_role("button", name="Next").click()
    listed(page)
    page.get_by_role("button", name="Start the massage").click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "/dev/ttyNOWHERE" in alert.inner_text()
    assert page.evaluate("location.hash") == "#start/felt-check"


def test_why_no_session_may_begin_now_is_said_before_anything_is_asked(
    visit: Visitors, page_server: Served
) -> None:
    make_recipient("had-one", env=page_server.env)
    had_a_session("had-one", page_server)
    page = visit("start")
    page.get_by_role("button", name="had-one", exact=True).click()
    page.get_by_text(f"Question 1 of {QUESTIONS}").wait_for()
    assert page.get_by_text("an hour lies between two").is_visible()
    page = visit("start/felt-check")
    page.get_by_role("button", name="had-one", exact=True).click()
    page.get_by_text(f"Question 1 of {QUESTIONS}").wait_for()
    assert page.get_by_text("an hour lies between two").is_hidden(), "a felt check is no session"


def test_what_may_not_begin_now_cannot_be_gone_on_with(visit: Visitors, page_server: Served) -> None:
    cleared("has-had", env=page_server.env)
    had_a_session("has-had", page_server)
    page = visit("start/relaxing-back")
    page.get_by_role("button", name="has-had", exact=True).click()
    page.get_by_text("an hour lies between two").wait_for()
    page.get_by_label("Where the device is").select_option("")
    assert page.get_by_role("button", name="Next").is_disabled()
    page.get_by_label("Routine").select_option("felt-check")
    assert page.get_by_role("button", name="Next").is_enabled()


def test_a_time_is_told_as_the_command_line_tells_it(visit: Visitors) -> None:
    times = [0.0, 59.6, 59.9999, 599.4, 600.0]
    page = visit("start")
    told = page.evaluate("async (times) => times.map((await import('/dom.js')).clock)", times)
    assert told == [clock_text(each) for each in times]


def test_the_device_that_is_set_is_listed_once_by_whichever_name(
    visit: Visitors, page_server: Served, cushion: Path
) -> None:
    cleared("has-one", env=page_server.env)
    settings = Path(page_server.env["XDG_CONFIG_HOME"]) / "kneadwave" / "config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f'device = "{cushion.name}"\n', encoding="utf-8")
    try:
        page = visit("start")
        page.get_by_role("button", name="has-one", exact=True).click()
        where = page.get_by_label("Where the device is")
        where.wait_for()
        listed = [each for each in where.locator("option").all_inner_texts() if "cushion" in each]
        assert len(listed) == 1
        assert listed[0].startswith("cushion · reference-cushion")
        assert where.input_value() == cushion.name
    finally:
        settings.unlink()


def test_the_address_of_a_server_begun_anew_lets_an_open_page_in(
    visit: Visitors, page_server: Served
) -> None:
    page = visit("recordings")
    page.evaluate("fetch('/api/logout', { method: 'POST' })")
    page.get_by_label("Password").wait_for()
    page.goto(page_server.said["url"])  # the same page, but for what stands behind the #
    page.locator('main[data-shown=""]').wait_for()
    page.get_by_label("Password").wait_for(state="detached")
