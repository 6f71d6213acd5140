"""`callboard findings` and `callboard finding`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.cli.output import Cell
    from callboard.domain.board import FindingPage, FindingRow
    from callboard.domain.instant import Instant

WIDE = 140
"""Columns from which on a row has room to say why nobody answers for it; `callboard finding` says it always."""

MANY = "Give it several times, or a list with commas."


@click.command(
    epilog=examples(
        "callboard findings --severity critical,high",
        "callboard findings --component checkout-api --state any",
        "callboard findings --unmapped --sort first --json",
    )
)
@click.option("--severity", multiple=True, help=f"critical, high, medium, unknown, low, info. {MANY}")
@click.option(
    "--state",
    multiple=True,
    help=f"open, in-progress, unknown, fixed, rejected, gone, or any. Default: the open ones. {MANY}",
)
@click.option("--kind", multiple=True, help=f"issue, vulnerability, misconfiguration, … {MANY}")
@click.option("--component", multiple=True, help=f"By reference, for example checkout-api. {MANY}")
@click.option(
    "--owner", multiple=True, help=f"A group or user by reference, for example payments or user:default/ana. {MANY}"
)
@click.option("--system", multiple=True, help=f"By reference. {MANY}")
@click.option("--rule", multiple=True, help="The rule's id at the source, or a CVE. Several times for several.")
@click.option("--resource", multiple=True, help="Any id of the resource. Several times for several.")
@click.option("--project", multiple=True, help="The project's id at the source. Several times for several.")
@click.option("--source", multiple=True, help=f"The source's name. {MANY}")
@click.option("--text", help="Part of the name or id of a rule or a resource.")
@click.option("--unmapped", is_flag=True, help="Only those that no component answers for.")
@click.option("--sort", type=click.Choice(["severity", "first"]), help="Worst first (default), or newest first.")
@click.option("--limit", type=int, help="Rows on one page, up to 500.  [default: 50]")
@click.option("--cursor", help="Where the last page ended, as it said.")
@answers
@click.pass_obj
def findings(door: Door, /, *, as_json: bool, text: str | None, unmapped: bool, **asked: object) -> None:
    """List findings: worst first, 50 at a time."""
    from callboard.cli import output
    from callboard.domain.access import LAPTOP
    from callboard.usecases import browse
    from callboard.web import params, words

    pairs = output.pairs({**asked, "q": text, "mapped": "false" if unmapped else None})
    ask = params.findings(pairs)
    with door.services() as services:
        page = browse.findings(services.store, LAPTOP, ask.query, sort=ask.sort, cursor=ask.cursor, limit=ask.limit)
        now = services.clock.now()
        health = browse.sources(services.store, LAPTOP, now=now)
    if as_json:
        from callboard.web import to_wire

        output.document(to_wire.findings(page))
        return
    if page.rows:
        columns = ("Id", "Severity", "State", "Finding", "Resource", "Component", "Age", "Due")
        output.show(output.table(columns, (_row(row, now) for row in page.rows), right=("Id", "Age", "Due")))
    shown = (
        f"{words.number(len(page.rows))} of {words.count(page.total, 'finding')}"
        if page.total
        else "No finding matches"
    )
    output.say(f"{shown}." + (f" Next page: --cursor {page.cursor}" if page.cursor else ""))
    output.banners(health, now)


def _row(row: FindingRow, now: Instant) -> tuple[Cell, ...]:
    from callboard.cli import output
    from callboard.domain.component import short_name
    from callboard.web import words

    whose = ", ".join(short_name(ref) for ref in row.components)
    if not whose:
        why = words.reason(row.reason or "unknown")
        whose = f"unmapped: {why}" if output.out().width >= WIDE else "unmapped"
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


@click.command(
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
    from callboard.domain.access import LAPTOP
    from callboard.usecases import browse
    from callboard.wiring import link_hosts, link_rules

    with door.services() as services:
        now = services.clock.now()
        if finding_id.isascii() and finding_id.isdecimal() and len(finding_id) <= 18 and source is None:
            number = int(finding_id)
        else:
            number = browse.finding_by_external_id(services.store, LAPTOP, finding_id, source=source)
        hosts, rules = link_hosts(services.config), link_rules(services.config)
        page = browse.finding(services.store, LAPTOP, number, now=now, link_hosts=hosts, link_rules=rules)
    if as_json:
        from callboard.web import links, to_wire

        output.document(to_wire.finding_page(page, link=links.safe_link(page.link)))
        return
    _show(page, now)


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
                (
                    "Came back",
                    f"{row.reopened} times" + (", flapping" if page.flapping else "") if row.reopened else None,
                ),
                ("Fix", words.fix_line(row.fix)),
                ("Package", " ".join(filter(None, (told(detail.package), told(detail.version))))),
                ("Fixed in", told(detail.fixed_version)),
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
    if page.evidence:
        output.line("\nWhy it belongs there")
        rows = [
            ("✓" if each.won else "", each.component, words.TIER.get(each.tier, f"tier {each.tier}"), each.text)
            for each in page.evidence
        ]
        output.show(output.table(("", "Component", "By", "Evidence"), rows))
    if page.history:
        output.line("\nHistory")
        rows_ = [
            (words.day(each.at), each.kind, " → ".join(filter(None, (each.old, each.new))), each.actor)
            for each in page.history
        ]
        output.show(output.table(("When", "What", "Change", "By"), rows_))
