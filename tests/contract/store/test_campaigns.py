"""Campaigns on both databases: frozen when they begin, counted for who looks, and burnt down to nought."""

from __future__ import annotations

import pytest
from sqlalchemy import Text, cast, insert, literal, select, update

from callboard.domain.access import Depth, Readers, Right, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft, Reason
from callboard.domain.finding import State
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import parse
from callboard.domain.reconcile import Actor, EventKind
from callboard.domain.remediation.campaign import Lot
from callboard.errors import ConflictError, InvalidQueryError, NotAllowedError, NotFoundError
from callboard.store import schema
from callboard.store.database import bump_revision
from callboard.usecases.remediation import decide, run_campaign
from callboard.usecases.remediation.decide import Target
from callboard.usecases.remediation.run_campaign import Course, Standing
from callboard.web.to_wire import campaigns as to_wire_campaigns
from tests.contract.store.test_decisions import ANA, AVA, BO, RED, company, member, security
from tests.support.stages import Stage

__all__ = ["company"]
SIA = security("sia")
READER = Viewer("reader", Readers(frozenset({RED}), Depth.WORK), (RED,), "reader", frozenset())
FAR = EntityRef("group:default/far")
NOBODY = Viewer("nobody", Readers(frozenset({FAR}), Depth.WORK), (FAR,), "nobody", frozenset({Right.DECIDE}))


def begin(stage: Stage, viewer: Viewer, name: str = "Be gone", query: str = "is:open", **said: object) -> Standing:
    """Begin a campaign."""
    draft = run_campaign.Draft(name=name, **said)  # type: ignore[arg-type]
    return run_campaign.begin(stage.store, viewer, draft, parse(query), clock=stage.clock)


def course(stage: Stage, viewer: Viewer, number: int) -> Course:
    """How a campaign goes."""
    return run_campaign.show(stage.store, viewer, number, now=stage.clock.now())


def check(stage: Stage, viewer: Viewer, number: int) -> None:
    """Every number equals the list behind it, and the last point is the present."""
    found = course(stage, viewer, number)
    lists = {
        lot: len(stage.rows(to_wire_campaigns.query_of(found.standing.campaign, lot).canonical, viewer.visibility))
        for lot in Lot
    }
    tally = found.standing.tally
    assert lists == {Lot.OPEN: tally.open, Lot.FIXED: tally.fixed, Lot.GONE: tally.gone, Lot.ASIDE: tally.aside}
    assert found.points[-1].tally == tally


def left(found: Course) -> list[int]:
    """Open findings at the end of each day."""
    return [point.tally.open for point in found.points]


def test_a_campaign_burns_down_to_nought(company: Stage) -> None:
    """By fixes, by removed resources and by decisions; what opens meanwhile is no part of it, and what reopens is."""
    number = begin(company, ANA, query="is:open owner:@me").campaign.id
    assert left(course(company, ANA, number)) == [6]
    company.world.add("later", projects=("p1",), severity="critical")
    company.clock.advance(86_400)
    company.world.resolve("f0000")
    company.world.resolve("f0001")
    company.sync()
    check(company, ANA, number)
    company.clock.advance(86_400)
    company.world.reopen("f0001")
    company.world.resolve("f0002", "gone")
    company.sync()
    check(company, ANA, number)
    company.clock.advance(2 * 86_400)
    dismiss = Draft(kind=DecisionKind.DISMISS, reason=Reason.FALSE_POSITIVE)
    id_ = company.row("f0003").id
    decide.decide(company.store, ANA, dismiss, Target(findings=(id_,)), clock=company.clock)
    check(company, ANA, number)
    company.clock.advance(86_400)
    for name in ("f0001", "f0004", "f0005"):
        company.world.resolve(name)
    company.sync()
    check(company, ANA, number)
    found = course(company, ANA, number)
    assert left(found) == [6, 4, 4, 4, 3, 0]
    assert (found.standing.tally.fixed, found.standing.tally.gone, found.standing.tally.aside) == (4, 1, 1)
    assert company.row("later").state is State.OPEN


def test_who_sees_it_is_who_sees_its_findings(company: Stage) -> None:
    """Each counts their own; who sees none of them is told that there is none, as for one that never was."""
    number = begin(company, SIA, name="All of it").campaign.id
    seen = {viewer.actor: run_campaign.everyone(company.store, viewer) for viewer in (SIA, ANA, BO, READER, NOBODY)}
    counts = {who: [each.tally.findings for each in found] for who, found in seen.items()}
    assert counts == {SIA.actor: [12], ANA.actor: [6], BO.actor: [4], "reader": [6], "nobody": []}
    for viewer in (SIA, ANA, BO, READER):
        check(company, viewer, number)
    for wrong in (number, number + 1, 0, 2**60):
        with pytest.raises(NotFoundError):
            course(company, NOBODY, wrong)
        with pytest.raises(NotFoundError):
            run_campaign.end(company.store, NOBODY, wrong, clock=company.clock)
    assert len(company.rows(f"campaign:{number}", NOBODY.visibility)) == 0
    assert len(company.rows(f"-campaign:{number}", SIA.visibility)) == 0
    assert len(company.rows("campaign:nonsense", SIA.visibility)) == 0


