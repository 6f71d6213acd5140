"""What readers keep in memory against what the database says: a change that no version tells of would show here."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection, select

from callboard.domain import survival
from callboard.domain.access import LAPTOP
from callboard.domain.due import today
from callboard.domain.finding import Severity, State
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import OneOf
from callboard.store import schema
from callboard.store.board import cells, cube, desk, due_days, lives, progress, whole_cells
from callboard.store.query.filters import Asking
from callboard.store.query.scope import scope
from callboard.store.schema import NEVER

MAPPED = (OneOf("has", ("component",)),)
UNMAPPED = (OneOf("no", ("component",)),)
"""Two scopes that are together everything, and neither of which is read from the sums of all."""


def stale(conn: Connection, *, now: Instant) -> dict[str, Any]:
    """Every kept number that is not what its rows say. Empty when all is well."""
    asking = Asking(now=now)
    since = (now // DAY - desk.TRANSIENT + 1) * DAY
    rows = [row._asdict() for row in conn.execute(select(schema.finding))]
    # As the source dates it, whatever people say.
    transient = {row["id"] for row in rows if row["closed"] and _lived(row) < DAY and row["first_detected_at"] >= since}
    verdicts = dict(conn.execute(select(schema.holding.c.id, schema.holding.c.verdict)).all())
    said = dict(conn.execute(select(schema.decision.c.id, schema.decision.c.at)).all())
    for row in rows:
        if row["beneath"] is not None and row["state"] != State.SNOOZED:
            row["fixed_at"] = said[row["decision_id"]]
    found: dict[str, Any] = {}
    for terms in (MAPPED, UNMAPPED, ()):
        within = scope(conn, LAPTOP, terms, asking)
        held = within.versions
        here = [row for row in rows if row["holding_id"] in held]
        still = [row for row in here if not row["closed"]]
        told = {
            "cube": dict(cube.counts(conn, LAPTOP, terms, asking)),
            "due": dict(due_days.counts(conn, LAPTOP, terms, asking)),
            "lives": [(each.days, each.n) for each in lives.half_lives(conn, LAPTOP, terms, asking)],
            "bundles": dict(cells.sizes(conn, LAPTOP, terms, asking)),
            "flapping": whole_cells.flapping(conn, LAPTOP, terms, asking),
            "oldest": whole_cells.oldest(conn, within),
            "transient": desk.numbers(conn, LAPTOP, terms, asking).transient,
            "holdings": set(held),
        }
        should = {
            "cube": dict(Counter((row["source_id"], row["kind"], row["state"], row["severity"]) for row in here)),
            "due": dict(Counter(row["due_at"] // DAY for row in still if row["due_at"] != NEVER)),
            "lives": [half_life(here, today(now) - ago * lives.QUARTER * DAY) for ago in (0, 1)],
            "bundles": dict(Counter(row["bundle_id"] for row in still if not row["apart"])),
            "flapping": sum(row["apart"] for row in still),
            "oldest": {
                id_: min(each["first_detected_at"] for each in there) for id_, there in _by_holding(still).items()
            },
            "transient": sum(row["id"] in transient for row in here),
            "holdings": {id_ for id_, verdict in verdicts.items() if _is_asked(terms, verdict)},
        }
        found.update({f"{name} {terms}": (should[name], said) for name, said in told.items() if said != should[name]})
    parts = [progress.flows(conn, LAPTOP, terms, asking) for terms in (MAPPED, UNMAPPED)]
    whole = {week: flow for week, flow in progress.flows(conn, LAPTOP, (), asking).items() if any(flow)}
    together = {
        week: tuple(map(sum, zip(*(part.get(week, (0, 0, 0, 0)) for part in parts), strict=True)))
        for week in {week for part in parts for week in part}
    }
    if {week: flow for week, flow in together.items() if any(flow)} != whole:
        found["flow"] = (whole, together)
    return found


def _lived(row: dict[str, Any]) -> int:
    """How long a finding that is fixed was open; DAY where nobody can tell."""
    return DAY if row["fixed_at"] is None else int(row["fixed_at"] - row["first_detected_at"])


def _by_holding(rows: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["holding_id"], []).append(row)
    return found


def _is_asked(terms: tuple[OneOf, ...], verdict: str) -> bool:
    return not terms or (verdict != "unmapped") == (terms == MAPPED)


def half_life(rows: list[dict[str, Any]], end: int) -> tuple[int | None, int]:
    """The half-life in the quarter before this moment, finding by finding."""
    start = end - lives.QUARTER * DAY
    watched = []
    for row in rows:
        first, fixed = row["first_detected_at"], row["fixed_at"]
        if row["severity"] < Severity.HIGH or first >= end:
            continue
        entered = max(0, start - first) // DAY
        if not row["closed"] or row["state"] == State.SNOOZED or (fixed is not None and fixed >= end):
            watched.append(survival.Lives(entered, (end - first) // DAY, 1))
        elif fixed is not None and fixed >= start and fixed - first >= DAY:
            is_fixed = row["state"] == State.FIXED
            watched.append(survival.Lives(entered, (fixed - first) // DAY, 1, fixed=is_fixed))
    return survival.median(watched), len(watched)
