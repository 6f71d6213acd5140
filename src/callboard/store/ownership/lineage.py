"""What images were built on, and what runs them.

An image tells its base by a label; the containers that run it only name the image. So the base is looked up by the image's
name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, func, select

from callboard.domain.alias import IMAGE, IMAGE_BASE
from callboard.domain.finding import Observed
from callboard.domain.ownership.inherited import IMAGES, base_of
from callboard.store import schema

T = TypeVar("T")
CHUNK = 500
"""Values in one IN list."""


def is_told(conn: Connection) -> bool:
    """Whether any image tells what it was built on."""
    form = schema.resource_alias.c.form
    return conn.execute(select(form).where(form == IMAGE_BASE).limit(1)).first() is not None


def images_of(observations: Iterable[Observed]) -> set[str]:
    """The images that these observations name."""
    resources = {id(seen.resource): seen.resource for seen in observations}
    return {value for resource in resources.values() for form, value in resource.aliases if form == IMAGE}


def bases(conn: Connection, images: Collection[str]) -> dict[str, str]:
    """The base of each of these images, where all that is known of the image agrees on one."""
    named, based = schema.resource_alias, schema.resource_alias.alias("based")
    told: dict[str, list[str]] = {}
    for chunk in chunks(sorted(images)):
        rows = conn.execute(
            select(named.c.value, based.c.value)
            .join(based, based.c.resource_id == named.c.resource_id)
            .where(named.c.form == IMAGE, named.c.value.in_(chunk), based.c.form == IMAGE_BASE)
            .distinct()
        )
        for image, base in rows:
            told.setdefault(image, []).append(base)
    return {image: base for image, found in told.items() if (base := base_of(found)) is not None}


def bases_of_resources(conn: Connection, ids: Collection[int]) -> dict[str, str | None]:
    """The images that these stored resources name, each with its base; None: nobody knows it."""
    if not ids or not is_told(conn):
        return {}
    alias = schema.resource_alias.c
    images: set[str] = set()
    for chunk in chunks(sorted(ids)):
        images.update(
            conn.execute(select(alias.value).where(alias.resource_id.in_(chunk), alias.form == IMAGE)).scalars()
        )
    known = bases(conn, images)
    return {image: known.get(image) for image in images}


def unlisted(conn: Connection, source_id: int) -> list[str]:
    """The base images that images of a source tell of, and that are not stored themselves, sorted."""
    based, image = schema.resource_alias, schema.resource_alias.alias("image")
    resource, itself = schema.resource, schema.resource.alias("itself")
    stored = (
        select(image.c.value)
        .join_from(image, itself, itself.c.id == image.c.resource_id)
        .where(image.c.form == IMAGE, image.c.value == based.c.value, itself.c.type.in_(IMAGES))
    )
    query = (
        select(based.c.value)
        .join_from(based, resource, resource.c.id == based.c.resource_id)
        .where(based.c.form == IMAGE_BASE, resource.c.source_id == source_id, ~stored.exists())
        .distinct()
    )
    return sorted(conn.execute(query).scalars())


def built_on(conn: Connection, names: Collection[str]) -> set[str]:
    """The images that say they were built on one of these."""
    based, alias = schema.resource_alias, schema.resource_alias.alias("alias")
    found: set[str] = set()
    for chunk in chunks(sorted(names)):
        query = (
            select(alias.c.value)
            .join_from(based, alias, alias.c.resource_id == based.c.resource_id)
            .where(based.c.form == IMAGE_BASE, based.c.value.in_(chunk), alias.c.form == IMAGE)
        )
        found.update(conn.execute(query).scalars())
    return found


class Lineage(msgspec.Struct, frozen=True):
    """What one resource was built on."""

    image: str
    """The image that it is or runs."""
    base: str | None
    """None: nobody knows."""
    images: tuple[tuple[int, int], ...]
    """The stored images of the base's name, each with its holding."""

    @property
    def holders(self) -> frozenset[int]:
        """The holdings of these."""
        return frozenset(holding_id for _, holding_id in self.images)


def of_resources(conn: Connection, ids: Collection[int]) -> dict[int, Lineage]:
    """What these resources were built on, of those that name an image."""
    if not ids or not is_told(conn):
        return {}
    alias, resource = schema.resource_alias, schema.resource.c
    image_of: dict[int, str] = {}
    for chunk in chunks(sorted(ids)):
        query = select(alias.c.resource_id, func.min(alias.c.value)).group_by(alias.c.resource_id)
        rows = conn.execute(query.where(alias.c.resource_id.in_(chunk), alias.c.form == IMAGE))
        image_of.update((id_, image) for id_, image in rows)
    known = bases(conn, set(image_of.values()))
    images: dict[str, list[tuple[int, int]]] = {}
    for names in chunks(sorted(set(known.values()))):
        stored = (
            select(alias.c.value, resource.id, resource.holding_id)
            .join_from(alias, schema.resource, resource.id == alias.c.resource_id)
            .where(alias.c.form == IMAGE, alias.c.value.in_(names), resource.type.in_(IMAGES))
            .order_by(resource.id)
        )
        for base, resource_id, holding_id in conn.execute(stored):
            images.setdefault(base, []).append((resource_id, holding_id))
    those = {base: tuple(many) for base, many in images.items()}
    return {
        id_: Lineage(image, known.get(image), those.get(known.get(image, ""), ())) for id_, image in image_of.items()
    }


def resources_of(conn: Connection, images: Collection[str]) -> dict[int, str]:
    """The resources that are, or run, one of these images: each with the image that a bundle knows it by."""
    alias, other = schema.resource_alias, schema.resource_alias.alias("other")
    found: dict[int, str] = {}
    for chunk in chunks(sorted(images)):
        rows = conn.execute(
            select(other.c.resource_id, other.c.value)
            .join_from(alias, other, other.c.resource_id == alias.c.resource_id)
            .where(alias.c.form == IMAGE, alias.c.value.in_(chunk), other.c.form == IMAGE)
        )
        for resource_id, image in rows:
            found[resource_id] = min(image, found.get(resource_id, image))
    return {resource_id: image for resource_id, image in found.items() if image in images}


def chunks(values: Sequence[T]) -> Iterable[Sequence[T]]:
    """Some at a time, as many as one statement may well name."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
