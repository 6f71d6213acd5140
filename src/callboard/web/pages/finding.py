"""One finding's page: how to fix it, why it matters, what happened, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.params import FromPath
from litestar.response import Response

from callboard.domain.board import Evidence, FindingPage, HistoryLine
from callboard.domain.finding import Detail, Kind, Note, Resource, Ticket
from callboard.domain.instant import MINUTE, Instant
from callboard.domain.link import UNSAFE_LINK
from callboard.usecases import browse
from callboard.web import freshness, links, params, render, words
from callboard.web.to_wire import told
from callboard.web.view import Viewing

ABOUT_CODE = frozenset({Kind.VULNERABILITY, Kind.DEPENDENCY, Kind.MALICIOUS_PACKAGE})
"""Kinds for which exploits are a question at all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """Why it matters: what speaks for hurry, what speaks against it, and what nobody told."""

    worse: tuple[str, ...]
    better: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One event in words."""

    text: str
    actor: str
    at: Instant
    recorded_later: str | None
    """How much later Callboard stored it, where that is worth telling."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    page: FindingPage
    detail: dict[str, str]
    """Facts of the detail that are told, by label."""
    description: str | None
    remediation: str | None
    why: Why
    history: tuple[Line, ...]
    winners: tuple[Evidence, ...]
    losers: tuple[Evidence, ...]
    guess: bool
    """The owner was found by a fallback."""
    source: str
    """What people call the source."""
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
    params.nothing(view.query)
    number, hosts, rules = params.finding_id(finding_id), view.services.link_hosts, view.services.link_rules
    page = browse.finding(view.store, view.visibility, number, now=view.now, link_hosts=hosts, link_rules=rules)
    detail, row, source = page.detail, page.row, page.source
    winners = tuple(each for each in page.evidence if each.won)
    context = Context(
        page=page,
        detail=_facts(detail),
        description=told(detail.description) or page.rule.description,
        remediation=told(detail.remediation) or page.rule.remediation,
        why=_why(row.kind, detail),
        history=tuple(_line(line) for line in page.history),
        winners=winners,
        losers=tuple(each for each in page.evidence if not each.won),
        guess=any(each.tier >= words.GUESS_TIER for each in winners),
        source=words.source_title(source.kind, source.name),
        link=page.link,
        no_link=page.no_link or UNSAFE_LINK,
        advisory=links.safe_link(told(detail.link) or page.rule.url),
        late=row.state.is_open and row.due_at is not None and row.due_at < view.now,
        banners=freshness.banners((source,), view.now),
        where=_where(page.resource),
        project_id=next((project.external_id for project in page.projects if not project.is_folder), None),
        between_full_runs=source.last_full_at is not None and source.last_run_at != source.last_full_at,
        evidence=told(detail.evidence) or (),
        notes=told(detail.notes) or (),
        tickets=told(detail.tickets) or (),
    )
    return render.answer("finding.html", title=row.title, here="findings", now=view.now, c=context)


def _where(resource: Resource) -> str:
    parts = (resource.platform, resource.region, resource.account_name or resource.account_id, resource.status)
    return " · ".join(part for part in parts if part) or "unknown"


def _facts(detail: Detail) -> dict[str, str]:
    named = {
        "Package": told(detail.package),
        "Version": told(detail.version),
        "Fixed in": told(detail.fixed_version),
        "Location": told(detail.location),
        "Found by": told(detail.detection),
        "Assignee": told(detail.assignee),
        "Resolution": told(detail.resolution),
        "Status there": told(detail.source_status),
        "Severity there": told(detail.source_severity),
    }
    return {label: value for label, value in named.items() if value}


def _why(kind: Kind, detail: Detail) -> Why:
    worse: list[str] = []
    better: list[str] = []
    unknown: list[str] = []
    questions = [
        (
            detail.exposed,
            "Reachable from the internet.",
            "Not reachable from the internet.",
            "whether the internet reaches it",
        ),
    ]
    if kind in ABOUT_CODE:
        questions = [
            (detail.known_exploited, "Known to be exploited (CISA lists it).", "Not on CISA's list of exploited ones.",
             "whether it is exploited in the wild"),
            (detail.has_exploit, "An exploit is public.", "No public exploit.", "whether an exploit is public"),
            *questions,
            (detail.validated_in_runtime, "Seen loaded in the running system.", "Not seen loaded in the running system.",
             "whether the running system loads it"),
        ]  # fmt: skip
    for value, yes, no, question in questions:
        answer = told(value)
        if answer is None:
            unknown.append(question)
        else:
            (worse if answer else better).append(yes if answer else no)
    epss = told(detail.epss)
    if epss is not None:
        worse.append(f"EPSS {epss:.3g}: {_percent(epss)} chance of being exploited within 30 days.")
    elif kind in ABOUT_CODE:
        unknown.append("its EPSS")
    score = told(detail.score)
    if score is not None:
        worse.append(f"CVSS {score:.1f} of 10.")
    return Why(worse=tuple(worse), better=tuple(better), unknown=tuple(unknown))


def _percent(share: float) -> str:
    return "under 1 %" if share < 0.01 else f"{share * 100:.0f} %"


def _line(line: HistoryLine) -> Line:
    later = line.recorded_at - line.at
    return Line(
        text=_event(line),
        actor=line.actor,
        at=line.at,
        recorded_later=words.age(later) if later >= MINUTE else None,
    )


def _event(line: HistoryLine) -> str:
    change = f"{words.reason(line.old or 'nothing')} → {words.reason(line.new or 'nothing')}"
    match line.kind:
        case "opened":
            return "First detected"
        case "owner":
            return f"Component {line.old or 'none'} → {line.new or 'none'}"
        case "scope":
            return "Within the configured scope" if line.new == "in scope" else f"Scope {change}"
        case "reopened":
            return "Came back"
        case "state":
            return f"State {change}"
        case "severity":
            return f"Severity {change}"
        case other:
            told_change = f" {change}" if line.old or line.new else ""
            return f"{words.reason(other).capitalize()}{told_change}"
