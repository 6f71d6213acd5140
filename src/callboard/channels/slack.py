"""Messages for a room in Slack, by an incoming webhook.

Read 2026-11: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and
https://docs.slack.dev/messaging/formatting-message-text (only `&`, `<` and `>` have to be escaped).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from callboard.channels import words
from callboard.channels.config import SlackConfig
from callboard.channels.posting import checked, post
from callboard.domain.instant import Instant
from callboard.domain.remediation.engagement import Door
from callboard.domain.remediation.message import Line, Message, Part, Work
from callboard.net import Net
from callboard.ports import Check

LONGEST_TEXT = 2_900
"""Slack takes 3,000 characters in one block."""
MOST_BLOCKS = 45
"""Slack takes 50."""
LONGEST_TITLE = 150


class SlackChannel:
    """One room."""

    def __init__(self, config: SlackConfig, net: Net, *, now: Callable[[], Instant]) -> None:
        self.name = config.name
        self._url = checked(config.url, f"channel {config.name}")
        self._net = net
        self._now = now

    async def send(self, message: Message, address: str, /) -> None:  # noqa: ARG002 - the place is the address
        """Post it."""
        await post(self._net, self._url, msgspec.json.encode(body_of(message)), {}, who="Slack", now=self._now)

    def preview(self, message: Message, address: str, /) -> str:  # noqa: ARG002
        """The body, which Slack's Block Kit Builder shows as people see it."""
        return msgspec.json.format(msgspec.json.encode(body_of(message)), indent=2).decode()

    async def check(self) -> tuple[Check, ...]:
        """Nothing can be found out without writing into the room."""
        told = "The address can be read; `callboard channels test` writes into the room."
        return (Check(subject=f"channel {self.name}", ok=True, message=told),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._net.close()


def body_of(message: Message) -> dict[str, Any]:
    """The message in blocks, and as one line for notifications."""
    message = message.by(Door.SLACK)
    blocks = list(_blocks(message))[:MOST_BLOCKS]
    # Slack knows no message ids; whoever sees it twice can tell by this.
    blocks.append({"type": "context", "elements": [_text(f"Callboard, message {message.key}")]})
    return {"text": _escaped(message.title), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _blocks(message: Message) -> Iterator[dict[str, Any]]:
    title = message.title[:LONGEST_TITLE]
    yield {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}
    link = message.link(message.path)
    board = f" {_link(link, 'Open the board')}" if link else ""
    yield _section(f"{_escaped(words.lead(message))}{board}")
    for part in message.parts:
        yield _section("\n".join(_part(message, part)))
    if message.work:
        yield _section("\n".join(["*What to do first*", *(_work(message, each) for each in message.work)]))


def _part(message: Message, part: Part) -> Iterator[str]:
    head = words.head(part)
    link = message.link(part.path)
    yield f"*{_link(link, head) if link else _escaped(head)}*"
    for line in part.lines:
        yield _line(message, line)
    if left := words.rest(part):
        yield f"• {left}"


def _line(message: Message, line: Line) -> str:
    link = message.link(line.path)
    title = _link(link, line.title) if link else _escaped(line.title)
    return f"• *{line.severity}* {title} – {_escaped(words.about(line, message.at))}"


def _work(message: Message, work: Work) -> str:
    link = message.link(work.path)
    what = work.fix or work.title
    return f"• {_link(link, what) if link else _escaped(what)} – {words.piece(work)}"


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _text(text if len(text) <= LONGEST_TEXT else _cut(text))}


def _cut(text: str) -> str:
    """Whole lines only, so that no link is broken in its middle."""
    kept: list[str] = []
    room = LONGEST_TEXT - 1
    for line in text.split("\n"):
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join([*kept, "…"])


def _text(text: str) -> dict[str, Any]:
    # verbatim: names and channels in a finding's title stay text and call nobody.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _link(url: str, text: str) -> str:
    return f"<{url}|{_escaped(text).replace('|', '¦')}>"


def _escaped(text: str) -> str:
    """Text in which nothing is a link or calls anybody."""
    plain = " ".join(text.split())[:300]
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
