"""Check the links of a source: the text of each, and by the source's API whether the id still exists there.

The address itself is never fetched: a sign-in page answers 200 for anything, so that would prove nothing.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from hashlib import blake2b
from itertools import islice

import msgspec

from callboard.domain.access import Visibility
from callboard.domain.finding import Kind, Observed
from callboard.domain.instant import DAY, Instant
from callboard.domain.link import LinkRules, Shape, Verdict, judge, link_of
from callboard.errors import SourceError
from callboard.ports import Clock, Source
from callboard.store import Store
from callboard.store.board import links as link_store
from callboard.store.board.links import Linked, Tally
from callboard.store.intake import sources as source_store

SAMPLE = 50
"""Links of each kind and shape that are looked at where nobody says how many."""

EVERY = DAY

EXAMPLES = 20
"""Links of one kind and shape that are told of one by one for each way of being broken."""

SHOWN = 3
"""Sound links of one kind and shape that are told of, for a browser to open."""

FORMS = 1_000
"""Forms of links that are remembered while a sample is taken."""

BATCH = 500
"""Ids that are asked for together: what fails, fails for these."""


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One link, and what is to be said of it."""

    finding: int
    """Callboard's number."""
    external_id: str
    verdict: Verdict
    link: str | None
    names: str | None
    """The id that the link names; None when it cannot be read."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The links of one kind and shape."""

    kind: Kind
    shape: Shape
    checked: int
    counts: dict[Verdict, int]
    """Verdicts that nothing had are left out; the others add up to `checked`."""
    examples: tuple[Example, ...]
    """Broken ones."""
    sound: tuple[Example, ...]
    """A few that are ok."""

    @property
    def broken(self) -> int:
        """Links that do not lead where they should."""
        return sum(n for verdict, n in self.counts.items() if verdict.is_broken)


class LinkReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found."""

    source: str
    at: Instant
    groups: tuple[Group, ...]
    not_asked: str | None
    """Why the source could not be asked for some ids, in words. None: it was asked for all."""

    @property
    def broken(self) -> int:
        """Links that do not lead where they should."""
        return sum(group.broken for group in self.groups)

    @property
    def unchecked(self) -> int:
        """Links whose id could not be asked for."""
        return sum(group.counts.get(Verdict.UNCHECKED, 0) for group in self.groups)


class _Link(msgspec.Struct, gc=False):
    """One link on its way through the check."""

    row: Linked
    link: str | None
    shape: Shape
    verdict: Verdict
    names: str | None


async def check_links(
    store: Store,
    visibility: Visibility,
    source: Source,
    rules: LinkRules,
    *,
    clock: Clock,
    kinds: Collection[Kind] = (),
    sample: int | None = SAMPLE,
) -> LinkReport:
    """Check a sample of the links of each kind and shape, and keep what was found.

    Open findings come first, and those whose link somebody called broken before all. Which others are taken changes from
    day to day and is the same all day. `sample` None takes all. A source that cannot be asked leaves links unchecked.
    """
    now = clock.now()
    choose = partial(_chosen, store, visibility, source, rules, kinds=kinds, sample=sample, now=now)
    source_id, links = await asyncio.to_thread(choose)
    not_asked = await _ask(source, links)
    report = LinkReport(source=source.name, at=now, groups=_groups(links), not_asked=not_asked)
    if not kinds:
        await asyncio.to_thread(_keep, store, source_id, report)
    return report


def _chosen(
    store: Store,
    visibility: Visibility,
    source: Source,
    rules: LinkRules,
    *,
    kinds: Collection[Kind],
    sample: int | None,
    now: Instant,
) -> tuple[int, list[_Link]]:
    """The links to look at, judged by their text."""
    with store.write() as conn:
        source_id = source_store.ensure_source(conn, source.name, source.kind).id
    found: list[_Link] = []
    with store.read() as conn:
        portal = rules.portal or link_store.portal(conn, visibility, source.name, rules.hosts)
        rules = msgspec.structs.replace(rules, portal=portal)
        reported = link_store.reported(conn, visibility, source_id, now=now)
        for kind in link_store.kinds(conn, visibility, source_id):
            if not kinds or kind in kinds:
                rows = link_store.linked(conn, visibility, source_id, kind)
                found += _sample(rows, kind, rules, reported=reported, sample=sample, now=now)
    return source_id, found


def _sample(
    rows: Iterator[Linked],
    kind: Kind,
    rules: LinkRules,
    *,
    reported: Collection[int],
    sample: int | None,
    now: Instant,
) -> list[_Link]:
    """So many of each shape, in an order that is the same all day."""
    day = (now // DAY).to_bytes(8, "big")
    forms: dict[str, Shape] = {}
    waiting: dict[Shape, list[tuple[bool, bool, bytes, int, Linked]]] = {}
    for row in rows:
        # Links of one form differ only in the id: reading one tells the shape of all. What is taken is read itself later.
        form = row.url.replace(row.external_id, "\0") if row.url else ""
        if (shape := forms.get(form)) is None:
            link, _ = link_of(row.url, kind, row.external_id, rules)
            shape = judge(link, kind, row.external_id, rules).shape
            if len(forms) < FORMS:
                forms[form] = shape
        lot = blake2b(row.external_id.encode("utf-8", "surrogatepass"), digest_size=8, key=day).digest()
        some = waiting.setdefault(shape, [])
        some.append((row.id not in reported, not row.is_open, lot, row.id, row))
        if sample is not None and len(some) >= 10 * sample + 1_000:
            waiting[shape] = heapq.nsmallest(sample, some)
    found = []
    for _, some in sorted(waiting.items()):
        for *_, row in islice(sorted(some), sample):
            link, _ = link_of(row.url, kind, row.external_id, rules)
            told = judge(link, kind, row.external_id, rules)
            found.append(_Link(row, link, told.shape, told.verdict, told.names))
    return found


async def _ask(source: Source, links: Sequence[_Link]) -> str | None:
    """Ask the source for the ids of the sound links. Returns why some could not be asked for."""
    reason: str | None = None
    for kind in sorted({link.row.kind for link in links}):
        sound = [link for link in links if link.row.kind is kind and link.verdict is Verdict.OK]
        for start in range(0, len(sound), BATCH):
            batch = sound[start : start + BATCH]
            known, why = (None, reason) if reason else await _known(source, kind, batch)
            reason = reason or why
            for link in batch:
                if known is None:
                    link.verdict = Verdict.UNCHECKED
                elif link.row.external_id not in known:
                    link.verdict = Verdict.DEAD
    return reason


async def _known(source: Source, kind: Kind, batch: Sequence[_Link]) -> tuple[set[str] | None, str | None]:
    """Which of these ids the source knows; or None and why it could not be asked."""
    known: set[str] = set()
    nameless = False
    try:
        async for page in source.by_ids(kind, [link.row.external_id for link in batch]):
            for node in page.nodes:
                record = source.parse(kind.word, node.raw)
                if isinstance(record, Observed) or record.external_id is not None:
                    known.add(record.external_id or "")
                else:
                    nameless = True
    except SourceError as error:
        return None, error.message
    if nameless and any(link.row.external_id not in known for link in batch):
        return None, "The source answered with records that could not be read."
    return known, None


def _groups(links: Sequence[_Link]) -> tuple[Group, ...]:
    gathered: dict[tuple[Kind, Shape], list[_Link]] = {}
    for link in links:
        gathered.setdefault((link.row.kind, link.shape), []).append(link)
    return tuple(_group(kind, shape, some) for (kind, shape), some in sorted(gathered.items()))


def _group(kind: Kind, shape: Shape, links: Sequence[_Link]) -> Group:
    by_verdict = {verdict: [link for link in links if link.verdict is verdict] for verdict in Verdict}
    broken = [link for verdict, some in by_verdict.items() if verdict.is_broken for link in some[:EXAMPLES]]
    return Group(
        kind=kind,
        shape=shape,
        checked=len(links),
        counts={verdict: len(some) for verdict, some in by_verdict.items() if some},
        examples=tuple(map(_example, broken)),
        sound=tuple(map(_example, by_verdict[Verdict.OK][:SHOWN])),
    )


def _example(link: _Link) -> Example:
    return Example(
        finding=link.row.id,
        external_id=link.row.external_id,
        verdict=link.verdict,
        link=link.link,
        names=link.names,
    )


def _keep(store: Store, source_id: int, report: LinkReport) -> None:
    tallies = [
        Tally(
            kind=group.kind,
            shape=group.shape,
            counts=group.counts,
            example=group.examples[0].finding if group.examples else None,
        )
        for group in report.groups
    ]
    with store.write() as conn:
        link_store.keep(conn, source_id, report.at, tallies)


def links_due(store: Store, visibility: Visibility, source: str, *, now: Instant) -> bool:
    """Whether the links of a source should be checked now: it has findings, and the last check is a day old."""
    with store.read() as conn:
        last = link_store.last_checked(conn, source)
        if last is not None:
            return now - last >= EVERY
        return link_store.has_findings(conn, visibility, source)


def names_on_pages(
    store: Store, visibility: Visibility, finding_ids: Collection[int]
) -> dict[int, tuple[str, str, str]]:
    """By finding its title, its rule's name and its resource's name: what the page that its link opens should show."""
    with store.read() as conn:
        return link_store.names(conn, visibility, finding_ids)
