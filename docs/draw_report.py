"""Draws docs/report.png: `python docs/draw_report.py`, where Chromium is installed.

The page that `knead report --html` makes of a simulated run, at one moment: the body, light; waveforms, dark.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from matplotlib.image import imread, imsave
from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "helpers"))

from page_browser import chromium

WIDTH, HEIGHT, SCALE = 1000, 920, 0.7  # of each half; a pixel of the page is SCALE pixels of the picture
MOMENT_S = 353
HALVES = (("light", "The body over time"), ("dark", "Waveforms"))


def main() -> None:
    """Play a run, make its page, and take a picture of either half."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        run, made = Path(folder) / "run.jsonl", Path(folder) / "run.html"
        knead("simulate", "relaxing-back", "--record", run)
        knead("report", run, "--html", made)
        halves = []
        for scheme, heading in HALVES:
            page = browser.new_page(
                viewport={"width": WIDTH, "height": HEIGHT},
                device_scale_factor=SCALE,
                color_scheme=scheme,
                reduced_motion="reduce",
            )
            page.goto(made.as_uri())
            at_the_moment(page, heading)
            half = Path(folder) / f"{scheme}.png"
            page.screenshot(path=half)
            halves.append(imread(half))
    both = np.hstack(halves)[..., :3]
    imsave(Path(__file__).with_name("report.png"), both, pil_kwargs={"optimize": True})


def at_the_moment(page: Page, heading: str) -> None:
    """Move the slider to MOMENT_S, and the part below `heading` into view."""
    page.evaluate(
        "(s) => { const time = document.getElementById('time'); time.value = s;"
        " time.dispatchEvent(new Event('input', { bubbles: true })); }",
        MOMENT_S,
    )
    section = page.locator("section", has=page.get_by_role("heading", name=heading)).last
    section.evaluate("(part) => scrollTo(0, part.getBoundingClientRect().top + scrollY - 84)")
    page.wait_for_function("document.readyState === 'complete'")


def knead(*words: object) -> None:
    """A command, which has to do."""
    subprocess.run([sys.executable, "-m", "kneadwave", *map(str, words)], check=True, capture_output=True)


if __name__ == "__main__":
    main()
