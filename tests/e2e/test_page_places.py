"""What the other pages show: routines, people, recordings, devices, simulations; in German; in a kiosk."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from page_browser import Visitors
from page_client import Served
from people import data_home, make_recipient

from firmware_bridge.clock import local_now
from kneadwave.people import ledger
from kneadwave.people.diary import SittingDiary


def test_routines_lead_from_the_list_to_a_start(visit: Visitors) -> None:
    page = visit("routines")
    for purpose in ("Back", "Whole body", "For hands and breath", "To be read, never played"):
        assert page.get_by_role("heading", name=purpose, exact=True).is_visible()
    page.get_by_role("link", name="Relaxing back massage").click()
    page.get_by_role("heading", name="Step by step").wait_for()
    assert page.get_by_text("Stroke from the sacrum over the lower back").first.is_visible()
    assert page.get_by_role("img", name="How strong it is over time").is_visible()
    assert page.get_by_text("Nothing speaks against it.").is_visible()
    page.locator("main").get_by_role("link", name="Start").click()
    page.locator('main[data-shown="start/relaxing-back"]').wait_for()
    page.get_by_role("button", name="Nobody: only look").click()
    page.get_by_role("button", name="Show it on the screen").wait_for()
    assert page.get_by_text("Step 2 of 2 · for nobody: on the screen alone").is_visible()
    assert page.get_by_label("Routine").input_value() == "relaxing-back"
    page.get_by_label("What lies under the back").select_option("mat-64")
    page.get_by_text("mat-64: the device plays all of it").wait_for()
    assert page.get_by_text("It is written for another posture").is_hidden()
    page.get_by_label("What lies under the back").select_option("motor-cushion-16")
    page.get_by_text("It is written for another posture").wait_for()


def test_what_is_never_played_has_no_start(visit: Visitors) -> None:
    page = visit("routines/newborn")
    assert page.get_by_text("a powered device is never used on a newborn").is_visible()
    assert page.locator("main").get_by_role("link", name="Start").count() == 0


def test_a_person_is_deleted_only_with_the_name_typed(visit: Visitors, page_server: Served) -> None:
    page_server.client().call("recipient.new", name="leaves", adult=True)
    page = visit("people/leaves")
    assert page.get_by_role("heading", name="leaves").is_visible()
    page.get_by_label("To delete all that is kept").fill("leave")
    page.get_by_role("button", name="Delete everything").click()
    page.get_by_role("alert").get_by_text("Write leaves to delete it.").wait_for()
    page.get_by_label("To delete all that is kept").fill("leaves")
    page.get_by_role("button", name="Delete everything").click()
    page.get_by_role("heading", name="leaves").wait_for(state="detached")
    told = page_server.client().call("recipient.list")
    assert "leaves" not in [each["name"] for each in told if each["event"] == "recipient"]


def test_what_is_recorded_of_a_person_is_changed_and_exported(visit: Visitors, page_server: Served) -> None:
    page_server.client().call("recipient.new", name="soft", adult=True)
    page = visit("people/soft")
    page.get_by_text("Change what is recorded").click()
    page.get_by_label("Sensitivity").select_option("sensitive")
    page.get_by_label("A doctor's maximum in minutes").fill("12")
    page.get_by_role("button", name="Record").first.click()
    page.get_by_text("75 %").wait_for()
    told = page_server.client().call("recipient.show", recipient="soft")[0]
    assert (told["sensitivity"], told["doctor_max_min"], told["stature_m"]) == ("sensitive", 12, 1.7)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export the sittings (CSV)").click()
    assert download.value.suggested_filename == "sittings.csv"
    assert download.value.path().read_text(encoding="utf-8").startswith("date,start,ended,profile,")


def test_what_each_zone_received_is_told_against_what_holds_for_it(
    visit: Visitors, page_server: Served
) -> None:
    make_recipient("dosed", env=page_server.env, sensitivity="very-sensitive")
    then = local_now() - timedelta(seconds=1)
    with data_home(page_server.env), ledger.opened("dosed", then) as book:
        diary = SittingDiary(book)
        diary.begin("relaxing-back", "/dev/ttyACM0", 900.0, then)
        lumbar = {"peak": 0.2, "mean": 0.2, "active_s": 150.0, "dwell_s": 4.0}
        doses = {"lumbar-left": lumbar, "neck": {"active_s": 60.0}}
        diary.end("completed", 600.0, doses, local_now())
    page = visit("people/dosed")
    zones = page.get_by_role("region", name="Zone by zone, today").get_by_role("row")
    assert zones.nth(1).get_by_role("cell").all_inner_texts() == [
        "lower back, left", "2:30", "20 of 25 %", "4.0 of 10 s"
    ]  # fmt: skip
    widths = zones.nth(1).locator(".bar i").evaluate_all("(all) => all.map((each) => each.style.width)")
    assert [round(float(width.removesuffix("%"))) for width in widths] == [80, 40]
    parts = page.get_by_role("region", name="Within the last hour").get_by_role("row")
    assert [each.get_by_role("cell").all_inner_texts() for each in parts.all()[1:]] == [
        ["back", "2:30; by hand 2:30 left"],
        ["neck", "1:00; by hand 4:00 left"],
    ]


def test_an_address_that_means_nothing_leads_to_now(visit: Visitors, page_server: Served) -> None:
    page = visit("people")
    page.goto(f"http://{page_server.host}/#now/%")
    page.get_by_role("heading", name="Nothing plays").wait_for()
    page.goto(f"http://{page_server.host}/#%zz")
    page.get_by_role("heading", name="Nothing plays").wait_for()


def test_an_address_that_names_what_is_not_there_is_told_so(visit: Visitors, page_server: Served) -> None:
    page = visit("now")
    for where, says in (
        ("people/no%20body", "recipient: there is a character in it that cannot be there"),
        ("recordings/..%2Fx", "recording: there is a character in it that cannot be there"),
        ("tune/relaxing-back/99", "99"),
        ("devices/nothing", "there is no device and no file of this name"),
    ):
        page.goto(f"http://{page_server.host}/#{where}")
        page.get_by_role("alert").get_by_text(says).wait_for()
    visit.go(page, "simulate/nothing")
    picked = page.get_by_label("Routine").input_value()
    page.get_by_role("button", name="Simulate").click()
    page.locator("dd").get_by_text(picked, exact=True).wait_for()


def test_pain_is_recorded_zone_by_zone_and_lowers_it(visit: Visitors, page_server: Served) -> None:
    client = page_server.client()
    client.call("recipient.new", name="sore", adult=True, pain={"shoulder-left": 6})
    page = visit("people/sore")
    page.get_by_text("Pain, 0 to 10: shoulder, left").wait_for()
    page.get_by_text("Change what is recorded").click()
    form = page.locator("form", has=page.get_by_label("Sensitivity"))
    form.get_by_label("Zone").select_option("lumbar")
    form.get_by_role("button", name="Add a zone").click()
    form.get_by_label("lower back", exact=True).fill("7")
    form.get_by_label("shoulder, left", exact=True).fill("0")
    form.get_by_role("button", name="Record").click()
    page.get_by_text("Pain, 0 to 10: lower back").wait_for()
    assert client.call("recipient.show", recipient="sore")[0]["pain"] == {"lumbar": 7}


def test_somebody_new_may_be_recorded_with_all_that_makes_it_softer(
    visit: Visitors, page_server: Served
) -> None:
    page = visit("people")
    if page.get_by_text("Somebody new").get_attribute("open") is None:
        page.get_by_text("Somebody new").click()
    form = page.locator("form", has=page.get_by_label("A name"))
    form.get_by_label("A name").fill("gently")
    form.get_by_label("Is an adult").check()
    form.get_by_text("More about this person").click()
    form.get_by_label("Sensitivity").select_option("very-sensitive")
    form.get_by_label("A doctor's maximum in minutes").fill("9")
    form.get_by_role("button", name="Add a zone").click()
    form.get_by_label("neck", exact=True).fill("4")
    form.get_by_role("button", name="Record").click()
    page.get_by_role("heading", name="gently").wait_for()
    told = page_server.client().call("recipient.show", recipient="gently")[0]
    assert (told["sensitivity"], told["doctor_max_min"], told["pain"]) == ("very-sensitive", 9, {"neck": 4})


def test_what_a_person_must_understand_is_said_in_german(visit: Visitors, page_server: Served) -> None:
    page_server.client().call("recipient.new", name="gast", adult=True)
    page = visit("start/first-session", locale="de")
    page.get_by_role("button", name="gast", exact=True).click()
    page.get_by_text("Haben Sie Alkohol getrunken").wait_for()
    page.get_by_role("button", name="Ja").click()
    page.get_by_text("Alkohol oder Drogen").wait_for()
    for _ in range(21):
        page.get_by_role("button", name="Nein").click()
    page.get_by_role("heading", name="Heute keine Massage").wait_for()
    assert page.locator(".alarm").get_by_text("Alkohol oder Drogen").is_visible()
    visit.go(page, "people/gast")
    page.get_by_text("heute keine Massage").wait_for()
    visit.go(page, "devices/mat-64")
    page.get_by_text("würde die Wirbelsäule oder ihren Rand berühren").first.wait_for()


def test_a_simulation_is_played_back_moment_by_moment(visit: Visitors) -> None:
    page = visit("simulate/felt-check")
    page.get_by_label("Device").select_option("mat-64")
    page.get_by_label("The cable is pulled out").check()
    page.get_by_role("button", name="Simulate").click()
    time = page.get_by_label("Time in the run")
    time.wait_for()
    assert page.locator("p.alarm").get_by_text("the virtual cushion is unplugged").is_visible()
    canvas = page.locator(".replay canvas")
    time.press("Home")
    first = canvas.screenshot()
    for _ in range(30):
        time.press("ArrowRight")
    assert canvas.screenshot() != first
    assert re.match(r"0:\d\d / 0:2\d back and shoulders", str(time.get_attribute("aria-valuetext")))
    assert page.get_by_role("region", name="Zones against their limits").is_visible()


def test_two_recordings_lie_side_by_side(visit: Visitors, page_server: Served) -> None:
    page = visit("recordings")
    assert page.get_by_text("There is none yet.").is_visible()
    folder = Path(page_server.env["XDG_DATA_HOME"]) / "kneadwave" / "recordings"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("one", "two"):
        path = folder / f"{name}.jsonl"
        assert page_server.knead("simulate", "felt-check", "--record", str(path)).returncode == 0
    visit.go(page, "recordings/one.jsonl")
    page.get_by_label("Beside it").select_option("two.jsonl")
    page.get_by_label("Time in the run").nth(1).wait_for()
    left, right = page.locator(".beside > section").all()
    assert left.bounding_box()["y"] == right.bounding_box()["y"]
    assert left.get_by_role("rowheader", name="sacrum").or_(left.get_by_role("cell", name="sacrum")).count()
    assert left.get_by_text("The ceilings are the device's own").is_visible()
    page.set_viewport_size({"width": 360, "height": 640})
    assert left.bounding_box()["x"] == right.bounding_box()["x"]


def test_devices_tell_where_everything_lies_and_whether_it_is_in_place(visit: Visitors) -> None:
    page = visit("devices/mat-64")
    assert page.get_by_role("img", name="Mat, 64 vibration cells").is_visible()
    assert page.get_by_role("region", name="Actuators").get_by_role("row").count() == 65
    page.get_by_label("Device").select_option("foot-plate")
    page.get_by_role("img", name="Foot plate").wait_for()
    for name, shown in (("Is everything in place?", "In place: python"), ("Settings", "allow")):
        card = page.locator("section.card", has=page.get_by_role("heading", name=name))
        card.get_by_role("button", name="Look").click()
        card.get_by_role("region", name=name).get_by_text(shown, exact=True).wait_for()


def test_it_speaks_german_once_it_was_asked_to(visit: Visitors) -> None:
    page = visit("people")
    page.get_by_label("Language").select_option("de")
    page.get_by_role("heading", name="Personen").wait_for()
    assert page.evaluate("document.documentElement.lang") == "de"
    page.reload()
    page.get_by_role("heading", name="Personen").wait_for()
    assert page.get_by_role("button", name="Alles anhalten, was läuft").is_visible()


@pytest.mark.parametrize("where", ["now", "people", "tune/relaxing-back"])
def test_a_kiosk_has_no_other_pages(page_browser: object, tmp_path: Path, where: str) -> None:
    with Served(tmp_path, "--kiosk") as server:
        visit = Visitors(page_browser, server)
        page = visit()
        page.goto(f"http://{server.host}/#{where}")
        page.get_by_role("heading", name="Nothing plays").wait_for()
        assert page.get_by_role("navigation").count() == 0
        page.get_by_role("link", name="Start").click()
        page.get_by_role("button", name="Nobody: only look").click()
        page.get_by_label("Where the device is").wait_for()
        assert page.get_by_label("Where the device is").locator("option").count() == 1
        assert page.get_by_label("What lies under the back").count() == 0
        assert visit.close() == ([], [])
