"""Ownership: whose a subject is, with all the evidence, and who may see it therefore.

A subject is what ownership is decided for: a resource, or for an inherited finding its base image. Routing answers "who
should fix this?", where a best guess is useful; reading answers "who may see this?", where a wrong guess leaks a
weakness. So a contradiction is routed to everybody it may concern and read by none of them.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from callboard.domain.access import Depth
from callboard.domain.alias import (
    KUBERNETES_CLUSTER,
    REPOSITORY,
    REPOSITORY_PATH,
    WIZ_ASSET,
    WIZ_EXTERNAL,
    WIZ_PROJECT,
    WIZ_REPOSITORY,
)
from callboard.domain.claims import Claim, Claims, Key, canonical, changed_keys, claims_of
from callboard.domain.component import Entity, EntityRef, kind_of
from callboard.domain.repository import IN_REPOSITORY

__all__ = [
    "Candidate",
    "Claim",
    "Claims",
    "Key",
    "Ownership",
    "Reason",
    "Subject",
    "SubjectProject",
    "Verdict",
    "canonical",
    "changed_keys",
    "claims_of",
    "decide",
    "group_closure",
    "holding_key",
    "own",
    "owner_problem",
]

LAST_ROUTED_TIER = 6
"""Weaker evidence (activity, alike names) is a suggestion: shown, never routed, never read."""

_SENSITIVE_TIERS = (1, 2)
"""Evidence strong enough for sight of sensitive fields: an approved rule, or an annotation from a trusted location."""

RESOURCE = 1_000_000
"""Specificity of a claim on the resource itself."""
LEAF_PROJECT = 500_000
"""Specificity of a claim on a project that holds it. A folder project counts its nesting level, so the nearest wins."""

_NAMES_RESOURCE = frozenset({WIZ_ASSET, WIZ_EXTERNAL, WIZ_REPOSITORY})


@enum.unique
class Verdict(enum.StrEnum):
    """How a decision ended. The words are stored: never change one."""

    MAPPED = "mapped"
    CONFLICT = "conflict"
    """Entities of different owners have the same right to it."""
    UNMAPPED = "unmapped"


@enum.unique
class Reason(enum.StrEnum):
    """Why a subject is not simply mapped. The values are stored: never change one."""

    CATALOG_EMPTY = "catalog-empty"
    NOT_NAMED = "not-named"
    NO_PROJECT = "no-project"
    UNCLAIMED_PROJECT = "unclaimed-project"
    CONTRADICTION = "contradiction"

    @property
    def words(self) -> str:
        """The reason in a sentence's words, for people."""
        return _WORDS[self]


_WORDS = {
    Reason.CATALOG_EMPTY: "no catalog has been read yet",
    Reason.NOT_NAMED: "no annotation names it",
    Reason.NO_PROJECT: "it is in no project, and no annotation names it",
    Reason.UNCLAIMED_PROJECT: "its project is claimed by nobody",
    Reason.CONTRADICTION: "components of different owners claim it",
}


class SubjectProject(msgspec.Struct, frozen=True):
    """A project that the source says the subject is in."""

    external_id: str
    is_folder: bool = False
    nesting_level: int = 0
    """How many folders are above it. 0: at the top."""


class Subject(msgspec.Struct, frozen=True):
    """What ownership is decided for, by all its names."""

    aliases: tuple[Key, ...]
    projects: tuple[SubjectProject, ...] | None = None
    """Empty: the source says it is in none. None: the source does not tell."""


class Candidate(msgspec.Struct, frozen=True, order=True):
    """One entity that has a claim on a subject, winner or not."""

    entity: EntityRef
    tier: int
    form: str
    value: str
    annotation: str
    specificity: int
    """How closely the claim fits; compared within a tier, larger wins."""
    owner: EntityRef | None = None
    """The entity's owner when this was decided."""

    @property
    def text(self) -> str:
        """The evidence as a person can check it, for example `wiz.io/project-id: 7f2c…`."""
        return f"{self.annotation}: {self.value}"


