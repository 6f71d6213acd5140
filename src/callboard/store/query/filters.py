"""A query of the one language as conditions on findings. Values go in as parameters, keys are looked up in tables here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    false,
    func,
    not_,
    or_,
    select,
    true,
)

from callboard.domain import priority
from callboard.domain.access import Visibility
from callboard.domain.bundle import FIXES
from callboard.domain.component import EntityRef
from callboard.domain.due import today
from callboard.domain.finding import SUPPRESSED_STATES, State
from callboard.domain.instant import Instant
from callboard.domain.query import Between, OneOf, Query, Term, Text
from callboard.domain.query.values import Bound, Number
from callboard.domain.query.words import ME
from callboard.domain.standing import ASKED, HANDS
from callboard.errors import InvalidQueryError
from callboard.store import schema
from callboard.store.contested import disputed, suggested
from callboard.store.query.filter_lists import LISTS, sources
from callboard.store.query.filter_said import spoken, taken
from callboard.store.query.filter_text import naming
from callboard.store.schema import NEVER
from callboard.store.tickets import with_ticket
from callboard.store.visible import entity_visible
from callboard.store.visible import named as may_be_named

f = schema.finding.c
route, holding, entity, bundle = schema.holding_route, schema.holding, schema.entity, schema.bundle

Condition = ColumnElement[bool]


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """What a query means beside its text: when, and for whom."""

    now: Instant
    me: tuple[EntityRef, ...] | None = None
    """The person and the groups this person is in directly. None: nobody is signed in by name."""
    visited_at: Instant | None = None
    """When this viewer looked last. None: never."""
    stale: tuple[str, ...] = ()
    """Sources whose data is older than promised."""


IN_CUBE = frozenset({"severity", "kind", "status", "source"})
"""Keys that the counters by severity, kind, state and source answer."""
BY_HOLDING = frozenset({"owner", "component", "system", "domain", "reason"})
"""Keys that ask about the holding alone."""
_COUNTED_WORDS = frozenset({"open", "fixed", "gone", "suppressed", "snoozed", "dismissed", "accepted"})
_HOLDING_WORDS = frozenset({"mine", "unmapped", "conflict", "shared", "co-owned", "owner", "component"})


def conditions(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, many: bool = False
) -> Condition:
    """All terms of a query. Raises InvalidQueryError for what cannot be answered.

    Which findings are in sight is not asked here; `visibility` keeps terms from telling of components that the viewer may
    not be told of.
    `many`: every finding is asked what it is of, since a walk along the list's order soon meets enough that fulfil
    them, or since something else has left few to ask.
    """
    return and_(true(), *(_term(conn, visibility, term, asking, many=many) for term in query.terms))


def is_of_the_moment(query: Query) -> bool:
    """Whether the answer may change within a day though nothing is written: ages and dates count from now."""
    return any(isinstance(term, Between) for term in query.terms)


def asks_holding(term: Term) -> bool:
    """Whether the term asks about the holding alone."""
    if not isinstance(term, OneOf):
        return False
    return term.key in BY_HOLDING or (term.key in ("is", "has", "no") and set(term.values) <= _HOLDING_WORDS)


def holding_conditions(
    holding_id: Any,  # noqa: ANN401
    visibility: Visibility,
    terms: Iterable[Term],
    asking: Asking,
) -> Condition:
    """Terms that ask about the holding alone, over any table that has one; see `conditions`."""
    about = _Holding(holding_id, visibility, asking)
    found: list[Condition] = []
    for term in terms:
        assert isinstance(term, OneOf)  # noqa: S101 - `asks_holding` said so
        if term.key in BY_HOLDING:
            clause = about.of(term.key, term.values)
        else:
            clause = or_(false(), *(_flag(about, term.key, word) for word in term.values))
        found.append(not_(clause) if term.is_negated else clause)
    return and_(true(), *found)


_INDEXED = frozenset(
    {"rule", "cve", "resource", "package", "bundle", "id", "account", "tag", "runs", "campaign", "ticket"}
)


def is_narrow(term: Term) -> bool:
    """Whether an index leads to the findings of this term."""
    if isinstance(term, Text):
        return not term.is_negated
    return not term.is_negated and (term.key in _INDEXED or asks_holding(term))


def asks_cell(term: Term) -> bool:
    """Whether the term asks about severity, kind, state or source alone, which a cell of the cube answers."""
    if not isinstance(term, OneOf):
        return False
    return term.key in IN_CUBE or (term.key == "is" and set(term.values) <= _COUNTED_WORDS)


def _term(conn: Connection, visibility: Visibility, term: Term, asking: Asking, *, many: bool) -> Condition:
    about = _Holding(f.holding_id, visibility, asking)
    match term:
        case Text():
            clause = naming(conn, term, many=many)
        case Between():
            clause = _between(term, asking)
        case OneOf(key=key, values=values) if key in ("is", "has", "no"):
            clause = or_(false(), *(_flag(about, key, word) for word in values))
        case OneOf(key=key, values=values) if key in BY_HOLDING:
            clause = about.of(key, values)
        case OneOf(key="runs", values=values):
            clause = f.resource_id.in_(_run_by(conn, values, visibility))
        case OneOf(key="taken", values=values):
            clause = f.id.in_(taken(about.refs(values)))
        case OneOf(key=key, values=values):
            clause = LISTS[key](values)
    # What is unknown is not in a range, so it is among what is outside of it.
    return not_(func.coalesce(clause, false())) if term.is_negated else clause


# What a holding answers


class _Holding(NamedTuple):
    """A column of holdings, and for whom it is asked about: components that the viewer may not be told of are none."""

    id: Any
    visibility: Visibility
    asking: Asking

    def of(self, key: str, values: Sequence[str]) -> Condition:
        """A term with a key."""
        wanted: Condition
        match key:
            case "owner":
                wanted = entity.c.owner_ref.in_(self.refs(values))
            case "component":
                wanted = entity.c.ref.in_(values)
            case "system":
                wanted = or_(entity.c.system_ref.in_(values), entity.c.ref.in_(values))
            case "domain":
                system = entity.alias("system")
                systems = select(system.c.ref).where(system.c.kind == "system", system.c.system_ref.in_(values))
                wanted = or_(entity.c.system_ref.in_(systems), entity.c.ref.in_(systems))
            case _:
                return _bool(self.id.in_(select(holding.c.id).where(holding.c.reason.in_(values))))
        return self.routed(wanted)

    def refs(self, values: Sequence[str]) -> list[str]:
        """References, with whoever asks in the place of "@me"."""
        return [ref for value in values for ref in (_me(self.asking) if value == ME else (value,))]

    def routed(self, condition: Condition) -> Condition:
        """It is routed to such a component."""
        return _bool(self.id.in_(self._routes().where(condition)))

    def several(self, column: Any) -> Condition:  # noqa: ANN401
        """It is routed to components with more than one value of this."""
        routes = self._routes().group_by(route.c.holding_id)
        return _bool(self.id.in_(routes.having(func.count(column.distinct()) > 1)))

    def _routes(self) -> Select[tuple[int]]:
        routes = select(route.c.holding_id).join(entity, entity.c.id == route.c.entity_id)
        return routes.where(may_be_named(entity.c.id, self.visibility))


def _me(asking: Asking) -> tuple[EntityRef, ...]:
    if asking.me is None:
        raise InvalidQueryError(
            f'"{ME}" is nobody here: this board was opened without signing in by name.',
            field="q",
            hint='Name a team, for example "owner:payments".',
        )
    return asking.me


# Properties


def _flag(about: _Holding, key: str, word: str) -> Condition:  # noqa: PLR0911
    if key == "no":
        return not_(_flag(about, "has", word))
    asking = about.asking
    match key, word:
        case "is", "mine":
            return about.of("owner", [ME])
        case "is", "unmapped" | "conflict":
            return _bool(about.id.in_(_ended(word)))
        case "is", "disputed" | "suggested":
            told_by, verdict = (disputed(), "mapped") if word == "disputed" else (suggested(), "unmapped")
            return and_(f.resource_id.in_(told_by), _bool(about.id.in_(_ended(verdict))), not_(INHERITED))
        case "is", "shared":
            return about.several(entity.c.id)
        case "is", "co-owned":
            return about.several(entity.c.owner_id)
        case "has", "owner":
            return about.routed(entity.c.owner_id.is_not(None))
        case "has", "component":
            return _bool(about.id.in_(select(holding.c.id).where(holding.c.verdict != "unmapped")))
        case "is", "new":
            since = asking.visited_at
            return false() if since is None else _bool(f.first_detected_at > since)
        case "is", "stale":
            return f.source_id.in_(sources(asking.stale))
        case "is", "overdue":
            return and_(f.closed == 0, f.due_at < today(asking.now))
    return _FLAGS[key, word]()


_r = schema.resource.c
INHERITED: Condition = and_(f.base_layer == 1, f.resource_id.in_(select(_r.id).where(_r.inherited_id != _r.holding_id)))
"""It came with a base image, and is for its owner to fix instead of whoever runs it."""


def _run_by(conn: Connection, components: Sequence[str], visibility: Visibility) -> Select[tuple[int]]:
    """Resources of these components, whoever has to fix what is found there.

    Who sees a finding as the owner of a base image need not know of the component that runs it, so that this must not tell.
    """
    known = select(entity.c.id).where(entity.c.ref.in_(components), entity_visible(entity.c.id, visibility))
    ids = list(conn.execute(known).scalars())
    return select(_r.id).where(_r.holding_id.in_(select(route.c.holding_id).where(route.c.entity_id.in_(ids))))


def _ended(verdict: str) -> Select[tuple[int]]:
    """Holdings of one verdict."""
    return select(holding.c.id).where(holding.c.verdict == verdict)


_FLAGS: Mapping[tuple[str, str], Callable[[], Condition]] = {
    ("is", "open"): lambda: _bool(f.closed == 0),
    ("is", "fixed"): lambda: and_(f.closed == 1, f.state == int(State.FIXED)),
    ("is", "gone"): lambda: and_(f.closed == 1, f.state == int(State.GONE)),
    ("is", "suppressed"): lambda: and_(f.closed == 1, f.state.in_(list(map(int, SUPPRESSED_STATES)))),
    ("is", "snoozed"): lambda: and_(f.closed == 1, f.state == int(State.SNOOZED)),
    ("is", "dismissed"): lambda: and_(f.closed == 1, f.state == int(State.DISMISSED)),
    ("is", "accepted"): lambda: and_(f.closed == 1, f.state == int(State.ACCEPTED)),
    ("is", "asked"): lambda: f.id.in_(spoken(ASKED)),
    ("is", "taken"): lambda: f.id.in_(spoken(HANDS)),
    ("is", "reopened"): lambda: _bool(f.reopened > 0),
    ("is", "exposed"): lambda: _bool(f.blast == priority.EXPOSED),
    ("is", "kev"): lambda: _bool(f.priority % priority.BAND_STEP < priority.KEV_STEP),
    ("is", "transient"): lambda: schema.TRANSIENT,
    ("is", "flapping"): lambda: _bool(f.apart == 1),
    ("is", "inherited"): lambda: INHERITED,
    ("is", "in-scope"): lambda: f.in_scope.is_(True),
    ("has", "fix"): lambda: f.bundle_id.in_(select(bundle.c.id).where(bundle.c.kind.in_(map(int, FIXES)))),
    ("has", "deeplink"): lambda: f.id.in_(
        select(schema.finding_detail.c.finding_id).where(schema.finding_detail.c.url.is_not(None))
    ),
    ("has", "ticket"): lambda: or_(f.tickets > 0, f.id.in_(with_ticket())),
    ("has", "cve"): lambda: f.rule_id.in_(select(schema.rule.c.id).where(schema.rule.c.external_id.startswith("CVE-"))),
    ("has", "due"): lambda: _bool(f.due_at != NEVER),
}


# Ranges


def _between(term: Between, asking: Asking) -> Condition:
    match term.key:
        case "epss":
            # Kept in thousandths, rounded up; a smaller remainder is a greater chance.
            return _numbers(term, 1_000 - f.priority % priority.KEV_STEP, 1_000)
        case "cvss":
            return _numbers(term, f.cvss, 10)
        case "band":
            return _numbers(term, f.priority // priority.BAND_STEP, 1)
        case "tier":
            return or_(
                and_(f.resource_id.in_(_mapped_by(term)), not_(INHERITED)),
                and_(INHERITED, f.resource_id.in_(select(_r.id).where(_r.base_id.in_(_mapped_by(term))))),
            )
    span = term.span(asking.now)
    if term.key == "last":
        seen = schema.sighting.c
        return f.id.in_(select(seen.finding_id).where(_within(seen.last_detected_at, span.start, span.end)))
    if term.key == "due":
        return and_(f.due_at != NEVER, _within(f.due_at, span.start, span.end))
    return _within(f.first_detected_at, span.start, span.end)


def _mapped_by(term: Between) -> Select[tuple[int]]:
    """Resources that are mapped, now, by evidence of these tiers."""
    spell = schema.ownership_spell.c
    return select(spell.resource_id).where(
        spell.to_at.is_(None), spell.holding_id.in_(_ended("mapped")), _numbers(term, spell.tier, 1)
    )


def _within(column: Any, start: Instant | None, end: Instant | None) -> Condition:  # noqa: ANN401
    bounds = [] if start is None else [column >= start]
    return and_(true(), *bounds, *([] if end is None else [column < end]))


def _numbers(term: Between, column: Any, scale: int) -> Condition:  # noqa: ANN401
    found: list[Condition] = []
    if isinstance(term.low, Number):
        low = _scaled(term.low, scale)
        found.append(column >= low if term.includes_low else column > low)
    if isinstance(term.high, Number):
        high = _scaled(term.high, scale)
        found.append(column <= high if term.includes_high else column < high)
    return and_(true(), *found)


def _scaled(bound: Bound, scale: int) -> float:
    assert isinstance(bound, Number)  # noqa: S101 - the language gives numbers to these keys
    return round(bound.value * scale, 6)


def _bool(clause: Any) -> Condition:  # noqa: ANN401 - comparisons of columns are typed loosely
    found: Condition = clause
    return found
