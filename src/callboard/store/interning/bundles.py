"""The bundles that findings are in."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from callboard.domain import bundle
from callboard.store import schema
from callboard.store.database import next_id
from callboard.store.dialect import Dialect, Row
from callboard.store.interning.told import REMEMBERED


class Bundles:
    """The bundles that findings are in, of all sources."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: dict[str, int] = {}

    def ensure(self, conn: Connection, keys: Iterable[str]) -> dict[str, int]:
        """Ids by key; new ones are made."""
        known = self._known
        missing = {key for key in keys if key not in known}
        if not missing:
            return known
        if len(known) > REMEMBERED:
            known.clear()
            missing = set(keys)
        known.update(dict(self._dialect.lookup(conn, schema.bundle, ["key", "id"], "key", missing)))
        free = next_id(conn, schema.bundle)
        new: list[Row] = []
        for id_, key in enumerate(sorted(missing - known.keys()), start=free):
            new.append((id_, key, int(bundle.action(key).kind)))
            known[key] = id_
        self._dialect.insert(conn, schema.bundle, new)
        return known
