"""Asking a tracker's API, and what its answers mean."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, TypeVar

import msgspec

from callboard.domain.instant import Instant
from callboard.errors import (
    AddressRefusedError,
    ChannelRefusedError,
    ChannelUnreachableError,
    NotFoundError,
    OutboundError,
)
from callboard.net import Answer, Net, retry_after_seconds
from callboard.ports import Check

T = TypeVar("T")

TIMEOUT_SECONDS = 30.0
"""For one call of a tracker."""
MAX_BYTES = 8 * 1024 * 1024
"""Of an answer of a tracker."""


class Caller:
    """Asks a tracker's API, and says in our own errors what its answers mean."""

    def __init__(self, net: Net, *, now: Callable[[], Instant]) -> None:
        self._net = net
        self._now = now

    async def close(self) -> None:
        """Let go of connections."""
        await self._net.close()

    async def ask(
        self, method: str, url: str, headers: Mapping[str, str], *, who: str, json: object = None,
        good: Collection[int] = (200,),
    ) -> Answer:  # fmt: skip
        """An answer with one of the `good` statuses.

        Raises NotFoundError for 404 and 410, ChannelUnreachableError for what may pass, ChannelRefusedError for the rest.
        """
        try:
            answer = await self._net.request(
                method, url, headers=headers, json=json, max_bytes=MAX_BYTES, timeout=TIMEOUT_SECONDS
            )  # fmt: skip
        except AddressRefusedError as error:
            raise ChannelRefusedError(error.message, hint=error.hint) from None
        except OutboundError as error:
            raise ChannelUnreachableError(error.message, hint=error.hint) from None
        if answer.status in good:
            return answer
        if answer.status in (404, 410):
            raise NotFoundError(f"{who} does not know it, or does not show it to us.")
        told = self._waits(answer)
        if answer.status in (408, 425, 429) or answer.status >= 500 or (answer.status == 403 and told is not None):
            raise ChannelUnreachableError(f"{who} answered with {answer.status}.", seconds=told)
        raise ChannelRefusedError(f"{who} refused with {answer.status}: {said(answer.body)}")

    def _waits(self, answer: Answer) -> float | None:
        """How long the tracker asks us to wait; GitHub says so with a 403 as well, by either of two headers."""
        seconds = retry_after_seconds(answer.headers, self._now())
        return 60.0 if seconds is None and answer.headers.get("x-ratelimit-remaining") == "0" else seconds


async def checked(asked: Awaitable[Answer], subject: str, *, good: str) -> tuple[Check, ...]:
    """Whether a question is answered, as a check tells it; `good`: what is said then."""
    try:
        await asked
    except (ChannelRefusedError, ChannelUnreachableError, NotFoundError) as error:
        return (Check(subject=subject, ok=False, message=error.message, hint=error.hint),)
    return (Check(subject=subject, ok=True, message=good),)


def read(kind: type[T], body: bytes, who: str) -> T:
    """A document of this shape. Raises ChannelUnreachableError for what is none: another answer may be one."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise ChannelUnreachableError(f"{who} answered in a shape that Callboard does not know: {error}.") from None


def said(body: bytes) -> str:
    """Why the tracker refused, in its own words, as far as it gives any in a form that is known."""
    try:
        document: Any = msgspec.json.decode(body)
    except msgspec.MsgspecError:
        return "no reason given"
    if not isinstance(document, dict):
        return "no reason given"
    found = [str(each) for each in document.get("errorMessages") or () if isinstance(each, str)]
    errors = document.get("errors")
    if isinstance(errors, dict):
        found += [f"{key}: {value}" for key, value in errors.items() if isinstance(value, str)]
    if isinstance(document.get("message"), str):
        found.append(document["message"])
    return "; ".join(found)[:200] or "no reason given"
