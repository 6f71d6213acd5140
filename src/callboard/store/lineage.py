"""What images were built on, and the bundles of what came with it.

An image tells its base by a label; the containers that run it only name the image. So the base is looked up by the image's
name, and when an image tells another base than before, what is stored of it changes its bundle, whichever came first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, select

from callboard.domain import bundle
from callboard.domain.alias import IMAGE, IMAGE_BASE
from callboard.domain.bundle import BundleKind
from callboard.domain.finding import Observed
from callboard.domain.inherited import base_of
from callboard.domain.instant import Instant
from callboard.store import schema
from callboard.store.counting import Ledger, Standing
from callboard.store.dialect import Dialect, Row
from callboard.store.interning.bundles import Bundles

T = TypeVar("T")
CHUNK = 500
"""Values in one IN list."""


def images_of(observations: Iterable[Observed]) -> set[str]:
    """The images that these observations name."""
    resources = {id(seen.resource): seen.resource for seen in observations}
    return {value for resource in resources.values() for form, value in resource.aliases if form == IMAGE}


def bases(conn: Connection, images: Collection[str]) -> dict[str, str]:
    """The base of each of these images, where all that is known of the image agrees on one."""
    named, based = schema.resource_alias, schema.resource_alias.alias("based")
    told: dict[str, list[str]] = {}
    for chunk in _chunks(sorted(images)):
        rows = conn.execute(
            select(named.c.value, based.c.value)
            .join(based, based.c.resource_id == named.c.resource_id)
            .where(named.c.form == IMAGE, named.c.value.in_(chunk), based.c.form == IMAGE_BASE)
            .distinct()
        )
        for image, base in rows:
            told.setdefault(image, []).append(base)
    return {image: base for image, found in told.items() if (base := base_of(found)) is not None}


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
    for chunk in _chunks(sorted(_resources(conn, images).items())):
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


def _resources(conn: Connection, images: Collection[str]) -> dict[int, str]:
    """The resources that are, or run, one of these images: each with the image that a bundle knows it by."""
    alias, other = schema.resource_alias, schema.resource_alias.alias("other")
    found: dict[int, str] = {}
    for chunk in _chunks(sorted(images)):
        rows = conn.execute(
            select(other.c.resource_id, other.c.value)
            .join_from(alias, other, other.c.resource_id == alias.c.resource_id)
            .where(alias.c.form == IMAGE, alias.c.value.in_(chunk), other.c.form == IMAGE)
        )
        for resource_id, image in rows:
            found[resource_id] = min(image, found.get(resource_id, image))
    return {resource_id: image for resource_id, image in found.items() if image in images}


def _chunks(values: Sequence[T]) -> Iterable[Sequence[T]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
