"""Calls to a forge's API: one budget, one pace, one way to wait, whoever asks.

Both forges tell what is left in headers that differ only by a prefix, and when it starts anew as seconds since 1970.
Read 2026-11: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api (primary limits by
`x-ratelimit-*`, secondary ones as 403 or 429 with or without Retry-After, a minute at least without),
https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers (`RateLimit-*`).
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec

from callboard.domain.instant import SECOND, Instant
from callboard.errors import (
    AnswerTooLargeError,
    BudgetSpentError,
    FileTooLargeError,
    OutboundError,
    RepositoryMissingError,
    RepositoryRefusedError,
    RepositoryUnreachableError,
    UnreachableError,
)
from callboard.net import Answer, Net, retry_after_seconds

ATTEMPTS = 4
"""Tries of one call, the first included. Waiting because a limit says so is no try."""

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 20.0
"""The bound of a wait that we choose ourselves doubles from the first to the longest."""

SECONDARY_WAIT_SECONDS = 60.0
"""What GitHub asks for after a secondary limit that names no time."""

WAIT_BUDGET_SECONDS = 900.0
"""What the limits of a forge may make one reading wait in all. Then it stops, and the next one goes on."""

EXTRA_CALLS = 10.0
"""Extra calls that are free at the start; ten good calls earn one more."""

GIVE_UP_AFTER = 3
"""Calls in a row that may fail after all their tries before the forge counts as down."""

TIMEOUT_SECONDS = 60.0
"""For one call of a forge."""
MAX_BYTES = 32 * 1024 * 1024
"""Of one answer. A tree of 100,000 entries is about 20 MB at the most (GitHub cuts it at 7)."""

T = TypeVar("T")
Headers = Callable[[], Awaitable[Mapping[str, str]]]


class TransientError(Exception):
    """The forge could not answer just now."""

    def __init__(self, message: str, wait_seconds: float | None = None, *, told: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.wait_seconds = wait_seconds
        self.told = told
        """A limit: asking again later is what the forge expects."""


class _Message(msgspec.Struct):
    message: Any = None
    error: Any = None


class Calls:
    """The calls of one reading."""

    def __init__(
        self,
        net: Net,
        *,
        who: str,
        budget: int,
        headers: Headers,
        renew: Callable[[], Awaitable[bool]],
        now: Callable[[], Instant],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`who` names the forge in messages. `renew` gets a new token after a refusal and says whether there is one."""
        self._net = net
        self._who = who
        self._budget = budget
        self._headers = headers
        self._renew = renew
        self._now = now
        self._sleep = sleep
        self._chance = chance
        self._monotonic = monotonic
        self._extra = EXTRA_CALLS
        self._failed_in_a_row = 0
        self._not_before = 0.0
        self._waited = 0.0
        self.made = 0

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        max_bytes: int = MAX_BYTES,
        accept: str = "application/json",
        also: Collection[int] = (),
    ) -> Answer:
        """The answer with status 200, or 304 when `etag` still holds. A renamed repository is asked for once more there.

        `also` are further statuses that are answers. Raises RepositoryMissingError for 404, 410 and 451,
        RepositoryRefusedError, RepositoryUnreachableError, FileTooLargeError or BudgetSpentError.
        """
        asked = {"Accept": accept, **({"If-None-Match": etag} if etag else {})}
        answer = await self._call("GET", url, asked, None, max_bytes)
        if answer.status in (301, 302, 307, 308):
            # Only ever the same server: `net` refuses everything else.
            there = urljoin(url, answer.headers.get("Location", ""))
            if urlsplit(there).path == urlsplit(url).path:
                raise RepositoryUnreachableError(f"{self._who} redirects in a circle.")
            answer = await self._call("GET", there, asked, None, max_bytes)
        return self._settled(answer, also)

    async def post(self, url: str, body: object) -> Answer:
        """The answer with status 200 or 201 to a question that is too long for an address. Raises as `get` does."""
        return self._settled(await self._call("POST", url, {"Accept": "application/json"}, body, MAX_BYTES))

    def _settled(self, answer: Answer, also: Collection[int] = ()) -> Answer:
        if answer.status in (200, 201, 304) or answer.status in also:
            return answer
        said = said_by(answer.body)
        if answer.status in (404, 410, 451):
            raise RepositoryMissingError(f"{self._who} answers {answer.status}{said}.")
        if answer.status in (401, 403):
            raise RepositoryRefusedError(
                f"{self._who} refuses Callboard's token{said}.",
                hint="It needs read-only rights to contents and metadata, has to be valid, and single sign-on has to allow it.",
            )
        raise RepositoryUnreachableError(f"{self._who} answers {answer.status}{said}.", hint="Check `url`.")

    async def _call(self, method: str, url: str, headers: Mapping[str, str], body: object, max_bytes: int) -> Answer:
        """Asks until there is an answer that is worth something."""
        if self._failed_in_a_row >= GIVE_UP_AFTER:
            raise BudgetSpentError(
                f"{self._who} did not answer {GIVE_UP_AFTER} calls in a row; the next reading goes on."
            )
        number = 0
        renewed = False
        while True:
            number += 1
            try:
                answer = await self._once(method, url, headers, body, max_bytes)
            except TransientError as error:
                if error.told:
                    number -= 1
                elif number == ATTEMPTS or self._extra < 1:
                    self._failed_in_a_row += 1
                    raise RepositoryUnreachableError(f"{error.message} Asked {number} times.") from error
                else:
                    self._extra -= 1
                await self._wait(number, error)
                continue
            if answer.status == 401 and not renewed and await self._renew():
                renewed = True
                continue
            self._failed_in_a_row = 0
            self._extra = min(self._extra + 0.1, EXTRA_CALLS)
            return answer

    async def _wait(self, number: int, error: TransientError) -> None:
        own = self._chance() * min(FIRST_WAIT_SECONDS * 2.0 ** max(number - 1, 0), LONGEST_WAIT_SECONDS)
        wait = own if error.wait_seconds is None else error.wait_seconds + min(own, 1.0)
        if not error.told:
            await self._sleep(wait)
            return
        # Everybody waits for the same moment, so what one waits counts once.
        until = max(self._not_before, self._monotonic() + wait)
        more = until - max(self._not_before, self._monotonic())
        if self._waited + more > WAIT_BUDGET_SECONDS:
            minutes = wait / 60
            raise BudgetSpentError(
                f"{error.message} It would have to wait {minutes:,.0f} more minutes; the next reading goes on.",
                hint="Lower `calls_per_reading`, read less often, or use a GitHub App, which may ask more.",
            ) from error
        self._waited += max(more, 0.0)
        self._not_before = until

    async def _once(self, method: str, url: str, headers: Mapping[str, str], body: object, max_bytes: int) -> Answer:
        if (early := self._not_before - self._monotonic()) > 0:
            await self._sleep(early)
        if self.made >= self._budget:
            raise BudgetSpentError(
                f"One reading may make {self._budget:,} calls to {self._who}; the next one goes on.",
                hint="`calls_per_reading` sets how many.",
            )
        self.made += 1
        try:
            answer = await self._net.request(
                method,
                url,
                headers={**await self._headers(), **headers},
                json=body,
                max_bytes=max_bytes,
                timeout=TIMEOUT_SECONDS,
                redirects=True,
            )
        except UnreachableError as error:
            raise TransientError(error.message) from error
        except AnswerTooLargeError as error:
            raise FileTooLargeError(error.message) from error
        except OutboundError as error:
            raise RepositoryUnreachableError(error.message, hint=error.hint) from error
        self._judge(answer)
        return answer

    def _judge(self, answer: Answer) -> None:
        """Raises when the answer says to ask again, and notes when nothing is left."""
        status = answer.status
        reset = _until_reset(answer.headers, self._now())
        if status in (403, 429):
            asked = retry_after_seconds(answer.headers, self._now())
            if reset is not None:
                raise TransientError(f"The rate limit of {self._who} is used up.", reset, told=True)
            if asked is not None or status == 429 or _is_secondary(answer.body):
                raise TransientError(
                    f"{self._who} asks to be called more slowly.", asked or SECONDARY_WAIT_SECONDS, told=True
                )
        if status == 200 and reset is not None and b'"RATE_LIMITED"' in answer.body[:4_000]:
            # GraphQL says so inside an answer that is otherwise good.
            raise TransientError(f"The rate limit of {self._who} is used up.", reset, told=True)
        if status == 408 or status >= 500:
            raise TransientError(f"{self._who} answers {status}.", retry_after_seconds(answer.headers, self._now()))


