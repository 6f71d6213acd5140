"""One finding's page: how to fix it, why it matters, what happened, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.params import FromPath
from litestar.response import Response

from callboard.domain import bundle
from callboard.domain.board import SHORTENED, FindingPage, FindingRow, HistoryLine
from callboard.domain.bundle import BundleKind
from callboard.domain.finding import Note, Resource, Ticket
from callboard.domain.instant import MINUTE, Instant
from callboard.domain.link import UNSAFE_LINK
from callboard.domain.ownership.inherited import LAYER_WORDS
from callboard.domain.query import OneOf, Query
from callboard.usecases import ask, browse, plan_policy
from callboard.web import arrived, engaged, freshness, links, render, why, words
from callboard.web.pages.decide import Choices, of_finding
from callboard.web.pages.whose import Whose
from callboard.web.pages.whose import whose as told_whose
from callboard.web.params import board as params
from callboard.web.to_wire.board import told
from callboard.web.view import View, Viewing


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One event in words."""

    text: str
    actor: str
    at: Instant
    recorded_later: str | None
    """How much later Callboard stored it, where that is worth telling."""
    note: str = ""
    """What a person wrote with it."""
    said: bool = False
    """The text says who it was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """The open findings that one action closes."""

    words: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    page: FindingPage
    detail: dict[str, str]
    """Facts of the detail that are told, by label."""
    description: str | None
    remediation: str | None
    why: why.Why
    due: str
    """Why it is due when it is, in a sentence."""
    band: str
    bundle: Bundle | None
    """What the same action closes; None: only this one."""
    history: tuple[Line, ...]
    whose: Whose
    choices: Choices
    """What the reader may say about it."""
    tier: int | None
    """Of the evidence by which it is mapped."""
    source: str
    """What people call the source."""
    opens_in: str | None
    """Where the finding's own page is; None: nowhere else."""
    link: str | None
    no_link: str
    advisory: str | None
    late: bool
    banners: tuple[freshness.Banner, ...]
    where: str
    project_id: str | None
    """For an unmapped finding: the project that an annotation would name."""
    between_full_runs: bool
    """A smaller run came after the last full one, so "last detected" is as old as that full run."""
    evidence: tuple[tuple[str, str], ...]
    notes: tuple[Note, ...]
    tickets: tuple[Ticket, ...]


def show(view: Viewing, finding_id: FromPath[str]) -> Response[str]:
    """The page of one finding."""
    if came := arrived.by_message(view, lambda _: (params.finding_id(finding_id),)):
        return came
    params.nothing(view.query)
    number, hosts, rules = params.finding_id(finding_id), view.services.link_hosts, view.services.link_rules
    page = browse.finding(view.store, view.visibility, number, now=view.now, link_hosts=hosts, link_rules=rules)
    detail, row, source = page.detail, page.row, page.source
    whose = told_whose(view, page.resource.external_id, row.source)
    context = Context(
        page=page,
        detail=_facts(page),
        description=told(detail.description) or page.rule.description,
        remediation=told(detail.remediation) or page.rule.remediation,
        why=why.matters(row.kind, detail),
        due=why.due(row, plan_policy.due_in_force(view.store), words.source_title(source.kind, source.name)),
        band=why.band(row.band),
        bundle=_bundle(view, row),
        history=tuple(_line(line) for line in page.history),
        whose=whose,
        choices=of_finding(view, page),
        tier=whose.e.tier,
        source=words.source_title(source.kind, source.name),
        opens_in=words.opens_in(source.kind, source.name),
        link=page.link,
        no_link=page.no_link or UNSAFE_LINK,
        advisory=links.safe_link(told(detail.link) or page.rule.url),
        late=row.state.is_open and words.is_late(row.due_at, view.now),
        banners=freshness.banners((source,), view.now),
        where=_where(page.resource),
        project_id=next((project.external_id for project in page.projects if not project.is_folder), None),
        between_full_runs=source.last_full_at is not None and source.last_run_at != source.last_full_at,
        evidence=told(detail.evidence) or (),
        notes=told(detail.notes) or (),
        tickets=told(detail.tickets) or (),
    )
    answer = render.answer("finding.html", title=row.title, here="findings", now=view.now, c=context)
    answer.background = engaged.opened(view, number)
    return answer


