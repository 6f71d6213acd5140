"""Introduces the rooms to each other: from a configuration to a store, a clock, and sources and catalogs to read."""

from __future__ import annotations

import functools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

import msgspec

from callboard import __version__
from callboard.config import Config, Section
from callboard.domain.due import PolicyName
from callboard.domain.finding import Severity
from callboard.domain.instant import HOUR, MINUTE, Instant
from callboard.domain.link import LinkRules
from callboard.domain.policy import Due, Roles
from callboard.domain.remediation.write_back import WritePolicy
from callboard.domain.run import Part, Scope
from callboard.errors import ConfigError, StoreError
from callboard.ports import (
    Catalog,
    Channel,
    Check,
    Clock,
    Judge,
    RawPage,
    Registry,
    Repositories,
    Source,
    SourceSpec,
    Split,
    Tracker,
    Writer,
)
from callboard.store import Store, open_store
from callboard.usecases.people.sessions import Limits
from callboard.usecases.plan_policy import Configured

if TYPE_CHECKING:
    from callboard.domain.access import Rules
    from callboard.domain.packages.signals import WellKnown
    from callboard.domain.remediation.message import Route
    from callboard.domain.remediation.ticket import Place
    from callboard.identity.portal import Portal
    from callboard.identity.provider import Provider
    from callboard.net import Net
    from callboard.usecases.people.membership import People

USER_AGENT = f"callboard/{__version__}"

FULL_EVERY_HOURS = 24.0
DELTA_EVERY_MINUTES = 15.0
"""For sources whose configuration has no such keys."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> Instant:
        """The present instant."""
        return Instant(time.time_ns() // 1_000)


class OpenSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source that can be read, and how often it is to be."""

    source: Source
    full_every: int
    """Microseconds between full runs."""
    delta_every: int
    """Microseconds between runs of any mode."""
    calls_per_second: float | None
    """What we hold ourselves to. None: this source does not say."""
    writes: WritePolicy
    """What may be written to it."""
    webhook_token: str | None
    """What its webhooks have to bring. None: there are none."""

    def __repr__(self) -> str:
        return f"OpenSource({self.source.name!r})"

    @property
    def writer(self) -> Writer | None:
        """What writes to it. None: nothing may be written, or it takes nothing."""
        return getattr(self.source, "writer", None) if self.writes.is_on else None

    def timed(self, observe: Callable[[float], object]) -> Source:
        """The source, telling `observe` how many seconds each page took."""
        return cast("Source", _Timed(self.source, observe))


class _Timed:
    """A source with a stopwatch on its pages; everything else is the source's own."""

    def __init__(self, source: Source, observe: Callable[[float], object]) -> None:
        self._source = source
        self._observe = observe

    def __getattr__(self, name: str) -> object:
        return getattr(self._source, name)

    async def pages(self, part: Part, cursor: str | None) -> AsyncIterator[RawPage | Split]:
        began = time.monotonic()
        async for page in self._source.pages(part, cursor):
            self._observe(time.monotonic() - began)
            yield page
            began = time.monotonic()


class OpenRepositories(msgspec.Struct, frozen=True, kw_only=True):
    """Repositories that can be read, and how often they are to be."""

    reader: Repositories
    activity_days: int
    every: int
    """Microseconds between readings."""

    def __repr__(self) -> str:
        return f"OpenRepositories({self.reader.name!r})"


class Services:
    """What a command or the server works with. Use it in a `with`."""

    def __init__(self, config: Config, store: Store, clock: Clock) -> None:
        self.config = config
        self.store = store
        self.clock = clock

    @classmethod
    def open(cls, config: Config, *, create: bool) -> Self:
        """Opens the database. Without `create`, one that is not there yet raises StoreError with a hint."""
        file = database_file(config.database.url)
        if not create and file is not None and not file.exists():
            raise StoreError(
                f"There is no board yet at {file}.", hint="`callboard sync` reads the sources and makes it."
            )
        promised = config.freshness.promised_minutes * MINUTE
        store = open_store(config.database.url, create=create, promised=promised, policy=config.due.as_policy())
        store.trusted_locations = config.ownership.trusted_locations
        store.announces = bool(config.channels)
        store.write_policies = functools.cache(lambda: write_policies(config))
        return cls(config, store, SystemClock())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.store.close()