def _header(headers: Mapping[str, str], name: str) -> str:
    return headers.get(f"x-ratelimit-{name}") or headers.get(f"RateLimit-{name.capitalize()}") or ""


def _until_reset(headers: Mapping[str, str], now: Instant) -> float | None:
    """Seconds until there are calls again. None: there are some left, or the forge does not tell."""
    left, reset = _header(headers, "remaining"), _header(headers, "reset")
    if left.strip() != "0" or not reset.strip().isdigit() or len(reset) > 12:
        return None
    return max(int(reset) - now / SECOND, 0.0) + 1.0


def _is_secondary(body: bytes) -> bool:
    return re.search(rb"rate limit|abuse detection", body[:2_000], re.IGNORECASE) is not None


def said_by(body: bytes) -> str:
    """The forge's own words, in brackets. They are somebody else's text, so they are kept short and printable."""
    try:
        found = msgspec.json.decode(body[:65_536], type=_Message)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    text = next((each for each in (found.message, found.error) if isinstance(each, str)), "")
    return f" ({printable(text)})" if text else ""


def printable(text: str) -> str:
    """Somebody else's text, kept short."""
    text = "".join(each if each.isprintable() else " " for each in text[:1_000]).rstrip(". ")
    return text if len(text) <= 200 else f"{text[:199]}…"


def decode(body: bytes, kind: type[T]) -> T:
    """An answer in the shape that it should have. Raises RepositoryUnreachableError for any other."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise RepositoryUnreachableError(
            "The forge answers in a shape that Callboard does not know.",
            hint="Check `url`; a login page or a proxy may stand in front of it.",
        ) from None


def next_link(headers: Mapping[str, str], url: str) -> str | None:
    """Where the next page is, by the Link header (RFC 8288). None: this was the last, or it leads to another server."""
    # Both forges escape commas in addresses, so a comma always stands between two links.
    for link in headers.get("Link", "")[:16_384].split(","):
        address, _, parameters = link.strip().partition(">")
        if address.startswith("<") and any(
            part.strip().replace('"', "") == "rel=next" for part in parameters.split(";")
        ):
            there = urljoin(url, address[1:])
            here, target = urlsplit(url), urlsplit(there)
            return there if (here.scheme, here.netloc) == (target.scheme, target.netloc) else None
    return None
