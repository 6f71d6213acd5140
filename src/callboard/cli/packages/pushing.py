"""What pipelines hand in over the network: the address, the token, and what is said when it is refused."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click

from callboard.cli.errors import FAILED, INCOMPLETE, end

if TYPE_CHECKING:
    from callboard.domain.component import EntityRef

URL, TOKEN = "CALLBOARD_URL", "CALLBOARD_TOKEN"
PUSH_SECONDS = 120.0
JSON = "application/json"

T = TypeVar("T")


def push(url: str, ref: EntityRef, tail: str, raw: bytes, kind: type[T], *, media: str = JSON) -> T:
    """Hand something in for a component, and read what is answered. Ends the command where it is refused."""
    from urllib.parse import quote, urlsplit

    import msgspec

    from callboard.net import Net
    from callboard.wiring.machine import USER_AGENT

    token = os.environ.get(TOKEN, "").strip()
    if not token:
        raise click.UsageError(f"{TOKEN} is not set: the token of the pipeline goes there.")
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" and host not in {"127.0.0.1", "localhost", "::1"}:
        raise click.BadParameter("a token is shown to https addresses alone", param_hint="--url")
    of, _, rest = ref.partition(":")
    path = f"/api/v1/components/{quote(of)}/{'/'.join(map(quote, rest.split('/')))}/{tail}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": media}

    async def ask() -> tuple[int, bytes]:
        # Whoever runs the pipeline named the host, which may well be a private one.
        async with Net(user_agent=USER_AGENT, allow_hosts=(host,)) as net:
            answer = await net.request(
                "POST", f"{url.rstrip('/')}{path}", headers=headers, body=raw, timeout=PUSH_SECONDS
            )
            return answer.status, answer.body

    status, body = asyncio.run(ask())
    try:
        if status == 200:
            return msgspec.json.decode(body, type=kind)
        told = msgspec.json.decode(body, type=dict[str, object])
    except msgspec.MsgspecError:
        told = {"title": f"{host} answered with status {status}, and not as Callboard does."}
    return _refuse(status, told)


def _refuse(status: int, told: Mapping[str, object]) -> NoReturn:
    """Say a problem as the API told it, and end."""
    from callboard.cli import output

    output.say(f"Refused ({status}): {told.get('detail') or told.get('title')}")
    if told.get("hint"):
        output.say(f"Hint: {told['hint']}")
    end(INCOMPLETE if status in (413, 422) or status >= 500 else FAILED)
