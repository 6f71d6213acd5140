"""The access policy as a table: what each sort of caller is answered, for every route and method.

Callers, in the order of the columns:

    anonymous   shows nothing                     owner      bo of team red, about a thing of red
    no team     nils, in no group                 security   sam
    other team  ida of team blue, about red       admin      ada
    viewer      a program that sees team red      plugin     a Backstage plugin's own token

Every address is asked about the finding `red-0` or the component `cart` of team red.
"""

from __future__ import annotations

CALLERS = ("anonymous", "no team", "other team", "owner", "viewer", "security", "admin", "plugin")

Codes = tuple[int, int, int, int, int, int, int, int]

OPEN: Codes = (200,) * 8
ANY: Codes = (401, 200, 200, 200, 200, 200, 200, 401)
"""Anybody whom the catalog knows; what is in the answer differs (tested elsewhere)."""
THING: Codes = (401, 404, 404, 200, 200, 200, 404, 401)
"""A thing of team red."""
BARE: Codes = (401, 415, 415, 415, 415, 415, 415, 401)
"""Asked without the JSON document that it needs."""
BAD: Codes = (401, 400, 400, 400, 400, 400, 400, 401)
"""Asked without what it needs."""
MAP: Codes = (401, 403, 403, 403, 403, 200, 403, 401)
"""For who may say whose things are, for everybody."""
GONE: Codes = (401, 404, 404, 404, 404, 404, 404, 401)
"""A thing that is not there."""
ADMIN: Codes = (401, 403, 403, 403, 403, 403, 200, 401)
"""For who looks after Callboard itself."""
READS_LOG: Codes = (401, 403, 403, 403, 403, 200, 200, 401)
NUMBERED: Codes = (401, 403, 403, 403, 403, 400, 400, 401)
"""For who may read the log; asked without a framework, or without a number."""
SENT: Codes = (401, 303, 303, 303, 303, 303, 303, 401)

