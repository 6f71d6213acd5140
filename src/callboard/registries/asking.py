"""Asking a registry about one name at a time, and reading what npm's and Python's registries answer.

Of npm the whole document of a name is asked for: the short one holds no dates.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import quote

import msgspec

from callboard.domain.instant import Instant, from_text
from callboard.domain.packages.at_registry import Said, Terms
from callboard.domain.packages.package import NPM
from callboard.errors import AnswerTooLargeError, UnreachableError
from callboard.net import Net
from callboard.ports import Asked, Check
from callboard.registries.checking import checks
from callboard.registries.config import RegistryConfig

MAX_BYTES = 32 * 1024 * 1024
"""Of one answer. A name with thousands of versions takes some 10 MB."""
TIMEOUT_SECONDS = 30.0
"""For one question to a registry."""
MOST_ETAG = 500
"""Characters of a mark that is kept."""
MOST_PUBLISHERS, LONGEST_NAME = 100, 200


class _Person(msgspec.Struct):
    name: str = ""


class _Packument(msgspec.Struct):
    time: dict[str, object] = {}
    maintainers: list[_Person] | None = None


class _File(msgspec.Struct):
    upload_time_iso_8601: str = ""


class _Role(msgspec.Struct):
    user: str = ""


class _Ownership(msgspec.Struct):
    roles: list[_Role] = []
    organization: str | None = None


class _Project(msgspec.Struct):
    releases: dict[str, list[_File]] = {}
    ownership: _Ownership | None = None


class AskedRegistry:
    """Implements `ports.Registry`."""

    def __init__(
        self,
        ecosystem: str,
        config: RegistryConfig,
        net: Net,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._net = net
        self._sleep = sleep
        self._monotonic = monotonic
        self._next_at = 0.0
        self._ecosystem = ecosystem
        self._is_npm = ecosystem == NPM
        self._terms = Terms(
            ecosystem=ecosystem, young_days=config.young_days, internal=config.internal, publishers=config.publishers
        )

    @property
    def terms(self) -> Terms:
        """What the operator says about it."""
        return self._terms

    @property
    def calls(self) -> int:
        """Requests that may be made in one go."""
        return self._config.calls_per_run

    async def ask(self, name: str, etag: str | None) -> Asked:
        """What is said about a name. Raises OutboundError."""
        await self._pace()
        headers = {"Accept": "application/json"}
        if etag is not None:
            headers["If-None-Match"] = etag
        if self._config.token is not None:
            headers["Authorization"] = f"Bearer {self._config.token.strip()}"
        # The @ and the name's own slash: a name is one part of the address.
        place = f"{self._config.url.rstrip('/')}/{quote(name, safe='@')}" + ("" if self._is_npm else "/json")
        try:
            answer = await self._net.request(
                "GET", place, headers=headers, max_bytes=MAX_BYTES, timeout=TIMEOUT_SECONDS
            )
        except AnswerTooLargeError:
            return Asked(None, None)
        if answer.status == 304 and etag is not None:
            return Asked(None, etag, is_same=True)
        if answer.status == 404:
            return Asked(Said(is_there=False), None)
        if answer.status != 200:
            hint = "Check `token` of the registry in callboard.toml." if answer.status in (401, 403) else None
            raise UnreachableError(f"The registry answered with {answer.status}.", hint=hint)
        try:
            said = read_packument(answer.body) if self._is_npm else read_project(answer.body)
        except msgspec.MsgspecError:
            return Asked(None, None)
        mark = answer.headers.get("ETag", "")
        return Asked(said, mark if 0 < len(mark) <= MOST_ETAG and mark.isascii() and mark.isprintable() else None)

    async def check(self) -> tuple[Check, ...]:
        """Whether it answers, in a shape that is known, what is asked of it. One request."""
        return await checks(self, self._ecosystem, self._config)

    async def _pace(self) -> None:
        now = self._monotonic()
        wait = self._next_at - now
        if wait > 0:
            await self._sleep(wait)
        self._next_at = max(now, self._next_at) + 1 / self._config.calls_per_second


def read_packument(body: bytes) -> Said:
    """What npm's document of a name says. Raises msgspec.MsgspecError."""
    found = msgspec.json.decode(body, type=_Packument)
    moments = ((version, _moment(at)) for version, at in found.time.items() if version not in ("created", "modified"))
    return Said(
        is_there=True,
        releases={version: at for version, at in moments if at is not None},
        publishers=_names(each.name for each in found.maintainers or ()),
    )


def read_project(body: bytes) -> Said:
    """What Python's document of a name says: a version is released with its first file. Raises msgspec.MsgspecError.

    Who wrote a package stands in it as its author likes. Only who owns it at the registry counts.
    """
    found = msgspec.json.decode(body, type=_Project)
    releases: dict[str, Instant] = {}
    for version, files in found.releases.items():
        moments = [at for at in (_moment(each.upload_time_iso_8601) for each in files) if at is not None]
        if moments:
            releases[version] = min(moments)
    owners = found.ownership
    named = [] if owners is None else [*(each.user for each in owners.roles), owners.organization or ""]
    return Said(is_there=True, releases=releases, publishers=_names(named))


def _names(names: Iterable[str]) -> tuple[str, ...]:
    plain = (name for name in names if name.isprintable() and 0 < len(name) <= LONGEST_NAME)
    return tuple(dict.fromkeys(plain))[:MOST_PUBLISHERS]


def _moment(text: object) -> Instant | None:
    """None: it is no date, or one without a time zone, which means nothing."""
    if not isinstance(text, str):
        return None
    try:
        return from_text(text)
    except (ValueError, OverflowError):
        return None
