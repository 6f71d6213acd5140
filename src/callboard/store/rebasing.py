"""The bundles of what building an image anew mends.

A finding is in the bundle of what its image was built on. When more becomes known of an image, what is stored of it
changes its bundle, whichever came first. Which image that is, the finding tells by itself, and it is kept with the finding:
what was said last of the resource that it was found on need not name the image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, select

from callboard.domain import bundle
from callboard.domain.finding import Observed
from callboard.domain.instant import Instant
from callboard.store import schema
from callboard.store.counting import Ledger, Standing
from callboard.store.dialect import Dialect, Row
from callboard.store.interning.bundles import Bundles
from callboard.store.ownership.lineage import chunks


def places_of(
    conn: Connection, bundles: Bundles, observations: Sequence[Observed], images: Sequence[str | None],
    known: Mapping[str, str | None],
) -> list[tuple[int, int | None]]:  # fmt: skip
    """Of each finding its bundle, and that of its image alone; None: building no image anew mends it.

    `images`: of each finding. `known`: image → base.
    """
    keys = [
        bundle.key_of(seen, None if image is None else known.get(image))
        for seen, image in zip(observations, images, strict=True)
    ]
    alone = {image: bundle.base_key(image, None) for image in images if image is not None}
    ids = bundles.ensure(conn, [*keys, *alone.values()])
    return [(ids[key], None if image is None else ids[alone[image]]) for key, image in zip(keys, images, strict=True)]


def follow(
    conn: Connection, dialect: Dialect, bundles: Bundles, images: Mapping[str, str | None], ledger: Ledger, *, now: Instant
) -> None:  # fmt: skip
    """Bring what is stored of images to the bundle of their base. `images`: image → its base from now on."""
    alone = {image: bundle.base_key(image, None) for image in images}
    stored: dict[str, int] = dict(dialect.lookup(conn, schema.bundle, ["key", "id"], "key", alone.values()))
    to = {stored[key]: bundle.base_key(image, images[image]) for image, key in alone.items() if key in stored}
    wanted = bundles.ensure(conn, to.values())
    f = schema.finding.c
    columns = (f.holding_id, f.source_id, f.kind, f.state, f.severity, f.bundle_id, f.due_at, f.remedy_id)
    changed: list[Row] = []
    for chunk in chunks(sorted(to)):
        for image_id, id_, *standing in conn.execute(select(f.image_id, f.id, *columns).where(f.image_id.in_(chunk))):
            before, bundle_id = Standing(*standing), wanted[to[image_id]]
            if bundle_id != before.bundle_id:
                ledger.change(before, msgspec.structs.replace(before, bundle_id=bundle_id), now=now)
                changed.append((bundle_id, id_))
    dialect.update(conn, schema.finding, ["bundle_id"], ["id"], changed)
