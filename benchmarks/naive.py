"""What a first version would be: each record asked for by its id, compared, written, one commit a page.

It does less than the product (no owners, no history, no parts that resume, no proof before something is closed), and is
here so that the product's figures stand beside the plain way of doing the job as well as beside the floor.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class _Base(DeclarativeBase):
    pass


class _Finding(_Base):
    __tablename__ = "finding"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str | None] = mapped_column(index=True)
    severity: Mapped[str | None] = mapped_column(index=True)
    status: Mapped[str | None] = mapped_column(index=True)
    resource: Mapped[str | None] = mapped_column(index=True)
    first_seen: Mapped[str | None]
    last_seen: Mapped[str | None]
    body: Mapped[str]
    run: Mapped[int] = mapped_column(index=True)


def sync(recording: str, database: str, run: int) -> dict[str, Any]:
    """Read every page of a recording into one table, and close what was not told."""
    engine = create_engine(f"sqlite:///{database}")
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA journal_mode = WAL"))
    _Base.metadata.create_all(engine)
    seen = 0
    cpu, began = time.process_time(), time.perf_counter()
    for file in sorted(Path(recording).iterdir()):
        if file.name == "done":
            continue
        page = next(iter(json.loads(file.read_bytes())["data"].values()))
        with Session(engine) as session, session.begin():
            for node in page.get("nodes") or ():
                if "id" in node:  # what has none is no finding
                    seen += 1
                    _write(session, node, run)
    with Session(engine) as session, session.begin():
        closed = session.query(_Finding).where(_Finding.run < run).update({"status": "RESOLVED"})
    engine.dispose()
    return {
        "wall_seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu,
        "seen": seen,
        "closed": closed,
    }


def _write(session: Session, node: dict[str, Any], run: int) -> None:
    found = session.get(_Finding, node["id"])
    if found is None:
        found = _Finding(id=node["id"])
        session.add(found)
    entity = node.get("entitySnapshot") or node.get("vulnerableAsset") or node.get("resource") or {}
    found.title = node.get("name") or (node.get("sourceRule") or node.get("rule") or {}).get("name")
    found.severity = node.get("severity")
    found.status = node.get("status")
    found.resource = entity.get("id")
    found.first_seen = node.get("firstDetectedAt") or node.get("createdAt")
    found.last_seen = node.get("lastDetectedAt") or node.get("updatedAt")
    found.body = json.dumps(node)
    found.run = run
