"""What people say about whose one resource is, written down; and everything that explains it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, exists, func, insert, or_, select, update

from callboard.domain.access import Everything, Visibility
from callboard.domain.alias import IMAGE_BASE
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.ownership.claims import CLAIMING_KINDS
from callboard.domain.ownership.evidence import RULE
from callboard.domain.ownership.explanation import Explanation, Ground, Spoken, Tenure
from callboard.domain.ownership.groups import owner_problem
from callboard.domain.ownership.mapping import Form
from callboard.domain.ownership.verdict import Reason, Verdict, Word
from callboard.errors import InvalidQueryError, NotFoundError
from callboard.store import evidence, schema
from callboard.store.contested import disputed
from callboard.store.database import next_id
from callboard.store.ownership import base_image
from callboard.store.visible import entity_owned, entity_visible, has_seen, sees, visible

f, r, s = schema.finding.c, schema.resource.c, schema.source.c
entity, holding, said = schema.entity.c, schema.holding.c, schema.ownership_decision.c
c = schema.candidate.c


class Found(msgspec.Struct, frozen=True):
    """A resource that somebody asks about."""

    id: int
    holding_id: int
    external_id: str
    source: str
    name: str
    type: str


def find(conn: Connection, visibility: Visibility, text: str, source: str | None = None) -> Found:
    """The resource of this id, other name, or plain name, as far as it is in sight.

    Raises NotFoundError for an unknown one and for one that is not in sight, InvalidQueryError where several are meant.
    """
    if "\0" in text:  # which no database stores, and one of them refuses to look for
        raise NotFoundError
    columns = select(r.id, r.holding_id, r.external_id, s.name.label("source"), r.name, r.type).join_from(
        schema.resource, schema.source, s.id == r.source_id
    )
    alias = schema.resource_alias.c
    named = select(alias.resource_id).where(alias.value == text.strip(), alias.form != IMAGE_BASE)
    for wanted in (r.external_id == text, r.id.in_(named), r.name == text):
        query = columns.where(wanted).order_by(s.name, r.external_id)
        if source is not None:
            query = query.where(s.name == source)
        rows = _in_sight(conn, visibility, query)
        if len(rows) == 1:
            return Found(*tuple(rows[0]))
        if rows:
            ids = ", ".join(f"{row.external_id} ({row.source})" for row in rows[:5])
            raise InvalidQueryError(f"Several resources are called so: {ids}.", hint="Ask for one of them by its id.")
    raise NotFoundError


_NAMESAKES = 6
"""Resources of one name that are looked at one by one."""


def _in_sight(conn: Connection, visibility: Visibility, query: Select[Any]) -> Sequence[Row[Any]]:
    """The first few of these resources in sight. Where there is none at all, the look takes as long as for one of others."""
    if isinstance(visibility, Everything):
        return conn.execute(query.limit(_NAMESAKES)).all()
    rows = conn.execute(query.limit(_NAMESAKES + 1)).all()
    if len(rows) > _NAMESAKES:
        seen = exists(select(f.id).where(f.resource_id == r.id, visible(f.holding_id, visibility)))
        return conn.execute(query.where(or_(seen, visible(r.holding_id, visibility))).limit(_NAMESAKES)).all()
    found = {
        id_
        for id_, at in [(row.id, row.holding_id) for row in rows] or [(None, None)]
        # Of a base image that no source lists there is no finding, and what is inherited from it is on others.
        if has_seen(conn, visibility, f.resource_id, id_) or sees(conn, visibility, at)
    }
    return [row for row in rows if row.id in found]


def explain(conn: Connection, visibility: Visibility, found: Found) -> Explanation:
    """Everything about whose it is, as far as the viewer may know."""
    entities = evidence.load_entities(conn)
    grounds, hidden = _grounds(conn, visibility, found.id, entities)
    components = tuple(
        EntityRef(ref)
        for ref in conn.execute(
            select(entity.ref)
            .join_from(schema.holding_route, schema.entity, entity.id == schema.holding_route.c.entity_id)
            .where(schema.holding_route.c.holding_id == found.holding_id, entity_visible(entity.id, visibility))
            .order_by(entity.ref)
        ).scalars()
    )
    verdict, reason = conn.execute(select(holding.verdict, holding.reason).where(holding.id == found.holding_id)).one()
    history = _history(conn, visibility, found.id)
    challenge = schema.ownership_challenge.c
    is_disputed = conn.execute(disputed().where(c.resource_id == found.id)).first() is not None
    waits = conn.execute(select(exists().where(challenge.resource_id == found.id))).scalar_one()
    n = conn.execute(
        select(func.count()).where(f.resource_id == found.id, f.closed == 0, visible(f.holding_id, visibility))
    ).scalar_one()
    return Explanation(
        external_id=found.external_id, source=found.source, name=found.name, type=found.type, verdict=verdict,
        reason=Reason(reason).words if reason else None, tier=history[0].tier if history else None,
        components=components,
        disputed=verdict == Verdict.MAPPED and is_disputed,
        open_findings=int(n), grounds=grounds, spoken=_spoken(conn, visibility, found.id), history=history,
        withheld=hidden, waits=bool(waits),
        base=base_image.of(conn, visibility, found.id),
    )  # fmt: skip


def _grounds(
    conn: Connection, visibility: Visibility, resource_id: int, entities: dict[EntityRef, Any]
) -> tuple[tuple[Ground, ...], bool]:
    rows = conn.execute(
        select(
            entity.ref, c.tier, c.evidence, c.won, c.dropped, c.seen_at,
            entity_visible(entity.id, visibility).label("seen"),
        )
        .join_from(schema.candidate, schema.entity, entity.id == c.entity_id)
        .where(c.resource_id == resource_id)
        .order_by(c.won.desc(), c.tier, entity.ref, c.evidence)
    ).all()  # fmt: skip
    told = []
    for row in rows:
        if row.seen:
            each = entities.get(EntityRef(row.ref))
            told.append(
                Ground(
                    component=EntityRef(row.ref), owner=None if each is None else each.owner,
                    owner_problem=None if each is None else owner_problem(each, entities), tier=row.tier,
                    text=row.evidence, won=bool(row.won), dropped=row.dropped, seen_at=Instant(row.seen_at),
                )
            )  # fmt: skip
    return tuple(told), len(told) < len(rows)


def _history(conn: Connection, visibility: Visibility, resource_id: int) -> tuple[Tenure, ...]:
    spell = schema.ownership_spell.c
    rows = conn.execute(
        select(spell.from_at, spell.to_at, spell.tier, spell.holding_id, holding.verdict)
        .join_from(schema.ownership_spell, schema.holding, holding.id == spell.holding_id)
        .where(spell.resource_id == resource_id)
        .order_by(spell.from_at.desc())
        .limit(100)
    ).all()
    route = schema.holding_route.c
    routes: dict[int, list[EntityRef]] = {}
    for holding_id, ref in conn.execute(
        select(route.holding_id, entity.ref)
        .join_from(schema.holding_route, schema.entity, entity.id == route.entity_id)
        .where(route.holding_id.in_({row.holding_id for row in rows}), entity_visible(entity.id, visibility))
        .order_by(entity.ref)
    ):
        routes.setdefault(holding_id, []).append(EntityRef(ref))
    return tuple(
        Tenure(
            components=tuple(routes.get(row.holding_id, ())), verdict=row.verdict, tier=row.tier,
            from_at=Instant(row.from_at), to_at=row.to_at,
        )
        for row in rows
    )  # fmt: skip


def _spoken(conn: Connection, visibility: Visibility, resource_id: int) -> tuple[Spoken, ...]:
    rows = conn.execute(
        select(schema.ownership_decision, entity.ref)
        .join(schema.entity, entity.id == said.entity_id)
        .where(said.resource_id == resource_id, entity_visible(entity.id, visibility))
        .order_by(said.at.desc(), said.id.desc())
    )
    return tuple(_told(row) for row in rows)


def _told(row: Row[Any]) -> Spoken:
    return Spoken(
        id=row.id, word=Word(row.word), component=EntityRef(row.ref), actor=row.actor, reason=row.reason,
        at=Instant(row.at), ended_at=row.ended_at, ended_by=row.ended_by,
    )  # fmt: skip


def given_back(conn: Connection, visibility: Visibility) -> dict[int, tuple[Spoken, ...]]:
    """Of resources that nobody owns, by their rows: who said, the newest first, that they are not a component's."""
    rows = conn.execute(
        select(schema.ownership_decision, entity.ref)
        .join_from(schema.ownership_decision, schema.entity, entity.id == said.entity_id)
        .join(schema.resource, r.id == said.resource_id)
        .join(schema.holding, holding.id == r.holding_id)
        .where(
            said.word == Word.NOT_OURS.value, said.ended_at.is_(None), holding.verdict == Verdict.UNMAPPED.value,
            visible(r.holding_id, visibility), entity_visible(entity.id, visibility),
        )
        .order_by(said.at.desc(), said.id.desc())
    )  # fmt: skip
    found: dict[int, list[Spoken]] = {}
    for row in rows:
        found.setdefault(row.resource_id, []).append(_told(row))
    return {id_: tuple(many) for id_, many in found.items()}


