"""The pages that put the board together: what to do now, a team's or a system's page, and all components."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from callboard.domain import left_out
from callboard.domain.access import Depth, Viewer, counts_more, reaching
from callboard.domain.board import Board, BundleRow, ComponentRow, Counts, DoNow, Numbers, Progress, RollupPage
from callboard.domain.component import EntityRef
from callboard.domain.health import SourceHealth
from callboard.domain.instant import DAY, Instant
from callboard.domain.left_out import LeftOut, Part, Told
from callboard.domain.query import OPEN, STEADY, Grouping, OneOf, Order, Page, Query, Term, parse
from callboard.errors import InvalidQueryError
from callboard.store import Connection, Store
from callboard.store import left_out as left_out_store
from callboard.store.board import bundles, components, desk, findings, lives, progress, rollups, visits
from callboard.store.board import sources as source_store
from callboard.store.database import revision
from callboard.store.kept import Kept
from callboard.store.query import filters
from callboard.store.query.filters import Asking
from callboard.usecases.answers import asking_of, key_of
from callboard.usecases.evenly import refused_evenly

DO_NOW = 10
"""Rows of work on the first page at most."""
WORST = 8
"""Components beside them."""
WEEKS = 8
ROLLED_UP = 200
"""Components on a roll-up's page at most."""

# What is kept is kept for one viewer, until a write changes the revision or the day ends.
_BOARDS: Kept[Board] = Kept(8)
_FIRST_PAGES: Kept[DoNow] = Kept(64)
_ROLLUPS: Kept[RollupPage] = Kept(64)
_ENRICHED: Kept[tuple[ComponentRow, ...]] = Kept(64)


def do_now(store: Store, viewer: Viewer, text: str | None, *, now: Instant) -> DoNow:
    """The first page, of everything in sight or of what `text` asks for by owner, system, domain or component.

    Raises InvalidQueryError for a query that asks for more than that.
    """
    terms = _terms(viewer, text)
    with store.read() as conn:
        asking = asking_of(conn, viewer, now)
        health = source_store.health(conn, viewer.visibility, now=now)
        return _FIRST_PAGES.get(
            conn, key_of(conn, viewer, asking, terms, health), lambda: _do_now(conn, viewer, terms, asking, health)
        )


def _do_now(
    conn: Connection, viewer: Viewer, terms: tuple[Term, ...], asking: Asking, health: tuple[SourceHealth, ...]
) -> DoNow:
    team = _team(viewer, terms)
    work = _work(conn, viewer, terms, asking, None if team is None else left_out_store.of(conn, team))
    whole = _board(conn, viewer, health, asking.now)
    rows = _of(conn, viewer, whole, terms, asking)[:WORST]
    return DoNow(
        query=work.query,
        numbers=work.numbers,
        bundles=work.bundles.rows,
        bundle_count=work.bundles.total,
        progress=work.progress,
        components=components.enriched(conn, viewer.visibility, rows, health, now=asking.now),
        sources=health,
        catalog_read_at=whole.catalog_read_at,
        unmapped_components=whole.totals.components_without_claims,
        revision=whole.revision,
        left_out=work.left_out,
    )


def _team(viewer: Viewer, terms: tuple[Term, ...]) -> EntityRef | None:
    """The one team whose work is asked for, by its name or as the viewer's only one. None: there is no such team."""
    if len(terms) != 1 or not isinstance(terms[0], OneOf) or terms[0].key != "owner" or terms[0].is_negated:
        return None
    owners = viewer.owners or () if terms[0].values == ("@me",) else map(EntityRef, terms[0].values)
    teams = [each for each in owners if each.startswith("group:")]
    return teams[0] if len(teams) == 1 else None


class _Work(msgspec.Struct, frozen=True):
    """What first pages and roll-ups have in common."""

    query: str
    numbers: Numbers
    bundles: Page[BundleRow]
    progress: Progress
    left_out: Told | None


def _work(
    conn: Connection, viewer: Viewer, terms: tuple[Term, ...], asking: Asking, told: LeftOut | None = None
) -> _Work:
    """The work that these terms about holdings leave, without what the team leaves out, and whether it gets less."""
    out = () if told is None else left_out.read(told.terms)
    query = Query((OPEN, STEADY, *terms, *out), Order.DO_NOW)
    grouped = query.grouped_by(Grouping.FIX)
    numbers = desk.numbers(conn, viewer.visibility, terms, asking)
    return _Work(
        query.canonical,
        numbers,
        bundles.page(conn, viewer.visibility, grouped, asking, after=None, limit=DO_NOW),
        _progress(conn, viewer, terms, asking, open_now=numbers.open),
        None if told is None else Told(left_out=told, parts=_parts(conn, viewer, terms, out, asking)),
    )


def _parts(
    conn: Connection, viewer: Viewer, terms: tuple[Term, ...], out: tuple[OneOf, ...], asking: Asking
) -> tuple[Part, ...]:
    """How many findings each term leaves out: those of its list."""
    found = []
    for term in out:
        query = Query((OPEN, STEADY, *terms, left_out.shown(term)))
        n = findings.page(conn, viewer.visibility, query, asking, after=None, limit=1).total
        found.append(Part(term=str(term), query=query.canonical, findings=n))
    return tuple(found)


