"""The page in headless Chromium, on sessions over a pseudo-terminal: how soon STOP stops, what it costs."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import psutil

from benchmarks.live import cushion
from benchmarks.measure import percentile, row
from firmware_bridge.limits import SESSION_MAX_S

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "helpers"))

from page_client import Client, Served
from playwright.sync_api import Page, sync_playwright

CLICKS = int(os.environ.get("CLICKS", "50"))
SHARE_S = 20.0
PHONE = {"width": 360, "height": 640}
DESK = {"width": 1440, "height": 900}
CLICK = """async (session) => {
  const { server } = await import("/main.js");
  const told = {};
  const rest = new Promise((done) => {
    server.addEventListener("delta", ({ detail }) => {
      const { event, control, stop } = detail.delta;
      if (detail.session !== session) return;
      if (event === "control" && control === "stop") told.player ??= performance.now();
      if (event === "stop" && stop === "confirmed") done(performance.now());
    });
  });
  const clicked = performance.now();
  document.getElementById("stop").click();
  const at = await rest;
  return [told.player - clicked, at - clicked];
}"""


def stop() -> None:
    """Fifty clicks on STOP, with nothing beside, and beside a long report and a robustness run."""
    with (
        tempfile.TemporaryDirectory() as folder,
        cushion() as port,
        Served(Path(folder)) as served,
        opened(served, PHONE) as page,
    ):
        client = served.client()
        _told("", [_click(client, page, str(port), n) for n in range(CLICKS)])
        with _work(served):
            beside = [_click(client, page, str(port), CLICKS + n) for n in range(CLICKS)]
        _told(", beside a report of 20 minutes and tune robust", beside)


def share() -> None:
    """What the server takes beside a session, and what the page takes with 64 actuators."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Served(Path(folder)) as served,
        opened(served, DESK) as page,
    ):
        client = served.client()
        client.call("session.start", profile="relaxing-back", device=["sim:"], on=["mat-64"], record=False)
        page.wait_for_selector(".facts .step:not(:empty)")
        server = psutil.Process(served.process.pid)
        browser = [each for each in psutil.Process().children(recursive=True) if "chrom" in each.name()]
        before = _cpu([server]), _cpu(browser), monotonic()
        drawn = page.evaluate(DRAWS, SHARE_S * 1000)
        took = monotonic() - before[2]
        own, pages = (_cpu([server]) - before[0]) / took, (_cpu(browser) - before[1]) / took
        client.stop()
    row(
        "page: the server beside a session of 64 actuators",
        f"{own:.1%} of a core",
        "at most 5 %",
        own <= 0.05,
    )
    row("page: Chromium, 64 actuators", f"{pages:.0%} of a core", "at most 45 %", pages <= 0.45)
    row("  frames drawn", f"{drawn / SHARE_S:.0f} a second", "about 50", drawn / SHARE_S >= 45)


def size() -> None:
    """What a browser that opens every page is sent."""
    with tempfile.TemporaryDirectory() as folder, Served(Path(folder)) as served:
        for language in ("en", "de"):
            sent, raw = served.size_of_page(language)
            figure = f"{sent / 1000:.1f} kB, {raw / 1000:.0f} as it lies"
            row(f"page: all of it in {language}, as it is sent", figure, "below 60 kB", sent < 60_000)


DRAWS = """(ms) => new Promise((done) => {
  let drawn = 0;
  const pen = CanvasRenderingContext2D.prototype;
  const plain = pen.clearRect;
  pen.clearRect = function (...where) {
    drawn += 1;
    return plain.apply(this, where);
  };
  setTimeout(() => {
    pen.clearRect = plain;
    done(drawn);
  }, ms);
})"""


@contextmanager
def opened(served: Served, size: Any) -> Iterator[Page]:
    """A page of it in headless Chromium, logged in."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = chromium.new_context(viewport=size).new_page()
        page.goto(served.said["url"])
        page.wait_for_selector("main h1")
        yield page
        chromium.close()


def _click(client: Client, page: Page, port: str, number: int) -> tuple[float, float]:
    """Milliseconds from a click to the player, and to the device at rest; of somebody new each time."""
    name = f"somebody-{number}"
    client.call("recipient.new", name=name, adult=True, first=False)
    asked = client.call("screen.questions")
    answers = {each["id"]: {"yes": False} for each in asked if each["event"] == "question"}
    ready = [each["id"] for each in asked if each["event"] == "ready"]
    client.call("screen.answer", recipient=name, answers=answers, ready=ready)
    session = client.call("session.start", profile="felt-check", device=[port], recipient=name, record=False)
    page.wait_for_selector(".controls:not([hidden])", timeout=60_000)
    sleep(1.5)  # until it is felt
    player, rest = page.evaluate(CLICK, session["session"])
    page.wait_for_selector(".controls", state="hidden")
    return player, rest


@contextmanager
def _work(served: Served) -> Iterator[None]:
    """Reports of a long recording and robustness runs, one after the other, as long as the block runs."""
    client, over = served.client(), Event()
    recordings = served.folder / "data" / "kneadwave" / "recordings"
    recordings.mkdir(parents=True, exist_ok=True)
    told = served.knead("simulate", "relaxing-back", "--record", str(recordings / "long.jsonl"))
    assert told.returncode == 0, told.stderr

    def work(method: str, **params: Any) -> None:
        while not over.is_set():
            with suppress(OSError):
                client.call(method, **params)

    threads = [
        Thread(target=work, args=("recording.report",), kwargs={"recording": "long.jsonl"}),
        Thread(target=work, args=("tune.robust",), kwargs={"profile": "relaxing-back", "variants": 100}),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(SESSION_MAX_S)


def _told(beside: str, clicks: list[tuple[float, float]]) -> None:
    for what, which, most in (("the player", 0, 100), ("at rest", 1, 400)):
        taken = [click[which] for click in clicks]
        last = percentile(taken, 0.99)
        figure = f"p50 {percentile(taken, 0.5):.0f}, p99 {last:.0f} ms"
        row(f"page: STOP to {what}{beside} ({len(taken)})", figure, f"p99 at most {most} ms", last <= most)


def _cpu(processes: list[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        with suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total
