"""Catalog entities: components, systems, domains, groups and users, always named by their full reference."""

from __future__ import annotations

import re
from typing import NewType

import msgspec

EntityRef = NewType("EntityRef", str)
"""`kind:namespace/name`, lower case: the way Backstage compares references."""

ANOTHER = "another component"
"""What a component is called of which somebody may not be told."""

_REF = re.compile(r"(?:(?P<kind>[^:/\s]+):)?(?:(?P<namespace>[^:/\s]+)/)?(?P<name>[^:/\s]+)")


def entity_ref(text: str, *, kind: str | None = None, namespace: str = "default") -> EntityRef:
    """A reference in full, with the defaults filled in where `text` leaves them out.

    Raises ValueError when `text` is no reference, or has no kind and no default is given.
    """
    match = _REF.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not an entity reference (kind:namespace/name)")
    found_kind = match["kind"] or kind
    if found_kind is None:
        raise ValueError(f"{text!r} does not say its kind (kind:namespace/name)")
    return EntityRef(f"{found_kind}:{match['namespace'] or namespace}/{match['name']}".lower())


def short_name(ref: EntityRef) -> str:
    """The name part, for places where kind and namespace are plain from the surroundings."""
    return ref.partition("/")[2]


def kind_of(ref: EntityRef) -> str:
    """The kind part, lower case."""
    return ref.partition(":")[0]


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """One catalog entity, reduced to what ownership and roll-ups need."""

    ref: EntityRef
    kind: str
    """Lower case: component, system, domain, api, resource, group, user."""
    name: str
    title: str | None = None
    description: str | None = None
    type: str | None = None
    """`spec.type`, for example "service"."""
    lifecycle: str | None = None
    owner: EntityRef | None = None
    """The resolved owner (`ownedBy`); it may name an entity that does not exist."""
    system: EntityRef | None = None
    """The system it is part of; for a system its domain, for a domain its parent domain."""
    parent: EntityRef | None = None
    """For a group: the group above it."""
    members: tuple[EntityRef, ...] = ()
    """For a group: the users in it directly."""
    annotations: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    location: str | None = None
    """Where the catalog read it from, for people to find the file."""
    uid: str | None = None
    """Backstage's own id; it changes when the entity is removed and added again."""


class CatalogProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One entity or file that could not be read. The others go on."""

    where: str
    """File and document number or line, or the entity's reference."""
    reason: str


class CatalogReading(msgspec.Struct, frozen=True, kw_only=True):
    """One reading of a whole catalog."""

    entities: tuple[Entity, ...]
    problems: tuple[CatalogProblem, ...] = ()
    complete: bool
    """False when anything of it could not be read: then nothing may be taken for deleted."""