@asynccontextmanager
async def open_source(section: Section) -> AsyncIterator[OpenSource]:
    """The source of a section, its secrets read only now. Opening asks nothing yet. Raises ConfigError."""
    from callboard.sources import SOURCES

    settings = section.settings()
    source = SOURCES[section.kind].build(settings, USER_AGENT)
    try:
        yield OpenSource(
            source=source,
            full_every=int(getattr(settings, "full_every_hours", FULL_EVERY_HOURS) * HOUR),
            delta_every=int(getattr(settings, "delta_every_minutes", DELTA_EVERY_MINUTES) * MINUTE),
            calls_per_second=getattr(settings, "calls_per_second", None),
            webhook_token=getattr(settings, "webhook_token", None),
            writes=_writes(settings),
        )
    finally:
        await source.close()


def link_hosts(config: Config) -> frozenset[str]:
    """The hosts that pages may link to. A source whose secrets cannot be read gives none."""
    hosts: set[str] = set()
    for section in config.sources:
        with suppress(ConfigError):
            hosts |= set(getattr(section.settings(), "allowed_link_hosts", ()))
    return frozenset(hosts)


def write_policies(config: Config) -> dict[str, WritePolicy]:
    """By source, what may be written to it. To a source whose secrets cannot be read nothing is."""
    found: dict[str, WritePolicy] = {}
    for section in config.sources:
        with suppress(ConfigError):
            found[section.name] = _writes(section.settings())
    return {name: policy for name, policy in found.items() if policy.is_on}


def _writes(settings: object) -> WritePolicy:
    given = getattr(settings, "write_back", None)
    return WritePolicy() if given is None else cast("WritePolicy", given.policy())


def link_rules(config: Config) -> dict[str, LinkRules]:
    """By source, what is known about its own pages. A source whose secrets cannot be read has none."""
    found: dict[str, LinkRules] = {}
    for section in config.sources:
        with suppress(ConfigError):
            found[section.name] = rules_of(section)
    return found


def rules_of(section: Section) -> LinkRules:
    """What is known about the pages of one source. Raises ConfigError when its secrets cannot be read."""
    rules = getattr(section.settings(), "link_rules", None)
    return rules if isinstance(rules, LinkRules) else LinkRules()


@asynccontextmanager
async def open_for_files(section: Section | None, spec: SourceSpec, name: str) -> AsyncIterator[Source]:
    """What a file's findings belong to: the configured source, or one that exists only through its files."""
    if section is None:
        yield cast("Source", _FilesOnly(spec, name))
        return
    async with open_source(section) as opened:
        yield opened.source


class _FilesOnly:
    """As much of a source as an import needs: it is never asked anything."""

    def __init__(self, spec: SourceSpec, name: str) -> None:
        self.name = name
        self.kind = spec.kind
        self.scope = Scope()

    def promise(self, part_kind: str, door: str) -> str:
        return f"{self.kind}/{part_kind}/{door}/{__version__}"


@asynccontextmanager
async def open_catalog(config: Config, section: Section, clock: Clock | None = None) -> AsyncIterator[Catalog]:
    """The catalog of a section, its secrets read only now. Raises ConfigError."""
    from callboard import catalog
    from callboard.net import Net

    settings = section.settings()
    now = (clock or SystemClock()).now
    async with Net(user_agent=USER_AGENT, allow_hosts=getattr(settings, "allow_hosts", ())) as net:
        yield catalog.open_catalog(settings, net, folder=config.folder, now=now)


def configured_policies(config: Config) -> Configured:
    """What the configuration says about who is what and by when things are due."""
    due, rules = config.due, config.identity.rules()
    return Configured(
        roles=Roles(
            organisation_sees=config.identity.organisation_sees,
            security=tuple(sorted(rules.security)),
            administrators=tuple(sorted(rules.administrators)),
        ),
        due=Due(
            by=PolicyName(due.policy),
            days={each.word: getattr(due, f"{each.word}_days") for each in Severity},  # type: ignore[misc]
            known_exploited_days=due.known_exploited_days,
        ),
    )


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


@asynccontextmanager
async def open_repositories(
    config: Config, section: Section, clock: Clock | None = None
) -> AsyncIterator[OpenRepositories]:
    """What a section reads repositories from, its secrets read only now. Raises ConfigError."""
    from callboard import repositories
    from callboard.net import Net

    settings = section.settings()
    now = (clock or SystemClock()).now
    async with Net(user_agent=USER_AGENT, allow_hosts=getattr(settings, "allow_hosts", ())) as net:
        reader = repositories.open_repositories(settings, net, folder=config.folder, now=now)
        try:
            yield OpenRepositories(
                reader=reader, activity_days=settings.activity_days, every=settings.read_every_minutes * MINUTE
            )
        finally:
            await reader.close()


