"""Everything by which people come in by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from callboard.config import Config, Section
from callboard.domain.instant import HOUR, MINUTE
from callboard.errors import ConfigError
from callboard.ports import (
    Check,
)
from callboard.usecases.people.sessions import Limits
from callboard.wiring.machine import USER_AGENT, SystemClock
from callboard.wiring.services import Services

if TYPE_CHECKING:
    from callboard.domain.access import Rules
    from callboard.identity.portal import Portal
    from callboard.identity.provider import Provider
    from callboard.net import Net
    from callboard.usecases.people.membership import People


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenIdentity:
    """Everything by which people come in by name."""

    rules: Rules
    people: People
    portal: Portal | None
    provider: Provider | None
    limits: Limits
    nets: tuple[Net, ...]

    def __repr__(self) -> str:
        return "OpenIdentity()"

    async def close(self) -> None:
        """Let go of connections."""
        for net in self.nets:
            await net.close()


def open_identity(services: Services) -> OpenIdentity | None:
    """The identity that is configured; None: nobody comes in by name. Nothing is asked yet. Raises ConfigError."""
    from callboard import catalog
    from callboard.identity.portal import Portal
    from callboard.identity.provider import Provider
    from callboard.net import Net
    from callboard.usecases.people.membership import People

    config, identity, now = services.config, services.config.identity, services.clock.now
    if not identity.is_configured:
        return None
    section = catalog_of_people(config)
    settings = section.settings()
    nets = [Net(user_agent=USER_AGENT, allow_hosts=getattr(settings, "allow_hosts", ()))]
    directory = catalog.open_directory(settings, nets[0], folder=config.folder, now=now)
    portal = provider = None
    limits = Limits(whole=12 * HOUR, idle=2 * HOUR)
    if identity.portal is not None:
        nets.append(Net(user_agent=USER_AGENT, allow_hosts=identity.portal.allow_hosts))
        portal = Portal(identity.portal, nets[-1], now=now)
    if (chosen := identity.provider) is not None:
        if section.kind == "file" and chosen.matches == "email":
            raise ConfigError(
                "People cannot be found by e-mail in catalog files, which Callboard reads without e-mail addresses.",
                hint="Set `matches` under [identity.provider] to name or to the key of an annotation.",
            )
        nets.append(Net(user_agent=USER_AGENT, allow_hosts=chosen.allow_hosts))
        redirect = f"{public_url(config)}/sign-in/done"
        provider = Provider(chosen, nets[-1], redirect=redirect, now=now)
        limits = Limits(whole=int(chosen.session_hours * HOUR), idle=int(chosen.idle_minutes * MINUTE))
    return OpenIdentity(
        rules=identity.rules(),
        people=People(services.store, directory, services.clock),
        portal=portal,
        provider=provider,
        limits=limits,
        nets=tuple(nets),
    )


async def check_identity(config: Config) -> tuple[Check, ...]:
    """What those by whom people come in say themselves. Raises ConfigError."""
    from callboard.identity.portal import Portal
    from callboard.identity.provider import Provider
    from callboard.net import Net

    identity, now = config.identity, SystemClock().now
    async with Net(user_agent=USER_AGENT, allow_hosts=identity.allow_hosts) as net:
        checks: list[Check] = []
        if identity.portal is not None:
            checks += await Portal(identity.portal, net, now=now).check()
        if identity.provider is not None:
            redirect = f"{public_url(config)}/sign-in/done"
            checks += await Provider(identity.provider, net, redirect=redirect, now=now).check()
    return tuple(checks)


def catalog_of_people(config: Config) -> Section:
    """The catalog that tells who is in which group. Raises ConfigError."""
    wanted, there = config.identity.catalog, config.catalogs
    found = [section for section in there if not wanted or section.name == wanted]
    if len(found) == 1:
        return found[0]
    names = ", ".join(section.name for section in there)
    if not there:
        raise ConfigError(
            "Nobody can come in by name without a catalog, which tells who is in which group.",
            hint="Add a [[catalog]], for example with `callboard init`.",
        )
    raise ConfigError(
        f"[identity] has to say which catalog tells who is in which group: there is {names}.",
        hint='For example catalog = "backstage" under [identity].',
    )


def public_url(config: Config) -> str:
    """Where people find Callboard, without a slash at its end. Raises ConfigError when nobody said."""
    if not config.server.public_url:
        raise ConfigError(
            "Signing in with a provider needs the address that it sends people back to.",
            hint="Set public_url under [server], for example https://callboard.example.com.",
        )
    return config.server.public_url.strip().rstrip("/")
