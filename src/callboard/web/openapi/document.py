"""The API's description as OpenAPI 3.1, made from the JSON shapes and the parameter tables themselves."""

from __future__ import annotations

import msgspec

from callboard.domain.finding import Severity
from callboard.domain.ownership.coverage import Cut
from callboard.domain.ownership.drift import SignalKind
from callboard.usecases.export_findings import MOST
from callboard.usecases.roll_up import View
from callboard.web.errors import Problem
from callboard.web.openapi import campaigns as openapi_campaigns
from callboard.web.openapi import decisions as openapi_decisions
from callboard.web.openapi import evidence as openapi_evidence
from callboard.web.openapi import metrics as openapi_metrics
from callboard.web.openapi import packages as openapi_packages
from callboard.web.openapi import portal as openapi_portal
from callboard.web.openapi import tickets as openapi_tickets
from callboard.web.openapi.words import (
    PROBLEM,
    Described,
    answer,
    content,
    in_path,
    in_query,
    list_of,
    paged,
    query,
    reading,
    writing,
)
from callboard.web.params import board as params
from callboard.web.wire import board as wire
from callboard.web.wire import campaigns as wire_campaigns
from callboard.web.wire import decisions as wire_decisions
from callboard.web.wire import evidence as wire_evidence
from callboard.web.wire import left_out as wire_left_out
from callboard.web.wire import ownership as wire_ownership
from callboard.web.wire import packages as wire_packages
from callboard.web.wire import policy as wire_policy
from callboard.web.wire import portal as wire_portal
from callboard.web.wire import queues as wire_queues
from callboard.web.wire import tickets as wire_tickets
from callboard.web.wire import who as wire_who
from callboard.web.wire import work as wire_work

_SHAPES = (
    wire.Board, wire.Sources, wire.Workers, wire.Components, wire_work.ComponentPage, wire.Findings, wire.FindingPage,
    wire_work.Bundles, wire_work.Facets, wire_work.DoNow, wire_work.Rollup, wire_work.SavedViews, wire_work.SavedView,
    wire_work.ViewDraft, wire_work.Reported, wire_work.Followed, wire_work.SeenDraft,
    wire_work.SeenDone, wire_work.QueryHelp, wire_work.Explained, wire_work.Export,
    wire_work.Revision, wire_ownership.RuleSets, wire_ownership.RuleSetDraft, wire_ownership.Plan, wire_ownership.Applied,
    wire_ownership.Explanation, wire_ownership.WordDraft, wire_ownership.SaidWord, wire_ownership.Coverage,
    wire_ownership.OwnershipSignals, wire_ownership.PickDraft, wire_ownership.ChangedResources,
    wire_queues.UnmappedQueue, wire_queues.Conflicts, wire_queues.Alignment,
    wire_queues.TreeNode, wire_queues.ProposalDraft, wire_queues.Proposal,
    wire_policy.Policies, wire_policy.PolicyDraft, wire_policy.PolicyPlan, wire_policy.PolicyApplied,
    wire_policy.DatesDraft, wire_policy.DateLines,
    wire_packages.WhoUses, wire_packages.ComponentSbom,
    wire_packages.ComponentPackages, wire_packages.SbomCoverage, wire_packages.DeliveredSbom,
    wire_campaigns.Campaigns, wire_campaigns.CampaignPage, wire_campaigns.CampaignDraft, wire_campaigns.CampaignChange,
    *openapi_metrics.SHAPES,
    wire_tickets.Tickets, wire_tickets.TicketDraft, wire_tickets.TicketDone, wire_tickets.UnlinkDraft, wire_tickets.Unlinked,
    wire_left_out.TeamLeftOutDraft, wire_decisions.DecisionDraft, wire_decisions.DecisionDone,
    wire_who.Me, wire_who.AuditEntries, wire.Status, wire.HookDone, wire_portal.RiskRegister,
    wire_portal.DeliveredJudgement, Problem, wire_evidence.Evidence, wire_evidence.EvidenceRows,
)  # fmt: skip


