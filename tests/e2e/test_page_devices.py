"""Devices on the page: how their motors answer, measured by what is felt; which motor lies where, by feel."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from page_browser import Visitors
from page_client import Served
from placing_rig import pulses_in
from served_twins import ServedTwin

from firmware_bridge.devices.load import load_device, place_device
from simulator.twins.tcode import VirtualTCode


@pytest.fixture
def board() -> Iterator[Any]:
    with ServedTwin(VirtualTCode(2)) as twin:
        yield twin


def begin_to_place(page: Any, board: Any, name: str) -> None:
    form = page.locator("form", has=page.get_by_label("What it is to be called"))
    form.get_by_label("What it is to be called").fill(name)
    form.get_by_label("Address").fill(f"tcode:{board.port}")
    form.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="under the person").click()
    page.get_by_text("Nobody sits, lies, stands or leans on it").wait_for()


def test_which_motor_lies_where_is_felt_and_said(visit: Visitors, page_server: Served, board: Any) -> None:
    page = visit("devices/mat-64")
    begin_to_place(page, board, "my-board")
    page.get_by_role("button", name="All of this is so").click()
    page.get_by_text("Motor 1 of 2: where was it?").wait_for()
    page.keyboard.press("Tab")  # from the question, not from the top of the page
    assert page.evaluate("document.activeElement.closest('form.playing') !== null")
    page.get_by_label("Zone", exact=False).last.select_option("shoulder")
    page.get_by_label("Side of the person").select_option("right")
    page.get_by_role("button", name="It is there").click()
    page.get_by_text("clear of spine and kidneys").wait_for()
    page.get_by_role("button", name="Yes").click()
    page.get_by_text("Motor 2 of 2: where was it?").wait_for()
    canvas = page.get_by_role("img", name="a click says where the motor lies")
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] / 2 - 12, "y": box["height"] * 0.9})
    assert int(page.get_by_label("To the person's right (mm)").input_value()) < 0
    page.get_by_label("To the person's right (mm)").fill("-90")
    page.get_by_label("Up from the seat (mm)").fill("-220")
    page.get_by_role("button", name="It is there").click()
    page.locator('main[data-shown="devices/my-board"]:not([aria-busy])').wait_for()
    page.get_by_text("thigh-l", exact=True).first.wait_for()
    layout = place_device(
        load_device(page_server.folder / "data" / "kneadwave" / "devices" / "my-board.toml")
    )
    assert [each.id for each in layout.allowed] == ["shoulder-r", "thigh-l"]
    assert [channels for _, _, channels, _ in pulses_in(board.history)] == [{0}, {1}]
    assert board.comes_off()


def test_stop_ends_placing_and_keeps_what_was_said(visit: Visitors, board: Any) -> None:
    page = visit("devices/mat-64")
    begin_to_place(page, board, "left-early")
    page.get_by_role("button", name="All of this is so").click()
    page.get_by_text("Motor 1 of 2: where was it?").wait_for()
    page.get_by_role("button", name="Nothing was felt").click()
    page.get_by_text("Motor 2 of 2 moves in a moment").wait_for()
    page.get_by_role("button", name="Stop everything").click()
    page.get_by_text("At rest: the device confirmed it").wait_for()
    page.get_by_text("Kept: 1 were said").wait_for()
    assert board.comes_off()


def test_nothing_moves_where_it_is_not_so_and_german_says_it_in_german(visit: Visitors, board: Any) -> None:
    page = visit("devices/mat-64", locale="de")
    form = page.locator("form", has=page.get_by_label("Wie es heißen soll"))
    form.get_by_label("Wie es heißen soll").fill("not-so")
    form.get_by_label("Adresse").fill(f"tcode:{board.port}")
    form.get_by_role("button", name="Beginnen").click()
    page.get_by_role("button", name="unter der Person").click()
    page.get_by_text("Niemand sitzt, liegt, steht oder lehnt darauf").wait_for()
    page.get_by_role("button", name="Es stimmt nicht").click()
    page.get_by_role("alert").wait_for()
    assert pulses_in(board.history) == []


def test_how_the_motors_answer_is_shown_and_measured(visit: Visitors) -> None:
    page = visit("devices/seat-pad-8")
    page.get_by_role("table", name="How the motors answer").get_by_text("Description").first.wait_for()
    page.get_by_role("button", name="Measure").click()
    page.get_by_text("press as soon as you feel it").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "I feel it"
    page.get_by_role("button", name="I feel it").click()
    page.get_by_role("button", name="Stop everything").click()
    page.get_by_text(re.compile(r"It is over: 0 kept, \d+ left to do")).wait_for()


def test_what_is_plugged_in_says_what_stops_it(visit: Visitors) -> None:
    page = visit("devices/seat-pad-8")
    found = page.locator("section", has=page.get_by_role("heading", name="What is plugged in"))
    found.get_by_role("button", name="Look").click()
    found.get_by_text(re.compile("What stops it|Nothing was found")).first.wait_for()
    doctor = page.locator("section", has=page.get_by_role("heading", name="Is everything in place?"))
    doctor.get_by_role("button", name="Look").click()
    doctor.get_by_text("In place: python").wait_for()
