"""The board, asked over its API with one token. What the token may not see or do, no tool of an assistant can."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import msgspec

from callboard.errors import CallboardError, OutboundError, UnreachableError
from callboard.net import Answer, Net

MAX_BYTES = 8 * 1024 * 1024
"""Largest answer that is handed to an assistant."""
TIMEOUT_SECONDS = 60.0
"""For one question to the board."""
SENT = 2
"""How often something to be done is sent while nothing answers: once more, under the same key, so that it is done once."""

Told = dict[str, Any]
"""One JSON document of the API, as it came."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """How the API says no."""

    title: str = "The board answered in a way that was not expected."
    detail: str | None = None
    hint: str | None = None
    request_id: str | None = None


class RefusedError(CallboardError):
    """The board says no."""

    def __init__(self, status: int, problem: Problem) -> None:
        told = [problem.title, problem.detail]
        words = " ".join(each for each in told if each)
        number = f" (status {status}, request {problem.request_id})" if problem.request_id else f" (status {status})"
        super().__init__(f"{words}{number}", hint=problem.hint)


class Board:
    """One board and one token. Use it as an async context manager."""

    def __init__(self, url: str, token: str, *, version: str) -> None:
        self._url = url.strip().rstrip("/")
        self._token = token
        host = urlsplit(self._url).hostname or ""
        self._net = Net(user_agent=f"callboard-mcp/{version}", allow_hosts=(host,), max_connections=4)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._net.close()

    async def ask(self, path: str, asked: Mapping[str, str | int | None] | None = None) -> Told:
        """What the board answers. Raises RefusedError and OutboundError."""
        given = {name: str(value) for name, value in (asked or {}).items() if value is not None}
        return await self._sent("GET", path + (f"?{urlencode(given)}" if given else ""), None, {})

    async def say(self, path: str, body: Mapping[str, object]) -> Told:
        """Do something, at most once. Raises RefusedError and OutboundError."""
        given = msgspec.json.encode({name: value for name, value in body.items() if value is not None})
        headers = {"Idempotency-Key": uuid.uuid4().hex, "Content-Type": "application/json"}
        for _ in range(SENT - 1):
            try:
                return await self._sent("POST", path, given, headers)
            except UnreachableError:
                continue
        return await self._sent("POST", path, given, headers)

    async def _sent(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Told:
        answer = await self._net.request(
            method,
            self._url + path,
            headers={"Authorization": f"Bearer {self._token}", **headers},
            body=body,
            max_bytes=MAX_BYTES,
            timeout=TIMEOUT_SECONDS,
        )
        if not 200 <= answer.status < 300:
            raise RefusedError(answer.status, _problem(answer))
        try:
            return msgspec.json.decode(answer.body, type=Told)
        except msgspec.DecodeError as error:
            raise OutboundError("The board's answer is no JSON document.") from error


def _problem(answer: Answer) -> Problem:
    try:
        return msgspec.json.decode(answer.body, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Problem()
