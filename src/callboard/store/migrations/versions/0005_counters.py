"""counters that readers of a part need."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """counters that readers of a part need."""


def downgrade() -> None:
    """The step back."""
