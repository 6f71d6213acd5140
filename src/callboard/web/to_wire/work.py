"""Domain values as the API's JSON shapes, second half: the shapes of `wire_work`."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.domain import board
from callboard.domain.code_facts import CodeFacts
from callboard.domain.instant import DAY, Instant, to_datetime, to_text
from callboard.domain.left_out import Told
from callboard.domain.ownership.inherited import FromBase
from callboard.domain.query import (
    FOR_ANYBODY,
    KEYS,
    MAX_CHARACTERS,
    MAX_TERMS,
    MAX_VALUES,
    OneOf,
    Page,
    Query,
    explain,
    parse,
)
from callboard.errors import InvalidQueryError
from callboard.web.to_wire import board as to_wire
from callboard.web.to_wire import tickets as to_wire_tickets
from callboard.web.to_wire.board import OPEN, date, listed
from callboard.web.wire import board as wire
from callboard.web.wire import left_out as wire_left_out
from callboard.web.wire import work as wire_work

COUNTED_BY = {
    "open": "is:open",
    "overdue": "is:open is:overdue",
    "due_soon": "is:open -is:overdue due:today..{last}",
    "new": "is:open is:new",
    "flapping": "is:open is:flapping",
    "transient": "is:transient first:>={since}",
    "suppressed": "is:suppressed",
}
"""By number of a first page, what lists the findings that it counts. `last` is the last day that is soon, by its date: "+6d"
would end at this hour of it, and what is due is due until the end of a day."""

_SOON = 6
"""Days ahead that are still soon."""

_ALWAYS = (OneOf("is", ("open",)), OneOf("is", ("flapping",), is_negated=True))
"""Terms of every first page's query that are not what it is about."""


def bundle(row: board.BundleRow) -> wire_work.Bundle:
    """A piece of work as JSON."""
    return wire_work.Bundle(
        group=row.group,
        title=row.title,
        fix=row.fix,
        severity=row.severity.word,
        findings=row.findings,
        components=list(row.components),
        component_count=row.component_count,
        owners=list(row.owners),
        unmapped=row.unmapped,
        oldest_at=to_text(row.oldest_at),
        due_at=date(row.due_at),
        overdue=row.overdue,
        known_exploited=row.known_exploited,
        epss=row.epss,
        exposed=row.exposed,
        band=row.band,
        why=row.why,
        query=row.query,
        example_id=row.finding_id,
        link=row.link,
        link_problem=row.no_link,
        filed=[to_wire_tickets.ticket(each) for each in row.filed],
        url=listed(row.query),
    )


def bundles(page: Page[board.BundleRow], query: Query) -> wire_work.Bundles:
    """A page of bundles as JSON."""
    return wire_work.Bundles(
        query=query.canonical,
        bundles=[bundle(row) for row in page.rows],
        total=page.total,
        next_cursor=page.cursor,
    )


def component_page(page: board.ComponentPage, first: Page[board.BundleRow]) -> wire_work.ComponentPage:
    """One component in full as JSON, with what to do first there."""
    ref = page.row.ref
    kept = [
        wire.Annotation(key=key, value=value, dangling=False if page.dangling_told else None)
        for key, value in page.annotations
        if (key, value) not in page.dangling
    ]
    lost = [wire.Annotation(key=key, value=value, dangling=True) for key, value in page.dangling]
    return wire_work.ComponentPage(
        component=to_wire.component(page.row),
        description=page.description,
        location=page.location,
        annotations=kept + lost,
        bundles=[bundle(row) for row in first.rows],
        bundle_count=first.total,
        groups=[
            wire.RuleGroup(
                rule_id=group.rule_id,
                rule_name=group.rule_name,
                severity=group.severity.word,
                count=group.count,
                oldest_at=to_text(group.oldest_at),
                fix=group.fix,
                example_id=group.example_id,
                url=listed(Query((OPEN, OneOf("component", (ref,)), OneOf("rule", (group.rule_id,))))),
            )
            for group in page.groups
        ],
        open_by_kind=page.by_kind,
        closed_30d=page.closed_30d,
        shared=page.shared,
        inherited=[
            wire_work.FromBase(
                builder=each.builder,
                owner=each.owner,
                bases=list(each.bases),
                open=each.open,
                critical_high=each.critical_high,
                oldest_at=to_text(each.oldest_at),
                query=inherited_query(page, each).canonical,
            )
            for each in page.inherited
        ],
        on_others=page.on_others,
        sources=[to_wire.source(each) for each in page.sources],
        code=None if page.code is None else [_code(each) for each in page.code],
    )


