"""Read source repositories: who looks after what, who was there lately, and where manifests lie."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from callboard.domain.activity import folders_worth_asking
from callboard.domain.forge import (
    Absent,
    Contribution,
    Facts,
    File,
    FoundPlace,
    GatheredManifest,
    Head,
    Kept,
    Moved,
    Reading,
    Repository,
    Tree,
    Unread,
)
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership.codeowners import MAX_BYTES, PLACES, CodeOwners, parse
from callboard.domain.packages.manifest_place import ManifestPlace, places
from callboard.errors import BudgetSpentError, FileTooLargeError, RepositoryError
from callboard.ports import Clock, Gathering, Repositories
from callboard.store import Store
from callboard.store.ownership import deciding
from callboard.store.ownership import repositories as shelf
from callboard.store.ownership.repositories import COMPLETE, FAILED, PARTIAL, key_of
from callboard.store.packages import manifest_homes
from callboard.usecases.packages.gather import gather

PROMISE = "2"
"""Changes whenever more or other things are read out of a repository: then each is read anew once."""

BATCH = 25
"""Repositories that are written down together."""


class RepositoriesProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a reading has come."""

    listed: int
    done: int
    calls: int


class RepositoriesReport(msgspec.Struct, frozen=True, kw_only=True):
    """What reading the repositories of one section did."""

    reader: str
    state: str
    """complete, or partial: then nothing was taken for gone."""
    reason: str | None
    repositories: int
    read: int
    """Of those, whose content was looked at."""
    unchanged: int
    moved: tuple[Moved, ...]
    """Names of the catalog, or earlier ones, that lead to another name now."""
    absent: tuple[str, ...]
    """Slugs that the catalog names and the forge does not know or does not show."""
    gone: int
    """Repositories that count as gone from now on."""
    unread: tuple[Unread, ...]
    calls: int


Listener = Callable[[RepositoriesProgress], object]


async def read_repositories(
    store: Store,
    reader: Repositories,
    *,
    clock: Clock,
    activity_days: int,
    sections: Collection[str],
    gathering: Gathering,
    progress: Listener | None = None,
) -> RepositoriesReport:
    """Read what `reader` lists and write it down. Raises RepositoryError when nothing of it could be read.

    `sections` are the names of all that are configured: what another one reads is left to it.
    What cannot be read keeps what was known of it. Nothing is taken for gone unless everything was read, twice in a row.
    """
    await asyncio.to_thread(_retire, store, frozenset({reader.name, *sections}), clock.now())
    run = _Run(store, reader, gathering, clock, since=Instant(clock.now() - activity_days * DAY), progress=progress)
    return await run.go()


def _retire(store: Store, sections: Collection[str], now: Instant) -> None:
    with store.write() as conn:
        left = [key for key, each in shelf.known(conn).items() if each.reader not in sections and each.gone_at is None]
        if shelf.retire(conn, sections, now=now):
            deciding.of_repositories(conn, store, left, now=now)
            manifest_homes.end_strays(conn, store, now=now)


def _was_gone(known: Repository | None) -> bool:
    return known is not None and known.gone_at is not None


class _Answers(dict[str, Kept]):
    """Kept answers, noting which are still of use."""

    def __init__(self, kept: Mapping[str, Kept]) -> None:
        super().__init__(kept)
        self.used: set[str] = set()

    def get(self, address: str, default: Kept | None = None) -> Kept | None:  # type: ignore[override]
        """As a dict's own."""
        self.used.add(address)
        return super().get(address, default)


