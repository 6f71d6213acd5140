"""Who works on the board under load: each in turn does one thing and thinks for a while."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.bills import bill

PAGES = (
    "/", "/findings", "/findings?q=is:open+severity:critical", "/do-now", "/components", "/ownership", "/progress/flow", "/sources",
    "/findings?q=is:open+group:rule", "/packages", "/campaigns", "/ownership/unmapped",
)  # fmt: skip
API = (
    "/api/v1/board", "/api/v1/findings", "/api/v1/findings?q=is:open+severity:high", "/api/v1/bundles", "/api/v1/facets", "/api/v1/do-now",
    "/api/v1/components", "/api/v1/sources", "/api/v1/metrics/open", "/api/v1/me", "/api/v1/query/help", "/api/v1/ownership/signals",
)  # fmt: skip
LISTENERS = 40
"""Of the readers; a server takes 64."""
BETWEEN_BILLS = 15.0
"""Seconds that a pipeline waits after each, beside its thinking: a server takes 600 an hour with one token, which two share."""


@dataclass(frozen=True, kw_only=True)
class Grants:
    """Tokens, and what there is to speak of."""

    writers: Sequence[str]
    readers: Sequence[str]
    deliverers: Mapping[str, str]
    findings: Sequence[int]
    components: Sequence[str]
    external: Sequence[str]
    resources: Sequence[str]
    hook: str


@dataclass
class Tally:
    """What came of it."""

    waited: dict[str, list[float]] = field(default_factory=dict)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    accepted: dict[str, int] = field(default_factory=dict)
    """The note of each decision that was accepted, with its number."""
    again: int = 0
    """Requests that were sent twice on purpose, or because the line broke."""
    events: int = 0


class Person:
    """One connection of one person or program."""

    def __init__(self, url: str, token: str, tally: Tally, seed: int) -> None:
        self.url = url
        self.tally = tally
        self.draw = random.Random(seed)
        self.session = aiohttp.ClientSession(
            headers={"authorization": f"Bearer {token}"}, timeout=aiohttp.ClientTimeout(total=300),
            connector=aiohttp.TCPConnector(limit=1, keepalive_timeout=9),
        )  # fmt: skip

    async def ask(self, kind: str, method: str, path: str, **given: Any) -> tuple[int, bytes]:
        """One request; what broke or went wrong inside is noted."""
        began = time.monotonic()
        try:
            async with self.session.request(method, self.url + path, allow_redirects=False, **given) as answer:
                body = await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            self.tally.errors.append(f"{kind}: {method} {path}: {type(error).__name__}: {error}")
            return 0, b""
        self.tally.waited.setdefault(kind, []).append(time.monotonic() - began)
        self.tally.statuses.setdefault(kind, Counter())[status] += 1
        if status >= 500 or status in (401, 429):
            self.tally.errors.append(f"{kind}: {method} {path}: {status} {body[:300]!r}")
        return status, body


async def everybody(
    urls: Sequence[str], grants: Grants, *, writers: int, readers: int, seconds: float, pause: float, folder: Path
) -> Tally:
    """All at once, for so many seconds."""
    tally, ends_at = Tally(), time.monotonic() + seconds
    work: list[tuple[Person, Callable[[Person], Awaitable[None]], float]] = []
    listening = min(LISTENERS, readers // 5)
    for n in range(writers):
        person = Person(urls[n % len(urls)], grants.writers[n], tally, n)
        work.append((person, _writer(n, grants, folder), pause / 2))
    for n in range(readers - listening):
        person = Person(urls[n % len(urls)], grants.readers[n % len(grants.readers)], tally, 1_000 + n)
        work.append((person, _read, pause))

    async def go_on(person: Person, do: Callable[[Person], Awaitable[None]], thinks: float) -> None:
        async with person.session:
            await asyncio.sleep(person.draw.uniform(0, 2 * thinks))
            while time.monotonic() < ends_at:
                await do(person)
                await asyncio.sleep(person.draw.uniform(0.2, 1.8) * thinks)

    ears = [
        Person(urls[n % len(urls)], grants.readers[n % len(grants.readers)], tally, 9_000 + n) for n in range(listening)
    ]
    await asyncio.gather(*(go_on(*each) for each in work), *(_listen(each, ends_at) for each in ears))
    return tally


async def _read(person: Person) -> None:
    kind, choice = ("page", PAGES) if person.draw.random() < 0.5 else ("api", API)
    status, _ = await person.ask(kind, "GET", person.draw.choice(choice))
    if status not in (0, 200):
        person.tally.errors.append(f"{kind}: {status}")


async def _listen(person: Person, ends_at: float) -> None:
    async with person.session:
        try:
            timeout = aiohttp.ClientTimeout(total=None, sock_read=60)  # a silent line is told to be open every 15 s
            async with person.session.get(f"{person.url}/api/v1/live", timeout=timeout) as answer:
                person.tally.statuses.setdefault("live", Counter())[answer.status] += 1
                while (left := ends_at - time.monotonic()) > 0:
                    try:
                        line = await asyncio.wait_for(answer.content.readline(), left)
                    except TimeoutError:
                        return
                    if not line:
                        person.tally.errors.append("live: the line ended")
                        return
                    person.tally.events += line.startswith(b"event: revision")
        except (aiohttp.ClientError, TimeoutError) as error:
            person.tally.errors.append(f"live: {type(error).__name__}: {error}")


def _writer(n: int, grants: Grants, folder: Path) -> Callable[[Person], Awaitable[None]]:
    match n % 16:
        case 0:
            return _Mapper(grants).once
        case 1:
            return _Pipeline(n, grants).once
        case 2 if n < 16:
            return _Keeper(folder).once
        case 3 if n < 16:
            return _Source(grants).once
    return _Decider(n, grants).once


class _Decider:
    """Says something of findings of its own, and sometimes of some that others speak of as well."""

    def __init__(self, n: int, grants: Grants) -> None:
        self._n = n
        self._count = 0
        self._own = grants.findings[n :: len(grants.writers)]
        self._common = grants.findings[:20]
        self._standing: list[int] = []

    async def once(self, person: Person) -> None:
        """One word, which may be taken back later."""
        draw, tally = person.draw, person.tally
        self._count += 1
        note = f"w{self._n}-{self._count}"
        about = draw.choice(self._common if draw.random() < 0.2 else self._own)
        body: dict[str, Any] = draw.choice((
            {"act": "comment", "findings": [about]}, {"act": "take", "findings": [about]},
            {"act": "snooze", "findings": [about], "until": "7d"}, {"act": "comment", "findings": list(self._own[:20])},
        ))  # fmt: skip
        if self._standing and draw.random() < 0.25:
            body = {"act": "undo", "of": self._standing.pop(0)}
        key = {"idempotency-key": note}
        status, answer = await person.ask(
            "decision", "POST", "/api/v1/decisions", json={**body, "note": note}, headers=key
        )
        if status == 0 or draw.random() < 0.1:  # the line broke, or somebody presses twice
            tally.again += 1
            second = await person.ask("decision", "POST", "/api/v1/decisions", json={**body, "note": note}, headers=key)
            if status == 200 and second != (status, answer):
                tally.errors.append(f"decision: sent again it was {second[0]} {second[1][:200]!r}")
            status, answer = second
        if status == 200:
            number = json.loads(answer)["decision"]
            if number is None:  # it was so already
                return
            tally.accepted[note] = number
            if body["act"] in ("take", "snooze"):
                self._standing.append(number)
        elif status not in (0, 404, 409):
            tally.errors.append(f"decision: {status} {answer[:300]!r}")


class _Mapper:
    """Says whose something is, and takes it back."""

    def __init__(self, grants: Grants) -> None:
        self._grants = grants
        self._said: list[int] = []

    async def once(self, person: Person) -> None:
        """One word."""
        if self._said and person.draw.random() < 0.5:
            await person.ask("mapping", "POST", f"/api/v1/ownership/decisions/{self._said.pop()}/undo")
            return
        body = {
            "resource": person.draw.choice(self._grants.resources),
            "component": person.draw.choice(self._grants.components),
            "reason": "under load",
        }
        status, answer = await person.ask("mapping", "POST", "/api/v1/ownership/confirm", json=body)
        if status == 200 and isinstance(number := json.loads(answer).get("decision"), int):
            self._said.append(number)


class _Pipeline:
    """Hands in what a component consists of, in a new version each time."""

    def __init__(self, n: int, grants: Grants) -> None:
        self._component, self._token = list(grants.deliverers.items())[n % len(grants.deliverers)]
        self._version = 0

    async def once(self, person: Person) -> None:
        """One bill of fifty packages."""
        self._version += 1
        kind, _, rest = self._component.partition(":")
        raw = bill(*(f"package-{n}@1.{self._version}.{n}" for n in range(50)), version=self._version)
        await person.ask(
            "bill", "POST", f"/api/v1/components/{kind}/{rest}/sbom", data=raw,
            headers={"authorization": f"Bearer {self._token}", "content-type": "application/json"},
        )  # fmt: skip
        await asyncio.sleep(BETWEEN_BILLS)


class _Keeper:
    """Makes tokens by the command line, as whoever looks after the board does; now and then a sync as well."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    async def once(self, person: Person) -> None:
        """One command."""
        self._count += 1
        words = ["token", "create", f"made-{self._count}", "--sees", "everything", "--depth", "counts", "--days", "1"]
        if self._count % 4 == 0:
            words = ["sync", "main"]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "callboard", *words, cwd=self._folder, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, told = await process.communicate()
        person.tally.statuses.setdefault(words[0], Counter())[process.returncode or 0] += 1
        if process.returncode and b"already" not in told and b"another" not in told.lower():
            person.tally.errors.append(f"{words[0]}: {process.returncode} {told[-400:]!r}")
        await asyncio.sleep(10)


class _Source:
    """Tells that something has changed."""

    def __init__(self, grants: Grants) -> None:
        self._grants = grants

    async def once(self, person: Person) -> None:
        """One webhook."""
        body = {"issue": {"id": person.draw.choice(self._grants.external)}}
        headers = {"authorization": f"Bearer {self._grants.hook}"}
        await person.ask("webhook", "POST", "/api/v1/hooks/wiz/main", json=body, headers=headers)
