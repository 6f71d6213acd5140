"""Findings, their details, and what happened to them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    and_,
    column,
    literal_column,
)

from callboard.domain.instant import DAY
from callboard.store.schema.ground import Identity, metadata, only


def _transient(
    closed: ColumnElement[int], fixed_at: ColumnElement[int], first: ColumnElement[int]
) -> ColumnElement[bool]:
    # Numbers stand in the text: an index over a part is used where a question spells that part alike.
    # Adding nothing keeps SQLite from an index of all closed findings.
    return and_(closed + literal_column("0") == literal_column("1"), fixed_at - first < literal_column(str(DAY)))


finding = Table(
    "finding",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column(
        "closed",
        SmallInteger,
        nullable=False,
    ),
    Column("severity", SmallInteger, nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("title", Text),
    Column("rule_id", ForeignKey("rule.id"), nullable=False),
    Column("resource_id", ForeignKey("resource.id"), nullable=False),
    Column("holding_id", BigInteger, nullable=False),
    Column("project_set_id", BigInteger, nullable=False),
    Column("bundle_id", BigInteger, nullable=False),
    Column("raw_hash", LargeBinary, nullable=False),
    Column("first_detected_at", BigInteger, nullable=False),
    Column("status_changed_at", BigInteger),
    Column("updated_at", BigInteger),
    Column("fixed_at", BigInteger),
    Column("due_at", BigInteger, nullable=False),
    Column("policy_due_at", BigInteger, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("blast", SmallInteger, nullable=False),
    Column("cvss", SmallInteger),
    Column("tickets", SmallInteger, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("apart", SmallInteger, nullable=False),
    Column("in_scope", Boolean, nullable=False),
    Column("imported_at", BigInteger, nullable=False),
    Column("changed_run", BigInteger, nullable=False),
    Column("decision_id", BigInteger),
    Column("version", Integer, nullable=False),
    Column("remedy_id", BigInteger, nullable=False, server_default="0"),
    Column("base_layer", SmallInteger, nullable=False, server_default="0"),
    Column("beneath", SmallInteger),
    Column("image_id", BigInteger),
    Index("uq_finding_source_id_external_id", "source_id", "external_id", unique=True),
    Index(None, "source_id", "raw_hash"),
    Index(None, "holding_id", "closed", "priority", "first_detected_at", "id"),
    Index(None, "closed", "priority", "first_detected_at", "id"),
    Index(None, "closed", "due_at", "id", "holding_id"),
    Index(None, "closed", "first_detected_at", "id"),
    Index(None, "rule_id", "closed", "holding_id"),
    Index(None, "resource_id", "closed", "holding_id"),
    Index(None, "bundle_id", "closed", "holding_id"),
    Index(None, "remedy_id", "closed", "holding_id"),
    Index("ix_finding_image", "image_id", **only(column("image_id").is_not(None))),
    Index("ix_finding_decided", "decision_id", **only(column("decision_id").is_not(None))),
    Index("ix_finding_reopened", "reopened", **only(literal_column("reopened > 0"))),
    Index("ix_finding_out_of_scope", "source_id", "closed", "holding_id", **only(~column("in_scope"))),
    Index(
        "ix_finding_transient",
        "first_detected_at",
        "holding_id",
        **only(_transient(column("closed"), column("fixed_at"), column("first_detected_at"))),
    ),
    CheckConstraint("kind BETWEEN 1 AND 9", name="kind"),
    CheckConstraint("state BETWEEN 1 AND 9", name="state"),
    CheckConstraint(
        "(beneath IS NULL) = (state <= 6) AND (beneath IS NULL OR beneath BETWEEN 1 AND 3)", name="beneath"
    ),
    CheckConstraint("closed = (CASE WHEN state <= 3 THEN 0 ELSE 1 END)", name="closed"),
    CheckConstraint("severity BETWEEN 1 AND 6", name="severity"),
    CheckConstraint("rank = 6 - severity", name="rank"),
)
"""The row is its own record of opening: `first_detected_at` by the source, `imported_at` by us; events tell the rest.
`closed` and `rank` repeat `state` and `severity` in the form that indexes need: one range, ascending. `priority` and
`blast` are `domain.priority`'s, `cvss` is in tenths, `due_at` the earlier of the source's date and the policy's, `apart`
is 1 while a finding is flapping, `base_layer` where it came with the base image. `decision_id` is the decision that keeps it
from the work, and stands while its source has closed it, too; `beneath` is the open state that its source tells, while a
decision makes another one of it. `image_id` is set where building an image anew mends it: the bundle of that image alone, which
the finding itself names, and in which it is as long as nobody knows what the image was built on."""

TRANSIENT = _transient(finding.c.closed, finding.c.fixed_at, finding.c.first_detected_at)
"""Closed within a day of the first detection: noise, not work."""

finding_detail = Table(
    "finding_detail",
    metadata,
    Column("finding_id", Identity, primary_key=True, autoincrement=False),
    Column("url", Text),
    Column("body", LargeBinary, nullable=False),
)

sighting = Table(
    "sighting",
    metadata,
    Column("finding_id", Identity, primary_key=True, autoincrement=False),
    Column("last_detected_at", BigInteger, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("seq", Identity, primary_key=True, autoincrement=False),
    Column("finding_id", BigInteger, nullable=False, index=True),
    Column("kind", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("run_id", BigInteger),
    Column("actor", SmallInteger, nullable=False),
    Column("old", Text),
    Column("new", Text),
    Index("ix_event_severity", "recorded_at", "finding_id", **only(literal_column("kind = 4"))),
)

spell = Table(
    "spell",
    metadata,
    Column("finding_id", BigInteger, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("ended_at", BigInteger),
    Column("state", SmallInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("again_at", BigInteger, nullable=False),
)
"""Former times that a finding which came back was open: how each ended, and when the next one began. The first began with the
first detection; the present one, number `reopened` from nought, is the finding's own row. Metrics read it; events tell the same."""
