"""Counts from the cube: findings by source, kind, state and severity, of the holdings that are asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, bindparam, func, select

from callboard.domain.access import Everything, Visibility
from callboard.domain.board import Counts
from callboard.domain.finding import ASIDE_STATES, SUPPRESSED_STATES, Kind, Severity, State
from callboard.domain.query import OneOf, Term
from callboard.store import schema
from callboard.store.board.shelf import Part, Rows, Shelf, Sums, read
from callboard.store.database import once
from callboard.store.query import filters
from callboard.store.query.filters import Asking
from callboard.store.query.scope import Scope, scope

c = schema.cube.c

Cell = tuple[int, int, int, int]
"""Source, kind, state, severity."""

# One number for a cell, which `_unpacked` takes apart.
_ALL = select(c.holding_id, c.source_id * 4096 + c.kind * 256 + c.state * 16 + c.severity, c.n)
_SOME = _ALL.where(c.holding_id.in_(bindparam("holdings", expanding=True)))
_WHOLE = (
    select(c.source_id, c.kind, c.state, c.severity, func.sum(c.n))
    .where(c.holding_id == 0)
    .group_by(c.source_id, c.kind, c.state, c.severity)
)


def _read(conn: Connection, holdings: Sequence[int] | None, _moment: int) -> Rows:
    return read(conn, _ALL if holdings is None else _SOME, {"holdings": holdings})


_SHELF = Shelf(_read)
_SUMS = Sums(_SHELF, 64)


def _unpacked(key: int) -> Cell:
    return key >> 12, key >> 8 & 15, key >> 4 & 15, key & 15


def counts(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> Mapping[Cell, int]:
    """Findings of what these terms about holdings leave in sight."""
    if not terms and isinstance(visibility, Everything):
        return once(conn, "cube", lambda: _whole(conn))
    within = scope(conn, visibility, terms, asking)
    return {_unpacked(key): n for key, n in _SUMS.of(conn, within).items()}


def _whole(conn: Connection) -> Mapping[Cell, int]:
    return {(row[0], row[1], row[2], row[3]): int(row[4]) for row in conn.execute(_WHOLE).cursor.fetchall()}


def total(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> int:
    """Findings for terms that each ask about the holding, or about the cell."""
    found = counts(conn, visibility, [term for term in terms if filters.asks_holding(term)], asking)
    chosen = chooser(conn, [term for term in terms if not filters.asks_holding(term)])
    return sum(n for cell, n in found.items() if chosen.takes(cell))


def by_holding(conn: Connection, within: Scope, terms: Sequence[Term] = ()) -> dict[int, int]:
    """Findings of each holding for terms about cells; no zeros."""
    chosen = chooser(conn, terms)
    known: dict[int, bool] = {}
    found: dict[int, int] = {}
    for holding, part in _SHELF.of(conn, within).items():
        n = 0
        for key, many in _pairs(part):
            is_chosen = known.get(key)
            if is_chosen is None:
                is_chosen = known[key] = chosen.takes(_unpacked(key))
            if is_chosen:
                n += many
        if n:
            found[holding] = n
    return found


def open_by_holding(conn: Connection, within: Scope) -> dict[int, Counts]:
    """Open findings of each holding by severity; holdings without any are left out."""
    found = _SHELF.seen_as(conn, within, _open)
    return {holding: counts for holding, counts in found.items() if counts is not None}


_WORDS = {int(severity): severity.word for severity in Severity}


def _open(part: Part) -> Counts | None:
    sums: dict[str, int] = {}
    for key, n in _pairs(part):
        if (key >> 4 & 15) <= State.UNKNOWN:
            word = _WORDS[key & 15]
            sums[word] = sums.get(word, 0) + n
    return Counts(**sums) if sums else None


def _pairs(part: Part) -> Iterable[tuple[int, int]]:
    numbers = iter(part)
    return zip(numbers, numbers, strict=True)


class Chooser:
    """Which cells some terms about cells take."""

    def __init__(self, terms: Sequence[OneOf], sources: Mapping[int, str]) -> None:
        self._terms = terms
        self._sources = sources

    def takes(self, cell: Cell) -> bool:
        """Whether all terms hold for findings of this cell."""
        return all(self._holds(term, cell) is not term.is_negated for term in self._terms)

    def _holds(self, term: OneOf, cell: Cell) -> bool:
        source, kind, state, severity = cell
        match term.key:
            case "severity":
                return Severity(severity).word in term.values
            case "kind":
                return Kind(kind).word in term.values
            case "status":
                return State(state).word in term.values
            case "source":
                return self._sources.get(source) in term.values
        return any(state in _STATES[word] for word in term.values)


_STATES = {
    "open": frozenset(state for state in State if state.is_open),
    "fixed": frozenset({State.FIXED}),
    "gone": frozenset({State.GONE}),
    "suppressed": frozenset(SUPPRESSED_STATES),
    **{state.word: frozenset({state}) for state in ASIDE_STATES},
}
"""What the words after "is:" mean."""


def chooser(conn: Connection, terms: Sequence[Term]) -> Chooser:
    """For terms about cells (`filters.asks_cell`)."""
    lists = [term for term in terms if isinstance(term, OneOf)]
    asks_source = any(term.key == "source" for term in lists)
    return Chooser(lists, sources(conn) if asks_source else {})


def sources(conn: Connection) -> dict[int, str]:
    """Names of sources by id."""
    return dict(conn.execute(select(schema.source.c.id, schema.source.c.name)).cursor.fetchall())
