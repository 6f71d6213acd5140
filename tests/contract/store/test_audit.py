"""The audit log is one chain, and shows where it was touched."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from callboard.domain.audit import Entry, breaks
from callboard.store import schema
from callboard.store.people import audit
from tests.support.stages import Stage


def _fill(stage: Stage) -> None:
    with stage.store.write() as conn:
        for n in range(5):
            audit.note(
                conn, at=stage.clock.now(), actor="user:default/ana", action="ownership.confirm",
                subject=f"resource:{n}", detail={"to": "component:default/a", "from": "nobody"},
            )  # fmt: skip


def _read(stage: Stage, after: int = 0) -> list[tuple[Entry, bytes]]:
    with stage.store.read() as conn:
        return list(audit.chain(conn, after=after))


def test_entries_come_back_as_written(stage: Stage) -> None:
    """In order, numbered without a gap, and the chain holds."""
    _fill(stage)
    found = _read(stage)
    assert [entry.seq for entry, _ in found] == [1, 2, 3, 4, 5]
    assert found[2][0].detail == (("from", "nobody"), ("to", "component:default/a"))
    assert list(breaks(found)) == []
    assert _read(stage, after=3) == found[3:]


@pytest.mark.attack("A32")
def test_a_changed_entry_is_seen(stage: Stage) -> None:
    """Whatever column of it was changed."""
    _fill(stage)
    with stage.store.write() as conn:
        conn.execute(update(schema.audit).where(schema.audit.c.seq == 3).values(actor="user:default/bo"))
    assert [each.seq for each in breaks(_read(stage))] == [3]


@pytest.mark.attack("A32")
def test_a_missing_entry_is_seen(stage: Stage) -> None:
    """In the middle and at the start."""
    _fill(stage)
    with stage.store.write() as conn:
        conn.execute(delete(schema.audit).where(schema.audit.c.seq.in_([1, 4])))
    assert [each.seq for each in breaks(_read(stage))] == [1, 4]
