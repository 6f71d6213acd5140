"""Read a catalog: its components, owners and groups, and what that means for whose findings are whose."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial

import msgspec

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.component import CatalogProblem, CatalogReading
from callboard.domain.instant import Instant
from callboard.domain.reconcile import Safety
from callboard.ports import Catalog, Clock
from callboard.store import Store, component_history
from callboard.store.database import bump_revision
from callboard.store.ownership import catalog as catalog_store
from callboard.store.ownership.catalog import APPLIED, HELD, PARTIAL
from callboard.store.packages import manifest_homes
from callboard.store.people import audit
from callboard.usecases.collecting import fewer_collections


class CatalogReport(msgspec.Struct, frozen=True, kw_only=True):
    """What reading a catalog did."""

    catalog: str
    state: str
    """applied, partial (nothing was taken for gone) or held (a person decides)."""
    reason: str | None
    entities: int
    components: int
    new: int
    changed: int
    gone: int
    """Missed by two complete readings in a row."""
    missing: int
    """Missed by this one for the first time."""
    moved_findings: int
    problems: tuple[CatalogProblem, ...]


class _Held(Exception):  # noqa: N818 - it ends a transaction, it is no error
    pass


class _Surprising(Exception):  # noqa: N818 - as above
    """It would change whose very many resources are."""


async def read_catalog(
    store: Store, catalog: Catalog, *, clock: Clock, safety: Safety | None = None, accept: bool = False,
    by: str = AT_THE_LAPTOP.named,
) -> CatalogReport:  # fmt: skip
    """Read `catalog` and write it down. Raises CatalogError when nothing of it could be read.

    A reading that shrank strongly, or would move the owner of surprisingly many resources, is held: the last good one
    stays in force until a person runs this with `accept`.
    """
    reading = await catalog.read()
    write = partial(_write, store, catalog.name, reading, clock, safety or Safety(), accept=accept, by=by)
    return await asyncio.to_thread(write)


def _write(
    store: Store, name: str, reading: CatalogReading, clock: Clock, safety: Safety, *, accept: bool, by: str
) -> CatalogReport:
    now = clock.now()
    count = len(reading.entities)
    state, reason = (APPLIED, None) if reading.complete else (PARTIAL, _first_problem(reading))
    change: catalog_store.Change | None = None
    try:
        with fewer_collections(), store.write() as conn:
            known = len(catalog_store.entities_of(conn, name))
            has_shrunk = known >= safety.min_findings and count < safety.entity_share * known
            if not accept and (has_shrunk or (reading.complete and known and not count)):
                told = f"It holds {count} entities where the last one held {known}"
                raise _Held(f"{told}." if reason is None else f"{told}, and was not read whole: {reason}.")  # noqa: TRY301
            catalog_store.note_reading(
                conn, name, now=now, state=state, reason=reason, entities=count, problems=reading.problems
            )
            change = catalog_store.apply_reading(
                conn, store, name, reading.entities, complete=reading.complete, now=now, agreed=accept
            )
            moved, total = change.moved_resources, change.resources
            # The first catalog moves everything from nobody to somebody: that is no surprise.
            if not accept and known and moved >= safety.min_findings and moved / total > safety.owner_share:
                raise _Surprising  # noqa: TRY301
            if accept:
                detail = {"entities": str(count), "moved": str(moved)}
                audit.note(conn, at=now, actor=by, action="catalog.accept", subject=f"catalog:{name}", detail=detail)
            if change.new or change.changed or change.gone or change.missing:
                bump_revision(conn)
                manifest_homes.route(conn, store, None, now=now)
            component_history.follow(conn, store.dialect, now=now)
    except (_Held, _Surprising) as held:
        moving = _if_agreed(store, name, reading, now=now) if isinstance(held, _Surprising) else str(held)
        state, reason, change = HELD, moving, None
        with store.write() as conn:
            catalog_store.note_reading(
                conn, name, now=now, state=state, reason=reason, entities=count, problems=reading.problems
            )
            bump_revision(conn)
    return CatalogReport(
        catalog=name,
        state=state,
        reason=reason,
        entities=count,
        components=sum(entity.kind == "component" for entity in reading.entities),
        new=change.new if change else 0,
        changed=change.changed if change else 0,
        gone=change.gone if change else 0,
        missing=change.missing if change else 0,
        moved_findings=change.moved_findings if change else 0,
        problems=reading.problems,
    )


class _Undone(Exception):  # noqa: N818 - as above
    pass


def _if_agreed(store: Store, name: str, reading: CatalogReading, *, now: Instant) -> str:
    """What agreeing would do, in words: tried, and undone. Then nothing has to win twice, so it may be more than moved now."""
    moved = total = 0
    with suppress(_Undone), store.write() as conn:
        change = catalog_store.apply_reading(
            conn, store, name, reading.entities, complete=reading.complete, now=now, agreed=True
        )
        moved, total = change.moved_resources, change.resources
        raise _Undone
    return f"It would change whose {moved} of {total} resources are ({moved / total:.0%})."


def _first_problem(reading: CatalogReading) -> str:
    first = reading.problems[0] if reading.problems else None
    return f"{first.where}: {first.reason}" if first else "not everything could be read"
