"""rules, decisions about ownership, and its history."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """rules, decisions about ownership, and its history."""


def downgrade() -> None:
    """The step back."""
