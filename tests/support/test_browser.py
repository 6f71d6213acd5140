"""The browser draws what it is given, keeps to this machine, and gets along with async tests."""

from __future__ import annotations

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import complaints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.support.browser import OpenPage

REPOSITORY = Path(__file__).parents[2]


class Hello(BaseHTTPRequestHandler):
    """Answers every request with one small page."""

    def do_GET(self) -> None:
        """Answer."""
        body = b"<!doctype html><title>Hello</title><h1>Hello</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the base class's)
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """The address of a page on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Hello) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def drawn(page: Page, text: str, family: str) -> bytes:
    """The picture of a page that holds one line of text."""
    page.set_content(f"<p style='font: 40px {family}; white-space: pre'>{text}</p>")
    return page.screenshot()


@pytest.mark.parametrize("family", ["sans-serif", "system-ui", "serif", "monospace"])
def test_glyphs_are_drawn(page: Page, family: str) -> None:
    """Different letters and signs give different pictures, and none of them is the picture of nothing."""
    pictures = [drawn(page, text, family) for text in (" ", "A", "B", "ä", "→", "✓", "▲")]
    assert len(set(pictures)) == len(pictures)


def test_monospace_is_monospaced(page: Page) -> None:
    """Narrow and wide letters are equally wide in the one family and not in the other."""
    page.set_content("<code>iiii</code> <code>MMMM</code> <b>iiii</b> <b>MMMM</b>")
    width = "element => element.getBoundingClientRect().width"
    narrow, wide = (page.locator("code").nth(place).evaluate(width) for place in (0, 1))
    assert narrow == wide > 0
    narrow, wide = (page.locator("b").nth(place).evaluate(width) for place in (0, 1))
    assert narrow < wide


def test_a_page_on_loopback_opens(page: Page, address: str) -> None:
    """A server on this machine is reached, and a clean page has nothing to complain about."""
    page.goto(address)
    assert page.get_by_role("heading", name="Hello").is_visible()
    assert complaints(page) == []


def test_nothing_beyond_this_machine_is_reached(page: Page, address: str) -> None:
    """A name is not even looked up, and the failure is among the page's complaints."""
    page.goto(address)
    page.evaluate("() => fetch('http://callboard.example/').catch(() => null)")
    assert any("callboard.example" in complaint for complaint in complaints(page))


def test_errors_of_a_page_are_heard(page: Page, address: str) -> None:
    """An exception in a page's script is among its complaints."""
    page.goto(address)
    with page.expect_event("pageerror"):
        page.evaluate("() => { setTimeout(() => { throw new Error('torn curtain') }) }")
    assert any("torn curtain" in complaint for complaint in complaints(page))


def test_pages_have_their_own_scheme_and_width(open_page: OpenPage) -> None:
    """A dark phone and a light desktop can be open at once."""
    phone, desk = open_page(color_scheme="dark", width=390), open_page()
    seen = "() => [matchMedia('(prefers-color-scheme: dark)').matches, innerWidth]"
    assert phone.evaluate(seen) == [True, 390]
    assert desk.evaluate(seen) == [False, 1280]


def test_async_tests_may_follow_browser_tests(tmp_path: Path) -> None:
    """In one worker, a file of async tests passes after a file that used the browser."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.support.browser"]\n')
    (tmp_path / "test_1.py").write_text('def test_first(page):\n    page.set_content("<p>hello</p>")\n')
    (tmp_path / "test_2.py").write_text(
        "import asyncio\n\n\nasync def test_second():\n    await asyncio.sleep(0)\n\n\n"
        "def test_third():\n    asyncio.run(asyncio.sleep(0))\n"
    )
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
    )
    arguments = ["-p", "no:cacheprovider", "-c", str(tmp_path / "pytest.ini"), str(tmp_path)]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert "3 passed" in run.stdout, run.stdout + run.stderr
