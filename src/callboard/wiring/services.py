"""What every command and the server work with: a store, a clock, and the policies that are configured."""

from __future__ import annotations

import functools
from pathlib import Path
from types import TracebackType
from typing import Self

from callboard.config import Config
from callboard.domain.due import PolicyName
from callboard.domain.finding import Severity
from callboard.domain.instant import MINUTE, SECOND
from callboard.domain.policy import Due, Roles
from callboard.errors import StoreError
from callboard.ports import (
    Clock,
)
from callboard.store import Store, open_store
from callboard.store.waking import waker_of
from callboard.usecases.plan_policy import Configured
from callboard.wiring.machine import SystemClock
from callboard.wiring.sources import write_policies


class Services:
    """What a command or the server works with. Use it in a `with`."""

    def __init__(self, config: Config, store: Store, clock: Clock) -> None:
        self.config = config
        self.store = store
        self.clock = clock
        self.waker = waker_of(store)
        """Calls the other processes on this database."""

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
        store.lease = config.jobs.lease_seconds * SECOND
        store.write_policies = functools.cache(lambda: write_policies(config))
        return cls(config, store, SystemClock())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.waker.close()
        self.store.close()


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


def database_file(url: str) -> Path | None:
    """The file that holds the database; None for a server or a database in memory."""
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] != "sqlite":
        return None
    path = rest.removeprefix("/").partition("?")[0]
    return None if path in ("", ":memory:") else Path(path)
