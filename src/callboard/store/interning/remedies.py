"""The remedies of findings: what each of those that are mended together asks for."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from callboard.domain.bundle import remedy_of
from callboard.domain.finding import Observed
from callboard.domain.remedy import Remedy
from callboard.domain.term import searchable
from callboard.store import schema
from callboard.store.database import next_id
from callboard.store.dialect import Dialect, Row
from callboard.store.interning.told import REMEMBERED

NONE = 0
"""The remedy of findings that are mended alone."""


class Remedies:
    """The remedies of findings, of all sources."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: dict[Remedy, int] = {}

    def of(self, conn: Connection, observations: Iterable[Observed]) -> list[int]:
        """The id of each observation's remedy; new ones are made."""
        told = [remedy_of(seen) for seen in observations]
        known = self._known
        missing = {each for each in told if each is not None and each not in known}
        if missing:
            if len(known) > REMEMBERED:
                known.clear()
                missing = {each for each in told if each is not None}
            self._find_or_make(conn, missing)
        return [NONE if each is None else known[each] for each in told]

    def _find_or_make(self, conn: Connection, missing: set[Remedy]) -> None:
        by_key = {each.key: each for each in missing}
        for key, id_ in self._dialect.lookup(conn, schema.remedy, ["key", "id"], "key", by_key):
            self._known[by_key[key]] = id_
        new: list[Row] = []
        free = next_id(conn, schema.remedy)
        for id_, each in enumerate(sorted(missing - self._known.keys()), start=free):
            new.append((id_, each.key, each.package, each.line, each.version, searchable(each.package), each.rule))
            self._known[each] = id_
        self._dialect.insert(conn, schema.remedy, new)