class Ownership(msgspec.Struct, frozen=True, kw_only=True):
    """The decision for one subject."""

    routes: tuple[EntityRef, ...]
    """The entities whose owners should fix it, sorted."""
    readers: tuple[tuple[EntityRef, Depth], ...]
    """The entities whose owners may see it, and how deep."""
    tier: int | None
    """Strength of the evidence that decided. None when unmapped."""
    verdict: Verdict
    reason: Reason | None
    """None when mapped."""
    candidates: tuple[Candidate, ...]
    """All of them, the strongest first."""

    @property
    def disputed(self) -> bool:
        """True when evidence that may route speaks for an entity the subject is not routed to."""
        return any(each.entity not in self.routes and each.tier <= LAST_ROUTED_TIER for each in self.candidates)


def own(subject: Subject, claims: Claims, *, trusted: frozenset[EntityRef] = frozenset()) -> Ownership:
    """Whose `subject` is, as far as the claims tell. The same for the same input in any order.

    `trusted` are entities read from a catalog location that only their owners can write: their annotations also give
    sight of what is sensitive.
    """
    return decide(_candidates(subject, claims), trusted=trusted, otherwise=_unmapped_reason(subject, claims))


def decide(
    candidates: Sequence[Candidate], *, otherwise: Reason, trusted: frozenset[EntityRef] = frozenset()
) -> Ownership:
    """The decision among candidates: strongest tier, then closest fit. `otherwise` is the reason when none may route.

    Candidates of one tier and fit that name different entities contradict each other, unless all have one and the same
    owner: then nobody would see more by either claim, and the subject is simply shared by components of one team.
    An entity without owner contradicts like any other, so that dropping an owner never hands its findings to a rival.
    """
    ordered = tuple(sorted(set(candidates), key=_strongest_first)) if len(candidates) > 1 else tuple(candidates)
    if not ordered or ordered[0].tier > LAST_ROUTED_TIER:
        return Ownership(
            routes=(), readers=(), tier=None, verdict=Verdict.UNMAPPED, reason=otherwise, candidates=ordered
        )
    first = ordered[0]
    tier = first.tier
    routes = [first.entity]
    owners = {first.owner}
    for each in ordered[1:]:
        if each.tier != tier or each.specificity != first.specificity:
            break
        if each.entity != routes[-1]:
            routes.append(each.entity)
        owners.add(each.owner)
    if len(routes) > 1 and (len(owners) > 1 or None in owners):
        return Ownership(
            routes=tuple(routes),
            readers=(),
            tier=tier,
            verdict=Verdict.CONFLICT,
            reason=Reason.CONTRADICTION,
            candidates=ordered,
        )
    return Ownership(
        routes=tuple(routes),
        readers=tuple((entity, _depth(tier, entity, trusted)) for entity in routes),
        tier=tier,
        verdict=Verdict.MAPPED,
        reason=None,
        candidates=ordered,
    )


def _depth(tier: int, entity: EntityRef, trusted: frozenset[EntityRef]) -> Depth:
    if tier == 1 or (tier in _SENSITIVE_TIERS and entity in trusted):
        return Depth.SENSITIVE
    return Depth.WORK


def _strongest_first(candidate: Candidate) -> tuple[int, int, EntityRef, str, str, str, str]:
    return (
        candidate.tier,
        -candidate.specificity,
        candidate.entity,
        candidate.form,
        candidate.value,
        candidate.annotation,
        candidate.owner or "",
    )


def _candidates(subject: Subject, claims: Claims) -> list[Candidate]:
    """Every claim on one of the subject's names, with how closely it fits."""
    found: list[Candidate] = []
    claimed = claims.by_key
    for form, value in subject.aliases:
        if form == REPOSITORY_PATH:
            continue
        name = canonical(form, value)
        of_name = claimed.get((form, name), ())
        if form == REPOSITORY and of_name:
            found += _of_repository(of_name, _paths_in(name, subject))
            continue
        for claim in of_name:
            fit = _fit(claim, subject)
            if fit is not None:
                found.append(_candidate(claim, fit))
    for project in subject.projects or ():
        for claim in claimed.get((WIZ_PROJECT, canonical(WIZ_PROJECT, project.external_id)), ()):
            fit = min(project.nesting_level, LEAF_PROJECT - 1) if project.is_folder else LEAF_PROJECT
            found.append(_candidate(claim, fit))
    return found


