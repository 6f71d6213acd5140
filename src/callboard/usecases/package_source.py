"""Packages of components as a source of findings: judged by the advisories at hand, and read like any other source.

What is known of packages and of advisories is all here, so a run is always complete; what it does with that is the one
road's to decide.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

import msgspec

from callboard.domain.finding import Kind, Observed, Rejected, Severity, State
from callboard.domain.instant import DAY, MINUTE, Instant
from callboard.domain.packages.at_registry import Terms, signs
from callboard.domain.packages.feed import Fetched
from callboard.domain.packages.package import Package, PackageKey
from callboard.domain.packages.package_match import SOURCE, Matched, PackageFinding, observed
from callboard.domain.packages.package_signs import found
from callboard.domain.reconcile import Safety
from callboard.domain.run import Mode, Part, Scope, Size
from callboard.ports import Check, Clock, Judge, ProjectRecord, RawNode, RawPage, Split
from callboard.store import Store, evidence
from callboard.store.intake import runs as run_store
from callboard.store.intake import sources as source_store
from callboard.store.packages import package_files, registry_answers
from callboard.store.packages import package_matches as shelf
from callboard.usecases.packages.ask_registries import NOBODY, Registered
from callboard.usecases.sync import RunReport, sync

FRESH_FOR = 10 * MINUTE
"""While nothing changes this is noted no more often."""
AT_ONCE = 50
"""Components whose findings make up one page."""
_TOLD = "packages-told"
"""What is kept in `meta`: the state of manifests and advisories that was last told."""
_BLIND = "packages-not-evaluated"
PROMISE = "3"
"""Changes whenever a finding would be told otherwise."""

_encode = msgspec.json.Encoder(order="deterministic").encode


class _Told(msgspec.Struct, frozen=True):
    """A finding, and when it was told: the moment is no part of what makes it news."""

    at: Instant
    finding: PackageFinding


_decode = msgspec.json.Decoder(_Told).decode


class PackageSource:
    """Implements `ports.Source`."""

    name = SOURCE
    kind = SOURCE
    scope = Scope(
        kinds=(Kind.DEPENDENCY, Kind.MALICIOUS_PACKAGE, Kind.SUSPICIOUS_PACKAGE),
        severities=tuple(Severity),
        states=(State.OPEN,),
        closed_days=0,
    )

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def promise(self, part_kind: str, door: str) -> str:
        """Changes with the way findings are told."""
        return f"{PROMISE}/{part_kind}/{door}"

    def plan(self, mode: Mode, *, since: Instant | None, now: Instant) -> tuple[Part, ...]:  # noqa: ARG002 - the port's
        """One part: everything is at hand."""
        return (Part(name="packages", kind=Kind.DEPENDENCY.word, filter="{}"),)

    async def pages(self, part: Part, cursor: str | None) -> AsyncIterator[RawPage | Split]:  # noqa: ARG002 - the port's
        """The findings of some components at a time, from the one behind `cursor` on; then those that are known no more."""
        entities, told = await asyncio.to_thread(self._components)
        left = [each for each in entities if each > int(cursor or 0)]
        for start in range(0, len(left), AT_ONCE):
            chunk = left[start : start + AT_ONCE]
            yield RawPage(nodes=await asyncio.to_thread(self._findings, chunk, told), cursor=str(chunk[-1]))
        yield RawPage(nodes=await asyncio.to_thread(self._orphans, told), cursor=None)

    async def by_ids(self, kind: Kind, ids: Sequence[str]) -> AsyncIterator[RawPage]:  # noqa: ARG002 - nothing is hidden
        """Nothing: what no page told is not there."""
        for _ in ():
            yield RawPage(nodes=(), cursor=None)

    def parse(self, part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:  # noqa: ARG002 - the port's
        """One record, which is our own."""
        told = _decode(raw)
        return observed(told.finding, at=told.at)

    def parse_project(self, raw: bytes | memoryview) -> ProjectRecord | Rejected:  # noqa: ARG002 - the port's
        """There are none."""
        return Rejected(where="packages", reason="packages are in no projects")

    async def estimate(self, *, now: Instant) -> AsyncIterator[Size]:  # noqa: ARG002 - the port's
        """Nothing is asked of anybody."""
        for _ in ():
            yield Size(part="packages", count=0, capped=False, calls=0)

    async def check(self) -> tuple[Check, ...]:
        """Nothing to say."""
        return ()

    async def close(self) -> None:
        """Nothing is open."""

    def _components(self) -> tuple[list[int], set[str]]:
        with self._store.write() as conn:
            row = source_store.ensure_source(conn, self.name, self.kind)
        with self._store.read() as conn:
            return shelf.components(conn), shelf.open_ids(conn, row.id)

    def _findings(self, entity_ids: Sequence[int], told: set[str]) -> list[RawNode]:
        with self._store.read() as conn:
            return self._nodes(shelf.findings(conn, self._store.dialect, entity_ids, told))

    def _orphans(self, told: set[str]) -> list[RawNode]:
        with self._store.read() as conn:
            return self._nodes(shelf.orphans(conn, told, shelf.known_components(conn)))

    def _nodes(self, found: Iterable[PackageFinding]) -> list[RawNode]:
        now = self._clock.now()
        return [RawNode(stable=_encode(each), raw=_encode(_Told(now, each))) for each in found]


class Matching(msgspec.Struct, frozen=True, kw_only=True):
    """What matching the packages in use did."""

    judged: int
    """Package versions that were looked up."""
    news: int
    """Those of them about which something else is known than before."""
    not_evaluated: int
    """Package versions in use about which nothing, or not everything, can be said: they are not clean."""
    blind: tuple[str, ...] = ()
    """Sentences about what nobody looked for."""
    run: RunReport | None
    """None: there was nothing to tell."""


def is_due(store: Store, judge: Judge, registered: Registered = NOBODY, *, now: Instant) -> bool:
    """Whether manifests, advisories or registries say otherwise than when findings were last told, or a release has aged."""
    with store.read() as conn:
        told = evidence.remembered(conn, _TOLD)
        state = registry_answers.state_of(conn)
        has_aged = bool(registry_answers.outlived(conn, now))
    return bool(state) and (told != f"{state} {judge.mark}{registered.mark}" or has_aged)


async def match_packages(
    store: Store, judge: Judge, *, clock: Clock, safety: Safety | None = None, always: bool = True,
    registered: Registered = NOBODY,
) -> Matching | None:  # fmt: skip
    """Judge the packages in use that were not judged by what is known now, and tell what follows.

    `registered` is what came of asking registries.
    Without `always` nothing is done, and None returned, while nothing has changed. Nothing is told of a board on which no
    component's packages were ever known.
    """
    if not always and not await asyncio.to_thread(is_due, store, judge, registered, now=clock.now()):
        await asyncio.to_thread(_note_fresh, store, clock.now())
        return None
    matching, state = await asyncio.to_thread(_judge, store, judge, registered, clock)
    if not state:
        return matching
    run = await sync(
        store, PackageSource(store, clock), clock=clock, mode=Mode.FULL, safety=safety,
        next_due_at=lambda now: Instant(now + DAY),
    )  # fmt: skip
    await asyncio.to_thread(_note_feeds, store, run.run, judge.feeds)
    await asyncio.to_thread(_remember, store, _TOLD, f"{state} {judge.mark}{registered.mark}")
    return msgspec.structs.replace(matching, run=run)


def _note_fresh(store: Store, now: Instant) -> None:
    """Nothing has changed: what was told is as fresh as if it had been told now."""
    with store.read() as conn:
        is_old = source_store.is_older(conn, SOURCE, than=Instant(now - FRESH_FOR))
    if is_old:
        with store.write() as conn:
            source_store.note_fresh(conn, SOURCE, now=now)


def _judge(store: Store, judge: Judge, registered: Registered, clock: Clock) -> tuple[Matching, str]:
    now, mark = clock.now(), f"{judge.mark}{registered.mark}"
    terms = {each.ecosystem: each for each in registered.terms}
    with store.read() as conn:
        is_behind = package_files.is_behind(conn)
        aged = registry_answers.outlived(conn, now)
    if is_behind:
        with store.write() as conn:
            package_files.catch_up(conn, store.dialect)
    if aged:
        with store.write() as conn:
            registry_answers.judge_again(conn, aged)
    with store.read() as conn:
        state = registry_answers.state_of(conn)
        waiting = shelf.to_judge(conn, store.dialect, mark)
        answers = registry_answers.all_of(conn, terms)
        blind = int(evidence.remembered(conn, _BLIND) or 0)
        is_whole = evidence.remembered(conn, f"{_BLIND}-by") == mark
    hashes: dict[Package, frozenset[str]] = {}
    for each in waiting.values():
        hashes[each.package] = hashes.get(each.package, frozenset()) | each.hashes
    judged = judge.judge(hashes)
    blind = judged.not_evaluated + (blind if is_whole else 0)
    known = {
        id_: (
            *judged.matches.get(each.package, ()),
            *found(each),
            *_by_registry(each.package, answers, terms, now),
        )
        for id_, each in waiting.items()
    }
    with store.write() as conn:
        news = shelf.write(conn, store.dialect, known, mark=mark, now=now)
        # Registries are asked beside this: what they said meanwhile is not judged yet.
        later = registry_answers.all_of(conn, terms)
        registry_answers.judge_again(
            conn, [id_ for id_, each in waiting.items() if later.get(each.package.key) != answers.get(each.package.key)]
        )
        evidence.remember(conn, _BLIND, str(blind))
        evidence.remember(conn, f"{_BLIND}-by", mark)
    blinds = (*judged.blind, *registered.blind)
    matching = Matching(judged=len(waiting), news=news, not_evaluated=blind, blind=blinds, run=None)
    return matching, state


def _by_registry(
    package: Package, answers: Mapping[PackageKey, registry_answers.Kept], terms: Mapping[str, Terms], now: Instant
) -> Iterator[Matched]:
    kept = answers.get(package.key)
    return signs(package, None if kept is None else kept.answer, terms.get(package.ecosystem), now=now)


def _note_feeds(store: Store, run_id: int, feeds: Sequence[Fetched]) -> None:
    with store.write() as conn:
        run_store.note_feeds(conn, run_id, feeds)


def _remember(store: Store, key: str, value: str) -> None:
    with store.write() as conn:
        evidence.remember(conn, key, value)