MATRIX: dict[tuple[str, str], Codes] = {
    ("GET", "/"): ANY,
    ("GET", "/do-now"): ANY,
    ("GET", "/decide"): BAD,
    ("POST", "/decide/say"): BAD,
    ("GET", "/tickets/new"): BAD,
    ("POST", "/tickets/file"): BAD,
    ("GET", "/api/v1/tickets"): ANY,
    ("POST", "/api/v1/tickets"): BARE,
    ("POST", "/api/v1/tickets/{ticket_id}/unlink"): BARE,
    ("GET", "/components"): ANY,
    ("GET", "/components/{kind}/{namespace}/{name}"): THING,
    ("GET", "/findings"): ANY,
    ("GET", "/findings/{finding_id}"): THING,
    ("GET", "/teams/{kind}/{namespace}/{name}"): GONE,
    ("GET", "/teams/{kind}/{namespace}/{name}/week"): GONE,
    ("POST", "/teams/leave-out"): BAD,  # without a team
    ("POST", "/api/v1/rollups/{kind}/{namespace}/{name}/left-out"): BARE,
    ("GET", "/systems/{namespace}/{name}"): GONE,
    ("GET", "/domains/{namespace}/{name}"): GONE,
    ("GET", "/rules"): THING,
    ("GET", "/resources"): THING,
    ("GET", "/projects"): THING,
    ("GET", "/cves/{cve}"): ANY,
    ("GET", "/search"): SENT,
    ("GET", "/sources"): ANY,
    ("GET", "/enter"): (401,) * 8,  # without a good key
    ("GET", "/sign-in"): OPEN,
    ("GET", "/sign-in/begin"): (404,) * 8,  # no provider is configured here
    ("GET", "/sign-in/done"): (404,) * 8,
    ("POST", "/leave"): ANY,
    ("GET", "/unsubscribe"): (404,) * 8,  # without the token of a mail
    ("POST", "/unsubscribe"): (404,) * 8,
    ("GET", "/api/v1/board"): ANY,
    ("GET", "/api/v1/components"): ANY,
    ("GET", "/api/v1/components/{kind}/{namespace}/{name}"): THING,
    ("GET", "/api/v1/components/{kind}/{namespace}/{name}/sbom"): THING,
    ("POST", "/api/v1/components/{kind}/{namespace}/{name}/sbom"): BARE,
    ("POST", "/api/v1/components/{kind}/{namespace}/{name}/risks"): BARE,
    ("GET", "/api/v1/components/{kind}/{namespace}/{name}/sbom/{format}"): THING,
    ("GET", "/api/v1/components/{kind}/{namespace}/{name}/packages"): THING,
    ("GET", "/components/{kind}/{namespace}/{name}/packages"): THING,
    ("GET", "/packages"): ANY,
    ("GET", "/packages/coverage"): ANY,
    ("GET", "/api/v1/who-uses"): BAD,  # without a package
    ("GET", "/api/v1/sbom-coverage"): ANY,
    ("GET", "/api/v1/metrics/times"): ANY,
    ("GET", "/api/v1/metrics/times.csv"): ANY,
    ("GET", "/api/v1/metrics/times.svg"): ANY,
    ("GET", "/progress"): ANY,
    ("GET", "/progress/channels"): ANY,
    ("GET", "/api/v1/metrics/channels"): ANY,
    ("GET", "/api/v1/metrics/channels.csv"): ANY,
    ("GET", "/api/v1/metrics/channels.svg"): ANY,
    ("GET", "/progress/use"): ANY,
    ("GET", "/api/v1/metrics/use"): ANY,
    ("GET", "/api/v1/metrics/use.csv"): ANY,
    ("GET", "/progress/flow"): ANY,
    ("GET", "/progress/open"): ANY,
    ("GET", "/progress/due"): ANY,
    ("GET", "/progress/noise"): ANY,
    ("GET", "/api/v1/metrics/noise"): ANY,
    ("GET", "/api/v1/metrics/noise.csv"): ANY,
    ("GET", "/api/v1/metrics/flow"): ANY,
    ("GET", "/api/v1/metrics/flow.csv"): ANY,
    ("GET", "/api/v1/metrics/flow.svg"): ANY,
    ("GET", "/api/v1/metrics/open"): ANY,
    ("GET", "/api/v1/metrics/open.csv"): ANY,
    ("GET", "/api/v1/metrics/open.svg"): ANY,
    ("GET", "/api/v1/metrics/due"): ANY,
    ("GET", "/api/v1/metrics/due.csv"): ANY,
    ("GET", "/api/v1/metrics/due.svg"): ANY,
    ("GET", "/api/v1/findings"): ANY,
    ("GET", "/api/v1/findings.csv"): ANY,
    ("GET", "/api/v1/findings.json"): ANY,
    ("GET", "/api/v1/findings/{finding_id}"): THING,
    ("POST", "/api/v1/findings/{finding_id}/broken-link"): (401, 403, 404, 200, 403, 200, 403, 401),
    ("POST", "/api/v1/findings/{finding_id}/followed"): THING,
    ("POST", "/api/v1/seen"): BARE,
    ("POST", "/api/v1/decisions"): BARE,
    ("POST", "/api/v1/decisions/{decision_id}/undo"): (401, 403, 404, 404, 403, 404, 403, 401),
    ("GET", "/api/v1/ownership/explain"): THING,
    ("GET", "/api/v1/ownership/report"): MAP,
    ("GET", "/api/v1/ownership/rules"): MAP,
    ("POST", "/api/v1/ownership/plan"): BAD,  # without a body
    ("POST", "/api/v1/ownership/plan/resources"): BAD,
    ("GET", "/api/v1/ownership/changes"): MAP,
    ("POST", "/api/v1/ownership/apply"): BAD,
    ("POST", "/api/v1/ownership/confirm"): BAD,
    ("POST", "/api/v1/ownership/not-ours"): BAD,
    ("POST", "/api/v1/ownership/decisions/{decision_id}/undo"): GONE,
    ("GET", "/api/v1/ownership/signals"): ANY,
    ("POST", "/api/v1/ownership/signals/{signal_id}/close"): (401, 403, 403, 403, 403, 404, 403, 401),
    ("POST", "/api/v1/ownership/signals/{signal_id}/let-go"): (401, 403, 403, 403, 403, 404, 403, 401),
    ("GET", "/api/v1/ownership/unmapped"): ANY,
    ("GET", "/api/v1/ownership/conflicts"): ANY,
    ("GET", "/api/v1/ownership/alignment"): ANY,
    ("GET", "/api/v1/ownership/tree"): ANY,
    ("POST", "/api/v1/ownership/propose"): BAD,
    ("GET", "/ownership"): ANY,
    ("GET", "/ownership/unmapped"): ANY,
    ("GET", "/ownership/conflicts"): ANY,
    ("GET", "/ownership/alignment"): ANY,
    ("GET", "/ownership/map"): ANY,
    ("GET", "/ownership/rules"): ANY,  # who may not map is told so, and sees none
    ("GET", "/ownership/plan"): ANY,
    ("POST", "/ownership/preview"): (401, 403, 403, 403, 403, 422, 403, 401),  # without a rule set
    ("POST", "/ownership/apply"): (401, 403, 403, 403, 403, 422, 403, 401),
    ("GET", "/ownership/of"): THING,
    ("POST", "/ownership/say"): GONE,  # without a word
    ("POST", "/ownership/undo"): BAD,
    ("POST", "/ownership/looked"): BAD,
    ("POST", "/ownership/let-go"): BAD,
    ("POST", "/ownership/moves"): (401, 403, 403, 403, 403, 400, 403, 401),  # without a number
    ("GET", "/ownership/changes"): MAP,
    ("GET", "/ownership/signals"): ANY,
    ("GET", "/campaigns"): ANY,
    ("GET", "/campaigns/{campaign_id}"): THING,
    ("POST", "/campaigns/begin"): BAD,
    ("POST", "/campaigns/{campaign_id}/change"): (401, 403, 404, 400, 403, 400, 403, 401),  # without a name
    ("POST", "/campaigns/{campaign_id}/end"): (401, 403, 404, 200, 403, 409, 403, 401),  # once
    ("GET", "/api/v1/campaigns"): ANY,
    ("POST", "/api/v1/campaigns"): BARE,
    ("GET", "/api/v1/campaigns/{campaign_id}"): THING,
    ("POST", "/api/v1/campaigns/{campaign_id}"): BARE,
    ("POST", "/api/v1/campaigns/{campaign_id}/end"): (401, 403, 404, 409, 403, 409, 403, 401),  # it has ended by now
    ("GET", "/api/v1/bundles"): ANY,
    ("GET", "/api/v1/facets"): ANY,
    ("GET", "/api/v1/do-now"): ANY,
    ("GET", "/api/v1/rollups/{kind}/{namespace}/{name}"): GONE,
    ("GET", "/api/v1/views"): ANY,
    ("POST", "/api/v1/views"): BARE,
    ("DELETE", "/api/v1/views/{view_id}"): GONE,
    ("GET", "/api/v1/query/help"): ANY,
    ("GET", "/api/v1/query/explain"): ANY,
    ("GET", "/api/v1/live"): ANY,
    ("GET", "/api/v1/sources"): ANY,
    ("GET", "/api/v1/workers"): (401, 403, 403, 403, 200, 403, 200, 401),
    ("GET", "/api/v1/me"): ANY,
    ("GET", "/api/v1/audit"): READS_LOG,
    ("GET", "/api/v1/evidence"): NUMBERED,
    ("GET", "/api/v1/evidence.csv"): NUMBERED,
    ("GET", "/api/v1/evidence/rows"): NUMBERED,
    ("GET", "/api/v1/evidence/rows.csv"): NUMBERED,
    ("GET", "/evidence"): READS_LOG,
    ("GET", "/evidence/rows"): NUMBERED,
    ("GET", "/audit"): READS_LOG,
    ("GET", "/audit/file"): READS_LOG,
    ("POST", "/audit/verify"): READS_LOG,
    ("GET", "/api/v1/portal/risks"): (401, 403, 403, 403, 403, 404, 404, 401),  # none was kept here
    ("GET", "/portal"): READS_LOG,
    ("GET", "/api/v1/policies"): ADMIN,
    ("POST", "/api/v1/policies/plan"): BAD,  # without a body
    ("POST", "/api/v1/policies/plan/findings"): BAD,
    ("POST", "/api/v1/policies/apply"): BAD,
    ("GET", "/policies"): ADMIN,
    ("POST", "/policies/preview"): (401, 403, 403, 403, 403, 403, 422, 401),  # without a policy
    ("POST", "/policies/apply"): (401, 403, 403, 403, 403, 403, 422, 401),
    ("POST", "/policies/dates"): (401, 403, 403, 403, 403, 403, 400, 401),  # without a number
    ("POST", "/api/v1/hooks/wiz/{source}"): (401,) * 8,  # has a token of its own
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/metrics"): (401, 403, 403, 403, 200, 403, 200, 401),
    ("GET", "/openapi.json"): ANY,
    ("GET", "/.well-known/jwks.json"): (404,) * 8,  # nothing is signed here
    ("GET", "/static/{name}"): OPEN,
    ("GET", "/{rest}"): GONE,  # every other address
}
