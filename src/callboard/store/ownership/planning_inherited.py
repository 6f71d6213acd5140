"""What other evidence would do to what came with base images, in memory: nothing is written."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection

from callboard.domain.ownership.inherited import agreed, inherited
from callboard.domain.ownership.verdict import Ownership, holding_key
from callboard.store import schema
from callboard.store.database import Store
from callboard.store.ownership import lineage, moving
from callboard.store.ownership.holdings import Holdings
from callboard.store.ownership.owning import Judged


class Inherited(msgspec.Struct, frozen=True):
    """What came with a base image on one resource."""

    judged: Judged
    """Whose that would be: `holding_id` is whose it is."""
    base: str
    """The base image; empty where it would not be known any more."""


def inherited_anew(
    conn: Connection, store: Store, holdings: Holdings, moved: Mapping[int, Judged]
) -> dict[int, Inherited | None]:
    """What came with base images, if these resources were decided like this.

    By resource, of those where it does not simply go with the resource. None: it stays whose it is.
    """
    lines = lineage.of_resources(conn, {*moved, *moving.heirs(conn, moved)})

    def decided(resource_id: int, holding_id: int) -> Ownership:
        return moved[resource_id].ownership if resource_id in moved else holdings.home(conn, holding_id)

    rows = store.dialect.lookup(conn, schema.resource, ["id", "holding_id", "inherited_id"], "id", lines)
    keys = _keys(conn, store, {row[2] for row in rows})
    found: dict[int, Inherited | None] = {}
    for id_, own, theirs in rows:
        line, mine = lines[id_], decided(id_, own)
        ownership = inherited(mine, agreed(decided(*image) for image in line.images))
        key = holding_key(ownership)
        if theirs == own and key == holding_key(mine):
            continue
        found[id_] = None if key == keys[theirs] else Inherited(Judged(id_, theirs, ownership), line.base or "")
    return found


def _keys(conn: Connection, store: Store, ids: set[int]) -> dict[int, str]:
    return dict(store.dialect.lookup(conn, schema.holding, ["id", "key"], "id", ids))
