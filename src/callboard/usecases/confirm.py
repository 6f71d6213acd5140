"""Ask the source for missing findings by their ids: a page that shifted or a new severity is no fix.

They are asked for in parts, each committed when it is answered, so that asking for very many goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Protocol, TypeVar

import msgspec
from pyroaring import BitMap

from callboard.domain.finding import Kind
from callboard.domain.instant import DAY, Instant
from callboard.domain.run import Part
from callboard.ports import Clock, Source
from callboard.store import Store
from callboard.store.intake import runs as run_store
from callboard.store.intake import sources as source_store
from callboard.usecases.cheap_door import Page
from callboard.usecases.fetching import CONFIRM
from callboard.usecases.staged_run import StagedRun

AT_ONCE = 5_000
"""Missing findings that make up one part."""

ANSWERS_HOLD = DAY
"""How long an answer counts (microseconds). An older part is asked for again: what was unknown then may be back."""

T = TypeVar("T")


class InStore(Protocol):
    """Does blocking work of the store beside the event loop."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """What `work` returns."""


class _Asked(msgspec.Struct, frozen=True):
    """The filter of a part that asks by id."""

    at: Instant


async def confirm(
    store: Store,
    source: Source,
    run: run_store.Run,
    intake: StagedRun,
    absent: BitMap,
    *,
    clock: Clock,
    in_store: InStore,
) -> None:
    """Ask for every finding in `absent` and stage the answers with the run. Raises SourceError when it cannot be asked.

    A part that was answered before, within `ANSWERS_HOLD`, is not asked for again: call it with the same `absent`.
    """
    for number, ids in enumerate(_chunks(absent)):
        for kind, external_ids in (await in_store(partial(_by_kind, store, ids))).items():
            part = Part(
                name=f"{CONFIRM}{number}/{kind.word}",
                kind=kind.word,
                filter=msgspec.json.encode(_Asked(clock.now())).decode(),
            )
            if not await in_store(partial(_begin, store, run, part, clock.now())):
                continue
            seq = 0
            async for page in source.by_ids(kind, external_ids):
                # The part is done when all ids were asked for, whatever the cursor of one of several walks says.
                waiting = msgspec.structs.replace(page, cursor=page.cursor or "asking")
                await in_store(partial(intake.commit, [Page(part, seq, waiting)]))
                seq += 1
            await in_store(partial(_end, store, run, part, clock.now()))


def _chunks(ids: BitMap) -> Iterator[list[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield list(ids[start : start + AT_ONCE])


def _by_kind(store: Store, ids: list[int]) -> dict[Kind, list[str]]:
    found: dict[Kind, list[str]] = {}
    with store.read() as conn:
        for kind, _, external_id in sorted(run_store.external_ids(conn, store.dialect, ids)):
            found.setdefault(Kind(kind), []).append(external_id)
    return found


def _begin(store: Store, run: run_store.Run, part: Part, now: Instant) -> bool:
    """Make the part ready to be read. Returns False when its answers are there and still count."""
    with store.write() as conn:
        source_store.keep_lease(conn, run.source_id, run.fence, now=now)
        for row in run_store.parts_of(conn, run.id):
            if row.part.name == part.name and row.state == "done":
                asked = msgspec.json.decode(row.part.filter, type=_Asked)
                if now - asked.at <= ANSWERS_HOLD:
                    return False
        run_store.drop_parts(conn, run.id, part.name)
        run_store.add_parts(conn, run.id, [part])
    return True


def _end(store: Store, run: run_store.Run, part: Part, now: Instant) -> None:
    with store.write() as conn:
        source_store.keep_lease(conn, run.source_id, run.fence, now=now)
        run_store.end_part(conn, run.id, part.name, state="done", reason=None)