def _of_repository(claims: Sequence[Claim], paths: Sequence[Sequence[str]]) -> list[Candidate]:
    """The claims on one repository that mean one of these places in it, the deepest folder the closest.

    Claims are found by the repository alone, so that a component that comes or goes touches every subject in its
    repository and no other. Where no claim means any of the places, or none is known, all of them count alike: nobody
    says that this part of the repository is somebody else's, so it stays with those who share the repository.
    """
    fits = [(claim, _folder_fit(claim.path, paths)) for claim in claims] if paths else []
    found = [_candidate(claim, fit) for claim, fit in fits if fit is not None]
    return found or [_candidate(claim, 0) for claim in claims]


def _paths_in(repository: str, subject: Subject) -> list[list[str]]:
    """The places of the subject in this repository, as names of folders and the file."""
    found = []
    for form, value in subject.aliases:
        if form == REPOSITORY_PATH:
            inside, _, path = canonical(form, value).partition(IN_REPOSITORY)
            if inside == repository:
                found.append(path.split("/"))
    return found


def _candidate(claim: Claim, fit: int) -> Candidate:
    return Candidate(claim.entity_ref, claim.tier, claim.form, claim.value, claim.annotation, fit, claim.owner)


def _fit(claim: Claim, subject: Subject) -> int | None:
    """The specificity of a claim on one of the subject's aliases. None: it means another cluster."""
    if claim.form in _NAMES_RESOURCE:
        return RESOURCE
    if claim.form == WIZ_PROJECT:
        return LEAF_PROJECT
    if claim.cluster:
        clusters = [canonical(form, value) for form, value in subject.aliases if form == KUBERNETES_CLUSTER]
        return 1 if claim.cluster in clusters else None
    return 0


def _folder_fit(folder: str, paths: Sequence[Sequence[str]]) -> int | None:
    """How many folders deep the claim reaches towards one of the places. None: towards none of them."""
    if not folder:
        return 0
    wanted = folder.split("/")
    return len(wanted) if any(path[: len(wanted)] == wanted for path in paths) else None


def _unmapped_reason(subject: Subject, claims: Claims) -> Reason:
    if not claims.entities:
        return Reason.CATALOG_EMPTY
    if subject.projects is None:
        return Reason.NOT_NAMED
    return Reason.UNCLAIMED_PROJECT if subject.projects else Reason.NO_PROJECT


def holding_key(ownership: Ownership) -> str:
    """Text that is equal exactly when two decisions route and show alike: verdict, reason, routes and readers."""
    readers = [(entity, int(depth)) for entity, depth in ownership.readers]
    return msgspec.json.encode((ownership.verdict, ownership.reason, ownership.routes, readers)).decode()


def group_closure(entities: Iterable[Entity]) -> tuple[tuple[EntityRef, EntityRef], ...]:
    """Every pair (above, below) of groups, each group also with itself, sorted.

    Reading reaches down along these pairs, so a circle gives nothing: groups that are said to stand above each other
    stand above nobody by that, and neither do they stand above what hangs below the circle.
    """
    parents = {entity.ref: entity.parent for entity in entities if entity.kind == "group"}
    pairs: set[tuple[EntityRef, EntityRef]] = set()
    for below, parent in parents.items():
        line = [below]
        seen = {below}
        above = parent
        while above is not None and above in parents and above not in seen:
            line.append(above)
            seen.add(above)
            above = parents[above]
        if above in seen:
            del line[max(1, line.index(above)) :]
        pairs.update((each, below) for each in line)
    return tuple(sorted(pairs))


def owner_problem(component: Entity, entities: Mapping[EntityRef, Entity]) -> str | None:
    """Why the owner of a component cannot act, in words. None: it can."""
    if component.owner is None:
        return "no owner in catalog"
    owner = entities.get(component.owner)
    if owner is None:
        return "owner does not exist"
    if owner.kind == "user":
        return None
    if kind_of(owner.ref) != "group":
        return "owner is no group and no user"
    return None if owner.members else "group has no members"