def inherited_query(page: board.ComponentPage, each: FromBase) -> Query:
    """What lists the findings that a component inherits from one that builds its base images."""
    terms = [OPEN, OneOf("is", ("inherited",)), OneOf("runs", (page.row.ref,))]
    named = tuple(sorted(other.builder for other in page.inherited if other.builder is not None))
    if each.builder is not None:
        terms.append(OneOf("component", (each.builder,)))
    elif named:
        terms.append(OneOf("component", named, is_negated=True))
    return Query(tuple(terms))


def _code(each: CodeFacts) -> wire_work.Code:
    return wire_work.Code(
        repository=each.repository,
        folder=each.folder,
        branch=each.branch,
        read_at=None if each.read_at is None else to_text(each.read_at),
        gone_at=None if each.gone_at is None else to_text(each.gone_at),
        moved_to=each.moved_to,
        problem=each.problem,
        code_owners_path=each.code_owners_path,
        near=[
            wire_work.CodeNeighbour(entity=one.entity, near=one.near.value, evidence=one.evidence) for one in each.near
        ],
        manifests=list(each.manifests),
        manifest_count=each.manifest_count,
    )


def facets(found: Sequence[board.Facet], query: Query) -> wire_work.Facets:
    """Facets as JSON, each value with the query that it stands for."""
    return wire_work.Facets(
        query=query.canonical,
        facets=[
            wire_work.Facet(
                key=facet.key,
                values=[_facet_value(facet.key, value, words, n, query) for value, words, n in facet.values],
                too_many=facet.too_many,
            )
            for facet in found
        ],
    )


def _facet_value(key: str, value: str, words: str, n: int, query: Query) -> wire_work.FacetValue:
    return wire_work.FacetValue(value=value, words=words, findings=n, query=query.only(key, (value,)).canonical)


def numbers(value: board.Numbers, query: str, now: Instant) -> wire_work.Numbers:
    """The numbers of a first page as JSON, with what each of them counts. `query` is the page's own."""
    last = f"{to_datetime(Instant(now + _SOON * DAY)):%Y-%m-%d}"
    since = f"{to_datetime(value.transient_since):%Y-%m-%d}"
    about = tuple(term for term in parse(query).terms if term not in _ALWAYS)
    queries = {
        name: Query((*parse(text.format(last=last, since=since)).terms, *about)).canonical
        for name, text in COUNTED_BY.items()
    }
    if value.new is None:
        del queries["new"]
    return wire_work.Numbers(
        open=value.open,
        overdue=value.overdue,
        due_soon=value.due_soon,
        new=value.new,
        new_since=date(value.new_since),
        flapping=value.flapping,
        transient=value.transient,
        transient_since=to_text(value.transient_since),
        suppressed=value.suppressed,
        queries=queries,
    )


def progress(value: board.Progress) -> wire_work.Progress:
    """Weeks and half-lives as JSON."""
    return wire_work.Progress(
        weeks=[
            wire_work.Week(
                starts_at=to_text(week.starts_at),
                opened=week.opened,
                closed=week.closed,
                transient=week.transient,
                open=week.open,
            )
            for week in value.weeks
        ],
        half_life_days=value.half_life_days,
        half_life_n=value.half_life_n,
        former_half_life_days=value.former_half_life_days,
        former_half_life_n=value.former_half_life_n,
    )


