"""The page of the house in a browser, over a real broker: who lies where, what to look after, a stop for one
and for all, told by name; and what it says where bridge, broker or server are gone."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from mqtt_house import RealBroker, Somebody
from page_browser import Visitors
from page_client import Client, Served

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright",
    reason="needs the development dependencies: pip install -e '.[dev]'",
)
Bench = Any
"""That of conftest, which no test module can import."""
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")
PICTURES = Path(__file__).parents[2] / "out" / "page"
WIDER = "document.documentElement.scrollWidth > innerWidth"


class TwoCushions:
    """Two cushions with a bridge each, a session on the first, and a page server that sees both."""

    def __init__(self, bench: Bench, broker: RealBroker, somebody: Somebody, served: Served) -> None:
        self.bench, self.broker, self.somebody, self.served = bench, broker, somebody, served
        self.devices = [bench.virtual(), bench.virtual()]
        self.bridges = [
            bench.start("mqtt", "--broker", broker.url, "--device", each.path, "--names")
            for each in self.devices
        ]
        somebody.until(
            lambda: sum(topic.endswith("/state") for topic in somebody.latest) == 2, "two cushions"
        )
        found = [topic.split("/")[1] for topic in somebody.latest if topic.endswith("/state")]
        self.names = [next(each for each in found if each.endswith(f"port{n}")) for n in (1, 2)]
        for each in self.names:
            somebody.state(each, link=True)

    def play(self) -> Any:
        self.bench.clear()
        run = self.bench.start("run", "long.toml", "--device", self.devices[0].path)
        self.somebody.state(self.names[0], state="playing")
        return run


@pytest.fixture(scope="module")
def house_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealBroker]:
    broker = RealBroker(tmp_path_factory.mktemp("broker"))
    yield broker
    broker.kill()


@pytest.fixture(scope="module")
def page_server(tmp_path_factory: pytest.TempPathFactory, house_broker: RealBroker) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served"), "--broker", house_broker.url) as server:
        yield server


@pytest.fixture
def house(bench: Bench, house_broker: RealBroker, page_server: Served) -> Iterator[TwoCushions]:
    with TemporaryDirectory(prefix="kw") as sessions, closing(Somebody(house_broker)) as somebody:
        bench.env["KNEAD_SESSIONS"] = sessions  # a path that is short enough for a socket
        made = TwoCushions(bench, house_broker, somebody, page_server)
        yield made
        for bridge in made.bridges:
            bridge.kill()
            bridge.wait()
        for topic in list(somebody.latest):  # the next test has a house of its own
            if not topic.endswith("/event"):
                somebody.send(topic, "", retain=True)


def opened(visit: Visitors, served: Served, width: int = 1280, height: int = 900, **options: Any) -> Any:
    """The page of the house, logged in."""
    page = visit("now", width, height, **options)
    page.goto(f"http://{served.host}/house.html")
    page.locator('main[data-shown="house"]').wait_for()
    return page


def card(page: Any, name: str) -> Any:
    return page.locator(f"#cushion-{name}")


def test_who_lies_where_and_a_stop_for_one(visit: Visitors, house: TwoCushions) -> None:
    run = house.play()
    page = visit("now")
    page.get_by_role("link", name="All cushions").click()
    first, second = (card(page, name) for name in house.names)
    first.get_by_text("Playing").wait_for()
    first.get_by_text("me", exact=True).wait_for()
    first.get_by_text("left").wait_for()
    second.get_by_text("At rest").wait_for()
    page.get_by_text("2 cushions, 1 play, 0 to look after").wait_for()
    first.get_by_role("button", name="STOP").focus()
    page.keyboard.press("Enter")
    first.get_by_text("At rest: confirmed").wait_for()
    assert house.bench.ended(run).code == 0
    assert second.get_by_text("confirmed").count() == 0, "nobody asked it"


def test_a_stop_for_all_names_each_that_does_not_confirm(visit: Visitors, house: TwoCushions) -> None:
    run = house.play()
    page = opened(visit, house.served)
    house.bridges[1].kill()
    card(page, house.names[1]).get_by_text("Nobody answers for it").wait_for()
    page.keyboard.press("Escape")
    card(page, house.names[0]).get_by_text("At rest: confirmed").wait_for()
    card(page, house.names[1]).get_by_text("Stop NOT confirmed: go and look").wait_for()
    named = page.locator("#after").inner_text()
    assert "It did NOT confirm the stop" in named
    assert "port2" in named
    assert "port1" not in named
    page.locator("#stop-state").get_by_text("NOT confirmed").wait_for()
    assert house.bench.ended(run).code == 0


def test_a_broker_that_is_gone_is_told_and_each_cushion_goes_on_alone(
    visit: Visitors, house: TwoCushions
) -> None:
    run = house.play()
    page = opened(visit, house.served)
    card(page, house.names[0]).get_by_text("Playing").wait_for()
    house.broker.kill()
    page.get_by_role("alert").get_by_text("nobody is reached from here").wait_for()
    assert card(page, house.names[0]).get_by_text("Not reached").count() == 1
    assert card(page, house.names[0]).get_by_text("me", exact=True).count() == 0, "it was true once"
    page.locator("#stop").click()
    for name in house.names:
        card(page, name).get_by_text("Stop NOT confirmed: go and look").wait_for()
    assert run.poll() is None
    house.broker.start()
    card(page, house.names[0]).get_by_text("Playing").wait_for()
    page.locator("#stop").click()
    card(page, house.names[0]).get_by_text("At rest: confirmed").wait_for()
    assert house.bench.ended(run).code == 0


def test_it_is_sound_as_it_is_seen_in_both_languages(visit: Visitors, house: TwoCushions) -> None:
    run = house.play()
    house.bridges[1].kill()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for locale, name, alarm in (
        ("en", "STOP ALL: every cushion of the house", "Nobody answers for it"),
        ("de", "STOP ALLE: jedes Kissen des Hauses", "Niemand antwortet"),
    ):
        page = opened(visit, house.served, 360, 640, locale=locale)
        card(page, house.names[1]).get_by_text(alarm).wait_for()
        assert page.get_by_role("button", name=name).is_visible()
        for width in (360, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert not page.evaluate(WIDER), width
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=PICTURES / f"house-{locale}-{width}-{scheme}.png", full_page=True)
                assert axe.Axe().run(page).response["violations"] == []
    page.get_by_label("Sprache").select_option("en")
    page.get_by_role("heading", name="To look after").wait_for()
    page.locator("#stop").click()
    assert house.bench.ended(run).code == 0


def test_a_program_may_ask_and_whoever_is_not_logged_in_may_not(house: TwoCushions) -> None:
    served, run = house.served, house.play()
    client: Client = served.client()
    house.bench.until(
        lambda: [each["state"] for each in client.call("fleet.list")["cushions"]].count("playing") == 1,
        "session on the list",
    )
    assert client.answer("fleet.stop", cushions=["none"])["error"]["code"] == -32002
    own = {"origin": f"http://{served.host}"}
    assert served.ask("/api/fleet/stop", **own)[0] == 401
    assert run.poll() is None
    assert served.ask("/api/fleet/stop", {"cushions": [house.names[0]]}, **client.headers)[0] == 202
    assert house.bench.ended(run).code == 0
    assert served.ask("/api/fleet/stop", {"cushions": "x"}, **client.headers)[0] == 400
