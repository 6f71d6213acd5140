"""Campaigns, and the findings that each was begun with."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from callboard.store.schema.ground import Identity, metadata

campaign = Table(
    "campaign",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("aim", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("owner", Text),
    Column("due_at", BigInteger),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("ended_at", BigInteger),
    Column("ended_by", Text),
    Column("first_event", BigInteger, nullable=False),
)
"""`domain.campaign.Campaign`. Who sees it is who sees one of its findings."""

campaign_finding = Table(
    "campaign_finding",
    metadata,
    Column("campaign_id", BigInteger, primary_key=True, autoincrement=False),
    Column("finding_id", BigInteger, primary_key=True, autoincrement=False),
    Index("ix_campaign_finding_finding_id", "finding_id"),
)
"""What a campaign was begun with; never changed after that."""
