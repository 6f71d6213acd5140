"""Policies that are laid down in revisions, like mapping rules: who is what and sees how much, and by when things are due. Pure.

policy: roles
organisation_sees: counts
security: [group:default/security]
administrators: [group:default/platform]

policy: due
by: severity
days: {critical: 7, high: 30, low: 0}
known_exploited_days: 14

What nobody has laid down is as the configuration says.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import msgspec

from callboard.domain.access import Depth, Rules
from callboard.domain.component import Entity, EntityRef, entity_ref
from callboard.domain.due import DAYS, KNOWN_EXPLOITED_DAYS, Policy, PolicyName
from callboard.domain.finding import Severity
from callboard.domain.instant import Instant
from callboard.domain.ownership.mapping import Problem

Word = Literal["critical", "high", "medium", "unknown", "low", "info"]
Days = Annotated[int, msgspec.Meta(ge=0, le=3_650)]
"""Calendar days; 0: no date."""
MOST_GROUPS = 200

DEPTHS: Mapping[str, Depth | None] = {"nothing": None, "counts": Depth.COUNTS, "work": Depth.WORK}
"""What `organisation_sees` says."""


@enum.unique
class PolicyKind(enum.StrEnum):
    """What a policy is about. The words are stored: never change one."""

    ROLES = "roles"
    DUE = "due"


class Roles(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="policy", tag="roles"):
    """Who is security and who administers, and what is open to everybody."""

    organisation_sees: Literal["nothing", "counts", "work"] = "nothing"
    security: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_GROUPS)] = ()
    administrators: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_GROUPS)] = ()

    def rules(self, *, portal_decides: bool) -> Rules:
        """As access asks for them."""
        return Rules(
            organisation_sees=DEPTHS[self.organisation_sees],
            security=frozenset(map(EntityRef, self.security)),
            administrators=frozenset(map(EntityRef, self.administrators)),
            portal_decides=portal_decides,
        )


class Due(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="policy", tag="due"):
    """By when findings are due; see `domain.due`."""

    by: PolicyName = PolicyName.SEVERITY
    days: Mapping[Word, Days] = {}
    """By severity; those that are left out have the usual ones."""
    known_exploited_days: Days = KNOWN_EXPLOITED_DAYS

    def limits(self) -> Policy:
        """As findings are judged by it."""
        told = {str(word): days for word, days in self.days.items()}
        days = {each: (told[each.word] or None) if each.word in told else DAYS[each] for each in Severity}
        return Policy(name=self.by, days=days, known_exploited_days=self.known_exploited_days or None)


Body = Roles | Due


def kind_of(body: Body) -> PolicyKind:
    """What it is about."""
    return PolicyKind.ROLES if isinstance(body, Roles) else PolicyKind.DUE


LONGEST_QUOTE = 500
"""Characters of a mistake that are told: it may quote what was written."""


class UnreadableError(Exception):
    """A text that is no policy, with the sentence that says why."""


def read(document: Any) -> Body:  # noqa: ANN401 - whatever a parser of YAML or JSON gives
    """A policy as a person wrote it. References are completed, groups sorted. Raises UnreadableError."""
    try:
        body: Body = msgspec.convert(document, Roles | Due)
    except msgspec.ValidationError as error:
        raise UnreadableError(
            f"{str(error)[:LONGEST_QUOTE]}. A policy says `policy: roles` or `policy: due` first."
        ) from None
    if isinstance(body, Due):
        return body
    try:
        security, administrators = (
            tuple(sorted({entity_ref(each, kind="group") for each in groups}))
            for groups in (body.security, body.administrators)
        )
    except ValueError as error:
        raise UnreadableError(f"{error}.") from None
    return msgspec.structs.replace(body, security=security, administrators=administrators)


def write(body: Body) -> dict[str, Any]:
    """A policy as `read` takes it, every value said."""
    if isinstance(body, Roles):
        found: dict[str, Any] = msgspec.to_builtins(body)
        return {**found, "security": list(body.security), "administrators": list(body.administrators)}
    policy = body.limits()
    days = {each.word: policy.days[each] or 0 for each in sorted(Severity, reverse=True)}
    return {
        "policy": "due", "by": body.by.value, "days": days, "known_exploited_days": policy.known_exploited_days or 0,
    }  # fmt: skip


class Change(msgspec.Struct, frozen=True):
    """One value that a draft changes."""

    field: str
    old: str
    new: str


def changes(former: Body, draft: Body) -> tuple[Change, ...]:
    """What a draft changes of the policy in force."""
    before, after = _flat(write(former)), _flat(write(draft))
    return tuple(Change(key, before[key], after[key]) for key in after if before[key] != after[key])


def _flat(told: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in told.items():
        if isinstance(value, dict):
            found |= {f"{key}.{inner}": str(each) for inner, each in value.items()}
        else:
            found[key] = (", ".join(value) or "nobody") if isinstance(value, list) else str(value)
    return found


def widens(former: Roles, draft: Roles) -> bool:
    """Whether somebody would see more by it, or could come to: nobody gives more sight than they have."""
    deeper = (DEPTHS[draft.organisation_sees] or 0) > (DEPTHS[former.organisation_sees] or 0)
    return deeper or bool(set(draft.security) - set(former.security))


def problems(draft: Body, former: Body, entities: Mapping[EntityRef, Entity]) -> tuple[Problem, ...]:
    """Everything that has to be put right first."""
    if isinstance(draft, Due) or isinstance(former, Due):
        return ()
    found: list[Problem] = []
    for field, groups in (("security", draft.security), ("administrators", draft.administrators)):
        for ref in groups:
            entity = entities.get(EntityRef(ref))
            if entity is None:
                found.append(Problem(field, f"{ref} is not in the catalog. Correct it, or add the group there first."))
            elif entity.kind != "group":
                found.append(
                    Problem(field, f"{ref} is a {entity.kind}. Name a group, whose direct members it will be.")
                )
    if people_of(former.administrators, entities) and not people_of(draft.administrators, entities):
        found.append(
            Problem("administrators", "Nobody would be left who may change this again. Name a group that has members.")
        )
    return tuple(found)


def people_of(groups: Iterable[str], entities: Mapping[EntityRef, Entity]) -> frozenset[EntityRef]:
    """The direct members of these groups."""
    known = (entities.get(EntityRef(ref)) for ref in groups)
    return frozenset(member for entity in known if entity is not None for member in entity.members)


class PersonChange(msgspec.Struct, frozen=True, kw_only=True):
    """What one person would become and cease to be."""

    person: EntityRef
    gains: tuple[str, ...]
    loses: tuple[str, ...]
    sees_more: int = 0
    """Open findings that come into sight."""
    sees_less: int = 0


class DateExample(msgspec.Struct, frozen=True, kw_only=True):
    """One finding whose date would move."""

    id: int
    title: str
    severity: Severity
    old: Instant | None
    new: Instant | None


@enum.unique
class Moved(enum.StrEnum):
    """What a number of a plan of due dates counts. The words are in the API."""

    ALL = "moved"
    EARLIER = "earlier"
    LATER = "later"
    NEWLY_OVERDUE = "newly-overdue"
    NO_LONGER_OVERDUE = "no-longer-overdue"

    def counts(self, old: int, new: int, *, start: int) -> bool:
        """Whether a date that goes from `old` to `new` is counted; both far away where there is none. `start`: of today."""
        match self:
            case Moved.EARLIER:
                return new < old
            case Moved.LATER:
                return new > old
            case Moved.NEWLY_OVERDUE:
                return new < start <= old
            case Moved.NO_LONGER_OVERDUE:
                return old < start <= new
            case _:
                return new != old


class DateLines(msgspec.Struct, frozen=True, kw_only=True):
    """The findings that a number counts, those that would be due first."""

    findings: int
    lines: tuple[DateExample, ...]
    next: int | None = None
    """How many to skip for more. None: these are the last."""


class DateChange(msgspec.Struct, frozen=True, kw_only=True):
    """What another policy would do to due dates, in open findings."""

    open: int = 0
    moved: int = 0
    earlier: int = 0
    later: int = 0
    """Of these, also those that would have no date any more."""
    newly_overdue: int = 0
    no_longer_overdue: int = 0
    examples: tuple[DateExample, ...] = ()
    """Of those in the viewer's sight."""


class PolicyPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What applying a draft would do."""

    kind: PolicyKind
    revision: int
    """The revision that the draft was compared with. 0: the configuration."""
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()
    asks: tuple[str, ...] = ()
    """Why a person has to agree by name, in sentences."""
    people: tuple[PersonChange, ...] = ()
    """Whose roles would change, 50 at most."""
    people_count: int = 0
    new_security: int = 0
    """Of all these people, those who would see everything."""
    everybody: int = 0
    """People in the catalog, where what is open to all of them would change."""
    opened: int = 0
    """Open findings of some component, which that is about."""
    dates: DateChange | None = None
    patch: str | None = None
    """The policy is kept in a file: the change, as a patch for it."""


def asks(plan: PolicyPlan, draft: Body, former: Body) -> tuple[str, ...]:
    """Why a person has to agree."""
    if isinstance(draft, Due) or isinstance(former, Due):
        late = plan.dates.newly_overdue if plan.dates else 0
        return (f"{_count(late, 'open finding')} would be overdue at once.",) if late else ()
    found = []
    if (DEPTHS[draft.organisation_sees] or 0) > (DEPTHS[former.organisation_sees] or 0):
        what = "the work" if draft.organisation_sees == "work" else "the numbers"
        everybody = _count(plan.everybody, "person", "people")
        found.append(
            f"Everybody in the catalog, {everybody}, would see {what} of {_count(plan.opened, 'open finding')}."
        )
    if plan.new_security:
        found.append(f"{_count(plan.new_security, 'person', 'people')} would see every finding, to the full depth.")
    return tuple(found)


def _count(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or f'{one}s'}"
