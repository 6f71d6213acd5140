"""What guidance is made of: where a component uses a package, and the runbook of whoever owns what is affected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, and_, select

from callboard.domain.access import Visibility
from callboard.domain.component import Entity, EntityRef
from callboard.domain.guidance import Runbook, Use, runbook_of
from callboard.domain.packages.lock import Need
from callboard.domain.packages.package import PackageKey, package_key
from callboard.domain.packages.package_match import named_by
from callboard.store import schema
from callboard.store.dialect import Dialect
from callboard.store.packages import versions as packages
from callboard.store.schema import NEVER
from callboard.store.visible import entity_visible

p, m, v, h, u, e = (
    schema.package.c, schema.manifest.c, schema.manifest_version.c, schema.manifest_holder.c, schema.package_use.c,
    schema.entity.c,
)  # fmt: skip


def uses(conn: Connection, dialect: Dialect, external_id: str) -> tuple[Use, ...]:
    """Where the component uses the package that a finding of ours is about. The finding itself is in sight."""
    component, key, _ = named_by(external_id)
    return _uses(conn, dialect, [component], key)


def known_at(conn: Connection, dialect: Dialect, told: Use, components: Sequence[EntityRef]) -> tuple[Use, ...]:
    """The use that a source tells of, as the components' own manifest at that place knows it.

    Where the manifest was read but does not have that version any more, it tells its format alone. Where none of that path was
    read, the source's word stands. The components are in sight.
    """
    here = _uses(conn, dialect, components, package_key(told.ecosystem, told.name), path=told.path)
    found = tuple(each for each in here if each.version == told.version)
    if found:
        return found
    formats = set(
        conn.execute(
            select(v.format)
            .join_from(schema.manifest_version, schema.manifest, and_(v.manifest_id == m.id, v.body.is_not(None)))
            .join(schema.manifest_holder, and_(h.manifest_id == m.id, h.until_at == NEVER))
            .join(schema.entity, e.id == h.entity_id)
            .where(e.ref.in_(components), m.path == told.path, m.gone_at.is_(None))
        ).scalars()
    )
    if len(formats) != 1:
        return (told,)
    return (msgspec.structs.replace(told, format=formats.pop().partition(" ")[0]),)


def _uses(
    conn: Connection, dialect: Dialect, components: Sequence[EntityRef], key: PackageKey, *, path: str | None = None
) -> tuple[Use, ...]:  # fmt: skip
    columns = [p[name].label(f"p_{name}") for name in packages.COLUMNS]
    wanted = (
        select(*columns, m.path, v.format, u.direct, u.need, u.root_id, u.package_id)
        .join_from(schema.package_use, schema.package, p.id == u.package_id)
        .join(schema.manifest, m.id == u.manifest_id)
        .join(schema.manifest_version, and_(v.manifest_id == m.id, v.body.is_not(None)))
        .join(schema.manifest_holder, and_(h.manifest_id == m.id, h.until_at == NEVER))
        .join(schema.entity, e.id == h.entity_id)
        .where(p.key_name == key[1], u.until_at == NEVER, e.ref.in_(components), m.gone_at.is_(None))
        .order_by(m.path, u.package_id)
    )
    rows = conn.execute(wanted if path is None else wanted.where(m.path == path)).all()
    roots = packages.of_ids(conn, dialect, {row.root_id for row in rows if row.root_id is not None})
    used = packages.of_ids(conn, dialect, {row.package_id for row in rows})
    found = []
    for row in rows:
        package = used[row.package_id]
        if package.key != key:
            continue
        root = roots.get(row.root_id) if row.root_id != row.package_id else None
        found.append(
            Use(
                path=row.path, format=row.format.partition(" ")[0], ecosystem=package.ecosystem, name=package.name, version=package.version,
                direct=None if row.direct is None else bool(row.direct), root=None if root is None else root.name,
                need=None if row.need is None else Need(row.need),
            )
        )  # fmt: skip
    return tuple(found)


def runbooks(conn: Connection, visibility: Visibility, components: Sequence[EntityRef]) -> tuple[Runbook, ...]:
    """Of each component the runbook that it names, else that of its system, else that of its owner."""
    found: list[Runbook] = []
    for ref, chain in _chains(conn, visibility, components).items():
        named = next(((each.ref, url) for each in chain if (url := runbook_of(each)) is not None), None)
        if named is not None:
            found.append(Runbook(component=ref, of=named[0], url=named[1]))
    return tuple({each.url: each for each in reversed(found)}.values())[::-1]


def _chains(
    conn: Connection, visibility: Visibility, components: Sequence[EntityRef]
) -> dict[EntityRef, list[Entity]]:  # fmt: skip
    own = _entities(conn, visibility, components)
    around = _entities(
        conn, visibility, [ref for each in own.values() for ref in (each.system, each.owner) if ref is not None]
    )
    return {
        ref: [each, *(around[near] for near in (each.system, each.owner) if near is not None and near in around)]
        for ref, each in own.items()
    }


def _entities(conn: Connection, visibility: Visibility, refs: Iterable[EntityRef]) -> dict[EntityRef, Entity]:
    rows = conn.execute(
        select(e.ref, e.body).where(e.ref.in_(sorted(set(refs))), e.gone_at.is_(None), entity_visible(e.id, visibility))
    )
    decode = msgspec.msgpack.Decoder(Entity).decode
    return {EntityRef(ref): decode(bytes(body)) for ref, body in rows}
