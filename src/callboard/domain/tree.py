"""Trees of open findings: what stands below what, each finding once wherever it is counted. Pure.

What is counted comes in heaps: findings of one holding, or of one set of projects, which are always together. A node is
the heaps that any of its leaves touches, so that what two leaves share counts once in the node above them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from callboard.domain.board import Counts
from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Severity
from callboard.domain.query import MAX_CHARACTERS, OneOf, Query
from callboard.domain.query.language import MAX_VALUES
from callboard.domain.query.terms import OPEN
from callboard.errors import InvalidQueryError

Heaps = Mapping[int, Mapping[Severity, int]]
"""Open findings of each heap by severity."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a tree."""

    kind: str
    """domain, system, component, unit, project, region, account, or none: what belongs to nothing of the kind above."""
    key: str
    """What it is known by; empty for what belongs nowhere."""
    title: str
    open: Counts
    """Of everything below it, what is shared counted once."""
    query: str | None
    """Lists exactly what is counted. None: it would be longer than a query may be."""
    shared: int = 0
    """How many more its children add up to: findings that several of them share."""
    children: tuple[Node, ...] = ()


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """A node before it is counted."""

    kind: str
    key: str
    title: str
    query: str | None
    heaps: Collection[int] = ()
    """Its own; those of its children are added."""
    children: Sequence[Branch] = ()


def counted(branch: Branch, heaps: Heaps) -> Node:
    """The tree in numbers, at each level the worst first."""
    return _counted(branch, heaps)[0]


def _counted(branch: Branch, heaps: Heaps) -> tuple[Node, set[int]]:
    below = [_counted(child, heaps) for child in branch.children]
    mine = set(branch.heaps).union(*(found for _, found in below))
    total = total_of(heaps[heap] for heap in mine if heap in heaps)
    own = total_of(heaps[heap] for heap in set(branch.heaps) if heap in heaps)
    children = tuple(sorted((node for node, _ in below), key=worst_first))
    apart = sum(node.open.total for node in children) + own.total - total.total
    node = Node(
        kind=branch.kind, key=branch.key, title=branch.title, open=total, query=branch.query,
        shared=apart, children=children,
    )  # fmt: skip
    return node, mine


def worst_first(node: Node) -> tuple[int, int, int, int, int, int, str, str]:
    """The order of siblings."""
    o = node.open
    return -o.critical, -o.high, -o.medium, -o.unknown, -o.low, -o.info, node.title.casefold(), node.key


def total_of(counts: Iterable[Mapping[Severity, int]]) -> Counts:
    """Several heaps together."""
    sums = dict.fromkeys((severity.word for severity in Severity), 0)
    for each in counts:
        for severity, n in each.items():
            sums[severity.word] += n
    return Counts(**sums)


def listing(key: str, values: Iterable[str], *, negated: bool = False) -> str | None:
    """The query for the open findings with (or without) one of these values. None: there is no such query."""
    wanted = tuple(dict.fromkeys(values))
    if not wanted:
        return Query((OPEN,)).canonical if negated else None
    if len(wanted) >= MAX_VALUES:
        return None
    try:
        text = Query((OPEN, OneOf(key, wanted, negated))).canonical
    except (ValueError, InvalidQueryError):
        return None
    return text if len(text) <= MAX_CHARACTERS else None


def by_domain(
    entities: Mapping[EntityRef, Entity], of_component: Mapping[EntityRef, Collection[int]], unmapped: Collection[int]
) -> Branch:
    """Domains, the systems in them, and their components: what the catalog knows, and what findings are routed to.

    A system in no domain and a component in no system stand at the top. Domains that are said to contain each other in a
    circle stand at the top as well.
    """
    systems: dict[EntityRef, list[Branch]] = {}
    top: list[Branch] = []
    for ref in sorted(of_component.keys() | {each.ref for each in entities.values() if each.kind == "component"}):
        entity = entities.get(ref)
        leaf = Branch(
            kind=entity.kind if entity else "component", key=ref, title=_title(ref, entities),
            query=listing("component", [ref]), heaps=of_component.get(ref, ()),
        )  # fmt: skip
        # A system that owns findings itself is a leaf among its own components.
        above = None if entity is None else entity.ref if entity.kind == "system" else entity.system
        (systems.setdefault(above, []) if above else top).append(leaf)
    domains: dict[EntityRef, list[Branch]] = {}
    known = {each.ref for each in entities.values() if each.kind == "system"}
    for ref in sorted(systems.keys() | known):
        entity = entities.get(ref)
        branch = Branch(
            kind="system", key=ref, title=_title(ref, entities), query=listing("system", [ref]),
            children=systems.get(ref, ()),
        )  # fmt: skip
        above = entity.system if entity else None
        (domains.setdefault(above, []) if above else top).append(branch)
    top += _domains(entities, domains)
    if unmapped:
        top.append(Branch(kind="none", key="", title="No component", query="is:open is:unmapped", heaps=unmapped))
    return Branch(kind="all", key="", title="Everything", query="is:open", children=top)


