"""Domain values as the API's JSON shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from msgspec import UnsetType

from callboard.domain import board, finding, health
from callboard.domain.instant import Instant, to_text
from callboard.domain.link import UNSAFE_LINK
from callboard.domain.ownership.inherited import BaseImage
from callboard.domain.query import OneOf, Page, Query
from callboard.domain.remediation.sayable import Sayable
from callboard.web import links
from callboard.web.to_wire import tickets as to_wire_tickets
from callboard.web.to_wire.decisions import told as said
from callboard.web.to_wire.guidance import guidance
from callboard.web.to_wire.write_back import write_back
from callboard.web.wire import board as wire

if TYPE_CHECKING:
    from callboard.store.board.links import LinkCheck
    from callboard.usecases.jobs import AtWork

T = TypeVar("T")

OPEN = OneOf("is", ("open",))


def counts(value: board.Counts) -> wire.Counts:
    """Counts as JSON."""
    return wire.Counts(
        critical=value.critical,
        high=value.high,
        medium=value.medium,
        unknown=value.unknown,
        low=value.low,
        info=value.info,
        total=value.total,
    )


def source(value: health.SourceHealth) -> wire.Source:
    """A source as JSON."""
    return wire.Source(
        name=value.name,
        kind=value.kind,
        last_full_at=date(value.last_full_at),
        last_run_at=date(value.last_run_at),
        last_run_state=value.last_run_state,
        reason=value.reason,
        held_run=value.held_run,
        stale=value.stale,
        syncing=value.syncing,
        rejected=value.rejected,
        out_of_scope=value.out_of_scope,
        findings=value.findings,
    )


def workers(values: Sequence[AtWork]) -> wire.Workers:
    """All processes that do what is due as JSON."""
    return wire.Workers(workers=[_worker(each) for each in values])


def _worker(value: AtWork) -> wire.Worker:
    known = value.worker
    return wire.Worker(
        process=known.process,
        role=known.role,
        version=known.version,
        started_at=to_text(known.started_at),
        seen_at=to_text(known.seen_at),
        lost=value.is_lost,
        doing=known.doing,
        readings=[
            wire.Reading(source=each.source, leads=each.leads, parts=list(each.parts)) for each in value.readings
        ],
    )


def sources(
    values: Sequence[health.SourceHealth], checks: Sequence[LinkCheck] = (), broken: Mapping[str, int] | None = None
) -> wire.Sources:
    """All sources as JSON, with what is known about their links."""
    return wire.Sources(
        sources=[source(value) for value in values],
        link_checks=[_link_check(check) for check in checks],
        broken_links_30d=dict(broken or {}),
    )


def _link_check(check: LinkCheck) -> wire.LinkCheck:
    return wire.LinkCheck(
        source=check.source,
        checked_at=to_text(check.at),
        tallies=[
            wire.LinkTally(
                kind=tally.kind.word,
                shape=tally.shape.value,
                checked=tally.checked,
                counts={verdict.value: n for verdict, n in tally.counts.items()},
                example_id=tally.example,
            )
            for tally in check.tallies
        ],
    )


def whole(value: board.Board) -> wire.Board:
    """The board's numbers as JSON."""
    totals = value.totals
    return wire.Board(
        revision=value.revision,
        catalog_read_at=date(value.catalog_read_at),
        findings=totals.findings,
        by_state=totals.by_state,
        open=counts(totals.open),
        open_by_kind=totals.by_kind,
        open_mapped=counts(totals.mapped),
        open_unmapped=totals.unmapped,
        open_conflicts=totals.conflicts,
        oldest_unmapped_at=date(totals.oldest_unmapped_at),
        components=totals.components,
        components_without_claims=totals.components_without_claims,
        sources=[source(each) for each in value.sources],
    )


def component(row: board.ComponentRow) -> wire.Component:
    """A component as JSON."""
    return wire.Component(
        ref=row.ref,
        name=row.name,
        title=row.title,
        type=row.type,
        lifecycle=row.lifecycle,
        owner=row.owner,
        owner_title=row.owner_title,
        owner_problem=row.owner_problem,
        system=row.system,
        mapping="claimed" if row.claims else "evidence" if row.open.total else "none",
        open=counts(row.open),
        oldest_open_at=date(row.oldest_open_at),
        gone_at=date(row.gone_at),
        overdue=row.overdue,
        weeks=list(row.weeks),
        checked_at=date(row.checked_at),
        listed=row.listed,
        url=links.component(row.ref),
    )


def components(page: Page[board.ComponentRow]) -> wire.Components:
    """A page of components as JSON."""
    return wire.Components(components=[component(row) for row in page.rows], total=page.total, next_cursor=page.cursor)