def note_visit(store: Store, viewer: Viewer, *, now: Instant) -> None:
    """Keep that the viewer looks now, so that the next visit knows what is new."""
    with store.read() as conn:
        is_due = visits.is_due(conn, viewer.key, now=now)
    if is_due:
        with store.write() as conn:
            visits.note(conn, viewer.key, now=now)


def _terms(viewer: Viewer, text: str | None) -> tuple[Term, ...]:
    """What a first page is about: terms that ask about holdings alone."""
    if text is None:
        return () if viewer.owners is None else (OneOf("owner", ("@me",)),)
    terms = tuple(term for term in parse(text).terms if term not in (OPEN, STEADY))
    for term in terms:
        if not filters.asks_holding(term):
            raise InvalidQueryError(
                f'The first page cannot be narrowed by "{term}".',
                field="q",
                hint="Use owner, component, system or domain here; anything else in the list of findings.",
            )
    return terms


def _of(
    conn: Connection, viewer: Viewer, board: Board, terms: Sequence[Term], asking: Asking
) -> Sequence[ComponentRow]:
    """The components that these terms leave, worst first; only those that have something open."""
    rows = [row for row in board.components if row.open.total]
    if not terms:
        return rows
    refs = rollups.components_of(conn, viewer.visibility, terms, asking)
    return [row for row in rows if row.ref in refs]


def _progress(conn: Connection, viewer: Viewer, terms: Sequence[Term], asking: Asking, *, open_now: int) -> Progress:
    flows = progress.flows(conn, viewer.visibility, terms, asking)
    weeks = progress.weeks(flows, now=asking.now, count=WEEKS, open_now=open_now)
    present, former = lives.half_lives(conn, viewer.visibility, terms, asking)
    return Progress(
        weeks=weeks,
        half_life_days=present.days,
        half_life_n=present.n,
        former_half_life_days=former.days,
        former_half_life_n=former.n,
    )


@refused_evenly()
def rollup(store: Store, viewer: Viewer, ref: EntityRef, *, now: Instant) -> RollupPage:
    """The page of a team, a person, a system or a domain. Raises NotFoundError."""
    with store.read() as conn:
        asking = asking_of(conn, viewer, now)
        health = source_store.health(conn, viewer.visibility, now=now)
        return _ROLLUPS.get(
            conn, key_of(conn, viewer, asking, ref, health), lambda: _rollup(conn, viewer, ref, asking, health)
        )


def _rollup(
    conn: Connection, viewer: Viewer, ref: EntityRef, asking: Asking, health: tuple[SourceHealth, ...]
) -> RollupPage:
    head = rollups.head(conn, viewer.visibility, ref)
    key = "owner" if head.kind in ("group", "user") else head.kind
    terms: tuple[Term, ...] = (OneOf(key, (ref,)),)
    work = _work(conn, viewer, terms, asking, left_out_store.of(conn, ref) if head.kind == "group" else None)
    whole = _board(conn, viewer, health, asking.now)
    refs = rollups.components_of(conn, viewer.visibility, terms, asking) | rollups.listed(conn, ref, head.kind)
    rows = [row for row in whole.components if row.ref in refs][:ROLLED_UP]
    return RollupPage(
        ref=ref,
        kind=head.kind,
        title=head.title,
        description=head.description,
        above=head.above,
        below=head.below,
        members=head.members,
        in_catalog=head.in_catalog,
        query=work.query,
        counted=_counted(conn, viewer, terms, asking, listed=work.numbers.open),
        numbers=work.numbers,
        bundles=work.bundles.rows,
        bundle_count=work.bundles.total,
        progress=work.progress,
        components=components.enriched(conn, viewer.visibility, rows, health, now=asking.now),
        sources=health,
        left_out=work.left_out,
    )


def _counted(
    conn: Connection, viewer: Viewer, terms: tuple[Term, ...], asking: Asking, *, listed: int
) -> Counts | None:
    """What is open for these terms, each finding once, where numbers tell the viewer of more than is listed."""
    if not counts_more(viewer.visibility):
        return None
    found = components.open_counts(conn, reaching(viewer.visibility, Depth.COUNTS), terms, asking)
    return found if found.total > listed else None


def board(store: Store, viewer: Viewer, *, now: Instant) -> Board:
    """The components page, before it is cut: every component with its open findings, and the whole in numbers."""
    with store.read() as conn:
        return _board(conn, viewer, source_store.health(conn, viewer.visibility, now=now), now)


def enriched(store: Store, viewer: Viewer, rows: Sequence[ComponentRow], *, now: Instant) -> tuple[ComponentRow, ...]:
    """Rows of the board with overdue, sparkline and the time they were checked."""
    with store.read() as conn:
        health = source_store.health(conn, viewer.visibility, now=now)
        key = (revision(conn), viewer.key, viewer.visibility, tuple(rows), health, now // DAY)
        return _ENRICHED.get(conn, key, lambda: components.enriched(conn, viewer.visibility, rows, health, now=now))


def _board(conn: Connection, viewer: Viewer, health: tuple[SourceHealth, ...], now: Instant) -> Board:
    """The board as of its revision, which is kept until something changes; how fresh sources are is looked up anew."""
    key = (revision(conn), viewer.key, viewer.visibility)
    kept = _BOARDS.get(conn, key, lambda: components.board(conn, viewer.visibility, now=now))
    return msgspec.structs.replace(kept, sources=health)
