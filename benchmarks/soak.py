"""Whether the page's server keeps its size: virtual sessions for an hour, with pages opening and closing.

`python -m benchmarks.soak` takes an hour, `python -m benchmarks.soak 300` five minutes. It exits with 1 where
the server grew, or shrank, by more than a tenth.
"""

import sys
import tempfile
from itertools import cycle
from pathlib import Path
from time import monotonic, sleep

import psutil

from benchmarks.measure import row
from benchmarks.page import DESK, opened

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "helpers"))

from page_browser import PLACES
from page_client import Client, Served

HOUR_S = 3600.0
WITHIN = 0.1
PART = 0.1
"""Of the whole: what is left out at its beginning, and how much is compared then with as much at its end."""
BETWEEN_S = 2.0
"""How long a page stays open, seconds."""
STOPS_EVERY = 7
"""So many pages, and everything is stopped."""


def soak(seconds: float) -> bool:
    """Play and open pages for so long; whether the memory of the server stayed as it was."""
    sizes: list[int] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Served(Path(folder)) as served,
        opened(served, DESK) as page,
    ):
        client, server = served.client(), psutil.Process(served.process.pid)
        sessions, over = 0, monotonic() + seconds
        for number, where in enumerate(cycle(PLACES), start=1):
            if monotonic() >= over:
                break
            sessions += _plays(client)
            other = page.context.new_page()  # the first one stays, as one on a wall does
            other.goto(f"http://{served.host}/#{where}")
            other.locator(f'main[data-shown="{where}"]:not([aria-busy])').wait_for()
            sleep(BETWEEN_S)
            other.close()
            if number % STOPS_EVERY == 0:
                client.stop()
            sizes.append(server.memory_info().rss)
        client.stop()
    part = max(1, round(PART * len(sizes)))
    first, last = _mean(sizes[part : 2 * part]), _mean(sizes[-part:])
    grown = last / first - 1.0
    row(
        f"page: the server over {seconds / 60:.0f} min, {sessions} sessions, {len(sizes)} pages",
        f"{first / 1e6:.1f} to {last / 1e6:.1f} MB, {grown:+.1%}; at most {max(sizes) / 1e6:.1f} MB",
        f"within {WITHIN:.0%}",
        abs(grown) <= WITHIN,
    )
    return abs(grown) <= WITHIN


def _plays(client: Client) -> int:
    """Begin a session where none plays; how many were begun."""
    if any(each["state"] != "over" for each in client.call("session.list")):
        return 0
    client.call("session.start", profile="felt-check", device=["sim:"], on=["mat-64"], record=False)
    return 1


def _mean(sizes: list[int]) -> float:
    return sum(sizes) / len(sizes)


if __name__ == "__main__":
    sys.exit(0 if soak(float(sys.argv[1]) if len(sys.argv) > 1 else HOUR_S) else 1)
