"""Lay down whose things are: what a change of a rule set would do, doing it, and taking it back."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import msgspec
import yaml

from callboard.domain.access import Everything, Right, Viewer
from callboard.domain.instant import Instant
from callboard.domain.ownership import mapping_text, plan
from callboard.domain.ownership.mapping import Changes, Problem, RuleSet, changes, problems, stamped
from callboard.domain.ownership.picking import Lines, Pick
from callboard.domain.ownership.plan import Plan
from callboard.domain.reconcile import Safety
from callboard.errors import ConflictError, MappingRefusedError, NotAllowedError, NotFoundError
from callboard.ports import Clock
from callboard.store import Connection, Store, evidence
from callboard.store import mapping as mapping_store
from callboard.store.database import bump_revision
from callboard.store.mapping import Revision
from callboard.store.ownership import deciding, picking, planning
from callboard.store.ownership.planning import Survey
from callboard.store.people import audit
from callboard.usecases.collecting import HARDLY, fewer_collections

MOST_TOLD = 20
"""Problems told in one error."""

ATTEMPTS = 3
"""So often a plan is made again when somebody else writes meanwhile; then it is made while nobody can."""


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What applying a draft did."""

    state: str
    """applied, unchanged, held (a person has to agree) or patch (it is kept in a file: change it there)."""
    revision: int
    plan: Plan


def rule_sets(store: Store, viewer: Viewer) -> tuple[Revision, ...]:
    """The rule sets in force. Raises NotAllowedError."""
    viewer.require(Right.MAP)
    with store.read() as conn:
        return mapping_store.in_force(conn)


def revisions(store: Store, viewer: Viewer, name: str) -> tuple[Revision, ...]:
    """Every revision of one rule set, the newest first. Raises NotAllowedError and NotFoundError."""
    viewer.require(Right.MAP)
    with store.read() as conn:
        found = mapping_store.history(conn, name)
    if not found:
        raise NotFoundError(f"There is no rule set {name!r}.", hint="`callboard ownership rules` lists them.")
    return found


@fewer_collections(HARDLY)
def plan_mapping(store: Store, viewer: Viewer, draft: RuleSet, *, clock: Clock, safety: Safety | None = None) -> Plan:
    """What applying `draft` would move, and whose sight it would change. Nothing is written.

    Raises NotAllowedError for who may not map, or does not see everything that would move.
    """
    _may(viewer)
    with store.read() as conn:
        found, _ = _plan(conn, store, viewer, draft, now=clock.now(), safety=safety or Safety())
    return found


@fewer_collections(HARDLY)
def list_picked(store: Store, viewer: Viewer, draft: RuleSet, pick: Pick, *, clock: Clock, skip: int = 0) -> Lines:
    """The resources that one number of the plan of `draft` counts. Nothing is written.

    Raises NotAllowedError as `plan_mapping` does, and MappingRefusedError for a draft that cannot be planned.
    """
    _may(viewer)
    with store.read() as conn:
        others = [each.rule_set for each in mapping_store.in_force(conn) if each.name != draft.name]
        wrong = problems(draft, others, evidence.load_entities(conn), now=clock.now())
        if wrong:
            raise refused(draft.name, wrong)
        known = evidence.current(conn, store)
        planned = known.evidence.under([*others, draft], at=evidence.tick_of(conn))
        return picking.picked(conn, store, viewer.visibility, known, planned, pick=pick, skip=skip)


@fewer_collections(HARDLY)
def apply_mapping(
    store: Store, viewer: Viewer, draft: RuleSet, *, reason: str, clock: Clock, agreed: bool = False,
    expected: int | None = None, remove: bool = False, safety: Safety | None = None,
) -> Applied:  # fmt: skip
    """Make `draft` the set in force, with everything that follows from it in one transaction.

    `expected` is the revision that the draft was made from: ConflictError when there is a newer one. Raises
    MappingRefusedError with every problem, NotAllowedError. A surprising change is held unless `agreed`. A set that is
    kept in a file changes only by that file (`draft.origin`); anything else is answered with a patch. `remove` takes the set back.
    """
    _may(viewer)
    limits = safety or Safety()
    if remove:
        draft = msgspec.structs.replace(draft, rules=(), vocabularies=(), defaults=())
    for attempt in range(ATTEMPTS + 1):
        with store.read() as conn:
            seen = _standing(conn)
            found, survey = _plan(conn, store, viewer, draft, now=clock.now(), safety=limits)
        early = _without_writing(found, survey, expected, agreed=agreed)
        if early is not None:
            return early
        with store.write() as conn:
            now = clock.now()
            if _standing(conn) != seen:
                if attempt < ATTEMPTS:
                    continue
                found, survey = _plan(conn, store, viewer, draft, now=now, safety=limits)
                early = _without_writing(found, survey, expected, agreed=agreed)
            if early is not None or survey is None:
                return early or Applied(state="held", revision=found.revision, plan=found)
            return _write(conn, store, viewer, draft, found, survey=survey, reason=reason, now=now, remove=remove)
    raise ConflictError


def _may(viewer: Viewer) -> None:
    viewer.require(Right.MAP)
    if not isinstance(viewer.visibility, Everything):
        raise NotAllowedError(
            "Whose things are can only be laid down by who sees all of them.",
            hint="Ask somebody with the role of security or administrator.",
        )


def _standing(conn: Connection) -> tuple[object, ...]:
    """What a plan was made from."""
    return (evidence.mark_of(conn), evidence.homes_of(conn), planning.revision(conn))


