"""The list of components: filtered, in a total order, cut into pages by key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from callboard.domain.board import ComponentRow
from callboard.domain.component import EntityRef
from callboard.domain.finding import Severity
from callboard.domain.query import Page
from callboard.domain.query.paging import Cursor, damaged
from callboard.web.params.board import ComponentAsk

Key = tuple[int | str, ...]
_LAST = 1 << 62


def cut(rows: Iterable[ComponentRow], ask: ComponentAsk) -> Page[ComponentRow]:
    """The page of `rows` that was asked for. Raises InvalidQueryError for a damaged cursor."""
    kept = sorted((row for row in rows if matches(row, ask)), key=lambda row: _key(row, ask.sort))
    start = 0
    if ask.cursor is not None:
        after = Cursor.read(ask.cursor, order=ask.sort).key
        try:
            start = next((index for index, row in enumerate(kept) if _key(row, ask.sort) > after), len(kept))
        except TypeError as error:
            raise damaged() from error
    shown = tuple(kept[start : start + ask.limit])
    more = start + ask.limit < len(kept)
    return Page(
        rows=shown,
        total=len(kept),
        cursor=Cursor(ask.sort, _key(shown[-1], ask.sort)).encode() if more and shown else None,
    )


def matches(row: ComponentRow, ask: ComponentAsk) -> bool:
    """Whether a component passes every filter."""
    return (
        (not ask.refs or row.ref in ask.refs)
        and (not ask.owners or row.owner in ask.owners)
        and (not ask.systems or row.system in ask.systems)
        and (ask.mapped is None or ask.mapped == bool(row.claims))
        and (not ask.severities or any(counts_of(row, severity) for severity in ask.severities))
    )


def counts_of(row: ComponentRow, severity: Severity) -> int:
    """Open findings of one severity."""
    value: int = getattr(row.open, severity.word)
    return value


def unmapped(row: ComponentRow) -> bool:
    """True when nobody can tell which findings belong here."""
    return row.claims == 0 and row.open.total == 0


def owners(rows: Iterable[ComponentRow]) -> list[tuple[EntityRef, str, int]]:
    """Every owner with its title and how many components it has, by title."""
    titles: dict[EntityRef, str] = {}
    counted: Counter[EntityRef] = Counter()
    for row in rows:
        if row.owner is not None:
            titles[row.owner] = row.owner_title or row.owner.partition("/")[2]
            counted[row.owner] += 1
    return sorted(((ref, titles[ref], n) for ref, n in counted.items()), key=lambda item: (item[1].casefold(), item[0]))


def systems(rows: Iterable[ComponentRow]) -> list[tuple[EntityRef, str, int]]:
    """Every system with its name and how many components it has, by name."""
    counted = Counter(row.system for row in rows if row.system is not None)
    return sorted((ref, ref.partition("/")[2], n) for ref, n in counted.items())


def _key(row: ComponentRow, sort: str) -> Key:
    name = (row.title or row.name).casefold()
    if sort == "name":
        return (name, row.ref)
    if sort == "oldest":
        return (row.oldest_open_at if row.oldest_open_at is not None else _LAST, name, row.ref)
    # Worst first; what cannot be judged stands before what is known to be clean.
    counts = tuple(-counts_of(row, severity) for severity in sorted(Severity, reverse=True))
    return (*counts, 0 if unmapped(row) else 1, name, row.ref)
