"""The tables, once, for both databases.

Instants are microseconds since 1970 in UTC as 64-bit integers (`domain.instant`); enumerations are the numbers of
`domain.finding`, held to their range by CHECKs. Nothing here names an engine. `docs/decisions/` says why.
"""

from callboard.store.schema.catalog import catalog_reading, claim, entity, group_closure, member
from callboard.store.schema.counters import (
    bundle,
    bundle_cell,
    cube,
    due_cell,
    flow_cell,
    holding_version,
    remedy,
    remedy_cell,
)
from callboard.store.schema.decisions import decided, decision, idempotency
from callboard.store.schema.desk import engagement, link_check, link_report, saved_view, visit
from callboard.store.schema.findings import TRANSIENT, event, finding, finding_detail, sighting
from callboard.store.schema.ground import HEAD, KNOWN, NEVER, UNKNOWN, meta, metadata, revision
from callboard.store.schema.identity import (
    api_token,
    api_token_owner,
    api_token_right,
    audit,
    membership,
    membership_group,
    session,
    sight,
    sight_entity,
)
from callboard.store.schema.mapping import (
    ownership_challenge,
    ownership_decision,
    policy_revision,
    rule_day,
    signal,
    signal_reader,
)
from callboard.store.schema.owning import candidate, holding, holding_reader, holding_route, ownership_spell
from callboard.store.schema.packages import (
    manifest,
    manifest_holder,
    manifest_version,
    package,
    package_match,
    package_use,
)
from callboard.store.schema.portal import risk_register
from callboard.store.schema.repositories import (
    activity,
    code_owner,
    kept_answer,
    manifest_place,
    repository,
    repository_reading,
)
from callboard.store.schema.runs import rejected, run, run_page, run_part, source
from callboard.store.schema.things import (
    project,
    project_set,
    project_set_member,
    resource,
    resource_alias,
    resource_term,
    rule,
)

__all__ = [
    "HEAD",
    "KNOWN",
    "NEVER",
    "TRANSIENT",
    "UNKNOWN",
    "activity",
    "api_token",
    "api_token_owner",
    "api_token_right",
    "audit",
    "bundle",
    "bundle_cell",
    "candidate",
    "catalog_reading",
    "claim",
    "code_owner",
    "cube",
    "decided",
    "decision",
    "due_cell",
    "engagement",
    "entity",
    "event",
    "finding",
    "finding_detail",
    "flow_cell",
    "group_closure",
    "holding",
    "holding_reader",
    "holding_route",
    "holding_version",
    "idempotency",
    "kept_answer",
    "link_check",
    "link_report",
    "manifest",
    "manifest_holder",
    "manifest_place",
    "manifest_version",
    "member",
    "membership",
    "membership_group",
    "meta",
    "metadata",
    "ownership_challenge",
    "ownership_decision",
    "ownership_spell",
    "package",
    "package_match",
    "package_use",
    "policy_revision",
    "project",
    "project_set",
    "project_set_member",
    "rejected",
    "remedy",
    "remedy_cell",
    "repository",
    "repository_reading",
    "resource",
    "resource_alias",
    "resource_term",
    "revision",
    "risk_register",
    "rule",
    "rule_day",
    "run",
    "run_page",
    "run_part",
    "saved_view",
    "session",
    "sight",
    "sight_entity",
    "sighting",
    "signal",
    "signal_reader",
    "source",
    "visit",
]