def test_a_campaign_takes_what_its_maker_may_decide_about(company: Stage) -> None:
    """What the organisation opened to everybody's eyes is not for everybody to plan."""
    sees_all = member("ana", others=Depth.WORK)
    assert len(company.rows("is:open", sees_all.visibility)) == 10
    assert begin(company, sees_all).tally.findings == 6
    with pytest.raises(NotAllowedError):
        begin(company, READER)
    with pytest.raises(InvalidQueryError):
        begin(company, NOBODY)


def test_what_is_wrong_begins_nothing(company: Stage) -> None:
    """A name, a day, an owner, a number that has changed, and the same campaign twice."""
    tomorrow = Instant(company.clock.now() + DAY)
    for said in (
        {"name": " "}, {"name": "x" * 81}, {"name": "a\x07"}, {"aim": "x" * 2_001},
        {"due_at": Instant(company.clock.now())}, {"due_at": Instant(company.clock.now() + 1_200 * DAY)},
        {"owner": "group:default/nobody"}, {"owner": "::"},
    ):  # fmt: skip
        with pytest.raises(InvalidQueryError):
            begin(company, ANA, **{"name": "Good", **said})  # type: ignore[arg-type]
    with pytest.raises(ConflictError, match="6 findings now and was 5"):
        run_campaign.begin(
            company.store, ANA, run_campaign.Draft(name="Good"), parse("is:open"), clock=company.clock, count=5
        )
    assert run_campaign.everyone(company.store, SIA) == ()
    begin(company, ANA, name="Good", owner="red", due_at=tomorrow)
    with pytest.raises(ConflictError):
        begin(company, ANA, name="  Good ")
    assert begin(company, AVA, name="Good").campaign.name == "Good"


def test_who_made_it_or_sees_to_it_changes_and_ends_it(company: Stage) -> None:
    """And whoever may decide about everything; an ended one stays as it is, and its plot ends there."""
    number = begin(company, ANA, name="Ours").campaign.id
    draft = run_campaign.Draft(name="Still ours", aim="before the launch", owner="user:default/ava")
    with pytest.raises(NotAllowedError):
        run_campaign.change(company.store, AVA, number, draft, clock=company.clock)
    changed = run_campaign.change(company.store, ANA, number, draft, clock=company.clock)
    assert (changed.campaign.name, changed.campaign.query) == ("Still ours", "is:open sort:do-now")
    again = run_campaign.Draft(name="Still ours", owner="user:default/ava", due_at=Instant(company.clock.now() + DAY))
    run_campaign.change(company.store, AVA, number, again, clock=company.clock)
    company.clock.advance(2 * 86_400)
    found = course(company, READER, number)
    assert found.standing.campaign.is_late(found.standing.tally, company.clock.now())
    assert not found.standing.may_change
    # Its day has passed; what is not changed about it needs no other day.
    run_campaign.change(company.store, SIA, number, again, clock=company.clock)
    run_campaign.end(company.store, AVA, number, clock=company.clock)
    company.clock.advance(5 * 86_400)
    assert left(course(company, ANA, number)) == [6, 6, 6]
    with pytest.raises(ConflictError):
        run_campaign.end(company.store, ANA, number, clock=company.clock)
    begin(company, AVA, name="Next")
    names = [each.campaign.name for each in run_campaign.everyone(company.store, ANA)]
    assert names == ["Next", "Still ours"]


def test_a_campaign_has_no_small_limit(company: Stage) -> None:
    """More than a hundred thousand findings are frozen, counted and burnt down."""
    doublings, days, start, f = 17, 20, 1_048_576, schema.finding.c
    many = 2**doublings
    with company.store.write() as conn:
        row = conn.execute(select(schema.finding).where(f.external_id == "f0000")).mappings().one()
        conn.execute(insert(schema.finding).values({**row, "id": start, "external_id": "many"}))
        names = list(schema.finding.c.keys())
        for n in range(doublings):
            id_ = f.id + 2**n
            moved = {"id": id_, "external_id": literal("many-") + cast(id_, Text)}
            copies = select(*(moved.get(name, f[name]) for name in names)).where(f.id >= start)
            conn.execute(insert(schema.finding).from_select(names, copies))
        bump_revision(conn)
        company.store.dialect.refresh_statistics(conn)  # as a load of so many rows does at its end
    number = begin(company, SIA, name="Many").campaign.id
    assert course(company, SIA, number).standing.tally.findings == many + 12
    with company.store.write() as conn:
        began = company.clock.now()
        fields = {
            "seq": f.id, "finding_id": f.id, "kind": literal(int(EventKind.STATE)), "at": literal(0),
            "recorded_at": began + (1 + f.id % days) * DAY, "actor": literal(int(Actor.SOURCE)), "old": literal("open"),
            "new": literal("fixed"),
        }  # fmt: skip
        fixed = select(*fields.values()).where(f.id >= start)
        conn.execute(insert(schema.event).from_select(list(fields), fixed))
        conn.execute(
            update(schema.finding).where(f.id >= start).values(state=int(State.FIXED), closed=1, fixed_at=began)
        )  # fmt: skip
        bump_revision(conn)
        company.store.dialect.refresh_statistics(conn)
    company.clock.advance(days * 86_400)
    found = course(company, SIA, number)
    on_day = [sum(1 for id_ in range(start, start + many) if id_ % days == day) for day in range(days)]
    assert left(found) == [12 + many - sum(on_day[:day]) for day in range(days + 1)]
    assert found.standing.tally.fixed == many