def entity_id(conn: Connection, visibility: Visibility, ref: EntityRef) -> int | None:
    """The row of an entity that is in the catalog and may own findings. None also for one that the viewer may not know of."""
    found = conn.execute(
        select(entity.id).where(
            entity.ref == ref, entity.gone_at.is_(None), entity.missing_at.is_(None),
            entity.kind.in_(sorted(CLAIMING_KINDS)), entity_visible(entity.id, visibility),
        )
    ).scalar_one_or_none()  # fmt: skip
    return None if found is None else int(found)


def is_routed_to_own(conn: Connection, visibility: Visibility, found: Found, ref: EntityRef) -> bool:
    """Whether the resource is routed to this entity, and the entity is the viewer's own."""
    route = schema.holding_route.c
    query = (
        select(entity.id)
        .join_from(schema.holding_route, schema.entity, entity.id == route.entity_id)
        .where(route.holding_id == found.holding_id, entity.ref == ref, entity_owned(entity.id, visibility))
    )
    return conn.execute(query).first() is not None


def standing(conn: Connection, resource_id: int, words: Iterable[Word], entity_id: int | None = None) -> list[int]:
    """Ids of what was said and not taken back."""
    query = select(said.id).where(
        said.resource_id == resource_id, said.word.in_([each.value for each in words]), said.ended_at.is_(None)
    )
    if entity_id is not None:
        query = query.where(said.entity_id == entity_id)
    return [int(each) for each in conn.execute(query.order_by(said.id)).scalars()]


