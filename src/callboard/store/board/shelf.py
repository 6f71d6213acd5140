"""What each holding adds to the numbers, kept in memory as long as its version is the same.

A viewer's number is a sum over the holdings in sight. Adding up a thousand holdings for each question takes as long as
there are holdings, however little has changed. So a part of a holding is read once for each of its versions, for all
viewers together, and a sum is brought up to date by the parts that are others than before: exact, since a version names
what the counters of a holding said in one transaction and no other.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from threading import Lock
from typing import Any, TypeAlias, TypeVar, cast
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import Connection, Engine, Select

from callboard.store.kept import is_writing, keeps
from callboard.store.query.scope import Scope

Part: TypeAlias = "array[int]"
"""Numbers of one holding, row after row; where they are added up: key, count, key, count, …"""

Rows = Iterable[Sequence[int]]
"""Rows of a holding and its numbers, in any order."""

Read = Callable[[Connection, Sequence[int] | None, int], Rows]
"""Reads some holdings, or all there are, at a moment: a day, a week, or 0 where time does not matter."""

V = TypeVar("V")

MANY = 500
"""Holdings up to which each is looked up; for more, the whole table is walked through, which is faster then."""

NOTHING: Part = array("q")


def read(conn: Connection, query: Select[Any], values: Mapping[str, object]) -> Rows:
    """The driver's own rows, one after the other: there may be hundreds of thousands."""
    rows: Any = conn.execute(query, values).cursor
    return cast("Rows", rows)


class _Held(msgspec.Struct):
    """What is known of one database."""

    parts: dict[int, tuple[int, int, Part]]
    """By holding: version, moment, numbers."""
    reading: Lock
    """Whoever reads parts holds it, so that of many who need the same parts one reads them."""
    looks: dict[int, tuple[Part, Any]] = msgspec.field(default_factory=dict)
    """By holding: the part, and what it was seen as."""


class Shelf:
    """The parts of one kind of counter."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._databases: WeakKeyDictionary[Engine, _Held] = WeakKeyDictionary()
        self._lock = Lock()
        keeps(self)

    def of(self, conn: Connection, scope: Scope, moment: int = 0) -> dict[int, Part]:
        """The part of each holding in the scope. What a writing transaction sees may never come to be, and is not kept."""
        if is_writing(conn):
            return self._fill(conn, _Held({}, Lock()), scope, list(scope.versions), moment)
        with self._lock:
            held = self._databases.setdefault(conn.engine, _Held({}, Lock()))
        found, missing = self._known(held, scope.versions.items(), moment)
        if missing:
            with held.reading:
                # Somebody else may have read them in the meantime.
                more, missing = self._known(held, [(id_, scope.versions[id_]) for id_ in missing], moment)
                found.update(more)
                if missing:
                    found.update(self._fill(conn, held, scope, missing, moment))
        return found

    @staticmethod
    def _known(held: _Held, wanted: Iterable[tuple[int, int]], moment: int) -> tuple[dict[int, Part], list[int]]:
        found: dict[int, Part] = {}
        missing: list[int] = []
        get = held.parts.get
        for id_, version in wanted:
            entry = get(id_)
            if entry is not None and entry[0] == version and entry[1] == moment:
                found[id_] = entry[2]
            else:
                missing.append(id_)
        return found, missing

    def _fill(
        self, conn: Connection, held: _Held, scope: Scope, missing: Sequence[int], moment: int
    ) -> dict[int, Part]:
        numbers: dict[int, list[int]] = {id_: [] for id_ in missing}
        for row in self._read(conn, missing if len(missing) <= MANY else None, moment):
            mine = numbers.get(row[0])
            if mine is not None:
                mine += row[1:]
        found = {id_: array("q", mine) if mine else NOTHING for id_, mine in numbers.items()}
        for id_, part in found.items():
            held.parts[id_] = (scope.versions[id_], moment, part)
        return found

    def seen_as(self, conn: Connection, scope: Scope, look: Callable[[Part], V], moment: int = 0) -> dict[int, V]:
        """The part of each holding in the scope as a value, which is made once for each version. One `look` a shelf."""
        parts = self.of(conn, scope, moment)
        with self._lock:
            held = self._databases.setdefault(conn.engine, _Held({}, Lock()))
        looks = held.looks
        found: dict[int, V] = {}
        for id_, part in parts.items():
            entry = looks.get(id_)
            if entry is None or entry[0] is not part:
                entry = looks[id_] = (part, look(part))
            found[id_] = entry[1]
        return found

    def drop(self, engine: Engine) -> None:
        """Keep nothing of this database any more."""
        with self._lock:
            self._databases.pop(engine, None)


class _Sum(msgspec.Struct, frozen=True, gc=False):
    parts: Mapping[int, Part]
    counts: Mapping[int, int]


class Sums:
    """Sums over scopes, the last few of each database."""

    def __init__(self, shelf: Shelf, most: int) -> None:
        self._shelf = shelf
        self._most = most
        self._databases: WeakKeyDictionary[Engine, OrderedDict[Hashable, _Sum]] = WeakKeyDictionary()
        self._lock = Lock()
        keeps(self)

    def of(self, conn: Connection, scope: Scope, moment: int = 0) -> Mapping[int, int]:
        """Key → count over the holdings in the scope; no zeros."""
        parts = self._shelf.of(conn, scope, moment)
        if is_writing(conn):
            return _added(parts.values())
        name = (scope.name, moment)
        with self._lock:
            sums = self._databases.setdefault(conn.engine, OrderedDict())
            former = sums.get(name)
        now = _Sum(parts, _added(parts.values())) if former is None else _moved(former, parts)
        with self._lock:
            sums[name] = now
            sums.move_to_end(name)
            while len(sums) > self._most:
                sums.popitem(last=False)
        return now.counts

    def drop(self, engine: Engine) -> None:
        """Keep nothing of this database any more."""
        with self._lock:
            self._databases.pop(engine, None)


def _added(parts: Iterable[Part]) -> dict[int, int]:
    counts: dict[int, int] = {}
    get = counts.get
    for part in parts:
        numbers = iter(part)
        for key, n in zip(numbers, numbers, strict=True):
            counts[key] = get(key, 0) + n
    return {key: n for key, n in counts.items() if n}


def _moved(former: _Sum, parts: Mapping[int, Part]) -> _Sum:
    """The sum after some parts have become others, have come or have gone."""
    before = former.parts
    come = [part for id_, part in parts.items() if before.get(id_) is not part]
    gone = [part for id_, part in before.items() if parts.get(id_) is not part]
    if not come and not gone:
        return former
    if len(come) + len(gone) > len(parts):
        return _Sum(parts, _added(parts.values()))
    counts = dict(former.counts)
    for sign, changed in ((1, come), (-1, gone)):
        for part in changed:
            numbers = iter(part)
            for key, n in zip(numbers, numbers, strict=True):
                counts[key] = counts.get(key, 0) + sign * n
                if not counts[key]:
                    del counts[key]
    return _Sum(parts, counts)
