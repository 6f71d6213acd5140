"""Messages among the notifications of a Backstage portal.

Read 2026-11: https://backstage.io/docs/notifications/usage and the README of @backstage/plugin-notifications-backend:
`POST /api/notifications/notifications` with the token of an external service. A notification with the same scope, topic
and recipient takes the place of the one before, so that a message that is sent again is one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from callboard.channels import words
from callboard.channels.config import BackstageConfig
from callboard.channels.posting import post
from callboard.domain.instant import Instant
from callboard.domain.remediation.engagement import Door
from callboard.domain.remediation.message import Message
from callboard.net import Net
from callboard.ports import Check

TOPIC = "callboard"
_HIGH = frozenset({"new", "worse", "reopened"})


class BackstageChannel:
    """One portal."""

    def __init__(self, config: BackstageConfig, net: Net, *, now: Callable[[], Instant]) -> None:
        self.name = config.name
        self._url = f"{config.url.strip().rstrip('/')}/api/notifications/notifications"
        self._token = config.token.strip()
        self._net = net
        self._now = now

    async def send(self, message: Message, address: str, /) -> None:  # noqa: ARG002 - the team is the address
        """Notify the team's members."""
        body = msgspec.json.encode(body_of(message))
        headers = {"Authorization": f"Bearer {self._token}"}
        await post(self._net, self._url, body, headers, who="Backstage", now=self._now)

    def preview(self, message: Message, address: str, /) -> str:  # noqa: ARG002
        """The body."""
        return msgspec.json.format(msgspec.json.encode(body_of(message)), indent=2).decode()

    async def check(self) -> tuple[Check, ...]:
        """Nothing can be found out without notifying somebody."""
        told = "Address and token can be read; `callboard channels test` notifies a group."
        return (Check(subject=f"channel {self.name}", ok=True, message=told),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._net.close()


def body_of(message: Message) -> dict[str, Any]:
    """The notification."""
    message = message.by(Door.PORTAL)
    told = [words.lead(message), *(words.head(part) for part in message.parts)]
    payload = {
        "title": message.title,
        "description": " · ".join(told),
        "severity": "high" if any(part.what in _HIGH for part in message.parts) else "normal",
        "topic": TOPIC,
        "scope": message.key,
    }
    if link := message.link(message.path):
        payload["link"] = link
    return {"recipients": {"type": "entity", "entityRef": [message.team]}, "payload": payload}
