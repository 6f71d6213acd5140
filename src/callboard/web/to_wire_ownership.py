"""From values of ownership to the JSON shapes."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.domain import mapping_text
from callboard.domain.instant import to_text
from callboard.domain.mapping import Entry, Rule
from callboard.domain.plan import Plan
from callboard.store.mapping import Revision
from callboard.usecases.plan_mapping import Applied
from callboard.web import wire_ownership as wire


def rule_sets(found: Sequence[Revision]) -> wire.RuleSets:
    """Rule sets, or revisions of one."""
    return wire.RuleSets(items=[_revision(each) for each in found])


def _revision(each: Revision) -> wire.RuleSet:
    return wire.RuleSet(
        name=each.name, revision=each.n, at=to_text(each.at), actor=each.actor, reason=each.reason, removed=each.removed,
        origin=each.rule_set.origin, document=mapping_text.write(each.rule_set),
        entries=[_entry(entry) for entry in each.rule_set.entries],
    )  # fmt: skip


def _entry(entry: Entry) -> wire.RuleSetEntry:
    trust = None if isinstance(entry, Rule) else entry.trust
    return wire.RuleSetEntry(
        name=entry.name, by=entry.by, at=to_text(entry.at),
        until=None if entry.until is None else mapping_text.day_of(entry.until),
        trusted_by=None if trust is None else trust.by,
        trusted_until=None if trust is None else mapping_text.day_of(trust.until),
    )  # fmt: skip


def plan(found: Plan) -> wire.Plan:
    """What a draft would do."""
    return wire.Plan(
        name=found.name, revision=found.revision, added=list(found.changes.added), changed=list(found.changes.changed),
        removed=list(found.changes.removed),
        problems=[wire.Problem(where=each.where, reason=each.reason) for each in found.problems],
        asks=list(found.asks), resources=found.resources, moved_resources=found.moved_resources,
        moved_findings=found.moved_findings, seen_otherwise=found.seen_otherwise,
        shifts=[
            wire.Shift(
                before=list(each.before), after=list(each.after), verdict=each.verdict, resources=each.resources,
                findings=each.findings,
                examples=[
                    wire.Example(external_id=one.external_id, source=one.source, name=one.name, evidence=one.evidence)
                    for one in each.examples
                ],
            )
            for each in found.shifts
        ],
        shift_count=found.shift_count,
        access=[
            wire.Access(
                owner=each.owner, gained=each.gained, lost=each.lost, gained_sensitive=each.gained_sensitive,
                lost_sensitive=each.lost_sensitive,
            )
            for each in found.access
        ],
        reach=[
            wire.RuleReach(rule=each.rule, resources=each.resources, decides=each.decides) for each in found.reach
        ],
        patch=found.patch,
    )  # fmt: skip


def applied(done: Applied) -> wire.Applied:
    """What applying did."""
    return wire.Applied(state=done.state, revision=done.revision, plan=plan(done.plan))
