"""Former times that findings were open: what is written when they come back is what the events tell, on both databases."""

from __future__ import annotations

import importlib

from sqlalchemy import select, text

from callboard.domain.instant import DAY, SECOND
from callboard.store import schema
from tests.support.stages import Stage


def test_what_is_kept_is_what_events_tell(stage: Stage) -> None:
    """One comes back twice, once after the source rejected it; the step that upgrades a database finds the same."""
    for id_ in ("one", "two", "steady"):
        stage.world.add(id_, resource=id_)
    stage.sync()
    for state in ("fixed", "rejected"):
        stage.clock.advance(3 * DAY // SECOND)
        stage.world.resolve("one", state)
        stage.world.resolve("two") if state == "fixed" else None
        stage.sync()
        stage.clock.advance(2 * DAY // SECOND)
        stage.world.reopen("one")
        stage.world.reopen("two") if state == "fixed" else None
        stage.sync()
    stage.world.remove("two")
    stage.sync()
    spell = schema.spell
    with stage.store.read() as conn:
        kept = [tuple(row) for row in conn.execute(select(spell).order_by(spell.c.finding_id, spell.c.n))]
        events = conn.execute(
            text(
                "SELECT e.finding_id, e.kind, e.at, e.old, e.new FROM event e JOIN finding f ON f.id = e.finding_id "
                "WHERE f.reopened > 0 AND e.kind IN (2, 3) ORDER BY e.finding_id, e.seq"
            )
        ).fetchall()
    step = importlib.import_module("callboard.store.migrations.versions.0017_spells")
    told = [
        (row["finding_id"], row["n"], row["ended_at"], row["state"], row["again_at"]) for row in step._spells(events)
    ]
    assert [(*row[:4], row[5]) for row in kept] == told
    assert [row[3] for row in kept] == [4, 5, 4]
    assert all(row[5] - row[2] > DAY for row in kept)
