"""Lay down who is what and sees how much, and by when things are due: what a change would do, doing it, taking it back."""

from __future__ import annotations

import difflib

import msgspec

from callboard.domain import policy
from callboard.domain.access import (
    Depth,
    Everything,
    Readers,
    Right,
    Role,
    Rules,
    Viewer,
    Visibility,
    roles_of,
    viewer_of,
)
from callboard.domain.component import EntityRef, kind_of
from callboard.domain.due import Policy
from callboard.domain.instant import Instant
from callboard.domain.ownership.mapping import Problem
from callboard.domain.ownership.picking import Sight
from callboard.domain.policy import Body, DateLines, Due, Moved, PersonChange, PolicyKind, PolicyPlan, Roles
from callboard.domain.query import OPEN
from callboard.errors import ConflictError, MappingRefusedError, NotAllowedError
from callboard.ports import Clock
from callboard.store import Connection, Store, evidence
from callboard.store.board import cube
from callboard.store.database import bump_revision
from callboard.store.ownership import laid_down, members, policies
from callboard.store.ownership.laid_down import Laid
from callboard.store.people import audit
from callboard.store.query.filters import Asking

MOST_PEOPLE = 50


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as it stands."""

    kind: PolicyKind
    body: Body
    laid: Laid | None
    """The revision that is in force. None: the configuration is."""
    history: tuple[Laid, ...]
    """The newest first."""


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What applying a draft did."""

    state: str
    """applied, unchanged, held (a person has to agree) or patch (it is kept in a file: change it there)."""
    revision: int
    plan: PolicyPlan


