"""what repositories told."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """what repositories told."""


def downgrade() -> None:
    """The step back."""
