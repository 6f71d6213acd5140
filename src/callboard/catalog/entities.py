"""From a catalog's own entities to ours: the same for a live portal and for files.

A portal hands out entities with their relations already resolved; a file holds only what its author wrote. Both become
`Draft`s, and `join` does for all of them what concerns two entities at once: memberships, parents, circles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from callboard.domain.component import CatalogProblem, Entity, EntityRef, entity_ref, kind_of
from callboard.domain.guidance.runbook import ANNOTATION as RUNBOOK

KINDS = ("api", "component", "domain", "group", "resource", "system", "user")
"""Kinds of entities that Callboard reads. Templates, locations and a company's own kinds own no findings."""

MAX_TEXT = 2_000
"""Longest title or description that is kept, in characters; what is longer is cut."""


class RawMetadata(msgspec.Struct, frozen=True):
    """`metadata` of an entity, in Backstage's own words."""

    name: str
    namespace: str | None = None
    title: str | None = None
    description: str | None = None
    uid: str | None = None
    annotations: dict[str, str] | None = None
    tags: list[str] | None = None
    links: object = None
    """Read leniently: a link that nobody can follow is no reason to lose an entity."""


class RawProfile(msgspec.Struct, frozen=True, rename="camel"):
    """`spec.profile` of a group or a user."""

    display_name: str | None = None


class RawSpec(msgspec.Struct, frozen=True, rename="camel"):
    """`spec` of an entity: the fields that ownership and roll-ups need, of all kinds together."""

    type: str | None = None
    lifecycle: str | None = None
    owner: str | None = None
    system: str | None = None
    domain: str | None = None
    subdomain_of: str | None = None
    parent: str | None = None
    children: list[str] | None = None
    members: list[str] | None = None
    member_of: list[str] | None = None
    profile: RawProfile | None = None


class RawRelation(msgspec.Struct, frozen=True, rename="camel"):
    """One resolved relation; its target need not exist."""

    type: str
    target_ref: str


