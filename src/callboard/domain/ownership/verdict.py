"""Ownership: whose a subject is, with all the evidence, and who may see it therefore.

A subject is what ownership is decided for: a resource, or for an inherited finding its base image. Routing answers "who
should fix this?", where a best guess is useful; reading answers "who may see this?", where a wrong guess leaks a
weakness. So a contradiction is routed to everybody it may concern and read by none of them.

`domain.evidence` gathers the candidates, this file decides between them.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter

import msgspec

from callboard.domain.access import Depth
from callboard.domain.component import EntityRef
from callboard.domain.finding import Service
from callboard.domain.ownership.claims import Key

LAST_ROUTED_TIER = 6
"""Weaker evidence (activity, alike names) is a suggestion: shown, never routed, never read."""

RESOURCE = 1_000_000
"""Specificity of a claim on the resource itself."""
LEAF_PROJECT = 500_000
"""Specificity of a claim on a project that holds it. A folder project counts its nesting level, so the nearest wins."""
BY_PERSON = 10 * RESOURCE
"""Specificity of a person's word on this one resource."""


@enum.unique
class Tier(enum.IntEnum):
    """How strong evidence is, 1 the strongest. The numbers are stored: never change one."""

    RULE = 1
    """A mapping rule, or a person's word, that somebody who may map has approved."""
    NAMED = 2
    """An annotation that names the source's own object."""
    REPOSITORY = 3
    """The repository, or where an artefact was built from."""
    TAG = 4
    """A cloud tag with a declared vocabulary."""
    LABEL = 5
    """A label or namespace in Kubernetes."""
    DEFAULT = 6
    """The default of an account or a project."""
    ACTIVITY = 7
    """Code owners, and who worked there lately. A suggestion."""
    NAME = 8
    """Names that are alike. A suggestion."""

    @property
    def words(self) -> str:
        """The tier in words, for people."""
        return _TIER_WORDS[self]


_TIER_WORDS = {
    Tier.RULE: "approved rule",
    Tier.NAMED: "annotation",
    Tier.REPOSITORY: "repository",
    Tier.TAG: "tag",
    Tier.LABEL: "Kubernetes label",
    Tier.DEFAULT: "account default",
    Tier.ACTIVITY: "activity",
    Tier.NAME: "similar name",
}


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
    DISOWNED = "disowned"

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
    Reason.DISOWNED: "its owners said that it is not theirs",
}


class SubjectProject(msgspec.Struct, frozen=True, gc=False):
    """A project that the source says the subject is in."""

    external_id: str
    is_folder: bool = False
    nesting_level: int = 0
    """How many folders are above it. 0: at the top."""


@enum.unique
class Word(enum.StrEnum):
    """What a person can say about whose one resource is. The words are stored: never change one."""

    CONFIRM = "confirm"
    """It is theirs, says somebody who may map: the strongest evidence there is."""
    ENDORSE = "endorse"
    """It is ours, says the team it is routed to: kept and shown, and it widens nobody's sight."""
    NOT_OURS = "not-ours"
    """It is not ours, says the team it is routed to: that team is no candidate any more."""


class Said(msgspec.Struct, frozen=True, order=True, gc=False):
    """What somebody said about one entity and this subject, and has not taken back."""

    word: Word
    entity: EntityRef
    by: str


class Subject(msgspec.Struct, frozen=True, gc=False):
    """What ownership is decided for, by all its names."""

    aliases: tuple[Key, ...]
    projects: tuple[SubjectProject, ...] | None = None
    """Empty: the source says it is in none. None: the source does not tell."""
    source: str = ""
    """The operator's name of the source."""
    types: tuple[str, ...] = ()
    """The source's words for what it is."""
    accounts: tuple[str, ...] = ()
    """The account or subscription it is in, by id and by name."""
    name: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    """Its tags; of an object in Kubernetes they are its labels."""
    services: tuple[Service, ...] = ()
    said: tuple[Said, ...] = ()


class Candidate(msgspec.Struct, frozen=True, order=True, gc=False):
    """One entity that has a claim on a subject, winner or not."""

    entity: EntityRef
    tier: int
    form: str
    value: str
    annotation: str
    """The annotation, the tag, or what else says so."""
    specificity: int
    """How closely the claim fits; compared within a tier, larger wins."""
    owner: EntityRef | None = None
    """The entity's owner when this was decided."""
    trusted: bool = False
    """Whoever wrote this evidence may open what is sensitive by it."""
    rule: str = ""
    """The mapping rule that says so: entities that one rule names together share the subject."""
    dropped: str = ""
    """Why it does not count, in words. Empty: it counts."""

    @property
    def text(self) -> str:
        """The evidence as a person can check it, for example `wiz.io/project-id: 7f2c…`."""
        return f"{self.annotation}: {self.value}"