def finding_row(row: board.FindingRow) -> wire.Finding:
    """A finding as JSON."""
    return wire.Finding(
        id=row.id,
        external_id=row.external_id,
        source=row.source,
        kind=row.kind.word,
        state=row.state.word,
        severity=row.severity.word,
        title=row.title,
        rule=wire.RuleName(id=row.rule_id, name=row.rule_name),
        resource=wire.ResourceName(id=row.resource_id, name=row.resource_name, type=row.resource_type),
        ownership=wire.Ownership(verdict=row.verdict, reason=row.reason, components=list(row.components)),
        first_detected_at=to_text(row.first_detected_at),
        last_detected_at=date(row.last_detected_at),
        fixed_at=date(row.fixed_at),
        due_at=date(row.due_at),
        in_scope=row.in_scope,
        reopened=row.reopened,
        fix=row.fix,
        bundle=row.bundle,
        band=row.band,
        known_exploited=row.known_exploited,
        epss=row.epss,
        exposed=row.exposed,
        flapping=row.flapping,
        tickets=row.tickets,
        filed=[to_wire_tickets.ticket(each) for each in row.filed],
        inherited=row.inherited,
        taken_by=row.taken_by,
        set_aside=None if row.aside is None else said(row.aside),
        acceptance_asked=None if row.asked is None else said(row.asked),
        url=links.finding(row.id),
    )


def findings(page: Page[board.FindingRow], query: Query, *, may: Sayable, seen: int) -> wire.Findings:
    """A page of the findings that a query asks for, as JSON. `seen` is the newest decision when the page was read."""
    return wire.Findings(
        query=query.without("group").canonical,
        findings=[finding_row(row) for row in page.rows],
        total=page.total,
        is_more=page.is_more,
        next_cursor=page.cursor,
        may=[kind.word for kind in may.acts],
        seen=seen,
    )


def listed(query: Query | str) -> str:
    """Where a query's findings are listed, as a path."""
    return links.address("/findings", {"q": query if isinstance(query, str) else query.canonical})


def finding_page(page: board.FindingPage, *, link: str | None, may: Sayable) -> wire.FindingPage:
    """One finding in full as JSON. `link` has been judged."""
    return wire.FindingPage(
        finding=finding_row(page.row),
        rule=_rule(page.rule),
        resource=_resource(page.resource),
        projects=[wire.Project(id=project.external_id, name=project.name) for project in page.projects],
        detail=_detail(page.detail),
        link=link,
        link_problem=None if link else page.no_link or UNSAFE_LINK,
        candidates=[
            wire.Candidate(component=each.component, tier=each.tier, text=each.text, won=each.won)
            for each in page.evidence
        ],
        history=[
            wire.Event(
                kind=line.kind,
                at=to_text(line.at),
                recorded_at=to_text(line.recorded_at),
                actor=line.actor,
                old=line.old,
                new=line.new,
                decision=None if line.decision is None else said(line.decision),
            )
            for line in page.history
        ],
        flapping=page.flapping,
        same_rule=page.siblings,
        withheld=list(page.withheld),
        base=None if page.base is None else base_image(page.base),
        writes=[write_back(each) for each in page.writes],
        said=[said(each) for each in page.standing.decisions],
        seen=page.standing.newest,
        may=[kind.word for kind in may.acts],
        may_undo=list(may.undo),
        guidance=guidance(page),
        source=source(page.source),
    )


def base_image(base: BaseImage) -> wire.BaseImage:
    """What a resource was built on, as JSON."""
    return wire.BaseImage(
        image=base.image, base=base.base, inherited=base.is_inherited, builders=list(base.builders),
        runners=list(base.runners), why_not=base.bar,
    )  # fmt: skip


def _rule(rule: finding.Rule) -> wire.Rule:
    return wire.Rule(
        id=rule.external_id,
        name=rule.name,
        kind=rule.kind,
        description=rule.description,
        remediation=rule.remediation,
        url=links.safe_link(rule.url),
        frameworks=[wire.Framework(framework=f.framework, category=f.category, title=f.title) for f in rule.frameworks],
        risks=list(rule.risks),
    )


def _resource(resource: finding.Resource) -> wire.Resource:
    return wire.Resource(
        id=resource.external_id,
        name=resource.name,
        type=resource.type,
        native_type=resource.native_type,
        platform=resource.platform,
        region=resource.region,
        account_id=resource.account_id,
        account_name=resource.account_name,
        provider_id=resource.provider_id,
        repository=resource.repository,
        status=resource.status,
        tags=dict(resource.tags),
    )


def _detail(detail: finding.Detail) -> wire.Detail:
    return wire.Detail(
        description=told(detail.description),
        remediation=told(detail.remediation),
        package=told(detail.package),
        version=told(detail.version),
        fixed_version=told(detail.fixed_version),
        location=told(detail.location),
        detection=told(detail.detection),
        advisory_url=links.safe_link(told(detail.link)),
        score=told(detail.score),
        epss=told(detail.epss),
        has_exploit=told(detail.has_exploit),
        known_exploited=told(detail.known_exploited),
        exposed=told(detail.exposed),
        validated_in_runtime=told(detail.validated_in_runtime),
        resolution=told(detail.resolution),
        evidence=list(told(detail.evidence) or ()),
        notes=[wire.Note(text=note.text, at=date(note.at), author=note.author) for note in told(detail.notes) or ()],
        tickets=[
            wire.Ticket(id=ticket.external_id, name=ticket.name, url=links.safe_link(ticket.url))
            for ticket in told(detail.tickets) or ()
        ],
        assignee=told(detail.assignee),
        source_status=told(detail.source_status),
        source_severity=told(detail.source_severity),
    )


def told(value: T | UnsetType | None) -> T | None:
    """The value, or None where the source does not tell."""
    return None if isinstance(value, UnsetType) else value


def date(at: Instant | None) -> str | None:
    """A date as the API writes it."""
    return None if at is None else to_text(at)