def document(version: str) -> Described:
    """The whole description."""
    _, components = msgspec.json.schema_components(_SHAPES, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Callboard",
            "version": version,
            "description": "Security findings on the Backstage components that own them. "
            "Enumerations are words, dates are RFC 3339 in UTC, null means not known. "
            "Findings are asked for with `q`, in the language that `/api/v1/query/help` tells. "
            "Lists are read page by page with `next_cursor`; ETags are weak and honour If-None-Match.",
        },
        "security": [{"bearer": []}, {"session": []}],
        "paths": {
            **_lists(),
            **_pages(),
            **_views(),
            **_ownership(),
            **_policies(),
            **openapi_campaigns.described(),
            **openapi_decisions.described(),
            **openapi_evidence.described(),
            **openapi_packages.described(),
            **openapi_metrics.described(),
            **openapi_portal.described(),
            **openapi_tickets.described(),
            **_operations(),
        },
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-callboard"},
            },
            "responses": {"problem": answer("What went wrong.", "Problem", "application/problem+json")},
        },
    }


def _lists() -> Described:
    as_csv = {"text/csv": {"schema": {"type": "string"}}}
    told = (
        f"The rows and the order of the list, at most {MOST:,}; more is an error. "
        "Columns are the fields of ExportedFinding. Empty means not known. A text that a spreadsheet could take "
        "for a formula begins with an apostrophe."
    )
    csv_file = reading("exportCsv", "All findings of a query as CSV", None, [query()], conditional=False)
    csv_file["get"] |= {"description": told}
    csv_file["get"]["responses"]["200"] = {"description": told, "content": as_csv}
    return {
        "/api/v1/findings": reading("listFindings", "One page of findings", "Findings", paged(query())),
        "/api/v1/findings.csv": csv_file,
        "/api/v1/findings.json": reading(
            "exportJson", "All findings of a query as JSON", "Export", [query()], conditional=False
        ),
        "/api/v1/bundles": reading(
            "listBundles", "One page of findings put together, by fix unless `group:` says otherwise", "Bundles",
            paged(query()),
        ),
        "/api/v1/facets": reading("listFacets", "What a list could be narrowed to", "Facets", [query()]),
        "/api/v1/components": reading("listComponents", "Components, worst first", "Components", _component_parameters()),
    }  # fmt: skip


def _pages() -> Described:
    about = in_query("q", "What it is about: owner, component, system or domain.", {"type": "string"})
    reference = [in_path(name) for name in ("kind", "namespace", "name")]
    finding = [in_path("finding_id")]
    return {
        "/api/v1/board": reading("showBoard", "The whole board in numbers", "Board"),
        "/api/v1/do-now": reading("showDoNow", "What to do now", "DoNow", [about]),
        "/api/v1/findings/{finding_id}": reading("showFinding", "One finding in full", "FindingPage", finding),
        "/api/v1/findings/{finding_id}/broken-link": writing(
            "reportBrokenLink", "Say that the finding's link is broken", "Reported", finding
        ),
        "/api/v1/findings/{finding_id}/followed": writing(
            "countFollowed",
            "Say that somebody follows the finding's link; nothing about who is kept",
            "Followed",
            finding,
        ),
        "/api/v1/seen": _seen(),
        "/api/v1/components/{kind}/{namespace}/{name}": reading(
            "showComponent", "One component in full", "ComponentPage", reference
        ),
        "/api/v1/rollups/{kind}/{namespace}/{name}": reading(
            "showRollup", "A group, a user, a system or a domain with what it owns", "Rollup", reference
        ),
        "/api/v1/rollups/{kind}/{namespace}/{name}/left-out": _leave_out(reference),
        "/api/v1/sources": reading("listSources", "How fresh and how whole each source is", "Sources"),
        "/api/v1/workers": reading(
            "listWorkers",
            "Which processes do what is due, and what they read; needs the right `administer`",
            "Workers",
            conditional=False,
        ),
        "/api/v1/me": reading(
            "showMe", "Who the caller is, and what the caller sees and may do", "Me", conditional=False
        ),
        "/api/v1/audit": reading(
            "listAudit", "The log of who did what; needs the right `audit`", "AuditEntries", _audit(), conditional=False
        ),
        "/api/v1/query/help": reading("showQueryHelp", "The query language", "QueryHelp"),
        "/api/v1/query/explain": reading("explainQuery", "A query in plain words", "Explained", [query()]),
    }


