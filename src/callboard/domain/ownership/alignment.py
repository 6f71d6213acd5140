"""Where the catalog and Wiz's own picture of the company differ, with a change for either side. Pure.

Nothing here is applied: a difference names both sides, and offers what could be changed in the catalog's file and what in
Wiz. What cannot be told (owners whom the catalog does not know) is counted as such and is no difference.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from callboard.domain.alias import REPOSITORY, WIZ_PROJECT, WIZ_REPOSITORY
from callboard.domain.component import Entity, EntityRef, short_name
from callboard.domain.ownership import descriptor
from callboard.domain.ownership.claims import canonical, claims_of
from callboard.domain.ownership.naming import tokens

ANNOTATION = "wiz.io/project-id"
LEVELS = 20
"""Folders above a project that are looked at."""


class WizProject(msgspec.Struct, frozen=True, kw_only=True):
    """A project as Wiz's own listing tells it."""

    external_id: str
    name: str
    slug: str | None = None
    is_folder: bool = False
    parent_id: str | None = None
    business_unit: str | None = None
    owners: tuple[str, ...] = ()
    """E-mail addresses."""
    repositories: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@enum.unique
class Kind(enum.StrEnum):
    """What differs."""

    NO_PROJECT = "no-project"
    """A component that no Wiz project and no service is known for."""
    NO_SUCH_PROJECT = "no-such-project"
    """An annotation names a project that Wiz does not have, or does not show."""
    PROJECT_UNCLAIMED = "project-unclaimed"
    SERVICE_UNKNOWN = "service-unknown"
    """A service of Wiz's catalogue that no component is called like."""
    OWNERS = "owners"
    FOLDER = "folder"
    """The folders around the project, and the domain of the component."""
    UNIT = "unit"
    """The project's business unit, and the groups above the component's owner."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One place where both sides do not say the same."""

    kind: Kind
    component: EntityRef | None
    project: str | None
    """Wiz's id of the project."""
    sentence: str
    catalog: str | None
    """What could be written in the catalog's file. None: nothing there would help."""
    file: str | None
    """Where the catalog read that entity. None: it is a new one, or the catalog does not tell."""
    wiz: str | None
    """What could be changed in Wiz, in words."""
    mutation: str | None = None
    """The same as the variables of Wiz's `updateProject`, where its published form is known."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """How often one question was asked, and what came of it."""

    asked: int
    differ: int
    unknown: int
    """One side does not say, or says what the other cannot be compared with."""


class Alignment(msgspec.Struct, frozen=True, kw_only=True):
    """Both pictures side by side."""

    differences: tuple[Difference, ...]
    checked: dict[Kind, Checked]


class _Tally:
    def __init__(self) -> None:
        self.asked = dict.fromkeys(Kind, 0)
        self.unknown = dict.fromkeys(Kind, 0)
        self.found: list[Difference] = []

    def note(self, kind: Kind, difference: Difference | None, *, is_known: bool = True) -> None:
        self.asked[kind] += 1
        self.unknown[kind] += not is_known
        if difference is not None and is_known:
            self.found.append(difference)

    def alignment(self) -> Alignment:
        order = list(Kind)
        found = sorted(
            self.found,
            key=lambda each: (order.index(each.kind), each.component or "", each.project or "", each.sentence),
        )
        differ = {kind: sum(each.kind is kind for each in found) for kind in Kind}
        checked = {
            kind: Checked(asked=self.asked[kind], differ=differ[kind], unknown=self.unknown[kind])
            for kind in Kind
            if self.asked[kind]
        }
        return Alignment(differences=tuple(found), checked=checked)


def align(
    entities: Mapping[EntityRef, Entity],
    projects: Sequence[WizProject],
    *,
    only: Collection[EntityRef] | None = None,
) -> Alignment:
    """Compare the catalog with Wiz's projects and the services linked to them.

    With `only`, just these components are looked at, and what no component claims is not mentioned.
    """
    known = {canonical(WIZ_PROJECT, each.external_id): each for each in projects}
    claims = {ref: _claimed(entity) for ref, entity in sorted(entities.items())}
    components = [
        each for ref, each in sorted(entities.items()) if each.kind == "component" and (only is None or ref in only)
    ]
    services = {name: project for project in projects for name in project.services}
    sides = _Sides(entities, known)
    tally = _Tally()
    for component in components:
        mine = claims[component.ref]
        tally.note(Kind.NO_PROJECT, _no_project(component, mine, projects, services))
        for value in mine:
            project = known.get(value)
            tally.note(Kind.NO_SUCH_PROJECT, None if project else _no_such(component, value, mine))
            if project is not None:
                sides.compare(tally, component, project)
    if only is None:
        claimed = {value for values in claims.values() for value in values}
        for project in projects:
            if not project.is_folder:
                is_claimed = canonical(WIZ_PROJECT, project.external_id) in claimed
                tally.note(Kind.PROJECT_UNCLAIMED, None if is_claimed else _unclaimed(project, components))
        names = {frozenset(tokens(name)) for each in components for name in (each.name, each.title or each.name)}
        for service, project in sorted(services.items()):
            is_known = frozenset(tokens(service)) in names
            tally.note(Kind.SERVICE_UNKNOWN, None if is_known else _unknown_service(service, project))
    return tally.alignment()


def _claimed(entity: Entity) -> tuple[str, ...]:
    return tuple(dict.fromkeys(claim.value for claim in claims_of(entity) if claim.form == WIZ_PROJECT))


class _Sides:
    """Both pictures, to compare a component with a project that it names."""

    def __init__(self, entities: Mapping[EntityRef, Entity], projects: Mapping[str, WizProject]) -> None:
        self._entities = entities
        self._projects = projects
        self._users = {short_name(ref).casefold(): ref for ref, each in entities.items() if each.kind == "user"}

    def compare(self, tally: _Tally, component: Entity, project: WizProject) -> None:
        """Owners, folders and business unit."""
        entities = self._entities
        owner = entities.get(component.owner) if component.owner else None
        names = (email.partition("@")[0].casefold() for email in project.owners)
        people = [self._users[name] for name in names if name in self._users]
        can_tell = bool(people) and owner is not None and (owner.kind == "user" or bool(owner.members))
        tally.note(Kind.OWNERS, _owners(component, project, owner, people, entities), is_known=can_tell)
        folders = list(_folders(project, self._projects))
        domain = _domain(component, entities)
        is_known = bool(folders) and domain is not None
        tally.note(Kind.FOLDER, _folder(component, project, folders, domain), is_known=is_known)
        unit = (project.business_unit or "").strip()
        groups = list(_groups(owner, entities))
        tally.note(Kind.UNIT, _unit(component, project, unit, groups), is_known=bool(unit and groups))


def _no_project(
    component: Entity, claimed: Sequence[str], projects: Sequence[WizProject], services: Mapping[str, WizProject]
) -> Difference | None:
    if claimed:
        return None
    words = frozenset(tokens(component.name))
    if any(frozenset(tokens(service)) == words for service in services):
        return None
    repositories = {claim.value for claim in claims_of(component) if claim.form in (REPOSITORY, WIZ_REPOSITORY)}
    if any(
        {canonical(WIZ_REPOSITORY, each), canonical(REPOSITORY, each.replace("##", "/"))} & repositories
        for project in projects
        for each in project.repositories
    ):
        return None
    alike = [
        each
        for each in projects
        if not each.is_folder and words in (frozenset(tokens(each.name)), frozenset(tokens(each.slug or "")))
    ]
    one = alike[0] if len(alike) == 1 else None
    sentence = f"{component.ref} names no Wiz project, and no service or linked repository speaks for it"
    return Difference(
        kind=Kind.NO_PROJECT,
        component=component.ref,
        project=one.external_id if one else None,
        sentence=f"{sentence}; the project “{one.name}” is called alike." if one else f"{sentence}.",
        catalog=descriptor.with_value(component, ANNOTATION, one.external_id) if one else None,
        file=component.location,
        wiz=None if one else f"Create a project called {component.name!r}, and link its repository and accounts to it.",
    )


def _no_such(component: Entity, value: str, claimed: Sequence[str]) -> Difference:
    left = [each for each in claimed if each != value]
    return Difference(
        kind=Kind.NO_SUCH_PROJECT,
        component=component.ref,
        project=value,
        sentence=f"{component.ref} names the project {value}, which Wiz does not list.",
        catalog=descriptor.annotation_lines({ANNOTATION: ",".join(left)})
        if left
        else f"# remove the annotation {ANNOTATION}\n",
        file=component.location,
        wiz="If the project was archived or is outside the service account's sight, bring it back or widen the account.",
    )


def _unclaimed(project: WizProject, components: Iterable[Entity]) -> Difference:
    words = {frozenset(tokens(project.name)), frozenset(tokens(project.slug or project.name))}
    alike = [each for each in components if frozenset(tokens(each.name)) in words]
    one = alike[0] if len(alike) == 1 else None
    return Difference(
        kind=Kind.PROJECT_UNCLAIMED,
        component=one.ref if one else None,
        project=project.external_id,
        sentence=f"No component names the Wiz project “{project.name}”"
        + (f"; {one.ref} is called alike." if one else "."),
        catalog=descriptor.with_value(one, ANNOTATION, project.external_id) if one else None,
        file=one.location if one else None,
        wiz="If nobody runs it any more, archive the project.",
    )


def _unknown_service(service: str, project: WizProject) -> Difference:
    name = "-".join(tokens(service)) or "service"
    return Difference(
        kind=Kind.SERVICE_UNKNOWN,
        component=None,
        project=project.external_id,
        sentence=f"Wiz's catalogue has the service “{service}” in the project “{project.name}”, and no component is called so.",
        catalog=descriptor.component(name, {ANNOTATION: project.external_id}),
        file=None,
        wiz="If it is a component under another name, give the service that component's name (updateApplicationService).",
    )


def _owners(
    component: Entity,
    project: WizProject,
    owner: Entity | None,
    people: Sequence[EntityRef],
    entities: Mapping[EntityRef, Entity],
) -> Difference | None:
    if owner is None:
        return None
    team = {owner.ref, *owner.members}
    if team.intersection(people):
        return None
    groups = [
        each.ref for each in entities.values() if each.kind == "group" and people and set(people) <= set(each.members)
    ]
    one = groups[0] if len(groups) == 1 else None
    told = ", ".join(project.owners[:3])
    return Difference(
        kind=Kind.OWNERS,
        component=component.ref,
        project=project.external_id,
        sentence=f"{component.ref} is owned by {owner.ref}, and the project “{project.name}” by {told}, who is not of that team.",
        catalog=descriptor.owner(one) if one else None,
        file=component.location,
        wiz=f"Make people of {owner.ref} the owners of the project “{project.name}”.",
    )


def _folder(
    component: Entity, project: WizProject, folders: Sequence[WizProject], domain: Entity | None
) -> Difference | None:
    if domain is None or not folders:
        return None
    words = {frozenset(tokens(domain.name)), frozenset(tokens(domain.title or domain.name))}
    if any(frozenset(tokens(folder.name)) in words for folder in folders):
        return None
    return Difference(
        kind=Kind.FOLDER,
        component=component.ref,
        project=project.external_id,
        sentence=f"{component.ref} is of the domain {short_name(domain.ref)}, and its project “{project.name}” "
        f"in the folder “{folders[0].name}”.",
        catalog=None,
        file=None,
        wiz=f"Move the project “{project.name}” into a folder called {domain.name!r}; or give the system of "
        f"{short_name(component.ref)} another `spec.domain`.",
    )


def _unit(component: Entity, project: WizProject, unit: str, groups: Sequence[Entity]) -> Difference | None:
    if not unit or not groups:
        return None
    words = frozenset(tokens(unit))
    if any(words in (frozenset(tokens(each.name)), frozenset(tokens(each.title or each.name))) for each in groups):
        return None
    top = groups[-1]
    name = top.title or top.name
    return Difference(
        kind=Kind.UNIT,
        component=component.ref,
        project=project.external_id,
        sentence=f"The project “{project.name}” is of the business unit “{unit}”, and the owner of {component.ref} "
        f"stands below {top.ref}.",
        catalog=None,
        file=None,
        wiz=f"Set the business unit of the project “{project.name}” to {name!r}.",
        mutation=msgspec.json.encode({"input": {"id": project.external_id, "patch": {"businessUnit": name}}}).decode(),
    )


def _folders(project: WizProject, known: Mapping[str, WizProject]) -> Iterator[WizProject]:
    """The folders around a project, the nearest first; a circle ends where it closes."""
    seen = {project.external_id}
    at = project
    while at.parent_id and at.parent_id not in seen and len(seen) <= LEVELS:
        seen.add(at.parent_id)
        above = known.get(canonical(WIZ_PROJECT, at.parent_id))
        if above is None:
            return
        yield above
        at = above


def _domain(component: Entity, entities: Mapping[EntityRef, Entity]) -> Entity | None:
    system = entities.get(component.system) if component.system else None
    return entities.get(system.system) if system and system.system else None


def _groups(owner: Entity | None, entities: Mapping[EntityRef, Entity]) -> Iterator[Entity]:
    """The owning group and those above it, the highest last."""
    seen: set[EntityRef] = set()
    while owner is not None and owner.kind == "group" and owner.ref not in seen:
        seen.add(owner.ref)
        yield owner
        owner = entities.get(owner.parent) if owner.parent else None
