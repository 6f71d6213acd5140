"""The bundles of what came with a base image.

When an image tells another base than before, what is stored of it changes its bundle, whichever came first.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, select

from callboard.domain import bundle
from callboard.domain.bundle import BundleKind
from callboard.domain.finding import Observed
from callboard.domain.instant import Instant
from callboard.store import schema
from callboard.store.counting import Ledger, Standing
from callboard.store.dialect import Dialect, Row
from callboard.store.interning.bundles import Bundles
from callboard.store.ownership.lineage import chunks, resources_of


def key_of(seen: Observed, known: Mapping[str, str]) -> str:
    """The key of a finding's bundle. `known`: image → base."""
    image = bundle.image_of(seen)
    return bundle.key_of(seen, None if image is None else known.get(image))


def follow(
    conn: Connection, dialect: Dialect, bundles: Bundles, images: Mapping[str, str | None], ledger: Ledger, *, now: Instant
) -> None:  # fmt: skip
    """Bring what is stored of images to the bundle of their base. `images`: image → its base from now on."""
    f = schema.finding.c
    columns = (f.holding_id, f.source_id, f.kind, f.state, f.severity, f.bundle_id, f.due_at, f.remedy_id)
    keys = {image: bundle.base_key(image, base) for image, base in images.items()}
    wanted = bundles.ensure(conn, keys.values())
    changed: list[Row] = []
    for chunk in chunks(sorted(resources_of(conn, images).items())):
        image_of = dict(chunk)
        query = (
            select(f.id, f.resource_id, *columns)
            .join_from(schema.finding, schema.bundle, schema.bundle.c.id == f.bundle_id)
            .where(f.resource_id.in_(list(image_of)), schema.bundle.c.kind == int(BundleKind.BASE))
        )
        for id_, resource_id, *standing in conn.execute(query):
            before = Standing(*standing)
            to = wanted[keys[image_of[resource_id]]]
            if to != before.bundle_id:
                ledger.change(before, msgspec.structs.replace(before, bundle_id=to), now=now)
                changed.append((to, id_))
    dialect.update(conn, schema.finding, ["bundle_id"], ["id"], changed)
