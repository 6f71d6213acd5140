"""Every route on one screen. Each states who may use it; see `gate.Policy`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from litestar.handlers import HTTPRouteHandler, delete, get, post

from callboard.web.api import (
    audit,
    board,
    campaigns,
    components,
    decisions,
    evidence,
    exports,
    findings,
    hooks,
    language,
    live,
    me,
    metrics,
    noise,
    ops,
    ownership,
    packages,
    policies,
    portal,
    queues,
    rollups,
    seen,
    tickets,
    views,
)
from callboard.web.gate import Policy
from callboard.web.metrics import LIVE
from callboard.web.pages import audit as audit_page
from callboard.web.pages import campaigns as campaigns_page
from callboard.web.pages import component as component_page
from callboard.web.pages import components as components_page
from callboard.web.pages import cve as cve_page
from callboard.web.pages import decide as decide_page
from callboard.web.pages import do_now as do_now_page
from callboard.web.pages import elsewhere as elsewhere_page
from callboard.web.pages import enter as enter_page
from callboard.web.pages import evidence as evidence_page
from callboard.web.pages import finding as finding_page
from callboard.web.pages import findings as findings_page
from callboard.web.pages import mapping as mapping_page
from callboard.web.pages import moves as moves_page
from callboard.web.pages import noise as noise_page
from callboard.web.pages import ownership as ownership_page
from callboard.web.pages import packages as packages_page
from callboard.web.pages import policies as policies_page
from callboard.web.pages import portal as portal_page
from callboard.web.pages import progress as progress_page
from callboard.web.pages import project as project_page
from callboard.web.pages import queues as queues_page
from callboard.web.pages import resource as resource_page
from callboard.web.pages import rollup as rollup_page
from callboard.web.pages import rule as rule_page
from callboard.web.pages import search as search_page
from callboard.web.pages import sources as sources_page
from callboard.web.pages import team_week as team_week_page
from callboard.web.pages import ticket as ticket_page
from callboard.web.pages import unsubscribe as unsubscribe_page
from callboard.web.pages import whose as whose_page

Handler = Callable[..., Any]
MAX_BODY_BYTES = 1_048_576
"""What is sent to an address at most, unless it is made for more."""


def _get(path: str, handler: Handler, policy: Policy) -> HTTPRouteHandler:
    return get(path, opt={"policy": policy}, sync_to_thread=_threaded(handler))(handler)


def _post(path: str, handler: Handler, policy: Policy, *, most: int = MAX_BODY_BYTES) -> HTTPRouteHandler:
    return post(
        path, opt={"policy": policy}, status_code=200, sync_to_thread=_threaded(handler), request_max_body_size=most
    )(handler)


def _delete(path: str, handler: Handler, policy: Policy) -> HTTPRouteHandler:
    return delete(path, opt={"policy": policy}, status_code=204, sync_to_thread=_threaded(handler))(handler)


def _threaded(handler: Handler) -> bool | None:
    return None if inspect.iscoroutinefunction(handler) else True


API = [
    _get("/api/v1/board", board.show, Policy.NUMBERS),
    _get("/api/v1/do-now", board.do_now, Policy.BOARD),
    _get("/api/v1/findings", findings.list_some, Policy.BOARD),
    _get("/api/v1/findings.csv", exports.as_csv, Policy.BOARD),
    _get("/api/v1/findings.json", exports.as_json, Policy.BOARD),
    _get("/api/v1/findings/{finding_id:str}", findings.show, Policy.BOARD),
    _post("/api/v1/findings/{finding_id:str}/broken-link", findings.broken_link, Policy.BOARD),
    _post("/api/v1/findings/{finding_id:str}/followed", findings.followed, Policy.BOARD),
    _post("/api/v1/seen", seen.note, Policy.BOARD),
    _post("/api/v1/decisions", decisions.decide, Policy.BOARD),
    _post("/api/v1/decisions/{decision_id:str}/undo", decisions.undo, Policy.BOARD),
    _get("/api/v1/campaigns", campaigns.list_all, Policy.BOARD),
    _post("/api/v1/campaigns", campaigns.begin, Policy.BOARD),
    _get("/api/v1/campaigns/{campaign_id:str}", campaigns.show, Policy.BOARD),
    _post("/api/v1/campaigns/{campaign_id:str}", campaigns.change, Policy.BOARD),
    _post("/api/v1/campaigns/{campaign_id:str}/end", campaigns.end, Policy.BOARD),
    _get("/api/v1/tickets", tickets.list_some, Policy.BOARD),
    _post("/api/v1/tickets", tickets.file, Policy.BOARD),
    _post("/api/v1/tickets/{ticket_id:str}/unlink", tickets.unlink, Policy.BOARD),
    _get("/api/v1/bundles", findings.bundles, Policy.BOARD),
    _get("/api/v1/facets", findings.facets, Policy.BOARD),
    _get("/api/v1/components", components.list_all, Policy.NUMBERS),
    _get("/api/v1/components/{kind:str}/{namespace:str}/{name:str}", components.show, Policy.BOARD),
    _get("/api/v1/components/{kind:str}/{namespace:str}/{name:str}/sbom", packages.show, Policy.BOARD),
    _post(
        "/api/v1/components/{kind:str}/{namespace:str}/{name:str}/sbom",
        packages.deliver,
        Policy.BOARD,
        most=packages.MAX_BILL_BYTES,
    ),
    _post(
        "/api/v1/components/{kind:str}/{namespace:str}/{name:str}/risks",
        portal.deliver,
        Policy.BOARD,
        most=portal.MAX_JUDGEMENT_BYTES,
    ),
    _get("/api/v1/components/{kind:str}/{namespace:str}/{name:str}/sbom/{format:str}", packages.file, Policy.BOARD),
    _get("/api/v1/components/{kind:str}/{namespace:str}/{name:str}/packages", packages.used, Policy.BOARD),
    _get("/api/v1/who-uses", packages.who_uses, Policy.BOARD),
    _get("/api/v1/sbom-coverage", packages.coverage, Policy.BOARD),
    _get("/api/v1/rollups/{kind:str}/{namespace:str}/{name:str}", rollups.show, Policy.BOARD),
    _post("/api/v1/rollups/{kind:str}/{namespace:str}/{name:str}/left-out", rollups.leave_out, Policy.BOARD),
    _get("/api/v1/views", views.list_all, Policy.BOARD),
    _post("/api/v1/views", views.save, Policy.BOARD),
    _delete("/api/v1/views/{view_id:str}", views.remove, Policy.BOARD),
    _get("/api/v1/query/help", language.show_help, Policy.BOARD),
    _get("/api/v1/query/explain", language.explain, Policy.BOARD),
    _get(LIVE, live.listen, Policy.BOARD),
    _get("/api/v1/ownership/explain", ownership.explain, Policy.BOARD),
    _get("/api/v1/ownership/report", ownership.report, Policy.BOARD),
    _get("/api/v1/ownership/rules", ownership.rules, Policy.BOARD),
    _post("/api/v1/ownership/plan", ownership.plan, Policy.BOARD),
    _post("/api/v1/ownership/plan/resources", ownership.picked, Policy.BOARD),
    _post("/api/v1/ownership/apply", ownership.apply, Policy.BOARD),
    _post("/api/v1/ownership/confirm", ownership.confirm, Policy.BOARD),
    _post("/api/v1/ownership/not-ours", ownership.not_ours, Policy.BOARD),
    _post("/api/v1/ownership/decisions/{decision_id:str}/undo", ownership.undo, Policy.BOARD),
    _get("/api/v1/ownership/signals", ownership.signals, Policy.BOARD),
    _post("/api/v1/ownership/signals/{signal_id:str}/close", ownership.close_signal, Policy.BOARD),
    _post("/api/v1/ownership/signals/{signal_id:str}/let-go", ownership.let_go, Policy.BOARD),
    _get("/api/v1/ownership/changes", ownership.changed, Policy.BOARD),
    _get("/api/v1/ownership/unmapped", queues.unmapped, Policy.BOARD),
    _get("/api/v1/ownership/conflicts", queues.conflicts, Policy.BOARD),
    _get("/api/v1/ownership/alignment", queues.alignment, Policy.BOARD),
    _get("/api/v1/ownership/tree", queues.tree, Policy.BOARD),
    _post("/api/v1/ownership/propose", queues.propose, Policy.BOARD),
    _get("/api/v1/sources", board.sources, Policy.NUMBERS),
    _get("/api/v1/workers", board.workers, Policy.FIGURES),
    _get("/api/v1/me", me.show, Policy.NUMBERS),
    _get("/api/v1/evidence", evidence.show, Policy.AUDIT),
    _get("/api/v1/evidence.csv", evidence.as_csv, Policy.AUDIT),
    _get("/api/v1/evidence/rows", evidence.rows, Policy.AUDIT),
    _get("/api/v1/evidence/rows.csv", evidence.rows_csv, Policy.AUDIT),
    _get("/api/v1/audit", audit.list_some, Policy.AUDIT),
    _get("/api/v1/metrics/times", metrics.times, Policy.BOARD),
    _get("/api/v1/metrics/times.csv", metrics.times_csv, Policy.BOARD),
    _get("/api/v1/metrics/times.svg", metrics.times_svg, Policy.BOARD),
    _get("/api/v1/metrics/flow", metrics.flow, Policy.BOARD),
    _get("/api/v1/metrics/flow.csv", metrics.flow_csv, Policy.BOARD),
    _get("/api/v1/metrics/flow.svg", metrics.flow_svg, Policy.BOARD),
    _get("/api/v1/metrics/open", metrics.opened, Policy.BOARD),
    _get("/api/v1/metrics/open.csv", metrics.opened_csv, Policy.BOARD),
    _get("/api/v1/metrics/open.svg", metrics.opened_svg, Policy.BOARD),
    _get("/api/v1/metrics/noise", noise.show, Policy.BOARD),
    _get("/api/v1/metrics/noise.csv", noise.as_csv, Policy.BOARD),
    _get("/api/v1/metrics/due", metrics.due, Policy.BOARD),
    _get("/api/v1/metrics/due.csv", metrics.due_csv, Policy.BOARD),
    _get("/api/v1/metrics/due.svg", metrics.due_svg, Policy.BOARD),
    _get("/api/v1/metrics/channels", metrics.channels, Policy.BOARD),
    _get("/api/v1/metrics/channels.csv", metrics.channels_csv, Policy.BOARD),
    _get("/api/v1/metrics/channels.svg", metrics.channels_svg, Policy.BOARD),
    _get("/api/v1/metrics/use", metrics.use, Policy.BOARD),
    _get("/api/v1/metrics/use.csv", metrics.use_csv, Policy.BOARD),
    _get("/api/v1/portal/risks", portal.risks, Policy.BOARD),
    _get("/api/v1/policies", policies.list_all, Policy.BOARD),
    _post("/api/v1/policies/plan", policies.plan, Policy.BOARD),
    _post("/api/v1/policies/plan/findings", policies.dates, Policy.BOARD),
    _post("/api/v1/policies/apply", policies.apply, Policy.BOARD),
    _post("/api/v1/hooks/wiz/{source:str}", hooks.receive, Policy.HOOK),
]
OPS = [
    _get("/healthz", ops.alive, Policy.OPEN),
    _get("/readyz", ops.ready, Policy.OPEN),
    _get("/metrics", ops.metrics, Policy.FIGURES),
    _get("/openapi.json", ops.description, Policy.BOARD),
    _get("/.well-known/jwks.json", ops.keys, Policy.OPEN),
    _get("/static/{name:str}", ops.static, Policy.OPEN),
]
PAGES = [
    _get("/", do_now_page.show, Policy.BOARD),
    _get("/do-now", do_now_page.show, Policy.BOARD),
    _get("/findings", findings_page.show, Policy.BOARD),
    _get("/findings/{finding_id:str}", finding_page.show, Policy.BOARD),
    _get("/decide", decide_page.show, Policy.BOARD),
    _post("/decide/say", decide_page.say, Policy.BOARD),
    _get("/tickets/new", ticket_page.show, Policy.BOARD),
    _post("/tickets/file", ticket_page.file, Policy.BOARD),
    _get("/campaigns", campaigns_page.show_all, Policy.BOARD),
    _get("/campaigns/{campaign_id:str}", campaigns_page.show, Policy.BOARD),
    _post("/campaigns/begin", campaigns_page.begin, Policy.BOARD),
    _post("/campaigns/{campaign_id:str}/change", campaigns_page.change, Policy.BOARD),
    _post("/campaigns/{campaign_id:str}/end", campaigns_page.end, Policy.BOARD),
    _get("/components", components_page.show, Policy.BOARD),
    _get("/components/{kind:str}/{namespace:str}/{name:str}", component_page.show, Policy.BOARD),
    _get("/components/{kind:str}/{namespace:str}/{name:str}/packages", packages_page.component, Policy.BOARD),
    _get("/packages", packages_page.who_uses, Policy.BOARD),
    _get("/packages/coverage", packages_page.coverage, Policy.BOARD),
    _get("/teams/{kind:str}/{namespace:str}/{name:str}", rollup_page.team, Policy.BOARD),
    _get("/teams/{kind:str}/{namespace:str}/{name:str}/week", team_week_page.show, Policy.BOARD),
    _post("/teams/leave-out", rollup_page.leave_out, Policy.BOARD),
    _get("/systems/{namespace:str}/{name:str}", rollup_page.system, Policy.BOARD),
    _get("/domains/{namespace:str}/{name:str}", rollup_page.domain, Policy.BOARD),
    _get("/rules", rule_page.show, Policy.BOARD),
    _get("/cves/{cve:str}", cve_page.show, Policy.BOARD),
    _get("/resources", resource_page.show, Policy.BOARD),
    _get("/projects", project_page.show, Policy.BOARD),
    _get("/ownership", ownership_page.show, Policy.BOARD),
    _post("/ownership/looked", ownership_page.looked, Policy.BOARD),
    _post("/ownership/let-go", ownership_page.let_go, Policy.BOARD),
    _get("/ownership/signals", moves_page.signals, Policy.BOARD),
    _get("/ownership/changes", moves_page.changed, Policy.BOARD),
    _get("/ownership/unmapped", queues_page.unmapped, Policy.BOARD),
    _get("/ownership/conflicts", queues_page.conflicts, Policy.BOARD),
    _get("/ownership/alignment", queues_page.alignment, Policy.BOARD),
    _get("/ownership/map", queues_page.chart, Policy.BOARD),
    _get("/ownership/rules", mapping_page.rules, Policy.BOARD),
    _get("/ownership/plan", mapping_page.plan, Policy.BOARD),
    _post("/ownership/preview", mapping_page.preview, Policy.BOARD),
    _post("/ownership/moves", moves_page.planned, Policy.BOARD),
    _post("/ownership/apply", mapping_page.apply, Policy.BOARD),
    _get("/ownership/of", whose_page.show, Policy.BOARD),
    _post("/ownership/say", whose_page.say, Policy.BOARD),
    _post("/ownership/undo", whose_page.undo, Policy.BOARD),
    _get("/audit", audit_page.show, Policy.AUDIT),
    _get("/audit/file", audit_page.file, Policy.AUDIT),
    _post("/audit/verify", audit_page.verify, Policy.AUDIT),
    _get("/evidence", evidence_page.show, Policy.AUDIT),
    _get("/evidence/rows", evidence_page.rows, Policy.AUDIT),
    _get("/portal", portal_page.show, Policy.BOARD),
    _get("/policies", policies_page.show, Policy.BOARD),
    _post("/policies/preview", policies_page.preview, Policy.BOARD),
    _post("/policies/dates", policies_page.dates, Policy.BOARD),
    _post("/policies/apply", policies_page.apply, Policy.BOARD),
    _get("/progress", progress_page.show, Policy.BOARD),
    _get("/progress/flow", progress_page.flow, Policy.BOARD),
    _get("/progress/open", progress_page.opened, Policy.BOARD),
    _get("/progress/due", progress_page.due, Policy.BOARD),
    _get("/progress/channels", progress_page.channels, Policy.BOARD),
    _get("/progress/use", progress_page.use, Policy.BOARD),
    _get("/progress/noise", noise_page.show, Policy.BOARD),
    _get("/sources", sources_page.show, Policy.BOARD),
    _get("/search", search_page.show, Policy.BOARD),
    _get("/enter", enter_page.show, Policy.OPEN),
    _get("/sign-in", enter_page.offer, Policy.OPEN),
    _get("/sign-in/begin", enter_page.begin, Policy.OPEN),
    _get("/sign-in/done", enter_page.done, Policy.OPEN),
    _post("/leave", enter_page.leave, Policy.BOARD),
    _get("/unsubscribe", unsubscribe_page.show, Policy.OPEN),
    _post("/unsubscribe", unsubscribe_page.leave, Policy.OPEN),
]
ELSEWHERE = [_get("/{rest:path}", elsewhere_page.show, Policy.BOARD)]
"""Every other address, so that who is signed in is told so with the head of every other page."""
ALL = [*API, *OPS, *PAGES, *ELSEWHERE]
