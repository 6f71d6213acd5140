"""From values of ownership to the JSON shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callboard.domain.instant import Instant, to_text
from callboard.domain.ownership import coverage, mapping_text
from callboard.domain.ownership.drift import Signal, SignalKind
from callboard.domain.ownership.explanation import Explanation, Spoken
from callboard.domain.ownership.mapping import Entry, Rule
from callboard.domain.ownership.picking import Lines, Number, Pick
from callboard.domain.ownership.plan import Plan
from callboard.store.mapping import Revision
from callboard.usecases.ownership.plan_mapping import Applied
from callboard.usecases.ownership.speak_for import Said
from callboard.web.to_wire.board import base_image
from callboard.web.wire import ownership as wire
from callboard.web.words import evidence


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
        problems=[wire.MappingProblem(where=each.where, reason=each.reason) for each in found.problems],
        asks=list(found.asks), resources=found.resources, moved_resources=found.moved_resources,
        moved_findings=found.moved_findings, inherited_findings=found.inherited_findings, seen_otherwise=found.seen_otherwise,
        shifts=[
            wire.Shift(
                before=list(each.before), after=list(each.after), verdict=each.verdict, resources=each.resources,
                findings=each.findings, of=str(Pick(Number.SHIFT, each.key)),
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


def _text(at: Instant | None) -> str | None:
    return None if at is None else to_text(at)


def explanation(found: Explanation) -> wire.Explanation:
    """Why a resource is whose it is."""
    return wire.Explanation(
        external_id=found.external_id, source=found.source, name=found.name, type=found.type, verdict=found.verdict,
        reason=found.reason, tier=found.tier, components=list(found.components), disputed=found.disputed,
        open_findings=found.open_findings,
        grounds=[
            wire.Ground(
                component=each.component, owner=each.owner, owner_problem=each.owner_problem, tier=each.tier,
                tier_words=evidence(each.tier, found.source), text=each.text, won=each.won, dropped=each.dropped,
                seen_at=to_text(each.seen_at),
            )
            for each in found.grounds
        ],
        spoken=[
            spoken(each) for each in found.spoken
        ],
        history=[
            wire.Tenure(
                components=list(each.components), verdict=each.verdict, tier=each.tier, from_at=to_text(each.from_at),
                to_at=_text(each.to_at),
            )
            for each in found.history
        ],
        withheld=found.withheld, waits=found.waits,
        base=None if found.base is None else base_image(found.base), may_map=found.may_map, may_confirm=list(found.may_confirm),
        may_deny=list(found.may_deny), may_undo=list(found.may_undo),
    )  # fmt: skip


def spoken(each: Spoken) -> wire.Spoken:
    """What somebody said."""
    return wire.Spoken(
        id=each.id, word=each.word.value, component=each.component, actor=each.actor, reason=each.reason,
        at=to_text(each.at), ended_at=_text(each.ended_at), ended_by=each.ended_by,
    )  # fmt: skip


def said(found: Said) -> wire.SaidWord:
    """What was said, and what followed."""
    return wire.SaidWord(
        id=found.id, word=found.word.value, component=found.component, moved_findings=found.moved_findings,
        review=found.review,
    )  # fmt: skip


def report(found: coverage.Report) -> wire.Coverage:
    """How much has an owner."""
    return wire.Coverage(
        on=to_text(found.on), is_past=found.is_past, sentence=found.sentence, whole=_row(found.whole), cut=found.cut,
        rows=[_row(each) for each in found.rows], changed_in_period=found.changed_in_period,
        waits=None if found.waits is None else wire.OwnerWaits(
            resources=found.waits.resources, within_a_day=found.waits.within_a_day,
            within_a_week=found.waits.within_a_week, median_days=found.waits.median,
        ),
        said=[wire.TierSaid(tier=each.tier, right=each.right, wrong=each.wrong) for each in found.said],
        components=found.components, components_with_identifier=found.components_with_identifier,
        without_owner=list(found.without_owner), empty_groups=list(found.empty_groups),
        dangling=[
            wire.DanglingClaim(component=each.component, annotation=each.annotation, value=each.value)
            for each in found.dangling
        ],
        best=[
            wire.NextAction(
                annotation=each.annotation, value=each.value, project=each.project, component=each.component,
                why=each.why, findings=each.findings, resources=each.resources, location=each.location,
                patch=each.patch,
            )
            for each in found.best
        ],
    )  # fmt: skip


def _row(each: coverage.Row) -> wire.CoverageRow:
    return wire.CoverageRow(
        label=each.label, query=each.query, findings=_shares(each.findings), resources=_shares(each.resources),
        urgent=_shares(each.urgent), critical_high=_shares(each.critical_high),
        unmapped_age_p50=each.unmapped_age_p50, unmapped_age_p90=each.unmapped_age_p90,
        oldest_unmapped_at=_text(each.oldest_unmapped_at),
    )  # fmt: skip


def _shares(each: coverage.Shares) -> wire.Shares:
    return wire.Shares(
        all=each.all, mapped=each.mapped, by_tier=list(each.by_tier), conflict=each.conflict, unmapped=each.unmapped,
        suggested=each.suggested, disputed=each.disputed, dropped=each.dropped, coverage=each.coverage,
    )  # fmt: skip


def lines(found: Lines) -> wire.ChangedResources:
    """The resources that a number counts."""
    return wire.ChangedResources(
        resources=found.resources,
        findings=found.findings,
        items=[
            wire.ChangedResource(
                external_id=each.external_id, source=each.source, name=each.name, type=each.type,
                before=list(each.before), after=list(each.after), verdict=each.verdict, open=each.open, at=_text(each.at),
            )
            for each in found.lines
        ],
        next_skip=found.next,
    )  # fmt: skip


def signals(found: Sequence[Signal], counts: Mapping[SignalKind, int] | None = None) -> wire.OwnershipSignals:
    """Signals."""
    return wire.OwnershipSignals(
        items=[
            wire.OwnershipSignal(
                id=each.id, kind=each.kind.value, words=each.kind.words, about=each.about, at=to_text(each.at),
                old=each.old, new=each.new, n=each.n, closed_at=_text(each.closed_at), closed_by=each.closed_by,
            )
            for each in found
        ],
        counts={kind.value: n for kind, n in (counts or {}).items()},
    )  # fmt: skip