def _seen() -> Described:
    found = writing("countSeen", "Say which rows were in sight; nothing about who looked is kept", "SeenDone", [])
    found["post"]["requestBody"] = {"required": True, "content": content("SeenDraft")}
    return found


def _leave_out(team: list[Described]) -> Described:
    found = writing("leaveOut", "Say what a team leaves out of its own work list", "Rollup", team)
    found["post"]["requestBody"] = {"required": True, "content": content("TeamLeftOutDraft")}
    return found


def _views() -> Described:
    remove = {
        "operationId": "removeView",
        "summary": "Remove a view of your own",
        "parameters": [in_path("view_id")],
        "responses": {"204": {"description": "It is gone."}, "default": PROBLEM},
    }
    save = writing("saveView", "Keep a query under a name", "SavedView", [], status="201")
    save["post"]["requestBody"] = {"required": True, "content": content("ViewDraft")}
    return {
        "/api/v1/views": {**reading("listViews", "Queries with names", "SavedViews", conditional=False), **save},
        "/api/v1/views/{view_id}": {"delete": remove},
    }


def _ownership() -> Described:
    at = "/api/v1/ownership"
    drafted = {"required": True, "content": content("RuleSetDraft")}
    spoken = {"required": True, "content": content("WordDraft")}
    resource = [in_query("id", "Its id, another of its names, or its plain name.", {"type": "string"})]
    resource.append(in_query("source", "The source; left out: whichever has it.", {"type": "string"}))
    day = {"type": "string", "format": "date"}
    cuts = {"type": "string", "enum": [cut.value for cut in Cut]}
    trees = {"type": "string", "enum": [each.value for each in View], "default": View.DOMAIN.value}
    found = {
        f"{at}/explain": reading("explainOwnership", "Why a resource is whose it is", "Explanation", resource),
        f"{at}/report": reading(
            "reportOwnership", "How much has an owner", "Coverage",
            [in_query("on", "The day; left out: now.", day), in_query("by", "What it is cut by.", cuts)],
        ),
        f"{at}/rules": reading(
            "listRules", "The rule sets in force, or every revision of one", "RuleSets",
            [in_query("id", "The name of a set: every revision of it.", {"type": "string"})], conditional=False,
        ),
        f"{at}/plan": writing("planRules", "What applying a rule set would do", "Plan", []),
        f"{at}/apply": writing("applyRules", "Put a rule set in force", "Applied", []),
        f"{at}/confirm": writing("confirmOwner", "Say that it is theirs", "SaidWord", []),
        f"{at}/not-ours": writing("sayNotOurs", "Say that it is not theirs", "SaidWord", []),
        f"{at}/decisions/{{decision_id}}/undo": writing(
            "undoDecision", "Take back what was said", "SaidWord", [in_path("decision_id")]
        ),
        f"{at}/plan/resources": writing(
            "listPlanned", "The resources that one number of a plan counts", "ChangedResources", []
        ),
        f"{at}/changes": reading(
            "listChanges", "The resources that changed hands in 30 days, or those of one signal", "ChangedResources",
            [
                in_query("signal", "The number of a signal about resources.", {"type": "integer"}),
                in_query("skip", "How many to skip.", {"type": "integer", "default": 0}),
            ],
        ),
        f"{at}/signals": reading(
            "listSignals", "What changed about ownership, or deserves a look", "OwnershipSignals",
            [
                in_query("kind", "Only of this kind.", {"type": "string", "enum": [kind.value for kind in SignalKind]}),
                in_query("before", "Only older ones than the signal of this number.", {"type": "integer"}),
            ],
        ),
        f"{at}/signals/{{signal_id}}/close": writing(
            "closeSignal", "Say that somebody has looked at it", "OwnershipSignals", [in_path("signal_id")]
        ),
        f"{at}/signals/{{signal_id}}/let-go": writing(
            "letGo", "Let go what it holds back", "OwnershipSignals", [in_path("signal_id")]
        ),
    }  # fmt: skip
    found |= {
        f"{at}/unmapped": reading("listUnmapped", "What nobody owns, by what one action would map", "UnmappedQueue"),
        f"{at}/conflicts": reading("listConflicts", "What components of different owners claim", "Conflicts"),
        f"{at}/alignment": reading("align", "Where the catalog and Wiz differ", "Alignment"),
        f"{at}/tree": reading(
            "rollUp", "Open findings as a tree", "TreeNode", [in_query("by", "What they are rolled up by.", trees)]
        ),
        f"{at}/propose": writing("proposeOwner", "Draft a rule; nothing is written", "Proposal", []),
    }
    found[f"{at}/propose"]["post"]["requestBody"] = {"required": True, "content": content("ProposalDraft")}
    picked = {"required": True, "content": content("PickDraft")}
    for name, body in (
        ("plan", drafted),
        ("plan/resources", picked),
        ("apply", drafted),
        ("confirm", spoken),
        ("not-ours", spoken),
    ):
        found[f"{at}/{name}"]["post"]["requestBody"] = body
    return found