def _bundle(view: View, row: FindingRow) -> Bundle | None:
    query = Query((OneOf("is", ("open",)), OneOf("bundle", (row.bundle,))))
    count = ask.list_findings(view.store, view.viewer, query, now=view.now, limit=1).total
    if count <= int(row.state.is_open):
        return None
    action = bundle.action(row.bundle)
    told = words.count(count, "open finding")
    match action.kind:
        case BundleKind.FIX if row.state.is_open:
            text = f"One upgrade of {action.package} closes {told}"
        case BundleKind.BASE if row.state.is_open:
            text = f"One build on a newer base image closes {told}"
        case BundleKind.SYSTEM if row.state.is_open:
            text = f"One update of {action.machines} closes {told}"
        case BundleKind.FIX | BundleKind.BASE | BundleKind.SYSTEM:
            text = f"{told} with this fix"
        case BundleKind.NO_FIX:
            text = f"{told} in {action.package or 'system packages'} without a fix"
        case BundleKind.REMOVE:
            text = f"{told} of {action.package}, which was made to harm"
        case BundleKind.LOOK:
            text = f"{told} of {action.package}, about which something is odd"
        case BundleKind.SETTINGS:
            text = f"{told} in settings of {bundle.plural(action.settings or '')}"
        case _:
            text = f"{told} of this rule"
    return Bundle(words=text, url=links.query(query))


def _where(resource: Resource) -> str:
    parts = (resource.platform, resource.region, resource.account_name or resource.account_id, resource.status)
    return " · ".join(part for part in parts if part) or "unknown"


def _facts(page: FindingPage) -> dict[str, str]:
    detail = page.detail
    named = {
        "Package": told(detail.package),
        "Version": told(detail.version),
        "Fixed in": told(detail.fixed_version),
        "Location": told(detail.location),
        "Came with": None if page.base is None else page.base.words,
        "Found by": told(detail.detection),
        "Assignee": told(detail.assignee),
        "Resolution": told(detail.resolution),
        "Status there": told(detail.source_status),
        "Severity there": told(detail.source_severity),
    }
    return {label: value for label, value in named.items() if value}


def _line(line: HistoryLine) -> Line:
    later = line.recorded_at - line.at
    return Line(
        text=_event(line),
        actor=line.actor,
        at=line.at,
        recorded_later=words.age(later) if later >= MINUTE else None,
        note="" if line.decision is None else line.decision.note,
        said=line.decision is not None,
    )


_ENDS = {
    "opened": "First detected",
    SHORTENED: "Which projects it was in before was dropped as old; when it was open stays",
}


def _event(line: HistoryLine) -> str:
    if line.decision is not None:
        told = words.said(line.decision)
        moved = f" ({words.reason(line.old or 'nobody')} → {words.reason(line.new or 'nobody')})"
        return f"{told[:1].upper()}{told[1:]}{moved if line.old or line.new else ''}"
    change = f"{words.reason(line.old or 'nothing')} → {words.reason(line.new or 'nothing')}"
    match line.kind:
        case "opened" | "shortened":
            return _ENDS[line.kind]
        case "owner":
            return f"Component {line.old or 'none'} → {line.new or 'none'}"
        case "scope":
            return "Within the configured scope" if line.new == "in scope" else f"Scope {change}"
        case "ticket":
            told = line.new or line.old or ""
            named = told if told.startswith("ticket in ") else f"ticket {told}"
            return f"Has the {named}" if line.new else f"Has the {named} no more"
        case "layer":
            return f"Found in {'the base image' if line.new == LAYER_WORDS[1] else 'the layers of the image itself'}"
        case "reopened":
            return "Came back"
        case "state":
            return f"State {change}"
        case "severity":
            return f"Severity {change}"
        case other:
            told_change = f" {change}" if line.old or line.new else ""
            return f"{words.reason(other).capitalize()}{told_change}"