class RawEntity(msgspec.Struct, frozen=True, rename="camel"):
    """One entity as Backstage writes it. Fields that Callboard does not use are not looked at."""

    kind: str
    metadata: RawMetadata
    api_version: str | None = None
    spec: RawSpec | None = None
    relations: list[RawRelation] | None = None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One entity before the others are known."""

    entity: Entity
    member_of: tuple[EntityRef, ...] = ()
    """For a user: the groups that its own entity names."""
    children: tuple[EntityRef, ...] = ()
    """For a group: the groups below it that its own entity names."""
    problems: tuple[CatalogProblem, ...] = ()
    """What could not be understood, while the entity itself could."""


def draft_from_relations(raw: RawEntity) -> Draft:
    """A portal's entity: relations tell, since processors and defaults have already had their say in them.

    Raises ValueError when it has no usable reference.
    """
    ref = _own_ref(raw)
    targets: dict[str, list[EntityRef]] = {}
    problems: list[CatalogProblem] = []
    for relation in raw.relations or ():
        # Most relations of a large system are of no use here, and reading a reference costs something.
        if relation.type not in _RELATIONS:
            continue
        try:
            targets.setdefault(relation.type, []).append(entity_ref(relation.target_ref))
        except ValueError as error:
            problems.append(CatalogProblem(where=ref, reason=f"relation {relation.type}: {error}"))
    owners = sorted(set(targets.get("ownedBy", ())), key=lambda owner: (kind_of(owner) != "group", owner))
    if len(owners) > 1:
        reason = f"it has {len(owners)} owners ({', '.join(owners)}); Callboard takes the first"
        problems.append(CatalogProblem(where=ref, reason=reason))
    part_of = _whole_of(kind_of(ref), targets.get("partOf", ()))
    return _draft(
        raw,
        ref,
        owner=owners[0] if owners else None,
        part_of=part_of,
        parent=min(targets.get("childOf", ()), default=None),
        members=targets.get("hasMember", ()),
        member_of=targets.get("memberOf", ()),
        children=targets.get("parentOf", ()),
        location=(raw.metadata.annotations or {}).get("backstage.io/managed-by-location"),
        problems=problems,
    )


_RELATIONS = frozenset({"ownedBy", "partOf", "childOf", "parentOf", "hasMember", "memberOf"})


def _whole_of(kind: str, targets: Iterable[EntityRef]) -> EntityRef | None:
    """Of what it is part of, the thing one storey up: a system, or for a system or domain the domain."""
    wanted = "domain" if kind in ("system", "domain") else "system"
    return min((target for target in targets if kind_of(target) == wanted), default=None)


def draft_from_spec(raw: RawEntity, *, location: str, where: str) -> Draft:
    """A file's entity: relations are worked out from its spec, with the defaults that Backstage fills in.

    A reference without a namespace means the entity's own one, as of 2026-11: BuiltinKindsEntityProcessor of
    backstage/backstage plugins/catalog-backend. Raises ValueError when it has no usable reference.
    """
    ref = _own_ref(raw)
    namespace = raw.metadata.namespace or "default"
    problems: list[CatalogProblem] = []

    def read(field: str, text: str | None, kind: str) -> EntityRef | None:
        if text is None or not text.strip():
            return None
        try:
            return entity_ref(text, kind=kind, namespace=namespace)
        except ValueError as error:
            problems.append(CatalogProblem(where=where, reason=f"{ref}: spec.{field}: {error}"))
            return None

    def read_all(field: str, texts: list[str] | None, kind: str) -> list[EntityRef]:
        return [found for text in texts or () if (found := read(field, text, kind)) is not None]

    spec = raw.spec or RawSpec()
    match kind_of(ref):
        case "system":
            part_of = read("domain", spec.domain, "domain")
        case "domain":
            part_of = read("subdomainOf", spec.subdomain_of, "domain")
        case _:
            part_of = read("system", spec.system, "system")
    return _draft(
        raw,
        ref,
        owner=read("owner", spec.owner, "group"),
        part_of=part_of,
        parent=read("parent", spec.parent, "group"),
        members=read_all("members", spec.members, "user"),
        member_of=read_all("memberOf", spec.member_of, "group"),
        children=read_all("children", spec.children, "group"),
        location=location,
        problems=problems,
    )


def _annotations(metadata: RawMetadata) -> tuple[tuple[str, str], ...]:
    """Sorted; a link that calls itself a runbook is told like the annotation, where there is none."""
    found = dict(metadata.annotations or {})
    for link in metadata.links if isinstance(metadata.links, list) else ():
        if isinstance(link, dict) and isinstance(url := link.get("url"), str) and _is_runbook(link):
            found.setdefault(RUNBOOK, url)
    return tuple(sorted(found.items()))


def _is_runbook(link: dict[str, object]) -> bool:
    return any("runbook" in str(link.get(field, "")).casefold() for field in ("title", "type"))


def _own_ref(raw: RawEntity) -> EntityRef:
    namespace = raw.metadata.namespace or "default"
    for part in (raw.kind, namespace, raw.metadata.name):
        if not part or any(each in ":/" or each.isspace() or not each.isprintable() for each in part):
            raise ValueError(f"{part!r} cannot be part of an entity reference (kind:namespace/name)")
    return entity_ref(f"{raw.kind}:{namespace}/{raw.metadata.name}")


def _draft(
    raw: RawEntity,
    ref: EntityRef,
    *,
    owner: EntityRef | None,
    part_of: EntityRef | None,
    parent: EntityRef | None,
    members: Iterable[EntityRef],
    member_of: Iterable[EntityRef],
    children: Iterable[EntityRef],
    location: str | None,
    problems: list[CatalogProblem],
) -> Draft:
    metadata, spec, kind = raw.metadata, raw.spec or RawSpec(), kind_of(ref)
    is_person_or_team = kind in ("group", "user")
    is_group = kind == "group"
    display_name = spec.profile.display_name if spec.profile and is_person_or_team else None
    entity = Entity(
        ref=ref,
        kind=kind,
        name=metadata.name,
        title=_cut(metadata.title or display_name),
        description=_cut(metadata.description),
        type=spec.type,
        lifecycle=spec.lifecycle,
        owner=None if is_person_or_team else owner,
        system=None if is_person_or_team else part_of,
        parent=parent if is_group else None,
        members=tuple(sorted(set(members))) if is_group else (),
        annotations=_annotations(metadata),
        tags=tuple(metadata.tags or ()),
        location=location,
        uid=metadata.uid,
    )
    return Draft(
        entity=entity,
        member_of=tuple(sorted(set(member_of))) if kind == "user" else (),
        children=tuple(sorted(set(children))) if is_group else (),
        problems=tuple(problems),
    )


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def join(drafts: Mapping[EntityRef, Draft]) -> tuple[tuple[Entity, ...], tuple[CatalogProblem, ...]]:
    """All entities, sorted by reference, with memberships and parents taken from both ends, and what is wrong."""
    members: dict[EntityRef, set[EntityRef]] = {}
    parents: dict[EntityRef, EntityRef] = {}
    problems: list[CatalogProblem] = []
    for ref in sorted(drafts):
        draft = drafts[ref]
        problems.extend(draft.problems)
        for group in draft.member_of:
            members.setdefault(group, set()).add(ref)
        for child in draft.children:
            # What a group says about its own parent counts; what another says about it only fills a gap.
            parents.setdefault(child, ref)
    entities: list[Entity] = []
    for ref in sorted(drafts):
        entity = drafts[ref].entity
        if entity.kind == "group":
            entity = msgspec.structs.replace(
                entity,
                members=tuple(sorted({*entity.members, *members.get(ref, ())})),
                parent=entity.parent or parents.get(ref),
            )
        entities.append(entity)
    problems.extend(_circles(entities))
    return tuple(entities), tuple(problems)


def _circles(entities: Iterable[Entity]) -> Iterable[CatalogProblem]:
    """Groups that stand above themselves; nobody reads down through them."""
    parents = {entity.ref: entity.parent for entity in entities if entity.parent}
    done: set[EntityRef] = set()
    for start in parents:
        line: list[EntityRef] = []
        above: EntityRef | None = start
        while above is not None and above not in done:
            done.add(above)
            line.append(above)
            above = parents.get(above)
        if above in line:
            circle = line[line.index(above) :]
            yield CatalogProblem(
                where=min(circle), reason=f"these groups are above each other in a circle: {', '.join(sorted(circle))}"
            )


_WORDS = {
    "`str`": "text",
    "`int`": "a number",
    "`float`": "a number",
    "`bool`": "true or false",
    "`array`": "a list",
    "`object`": "a mapping",
    "`null`": "nothing",
    "`str | null`": "text",
    "`array | null`": "a list",
    "`object | null`": "a mapping",
    "Expected ": "expected ",
    "Object missing required field": "missing the field",
}


def expectation(error: msgspec.ValidationError, value: object) -> tuple[str, tuple[str, ...]]:
    """What `value` should have been, in the words of somebody who writes catalog files, and the path to the place.

    msgspec's own text is, for example, "Expected `str`, got `int` - at `$.metadata.annotations[...]`".
    """
    text, _, place = str(error).partition(" - at `$")
    for theirs, ours in _WORDS.items():
        text = text.replace(theirs, ours)
    place = place.strip("`")
    unnamed = place.endswith("[...]")
    path = tuple(part for part in place.removesuffix("[...]").replace("[", ".[").split(".") if part)
    if unnamed:
        # msgspec does not tell which key of a mapping it means; annotations are the only mapping with free keys.
        path = (*path, _first_not_text(value))
    named = "".join(part if part.startswith("[") else f".{part}" for part in path).removeprefix(".")
    return (f"{named}: {text}" if named else text), path


def _first_not_text(value: object) -> str:
    match value:
        case {"metadata": {"annotations": dict() as annotations}}:
            return next((str(key) for key, each in annotations.items() if not isinstance(each, str)), "?")
    return "?"
