"""An open door to which people come by name: a company of two teams, a portal that vouches for them, one clock for all.

red    owns cart, bo is in it           blue   owns bank, ida is in it
company  stands above both, cleo is in it
security sam; admins ada; nils is in no group; gone is in no catalog
"""

from __future__ import annotations

import asyncio
import functools
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec

from callboard.catalog.config import BackstageConfig
from callboard.catalog.people import PortalDirectory
from callboard.domain.access import AT_THE_LAPTOP, LAPTOP, Grant
from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Detail, Note, Observed, Rejected, Severity
from callboard.domain.instant import HOUR
from callboard.domain.run import Scope
from callboard.identity.config import IdentityConfig, PortalConfig, ProviderConfig
from callboard.identity.portal import Portal as PortalRoom
from callboard.identity.provider import Provider
from callboard.net import Net
from callboard.ports import ProjectRecord
from callboard.store import Store, open_store
from callboard.usecases import browse
from callboard.usecases.people import audit_log, tokens
from callboard.usecases.people.membership import People
from callboard.usecases.people.sessions import Limits as SessionLimits
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.sync import sync
from callboard.web.gate import LoopbackGate
from callboard.web.place import Public
from callboard.web.serve import Running, running
from callboard.web.services import HookAnswer, Limits, WebServices
from callboard.wiring.identity import OpenIdentity
from tests.support.catalogs import MadeUpCatalog, component, group
from tests.support.clocks import SettableClock
from tests.support.portals import CATALOG_TOKEN, ISSUER, Portal, portal_on
from tests.support.providers import MadeUpProvider, provider_on
from tests.support.worlds import World

SECRET_TEXT = "AKIA-the-evidence-itself"
GROUPS = {
    "bo": ("red",),
    "ida": ("blue",),
    "cleo": ("company",),
    "sam": ("security",),
    "ada": ("admins",),
    "nils": (),
}
"""Everybody in the catalog, with the groups."""
HOOK_TOKEN = "the-hooks-own-token"


def user(name: str) -> str:
    """The reference of a user."""
    return f"user:default/{name}"


def team(name: str) -> str:
    """The reference of a group."""
    return f"group:default/{name}"


class TalkativeWorld(World):
    """A source that tells evidence and notes."""

    kind = "wiz"

    def parse(self, part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:
        """One record, with something sensitive in it."""
        found = super().parse(part_kind, raw)
        if isinstance(found, Rejected):
            return found
        detail = Detail(
            description="what is wrong", evidence=(("key", SECRET_TEXT),), notes=(Note(text=f"note {SECRET_TEXT}"),)
        )
        return msgspec.structs.replace(found, detail=detail)


@dataclass(frozen=True, kw_only=True)
class NamedDoor:
    """The open door and everything behind it."""

    running: Running
    services: WebServices
    store: Store
    clock: SettableClock
    portal: Portal
    provider: MadeUpProvider | None
    made: dict[str, str] = field(default_factory=dict)
    """Tokens of programs by name."""

    @property
    def url(self) -> str:
        """Where it is."""
        return self.running.url

    def client(self, **headers: str) -> httpx.Client:
        """A client with just these headers."""
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=60)

    def as_user(self, name: str, **changed: Any) -> httpx.Client:
        """A client with a portal's token of a user."""
        return self.bearer(self.portal.token(user(name), **changed))

    def bearer(self, token: str) -> httpx.Client:
        """A client with a token."""
        return self.client(authorization=f"Bearer {token}")

    def as_program(self, name: str, grant: Grant, *, days: int = 30) -> httpx.Client:
        """A client with a new token of a program."""
        made = tokens.create(self.store, AT_THE_LAPTOP, name, grant, days=days, clock=self.clock)
        return self.bearer(made.secret)

    def finding(self, external_id: str) -> int:
        """The number of a finding that the source calls so."""
        return browse.finding_by_external_id(self.store, LAPTOP, external_id)

    def audit(self, action: str | None = None) -> list[Any]:
        """Entries of the log, of one action."""
        found = [entry for entry, _ in audit_log.entries(self.store, AT_THE_LAPTOP)]
        return [entry for entry in found if action in (None, entry.action)]

    def move(self, name: str, *groups: str) -> None:
        """Put a user into these groups and no others, in the portal's catalog and not in the last reading."""
        self.portal.groups[user(name)] = tuple(team(each) for each in groups)


