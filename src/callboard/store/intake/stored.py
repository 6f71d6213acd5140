"""What is stored of findings, as far as a decision about them needs it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection

from callboard.domain.decision import DecisionKind
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.reconcile import Stored
from callboard.domain.standing import aside_of
from callboard.store import schema
from callboard.store.dialect import Dialect
from callboard.store.schema import NEVER

_STORED = [
    "external_id", "id", "kind", "state", "severity", "first_detected_at", "status_changed_at", "updated_at",
    "fixed_at", "due_at", "reopened", "in_scope", "holding_id", "project_set_id", "rule_id", "resource_id", "title",
    "bundle_id", "remedy_id", "policy_due_at", "priority", "blast", "cvss", "tickets", "apart", "version",
    "base_layer", "beneath", "decision_id", "image_id",
]  # fmt: skip


def stored_findings(
    conn: Connection, dialect: Dialect, source_id: int, external_ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Those of these findings that are stored, by external id, with their last detection."""
    if not external_ids:
        return {}
    rows = dialect.lookup(conn, schema.finding, _STORED, "external_id", external_ids, within=("source_id", source_id))
    found = {row[0]: dict(zip(_STORED, row, strict=True)) for row in rows}
    if found:
        ids = [row["id"] for row in found.values()]
        columns = ["finding_id", "last_detected_at"]
        sightings: dict[int, int] = dict(dialect.lookup(conn, schema.sighting, columns, "finding_id", ids))
        for row in found.values():
            row["last_detected_at"] = sightings.get(row["id"])
        _look_up_aside(conn, dialect, found.values())
    return found


def _look_up_aside(conn: Connection, dialect: Dialect, rows: Collection[dict[str, Any]]) -> None:
    """What the standing decisions make of these findings while their source calls them open."""
    ids = {row["decision_id"] for row in rows if row["decision_id"] is not None}
    kinds: dict[int, int] = dict(dialect.lookup(conn, schema.decision, ["id", "kind"], "id", ids)) if ids else {}
    for row in rows:
        kind = kinds.get(row["decision_id"])
        row["aside"] = None if kind is None else aside_of(DecisionKind(kind))


def as_stored(row: dict[str, Any]) -> Stored:
    """A row of `stored_findings` as `domain.reconcile` wants it."""
    return Stored(
        id=row["id"],
        kind=Kind(row["kind"]),
        state=State(row["state"] if row["beneath"] is None else row["beneath"]),
        severity=Severity(row["severity"]),
        first_detected_at=row["first_detected_at"],
        last_detected_at=row["last_detected_at"],
        status_changed_at=row["status_changed_at"],
        updated_at=row["updated_at"],
        fixed_at=row["fixed_at"],
        due_at=None if row["due_at"] == NEVER else row["due_at"],
        reopened=row["reopened"],
        in_scope=bool(row["in_scope"]),
        policy_due_at=None if row["policy_due_at"] == NEVER else row["policy_due_at"],
        priority=row["priority"],
        blast=row["blast"],
        aside=row["aside"],
    )