def _domains(entities: Mapping[EntityRef, Entity], inside: Mapping[EntityRef, list[Branch]]) -> list[Branch]:
    refs = {each.ref for each in entities.values() if each.kind == "domain"} | set(inside)
    above = {ref: each.system if (each := entities.get(ref)) and each.system in refs else None for ref in refs}
    below: dict[EntityRef | None, list[EntityRef]] = {}
    for ref in sorted(refs):
        below.setdefault(None if _is_circular(ref, above) else above[ref], []).append(ref)

    def branch(ref: EntityRef) -> tuple[Branch, list[EntityRef]]:
        inner = [branch(each) for each in below.get(ref, ())]
        all_refs = [ref, *(each for _, found in inner for each in found)]
        return Branch(
            kind="domain", key=ref, title=_title(ref, entities),
            query=listing("domain", all_refs),
            children=[*inside.get(ref, ()), *(each for each, _ in inner)],
        ), all_refs  # fmt: skip

    return [branch(ref)[0] for ref in below.get(None, ())]


def _is_circular(ref: EntityRef, above: Mapping[EntityRef, EntityRef | None]) -> bool:
    seen = {ref}
    at = above[ref]
    while at is not None:
        if at in seen:
            return True
        seen.add(at)
        at = above[at]
    return False


def _title(ref: EntityRef, entities: Mapping[EntityRef, Entity]) -> str:
    entity = entities.get(ref)
    return (entity.title or entity.name) if entity else ref


class ProjectNode(msgspec.Struct, frozen=True):
    """A project of a source, as far as a tree needs it."""

    external_id: str
    name: str
    business_unit: str | None
    parent_id: str | None


def units_of(projects: Mapping[str, ProjectNode]) -> dict[str, str]:
    """The business unit of each project that has one: its own, else that of the nearest folder around it."""
    found: dict[str, str] = {}
    for project in projects.values():
        at: ProjectNode | None = project
        seen: set[str] = set()
        while at is not None and at.external_id not in seen:
            seen.add(at.external_id)
            if at.business_unit and at.business_unit.strip():
                found[project.external_id] = at.business_unit.strip()
                break
            at = projects.get(at.parent_id) if at.parent_id else None
    return found


def by_unit(
    projects: Mapping[str, ProjectNode], of_project: Mapping[str, Collection[int]], all_heaps: Iterable[int]
) -> Branch:
    """Business units and the projects in them; what is in no unit stands last."""
    units: dict[str, list[str]] = {}
    for project, unit in sorted(units_of(projects).items()):
        units.setdefault(unit, []).append(project)
    branches = []
    covered: set[int] = set()
    for unit, members in sorted(units.items()):
        leaves = [
            Branch(
                kind="project", key=member, title=projects[member].name, query=listing("project", [member]),
                heaps=of_project.get(member, ()),
            )
            for member in members
        ]  # fmt: skip
        covered.update(*(leaf.heaps for leaf in leaves))
        branches.append(Branch(kind="unit", key=unit, title=unit, query=listing("project", members), children=leaves))
    outside = set(all_heaps) - covered
    if outside:
        inside = [member for members in units.values() for member in members]
        branches.append(
            Branch(
                kind="none", key="", title="No business unit", query=listing("project", inside, negated=True),
                heaps=outside,
            )
        )  # fmt: skip
    return Branch(kind="all", key="", title="Everything", query="is:open", children=branches)


def by_value(
    kind: str, titles: Mapping[str, str], of_value: Mapping[str, Collection[int]], outside: Collection[int]
) -> Branch:
    """Regions or accounts; what has none stands last."""
    leaves = [
        Branch(
            kind=kind, key=value, title=titles.get(value, value), query=listing(kind, [value]), heaps=of_value[value]
        )
        for value in sorted(of_value)
    ]
    if outside:
        leaves.append(
            Branch(
                kind="none",
                key="",
                title=f"No {kind}",
                query=listing(kind, sorted(of_value), negated=True),
                heaps=outside,
            )
        )
    return Branch(kind="all", key="", title="Everything", query="is:open", children=leaves)
