"""What is changed in one go: a remedy may be a rule's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_FIX, _NO_FIX, _RULE, _SYSTEM, _SETTINGS = 1, 2, 3, 5, 6
_UNFIXED_SYSTEM = "nofix-system:"


def upgrade() -> None:
    """Remedies may say what a rule asks for. Findings come to their new bundles when the next full run reads them again."""
    op.add_column("remedy", sa.Column("rule", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """The step back: a bundle for each package and for each rule."""
    conn = op.get_bind()
    rows = conn.execute(
        sa.text(
            "SELECT DISTINCT f.bundle_id, f.remedy_id, b.kind, r.package, rule.external_id "
            "FROM finding f JOIN bundle b ON b.id = f.bundle_id JOIN remedy r ON r.id = f.remedy_id "
            "JOIN rule ON rule.id = f.rule_id WHERE b.kind IN (:system, :settings) OR b.key = :unfixed ORDER BY 1, 2, 5"
        ),
        {"system": _SYSTEM, "settings": _SETTINGS, "unfixed": _UNFIXED_SYSTEM},
    ).all()
    known = {key: id_ for key, id_ in conn.execute(sa.text("SELECT key, id FROM bundle")).all()}  # noqa: C416 - typed
    free = max(known.values(), default=0) + 1
    new, moves = [], []
    for bundle_id, remedy_id, kind, package, rule in rows:
        of_rule = kind == _SETTINGS
        former = f"rule:{rule}" if of_rule else f"{'package' if kind == _SYSTEM else 'nofix'}:{package}"
        if former not in known:
            known[former] = free
            new.append({"id": free, "key": former, "kind": _RULE if of_rule else _FIX if kind == _SYSTEM else _NO_FIX})
            free += 1
        moves.append({
            "to": known[former], "bundle": bundle_id, "remedy": remedy_id, "kept": 0 if of_rule else remedy_id,
            "rule": rule if of_rule else None,
        })  # fmt: skip
    if new:
        conn.execute(sa.text("INSERT INTO bundle (id, key, kind) VALUES (:id, :key, :kind)"), new)
    if moves:
        conn.execute(
            sa.text(
                "UPDATE finding SET bundle_id = :to, remedy_id = :kept WHERE bundle_id = :bundle AND remedy_id = :remedy "
                "AND (CAST(:rule AS TEXT) IS NULL OR rule_id IN (SELECT id FROM rule WHERE external_id = :rule))"
            ),
            moves,
        )
        _count_bundles()
    op.execute("DELETE FROM remedy WHERE package = ''")
    op.drop_column("remedy", "rule")


def _count_bundles() -> None:
    """Every cell of bundles and remedies from its rows."""
    for table in ("bundle_cell", "remedy_cell"):
        op.execute(f"DELETE FROM {table}")
    columns = "bundle_id, holding_id, apart, n, rank, priority, blast, due_at, oldest_at"
    least = ", ".join(f"min({name})" for name in ("rank", "priority", "blast", "due_at", "oldest_at"))
    op.execute(
        f"INSERT INTO bundle_cell ({columns}) SELECT bundle_id, holding_id, apart, count(*), min(rank), min(priority), "
        "min(blast), min(due_at), min(first_detected_at) FROM finding WHERE closed = 0 "
        "GROUP BY bundle_id, holding_id, apart"
    )
    for keys, by in (("0, holding_id", "holding_id"), ("bundle_id, 0", "bundle_id")):
        op.execute(
            f"INSERT INTO bundle_cell ({columns}) SELECT {keys}, apart, sum(n), {least} FROM bundle_cell "
            f"WHERE bundle_id > 0 AND holding_id > 0 GROUP BY {by}, apart"
        )
    op.execute(
        "INSERT INTO remedy_cell (bundle_id, holding_id, apart, remedy_id, n) "
        "SELECT bundle_id, holding_id, apart, remedy_id, count(*) FROM finding "
        "WHERE closed = 0 AND remedy_id > 0 GROUP BY bundle_id, holding_id, apart, remedy_id"
    )
