"""Who is near a resource, by the repository that it comes from: the store's half of `domain.activity`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from callboard.domain.activity import Directory, Near, Neighbour, directory_of, neighbours
from callboard.domain.alias import REPOSITORY, REPOSITORY_PATH
from callboard.domain.component import Entity
from callboard.domain.forge import Contribution, Repository
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership.claims import Key
from callboard.domain.ownership.codeowners import CodeOwners
from callboard.domain.ownership.verdict import Candidate, Tier
from callboard.domain.repository import IN_REPOSITORY
from callboard.store import evidence, schema
from callboard.store.ownership.repositories import code_owners_of, contributions_of, known

ACTIVITY_DAYS = 90
"""How long somebody who committed counts as near."""

LONGEST = 300
"""Characters of a sentence that is kept as evidence."""

CODE_OWNER = "code-owner"
ACTIVITY = "activity"
"""Forms of the candidates that repositories give."""

REMEMBERED = 30_000
"""Places kept in memory at most; then the memory starts anew."""

_FORMS = {Near.CODE_OWNER: CODE_OWNER, Near.ACTIVITY: ACTIVITY}


class Neighbourhood:
    """Asks for many resources: groups, users and repositories are read once."""

    def __init__(self, conn: Connection, *, now: Instant | None = None, days: int = ACTIVITY_DAYS) -> None:
        """Without `now` the days count back from when each repository was read: the same answer until it is read again."""
        self._now = now
        self._days = days
        self._repositories = {key: each for key, each in known(conn).items() if each.read_at is not None}
        self._entities: list[Entity] | None = None
        self._directories: dict[str, Directory] = {}
        self._near: dict[tuple[int, str, bool], tuple[Neighbour, ...]] = {}
        self._read: dict[int, tuple[CodeOwners | None, tuple[Contribution, ...]]] = {}

    def __bool__(self) -> bool:
        return bool(self._repositories)

    def candidates(self, conn: Connection, keys: Iterable[Key]) -> list[Candidate]:
        """Who is near a resource with these names, as evidence of the tier that only suggests."""
        return [
            Candidate(each.entity, Tier.ACTIVITY, _FORMS[each.near], each.evidence[:LONGEST], each.near.value, 0)
            for each in self.of(conn, keys)
        ]

    def of(self, conn: Connection, keys: Iterable[Key]) -> tuple[Neighbour, ...]:
        """Who is near a resource with these names, the nearest first. Suggestions only: never routed, never readers."""
        found: dict[tuple[str, str], Neighbour] = {}
        for repository_key, path in _places(keys):
            repository = self._repositories.get(repository_key)
            if repository is None or repository.gone_at is not None:
                continue
            # A path names a file; a repository without one is its top folder.
            for each in self._at(conn, repository, path, is_folder=not path):
                found.setdefault((each.entity, each.near.value), each)
        return tuple(found.values())

    def at_folder(self, conn: Connection, key: str, folder: str) -> tuple[Neighbour, ...]:
        """Who is near a folder of one repository, the nearest first."""
        repository = self._repositories.get(key)
        if repository is None or repository.gone_at is not None:
            return ()
        return self._at(conn, repository, folder, is_folder=True)

    def _at(self, conn: Connection, repository: Repository, path: str, *, is_folder: bool) -> tuple[Neighbour, ...]:
        key = (repository.id, path, is_folder)
        if key not in self._near:
            if len(self._near) >= REMEMBERED:
                self._near.clear()
            code_owners, contributions = self._facts(conn, repository)
            self._near[key] = neighbours(
                path,
                code_owners,
                contributions,
                self._directory(conn, repository.host),
                organisation=repository.slug.rpartition("/")[0],
                is_folder=is_folder,
                seen_at=repository.read_at or repository.seen_at,
            )
        return self._near[key]

    def _facts(self, conn: Connection, repository: Repository) -> tuple[CodeOwners | None, tuple[Contribution, ...]]:
        if repository.id not in self._read:
            self._read[repository.id] = (
                code_owners_of(conn, repository),
                contributions_of(conn, repository.id, since=self._since(repository)),
            )
        return self._read[repository.id]

    def _since(self, repository: Repository) -> Instant:
        return Instant((self._now or repository.read_at or repository.seen_at) - self._days * DAY)

    def _directory(self, conn: Connection, host: str) -> Directory:
        if self._entities is None:
            self._entities = list(evidence.load_entities(conn, kinds=("group", "user")).values())
        if host not in self._directories:
            # Backstage's provider of GitHub writes github.com/… for a company's own GitHub as well.
            self._directories[host] = directory_of(
                self._entities,
                {host, "github.com", "gitlab.com"} if host not in ("github.com", "gitlab.com") else {host},
            )
        return self._directories[host]


def neighbours_of(conn: Connection, resource_id: int, *, now: Instant) -> tuple[Neighbour, ...]:
    """Who is near one resource."""
    alias = schema.resource_alias.c
    keys = conn.execute(select(alias.form, alias.value).where(alias.resource_id == resource_id)).all()
    return Neighbourhood(conn, now=now).of(conn, [(row.form, row.value) for row in keys])


def _places(keys: Iterable[Key]) -> Sequence[tuple[str, str]]:
    """Repositories with the path that is meant in each, those with a path first, since they tell more."""
    exact: set[tuple[str, str]] = set()
    whole: set[str] = set()
    for form, value in keys:
        if form == REPOSITORY_PATH:
            repository, _, path = value.partition(IN_REPOSITORY)
            exact.add((repository, path))
        elif form == REPOSITORY:
            whole.add(value)
    named = {repository for repository, _ in exact}
    return [*sorted(exact), *((repository, "") for repository in sorted(whole - named))]