class Ownership(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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
        """True when other evidence that may route names an entity of another owner.

        What gave way by its own rule disputes nothing: a default, which stands only for what nothing better is known of,
        and a wider claim of the tier that decided, such as one on the whole repository.
        """
        owners = {each.owner for each in self.candidates if each.entity in self.routes} - {None}
        return self.verdict is Verdict.MAPPED and any(
            each.tier < Tier.DEFAULT
            and each.tier != self.tier
            and not each.dropped
            and each.entity not in self.routes
            and each.owner not in owners
            for each in self.candidates
        )


_RULE, _MAPPED, _WORK, _SENSITIVE = int(Tier.RULE), Verdict.MAPPED, Depth.WORK, Depth.SENSITIVE
"""Members of enumerations cost more to look up than what is done with them here, a hundred thousand times over."""


def decide(candidates: Sequence[Candidate], *, otherwise: Reason) -> Ownership:
    """The decision among candidates: strongest tier, then closest fit. `otherwise` is the reason when none may route.

    Candidates of one tier and fit that name different entities contradict each other, unless all have one and the same
    owner, or one approved rule names them together: then nobody would see more by either claim than was agreed to, and
    the subject is simply shared. An entity without owner contradicts like any other, so that dropping an owner never
    hands its findings to a rival.
    """
    ordered = _ordered(candidates)
    equal: list[Candidate] = []
    for each in ordered:
        if each.dropped:
            continue
        if equal and (each.tier != equal[0].tier or each.specificity != equal[0].specificity):
            break
        equal.append(each)
    if not equal or equal[0].tier > LAST_ROUTED_TIER:
        reason = (
            Reason.DISOWNED if any(each.dropped and each.tier <= LAST_ROUTED_TIER for each in ordered) else otherwise
        )
        return Ownership(routes=(), readers=(), tier=None, verdict=Verdict.UNMAPPED, reason=reason, candidates=ordered)
    tier = equal[0].tier
    is_rule = tier == _RULE
    if len(equal) == 1:
        only = equal[0]
        depth = _SENSITIVE if is_rule or only.trusted else _WORK
        return Ownership(
            routes=(only.entity,), readers=((only.entity, depth),), tier=tier, verdict=_MAPPED, reason=None,
            candidates=ordered,
        )  # fmt: skip
    routes = tuple(dict.fromkeys([each.entity for each in equal]))
    if len(routes) > 1:
        owners = {each.owner for each in equal}
        if (len(owners) > 1 or None in owners) and not _is_shared(equal, routes):
            return Ownership(
                routes=routes, readers=(), tier=tier, verdict=Verdict.CONFLICT, reason=Reason.CONTRADICTION,
                candidates=ordered,
            )  # fmt: skip
    trusted = {each.entity for each in equal if is_rule or each.trusted}
    return Ownership(
        routes=routes,
        readers=tuple([(entity, _SENSITIVE if entity in trusted else _WORK) for entity in routes]),
        tier=tier,
        verdict=_MAPPED,
        reason=None,
        candidates=ordered,
    )


def _ordered(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The strongest first, each once; the same for any order."""
    if len({each.tier for each in candidates}) == len(candidates):
        return tuple(sorted(candidates, key=_BY_TIER))  # most subjects: no two are of one tier, so nothing else decides
    ordered = sorted(candidates, key=_strongest_first)
    return (ordered[0], *(each for former, each in pairwise(ordered) if each != former))


_BY_TIER = attrgetter("tier")


def _is_shared(equal: Sequence[Candidate], routes: Sequence[EntityRef]) -> bool:
    """Whether approved rules, each by itself, name exactly these entities together."""
    by_rule: dict[str, set[EntityRef]] = {}
    for each in equal:
        by_rule.setdefault(each.rule, set()).add(each.entity)
    return "" not in by_rule and all(named == set(routes) for named in by_rule.values())


def _strongest_first(candidate: Candidate) -> tuple[int, int, EntityRef, str, str, str, str, str, str, bool]:
    return (
        candidate.tier,
        -candidate.specificity,
        candidate.entity,
        candidate.form,
        candidate.value,
        candidate.annotation,
        candidate.owner or "",
        candidate.rule,
        candidate.dropped,
        candidate.trusted,
    )


def holding_key(ownership: Ownership) -> str:
    """Text that is equal exactly when two decisions route and show alike: verdict, reason, routes and readers."""
    readers = [(entity, int(depth)) for entity, depth in ownership.readers]
    return msgspec.json.encode((ownership.verdict, ownership.reason, ownership.routes, readers)).decode()


def must_win_again(ownership: Ownership, verdict: str, routes: Sequence[EntityRef]) -> bool:
    """Whether a decision against the entities a subject has been routed to (`routes`, by `verdict`) has to be found twice.

    Tags, labels and defaults change without anybody looking. Where they give a subject to somebody else while those who
    have it still have a claim, one sync is not enough, so that what flickers at the source moves nothing.
    """
    if verdict != Verdict.MAPPED or ownership.verdict is not Verdict.MAPPED or set(routes) == set(ownership.routes):
        return False
    if ownership.tier is None or ownership.tier < Tier.TAG:
        return False
    standing = {each.entity for each in ownership.candidates if each.tier <= LAST_ROUTED_TIER and not each.dropped}
    return set(routes) <= standing
