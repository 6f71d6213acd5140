"""Fixtures of the portal's tests: readers who sit in a real browser before a real portal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.support.browser import PATIENCE_MS, complaints, listen
from tools.portal import Stage

PROXY = "/api/proxy/callboard/api/v1/"


@dataclass
class Reader:
    """One person's browser."""

    page: Page
    stage: Stage
    user: str
    asked: list[str] = field(default_factory=list)
    """What the browser asked Callboard since the page was opened, in order: "GET do-now"."""

    def open(self, path: str) -> Page:
        """Open an address of the portal. What was asked before is forgotten."""
        self.asked.clear()
        self.page.goto(f"{self.stage.portal_url}{path}")
        return self.page

    def read(self, path: str) -> Page:
        """Open an address, and wait until nothing is asked any more."""
        page = self.open(path)
        page.wait_for_load_state("networkidle")
        return page

    def note(self, request: Request) -> None:
        """Remember a request that goes to Callboard."""
        _, proxy, rest = request.url.partition(PROXY)
        if proxy:
            self.asked.append(f"{request.method} {rest}")

    def questions(self, path: str) -> list[str]:
        """Those requests whose address below /api/v1/ begins so."""
        return [each for each in self.asked if urlsplit(each.partition(" ")[2]).path.startswith(path)]


class Sit(Protocol):
    """Seats a reader."""

    def __call__(self, stage: Stage, user: str) -> Reader:
        """A browser of its own, in which the portal knows this user."""
        ...


@pytest.fixture
def sit(browser: Browser) -> Iterator[Sit]:
    """Seats readers; at the end none of them has seen anything go wrong."""
    with ExitStack() as stack:
        pages: list[Page] = []

        def seated(stage: Stage, user: str) -> Reader:
            context = browser.new_context(
                viewport={"width": 1400, "height": 1000}, reduced_motion="reduce", timezone_id="UTC", locale="en-US"
            )
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            listen(page)
            pages.append(page)
            reader = Reader(page=page, stage=stage, user=user)
            page.on("request", reader.note)
            page.goto(stage.as_(user))
            return reader

        yield seated
        assert [each for page in pages for each in complaints(page)] == []
