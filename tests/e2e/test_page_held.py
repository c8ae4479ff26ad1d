"""What is clicked or sent twice happens once: every form and button that begins something, but never STOP."""

from collections.abc import Callable
from typing import Any

import pytest
from page_browser import Visitors
from page_client import Served

THRICE = """async (each) => {
  const { server } = await import('/main.js');
  const real = server.call.bind(server);
  const asked = [];
  let open = 0;
  server.call = async (method, given) => {
    asked.push(method);
    open += 1;
    try { return await real(method, given); } finally { open -= 1; }
  };
  for (let n = 0; n < 3; n += 1) each.localName === 'form' ? each.requestSubmit() : each.click();
  while (!asked.length || open) await new Promise((done) => setTimeout(done, 10));
  server.call = real;
  return asked;
}"""
"""Begins something three times without waiting; what was asked of the server until nothing is under way."""


def once(control: Any, method: str) -> None:
    asked = control.evaluate(THRICE)
    assert asked.count(method) == 1, asked


def button(name: str) -> Callable[[Any], Any]:
    return lambda page: page.get_by_role("button", name=name, exact=True)


def form(label: str) -> Callable[[Any], Any]:
    return lambda page: page.locator("form", has=page.get_by_label(label))


@pytest.mark.parametrize(
    ("where", "control", "method"),
    [
        ("tune/held.toml/1", button("Shift by -5%"), "tune.edit"),
        ("tune/held.toml/1", button("Undo"), "tune.undo"),
        ("tune/held.toml/1", form("Save under the name"), "tune.save"),
        ("tune/held.toml/1", button("Add a point"), "tune.set"),
        ("tune/held.toml/1", button("Feel this step"), "session.feel"),
        ("tune/held.toml/1", form("From"), "session.feel"),
        ("devices", button("Measure"), "session.calibrate"),
        ("devices", button("Look"), "device.scan"),
        ("simulate", form("Limit %"), "simulate.start"),
    ],
)
def test_what_is_begun_twice_is_begun_once(
    visit: Visitors, page_server: Served, where: str, control: Callable[[Any], Any], method: str
) -> None:
    (page_server.folder / "held.toml").write_text(PROFILE, encoding="utf-8")
    page = visit(where)
    once(control(page).first, method)
    page_server.client().stop()


def test_a_motor_is_placed_once(visit: Visitors) -> None:
    page = visit("devices")
    wanted = form("What it is to be called")(page)
    wanted.get_by_label("What it is to be called").fill("board")
    wanted.get_by_label("Address").fill("tcode:/dev/nowhere")
    once(wanted, "session.place")


def test_people_are_recorded_changed_and_deleted_once(visit: Visitors, page_server: Served) -> None:
    page_server.client().call("recipient.new", name="first", adult=True)
    page = visit("people")
    page.get_by_text("Somebody new").click()
    new = form("A name")(page)
    new.get_by_label("A name").fill("held")
    new.get_by_label("Is an adult").check()
    once(new, "recipient.new")
    page.get_by_role("heading", name="held").wait_for()
    page.get_by_text("Change what is recorded").click()
    changed = page.locator("form", has=page.get_by_label("Sensitivity"))
    changed.get_by_label("Sensitivity").select_option("sensitive")
    once(changed, "recipient.change")
    once(button("Is the record whole?")(page), "history.verify")
    page.get_by_label("To delete all that is kept").fill("held")
    once(page.locator("form", has=page.get_by_label("To delete all that is kept")), "recipient.delete")


def test_a_second_test_waits_until_the_first_is_over(visit: Visitors, page_server: Served) -> None:
    (page_server.folder / "held.toml").write_text(PROFILE, encoding="utf-8")
    page = visit("tune/held.toml/1")
    feel, blind = button("Feel this step")(page), button("Compare with the saved version, blind")(page)
    feel.click()
    page.get_by_text("Felt now:").wait_for()
    assert feel.get_attribute("aria-disabled") == blind.get_attribute("aria-disabled") == "true"
    blind.dispatch_event("click")
    page.get_by_role("button", name="Stop everything").click()
    page.get_by_text("It is over").wait_for()
    page.locator(".feel button[aria-disabled]").first.wait_for(state="detached")
    client = page_server.client()
    assert all(each["state"] == "over" for each in client.call("session.list"))
    feel.click()
    page.get_by_text("Felt now:").wait_for()
    client.stop()


def test_a_list_that_is_open_gives_way_to_another(visit: Visitors, page_server: Served) -> None:
    """Nobody has to confirm the list of a test that they do not want any more."""
    (page_server.folder / "held.toml").write_text(PROFILE, encoding="utf-8")
    page = visit("tune/held.toml/1")
    device = page.get_by_label("Device", exact=True)
    device.fill("/dev/nowhere")
    button("Feel this step")(page).click()
    page.get_by_role("heading", name="Is all of this so?").wait_for()
    device.fill("sim:")
    button("Feel this step")(page).click()
    page.get_by_role("heading", name="Is all of this so?").wait_for(state="detached")
    page.get_by_text("Felt now:").wait_for()
    page_server.client().stop()


def test_stop_is_held_by_nothing(visit: Visitors) -> None:
    page = visit("people")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url))
    page.locator("#stop").evaluate("(stop) => { for (let n = 0; n < 3; n += 1) stop.click(); }")
    page.wait_for_function("document.getElementById('stop-state').textContent")
    assert [url.rpartition("/")[2] for url in posts].count("stop") == 3


def test_softer_twice_is_softer_than_once(visit: Visitors, page_server: Served) -> None:
    client = page_server.client()
    client.call("session.start", profile="first-session", device=["sim:"], record=False)
    page = visit("now")
    page.get_by_text("Playing", exact=True).wait_for()
    softer = button("Softer")(page)
    softer.wait_for()
    assert softer.evaluate(THRICE) == ["session.control"] * 3
    client.stop()


PROFILE = """
schema = 1
name = "held"
title = "Two strokes"
audience = "test"

[[step]]
name = "stroke"
technique = { kind = "stroking", speed_mm_s = 100 }
zones = ["lumbar", "upper-back"]
duration_s = 60
level = 0.45
curve = [[0.0, 0.5], [0.4, 1.0], [0.6, 1.0], [1.0, 0.5]]
"""
