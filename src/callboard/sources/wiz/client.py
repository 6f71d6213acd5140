"""One call to Wiz's GraphQL API, with everything that can go wrong with it put into words.

Facts as of 2026-08: about 10 calls a second are allowed to a service account, and 8 were sometimes refused (measured by a
third party); errors come with HTTP 200 and `errors[]`, with `data` null or partial; the codes are those named below
(shipped clients). What the messages say is not public, so they are matched loosely and shown to the operator.
"""

# ruff: noqa: N815 - the structs carry Wiz's own field names
from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import msgspec
from aiolimiter import AsyncLimiter
from msgspec import UNSET, Raw, UnsetType

from callboard.domain.instant import Instant
from callboard.errors import (
    AnswerTooLargeError,
    CallboardError,
    OutboundError,
    QueryRefusedError,
    SourceChangedError,
    SourceRefusedError,
    SourceUnreachableError,
    UnreachableError,
)
from callboard.net import Answer, Net, retry_after_seconds, sent_at
from callboard.ports import Turns, TurnsOf
from callboard.sources.wiz.auth import Tokens, forbidden_ip
from callboard.sources.wiz.config import WizConfig
from callboard.sources.wiz.patience import Patience, TransientError

T = TypeVar("T")

MESSAGE_CHARACTERS = 300
"""How much of Wiz's own message is repeated to the operator."""


class PageInfo(msgspec.Struct):
    """Where the next page starts."""

    hasNextPage: bool = False
    endCursor: str | None = None


class Page(msgspec.Struct):
    """What every document asks for under the alias `page`. A field that did not arrive is UNSET, which is not null."""

    nodes: list[Raw] | None | UnsetType = UNSET
    pageInfo: PageInfo | None | UnsetType = UNSET
    totalCount: int | None | UnsetType = UNSET
    maxCountReached: bool | None | UnsetType = UNSET


class _Data(msgspec.Struct):
    page: Page | None = None


class _Extensions(msgspec.Struct):
    code: str | None = None


class _Problem(msgspec.Struct):
    message: str | None = None
    extensions: _Extensions | None = None


class _Reply(msgspec.Struct):
    data: _Data | None = None
    errors: list[_Problem] | None = None


class NotUnderstoodError(QueryRefusedError):
    """Wiz does not understand the query."""


class TooHeavyError(SourceChangedError):
    """Wiz calls the page too costly. Half as many nodes may do."""


class SaidNoError(CallboardError):
    """Wiz refused a write. The message is Wiz's own."""


class _Written(msgspec.Struct):
    data: Raw = Raw(b"null")
    errors: list[_Problem] | None = None


_DECODER = msgspec.json.Decoder(_Reply)
_WRITTEN = msgspec.json.Decoder(_Written)

_HEAVY = re.compile(
    r"input exceeded|too (?:complex|costly|expensive|large|heavy)|complexity|query cost|cost limit", re.IGNORECASE
)

