"""The page by keyboard alone, and for whoever set more contrast, other colours or no motion."""

from typing import Any

import pytest
from page_browser import PLACES, Visitors

REACHABLE = """() => new Set([...document
  .querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
  .filter((each) => each.checkVisibility() && !each.disabled)
  .map((each) => (each.type === "radio" ? each.name : each))).size"""
"""How many stops there are for Tab; radio buttons of one name are one, and arrows walk them."""
FOCUSED = """() => {
  const each = document.activeElement;
  if (each === document.body) return null;
  each.dataset.reached ??= String(Math.random());
  const style = getComputedStyle(each);
  const reach = each.querySelector('.reach');
  const ring = style.outlineStyle !== 'none' || (reach && getComputedStyle(reach).stroke !== 'none');
  const box = each.getBoundingClientRect();
  const bar = document.getElementById('stopbar').getBoundingClientRect();
  const covered = !each.closest('#stopbar') && box.top >= bar.top && box.bottom <= bar.bottom;
  return { id: each.dataset.reached, ring, covered, what: each.outerHTML.slice(0, 80) };
}"""
"""What has the focus, whether that is seen, and whether STOP covers it."""


@pytest.mark.parametrize("where", PLACES)
def test_the_keyboard_reaches_every_control_and_focus_is_seen(visit: Visitors, where: str) -> None:
    page = visit(where, 768, 900)
    wanted = page.evaluate(REACHABLE)
    page.evaluate("document.activeElement.blur()")
    page.evaluate("scrollTo(0, 0)")
    reached = set()
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        seen = page.evaluate(FOCUSED)
        if seen is not None:
            reached.add(seen["id"])
            assert seen["ring"], f"no focus is seen on {seen['what']}"
            assert not seen["covered"], f"STOP covers {seen['what']}"
    assert len(reached) == wanted


def test_the_link_past_the_navigation_leads_to_the_content(visit: Visitors) -> None:
    page = visit("people")
    page.locator("#skip").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.evaluate("location.hash") == "#people"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "none"


BARS = """() => {
  const bar = document.createElement('span');
  bar.className = 'bar';
  bar.append(document.createElement('i'));
  document.querySelector('.card').append(bar);
  return [bar.parentNode, bar, bar.firstChild].map((each) => getComputedStyle(each).backgroundColor);
}"""
"""The colours of a card, of a bar on it, and of what of the bar is full."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("look", [{}, {"contrast": "more"}, {"forced_colors": "active"}])
def test_nobody_takes_an_empty_bar_for_a_full_one(visit: Visitors, look: dict[str, Any], scheme: Any) -> None:
    card, empty, full = visit("now", color_scheme=scheme, **look).evaluate(BARS)
    assert full not in (empty, card, "rgba(0, 0, 0, 0)")
    if look:
        assert empty == card


@pytest.mark.parametrize(
    "look", [{"contrast": "more"}, {"forced_colors": "active"}, {"reduced_motion": "reduce"}]
)
def test_it_heeds_what_a_person_set(visit: Visitors, look: dict[str, Any]) -> None:
    page = visit("now", 360, 640, **look)
    style = page.locator("#stop").evaluate("each => getComputedStyle(each)")
    assert style["backgroundColor"] == "rgb(179, 18, 31)"
    if look.get("reduced_motion"):
        assert page.locator("#stop").evaluate("each => getComputedStyle(each).transitionDuration") == "0s"
    if look.get("contrast"):
        soft, ink = page.evaluate(
            "['--soft', '--ink'].map((name) => getComputedStyle(document.body).getPropertyValue(name))"
        )
        assert soft == ink
