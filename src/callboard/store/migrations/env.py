"""Alembic's entry: runs the sequence over a connection that `run.py` hands in."""

from __future__ import annotations

from alembic import context

from callboard.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter a column in place: batch mode copies the table there and alters plainly elsewhere.
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
