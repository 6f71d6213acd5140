"""One bundle for each package, and beside it what each finding in a package asks for."""

from __future__ import annotations

import json
import re

import sqlalchemy as sa
from alembic import op

from callboard.store.dialect import of

revision = "0007"
down_revision = "0006"

_FIX, _NO_FIX, _RULE = 1, 2, 3
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LEAST = ("rank", "priority", "blast", "due_at", "oldest_at")


def upgrade() -> None:
    """Keys lose their versions, which go to the remedies. Counters of bundles are counted anew."""
    conn = op.get_bind()
    former = conn.execute(sa.text("SELECT id, key, kind, package, search FROM bundle ORDER BY id")).all()
    _drop_bundles()
    op.create_table(
        "bundle",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle")),
        sa.UniqueConstraint("key", name=op.f("uq_bundle_key")),
    )
    op.create_table(
        "remedy",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("package", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remedy")),
        sa.UniqueConstraint("key", name=op.f("uq_remedy_key")),
    )
    op.create_index(op.f("ix_remedy_package"), "remedy", ["package"], unique=False)
    of(conn).index_words(conn, ("remedy",))
    op.create_table(
        "remedy_cell",
        sa.Column("bundle_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("holding_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("apart", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("remedy_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bundle_id", "holding_id", "apart", "remedy_id", name=op.f("pk_remedy_cell")),
    )
    op.add_column("finding", sa.Column("remedy_id", sa.BigInteger(), server_default="0", nullable=False))
    bundles: dict[str, tuple[int, int]] = {}
    remedies: dict[str, dict[str, object]] = {}
    moves = []
    for id_, key, kind, package, search in former:
        wanted, remedy_id = key, 0
        if kind != _RULE and package is not None:
            start = "package:" if kind == _FIX else "nofix:"
            wanted = f"{start}{package}"
            version = key.removeprefix(f"{wanted}@") if kind == _FIX and key.startswith(f"{wanted}@") else ""
            line = _line(version)
            told = json.dumps((package, line, version), ensure_ascii=False, separators=(",", ":"))
            remedy = remedies.setdefault(
                told,
                {
                    "id": len(remedies) + 1, "key": told, "package": package, "line": line, "version": version,
                    "search": search,
                },
            )  # fmt: skip
            remedy_id = int(str(remedy["id"]))
        bundle_id, _ = bundles.setdefault(wanted, (id_, kind))
        if remedy_id or bundle_id != id_:
            moves.append({"former": id_, "bundle": bundle_id, "remedy": remedy_id})
    _insert("bundle", [{"id": id_, "key": key, "kind": kind} for key, (id_, kind) in bundles.items()])
    _insert("remedy", list(remedies.values()))
    if moves:
        conn.execute(
            sa.text("UPDATE finding SET bundle_id = :bundle, remedy_id = :remedy WHERE bundle_id = :former"), moves
        )
    op.create_index(
        op.f("ix_finding_remedy_id_closed_holding_id"), "finding", ["remedy_id", "closed", "holding_id"], unique=False
    )
    _count_bundles()
    op.execute(
        "INSERT INTO remedy_cell (bundle_id, holding_id, apart, remedy_id, n) "
        "SELECT bundle_id, holding_id, apart, remedy_id, count(*) FROM finding "
        "WHERE closed = 0 AND remedy_id > 0 GROUP BY bundle_id, holding_id, apart, remedy_id"
    )


def downgrade() -> None:
    """The step back: a bundle for each version, and for each advisory without one."""
    conn = op.get_bind()
    rows = conn.execute(
        sa.text(
            "SELECT DISTINCT f.bundle_id, f.remedy_id, b.key, r.package, r.version, r.search, "
            "CASE WHEN r.version = '' THEN rule.external_id END "
            "FROM finding f JOIN bundle b ON b.id = f.bundle_id LEFT JOIN remedy r ON r.id = f.remedy_id "
            "JOIN rule ON rule.id = f.rule_id ORDER BY 1, 2, 7"
        )
    ).all()
    made: dict[str, dict[str, object]] = {}
    moves = []
    for bundle_id, remedy_id, key, package, version, search, rule in rows:
        kind = _RULE if package is None else _FIX if version else _NO_FIX
        former = key if package is None else f"package:{package}@{version}" if version else f"nofix:{package}@{rule}"
        row = made.setdefault(
            former,
            {"id": len(made) + 1, "key": former, "kind": kind, "package": package, "search": search or ""},
        )
        moves.append({"former": -int(str(row["id"])), "bundle": bundle_id, "remedy": remedy_id, "rule": rule})
    _drop_bundles()
    op.create_table(
        "bundle",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("package", sa.Text(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle")),
        sa.UniqueConstraint("key", name=op.f("uq_bundle_key")),
    )
    op.create_index(op.f("ix_bundle_package"), "bundle", ["package"], unique=False)
    of(conn).index_words(conn, ("bundle",))
    _insert("bundle", list(made.values()))
    if moves:
        # Numbers of former bundles are negative until all are written, so that none is taken for one of today's.
        conn.execute(
            sa.text(
                "UPDATE finding SET bundle_id = :former WHERE bundle_id = :bundle AND remedy_id = :remedy AND "
                "(CAST(:rule AS TEXT) IS NULL OR rule_id IN (SELECT id FROM rule WHERE external_id = :rule))"
            ),
            moves,
        )
    op.execute("UPDATE finding SET bundle_id = -bundle_id WHERE bundle_id < 0")
    op.drop_index(op.f("ix_finding_remedy_id_closed_holding_id"), table_name="finding")
    op.drop_column("finding", "remedy_id")
    op.drop_table("remedy_cell")
    op.drop_table("remedy")
    op.execute("DROP TABLE IF EXISTS remedy_words")
    _count_bundles()


def _drop_bundles() -> None:
    op.drop_table("bundle")
    # Where words are searched by a table of their own; elsewhere there is none of this name.
    op.execute("DROP TABLE IF EXISTS bundle_words")


def _insert(name: str, rows: list[dict[str, object]]) -> None:
    if rows:
        places = ", ".join(f":{column}" for column in rows[0])
        op.get_bind().execute(sa.text(f"INSERT INTO {name} ({', '.join(rows[0])}) VALUES ({places})"), rows)


def _count_bundles() -> None:
    """Every cell of bundles from its rows."""
    op.execute("DELETE FROM bundle_cell")
    columns = "bundle_id, holding_id, apart, n, rank, priority, blast, due_at, oldest_at"
    least = ", ".join(f"min({name})" for name in _LEAST)
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


def _line(version: str) -> str:
    """As `domain.versions.untold.line_of` made it when this was written."""
    found = re.search(r"[0-9]+", re.sub(r"^[0-9]{1,9}:", "", version))
    return "" if found is None else (found[0].lstrip("0") or "0")[:12]
