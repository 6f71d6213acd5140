"""`callboard findings` and `callboard finding`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from callboard.cli import explained, missing
from callboard.cli.asking import Asking, query_of, query_words, split, terms
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.cli.output import Cell
    from callboard.domain.board import FindingPage, FindingRow
    from callboard.domain.decision import Decision
    from callboard.domain.instant import Instant
    from callboard.domain.query import Query
    from callboard.wiring.services import Services

WIDE = 140
"""Columns from which on a row has room to say why nobody answers for it; `callboard finding` says it always."""

NARROW = 100
"""Columns below which a state that all rows share gives its room to names: a CVE in two lines cannot be copied."""

STATE = 2
"""Where a row says it."""

MANY = "Give it several times, or a list with commas."
ONE_BY_ONE = "Several times for several."


@explained.command(
    cls=Asking,
    epilog=examples(
        "callboard findings",
        "callboard findings is:open severity:critical,high owner:payments -env:test",
        "callboard findings is:overdue sort:due --json",
        "callboard findings component:checkout-api --csv findings.csv",
        "callboard findings --component checkout-api --state any",
    ),
)
@query_words
@click.option("--severity", multiple=True, help=f"Adds severity:… {MANY}")
@click.option(
    "--state",
    multiple=True,
    help=f"Adds status:…: open, in-progress, unknown, fixed, rejected, gone, snoozed, dismissed, accepted; or any. {MANY}",
)
@click.option("--kind", multiple=True, help=f"Adds kind:… {MANY}")
@click.option("--component", multiple=True, help=f"Adds component:… {MANY}")
@click.option("--owner", multiple=True, help=f"Adds owner:… {MANY}")
@click.option("--system", multiple=True, help=f"Adds system:… {MANY}")
@click.option("--rule", multiple=True, help=f"Adds rule:…; a CVE is one, too. {ONE_BY_ONE}")
@click.option("--resource", multiple=True, help=f"Adds resource:…; any id of it. {ONE_BY_ONE}")
@click.option("--project", multiple=True, help=f"Adds project:… {ONE_BY_ONE}")
@click.option("--source", multiple=True, help=f"Adds source:… {MANY}")
@click.option("--text", help="Part of the name or id of a rule, a resource or a package.")
@click.option("--unmapped", is_flag=True, help="Adds is:unmapped.")
@click.option("--sort", type=click.Choice(["do-now", "severity", "due", "newest", "oldest"]), help="Sets sort:…")
@click.option("--limit", type=click.IntRange(1, 500), help="Rows on one page.  [default: 50]")
@click.option("--cursor", help="Where the last page ended, as it said.")
@click.option(
    "--csv",
    "csv_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Write all of them, not one page, to a CSV file; - is stdout.",
)
@answers
@click.pass_obj
def findings(door: Door, /, *, as_json: bool, csv_file: str | None, **asked: Any) -> None:
    """List findings in the query language: what to do first comes first, 50 at a time.

    QUERY is made of terms such as severity:high, owner:payments, is:overdue or age:>30d; all of them have to hold, and a "-"
    before a term turns it round. Without a query: is:open sort:do-now. Options add terms to it.
    """
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.query import DEFAULT_LIMIT
    from callboard.usecases import ask, source_health

    limit, cursor = asked["limit"], asked["cursor"]
    if csv_file is not None and (as_json or limit is not None or cursor is not None):
        raise click.UsageError("--csv writes everything, so --json, --limit and --cursor do not go with it.")
    query = _query(asked)
    with door.services() as services:
        now = services.clock.now()
        if csv_file is not None:
            _write(services, query, csv_file)
            return
        # Before the page: what is said in between must not count as seen.
        seen = _seen(services) if as_json else 0
        page = ask.list_findings(
            services.store,
            AT_THE_LAPTOP,
            query,
            now=now,
            cursor=cursor,
            limit=DEFAULT_LIMIT if limit is None else limit,
        )
        health = source_health.of_sources(services.store, AT_THE_LAPTOP.visibility, now=now)
        unknown = [] if as_json else missing.said_of(services, query)
    if as_json:
        from callboard.domain.remediation.sayable import about_many
        from callboard.web.to_wire import board as to_wire

        output.document(to_wire.findings(page, query, may=about_many(AT_THE_LAPTOP.rights), seen=seen))
        return
    if page.rows:
        rows = [_row(row, now) for row in page.rows]
        columns: tuple[str, ...] = ("Id", "Severity", "State", "Finding", "Resource", "Component", "Age", "Due")
        if output.width() < NARROW and len({row[STATE] for row in rows}) == 1:
            rows = [row[:STATE] + row[STATE + 1 :] for row in rows]
            columns = columns[:STATE] + columns[STATE + 1 :]
        output.show(output.table(columns, rows, right=("Id", "Age", "Due")))
    output.say(output.shown(page, "finding", query.without("group").canonical))
    for remark in unknown:
        output.say(remark)
    output.banners(health, now)


def _seen(services: Services) -> int:
    """The newest decision, which programs give back when they decide."""
    from callboard.usecases.remediation import decide

    return decide.newest(services.store)


def _query(asked: dict[str, Any]) -> Query:
    """What is asked for by words and options together."""
    from callboard.domain.query import FOR_ANYBODY, Match, Order, Text

    sugar: list[str] = []
    for key in ("severity", "kind", "component", "owner", "system", "source"):
        sugar += terms(key, split(asked[key]))
    for key in ("rule", "resource", "project"):
        sugar += terms(key, asked[key])
    if asked["unmapped"]:
        sugar.append("is:unmapped")
    if asked["text"]:
        sugar.append(str(Text(asked["text"], Match.PART)))
    query = query_of(asked["words"], FOR_ANYBODY, sugar, states=split(asked["state"]))
    return query if asked["sort"] is None else query.sorted_by(Order(asked["sort"]))


def _write(services: Services, query: Query, file: str) -> None:
    """All findings of a query as CSV."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.export_findings import export_findings
    from callboard.web import exports, words

    export = export_findings(services.store, AT_THE_LAPTOP, query, now=services.clock.now())
    try:
        # RFC 4180 ends lines itself, and a file is UTF-8 whatever the terminal is.
        with click.open_file(file, "w", encoding="utf-8") as stream:
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(newline="")
            stream.writelines(exports.as_csv(export.rows))
    except BrokenPipeError:
        raise
    except OSError as error:
        raise click.UsageError(f"{file} cannot be written: {error.strerror}.") from None
    output.say(f"{words.count(export.total, 'finding')} for: {query.without('group').canonical}")


