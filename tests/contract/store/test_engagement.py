"""What people do with findings is counted by the hour, and nothing of who they are is kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callboard.domain.access import LAPTOP, Depth, Readers
from callboard.domain.component import EntityRef
from callboard.domain.finding import Kind
from callboard.domain.instant import HOUR, SECOND
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.errors import NotFoundError
from callboard.store import schema
from callboard.usecases import browse
from callboard.usecases.remediation.note_engagement import note_engagement
from tests.support.catalogs import component, group
from tests.support.stages import Stage


@pytest.fixture
def board(stage: Stage) -> Stage:
    """Two teams with a finding each."""
    stage.catalog.put(group("red"), group("blue"))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    stage.world.add("a", kind="issue", rule="rule-a", resource="ra", projects=("p1",))
    stage.world.add("b", kind="vulnerability", rule="CVE-2024-1111", resource="rb", projects=("p2",))
    stage.sync()
    stage.read_catalog()
    return stage


def number(stage: Stage, external_id: str) -> int:
    """A finding's number here."""
    return browse.finding_by_external_id(stage.store, LAPTOP, external_id)


def kept(stage: Stage) -> list[dict[str, object]]:
    """Every row, in the order of time."""
    with stage.store.read() as conn:
        rows = conn.execute(select(schema.engagement).order_by(schema.engagement.c.hour)).mappings()
        return [dict(row) for row in rows]


def follow(stage: Stage, external_id: str, door: Door = Door.PAGE) -> Kind | None:
    """Somebody follows a link."""
    finding_id = number(stage, external_id)
    return note_engagement(stage.store, LAPTOP, finding_id, Engagement.FOLLOWED, door, now=stage.clock.now())


def test_a_click_is_kept_by_the_hour(board: Stage) -> None:
    """With what was done, the finding, its kind and rule, the door and the hour; twice in an hour is once."""
    revision = board.revision()
    assert follow(board, "a") is Kind.ISSUE
    assert follow(board, "a") is None
    assert follow(board, "a", Door.API) is Kind.ISSUE
    assert follow(board, "b") is Kind.VULNERABILITY
    now = board.clock.now()
    board.clock.advance(HOUR // SECOND)
    assert follow(board, "a") is Kind.ISSUE
    rows = kept(board)
    assert len(rows) == 4
    assert {row["hour"] for row in rows} == {now // HOUR * HOUR, now // HOUR * HOUR + HOUR}
    with board.store.read() as conn:
        rules = {row.id: row.external_id for row in conn.execute(select(schema.rule.c.id, schema.rule.c.external_id))}
    assert {(row["finding_id"], rules[row["rule_id"]], row["finding_kind"]) for row in rows} == {  # type: ignore[index]
        (number(board, "a"), "rule-a", int(Kind.ISSUE)),
        (number(board, "b"), "CVE-2024-1111", int(Kind.VULNERABILITY)),
    }
    # Nothing that a reader can see has changed.
    assert board.revision() == revision


def test_the_table_has_no_room_for_a_person() -> None:
    """The privacy rule: no person, no team, no search text, no address, no time finer than an hour, and no free text at all."""
    columns = schema.engagement.columns
    assert set(columns.keys()) == {"finding_id", "kind", "door", "hour", "finding_kind", "rule_id"}
    assert all(column.type.python_type is int for column in columns)
    assert [each.name for each in schema.engagement.constraints if str(each.name).endswith("hour")] == [
        "ck_engagement_hour"
    ]


def test_who_may_not_see_a_finding_counts_nothing(board: Stage) -> None:
    """And learns nothing: it is as if there were none."""
    red = Readers(frozenset({EntityRef("group:default/red")}), Depth.WORK)
    now = board.clock.now()
    for finding_id in (number(board, "b"), 4711, 0, -1, 2**63):
        with pytest.raises(NotFoundError):
            note_engagement(board.store, red, finding_id, Engagement.FOLLOWED, Door.PAGE, now=now)
    assert kept(board) == []
    assert note_engagement(board.store, red, number(board, "a"), Engagement.FOLLOWED, Door.PAGE, now=now)