def do_now(page: board.DoNow, now: Instant) -> wire_work.DoNow:
    """The first page as JSON."""
    return wire_work.DoNow(
        query=page.query,
        numbers=numbers(page.numbers, page.query, now),
        bundles=[bundle(row) for row in page.bundles],
        bundle_count=page.bundle_count,
        progress=progress(page.progress),
        components=[to_wire.component(row) for row in page.components],
        sources=[to_wire.source(each) for each in page.sources],
        catalog_read_at=date(page.catalog_read_at),
        unmapped_components=page.unmapped_components,
        revision=page.revision,
        left_out=left_out(page.left_out),
    )


def left_out(told: Told | None) -> wire_left_out.TeamLeftOut | None:
    """What a team leaves out as JSON."""
    if told is None:
        return None
    word = told.left_out
    return wire_left_out.TeamLeftOut(
        team=word.team, terms=word.terms, actor=word.actor, at=to_text(word.at),
        parts=[
            wire_left_out.TeamLeftOutPart(term=each.term, query=each.query, findings=each.findings) for each in told.parts
        ],
    )  # fmt: skip


def rollup(page: board.RollupPage, now: Instant) -> wire_work.Rollup:
    """A team's, a system's or a domain's page as JSON."""
    return wire_work.Rollup(
        ref=page.ref,
        kind=page.kind,
        title=page.title,
        description=page.description,
        above=page.above,
        below=list(page.below),
        members=page.members,
        query=page.query,
        counted=None if page.counted is None else to_wire.counts(page.counted),
        numbers=numbers(page.numbers, page.query, now),
        bundles=[bundle(row) for row in page.bundles],
        bundle_count=page.bundle_count,
        progress=progress(page.progress),
        components=[to_wire.component(row) for row in page.components],
        sources=[to_wire.source(each) for each in page.sources],
        left_out=left_out(page.left_out),
    )


def saved_view(view: board.SavedView) -> wire_work.SavedView:
    """A saved view as JSON."""
    return wire_work.SavedView(
        id=view.id, name=view.name, query=view.query, team=view.team, mine=view.mine, url=_opened(view.query)
    )


def _opened(text: str) -> str:
    """Where a saved query leads. One that this version cannot read any more leads there too, and is told why."""
    try:
        return listed(parse(text))
    except InvalidQueryError:
        return listed(text)


def saved_views(views: Sequence[board.SavedView]) -> wire_work.SavedViews:
    """Saved views as JSON."""
    return wire_work.SavedViews(views=[saved_view(view) for view in views])


def query_help() -> wire_work.QueryHelp:
    """The query language as JSON."""
    return wire_work.QueryHelp(
        default=FOR_ANYBODY,
        max_characters=MAX_CHARACTERS,
        max_terms=MAX_TERMS,
        max_values=MAX_VALUES,
        keys=[
            wire_work.Key(
                name=key.name,
                takes=key.takes.value,
                help=key.help,
                example=key.example,
                words=[wire_work.Word(word=word, meaning=meaning) for word, meaning in key.words],
            )
            for key in KEYS
        ],
    )


def explained(query: Query) -> wire_work.Explained:
    """A query in plain words as JSON."""
    return wire_work.Explained(
        query=query.canonical,
        parts=list(explain(query)),
        sort=query.sort.value,
        group=None if query.group is None else query.group.value,
        url=listed(query),
    )


def exported(row: board.FindingRow) -> wire_work.ExportedFinding:
    """A finding as exports have it."""
    return wire_work.ExportedFinding(
        id=row.id,
        external_id=row.external_id,
        source=row.source,
        kind=row.kind.word,
        state=row.state.word,
        severity=row.severity.word,
        title=row.title,
        rule_id=row.rule_id,
        rule_name=row.rule_name,
        resource_id=row.resource_id,
        resource_name=row.resource_name,
        resource_type=row.resource_type,
        components=list(row.components),
        ownership=row.verdict,
        ownership_reason=row.reason,
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
        ticket_keys=[each.name for each in row.filed],
        ticket_states=[each.state.word for each in row.filed],
    )
