"""A query of the one language as conditions on findings. Values go in as parameters, keys are looked up in tables here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

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
    union_all,
)

from callboard.domain import priority
from callboard.domain.bundle import FIXES
from callboard.domain.component import EntityRef
from callboard.domain.due import today
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.instant import Instant
from callboard.domain.query import Between, Match, OneOf, Query, Term, Text
from callboard.domain.query.values import Bound, Number
from callboard.domain.query.words import ME
from callboard.domain.term import ACCOUNT, CLOUD, ENVIRONMENT, REGION, TAG, folded
from callboard.errors import InvalidQueryError
from callboard.store import schema
from callboard.store.contested import disputed, suggested
from callboard.store.database import once
from callboard.store.dialect import of
from callboard.store.schema import NEVER

f = schema.finding.c
route, holding, entity, bundle = schema.holding_route, schema.holding, schema.entity, schema.bundle
remedy = schema.remedy

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
_COUNTED_WORDS = frozenset({"open", "fixed", "gone", "suppressed"})
_HOLDING_WORDS = frozenset({"mine", "unmapped", "conflict", "shared", "co-owned", "owner", "component"})


def conditions(conn: Connection, query: Query, asking: Asking, *, many: bool = False) -> Condition:
    """All terms of a query. Raises InvalidQueryError for what cannot be answered.

    `many`: every finding is asked what it is of, since a walk along the list's order soon meets enough that fulfil
    them, or since something else has left few to ask.
    """
    return and_(true(), *(_term(conn, term, asking, many=many) for term in query.terms))


def is_of_the_moment(query: Query) -> bool:
    """Whether the answer may change within a day though nothing is written: ages and dates count from now."""
    return any(isinstance(term, Between) for term in query.terms)


def asks_holding(term: Term) -> bool:
    """Whether the term asks about the holding alone."""
    if not isinstance(term, OneOf):
        return False
    return term.key in BY_HOLDING or (term.key in ("is", "has", "no") and set(term.values) <= _HOLDING_WORDS)


def holding_conditions(holding_id: Any, terms: Iterable[Term], asking: Asking) -> Condition:  # noqa: ANN401
    """Terms that ask about the holding alone, over any table that has one."""
    found: list[Condition] = []
    for term in terms:
        assert isinstance(term, OneOf)  # noqa: S101 - `asks_holding` said so
        if term.key in BY_HOLDING:
            clause = _of_holding(holding_id, term.key, term.values, asking)
        else:
            clause = or_(false(), *(_flag(holding_id, term.key, word, asking) for word in term.values))
        found.append(not_(clause) if term.is_negated else clause)
    return and_(true(), *found)


_INDEXED = frozenset({"rule", "cve", "resource", "package", "bundle", "id", "account", "tag"})


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


def _term(conn: Connection, term: Term, asking: Asking, *, many: bool) -> Condition:
    match term:
        case Text():
            clause = _text(conn, term, many=many)
        case Between():
            clause = _between(term, asking)
        case OneOf(key=key, values=values) if key in ("is", "has", "no"):
            clause = or_(false(), *(_flag(f.holding_id, key, word, asking) for word in values))
        case OneOf(key=key, values=values) if key in BY_HOLDING:
            clause = _of_holding(f.holding_id, key, values, asking)
        case OneOf(key=key, values=values):
            clause = _LISTS[key](values)
    # What is unknown is not in a range, so it is among what is outside of it.
    return not_(func.coalesce(clause, false())) if term.is_negated else clause


# Lists


def _kind(word: str) -> int:
    return int(Kind[word.upper().replace("-", "_")])


def _state(word: str) -> int:
    return int(State[word.upper().replace("-", "_")])


def _sources(values: Sequence[str]) -> Select[tuple[int]]:
    return select(schema.source.c.id).where(schema.source.c.name.in_(values))


def _states(values: Sequence[str]) -> Condition:
    states = [_state(value) for value in values]
    closed = {int(state > State.UNKNOWN) for state in states}
    return and_(f.closed.in_(sorted(closed)), f.state.in_(states))


def _rules(values: Sequence[str]) -> Condition:
    return f.rule_id.in_(select(schema.rule.c.id).where(schema.rule.c.external_id.in_(values)))


def _advisories(values: Sequence[str]) -> Condition:
    # CVE ids are written in capitals, the letters of GHSA ids behind the prefix are not.
    spellings = {spelling for value in values for spelling in (value, value.lower(), value[:5] + value[5:].lower())}
    return _rules(sorted(spellings))


def _resources(values: Sequence[str]) -> Condition:
    alias, resource = schema.resource_alias.c, schema.resource.c
    spellings = sorted({spelling for value in values for spelling in (value, value.lower())})
    return or_(
        f.resource_id.in_(select(resource.id).where(resource.external_id.in_(spellings))),
        f.resource_id.in_(select(alias.resource_id).where(alias.value.in_(spellings))),
    )


def _projects(values: Sequence[str]) -> Condition:
    member, project = schema.project_set_member, schema.project
    return f.project_set_id.in_(
        select(member.c.set_id)
        .join(project, project.c.id == member.c.project_id)
        .where(project.c.external_id.in_(values))
    )


def _packages(values: Sequence[str]) -> Condition:
    return f.remedy_id.in_(select(remedy.c.id).where(remedy.c.package.in_(values)))


def _ids(values: Sequence[str]) -> Condition:
    numbers = [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) <= 18]
    return or_(f.id.in_(numbers), f.external_id.in_(values))


def _by_term(form: str) -> Callable[[Sequence[str]], Condition]:
    term = schema.resource_term.c

    def clause(values: Sequence[str]) -> Condition:
        return f.resource_id.in_(
            select(term.resource_id).where(term.form == form, term.value.in_([folded(value) for value in values]))
        )

    return clause


def _ecosystems(_values: Sequence[str]) -> Condition:
    raise InvalidQueryError(
        '"ecosystem:" cannot be answered: no source that is set up tells it.', field="q", hint='Use "package:".'
    )


_LISTS: Mapping[str, Callable[[Sequence[str]], Condition]] = {
    "severity": lambda values: f.rank.in_([6 - Severity[value.upper()] for value in values]),
    "kind": lambda values: f.kind.in_([_kind(value) for value in values]),
    "status": _states,
    "source": lambda values: f.source_id.in_(_sources(values)),
    "rule": _rules,
    "cve": _advisories,
    "resource": _resources,
    "project": _projects,
    "package": _packages,
    "bundle": lambda values: f.bundle_id.in_(select(bundle.c.id).where(bundle.c.key.in_(values))),
    "ecosystem": _ecosystems,
    "id": _ids,
    "account": _by_term(ACCOUNT),
    "region": _by_term(REGION),
    "cloud": _by_term(CLOUD),
    "env": _by_term(ENVIRONMENT),
    "tag": _by_term(TAG),
}


# What a holding answers


def _of_holding(holding_id: Any, key: str, values: Sequence[str], asking: Asking) -> Condition:  # noqa: ANN401
    match key:
        case "owner":
            refs = [ref for value in values for ref in (_me(asking) if value == ME else (value,))]
            wanted = entity.c.owner_ref.in_(refs)
        case "component":
            wanted = entity.c.ref.in_(values)
        case "system":
            wanted = entity.c.system_ref.in_(values)
        case "domain":
            system = entity.alias("system")
            wanted = entity.c.system_ref.in_(select(system.c.ref).where(system.c.system_ref.in_(values)))
        case _:
            return _bool(holding_id.in_(select(holding.c.id).where(holding.c.reason.in_(values))))
    return _bool(holding_id.in_(_routed(wanted)))


def _routed(condition: Condition) -> Select[tuple[int]]:
    return select(route.c.holding_id).join(entity, entity.c.id == route.c.entity_id).where(condition)


def _me(asking: Asking) -> tuple[EntityRef, ...]:
    if asking.me is None:
        raise InvalidQueryError(
            f'"{ME}" is nobody here: this board was opened without signing in by name.',
            field="q",
            hint='Name a team, for example "owner:payments".',
        )
    return asking.me


# Properties


def _flag(holding_id: Any, key: str, word: str, asking: Asking) -> Condition:  # noqa: ANN401, PLR0911
    if key == "no":
        return not_(_flag(holding_id, "has", word, asking))
    match key, word:
        case "is", "mine":
            return _of_holding(holding_id, "owner", [ME], asking)
        case "is", "unmapped" | "conflict":
            return _bool(holding_id.in_(_ended(word)))
        case "is", "disputed" | "suggested":
            named, verdict = (disputed(), "mapped") if word == "disputed" else (suggested(), "unmapped")
            return and_(f.resource_id.in_(named), _bool(holding_id.in_(_ended(verdict))))
        case "is", "shared":
            several = select(route.c.holding_id).group_by(route.c.holding_id).having(func.count() > 1)
            return _bool(holding_id.in_(several))
        case "is", "co-owned":
            owners = (
                select(route.c.holding_id)
                .join(entity, entity.c.id == route.c.entity_id)
                .group_by(route.c.holding_id)
                .having(func.count(entity.c.owner_id.distinct()) > 1)
            )
            return _bool(holding_id.in_(owners))
        case "has", "owner":
            return _bool(holding_id.in_(_routed(entity.c.owner_id.is_not(None))))
        case "has", "component":
            return _bool(holding_id.in_(select(holding.c.id).where(holding.c.verdict != "unmapped")))
        case "is", "new":
            since = asking.visited_at
            return false() if since is None else _bool(f.first_detected_at > since)
        case "is", "stale":
            return f.source_id.in_(_sources(asking.stale))
        case "is", "overdue":
            return and_(f.closed == 0, f.due_at < today(asking.now))
    return _FLAGS[key, word]()


def _ended(verdict: str) -> Select[tuple[int]]:
    """Holdings of one verdict."""
    return select(holding.c.id).where(holding.c.verdict == verdict)


_FLAGS: Mapping[tuple[str, str], Callable[[], Condition]] = {
    ("is", "open"): lambda: _bool(f.closed == 0),
    ("is", "fixed"): lambda: and_(f.closed == 1, f.state == int(State.FIXED)),
    ("is", "gone"): lambda: and_(f.closed == 1, f.state == int(State.GONE)),
    ("is", "suppressed"): lambda: and_(f.closed == 1, f.state == int(State.REJECTED)),
    # Nothing can be snoozed in Callboard yet.
    ("is", "snoozed"): false,
    ("is", "reopened"): lambda: _bool(f.reopened > 0),
    ("is", "exposed"): lambda: _bool(f.blast == priority.EXPOSED),
    ("is", "kev"): lambda: _bool(f.priority % priority.BAND_STEP < priority.KEV_STEP),
    ("is", "transient"): lambda: schema.TRANSIENT,
    ("is", "flapping"): lambda: _bool(f.apart == 1),
    ("is", "in-scope"): lambda: f.in_scope.is_(True),
    ("has", "fix"): lambda: f.bundle_id.in_(select(bundle.c.id).where(bundle.c.kind.in_(map(int, FIXES)))),
    ("has", "deeplink"): lambda: f.id.in_(
        select(schema.finding_detail.c.finding_id).where(schema.finding_detail.c.url.is_not(None))
    ),
    ("has", "ticket"): lambda: _bool(f.tickets > 0),
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
            return f.resource_id.in_(_mapped_by(term))
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


# Text


_MOST = 1_000
"""Rules, resources or packages that are looked up one by one; of more, every finding is asked what it is of."""


def named(conn: Connection, term: Text, scope: Condition, *, most: int) -> int:
    """How many findings in a scope a text names; more than `most`: some number above it."""
    contains = of(conn).contains
    found: set[int] = set()
    for table, column in _NAMES:
        # Each by the index of its column, which holds all that a scope asks about.
        wanted = select(table.c.id).where(contains(table.c.search, _part(term)))
        ids = conn.execute(select(f.id).where(column.in_(wanted), scope).limit(most + 1)).cursor
        found.update(row[0] for row in ids.fetchall())
        if len(found) > most:
            break
    return len(found)


_NAMES = ((schema.rule, f.rule_id), (schema.resource, f.resource_id), (remedy, f.remedy_id))


def _part(term: Text) -> str:
    return {Match.PART: "{}", Match.PREFIX: " {}", Match.WORD: " {} "}[term.match].format(term.text)


def _text(conn: Connection, term: Text, *, many: bool) -> Condition:
    """Part of a name or an id of a rule, a resource or a package."""
    contains = of(conn).contains
    parts: list[Select[tuple[int]]] = []
    wide: list[Condition] = []
    for table, column in _NAMES:
        wanted = select(table.c.id).where(contains(table.c.search, _part(term)))
        if many:
            # Adding nothing keeps the planner from going from each name to its findings.
            wide.append((column + 0).in_(wanted))
            continue
        query = wanted.limit(_MOST + 1)
        ids = once(conn, f"{table.name}:{_part(term)}", lambda query=query: [row[0] for row in conn.execute(query)])  # type: ignore[misc]
        if len(ids) > _MOST:
            wide.append((column + 0).in_(wanted))
        elif ids:
            parts.append(select(f.id).where(column.in_(ids)))
    # Few names: their findings by index, so that nothing else is looked at.
    narrow = [f.id.in_(union_all(*parts))] if parts else []
    return or_(false(), *narrow, *wide)


def _bool(clause: Any) -> Condition:  # noqa: ANN401 - comparisons of columns are typed loosely
    found: Condition = clause
    return found
