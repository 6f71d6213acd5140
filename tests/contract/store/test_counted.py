"""Reports that the database counts, against the same told finding by finding, on both databases and whatever is stored."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

import pytest
from sqlalchemy import insert, select

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind
from callboard.domain.finding import State
from callboard.domain.instant import DAY, HOUR, Instant
from callboard.domain.query import Query
from callboard.domain.remediation.channels import Channels, Seen, Stratum, compare
from callboard.domain.remediation.cohorts import Cohort
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.domain.remediation.question import By, Period, read_period
from callboard.domain.remediation.times import LeftOut
from callboard.domain.survival import Ages
from callboard.store import Connection, schema
from callboard.store.query.filters import Asking
from callboard.store.query.scope import homes as homes_of
from callboard.store.remediation import acting, channelled, lifetimes, rolling
from callboard.usecases.remediation import plan_rollout
from tests.support.catalogs import component, group
from tests.support.stages import Stage

FINDINGS = 240
TEAMS = 6
EVERYTHING = AT_THE_LAPTOP.visibility
ACTS = (DecisionKind.TAKE, DecisionKind.COMMENT)


class Life(NamedTuple):
    """A time that a finding was open."""

    row: Any
    opened: int
    ended: int | None
    is_closed: bool
    state: int
    is_only: bool


@pytest.fixture
def board(stage: Stage) -> Stage:
    """Findings with times, states, clicks, words and tickets that a dice has thrown, possible or not."""
    dice = random.Random(1)  # noqa: S311 - the same each time
    stage.catalog.put(*(group(f"team-{number}") for number in range(TEAMS)))
    stage.catalog.put(*(component(f"c-{number}", f"team-{number}", projects=[f"p{number}"]) for number in range(TEAMS)))
    now = stage.clock.now()
    for number in range(FINDINGS):
        stage.world.add(
            f"f-{number}", first=now, changed=now, severity=dice.choice(("high", "low")), resource=f"r{number % 9}",
            projects=tuple(sorted({f"p{dice.randrange(TEAMS)}" for _ in range(dice.choice((0, 1, 1, 1, 2)))})),
        )  # fmt: skip
    stage.sync()
    stage.read_catalog()
    now = stage.clock.now()

    def moment(days: int = 260) -> int:
        return now - dice.randrange(days * 24) * HOUR + dice.randrange(HOUR)

    f, e = schema.finding.c, schema.engagement.c
    with stage.store.write() as conn:
        ids = conn.execute(select(f.id).order_by(f.id)).scalars().all()
        for number, kind in enumerate((*ACTS, DecisionKind.ASSIGN, DecisionKind.DISMISS), start=1):
            for at in range(3):
                conn.execute(
                    insert(schema.decision).values(
                        id=1000 + number * 10 + at, kind=int(kind), actor="ana", at=moment(200), note=""
                    )
                )
        for ticket in range(1, 9):
            conn.execute(
                insert(schema.ticket).values(
                    id=ticket, tracker="jira", marker=f"m{ticket}", key=f"S-{ticket}", state=3, status="", made_by="",
                    made_at=now, opened_at=dice.choice((None, moment(200))), due_at=now, attempts=0, leased_until=0,
                )
            )  # fmt: skip
        for id_ in ids:
            state = State(dice.choice((1, 1, 1, 2, 4, 4, 4, 4, 5, 6, 7, 8)))
            opened = moment()
            back = dice.choice((0, 0, 0, 0, 1, 2))
            decision = 1040 + dice.randrange(3) if state.is_set_aside else None
            conn.execute(
                schema.finding.update().where(f.id == id_).values(
                    state=int(state), closed=int(not state.is_open), first_detected_at=opened, reopened=back,
                    imported_at=dice.choice((opened, now - 300 * DAY, moment())), decision_id=decision,
                    fixed_at=None if state.is_open else dice.choice((None, *[opened + dice.randrange(100 * DAY)] * 8, opened - 1)),
                    beneath=dice.choice((1, 2)) if state.is_set_aside else None, tickets=dice.choice((0, 0, 0, 0, 1)),
                )
            )  # fmt: skip
            at = opened
            for n in range(back):
                ended, again = sorted(at + dice.randrange(60 * DAY) for _ in range(2))
                conn.execute(
                    insert(schema.spell).values(
                        finding_id=id_, n=n, ended_at=dice.choice((ended, ended, None)), state=dice.choice((4, 5)),
                        due_at=now, again_at=again,
                    )
                )  # fmt: skip
                at = again
            for door in dice.sample((Door.PAGE, Door.PLUGIN), dice.choice((0, 0, 1, 2))):
                what = dice.choice((Engagement.FOLLOWED, Engagement.FOLLOWED, Engagement.OPENED))
                near = dice.choice((moment(), opened + dice.randrange(20 * DAY)))
                conn.execute(
                    insert(schema.engagement).values(
                        {
                            e.finding_id: id_,
                            e.kind: int(what),
                            e.door: int(door),
                            e.hour: near // HOUR * HOUR,
                            e.finding_kind: 2,
                            e.rule_id: 1,
                        }
                    )
                )
            for said in dice.sample(range(1010, 1013), dice.choice((0, 0, 0, 1, 2))) + [1030] * dice.choice((0, 1)):
                conn.execute(
                    insert(schema.decided).values(
                        finding_id=id_, decision_id=said, event_seq=1, rank=1, priority=1, blast=1, reopened=0
                    )
                )
            for ticket in dice.sample(range(1, 9), dice.choice((0, 0, 0, 1, 2))):
                conn.execute(insert(schema.ticket_finding).values(ticket_id=ticket, finding_id=id_, at=moment(200)))
    return stage


def decisions(conn: Connection) -> Mapping[int, int]:
    """When each was taken."""
    return {row.id: row.at for row in conn.execute(select(schema.decision.c.id, schema.decision.c.at))}


def lives(conn: Connection) -> Iterator[Life]:
    """Every time that a finding was open."""
    decided = decisions(conn)
    former: dict[int, list[Any]] = {}
    for spell in conn.execute(select(schema.spell).order_by(schema.spell.c.finding_id, schema.spell.c.n)):
        former.setdefault(spell.finding_id, []).append(spell)
    for row in conn.execute(select(schema.finding)):
        opened = row.first_detected_at
        for spell in former.get(row.id, ()):
            yield Life(row, opened, spell.ended_at, is_closed=True, state=spell.state, is_only=False)
            opened = spell.again_at
        if row.beneath is None:
            yield Life(row, opened, row.fixed_at, bool(row.closed), row.state, is_only=not row.reopened)
        elif row.state == State.SNOOZED:
            yield Life(row, opened, None, is_closed=False, state=row.state, is_only=False)
        else:
            yield Life(row, opened, decided[row.decision_id], is_closed=True, state=row.state, is_only=False)


def acts(conn: Connection) -> Mapping[int, list[tuple[int, int]]]:
    """By finding: the soonest that an act can have been, and when it counts."""
    found: dict[int, list[tuple[int, int]]] = {}
    e, s, d = schema.engagement.c, schema.decided.c, schema.decision.c
    followed = select(e.finding_id, e.hour).where(e.kind == int(Engagement.FOLLOWED))
    for id_, hour in conn.execute(followed):
        found.setdefault(id_, []).append((hour + HOUR - 1, hour + HOUR - 1))
    said = select(s.finding_id, d.at, d.kind).join_from(schema.decided, schema.decision, d.id == s.decision_id)
    for id_, at, kind in conn.execute(said):
        if kind in ACTS:
            found.setdefault(id_, []).append((at, at))
    return found


def first_since(every: Mapping[int, list[tuple[int, int]]], id_: int, moment: int) -> int | None:
    """When somebody first acted on a finding since a moment."""
    return min((at for known, at in every.get(id_, ()) if known >= moment), default=None)


def watched(conn: Connection, period: Period, *, acted: bool) -> lifetimes.Watched:
    """What `lifetimes` and `acting` tell, by severity, one by one."""
    late, every = lifetimes.late(conn, period.start), acts(conn)
    groups: dict[int, Ages] = {}
    left_out = {"transient": 0, "undated": 0, "backwards": 0}
    for life in lives(conn):
        row, opened, ended = life.row, life.opened, life.ended
        begins = late.get(row.source_id, period.start)
        if opened >= period.end or (life.is_closed and ended is not None and ended < period.start):
            continue
        begun = max(row.imported_at, begins) if acted else begins
        if begun >= period.end or (life.is_closed and ended is not None and ended < begun):
            continue
        if life.is_closed and (ended is None or ended - opened < DAY):
            left_out["undated" if ended is None else "backwards" if ended < opened else "transient"] += 1
            continue
        has_ended = life.is_closed and ended is not None and ended < period.end
        left = ended if has_ended and ended is not None else period.end
        fixed, aside = has_ended and life.state == State.FIXED, has_ended and life.state != State.FIXED
        if acted:
            fixed, aside = False, has_ended
            first = first_since(every, row.id, 0 if life.is_only else opened)
            at = None if first is None else max(first, opened)
            if at is not None and at < period.end and (not life.is_closed or ended is None or at <= ended):
                if at < begun:
                    continue
                left, fixed, aside = at, True, False
        ages = groups.setdefault(row.severity, Ages())
        ages.add(max(0, begun - opened) // DAY, (left - opened) // DAY, 1, fixed=fixed, aside=aside)
    return lifetimes.Watched(groups, LeftOut(**left_out))


def test_lives_are_those_of_each_finding(board: Stage) -> None:
    """Until they are fixed, and until somebody acts; told apart, and of one group with all others together."""
    for days, acted in product((60, 182), (False, True)):
        same(board, days, acted=acted)


def same(board: Stage, days: int, *, acted: bool) -> None:
    """What is counted of the last days is what each finding tells."""
    period = read_period(None, None, now=board.clock.now(), usual=days)
    asking = Asking(now=board.clock.now(), me=())
    with board.store.read() as conn:
        known = watched(conn, period, acted=acted)
        gather = acting.gathered if acted else lifetimes.gathered
        every = gather(conn, EVERYTHING, Query(), asking, by=By.SEVERITY, period=period)
        for ids in (None, {min(known.groups)}):
            found = (
                acting.watched(conn, EVERYTHING, Query(), asking, by=By.SEVERITY, period=period, found=every, ids=ids)
                if acted
                else lifetimes.told_apart(every.told(ids))
            )
            assert found.left_out == known.left_out
            if ids is None:
                assert {id_: plain(ages) for id_, ages in found.groups.items()} == {
                    id_: plain(ages) for id_, ages in known.groups.items()
                }
            assert plain(found.together(found.groups)) == plain(known.together(known.groups))
    assert known.left_out.total
    assert min(ages.n for ages in known.groups.values()) > 20


def plain(ages: Ages) -> tuple[object, ...]:
    """Without counts of nought."""
    each = (ages.entering, ages.leaving, ages.fixed, ages.aside)
    return tuple({age: n for age, n in counts.items() if n} for counts in each)


def compared(conn: Connection, period: Period) -> Channels:
    """What is told of the portal and tickets, one by one."""
    decided = decisions(conn)
    link, ticket = schema.ticket_finding.c, schema.ticket.c
    tickets: dict[int, list[Any]] = {}
    for each in conn.execute(
        select(link.finding_id, link.at, ticket.opened_at).join(schema.ticket, ticket.id == link.ticket_id)
    ):
        tickets.setdefault(each.finding_id, []).append(each)
    homes = homes_of(conn, EVERYTHING)
    every = acts(conn)
    seen, untimed, came_back = [], 0, 0
    for row in conn.execute(select(schema.finding)):
        first = row.first_detected_at
        aside = row.beneath is not None and row.state != State.SNOOZED
        ended = (
            decided[row.decision_id]
            if aside
            else None
            if row.beneath is not None
            else row.fixed_at
            if row.closed
            else None
        )
        if not period.start <= first < period.end or (ended is not None and ended - first < DAY):
            continue
        if row.closed and row.beneath is None and row.fixed_at is None:
            continue
        mine = tickets.get(row.id, [])
        linked = min((each.at for each in mine), default=None)
        made = min((each.opened_at for each in mine if each.opened_at is not None), default=None)
        ticketed = made if made is not None and made >= first else linked
        if row.reopened:
            came_back += 1
            continue
        if row.tickets and ticketed is None:
            untimed += 1
            continue
        acted = first_since(every, row.id, 0)
        team = " ".join(sorted({owner for _, owner in homes.get(row.holding_id, ()) if owner is not None}))
        entered, left = max(0, row.imported_at - first) // DAY, (min(period.end, ended or period.end) - first) // DAY
        if entered <= left:
            seen.append(
                Seen(
                    Stratum(row.severity, row.source_id, bool(team)), team, entered,
                    None if acted is None else max(0, acted - first) // DAY,
                    None if ticketed is None else max(0, ticketed - first) // DAY, left,
                    row.state == State.FIXED and row.fixed_at < period.end, 1,
                    ticketed is not None and acted is not None and ticketed < acted,
                )
            )  # fmt: skip
    return compare(period, "", seen, untimed=untimed, came_back=came_back)


def test_the_portal_and_tickets_are_compared_as_each_finding_says(board: Stage) -> None:
    """Both designs, to the last digit that adding up in another order leaves."""
    period = read_period(None, None, now=board.clock.now(), usual=182)
    asking = Asking(now=board.clock.now(), me=())
    with board.store.read() as conn:
        known = compared(conn, period)
        found = channelled.channelled(conn, EVERYTHING, Query(), asking, period)
    told = compare(period, "", found.seen, untimed=found.untimed, came_back=found.came_back)
    assert (told.untimed, told.came_back, told.late) == (known.untimed, known.came_back, known.late)
    assert known.untimed
    assert known.came_back
    for mine, theirs in zip(told.compared, known.compared, strict=True):
        assert (mine.groups, mine.mix, mine.refusal) == (theirs.groups, theirs.mix, theirs.refusal)
        assert (mine.ratio is None) == (theirs.ratio is None)
        if theirs.ratio is not None:
            assert (mine.ratio, mine.p) == pytest.approx((theirs.ratio, theirs.p))
        assert min(arm.n for arm in theirs.groups.values()) > 0


def test_cohorts_of_a_rollout_are_those_of_each_finding(board: Stage) -> None:
    """By stratum and team: how old, when they ended, and how."""
    now = board.clock.now()
    plan = plan_rollout.draw(
        board.store, AT_THE_LAPTOP, clock=board.clock, waves=3, first=plan_rollout.tomorrow(now), every=14, seed="s"
    )
    bounds = [Instant((now // DAY - ago) * DAY) for ago in (150, 121, 93, 60, 11, 0)]
    known: dict[tuple[Stratum, EntityRef], Cohort] = {}
    with board.store.read() as conn:
        found = rolling.exposed(conn, EVERYTHING, Query(), Asking(now=now, me=()), rollout=plan, bounds=bounds)
        homes = homes_of(conn, EVERYTHING)
        for life in lives(conn):
            teams = sorted(owner for _, owner in homes.get(life.row.holding_id, ()) if owner is not None)
            ended = life.ended if life.is_closed else bounds[-1]
            if not teams or life.opened >= bounds[-1] or ended is None:
                continue
            if life.is_closed and (ended < bounds[0] or ended - life.opened < DAY):
                continue
            cohort = known.setdefault(
                (Stratum(life.row.severity, life.row.source_id, is_owned=True), teams[0]), Cohort()
            )
            old = (bounds[0] - life.opened) // DAY
            cohort.opened[old] = cohort.opened.get(old, 0) + 1
            if ended < bounds[-1]:
                block = bisect_right(bounds, ended) - 1
                cohort.end(block, old, (ended - life.opened) // DAY, fixed=life.state == State.FIXED)
    assert found.cohorts == known
    assert {block for cohort in known.values() for block in cohort.fixed} == set(range(len(bounds) - 1))
