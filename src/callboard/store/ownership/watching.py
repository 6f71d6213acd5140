"""What the passing of time does to ownership: what ends, what has won twice, and what is amiss. Inside `Store.write`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, func, or_, select

from callboard.domain.component import Entity, EntityRef, short_name
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership.drift import STALE_DAYS, News, SignalKind
from callboard.domain.ownership.evidence import RULE, is_trusted
from callboard.domain.ownership.mapping import WARNED_DAYS, RuleSet, ends, rule_id
from callboard.domain.ownership.plan import GREEDY_JUMP, GREEDY_SHARE
from callboard.domain.ownership.verdict import Tier, Verdict
from callboard.domain.reconcile import Safety
from callboard.domain.run import RunState
from callboard.store import evidence, mapping, schema
from callboard.store.database import Store
from callboard.store.ownership import catalog, planning, signals_found

c = schema.candidate.c
_LOCATIONS = "trusted_locations"
_EMPTY = "empty_groups"
_LOOKED = "ownership_looked_at"
_MOST = 1_000


def ended(conn: Connection, now: Instant) -> tuple[tuple[str, str], ...]:
    """What has ended since the last tick, as (set, entry)."""
    tick = evidence.tick_of(conn)
    sets = [each.rule_set for each in mapping.in_force(conn)]
    return tuple((name, entry) for until, name, entry in ends(sets) if tick < until <= now)


def resting_on(conn: Connection, sets: Iterable[RuleSet], what: Iterable[tuple[str, str]]) -> list[int]:
    """Resources for which these entries of rule sets were evidence."""
    names = {(name, entry.removeprefix("trust in ")) for name, entry in what}
    conditions = []
    for each in sets:
        conditions += [
            (c.form == RULE) & (c.value == rule_id(each.name, rule))
            for rule in each.rules
            if (each.name, rule.name) in names
        ]
        conditions += [
            (c.form == word.form.value) & c.value.startswith(f"{word.key}=", autoescape=True)
            for word in each.vocabularies
            if (each.name, word.name) in names
        ]
        conditions += [
            (c.form == default.form.value) & (c.value == default.value)
            for default in each.defaults
            if (each.name, default.name) in names
        ]
    found: set[int] = set()
    for start in range(0, len(conditions), 100):
        query = select(c.resource_id).where(or_(*conditions[start : start + 100])).distinct()
        found.update(conn.execute(query).scalars())
    return sorted(found)


def won_twice(conn: Connection) -> list[int]:
    """Resources whose challenger has been there since before the last run or reading."""
    run, reading, challenge = schema.run.c, schema.catalog_reading.c, schema.ownership_challenge.c
    last_run = conn.execute(
        select(func.coalesce(func.max(run.started_at), 0)).where(run.state == RunState.APPLIED.value)
    ).scalar_one()
    last_reading = conn.execute(
        select(func.coalesce(func.max(reading.read_at), 0)).where(reading.state == catalog.APPLIED)
    ).scalar_one()
    query = select(challenge.resource_id).where(challenge.since_at < max(last_run, last_reading))
    return sorted(conn.execute(query).scalars())


def are_too_many(conn: Connection, won: Sequence[int], safety: Safety) -> bool:
    """Whether so many that have won are a surprise, so that a person has to look at them first."""
    total: int = conn.execute(select(func.count()).select_from(schema.resource)).scalar_one()
    return len(won) >= safety.min_findings and len(won) > safety.owner_share * total


def newly_trusted(conn: Connection, store: Store, entities: Mapping[EntityRef, Entity]) -> list[int] | None:
    """Resources named by entities whose location is trusted now and was not, or the other way round. None: nothing changed."""
    former = evidence.remembered(conn, _LOCATIONS)
    before = msgspec.json.decode(former, type=tuple[str, ...]) if former else ()
    if before == store.trusted_locations:
        return None
    changed = [
        ref for ref, each in entities.items() if is_trusted(each, before) != is_trusted(each, store.trusted_locations)
    ]
    evidence.remember(conn, _LOCATIONS, msgspec.json.encode(store.trusted_locations).decode())
    ids = [row[0] for row in store.dialect.lookup(conn, schema.entity, ["id"], "ref", changed)]
    columns = ["resource_id", "tier"]
    rows = store.dialect.lookup(conn, schema.candidate, columns, "entity_id", ids)
    return sorted({id_ for id_, tier in rows if tier == Tier.NAMED})


def standing(conn: Connection, now: Instant, held_back: int = 0) -> str:
    """What everything that `amiss` tells depends on: while it is the same, there is nothing new to look for."""
    reading = conn.execute(select(func.coalesce(func.max(schema.catalog_reading.c.id), 0))).scalar_one()
    parts = (planning.revision(conn), evidence.mark_of(conn), evidence.homes_of(conn), reading, now // DAY, held_back)
    return "/".join(map(str, parts))


def was_looked_at(conn: Connection, standing: str) -> bool:
    """Whether the last look was at just this."""
    return evidence.remembered(conn, _LOOKED) == standing


def note_look(conn: Connection, standing: str) -> None:
    """Note what was looked at."""
    evidence.remember(conn, _LOOKED, standing)


def amiss(
    conn: Connection, entities: Mapping[EntityRef, Entity], *, now: Instant, held_back: int = 0
) -> list[News]:  # fmt: skip
    """Everything that lasts and deserves a look, as of now. `held_back`: resources that have won and wait for a person."""
    waiting = News(kind=SignalKind.HELD_BACK, about=HELD_BACK, n=held_back)
    return [
        *([waiting] if held_back else ()),
        *_endings(conn, now),
        *_rules(conn, now),
        *_groups(conn, entities),
        *_claims(conn, entities),
        *_moved_repositories(conn, entities),
        *_contested(conn, entities),
        *_readings(conn),
    ]


def _endings(conn: Connection, now: Instant) -> Iterable[News]:
    for until, name, entry in ends(each.rule_set for each in mapping.in_force(conn)):
        if now < until <= now + WARNED_DAYS * DAY:
            yield News(kind=SignalKind.RULE_ENDING, about=f"{name}/{entry}", new=str((until - now) // DAY))


def _rules(conn: Connection, now: Instant) -> Iterable[News]:
    """Rules that match nothing any more, very much, or suddenly much more."""
    total = conn.execute(select(func.count()).select_from(schema.resource)).scalar_one()
    matched = planning.matched_now(conn)
    day = schema.rule_day.c
    before = {
        row[0]: row[1]
        for row in conn.execute(
            select(day.rule, func.max(day.resources))
            .where(day.day >= now // DAY - 1, day.day < now // DAY)
            .group_by(day.rule)
        )
    }
    last_match = {
        row[0]: row[1]
        for row in conn.execute(select(day.rule, func.max(day.day)).where(day.resources == 0).group_by(day.rule))
    }
    for revision in mapping.in_force(conn):
        for rule in revision.rule_set.rules:
            id_ = rule_id(revision.name, rule)
            n = matched.get(id_, 0)
            since = last_match.get(id_, rule.at // DAY)
            if n == 0 and now // DAY - max(since, rule.at // DAY) >= STALE_DAYS:
                yield News(kind=SignalKind.RULE_STALE, about=id_)
            is_jump = 0 < before.get(id_, 0) * GREEDY_JUMP < n
            if n >= _LEAST and (n > GREEDY_SHARE * total or is_jump):
                yield News(kind=SignalKind.RULE_GREEDY, about=id_, n=n, old=str(before.get(id_, n)), new=str(n))


_LEAST = 20
"""Below this many resources nothing is greedy."""


def _groups(conn: Connection, entities: Mapping[EntityRef, Entity]) -> Iterable[News]:
    """Groups that own something and had no members in two readings."""
    reading = str(conn.execute(select(func.coalesce(func.max(schema.catalog_reading.c.id), 0))).scalar_one())
    owners = {each.owner for each in entities.values() if each.owner is not None}
    empty = {ref: each for ref, each in entities.items() if each.kind == "group" and not each.members and ref in owners}
    kept = evidence.remembered(conn, _EMPTY)
    before: dict[str, str] = msgspec.json.decode(kept) if kept else {}
    now_empty = {ref: before.get(ref, reading) for ref in empty}
    evidence.remember(conn, _EMPTY, msgspec.json.encode(now_empty).decode())
    for ref, each in empty.items():
        if now_empty[ref] != reading:
            yield News(
                kind=SignalKind.GROUP_EMPTY, about=ref, new=each.parent, readers=(each.parent,) if each.parent else ()
            )


def _claims(conn: Connection, entities: Mapping[EntityRef, Entity]) -> Iterable[News]:
    for ref, annotation, value in signals_found.dangling_claims(conn)[:_MOST]:
        owner = entities[ref].owner if ref in entities else None
        readers = () if owner is None else (owner,)
        yield News(kind=SignalKind.CLAIM_DANGLING, about=f"{ref} {annotation}: {value}", readers=readers)


def _moved_repositories(conn: Connection, entities: Mapping[EntityRef, Entity]) -> Iterable[News]:
    for ref, annotation, value, moved_to in signals_found.moved_claims(conn)[:_MOST]:
        owner = entities[ref].owner if ref in entities else None
        about = f"{ref} {annotation}: {value}"
        readers = () if owner is None else (owner,)
        yield News(kind=SignalKind.REPOSITORY_MOVED, about=about, old=value, new=moved_to, readers=readers)


def _contested(conn: Connection, entities: Mapping[EntityRef, Entity]) -> Iterable[News]:
    """Holdings in conflict that hold something."""
    holding, r, route, entity = schema.holding.c, schema.resource.c, schema.holding_route.c, schema.entity.c
    held = {
        row[0]: row[1]
        for row in conn.execute(
            select(r.holding_id, func.count())
            .join_from(schema.resource, schema.holding, holding.id == r.holding_id)
            .where(holding.verdict == Verdict.CONFLICT.value)
            .group_by(r.holding_id)
        )
    }
    refs: dict[int, list[EntityRef]] = {}
    for id_, ref in conn.execute(
        select(route.holding_id, entity.ref)
        .join_from(schema.holding_route, schema.entity, entity.id == route.entity_id)
        .where(route.holding_id.in_(list(held)))
        .order_by(entity.ref)
    ):
        refs.setdefault(id_, []).append(EntityRef(ref))
    together: Counter[tuple[EntityRef, ...]] = Counter()
    for id_, some in refs.items():
        together[tuple(some)] += held[id_]
    for many, n in together.items():
        owners = {each.owner for ref in many if (each := entities.get(ref)) is not None and each.owner is not None}
        yield News(
            kind=SignalKind.CLAIM_CONTESTED, about=" | ".join(many), n=n, readers=tuple(sorted(owners)),
            new=" | ".join(short_name(ref) for ref in many),
        )  # fmt: skip


def _readings(conn: Connection) -> Iterable[News]:
    """Catalogs whose last reading was held, or not whole."""
    reading = schema.catalog_reading.c
    names = conn.execute(select(reading.name).distinct()).scalars().all()
    for name in names:
        last = catalog.last_reading(conn, name, state=None)
        if last is not None and last.state == catalog.HELD:
            yield News(kind=SignalKind.MASS_CHANGE, about=f"catalog {name}", new=last.reason)
        if last is not None and last.state == catalog.PARTIAL:
            yield News(kind=SignalKind.CATALOG_PARTIAL, about=f"catalog {name}", new=last.reason)


HELD_BACK = "tags, labels and defaults"
"""What the signal about resources that wait for a person is about."""

LASTING = (
    SignalKind.HELD_BACK,
    SignalKind.RULE_ENDING,
    SignalKind.RULE_STALE,
    SignalKind.RULE_GREEDY,
    SignalKind.GROUP_EMPTY,
    SignalKind.CLAIM_DANGLING,
    SignalKind.CLAIM_CONTESTED,
    SignalKind.REPOSITORY_MOVED,
    SignalKind.MASS_CHANGE,
    SignalKind.CATALOG_PARTIAL,
)
"""What `amiss` tells of: it closes by itself when it is over."""