class OpenChannel(msgspec.Struct, frozen=True, kw_only=True):
    """A channel that messages can be sent on, and where it leads."""

    channel: Channel
    route: Route

    def __repr__(self) -> str:
        return f"OpenChannel({self.route.channel!r})"


@asynccontextmanager
async def open_channel(section: Section, clock: Clock | None = None) -> AsyncIterator[OpenChannel]:
    """The channel of a section, its secrets read only now. Raises ConfigError."""
    from callboard import channels
    from callboard.net import Net

    settings = section.settings()
    now = (clock or SystemClock()).now
    async with Net(user_agent=USER_AGENT, allow_hosts=getattr(settings, "allow_hosts", ())) as net:
        channel = channels.open_channel(settings, net, now=now)
        try:
            yield OpenChannel(channel=channel, route=settings.route)
        finally:
            await channel.close()


@asynccontextmanager
async def open_tracker(section: Section, clock: Clock | None = None) -> AsyncIterator[Tracker]:
    """The tracker of a section, its secrets read only now. Raises ConfigError."""
    from callboard.channels import trackers
    from callboard.net import Net

    settings = section.settings()
    now = (clock or SystemClock()).now
    async with Net(user_agent=USER_AGENT, allow_hosts=settings.allow_hosts) as net:
        tracker = trackers.open_tracker(settings, net, now=now)
        try:
            yield tracker
        finally:
            await tracker.close()


def ticket_places(config: Config) -> tuple[Place, ...]:
    """The trackers as people choose them. One whose secrets cannot be read is left out."""
    found: list[Place] = []
    for section in config.trackers:
        with suppress(ConfigError):
            found.append(section.settings().place)
    return tuple(found)


def board_address(config: Config) -> str:
    """What links in messages begin with. Empty: nobody told, so that messages have no links."""
    return config.server.public_url.strip().rstrip("/")


@asynccontextmanager
async def open_registries(config: Config) -> AsyncIterator[tuple[list[Registry], list[str]]]:
    """The registries that may be asked; and why others cannot, such as a secret that cannot be read."""
    from callboard.net import Net
    from callboard.registries import open_registry

    found: list[Registry] = []
    problems: list[str] = []
    async with AsyncExitStack() as stack:
        for section in config.registries:
            try:
                settings = section.settings()
            except ConfigError as error:
                problems.append(f"What the {section.kind} registry says: {error.message}")
                continue
            net = await stack.enter_async_context(Net(user_agent=USER_AGENT, allow_hosts=settings.allow_hosts))
            found.append(open_registry(section.kind, settings, net))
        yield found, problems


def open_judge(config: Config) -> Judge:
    """What is known about vulnerable and malicious packages: the index at hand, else what came with Callboard.

    Raises AdvisoryIndexError for an index that cannot be read.
    """
    from callboard.advisories.index import Index
    from callboard.advisories.judging import IndexJudge
    from callboard.advisories.place import FILE_NAME

    named = config.named_index
    path = named or config.folder / (config.advisories.index or FILE_NAME)
    known = tuple(
        (ecosystem, _well_known(ecosystem, config.folder / name, _changed_at(config.folder / name)))
        for ecosystem, name in config.advisories.well_known
    )
    # Whoever names a file means that one.
    if named is None and not path.exists():
        return own_judge(known)
    index = Index.open(path)
    return IndexJudge(index, f"{index.facts.made_at}", dict(known))


@functools.lru_cache(maxsize=16)
def _well_known(ecosystem: str, path: Path, changed_at: int) -> WellKnown:  # noqa: ARG001 - another moment is another file
    from callboard.advisories.well_known import read_well_known

    return read_well_known(ecosystem, path)


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@functools.cache
def own_judge(known: tuple[tuple[str, WellKnown], ...] = ()) -> Judge:
    """What came with Callboard about vulnerable and malicious packages, and nothing else."""
    from callboard.advisories.judging import IndexJudge
    from callboard.advisories.updating import own_index

    return IndexJudge(own_index(SystemClock().now()), f"callboard {__version__}", dict(known))


def database_file(url: str) -> Path | None:
    """The file that holds the database; None for a server or a database in memory."""
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] != "sqlite":
        return None
    path = rest.removeprefix("/").partition("?")[0]
    return None if path in ("", ":memory:") else Path(path)
