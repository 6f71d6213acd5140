"""Connections: a page of findings or of other things, with its counters, as resolvers hand it on."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from callboard.demo.company.pairing import Kind
from callboard.demo.wizsim.faults import Faults
from callboard.demo.wizsim.options import MAX_PAGE, Options
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.views import Cut, Found, bad_input, cut, find, read_cursor, write_cursor


@dataclass(kw_only=True, eq=False, slots=True)
class Page:
    """One page of a connection."""

    cut: Cut
    items: Sequence[Any]
    """The nodes' sources; findings make them when asked."""

    first: int | None
    is_later: bool
    """Whether a cursor was given."""

    found: Found | None = None
    faults: Faults

    @property
    def info(self) -> dict[str, Any]:
        """The page info."""
        return {"hasNextPage": self.cut.has_next, "endCursor": self.cut.cursor}


class Rows(Sequence[Any]):
    """The findings of a page, made one by one while they are read."""

    def __init__(self, tenant: Tenant, kind: Kind, rows: Sequence[int]) -> None:
        self._make = {
            "issue": tenant.issue,
            "configuration": tenant.configuration,
            "vulnerability": tenant.vulnerability,
        }[kind]
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self._make(row) for row in self._rows[index]]
        return self._make(self._rows[index])


def checked_first(first: int | None, options: Options, faults: Faults) -> int | None:
    """The page size to use, or an error when it is over the limit."""
    if first is None:
        return None
    if first < 0:
        raise bad_input("Argument 'first' must not be negative.")
    if faults.cost_limit and first > faults.cost_limit:
        # Heavy pages failed like this on a live tenant and passed when halved (wiz-api.md section 2, tool S).
        raise GraphQLError("input exceeded the allowed cost", extensions={"code": "BAD_USER_INPUT"})
    if first > MAX_PAGE:
        if options.first_max == "error":
            raise bad_input(f"Argument 'first' must not be above {MAX_PAGE}.")
        return MAX_PAGE
    return first


def finding_page(
    tenant: Tenant,
    faults: Faults,
    kind: Kind,
    *,
    filter_by: dict[str, Any] | None = None,
    order_by: dict[str, Any] | None = None,
    first: int | None = None,
    after: str | None = None,
) -> Page:
    """A page of findings."""
    size = checked_first(first, tenant.options, faults)
    found = find(tenant, kind, filter_by, order_by)
    rows = found.rows

    def locate(fields: dict[str, str]) -> int:
        guess = int(fields.get("Position", 0))
        if "Row" not in fields:
            return guess
        return found.position_after(int(fields["Row"]), int(fields.get("Value", 0)), guess)

    def mark(end: int) -> dict[str, int | str]:
        row = rows[end - 1]
        value = found.column[row] if found.column is not None else 0
        return {"Position": end, "Row": row, "Value": value}

    piece = cut(len(rows), size, after, locate=locate, mark=mark, window=tenant.options.result_window)
    items = Rows(tenant, kind, rows[piece.start : piece.end])
    page = Page(cut=piece, items=items, first=size, is_later=bool(after), found=found, faults=faults)
    _disturb(page, tenant, kind, after)
    return page


def thing_page(
    tenant: Tenant, faults: Faults, things: Sequence[Any], *, first: int | None = None, after: str | None = None
) -> Page:
    """A page of anything that is held as a list."""
    size = checked_first(first, tenant.options, faults)
    piece = cut(
        len(things),
        size,
        after,
        locate=lambda fields: int(fields.get("Position", 0)),
        mark=lambda end: {"Position": end},
        window=tenant.options.result_window,
    )
    page = Page(cut=piece, items=things[piece.start : piece.end], first=size, is_later=bool(after), faults=faults)
    _disturb(page, tenant, None, after)
    return page


def _disturb(page: Page, tenant: Tenant, kind: Kind | None, after: str | None) -> None:
    """Faults that are about paging itself."""
    faults, piece = page.faults, page.cut
    size = max(1, page.first or 1)
    number = piece.start // size
    if faults.empty_page and number % 3 == 1 and after and "Empty" not in read_cursor(after):
        # Legal on the real thing: every row of a page may be filtered away by permissions (wiz-api.md section 2).
        page.items = []
        piece.has_next = True
        piece.cursor = write_cursor({**read_cursor(after), "Empty": 1})
        return
    if faults.duplicate_item and number and kind and page.found and piece.start:
        page.items = Rows(tenant, kind, [page.found.rows[piece.start - 1], *page.found.rows[piece.start : piece.end]])
    if faults.missing_item and number and len(page.items) > 1:
        page.items = page.items[1:]
    if faults.repeated_cursor and after and piece.has_next:
        piece.cursor = after
    if faults.null_cursor and piece.has_next:
        piece.cursor = None