def is_word(conn: Connection, decision_id: int, word: Word, entity_id: int, actor: str) -> bool:
    """Whether a decision says just this, by this person."""
    query = select(said.id).where(
        said.id == decision_id, said.word == word.value, said.entity_id == entity_id, said.actor == actor
    )
    return conn.execute(query).first() is not None


def say(
    conn: Connection, found: Found, entity_id: int, word: Word, *, actor: str, reason: str, at: Instant
) -> int:  # fmt: skip
    """Write down what somebody said, with the evidence that it is about. Inside `Store.write`."""
    rule, tier = _decided_by(conn, found.id, entity_id)
    id_ = next_id(conn, schema.ownership_decision)
    conn.execute(
        insert(schema.ownership_decision).values(
            id=id_, resource_id=found.id, entity_id=entity_id, word=word.value, actor=actor, reason=reason, at=at,
            rule=rule, tier=tier,
        )
    )  # fmt: skip
    return id_


def _decided_by(conn: Connection, resource_id: int, entity_id: int) -> tuple[str | None, int | None]:
    """The evidence that made the entity the resource's, or else its strongest: named so that others like it count together."""
    row = conn.execute(
        select(c.form, c.value, c.tier, c.evidence, entity.ref)
        .join_from(schema.candidate, schema.entity, entity.id == c.entity_id)
        .where(c.resource_id == resource_id, c.entity_id == entity_id)
        .order_by(c.won.desc(), c.tier, c.evidence)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None, None
    if row.form == RULE:
        return row.value, row.tier
    if row.form in (Form.TAG, Form.LABEL):
        return f"{row.form}:{row.value.partition('=')[0]}", row.tier
    if row.form in (Form.ACCOUNT, Form.PROJECT, Form.SOURCE):
        return f"{row.form}:{row.value}", row.tier
    return f"{row.ref} {row.evidence}", row.tier


def end(conn: Connection, ids: Iterable[int], *, by: str, at: Instant) -> None:
    """Take words back. Inside `Store.write`."""
    conn.execute(
        update(schema.ownership_decision)
        .where(said.id.in_(list(ids)), said.ended_at.is_(None))
        .values(ended_at=at, ended_by=by)
    )


class Stated(msgspec.Struct, frozen=True):
    """One decision that stands, to be taken back."""

    id: int
    resource_id: int
    word: Word
    actor: str
    component: EntityRef


def stated(conn: Connection, decision_id: int) -> Stated | None:
    """A decision that stands."""
    row = conn.execute(
        select(said.id, said.resource_id, said.word, said.actor, entity.ref)
        .join_from(schema.ownership_decision, schema.entity, entity.id == said.entity_id)
        .where(said.id == decision_id, said.ended_at.is_(None))
    ).one_or_none()
    return None if row is None else Stated(row.id, row.resource_id, Word(row.word), row.actor, EntityRef(row.ref))