class _Run:
    """One reading under way."""

    def __init__(
        self, store: Store, reader: Repositories, rules: Gathering, clock: Clock, *, since: Instant,
        progress: Listener | None,
    ) -> None:  # fmt: skip
        self._store = store
        self._reader = reader
        self._rules = rules
        self._promise = f"{PROMISE}/{rules.READS_AS}"
        self._clock = clock
        self._since = since
        """From when on commits count."""
        self._inputs: dict[str, dict[str, str]] = {}
        """By repository and path: what manifests were last read from."""
        self._progress = progress
        self._slots = asyncio.Semaphore(reader.at_once)
        self._writing = asyncio.Lock()
        self._known: dict[str, Repository] = {}
        self._heads: dict[str, Head] = {}
        self._moves: dict[str, Moved] = {}
        self._absent: list[str] = []
        self._unread: list[Unread] = []
        self._failed: dict[str, str] = {}
        """By key: repositories that were listed and could not be read."""
        self._error: RepositoryError | None = None
        """What ended the reading early."""
        self._is_spent = False
        """Nothing more may be asked."""
        self._facts: list[Facts] = []
        self._same: list[Head] = []
        self._read = 0
        self._unchanged = 0

    async def go(self) -> RepositoriesReport:
        """Lists and reads side by side, then settles what was not there."""
        before, slugs = await asyncio.to_thread(self._load)
        kept = _Answers(before)
        async with asyncio.TaskGroup() as group:
            try:
                async for listed in self._reader.listing(slugs, kept):
                    self._take(listed, group)
            except RepositoryError as error:
                # What was listed before is good, and its reading goes on.
                self._stop(error)
        if not self._heads and not self._absent and self._error is not None:
            await asyncio.to_thread(self._note, FAILED, 0)
            raise self._error
        return await asyncio.to_thread(self._settle, before, kept)

    def _stop(self, error: RepositoryError) -> None:
        self._error = self._error or error
        self._is_spent = self._is_spent or isinstance(error, BudgetSpentError)

    def _load(self) -> tuple[dict[str, Kept], Sequence[str]]:
        with self._store.read() as conn:
            self._known = shelf.known(conn)
            self._inputs = manifest_homes.known_inputs(conn)
            slugs = shelf.slugs_of_catalog(conn, self._reader.host) if self._reader.wants_slugs else []
            return shelf.kept_answers(conn, self._reader.name), slugs

    def _take(self, listed: Head | Moved | Absent | Unread, group: asyncio.TaskGroup) -> None:
        match listed:
            case Head():
                self._take_head(listed, group)
            case Moved():
                self._moves[key_of(self._reader.host, listed.slug)] = listed
                self._take_head(listed.head, group)
            case Absent():
                self._absent.append(listed.slug)
            case Unread():
                self._unread.append(listed)

    def _take_head(self, head: Head, group: asyncio.TaskGroup) -> None:
        key = key_of(head.host, head.slug)
        known = self._known.get(key)
        if key in self._heads:
            return
        if known is not None and known.reader != self._reader.name and known.gone_at is None and known.read_at:
            # The section that had it first keeps it.
            return
        self._heads[key] = head
        if known is not None and known.reader == self._reader.name and _is_same(known, head, self._promise):
            self._same.append(head)
            self._unchanged += 1
        else:
            group.create_task(self._one(head, known))

    async def _one(self, head: Head, known: Repository | None) -> None:
        async with self._slots:
            if self._is_spent:
                return
            try:
                facts = await self._look(head, known)
            except BudgetSpentError as error:
                self._stop(error)
                return
            except RepositoryError as error:
                self._unread.append(Unread(head.slug, error.message))
                self._failed[key_of(head.host, head.slug)] = error.message
                return
            if facts is None:
                self._same.append(head)
                self._unchanged += 1
            else:
                self._facts.append(facts)
                self._read += 1
        if len(self._facts) + len(self._same) >= BATCH:
            # Taken here, since the lists belong to the loop and not to the thread that writes.
            batch = self._batch()
            async with self._writing:
                await asyncio.to_thread(self._write, *batch)
        if self._progress is not None:
            done = self._read + self._unchanged + len(self._unread)
            self._progress(RepositoriesProgress(listed=len(self._heads), done=done, calls=self._reader.calls))

    async def _look(self, head: Head, known: Repository | None) -> Facts | None:
        """What a repository tells. None: what it told the last time."""
        if not head.branch:
            empty = Tree(commit="", etag=None, files=(), complete=True)
            return _facts(head, empty, contributions=(), manifests=())
        is_good = (
            known is not None and known.promise == self._promise and known.branch == head.branch and not known.problem
        )
        tree = await self._reader.tree(head, known.etag if known is not None and is_good else None)
        if tree is None:
            return None
        file = _code_owners_file(head, tree)
        owners, problem = await self._code_owners(head, file, known)
        found = places(each.path for each in tree.files)
        folders = folders_worth_asking(
            (each.path.rpartition("/")[0] for each in found),
            (each.path.partition("/")[0] for each in tree.files if "/" in each.path),
        )
        contributions = None
        try:
            contributions = (await self._reader.activity(head, folders, self._since)).contributions
        except BudgetSpentError:
            raise
        except RepositoryError as error:
            problem = problem or f"Who committed is not known: {error.message}"
            # Without a marker it is asked again the next time.
            head = msgspec.structs.replace(head, marker="")
        inputs = self._inputs.get(key_of(head.host, head.slug), {})
        gathered = await gather(self._reader, self._rules, head, tree, inputs)
        if gathered.problem is not None:
            problem, head = problem or gathered.problem, msgspec.structs.replace(head, marker="")
        return _facts(
            head, tree, file, owners, contributions=contributions, places=found, problem=problem,
            # What is missing in half a tree may well be there.
            manifests=gathered.manifests if tree.complete else None,
        )  # fmt: skip

    async def _code_owners(
        self, head: Head, file: File | None, known: Repository | None
    ) -> tuple[CodeOwners | None, str | None]:
        """The file as it is read, or None when there is none or it is as it was; and what is wrong with it."""
        if file is None:
            return None, None
        is_known = known is not None and known.promise == self._promise and known.code_owners_blob == file.blob
        if is_known and known is not None and known.code_owners_path == file.path and known.dialect == head.dialect:
            return None, None
        try:
            raw = await self._reader.file(head, file, max_bytes=MAX_BYTES)
        except FileTooLargeError:
            return CodeOwners(
                dialect=head.dialect, entries=()
            ), f"{file.path} is too large to be read, for the forge too."
        read = parse(raw.decode(errors="replace"), head.dialect)
        if not read.skipped:
            return read, None
        first = read.skipped[0]
        return read, f"{file.path} line {first.line}: {first.reason}."

    def _batch(self) -> tuple[list[Facts], list[Head]]:
        facts, self._facts = self._facts, []
        same, self._same = self._same, []
        return facts, same

    def _write(self, facts: Sequence[Facts], same: Sequence[Head]) -> None:
        if facts or same:
            now = self._clock.now()
            with self._store.write() as conn:
                shelf.write_facts(conn, self._store, self._reader.name, facts, promise=self._promise, now=now)
                for each in facts:
                    if each.manifests is not None:
                        key = key_of(each.head.host, each.head.slug)
                        manifest_homes.write(conn, self._store, key, each.manifests, now=now)
                shelf.write_seen(conn, same, now=now)
                keys = [key_of(each.head.host, each.head.slug) for each in facts]
                keys += [key for head in same if _was_gone(self._known.get(key := key_of(head.host, head.slug)))]
                if keys:
                    deciding.of_repositories(conn, self._store, keys, now=now)

    def _settle(self, before: Mapping[str, Kept], kept: _Answers) -> RepositoriesReport:
        self._write(*self._batch())
        now = self._clock.now()
        is_complete = self._error is None and not self._unread
        by_id = {(head.host, head.external_id): head for head in self._heads.values()}
        unread = {key_of(self._reader.host, each.where): each.reason for each in self._unread} | self._failed
        mine = {key: each for key, each in self._known.items() if each.reader == self._reader.name}
        missing = [key for key in mine if key not in self._heads and key not in unread]
        for key in missing:
            known = mine[key]
            head = by_id.get((known.host, known.external_id))
            if head is not None and known.external_id:
                self._moves.setdefault(key, Moved(slug=known.slug, head=head))
        host = self._reader.host
        with self._store.write() as conn:
            shelf.write_problems(conn, {key: reason for key, reason in unread.items() if key in self._known})
            names: list[tuple[str, str, str | None]] = [(host, each, None) for each in self._absent]
            names += [(host, each.slug, each.head.slug) for each in self._moves.values()]
            shelf.write_names(conn, self._reader.name, names, now=now)
            shelf.write_moves(conn, {key: each.head.slug for key, each in self._moves.items()}, now=now)
            not_there = [key for key in missing if key not in self._moves]
            gone = shelf.write_missed(conn, not_there, now=now) if is_complete else 0
            if gone:
                deciding.of_repositories(conn, self._store, not_there, now=now)
            manifest_homes.end_strays(conn, self._store, now=now)
            good = {address: each for address, each in kept.items() if not is_complete or address in kept.used}
            shelf.keep_answers(conn, self._store, self._reader.name, before, good)
        state = COMPLETE if is_complete else PARTIAL
        self._note(state, len(self._heads))
        return RepositoriesReport(
            reader=self._reader.name,
            state=state,
            reason=self._reason(),
            repositories=len(self._heads),
            read=self._read,
            unchanged=self._unchanged,
            moved=tuple(self._moves[key] for key in sorted(self._moves)),
            absent=tuple(sorted(self._absent)),
            gone=gone,
            unread=tuple(self._unread),
            calls=self._reader.calls,
        )

    def _reason(self) -> str | None:
        if self._error is not None:
            return self._error.message
        if not self._unread:
            return None
        return f"{self._unread[0].where}: {self._unread[0].reason}"

    def _note(self, state: str, repositories: int) -> None:
        now = self._clock.now()
        reading = Reading(
            reader=self._reader.name,
            read_at=now,
            complete_at=now if state == COMPLETE else None,
            state=state,
            reason=self._reason(),
            repositories=repositories,
            calls=self._reader.calls,
        )
        with self._store.write() as conn:
            shelf.note_reading(conn, reading)