def _policies() -> Described:
    at = "/api/v1/policies"
    drafted = {"required": True, "content": content("PolicyDraft")}
    plan = writing("planPolicy", "What applying a policy would do; needs the right `administer`", "PolicyPlan", [])
    done = writing("applyPolicy", "Put a policy in force, or take it back", "PolicyApplied", [])
    plan["post"]["requestBody"] = done["post"]["requestBody"] = drafted
    dates = writing("listMovedDates", "The findings that one number of a plan counts", "DateLines", [])
    dates["post"]["requestBody"] = {"required": True, "content": content("DatesDraft")}
    told = "Who is what and by when things are due, with every revision; needs the right `administer`"
    return {
        at: reading("listPolicies", told, "Policies", conditional=False),
        f"{at}/plan": plan,
        f"{at}/plan/findings": dates,
        f"{at}/apply": done,
    }


def _operations() -> Described:
    hook = writing("receiveHook", "A source tells that something has changed", "HookDone", [in_path("source")], "202")
    hook["post"] |= {
        "security": [{"bearer": []}],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {}}}},
    }
    live = reading("listen", "The board's revision as it changes, as server-sent events", None, conditional=False)
    live["get"]["responses"]["200"] = {
        "description": "Events named `revision`, each with a Revision as JSON; the first one at once.",
        "content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/Revision"}}},
    }
    return {
        "/api/v1/live": live,
        "/api/v1/hooks/wiz/{source}": hook,
        "/healthz": reading("alive", "Whether the process answers", "Status", is_open=True),
        "/readyz": reading("ready", "Whether the process can do its work", "Status", is_open=True),
    }


def _audit() -> list[Described]:
    number = {"type": "integer", "minimum": 0, "default": 0}
    limits = {"type": "integer", "minimum": 1, "maximum": params.MAX_ENTRIES, "default": 100}
    return [
        in_query("after", "`next_after` of the page before: entries behind this number.", number),
        in_query("limit", "Entries in one answer.", limits),
    ]


def _component_parameters() -> list[Described]:
    severities = {"type": "string", "enum": [severity.word for severity in Severity]}
    sorts = list(params.COMPONENT_SORTS)
    return paged(
        in_query("mapped", "true: an annotation names something at a source; false: none does.", {"type": "boolean"}),
        list_of("owner", "References of groups or users."),
        list_of(
            "ref",
            "References of the components themselves; one that the answer lacks is not there, or not yours to see.",
        ),
        list_of("severity", "Those with an open finding of one of these.", severities),
        list_of("system", "References of systems."),
        in_query("sort", "The order.", {"type": "string", "enum": sorts, "default": sorts[0]}),
        limit=params.DEFAULT_COMPONENT_LIMIT,
    )
