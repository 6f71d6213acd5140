"""Signed messages for programs, against a server on loopback that checks them with a library of the standard."""

from __future__ import annotations

import asyncio
import base64

import msgspec
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from callboard.channels import WebhookConfig, open_channel
from callboard.domain.instant import SECOND, Instant, from_text
from callboard.errors import ChannelRefusedError, ChannelUnreachableError, ConfigError
from callboard.net import Net
from callboard.wiring.machine import SystemClock
from tests.support.messages import DIGEST
from tests.support.receivers import Receiver, receiving

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
OTHER = "whsec_" + base64.b64encode(b"fedcba9876543210fedcba9876543210").decode()


async def sent(receiver: Receiver, **options: object) -> None:
    """Send a digest there."""
    config = WebhookConfig(**{"url": receiver.url, "secret": SECRET, "allow_private": True, **options})  # type: ignore[arg-type]
    async with Net(user_agent="test", allow_hosts=config.allow_hosts) as net:
        await open_channel(config, net, now=SystemClock().now).send(DIGEST, "")


@pytest.mark.attack("A30")
def test_a_receiver_can_tell_who_sent_it_and_what() -> None:
    """The library accepts it with the right secret and refuses it with another, another body and another id."""

    async def check() -> None:
        async with receiving() as receiver:
            await sent(receiver)
        ((headers, body),) = receiver.got
        document = Webhook(SECRET).verify(body, headers)
        assert document["id"] == headers["webhook-id"] == DIGEST.key
        assert document["type"] == "callboard.digest"
        assert document["parts"][0]["findings"][0]["url"] == "https://board.example/findings/7?via=webhook"
        assert document["team"] == "group:default/payments"
        for secret, spoiled, more in (
            (OTHER, body, {}),
            (SECRET, body.replace(b"payments", b"shipping"), {}),
            (SECRET, body, {"webhook-id": "another"}),
            (SECRET, body, {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 600)}),
        ):
            with pytest.raises(WebhookVerificationError):
                Webhook(secret).verify(spoiled, {**headers, **more})

    asyncio.run(check())


def test_while_secrets_change_both_are_good() -> None:
    """Receivers change over when they like."""

    async def check() -> None:
        async with receiving() as receiver:
            await sent(receiver, secret=OTHER, former_secret=SECRET)
        ((headers, body),) = receiver.got
        for secret in (SECRET, OTHER):
            assert Webhook(secret).verify(body, headers)

    asyncio.run(check())


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
def test_what_may_pass_is_worth_another_attempt(status: int) -> None:
    """And the receiver may say when."""

    async def check() -> None:
        async with receiving() as receiver:
            receiver.answers = [(status, {"Retry-After": "120"}, b"")]
            with pytest.raises(ChannelUnreachableError) as caught:
                await sent(receiver)
            assert caught.value.seconds == 120.0

    asyncio.run(check())


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410])
def test_what_will_not_pass_is_refused(status: int) -> None:
    """A redirect is not followed. What the receiver said at length is not repeated, and its address never."""

    async def check() -> None:
        async with receiving("/hook/of-a-secret") as receiver:
            receiver.answers = [(status, {"Location": "http://127.0.0.1:1/"}, b"a page that quotes of-a-secret")]
            with pytest.raises(ChannelRefusedError) as caught:
                await sent(receiver)
            assert "secret" not in caught.value.message

    asyncio.run(check())


def test_nobody_there_is_worth_another_attempt() -> None:
    """The connection is refused; the address is not told."""

    async def check() -> None:
        async with receiving("/hook/of-a-secret") as receiver:
            pass
        with pytest.raises(ChannelUnreachableError) as caught:
            await sent(receiver)
        assert "secret" not in caught.value.message

    asyncio.run(check())


def test_a_private_address_is_refused_unless_it_is_configured() -> None:
    """Before anything is sent."""

    async def check() -> None:
        async with receiving() as receiver:
            with pytest.raises(ChannelRefusedError):
                await sent(receiver, allow_private=False)
            assert receiver.tried == 0

    asyncio.run(check())


@pytest.mark.parametrize("secret", ["short", "whsec_AAAA", "whsec_?!"])
def test_a_weak_secret_is_refused(secret: str) -> None:
    """Before anything is sent, and without telling it."""
    config = WebhookConfig(url="https://example.com", secret=secret)
    with pytest.raises(ConfigError) as caught:
        open_channel(config, Net(user_agent="test"), now=SystemClock().now)
    assert secret not in str(caught.value)


def test_a_preview_is_the_body() -> None:
    """As the receiver gets it."""
    config = WebhookConfig(url="https://example.com", secret=SECRET)
    channel = open_channel(config, Net(user_agent="test"), now=lambda: Instant(SECOND))
    document = msgspec.json.decode(channel.preview(DIGEST, ""))
    assert document["at"] == "2026-03-02T07:00:00Z"
    assert from_text(document["since"]) == DIGEST.since