def apart(work: Any) -> None:  # noqa: ANN401
    """Run a coroutine in another thread."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


def company() -> MadeUpCatalog:
    """The catalog of the two teams."""
    catalog = MadeUpCatalog()
    members: dict[str, list[str]] = {}
    for name, groups in GROUPS.items():
        catalog.put(Entity(ref=EntityRef(user(name)), kind="user", name=name))
        for each in groups:
            members.setdefault(each, []).append(name)
    for name, parent in (
        ("company", None),
        ("red", "company"),
        ("blue", "company"),
        ("security", None),
        ("admins", None),
    ):
        catalog.put(group(name, parent=parent, members=members.get(name, ())))
    catalog.put(
        component("cart", "red", projects=["p-red"], system="shop"),
        component("bank", "blue", projects=["p-blue"], system="vault"),
    )
    return catalog


def fill(store: Store, clock: SettableClock) -> None:
    """Three findings of red, two of blue, one of nobody."""
    catalog = company()
    world = TalkativeWorld(clock, name="wiz-main", page_size=50)
    world.scope = Scope(severities=tuple(Severity))
    for id_ in ("p-red", "p-blue", "p-nobody"):
        world.projects[id_] = ProjectRecord(external_id=id_, name=id_)
    for n in range(3):
        world.add(f"red-{n}", severity="critical", projects=("p-red",), resource=f"red-vm-{n}", rule="rule-red")
    for n in range(2):
        world.add(f"blue-{n}", severity="high", projects=("p-blue",), resource=f"blue-vm-{n}", rule="rule-blue")
    world.add("lost-0", severity="high", projects=("p-nobody",), resource="lost-vm", rule="rule-lost")
    apart(read_catalog(store, catalog, clock=clock))
    apart(sync(store, world, clock=clock))


@functools.cache
def _filled() -> bytes:
    """The database of that company, made once for all tests of a process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "callboard.db"
        with closing(open_store(f"sqlite:///{path}")) as store:
            fill(store, SettableClock())
        return path.read_bytes()


@contextmanager
def named_door(
    path: Path,
    *,
    public: str | None = None,
    proxies: tuple[str, ...] = (),
    organisation_sees: str = "nothing",
    portal_decides: bool = False,
    provider: Callable[[MadeUpProvider], ProviderConfig] | None = None,
    limits: Limits | None = None,
    hosts: tuple[str, ...] = (),
    portals: tuple[str, ...] = (),
) -> Iterator[NamedDoor]:
    """The company's board behind an open door to which its people come by name."""
    clock = SettableClock()
    with ExitStack() as stack:
        portal = stack.enter_context(portal_on(clock))
        at = stack.enter_context(provider_on(clock)) if provider is not None else None
        chosen = provider(at) if provider is not None and at is not None else None
        portal.emails = {f"{name}@example.com": user(name) for name in GROUPS}
        portal.groups = {user(name): tuple(team(each) for each in groups) for name, groups in GROUPS.items()}
        path.write_bytes(_filled())
        store = stack.enter_context(closing(open_store(f"sqlite:///{path}")))
        clock.advance(60)
        settings = PortalConfig(url=portal.url, issuer=ISSUER, decides=portal_decides, allow_private=True)
        config = IdentityConfig(
            organisation_sees=organisation_sees,  # type: ignore[arg-type]
            security=(team("security"),),
            administrators=(team("admins"),),
            portal=settings,
            provider=chosen,
        )
        net = Net(user_agent="callboard-test", allow_hosts=("127.0.0.1",))
        of_catalog = BackstageConfig(url=portal.url, token=CATALOG_TOKEN, allow_private=True)
        identity = OpenIdentity(
            rules=config.rules(),
            people=People(store, PortalDirectory(of_catalog, net, now=clock.now), clock),
            portal=PortalRoom(settings, net, now=clock.now),
            provider=None
            if chosen is None
            else Provider(chosen, net, redirect=f"{public}/sign-in/done", now=clock.now),
            limits=SessionLimits(whole=12 * HOUR, idle=2 * HOUR),
            nets=(net,),
        )

        async def hook(authorization: str | None, body: bytes) -> HookAnswer:
            is_good = authorization == f"Bearer {HOOK_TOKEN}"
            return HookAnswer(status=202, message="Taken.") if is_good else HookAnswer(status=401, message="no")

        services = WebServices(
            store=store,
            clock=clock,
            gate=LoopbackGate(
                clock,
                api_token="the-laptops-token",
                public=None if public is None else Public.of(public, hosts=hosts, proxies=proxies),
                portals=portals,
            ),
            version="0.0.0",
            identity=identity,
            pace=limits or Limits(requests_per_minute=100_000, exports_per_hour=10_000),
            hooks={"wiz-main": hook},
            link_hosts=frozenset({".wiz.io"}),
        )
        door = stack.enter_context(running(services))
        yield NamedDoor(running=door, services=services, store=store, clock=clock, portal=portal, provider=at)