def _row(row: FindingRow, now: Instant) -> tuple[Cell, ...]:
    from callboard.cli import output
    from callboard.domain.component import short_name
    from callboard.web import words

    whose = ", ".join(short_name(ref) for ref in row.components)
    if not whose:
        why = words.reason(row.reason or "unknown")
        whose = f"unmapped: {why}" if output.width() >= WIDE else "unmapped"
    return (
        str(row.id),
        output.severity(row.severity),
        words.STATE[row.state] + ("" if row.in_scope else " (out of scope)"),
        row.title,
        row.resource_name,
        whose,
        words.since(row.first_detected_at, now),
        None if row.due_at is None else words.ago(row.due_at, now),
    )


@explained.command(
    epilog=examples(
        "callboard finding 4711", "callboard finding 6c8a2f5e-… --json", "callboard finding --source main CVE-…"
    )
)
@click.argument("finding_id", metavar="ID")
@click.option("--source", help="Which source calls it so, when several do.")
@answers
@click.pass_obj
def finding(door: Door, /, *, finding_id: str, source: str | None, as_json: bool) -> None:
    """Everything about one finding. ID is Callboard's number or the source's own id."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP, LAPTOP
    from callboard.usecases import browse
    from callboard.usecases.remediation.may_say import may_say
    from callboard.wiring.sources import link_hosts, link_rules

    with door.services() as services:
        now = services.clock.now()
        hosts, rules = link_hosts(services.config), link_rules(services.config)
        with missing.named(f"finding {finding_id}", "`callboard findings` lists them."):
            if finding_id.isascii() and finding_id.isdecimal() and len(finding_id) <= 18 and source is None:
                number = int(finding_id)
            else:
                number = browse.finding_by_external_id(services.store, LAPTOP, finding_id, source=source)
            page = browse.finding(services.store, LAPTOP, number, now=now, link_hosts=hosts, link_rules=rules)
        may = may_say(services.store, AT_THE_LAPTOP, page)
    if as_json:
        from callboard.web import links
        from callboard.web.to_wire import board as to_wire

        output.document(to_wire.finding_page(page, link=links.safe_link(page.link), may=may))
        return
    _show(page, now)


def _written(page: FindingPage) -> str | None:
    """What came of writing it at its source: the newest three."""
    from callboard.web import words

    told = [
        f"{each.words}: {words.WRITTEN[each.state.word]}{f' ({each.said})' if each.said else ''}"
        for each in page.writes[:3]
    ]
    return "; ".join(told) or None


def _show(page: FindingPage, now: Instant) -> None:
    from msgspec import UNSET

    from callboard.cli import output
    from callboard.domain.finding import State
    from callboard.web import words

    row, detail = page.row, page.detail

    def when(at: Instant | None) -> str | None:
        return None if at is None else f"{words.ago(at, now)} ({words.day(at)})"

    def told(value: object) -> str | None:
        return None if value is UNSET or value is None else str(value)

    output.line(row.title)
    output.show(
        output.facts(
            [
                ("Severity", output.severity(row.severity)),
                ("State", words.STATE[row.state] + (f" {words.ago(row.fixed_at, now)}" if row.fixed_at else "")),
                ("Kind", words.KIND[row.kind][0]),
                ("Rule", f"{row.rule_name} ({row.rule_id})" if row.rule_name != row.rule_id else row.rule_id),
                ("Resource", f"{row.resource_name} ({row.resource_type})"),
                ("Resource id", page.resource.provider_id or page.resource.external_id),
                ("Components", ", ".join(row.components) or f"unmapped: {words.reason(row.reason or 'unknown')}"),
                ("First detected", when(row.first_detected_at)),
                ("Last detected", when(row.last_detected_at)),
                ("Due", when(row.due_at)),
                ("Taken by", row.taken_by),
                ("Tickets", ", ".join(f"{each.name} ({each.told})" for each in row.filed) or None),
                ("Set aside", None if row.aside is None else words.said(row.aside)),
                ("Asked", None if row.asked is None else words.said(row.asked)),
                ("At its source", _written(page)),
                (
                    "Came back",
                    f"{row.reopened} times" + (", flapping" if page.flapping else "") if row.reopened else None,
                ),
                ("Fix", row.fix),
                ("Package", " ".join(filter(None, (told(detail.package), told(detail.version))))),
                ("Fixed in", told(detail.fixed_version)),
                ("Came with", page.base.words if page.base else None),
                ("Same rule", f"{words.count(page.siblings, 'open finding')}" if row.state <= State.UNKNOWN else None),
                ("Projects", ", ".join(project.name for project in page.projects)),
                ("Open in source", page.link or page.no_link),
                ("Source", f"{row.source}, id {row.external_id}"),
                (
                    "",
                    None
                    if row.in_scope
                    else "The source's scope does not ask about it any more: nothing here is kept up to date.",
                ),
            ]
        )
    )
    for head, text in (
        ("Description", told(detail.description) or page.rule.description),
        ("How to fix", told(detail.remediation) or page.rule.remediation),
    ):
        if text:
            output.line(f"\n{head}\n{text.strip()}")
    for each in page.changes:
        output.line(f"\n{each.where}: {each.say}")
        for command in each.commands:
            output.line(f"  {command.text}" + (f"   (in {each.folder})" if each.folder else ""))
        if each.otherwise:
            output.line(f"  {each.otherwise}")
        if each.patch:
            output.line(f"  In {each.file}:\n" + "".join(f"    {line}\n" for line in each.patch.splitlines()).rstrip())
    for runbook in page.runbooks:
        output.line(f"\nRunbook of {runbook.of}: {runbook.url}")
    if page.evidence:
        output.line("\nWhy it belongs there")
        rows = [
            ("✓" if each.won else "", each.component, words.evidence(each.tier, page.row.source), each.text)
            for each in page.evidence
        ]
        output.show(output.table(("", "Component", "By", "Evidence"), rows))
    if page.history:
        output.line("\nHistory")
        rows_ = [
            (
                words.day(each.at),
                each.kind if each.decision is None else _said(each.decision),
                " → ".join(filter(None, (each.old, each.new))),
                each.actor if each.decision is None else each.decision.actor,
            )
            for each in page.history
        ]
        output.show(output.table(("When", "What", "Change", "By"), rows_))


def _said(decision: Decision) -> str:
    from callboard.web import words

    return words.said(decision) + (f": {words.visible(decision.note)}" if decision.note else "")
