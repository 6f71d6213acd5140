"""Filtered and ordered results of findings, and the pages cut from them by opaque cursors."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

import json
from array import array
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import GraphQLError

from callboard.demo.company.ids import spread
from callboard.demo.company.ledger import Ledger
from callboard.demo.company.pairing import Kind
from callboard.demo.wizsim import masks
from callboard.demo.wizsim.filters.configurations import CONFIGURATION_FILTERS
from callboard.demo.wizsim.filters.issues import ISSUE_FILTERS
from callboard.demo.wizsim.filters.rows import Filter
from callboard.demo.wizsim.filters.vulnerabilities import VULNERABILITY_FILTERS
from callboard.demo.wizsim.tenant import Tenant

FILTERS: Final[dict[Kind, dict[str, Filter]]] = {
    "issue": ISSUE_FILTERS,
    "vulnerability": VULNERABILITY_FILTERS,
    "configuration": CONFIGURATION_FILTERS,
}
_ORDER_COLUMNS: Final = {
    "CREATED_AT": "created",
    "RESOLVED_AT": "resolved",
    "STATUS_CHANGED_AT": "changed",
    "INCREMENTAL": "updated",
    "ANALYZED_AT": "seen",
    "FIRST_SEEN_AT": "created",
    "THREAT_LAST_GROUPED_AT": "seen",
    "SEVERITY": "severity",
    "SEVERITY_EXPLOITABLE": "severity",
    "RELATED_ISSUE_SEVERITY": "severity",
    "RELATED_SOURCE_MAPPED_ISSUE_SEVERITY": "severity",
}
"""Which column an order field reads; the others leave rows in the order of their numbers."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Found:
    """Rows that a filter lets through, in the order asked for."""

    kind: Kind
    ledger: Ledger
    rows: Sequence[int]
    column: Sequence[int] | None
    """What the rows are ordered by; None for their own numbers."""

    descending: bool
    memo: dict[object, Any] = field(default_factory=dict)
    """Counters of this result, made when first asked for."""

    def once(self, key: object, make: Callable[[], Any]) -> Any:
        """A counter of this result."""
        if key not in self.memo:
            self.memo[key] = make()
        return self.memo[key]

    def position_after(self, row: int, value: int, guess: int) -> int:
        """Where the walk goes on behind a row that may have left the result since."""
        rows = self.rows
        if 0 < guess <= len(rows) and rows[guess - 1] == row:
            return guess
        key, low, high = self._key(row, value), 0, len(rows)
        while low < high:
            middle = (low + high) // 2
            at = rows[middle]
            if self._key(at, self.column[at] if self.column is not None else 0) <= key:
                low = middle + 1
            else:
                high = middle
        return low

    def _key(self, row: int, value: int) -> tuple[int, int]:
        return (-value if self.descending else value), row


def find(tenant: Tenant, kind: Kind, filter_by: dict[str, Any] | None, order_by: dict[str, Any] | None) -> Found:
    """The result of a filter, remembered until the world changes."""
    wanted = {name: value for name, value in (filter_by or {}).items() if value is not None and value != []}
    text = json.dumps([wanted, order_by], sort_keys=True, default=str)
    return tenant.remember(("found", kind, text), lambda: _find(tenant, kind, wanted, order_by))


def _find(tenant: Tenant, kind: Kind, wanted: dict[str, Any], order_by: dict[str, Any] | None) -> Found:
    ledger = tenant.world.ledgers[kind]
    count = len(ledger)
    known = FILTERS[kind]
    parts = [known[name](tenant, ledger, value) for name, value in wanted.items()]
    if kind == "configuration" and "includeDeleted" not in wanted:
        parts.append(known["includeDeleted"](tenant, ledger, ()))
    if tenant.drop_share:
        edge = int(tenant.drop_share * 65_536)
        parts.append(bytes(spread(row, 41) >= edge for row in range(count)))
    rows: Sequence[int] = masks.rows(masks.combine(parts, count)) if parts else range(count)
    name = _ORDER_COLUMNS.get((order_by or {}).get("field", ""))
    descending = (order_by or {}).get("direction") == "DESC"
    column: Sequence[int] | None = getattr(ledger, name) if name else None
    if column is not None:
        # reverse=True keeps equal rows in their order, so the key is (value, row) with only the value turned round.
        rows = array("I", sorted(rows, key=column.__getitem__, reverse=descending))
    return Found(kind=kind, ledger=ledger, rows=rows, column=column, descending=descending and column is not None)


def severity_counts(found: Found) -> list[int]:
    """How many rows there are per severity code."""

    def count() -> list[int]:
        column = found.ledger.severity
        codes = column if len(found.rows) == len(column) else bytearray(map(column.__getitem__, found.rows))
        return [codes.count(code) for code in range(5)]

    counts: list[int] = found.once("severities", count)
    return counts


def write_cursor(fields: dict[str, int | str]) -> str:
    """An opaque cursor; it decodes to the shape that published samples decode to (wiz-api.md section 2)."""
    listed = [{"Field": name, "Value": str(value)} for name, value in fields.items()]
    return b64encode(json.dumps({"fields": listed}, separators=(",", ":")).encode()).decode()


def read_cursor(text: str) -> dict[str, str]:
    """The fields of a cursor; a text that is none of ours is the caller's fault."""
    try:
        listed = json.loads(b64decode(text, validate=True))["fields"]
        return {item["Field"]: item["Value"] for item in listed}
    except (ValueError, KeyError, TypeError):
        raise bad_input("The cursor in 'after' is not valid.") from None


def bad_input(message: str) -> GraphQLError:
    """An error that is the caller's fault; the engine then answers no data at all."""
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})


@dataclass(kw_only=True, eq=False, slots=True)
class Cut:
    """One page of anything: where it starts, where it ends, and whether more follows."""

    start: int
    end: int
    total: int
    has_next: bool
    cursor: str | None


def cut(
    total: int,
    first: int | None,
    after: str | None,
    *,
    locate: Callable[[dict[str, str]], int],
    mark: Callable[[int], dict[str, int | str]],
    window: int | None,
) -> Cut:
    """Cut a page. `locate` turns a cursor into a start, `mark` turns an end into a cursor's fields."""
    reach = total if window is None else min(total, window)
    start = locate(read_cursor(after)) if after else 0
    end = min(reach, start + (first if first is not None else total))
    end = max(end, start)
    cursor = write_cursor(mark(end)) if end > start else None
    return Cut(start=start, end=end, total=total, has_next=end < reach, cursor=cursor)
