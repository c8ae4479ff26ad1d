"""Tuning a curve on the page: by keyboard, mouse and number; before and after; undone, refused and saved."""

import re
from pathlib import Path
from typing import Any

import pytest
from page_browser import Visitors
from page_client import Served
from people import make_recipient, screened


@pytest.fixture
def curve(visit: Visitors, page_server: Served, tmp_path: Path) -> Any:
    """A profile of its own for each test, open at its second step."""
    name = re.sub("[^a-z]", "", tmp_path.name)
    text = PROFILE.replace("NAME", name)
    (page_server.folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return visit(f"tune/{name}.toml/2")


def value(page: Any, number: int) -> str | None:
    text: str | None = page.get_by_role("slider", name=f"Point {number}").get_attribute("aria-valuetext")
    return text


def settled(page: Any, number: int, text: str) -> None:
    page.locator(f'.point[aria-label="Point {number}"][aria-valuetext="{text}"]').wait_for()
    page.get_by_text("Not saved yet").wait_for()


def test_tab_walks_the_points_and_arrows_move_one(curve: Any) -> None:
    page = curve
    page.get_by_role("slider", name="Point 1").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Point 2"
    page.keyboard.press("ArrowDown")
    assert value(page, 2) == "0:24, 99 %"
    page.keyboard.press("Shift+ArrowDown")
    assert value(page, 2) == "0:24, 94 %"
    page.keyboard.press("Shift+ArrowRight")
    assert value(page, 2) == "0:27, 94 %"
    settled(page, 2, "0:27, 94 %")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Point 2"
    assert page.locator(".before").count() == 2  # the curve, and its key
    page.keyboard.press("Enter")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label == "Point 2: Part of the level (%)"


def test_numbers_set_a_point_and_undo_takes_it_back(curve: Any) -> None:
    page = curve
    page.get_by_label("Point 2: Part of the level (%)").fill("80")
    page.get_by_label("Point 2: Part of the level (%)").press("Tab")
    settled(page, 2, "0:24, 80 %")
    page.get_by_role("button", name="What changed").click()
    assert "+curve = [[0.0, 0.5], [0.4, 0.8]" in page.locator("pre").inner_text()
    page.get_by_role("button", name="Undo").click()
    page.locator('.point[aria-valuetext="0:24, 100 %"]').wait_for()
    page.get_by_role("button", name="Redo").click()
    settled(page, 2, "0:24, 80 %")
    page.get_by_role("button", name="Discard").click()
    page.get_by_text("Nothing has changed").wait_for()
    assert value(page, 2) == "0:24, 100 %"


def test_tune_opens_what_waits_to_be_saved(curve: Any, visit: Visitors) -> None:
    curve.get_by_label("Point 2: Part of the level (%)").fill("80")
    curve.get_by_label("Point 2: Part of the level (%)").press("Tab")
    settled(curve, 2, "0:24, 80 %")
    visit.go(curve, "tune")
    assert curve.locator("main a").first.inner_text().endswith(".toml")
    curve.get_by_text("Not saved yet").wait_for()


def test_the_mouse_moves_a_point_and_a_double_click_adds_one(curve: Any) -> None:
    page = curve
    point = page.get_by_role("slider", name="Point 2").bounding_box()
    x, y = point["x"] + point["width"] / 2, point["y"] + point["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 40, steps=4)
    page.mouse.up()
    page.get_by_text("Not saved yet").wait_for()
    assert value(page, 2) != "0:24, 100 %"
    box = page.locator(".tuned").bounding_box()
    page.mouse.dblclick(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    page.get_by_role("slider", name="Point 5").wait_for()
    page.get_by_role("button", name="Remove point 2").click()
    page.get_by_role("slider", name="Point 5").wait_for(state="detached")


def test_what_is_refused_is_said_and_changes_nothing(curve: Any) -> None:
    page = curve
    page.get_by_role("button", name="Shift by -5%").click()
    page.get_by_text("Not saved yet").wait_for()
    page.get_by_label("Save under the name").fill("taken")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved as").wait_for()
    page.get_by_role("button", name="Shift by +5%").click()
    page.get_by_role("slider", name="Point 1").wait_for()
    page.get_by_role("button", name="Save", exact=True).click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "taken.toml" in alert.inner_text()


def test_smoothing_scaling_and_saving_under_a_name(curve: Any, visit: Visitors, page_server: Served) -> None:
    page = curve
    page.get_by_role("button", name="Scale to 90%").click()
    settled(page, 2, "0:24, 90 %")
    page.get_by_role("button", name="Smooth").click()
    page.get_by_role("button", name="Add a point").wait_for()
    page.get_by_label("Save under the name").fill("my-evening")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="my-evening.toml").click()
    page.get_by_role("heading", name="Two strokes").wait_for()
    assert (page_server.folder / "my-evening.toml").is_file()
    visit.go(page, "routines")
    page.get_by_role("heading", name="Made here").wait_for()
    assert page.get_by_role("link", name="my-evening.toml").is_visible()


def test_other_motors_are_tried(curve: Any) -> None:
    curve.get_by_role("button", name="Try other motors").click()
    curve.get_by_text(re.compile(r"As meant in \d+ % of 50 devices")).wait_for()


def test_a_step_is_felt_and_two_versions_are_compared_blind(curve: Any) -> None:
    page = curve
    page.get_by_role("button", name="Feel this step").click()
    page.get_by_text(re.compile(r"Felt now: \d+ %")).wait_for()
    page.get_by_role("button", name="Stop everything that plays").click()
    page.get_by_text("It is over").wait_for()
    page.get_by_label("Point 2: Part of the level (%)").fill("60")
    page.get_by_label("Point 2: Part of the level (%)").press("Tab")
    settled(page, 2, "0:24, 60 %")
    page.get_by_role("button", name="Compare with the saved version").click()
    page.get_by_text("Which was better?").wait_for(timeout=60_000)
    page.get_by_role("button", name="No difference").click()
    page.get_by_text("It is over").wait_for()


def test_a_number_of_the_step_is_set_and_walked_until_it_feels_right(curve: Any) -> None:
    page = curve
    speed = page.get_by_label("Speed of the hand (mm/s)", exact=True)
    speed.fill("90")
    speed.press("Tab")
    page.get_by_text("Not saved yet").wait_for()
    page.locator(".sweep select").select_option(label="Speed of the hand (mm/s)")
    ends = [each.input_value() for each in page.locator(".sweep input").all()]
    assert ends == ["72", "108"]
    page.get_by_role("button", name="Walk it from value to value").click()
    page.get_by_text("Speed of the hand (mm/s): 72 · 1 of").wait_for()
    page.get_by_role("button", name="This one feels right").click()
    page.get_by_text("Taken: Speed of the hand (mm/s): 72").wait_for()
    page.get_by_role("button", name="What changed").click()
    page.locator("pre").get_by_text("speed_mm_s = 72").wait_for()
    assert speed.input_value() == "72"


def test_a_curve_is_shown_as_another_device_plays_it(visit: Visitors) -> None:
    page = visit("tune/relaxing-back/8")
    page.get_by_label("Shown on").select_option("mat-64")
    page.locator('main[data-shown="tune/relaxing-back/8/mat-64"]:not([aria-busy])').wait_for()
    page.locator("dd", has_text="mat-64").wait_for()


def test_on_a_body_it_is_felt_once_the_list_is_confirmed(
    curve: Any, page_server: Served, tmp_path: Path
) -> None:
    page = curve
    make_recipient("feels", env=page_server.env)
    screened("feels", env=page_server.env, ready=False)
    path = tmp_path / "cushion"
    with page_server.cushion(path) as cushion:
        page.get_by_label("Device", exact=True).fill(str(path))
        page.get_by_role("button", name="Feel this step").click()
        page.get_by_role("heading", name="Is all of this so?").wait_for()
        page.get_by_role("button", name="Back").click()
        before = page_server.client().call("session.list")
        assert all(each["state"] == "over" for each in before)
        page.get_by_role("button", name="Feel this step").click()
        page.get_by_role("heading", name="Is all of this so?").wait_for()
        for box in page.locator(".feel").get_by_role("checkbox").all():
            box.check()
        page.get_by_role("button", name="Begin", exact=True).click()
        page.get_by_text(re.compile(r"Felt now: [1-9]\d* %")).wait_for()
        page.get_by_role("button", name="Stop everything that plays").click()
        page.get_by_text("At rest: the device confirmed it").wait_for()
        cushion.terminate()


def test_a_walk_that_is_stopped_changes_nothing(curve: Any) -> None:
    page = curve
    page.locator(".sweep select").select_option(label="Level (%)")
    page.get_by_role("button", name="Walk it from value to value").click()
    page.get_by_text(re.compile(r"Level \(%\): 36 · 1 of \d")).wait_for()
    page.get_by_role("button", name="Stop everything that plays").click()
    page.get_by_text("Nothing was taken; it stays at Level (%): 45").wait_for()
    assert page.get_by_text("Nothing has changed").is_visible()


PROFILE = """
schema = 1
name = "NAME"
title = "Two strokes"
audience = "test"

[[step]]
name = "first"
technique = { kind = "stroking", speed_mm_s = 100 }
zones = ["lumbar", "upper-back"]
duration_s = 20
level = 0.3

[[step]]
name = "second"
technique = { kind = "stroking", speed_mm_s = 100 }
zones = ["lumbar", "upper-back"]
duration_s = 60
level = 0.45
curve = [[0.0, 0.5], [0.4, 1.0], [0.6, 1.0], [1.0, 0.5]]
"""
