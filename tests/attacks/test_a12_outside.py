"""A12: addresses that lead inside, given by those who are asked about people."""

from __future__ import annotations

import pytest

from callboard.domain.instant import Instant
from callboard.errors import IdentityUnreachableError
from callboard.identity.config import PortalConfig, ProviderConfig
from callboard.identity.portal import Portal
from callboard.identity.provider import Attempt, Provider
from callboard.net import Net
from tests.support.clocks import SettableClock
from tests.support.portals import ISSUER, portal_on
from tests.support.providers import MadeUpProvider, provider_on

INSIDE = (
    "http://169.254.169.254/latest/meta-data", "http://[::1]/keys", "http://2130706433/keys", "http://0x7f.1/keys",
    "https://10.0.0.1/keys", "file:///etc/passwd", "http://localhost:1/keys", "https://user@evil.example/keys", "no address",
)  # fmt: skip


@pytest.mark.attack("A12")
@pytest.mark.parametrize("address", INSIDE)
async def test_a12_a_provider_that_points_inside_is_not_followed(address: str) -> None:
    """Its keys and tokens are fetched from addresses that its own document names; none of these is asked."""
    clock = SettableClock()
    with provider_on(clock) as at:
        for key in ("jwks_uri", "token_endpoint"):
            at.document = {key: address}
            async with Net(user_agent="callboard-test", allow_hosts=("127.0.0.1",)) as net:
                provider = Provider(at.config(), net, redirect="https://board.example/sign-in/done", now=clock.now)
                attempt = Attempt.begin()
                returned = at.sign_in(await provider.address(attempt))
                with pytest.raises(IdentityUnreachableError):
                    await provider.finish(attempt, returned)


@pytest.mark.attack("A12")
@pytest.mark.parametrize("where", ["https://evil.example/keys", "http://127.0.0.1:1/keys", "//evil.example"])
async def test_a12_a_portal_that_sends_elsewhere_is_not_followed(where: str) -> None:
    """A redirect is an answer that is refused."""
    from aiohttp import web

    from tests.support.portals import served

    async def elsewhere(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": where})

    clock = SettableClock()
    with served(elsewhere) as url, portal_on(clock) as signer:
        async with Net(user_agent="callboard-test", allow_hosts=("127.0.0.1",)) as net:
            config = PortalConfig(url=url, issuer=ISSUER, allow_private=True)
            portal = Portal(config, net, now=clock.now)
            with pytest.raises(IdentityUnreachableError, match="redirect"):
                await portal.user(signer.token("user:default/bo"))


@pytest.mark.attack("A12")
async def test_a12_a_private_portal_is_asked_only_when_it_is_allowed() -> None:
    """The operator says that it may be at a private address; otherwise it is not reached."""
    clock = SettableClock()
    with portal_on(clock) as at:
        config = PortalConfig(url=at.url, issuer=ISSUER)
        async with Net(user_agent="callboard-test", allow_hosts=config.allow_hosts) as net:
            with pytest.raises(IdentityUnreachableError):
                await Portal(config, net, now=clock.now).user(at.token("user:default/bo"))
        assert at.asked == []


@pytest.mark.attack("A12")
@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'{"keys": {}}', b'{"keys": [1]}', b"[" * 100_000, b'{"keys": [{}]}']
)
async def test_a12_keys_that_are_none_open_nothing(body: bytes) -> None:
    """Whatever stands where the keys should be."""
    from aiohttp import web

    from callboard.errors import SignInRefusedError
    from tests.support.portals import served

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    clock = SettableClock()
    with served(answer) as url, portal_on(clock) as signer:
        async with Net(user_agent="callboard-test", allow_hosts=("127.0.0.1",)) as net:
            portal = Portal(PortalConfig(url=url, issuer=ISSUER, allow_private=True), net, now=clock.now)
            with pytest.raises((IdentityUnreachableError, SignInRefusedError)):
                await portal.user(signer.token("user:default/bo"))


@pytest.mark.attack("A12")
@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (PortalConfig, {"url": "ftp://x", "issuer": ISSUER}),
        (PortalConfig, {"url": "https://user:pw@portal.example", "issuer": ISSUER}),
        (PortalConfig, {"url": "https://portal.example?x", "issuer": ISSUER}),
        (PortalConfig, {"url": "https://portal.example", "issuer": "portal"}),
        (PortalConfig, {"url": "https://portal.example", "issuer": ISSUER, "algorithms": ()}),
        (ProviderConfig, {"issuer": "login.example", "client_id": "x"}),
        (ProviderConfig, {"issuer": "https://login.example", "client_id": " "}),
        (ProviderConfig, {"issuer": "https://login.example", "client_id": "x", "scopes": ("email",)}),
    ],
)
def test_a12_an_address_that_is_none_is_not_configured(kind: type, settings: dict[str, object]) -> None:
    """Said when the configuration is read, and not when somebody signs in."""
    with pytest.raises(ValueError, match=r"should|needs"):
        kind(**settings)


def test_the_made_up_provider_is_one(  # so that the attacks above fail for what is wrong with them
) -> None:
    """There and back without anything wrong names the person."""
    import asyncio

    async def there_and_back(at: MadeUpProvider, now: Instant) -> str:
        async with Net(user_agent="callboard-test", allow_hosts=("127.0.0.1",)) as net:
            provider = Provider(at.config(), net, redirect="https://board.example/x", now=lambda: now)
            attempt = Attempt.begin()
            return (await provider.finish(attempt, at.sign_in(await provider.address(attempt)))).value

    clock = SettableClock()
    with provider_on(clock) as at:
        assert asyncio.run(there_and_back(at, clock.now())) == "bo@example.com"
