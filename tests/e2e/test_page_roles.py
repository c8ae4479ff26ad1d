"""Who is logged in sees what the role may do, and STOP; a hostile name is text and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from page_browser import Visitors
from page_client import Served

from kneadwave.dashboard.roles import Role, set_password

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright",
    reason="needs the development dependencies: pip install -e '.[dev]'",
)
PASSWORD = "a long one, for tests"
EVIL = "<b id='evil' onclick='x'>&\"' {n} ${n}"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that knows a viewer and an operator."""
    folder = tmp_path_factory.mktemp("guarded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        set_password(Role.VIEWER, PASSWORD)
        set_password(Role.OPERATOR, PASSWORD + "!")
    with Served(folder) as server:
        yield server


def logged_in(browser: Any, server: Served, password: str) -> Any:
    page = browser.new_context(viewport={"width": 360, "height": 640}).new_page()
    page.goto(f"http://{server.host}/")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    return page


def test_a_wrong_password_is_told_and_the_form_breaks_no_rule(page_browser: Any, guarded: Served) -> None:
    page = logged_in(page_browser, guarded, "not this one")
    page.get_by_role("alert").get_by_text("this is not the one").wait_for()
    assert axe.Axe().run(page).response["violations"] == []
    page.context.close()


def test_a_viewer_sees_what_plays_and_may_stop_it_and_nothing_else(
    page_browser: Any, guarded: Served
) -> None:
    page = logged_in(page_browser, guarded, PASSWORD)
    page.locator("main[data-shown]").wait_for()
    names = [link.inner_text() for link in page.get_by_role("navigation").get_by_role("link").all()]
    assert names == ["Now", "Routines"]
    assert page.locator("main").get_by_role("link").count() == 0
    guarded.client().call("session.start", profile="first-session", device=["sim:"], record=False)
    page.get_by_role("heading", name="First session").wait_for()
    assert page.locator(".controls").is_hidden()
    page.goto(f"http://{guarded.host}/#tune/relaxing-back/8")
    page.get_by_text("Only a practitioner may change a curve.").wait_for()
    assert page.get_by_role("button", name="Undo").count() == 0
    assert page.get_by_label("Point 1: Part of the level (%)").is_disabled()
    page.get_by_role("button", name="Stop everything").click()
    page.get_by_text("At rest: the device confirmed it").wait_for()
    page.context.close()


def test_who_is_not_logged_in_is_told_that_nothing_was_stopped(page_browser: Any, guarded: Served) -> None:
    page = page_browser.new_context().new_page()
    page.goto(f"http://{guarded.host}/")
    page.get_by_label("Password").wait_for()
    page.keyboard.press("Escape")
    page.get_by_text("NOT stopped: log in, or pull the device's plug").wait_for()
    page.context.close()


def test_an_operator_plays_but_records_nobody(page_browser: Any, guarded: Served) -> None:
    page = logged_in(page_browser, guarded, PASSWORD + "!")
    page.locator("main[data-shown]").wait_for()
    page.goto(f"http://{guarded.host}/#start")
    page.get_by_role("button", name="Nobody: only look").wait_for()
    assert page.get_by_text("Somebody new").count() == 0
    page.context.close()


def test_a_hostile_name_is_text(visit: Visitors, page_server: Served) -> None:
    text = PROFILE.replace("EVIL", EVIL.replace("\\", "").replace('"', '\\"'))
    (page_server.folder / "evil.toml").write_text(text, encoding="utf-8")
    page = visit("routines/evil.toml")
    assert page.get_by_role("heading", level=1).inner_text() == EVIL
    visit.go(page, "tune/evil.toml/1")
    page_server.client().call("session.start", profile="evil.toml", device=["sim:"], record=False)
    visit.go(page, "now")
    page.get_by_role("heading", name=EVIL).wait_for()
    assert page.locator("#evil").count() == 0
    page.get_by_role("button", name="Stop everything").click()
    page.get_by_text("It was stopped before its end.").wait_for()


PROFILE = """
schema = 1
name = "evil"
title = "EVIL"
description = "EVIL"
audience = "test"

[[step]]
name = "EVIL"
technique = { kind = "stroking", speed_mm_s = 100 }
zones = ["lumbar", "upper-back"]
duration_s = 40
level = 0.3
"""
