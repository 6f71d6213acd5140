"""What a board holds, spelled so that two boards can be compared: names instead of row numbers, no bookkeeping.

Two boards that were told the same hold the same, whoever told it, in which order, on whichever database and with however
many interruptions.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, text

from callboard.store.row_sums import Sum, plain

_FINDINGS = """
SELECT s.name, f.external_id, f.kind, f.state, f.closed, f.severity, f.rank, f.title, rule.external_id, r.external_id,
       h.key, p.key, b.key, f.first_detected_at, f.status_changed_at, f.updated_at, f.fixed_at, f.due_at,
       f.policy_due_at, f.priority, f.blast, f.cvss, f.reopened, f.apart, f.in_scope, f.beneath, i.last_detected_at, d.url, d.body,
       image.key
FROM finding f JOIN source s ON s.id = f.source_id JOIN rule ON rule.id = f.rule_id JOIN resource r ON r.id = f.resource_id
JOIN holding h ON h.id = f.holding_id JOIN project_set p ON p.id = f.project_set_id
JOIN bundle b ON b.id = f.bundle_id JOIN finding_detail d ON d.finding_id = f.id LEFT JOIN sighting i ON i.finding_id = f.id
LEFT JOIN bundle image ON image.id = f.image_id
"""
TABLES: Mapping[str, str] = {
    "finding": _FINDINGS,
    "event": """
        SELECT f.external_id, e.kind, e.at, e.actor, e.old, e.new FROM event e JOIN finding f ON f.id = e.finding_id
    """,
    "former spell": """
        SELECT f.external_id, s.n, s.ended_at, s.state, s.due_at, s.again_at FROM spell s JOIN finding f ON f.id = s.finding_id
    """,
    "decided": """
        SELECT f.external_id, e.kind, e.actor, e.reason, e.about, e.snooze, CASE WHEN d.ended_by IS NULL THEN 1 ELSE 0 END
        FROM decided d JOIN decision e ON e.id = d.decision_id JOIN finding f ON f.id = d.finding_id
    """,
    "rule": "SELECT external_id, name, search, content_hash, body FROM rule",
    "resource": """
        SELECT r.external_id, r.name, r.type, r.search, r.content_hash, r.body, h.key, p.key
        FROM resource r JOIN holding h ON h.id = r.holding_id JOIN project_set p ON p.id = r.project_set_id
    """,
    "alias": "SELECT r.external_id, a.form, a.value FROM resource_alias a JOIN resource r ON r.id = a.resource_id",
    "project": "SELECT external_id, name, slug, is_folder, nesting_level, listed, body FROM project",
    "project_set": """
        SELECT s.key, p.external_id FROM project_set_member m
        JOIN project_set s ON s.id = m.set_id JOIN project p ON p.id = m.project_id
    """,
    "candidate": """
        SELECT r.external_id, e.ref, c.form, c.value, c.tier, c.evidence, c.won FROM candidate c
        JOIN resource r ON r.id = c.resource_id JOIN entity e ON e.id = c.entity_id
    """,
    "spell": """
        SELECT r.external_id, h.key, CASE WHEN s.to_at IS NULL THEN 1 ELSE 0 END FROM ownership_spell s
        JOIN resource r ON r.id = s.resource_id JOIN holding h ON h.id = s.holding_id
    """,
    "cube": """
        SELECT h.key, s.name, c.kind, c.state, c.severity, c.n FROM cube c
        JOIN holding h ON h.id = c.holding_id JOIN source s ON s.id = c.source_id
    """,
    "bundle_cell": """
        SELECT b.key, h.key, c.apart, c.n, c.rank, c.priority, c.blast, c.due_at, c.oldest_at FROM bundle_cell c
        LEFT JOIN bundle b ON b.id = c.bundle_id LEFT JOIN holding h ON h.id = c.holding_id
    """,
    "due_cell": "SELECT h.key, c.day, c.n FROM due_cell c LEFT JOIN holding h ON h.id = c.holding_id",
    "flow_cell": """
        SELECT h.key, c.week, c.opened, c.closed, c.transient FROM flow_cell c JOIN holding h ON h.id = c.holding_id
        WHERE c.opened <> 0 OR c.closed <> 0 OR c.transient <> 0
    """,
    "term": "SELECT r.external_id, t.form, t.value FROM resource_term t JOIN resource r ON r.id = t.resource_id",
    "entity": """
        SELECT e.ref, e.catalog, e.owner_ref, o.ref, e.system_ref, e.body, CASE WHEN e.gone_at IS NULL THEN 0 ELSE 1 END
        FROM entity e LEFT JOIN entity o ON o.id = e.owner_id
    """,
    "claim": "SELECT e.ref, c.form, c.value, c.annotation, c.tier FROM claim c JOIN entity e ON e.id = c.entity_id",
    "rejected": "SELECT path, reason, external_id FROM rejected",
    "spool": "SELECT run_id, part, seq FROM run_page",
    "source": "SELECT name, kind, scope, watermark, last_full_at, last_run_at, last_run_state FROM source",
}
"""What is compared. Left out are row numbers, run numbers, versions, and raw hashes, which every database seeds for itself."""

BY_THE_CLOCK: Mapping[str, str] = {
    "source": "SELECT name, kind, scope, last_run_state FROM source",
    "spool": "SELECT part, seq FROM run_page",
}
"""Instead of the same in `TABLES` where the two boards were told at different times."""


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """A table in short."""

    rows: int
    digest: str
    """Hexadecimal; the same for the same rows in any order."""


def digests(conn: Connection) -> dict[str, Digest]:
    """Each table in short, without the times of reading. Takes memory for a thousand rows at a time. Inside `Store.read`."""
    return {name: _digest(conn, query) for name, query in {**TABLES, **BY_THE_CLOCK}.items()}


def _digest(conn: Connection, query: str) -> Digest:
    found = Sum.empty()
    for rows in conn.execute(text(query).execution_options(yield_per=1_000)).partitions():
        found = found.with_rows([plain(row) for row in rows])
    return Digest(rows=found.rows, digest=f"{found.digest:032x}")