_PASSING = frozenset({"RATE_LIMIT_EXCEEDED", "INTERNAL", "INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "TIMEOUT"})

_SCOPES = {
    "project": "read:projects",
    "issue": "read:issues",
    "vulnerability": "read:vulnerabilities",
    "misconfiguration": "read:cloud_configuration",
}
"""The least scope that each kind needs, as of 2026-08."""


def scope_for(kind: str) -> str | None:
    """The least scope for reading a part kind."""
    return _SCOPES.get(kind)


class _OwnTurns:
    """`ports.Turns` of an account that only this process calls."""

    def __init__(self, rate: float) -> None:
        # A bucket of one call: Wiz measures bursts too, and a steady pace was what ran clean.
        self._limiter = AsyncLimiter(1, 1 / rate)

    async def take(self) -> None:
        await self._limiter.acquire()

    async def hold(self, seconds: float) -> None:
        """Whoever was told waits by itself; the others find out."""


class _Shared:
    """What all sources of one service account have in common in one event loop."""

    def __init__(self, config: WizConfig, turns: TurnsOf | None) -> None:
        rate = config.calls_per_second
        account = f"wiz {config.token_url} {config.client_id}"
        self.turns: Turns = _OwnTurns(rate) if turns is None else turns(account, rate)
        self.slots = asyncio.Semaphore(config.concurrency)


_Key = tuple[str, str, bool]

_SHARED: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[_Key, _Shared]] = WeakKeyDictionary()


def _shared(config: WizConfig, turns: TurnsOf | None) -> _Shared:
    accounts = _SHARED.setdefault(asyncio.get_running_loop(), {})
    key = (config.token_url, config.client_id, turns is None)
    if key not in accounts:
        accounts[key] = _Shared(config, turns)
    return accounts[key]


class Client:
    """Calls of one service account."""

    def __init__(
        self,
        config: WizConfig,
        net: Net,
        tokens: Tokens,
        patience: Patience,
        *,
        now: Callable[[], Instant],
        turns: TurnsOf | None = None,
    ) -> None:
        self._url = config.graphql_url
        self._timeout = config.timeout_seconds
        self._config = config
        self._net = net
        self._tokens = tokens
        self._patience = patience
        self._now = now
        self._turns = turns
        self.calls = 0
        """Requests sent to the API so far, retries included."""
        self.sent_at: Instant | None = None
        """What Wiz's clock showed in its last answer."""

    async def execute(self, document: str, variables: dict[str, Any], *, kind: str = "") -> Page:
        """The answer's page. `kind` is only for words.

        Raises SourceUnreachableError when Wiz cannot be reached for too long, SourceRefusedError when it refuses,
        NotUnderstoodError and TooHeavyError for what the caller may put differently, SourceChangedError for the rest.
        """
        body = msgspec.json.encode({"query": document, "variables": variables})
        try:
            return await self._patience.call(
                lambda: self._attempt(body, lambda answer: _read(answer, kind, self._now()))
            )
        except AnswerTooLargeError as error:
            raise TooHeavyError(error.message) from error
        except OutboundError as error:
            raise SourceUnreachableError(error.message, hint=error.hint) from error

    async def once(self, document: str, variables: dict[str, Any]) -> bytes:
        """The `data` of the answer to a call that is not repeated here, since it may write.

        Raises SaidNoError in Wiz's own words, and TransientError or OutboundError for what is worth another attempt.
        """
        body = msgspec.json.encode({"query": document, "variables": variables})
        return await self._attempt(body, lambda answer: _data(answer, self._now()))

    async def token(self) -> str:
        """The present token, for looking into it."""
        try:
            return await self._patience.call(self._token)
        except OutboundError as error:
            raise SourceUnreachableError(error.message, hint=error.hint) from error

    async def _token(self) -> str:
        try:
            return await self._tokens.current()
        except UnreachableError as error:
            raise TransientError(error.message, hint=error.hint) from error

    async def _attempt(self, body: bytes, read: Callable[[Answer], T | None]) -> T:
        token = await self._token()
        found = read(await self._post(body, token))
        if found is not None:
            return found
        # A token may end early. One fresh one is tried, for this page alone; refused again, it is not the token's age.
        try:
            token = await self._tokens.instead_of(token)
        except UnreachableError as error:
            raise TransientError(error.message, hint=error.hint) from error
        found = read(await self._post(body, token))
        if found is None:
            raise SourceRefusedError(
                "Wiz does not accept its own fresh token (401).",
                hint="Check that api_url is the tenant's own endpoint: the token names its data centre.",
            )
        return found

    async def _post(self, body: bytes, token: str) -> Answer:
        shared = _shared(self._config, self._turns)
        async with shared.slots:
            await shared.turns.take()
            try:
                self.calls += 1
                answer = await self._net.request(
                    "POST",
                    self._url,
                    headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                    json=body,
                    timeout=self._timeout,
                )
            except UnreachableError as error:
                raise TransientError(error.message, hint=error.hint) from error
        self.sent_at = sent_at(answer.headers)
        if answer.status == 429 and (wait := retry_after_seconds(answer.headers, self._now())):
            await shared.turns.hold(wait)
        return answer


def _read(answer: Answer, kind: str, now: Instant) -> Page | None:
    """The page in an answer. None: the token was refused. Everything else that is not a page raises."""
    status = answer.status
    if status == 401:
        return None
    wait = retry_after_seconds(answer.headers, now)
    if status == 429:
        raise TransientError("Wiz's rate limit is reached (429).", wait_seconds=wait, told=True)
    if status >= 500 or status == 408:
        raise TransientError(f"Wiz answers {status}.", wait_seconds=wait)
    try:
        reply = _DECODER.decode(answer.body)
    except msgspec.ValidationError as error:
        if status != 200:
            raise _refused_status(answer) from error
        raise SourceChangedError(f"Wiz's answer has another shape than expected: {error}.") from error
    except (ValueError, RecursionError) as error:
        if status != 200:
            raise _refused_status(answer) from error
        reply = _forgiving(answer.body)
    if reply.errors:
        if (problem := _problem(reply.errors[0], kind, wait)) is None:
            return None
        raise problem
    if status != 200:
        raise _refused_status(answer)
    if reply.data is None or reply.data.page is None:
        raise SourceChangedError("Wiz answers without data and without an error.")
    return reply.data.page


def _data(answer: Answer, now: Instant) -> bytes | None:
    """The data of an answer. None: the token was refused. Wiz's refusals are told in its own words."""
    status = answer.status
    if status == 401:
        return None
    wait = retry_after_seconds(answer.headers, now)
    if status in (408, 429) or status >= 500:
        raise TransientError(f"Wiz answers {status}.", wait_seconds=wait)
    try:
        reply = _WRITTEN.decode(answer.body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        if status == 200:
            raise TransientError("Wiz's answer is not whole JSON.") from error
        raise SaidNoError(f"Wiz answers {status}.") from error
    if reply.errors:
        problem = reply.errors[0]
        code = (problem.extensions.code if problem.extensions else None) or ""
        message = _quoted(problem.message)
        if code in ("UNAUTHENTICATED", "TOKEN_EXPIRED"):
            return None
        if code in _PASSING:
            raise TransientError(f"Wiz failed inside: {message}", wait_seconds=wait)
        raise SaidNoError(f"{message} ({code})" if code else message)
    if status != 200:
        raise SaidNoError(f"Wiz answers {status}.")
    return bytes(reply.data)


def _forgiving(body: bytes) -> _Reply:
    """The reply again, by a parser that takes what ours does not: half of a surrogate pair in some text.

    One such text must not cost the page. It is dropped, so that every later reader can take the node. A body that this
    parser cannot read either was cut off on its way.
    """
    try:
        value = json.loads(body.decode("utf-8", "ignore"))
        return _DECODER.decode(json.dumps(value, ensure_ascii=False).encode("utf-8", "ignore"))
    except msgspec.ValidationError as error:
        raise SourceChangedError(f"Wiz's answer has another shape than expected: {error}.") from error
    except (ValueError, RecursionError) as error:
        raise TransientError("Wiz's answer is not whole JSON.") from error


def _problem(problem: _Problem, kind: str, wait: float | None) -> Exception | None:
    """What an entry of `errors` means. None: the token was refused."""
    code = (problem.extensions.code if problem.extensions else None) or ""
    message = _quoted(problem.message)
    if code in ("UNAUTHENTICATED", "TOKEN_EXPIRED"):
        return None
    if _HEAVY.search(message):
        return TooHeavyError(f"Wiz calls the page too costly: {message}")
    match code:
        case "RATE_LIMIT_EXCEEDED":
            return TransientError("Wiz's rate limit is reached.", wait_seconds=wait, told=True)
        case "INTERNAL" | "INTERNAL_SERVER_ERROR" | "SERVICE_UNAVAILABLE" | "TIMEOUT":
            return TransientError(f"Wiz failed inside: {message}", wait_seconds=wait)
        case "UNAUTHORIZED" | "FORBIDDEN":
            return missing_scope(kind)
        case "FORBIDDEN_IP":
            return forbidden_ip()
        case "BAD_USER_INPUT" | "GRAPHQL_VALIDATION_FAILED" | "GRAPHQL_PARSE_FAILED":
            return NotUnderstoodError(f"Wiz does not understand the query: {message}")
        case "NOT_FOUND":
            return SourceChangedError(
                f"Wiz does not find what is asked for: {message}", hint="Check the project ids in the scope."
            )
        case _:
            return SourceChangedError(f"Wiz answers with an error: {message} ({code or 'no code'})")


def missing_scope(kind: str) -> SourceRefusedError:
    """The refusal for a kind that the service account may not read."""
    scope = scope_for(kind)
    if scope is None:
        return SourceRefusedError("The Wiz service account may not read this.")
    return SourceRefusedError(
        f"The Wiz service account may not read what {scope} covers.",
        hint=f"Give it the scope {scope} in Wiz under Settings, Service Accounts.",
    )


def _refused_status(answer: Answer) -> Exception:
    text = answer.body[:2000].decode("utf-8", "replace")
    if answer.status == 403:
        if re.search(r"FORBIDDEN_IP|\bIP\b|allow.?list", text):
            return forbidden_ip()
        return SourceRefusedError(
            "Wiz forbids the call (403).", hint="Check the service account's scopes and the tenant's allowed addresses."
        )
    if answer.status == 413:
        return TooHeavyError("Wiz calls the request too large (413).")
    if answer.status == 404:
        return SourceChangedError("There is no GraphQL endpoint at api_url (404).", hint="Check api_url.")
    return SourceChangedError(f"Wiz answers {answer.status} without a reason that can be read.", hint="Check api_url.")


def _quoted(message: str | None) -> str:
    """Wiz's own words, short and printable."""
    text = " ".join((message or "no message").split())
    text = "".join(character for character in text if character.isprintable())
    return text if len(text) <= MESSAGE_CHARACTERS else text[: MESSAGE_CHARACTERS - 1] + "…"
