"""A room in Slack and the notifications of a portal, against servers on loopback that take what the real ones take."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import msgspec
import pytest

from callboard.channels import BackstageConfig, SlackConfig, open_channel
from callboard.channels.slack import LONGEST_TEXT, body_of
from callboard.domain.remediation.message import Message
from callboard.errors import ChannelRefusedError, ChannelUnreachableError, ConfigError
from callboard.net import Net
from callboard.wiring.machine import SystemClock
from tests.support.messages import DIGEST
from tests.support.receivers import Receiver, receiving

TEAMS = ("group:default/payments",)


async def sent(config: SlackConfig | BackstageConfig, message: Message = DIGEST) -> None:
    """Send it there."""
    async with Net(user_agent="test", allow_hosts=config.allow_hosts) as net:
        await open_channel(config, net, now=SystemClock().now).send(message, "")


def slack(receiver: Receiver) -> SlackConfig:
    """A room behind this receiver."""
    return SlackConfig(url=receiver.url, teams=TEAMS, allow_private=True)


def texts(body: Any) -> list[str]:  # noqa: ANN401 - a JSON document
    """Every text in marks of Slack's own."""
    found = [block["text"]["text"] for block in body["blocks"] if block["type"] == "section"]
    return [*found, *(each["text"] for block in body["blocks"] for each in block.get("elements", ()))]


def check_blocks(body: Any) -> None:  # noqa: ANN401
    """What Slack documents of blocks (read 2026-11): how many, how long, which fields."""
    assert body["text"]
    assert 1 <= len(body["blocks"]) <= 50
    for block in body["blocks"]:
        match block["type"]:
            case "header":
                assert block["text"]["type"] == "plain_text"
                assert 1 <= len(block["text"]["text"]) <= 150
            case "section":
                assert block["text"]["type"] == "mrkdwn"
                assert 1 <= len(block["text"]["text"]) <= 3_000
            case "context":
                assert 1 <= len(block["elements"]) <= 10
            case other:
                raise AssertionError(other)


def test_a_digest_arrives_in_a_room() -> None:
    """With links to the board, and its key at the end."""

    async def check() -> None:
        async with receiving("/services/T0/B0/secret") as receiver:
            await sent(slack(receiver))
        ((headers, raw),) = receiver.got
        assert headers["content-type"].startswith("application/json")
        body = msgspec.json.decode(raw)
        check_blocks(body)
        told = "\n".join(texts(body))
        assert "<https://board.example/findings?q=new&via=slack|New and urgent, since 2026-02-23: 12>" in told
        assert "and 10 more" in told
        assert "Upgrade log4j-core to 2.17.1" in told
        assert DIGEST.key in told

    asyncio.run(check())


def test_words_of_a_source_call_nobody() -> None:
    """What looks like a mention or a link in a title is text; only our own links are links."""
    for text in texts(body_of(DIGEST)):
        for link in re.findall(r"<[^>]*>", text):
            assert link.startswith("<https://board.example/")
    assert "&lt;!channel&gt;" in "\n".join(texts(body_of(DIGEST)))


def test_a_long_message_is_cut_between_lines() -> None:
    """Slack refuses a block that is too long, and a link that is cut is none."""
    part = DIGEST.parts[0]
    line = msgspec.structs.replace(part.lines[0], title="<&>" * 200)
    long = msgspec.structs.replace(
        DIGEST, title="t" * 400, parts=(msgspec.structs.replace(part, lines=(line,) * 10),) * 60
    )
    body = body_of(long)
    check_blocks(body)
    assert all(len(text) <= LONGEST_TEXT for text in texts(body))
    assert all(text.count("<") == text.count(">") for text in texts(body))


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (404, b"no_service", ChannelRefusedError),
        (403, b"action_prohibited", ChannelRefusedError),
        (410, b"channel_is_archived", ChannelRefusedError),
        (429, b"", ChannelUnreachableError),
        (500, b"rollup_error", ChannelUnreachableError),
    ],
)
def test_what_slack_says_counts(status: int, text: bytes, kind: type[Exception]) -> None:
    """Its short words are told, its address is not."""

    async def check() -> None:
        async with receiving("/services/T0/B0/secret-of-the-room") as receiver:
            receiver.answers = [(status, {}, text)]
            with pytest.raises(kind) as caught:
                await sent(slack(receiver))
            assert "secret" not in str(caught.value)
            if kind is ChannelRefusedError:
                assert text.decode() in str(caught.value)

    asyncio.run(check())


@pytest.mark.parametrize(
    "url", ["hooks.slack.com/services/x", "ftp://hooks.slack.com/secret", "https://u:p@hooks.slack.com/x"]
)
def test_what_is_no_address_is_refused_without_telling_it(url: str) -> None:
    """It may be a secret that stands in the wrong place."""
    with pytest.raises(ConfigError) as caught:
        open_channel(SlackConfig(url=url, teams=TEAMS), Net(user_agent="test"), now=SystemClock().now)
    assert url not in str(caught.value)


def test_a_room_has_to_say_whose_it_is() -> None:
    """Whoever reads along sees what these teams see."""
    with pytest.raises(ValueError, match="needs teams"):
        SlackConfig(url="https://hooks.slack.com/services/x", teams=())
    with pytest.raises(ValueError, match="groups"):
        SlackConfig(url="https://hooks.slack.com/services/x", teams=("a b",))


def test_a_digest_is_a_notification_of_the_group() -> None:
    """With the key as its scope, so that one that comes again takes the place of the first."""

    async def check() -> None:
        async with receiving("") as receiver:
            config = BackstageConfig(url=f"{receiver.url}/", token="a-token-of-the-portal", allow_private=True)
            await sent(config)
            receiver.answers = [(401, {}, b'{"error":{"name":"AuthenticationError"}}')]
            with pytest.raises(ChannelRefusedError) as caught:
                await sent(config)
            assert "a-token" not in str(caught.value)
        ((headers, raw),) = receiver.got
        assert headers["authorization"] == "Bearer a-token-of-the-portal"
        body = msgspec.json.decode(raw)
        assert body["recipients"] == {"type": "entity", "entityRef": ["group:default/payments"]}
        payload = body["payload"]
        assert set(payload) == {"title", "description", "severity", "topic", "scope", "link"}
        assert payload["severity"] in {"critical", "high", "normal", "low"}
        assert payload["scope"] == DIGEST.key
        assert payload["link"] == "https://board.example/findings?q=is%3Aopen&via=portal"

    asyncio.run(check())