def _is_same(known: Repository, head: Head, promise: str) -> bool:
    return (
        known.read_at is not None
        and known.gone_at is None
        and known.promise == promise
        and known.marker == head.marker != ""
        and known.branch == head.branch
        and known.slug == head.slug
        and known.external_id == head.external_id
    )


def _code_owners_file(head: Head, tree: Tree) -> File | None:
    there = {each.path: each for each in tree.files}
    return next((there[place] for place in PLACES[head.dialect] if place in there), None)


def _facts(
    head: Head,
    tree: Tree,
    file: File | None = None,
    owners: CodeOwners | None = None,
    *,
    contributions: tuple[Contribution, ...] | None,
    places: Sequence[ManifestPlace] = (),
    manifests: tuple[GatheredManifest, ...] | None,
    problem: str | None = None,
) -> Facts:
    by_path = {each.path: each for each in tree.files} if places else {}
    return Facts(
        head=head,
        commit=tree.commit,
        etag=tree.etag if tree.complete else None,
        files=len(tree.files),
        code_owners_path=file.path if file else None,
        code_owners_blob=file.blob if file else None,
        code_owners=owners,
        contributions=contributions,
        places=tuple(
            FoundPlace(place=each, blob=by_path[each.path].blob, size=by_path[each.path].size) for each in places
        ),
        manifests=manifests,
        problem=problem if tree.complete else f"Not all of it was read: {tree.reason}.",
    )