def _plan(
    conn: Connection, store: Store, viewer: Viewer, draft: RuleSet, *, now: Instant, safety: Safety
) -> tuple[Plan, Survey | None]:
    known = evidence.current(conn, store)
    standing = mapping_store.in_force(conn)
    former = next((each for each in standing if each.name == draft.name), None)
    others = [each.rule_set for each in standing if each.name != draft.name]
    entities = evidence.load_entities(conn)
    revision = former.n if former else 0
    difference = changes(former.rule_set if former else None, draft)
    wrong = problems(draft, others, entities, now=now)
    if wrong:
        return Plan(name=draft.name, revision=revision, changes=difference, problems=wrong), None
    at = evidence.tick_of(conn)
    survey = planning.survey(conn, store, viewer.visibility, known, known.evidence.under([*others, draft], at=at))
    found = Plan(
        name=draft.name, revision=revision, changes=difference, problems=(), resources=survey.resources,
        moved_resources=survey.moved_resources, moved_findings=survey.moved_findings,
        inherited_findings=survey.inherited_findings, seen_otherwise=survey.seen_otherwise, shifts=survey.shifts,
        shift_count=survey.shift_count, access=survey.access,
        reach=tuple(each for each in survey.reach if each.rule.startswith(f"{draft.name}/")),
        patch=_patch(former.rule_set, draft) if former and _is_elsewhere(former.rule_set, draft) else None,
        kept_anew=former is not None and former.rule_set.origin is None and draft.origin is not None,
    )  # fmt: skip
    new = {f"{draft.name}/{name}" for name in (*difference.added, *difference.changed)}
    asked = msgspec.structs.replace(found, reach=tuple(each for each in found.reach if each.rule in new))
    return msgspec.structs.replace(
        found,
        asks=plan.asks(
            asked, former_reach=planning.reach(conn), conflicts=survey.conflicts, share=safety.owner_share,
            at_least=safety.min_findings,
        ),
    ), survey  # fmt: skip


def _is_elsewhere(former: RuleSet, draft: RuleSet) -> bool:
    """Whether the set is kept in a file, and the draft did not come from there."""
    return former.origin is not None and former.origin != draft.origin


def _without_writing(found: Plan, survey: Survey | None, expected: int | None, *, agreed: bool) -> Applied | None:
    """The answer where nothing is to be written."""
    if expected is not None and expected != found.revision:
        raise ConflictError(
            f"The rule set {found.name!r} was changed meanwhile: revision {found.revision}, not {expected}.",
            hint="Look at what changed, and plan again.",
        )
    if found.problems or survey is None:
        raise refused(found.name, found.problems)
    if found.patch is not None:
        return Applied(state="patch", revision=found.revision, plan=found)
    if not found.changes and not found.kept_anew and found.revision:
        return Applied(state="unchanged", revision=found.revision, plan=found)
    if found.asks and not agreed:
        return Applied(state="held", revision=found.revision, plan=found)
    return None


def _write(
    conn: Connection, store: Store, viewer: Viewer, draft: RuleSet, found: Plan, *, survey: Survey,
    reason: str, now: Instant, remove: bool,
) -> Applied:  # fmt: skip
    former = next((each.rule_set for each in mapping_store.in_force(conn) if each.name == draft.name), None)
    kept = stamped(draft, former, by=viewer.named, at=now)
    revision = mapping_store.save(conn, kept, at=now, actor=viewer.named, reason=reason, removed=remove)
    evidence.under(conn, store, [each.rule_set for each in mapping_store.in_force(conn)])
    # What the plan decided is what is decided: nobody has written since, and the evidence is the plan's.
    deciding.write_down(conn, store, survey.decisions, survey.amendment, now=now)
    planning.note_reach(conn, store, now=now, after={each.rule: each.resources for each in survey.reach})
    audit.note(
        conn, at=now, actor=viewer.named, action="ownership.apply" if not remove else "ownership.remove",
        subject=f"rules:{draft.name}",
        detail={
            "revision": str(revision.n), "reason": reason, "moved_resources": str(found.moved_resources),
            "moved_findings": str(found.moved_findings), **_words(found.changes),
        },
    )  # fmt: skip
    bump_revision(conn)
    return Applied(state="applied", revision=revision.n, plan=found)


def _words(found: Changes) -> dict[str, str]:
    told = {"added": found.added, "changed": found.changed, "removed": found.removed}
    return {name: ", ".join(entries) for name, entries in told.items() if entries}


def refused(name: str, wrong: Sequence[Problem]) -> MappingRefusedError:
    """The error that tells everything that is wrong with a rule set."""
    lines = [f"{each.where}: {each.reason}" for each in wrong[:MOST_TOLD]]
    if len(wrong) > MOST_TOLD:
        lines.append(f"and {len(wrong) - MOST_TOLD} more")
    return MappingRefusedError(
        f"The rule set {name!r} cannot be applied:\n  " + "\n  ".join(lines),
        hint="Nothing was changed. Put this right, and `callboard ownership plan` it again.",
    )


def as_yaml(rule_set: RuleSet) -> str:
    """The set as the file that it can be kept in."""
    return yaml.safe_dump(mapping_text.write(rule_set), sort_keys=False, allow_unicode=True, width=110)


def _patch(former: RuleSet, draft: RuleSet) -> str | None:
    """The change as a patch for the file that the set is kept in. None: it says the same."""
    name = former.origin or f"{former.name}.yaml"
    lines = difflib.unified_diff(
        as_yaml(former).splitlines(keepends=True), as_yaml(draft).splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    return "".join(lines) or None
