"""An installed Chromium that opens links with a session that the operator saved, and says what the pages show.

Nothing of it is a dependency: the browser is a program beside us, spoken to in its DevTools protocol through a pipe (no port
that others on the machine could use), and the session is a folder that it made itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from callboard.errors import ConfigError, UnreachableError

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
VARIABLE = "CALLBOARD_CHROMIUM"

START_SECONDS = 60.0
SETTLE_SECONDS = 30.0
"""How long a page may take to show what it should."""
LOOK_SECONDS = 0.25
MOST_BYTES = 64 * 1024 * 1024
"""A longer message from the browser ends it."""

# The browser reads file 3 and writes file 4; what else it says is of no use.
_THROUGH_A_PIPE = 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1'
_ARGUMENTS = ("--headless=new", "--remote-debugging-pipe", "--password-store=basic", "--no-first-run", "--disable-gpu")
_WORDS = "[location.hostname, document.body ? document.body.innerText : '']"


def find_program() -> str:
    """The browser to use. Raises ConfigError when there is none."""
    given = os.environ.get(VARIABLE)
    found = next(filter(None, map(shutil.which, (given,) if given else PROGRAMS)), None)
    if found is None:
        raise ConfigError(
            f"{given!r} is no program." if given else "There is no Chromium on this machine to open links with.",
            hint=f"Install Chromium or Chrome, or set {VARIABLE} to the program.",
        )
    return found


class Chromium:
    """A running browser."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._numbers = itertools.count(1)

    async def shows(self, url: str, is_it: Callable[[str], bool]) -> bool:
        """Whether the page behind a link comes to show words that `is_it` agrees to, on the link's own host."""
        target = (await self._ask("Target.createTarget", url="about:blank"))["targetId"]
        session = (await self._ask("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        try:
            if "errorText" in await self._ask("Page.navigate", session, url=url):
                return False
            host, until = urlsplit(url).hostname, time.monotonic() + SETTLE_SECONDS
            while time.monotonic() < until:
                said = await self._ask("Runtime.evaluate", session, expression=_WORDS, returnByValue=True)
                match said.get("result", {}).get("value"):
                    case [place, str(text)] if place == host and is_it(" ".join(text.split())):
                        return True
                await asyncio.sleep(LOOK_SECONDS)
            return False
        finally:
            await self._ask("Target.closeTarget", targetId=target)

    async def _ask(self, method: str, session: str | None = None, **params: object) -> dict[str, Any]:
        """Give a command and wait for its answer; what else the browser tells meanwhile is passed over."""
        reader, writer = self._process.stdout, self._process.stdin
        if reader is None or writer is None:  # pragma: no cover - both are pipes
            raise UnreachableError("The browser cannot be spoken to.")
        number = next(self._numbers)
        command: dict[str, object] = {"id": number, "method": method, "params": params}
        if session is not None:
            command["sessionId"] = session
        try:
            async with asyncio.timeout(START_SECONDS):
                writer.write(msgspec.json.encode(command) + b"\0")
                await writer.drain()
                while True:
                    answer = msgspec.json.decode((await reader.readuntil(b"\0"))[:-1])
                    if answer.get("id") == number:
                        result: dict[str, Any] = answer.get("result", {"errorText": "refused"})
                        return result
        except (TimeoutError, OSError, EOFError, asyncio.LimitOverrunError, msgspec.DecodeError) as error:
            raise UnreachableError(
                "The browser does not answer.",
                hint="Is another browser open with the same session? Does it start on this machine at all?",
            ) from error


@asynccontextmanager
async def opened(program: str, session: Path) -> AsyncIterator[Chromium]:
    """A browser with the session in that folder (an absolute path), for as long as the block lasts."""
    process = await asyncio.create_subprocess_exec(
        "/bin/sh",
        "-c",
        _THROUGH_A_PIPE,
        "sh",
        program,
        *_ARGUMENTS,
        f"--user-data-dir={session}",
        "about:blank",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=MOST_BYTES,
        start_new_session=True,
    )
    try:
        yield Chromium(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def is_about(text: str, *, titles: tuple[str, ...], places: tuple[str, ...]) -> bool:
    """Whether the words of a page are about a finding: it bears a title of it, and its id or its resource's name.

    The id alone would not do: a sign-in page may repeat the address that one came from.
    """
    return all(any(" ".join(word.split()) in text for word in words if word.strip()) for words in (titles, places))