class Configured(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration says, which holds where nothing was laid down."""

    roles: Roles = Roles()
    due: Due = Due()

    def of(self, kind: PolicyKind) -> Body:
        """About one kind."""
        return self.roles if kind is PolicyKind.ROLES else self.due


def rules_in_force(store: Store, configured: Rules) -> Rules:
    """Who is what and sees how much: as laid down, else as configured. The portal's say is configured alone."""
    with store.read() as conn:
        found = laid_down.newest(conn, PolicyKind.ROLES)
    if found is None or found.removed or not isinstance(found.body, Roles):
        return configured
    return found.body.rules(portal_decides=configured.portal_decides)


def due_in_force(store: Store) -> Policy:
    """By when findings are due: as laid down, else as configured."""
    with store.read() as conn:
        return laid_down.due_policy(conn, store)


def standing(store: Store, viewer: Viewer, configured: Configured) -> tuple[Standing, ...]:
    """Every policy with its revisions. Raises NotAllowedError."""
    viewer.require(Right.ADMINISTER)
    with store.read() as conn:
        return tuple(_standing(conn, kind, configured) for kind in PolicyKind)


def plan_policy(
    store: Store, viewer: Viewer, draft: Body, configured: Configured, *, clock: Clock, origin: str | None = None
) -> PolicyPlan:
    """What applying a draft would do. Nothing is written. `origin`: the file that the draft came from, where it is kept in one.

    Raises NotAllowedError for who may not administer.
    """
    viewer.require(Right.ADMINISTER)
    with store.read() as conn:
        return _plan(conn, viewer, draft, configured, origin=origin, now=clock.now())


def list_counted(
    store: Store, viewer: Viewer, draft: Body, configured: Configured, of: Moved | Sight, *, clock: Clock, skip: int = 0
) -> DateLines:  # fmt: skip
    """The findings that one number of a plan counts: whose dates move, or that one person would see more of, or less.

    Nothing is written. Raises NotAllowedError for who may not administer or does not see all of them, MappingRefusedError
    for a policy that has no such number.
    """
    viewer.require(Right.ADMINISTER)
    if not isinstance(viewer.visibility, Everything):
        raise NotAllowedError("What a number of a plan counts is listed for who sees all of it.")
    with store.read() as conn:
        if isinstance(of, Moved):
            if not isinstance(draft, Due):
                raise MappingRefusedError("This policy moves no due dates.", hint="Only `policy: due` does.")
            return policies.listed(conn, viewer.visibility, draft.limits(), of, now=clock.now(), skip=skip)
        stands = _standing(conn, PolicyKind.ROLES, configured).body
        if not isinstance(draft, Roles) or not isinstance(stands, Roles):
            raise MappingRefusedError("This policy changes nobody's sight.", hint="Only `policy: roles` does.")
        before, after = _sights(conn, of.person, stands, draft)
        wide, narrow = (after, before) if of.more else (before, after)
        return policies.apart(conn, viewer.visibility, wide, narrow, skip=skip)


def _sights(conn: Connection, ref: EntityRef, former: Roles, draft: Roles) -> tuple[Visibility, Visibility]:
    """What a person sees, and would see."""
    person = members.as_read(conn, ref)
    owns = members.owns(conn, person)
    rules = (each.rules(portal_decides=False) for each in (former, draft))
    before, after = (viewer_of(person, each, key="", owns=owns).visibility for each in rules)
    return before, after


def apply_policy(
    store: Store, viewer: Viewer, draft: Body, configured: Configured, *, clock: Clock, reason: str,
    agreed: bool = False, expected: int | None = None, origin: str | None = None, remove: bool = False,
) -> Applied:  # fmt: skip
    """Put a policy in force, with everything that follows from it. `remove`: the configuration holds again.

    Nobody gives more sight than they have: what opens more to anybody is for who sees everything. `expected` is the revision
    that the draft was made from. Raises NotAllowedError, ConflictError, and MappingRefusedError with every problem.
    """
    viewer.require(Right.ADMINISTER)
    kind = policy.kind_of(draft)
    if remove:
        draft = configured.of(kind)
    with store.write() as conn:
        now = clock.now()
        found = _plan(conn, viewer, draft, configured, origin=origin, now=now)
        stands = _standing(conn, kind, configured)
        if expected is not None and expected != found.revision:
            raise ConflictError(
                f"The policy was changed meanwhile: revision {found.revision}, not {expected}.",
                hint="Look at what changed, and plan again.",
            )
        if found.problems:
            raise refused(kind, found.problems)
        _may_widen(viewer, stands.body, draft)
        is_same = _is_same(stands, found, origin, remove=remove)
        early = "patch" if found.patch is not None else "unchanged" if is_same else None
        if early is None and found.asks and not agreed:
            early = "held"
        if early is not None:
            return Applied(state=early, revision=found.revision, plan=found)
        n = laid_down.save(
            conn, draft, origin=None if remove else origin, at=now, actor=viewer.named, reason=reason, removed=remove
        )
        detail = {each.field: f"{each.old} → {each.new}" for each in found.changes}
        audit.note(
            conn, at=now, actor=viewer.named, action="policy.remove" if remove else "policy.apply",
            subject=f"policy:{kind}", detail={**detail, "revision": str(n), "reason": reason},
        )  # fmt: skip
        bump_revision(conn)
    after: int | None = 0
    while after is not None:
        # Killed in the middle, the next sync goes on: what gave the dates is kept with them.
        with store.write() as conn:
            after = policies.follow(conn, store, after=after, now=clock.now()).next
    return Applied(state="applied", revision=n, plan=found)


def _is_same(stands: Standing, found: PolicyPlan, origin: str | None, *, remove: bool) -> bool:
    """Whether what is asked for is so already. Where a policy is kept is part of it."""
    if found.changes:
        return False
    if remove:
        return stands.laid is None
    return stands.laid is not None and origin in (None, stands.laid.origin)


def _may_widen(viewer: Viewer, former: Body, draft: Body) -> None:
    if isinstance(viewer.visibility, Everything) or isinstance(former, Due) or isinstance(draft, Due):
        return
    if policy.widens(former, draft):
        raise NotAllowedError(
            "Nobody opens more to others than they see.", hint="Ask somebody who is also security to apply it."
        )


def _standing(conn: Connection, kind: PolicyKind, configured: Configured) -> Standing:
    history = laid_down.history(conn, kind)
    laid = history[0] if history and not history[0].removed else None
    return Standing(kind=kind, body=laid.body if laid else configured.of(kind), laid=laid, history=history)


def _plan(
    conn: Connection, viewer: Viewer, draft: Body, configured: Configured, *, origin: str | None, now: Instant
) -> PolicyPlan:
    kind = policy.kind_of(draft)
    stands = _standing(conn, kind, configured)
    entities = evidence.load_entities(conn)
    found = PolicyPlan(
        kind=kind, revision=stands.history[0].n if stands.history else 0, changes=policy.changes(stands.body, draft),
        problems=policy.problems(draft, stands.body, entities),
    )  # fmt: skip
    if found.problems:
        return found
    if stands.laid is not None and stands.laid.origin is not None and stands.laid.origin != origin:
        found = msgspec.structs.replace(found, patch=_patch(stands.laid.origin, stands.body, draft))
    if isinstance(draft, Due):
        dates = policies.preview(conn, viewer.visibility, draft.limits(), now=now)
        found = msgspec.structs.replace(found, dates=dates)
    elif isinstance(stands.body, Roles):
        found = _people(conn, stands.body, draft, found, now=now)
    return msgspec.structs.replace(found, asks=policy.asks(found, draft, stands.body))


def _people(conn: Connection, former: Roles, draft: Roles, found: PolicyPlan, *, now: Instant) -> PolicyPlan:
    """Whose roles would change, and how much more or less each of them would see."""
    entities = evidence.load_entities(conn)
    concerned = policy.people_of(
        {*former.security, *former.administrators} ^ {*draft.security, *draft.administrators}
        | (set(former.security) ^ set(draft.security)),
        entities,
    )
    before, after = (each.rules(portal_decides=False) for each in (former, draft))
    asking = Asking(now=now)
    changed = []
    for ref in sorted(concerned):
        person = members.as_read(conn, ref)
        owns = members.owns(conn, person)
        old, new = roles_of(person, before, owns=owns), roles_of(person, after, owns=owns)
        if old != new:
            changed.append((person, tuple(r for r in new if r not in old), tuple(r for r in old if r not in new)))
    # Who would see everything comes first, and is counted whether or not there is room for the name.
    changed.sort(key=lambda each: Role.SECURITY not in each[1])
    people = []
    for person, gains, loses in changed[:MOST_PEOPLE]:
        sees = [_open_in_sight(conn, visibility, asking) for visibility in _sights(conn, person.ref, former, draft)]
        people.append(
            PersonChange(
                person=person.ref, gains=tuple(gains), loses=tuple(loses), sees_more=max(0, sees[1] - sees[0]),
                sees_less=max(0, sees[0] - sees[1]),
            )
        )  # fmt: skip
    is_open_otherwise = former.organisation_sees != draft.organisation_sees
    return msgspec.structs.replace(
        found,
        people=tuple(people),
        people_count=len(changed),
        new_security=sum(Role.SECURITY in gains for _, gains, _ in changed),
        everybody=sum(kind_of(ref) == "user" for ref in entities) if is_open_otherwise else 0,
        opened=_routed(conn, asking) if is_open_otherwise else 0,
    )


def _open_in_sight(conn: Connection, visibility: Visibility, asking: Asking) -> int:
    return cube.total(conn, visibility, (OPEN,), asking)


def _routed(conn: Connection, asking: Asking) -> int:
    """Open findings of some component: what could be open to everybody."""
    everybody = Readers(frozenset(), Depth.WORK, others=Depth.WORK)
    return cube.total(conn, everybody, (OPEN,), asking)


def refused(kind: PolicyKind, wrong: tuple[Problem, ...]) -> MappingRefusedError:
    """The error that tells everything that is wrong with a policy."""
    lines = "\n  ".join(f"{each.where}: {each.reason}" for each in wrong)
    return MappingRefusedError(
        f"The policy {kind.value!r} cannot be applied:\n  {lines}",
        hint="Nothing was changed. Put this right, and plan it again.",
    )


def as_yaml(body: Body) -> str:
    """The policy as the file that it can be kept in."""
    import yaml

    return yaml.safe_dump(policy.write(body), sort_keys=False, allow_unicode=True, width=110)


def _patch(origin: str, former: Body, draft: Body) -> str | None:
    lines = difflib.unified_diff(
        as_yaml(former).splitlines(keepends=True),
        as_yaml(draft).splitlines(keepends=True),
        f"a/{origin}",
        f"b/{origin}",
    )
    return "".join(lines) or None
