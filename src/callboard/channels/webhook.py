"""Messages for any program, signed as the Standard Webhooks say (read 2026-11: https://www.standardwebhooks.com/).

Three headers name the message, tell when it was sent, and prove who sent it: the signature is over all three. So a
receiver can refuse what is forged, what is old, and what it has seen.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable

import msgspec

from callboard.channels.config import WebhookConfig
from callboard.channels.posting import checked, post
from callboard.domain.instant import SECOND, Instant, to_text
from callboard.domain.remediation.engagement import Door
from callboard.domain.remediation.message import Line, Message, Part, Work
from callboard.errors import ConfigError
from callboard.net import Net
from callboard.ports import Check

SHORTEST_SECRET = 24
"""Bytes."""
_PREFIX = "whsec_"


class LineBody(msgspec.Struct, frozen=True, kw_only=True):
    """One finding."""

    finding: int
    severity: str
    title: str
    components: tuple[str, ...]
    due_at: str | None
    url: str | None


class PartBody(msgspec.Struct, frozen=True, kw_only=True):
    """Findings told for one reason."""

    what: str
    """new, worse, overdue, reopened or closed."""
    title: str
    count: int
    """All of them."""
    url: str | None
    """The list of exactly these. None: there is no such list."""
    findings: tuple[LineBody, ...]
    """The most urgent ten."""


class WorkBody(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work."""

    title: str
    fix: str | None
    severity: str
    findings: int
    due_at: str | None
    url: str | None


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What is posted. Fields may be added; none changes its meaning."""

    type: str
    """`callboard.at-once`, `callboard.digest` or `callboard.test`."""
    version: int
    id: str
    """The same in every attempt, and in the header `webhook-id`."""
    at: str
    since: str | None
    """For a digest: from when on."""
    team: str
    title: str
    open: int | None
    """Findings that are open there. None: more than are counted."""
    url: str | None
    parts: tuple[PartBody, ...]
    work: tuple[WorkBody, ...]


class WebhookChannel:
    """One receiver."""

    def __init__(self, config: WebhookConfig, net: Net, *, now: Callable[[], Instant]) -> None:
        self.name = config.name
        self._who = f"The program behind {config.name}"
        self._url = checked(config.url, f"channel {config.name}")
        former = [] if config.former_secret is None else [config.former_secret]
        self._keys = tuple(key_of(secret) for secret in (config.secret, *former))
        self._net = net
        self._now = now

    async def send(self, message: Message, address: str, /) -> None:  # noqa: ARG002 - the place is the address
        """Post it, signed."""
        body = msgspec.json.encode(body_of(message))
        seconds = self._now() // SECOND
        signed = " ".join(f"v1,{signature(key, message.key, seconds, body)}" for key in self._keys)
        headers = {"webhook-id": message.key, "webhook-timestamp": str(seconds), "webhook-signature": signed}
        await post(self._net, self._url, body, headers, who=self._who, now=self._now)

    def preview(self, message: Message, address: str, /) -> str:  # noqa: ARG002
        """The body."""
        return msgspec.json.format(msgspec.json.encode(body_of(message)), indent=2).decode()

    async def check(self) -> tuple[Check, ...]:
        """Nothing can be found out without sending something."""
        told = "Address and secret can be read; `callboard channels test` sends a message."
        return (Check(subject=f"channel {self.name}", ok=True, message=told),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._net.close()


def key_of(secret: str) -> bytes:
    """The bytes of a secret. Raises ConfigError for one that is too short or damaged."""
    text = secret.strip()
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True) if text.startswith(_PREFIX) else text.encode()
    except (binascii.Error, ValueError):
        raise ConfigError(f"What follows {_PREFIX} in a webhook's secret should be Base64.") from None
    if len(key) < SHORTEST_SECRET:
        raise ConfigError(
            f"A webhook's secret needs {SHORTEST_SECRET} bytes.", hint="`openssl rand -base64 32` makes a good one."
        )
    return key


def signature(key: bytes, id_: str, seconds: int, body: bytes) -> str:
    """The signature over the message's id, the time of sending and the body, in Base64."""
    signed = hmac.digest(key, f"{id_}.{seconds}.".encode() + body, hashlib.sha256)
    return base64.b64encode(signed).decode()


def body_of(message: Message) -> Body:
    """The message for programs."""
    message = message.by(Door.WEBHOOK)
    return Body(
        type=f"callboard.{message.sort}", version=1, id=message.key, at=to_text(message.at),
        since=_text(message.since), team=message.team, title=message.title, open=message.open,
        url=message.link(message.path), parts=tuple(_part(message, each) for each in message.parts),
        work=tuple(_work(message, each) for each in message.work),
    )  # fmt: skip


def _part(message: Message, part: Part) -> PartBody:
    lines = tuple(_line(message, each) for each in part.lines)
    return PartBody(
        what=part.what, title=part.title, count=part.count, url=message.link(part.path), findings=lines
    )  # fmt: skip


def _line(message: Message, line: Line) -> LineBody:
    return LineBody(
        finding=line.finding, severity=line.severity, title=line.title, components=line.components,
        due_at=_text(line.due_at), url=message.link(line.path),
    )  # fmt: skip


def _work(message: Message, work: Work) -> WorkBody:
    return WorkBody(
        title=work.title, fix=work.fix, severity=work.severity, findings=work.findings, due_at=_text(work.due_at),
        url=message.link(work.path),
    )  # fmt: skip


def _text(at: Instant | None) -> str | None:
    return None if at is None else to_text(at)
