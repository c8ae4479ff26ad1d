"""The page in Debian's browser: logged in, and watched for what it asks of others and complains of."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from page_client import Served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PLACES = (
    "now",
    "start",
    "routines",
    "routines/relaxing-back",
    "tune/relaxing-back/8",
    "people",
    "recordings",
    "devices/mat-64",
    "simulate",
)
"""Every page, as the part of an address after #."""


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser, headless."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


class Visitors:
    """Pages of one server, one context each; `close` says what was amiss with any of them."""

    def __init__(self, browser: Any, server: Served) -> None:
        self._browser = browser
        self._server = server
        self._contexts: list[Any] = []
        self._asked: list[str] = []
        self._said: list[str] = []

    def __call__(self, where: str = "now", width: int = 1280, height: int = 900, **options: Any) -> Any:
        """A page that is logged in and shows `where`."""
        context = self._browser.new_context(viewport={"width": width, "height": height}, **options)
        self._contexts.append(context)
        context.on("request", lambda request: self._asked.append(request.url))
        context.on("console", lambda message: self._said.append(message.text))
        context.on("weberror", lambda error: self._said.append(str(error.error)))
        page = context.new_page()
        page.goto(self._server.said["url"])
        page.locator("main[data-shown]").wait_for()
        self.go(page, where)
        return page

    def go(self, page: Any, where: str) -> None:
        """To another of its pages, once that has all that it waits for."""
        page.goto(f"http://{self._server.host}/#{where}")
        page.locator(f'main[data-shown="{where}"]:not([aria-busy])').wait_for()

    def close(self) -> tuple[list[str], list[str]]:
        """Close them all: requests to anybody else, and complaints."""
        for context in self._contexts:
            context.close()
        foreign = [url for url in self._asked if not url.startswith(f"http://{self._server.host}/")]
        return foreign, self._said
