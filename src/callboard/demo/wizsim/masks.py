"""Row masks: one byte per row, 1 where a filter lets the row through.

Masks are made by C loops of the standard library (translate, map over a column) and combined as big integers, so that a
filter over a million rows costs tens of milliseconds once and nothing afterwards.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import Any, Final

from callboard.demo.company.ledger import Ledger
from callboard.demo.company.values import Resource
from callboard.demo.wizsim.moments import micros, read

Mask = bytes

_UNITS: Final = {
    "DurationFilterValueUnitMinutes": 60,
    "DurationFilterValueUnitHours": 3_600,
    "DurationFilterValueUnitDays": 86_400,
    "DurationFilterValueUnitWeeks": 7 * 86_400,
    "DurationFilterValueUnitMonths": 30 * 86_400,
}


def everything(count: int) -> Mask:
    """Every row."""
    return b"\x01" * count


def codes(column: bytearray, wanted: Iterable[int]) -> Mask:
    """Rows whose code is one of the wanted ones."""
    table = bytearray(256)
    for code in wanted:
        table[code] = 1
    return bytes(column.translate(table))


def by_cause(ledger: Ledger, flags: bytes) -> Mask:
    """Rows whose rule or weakness is flagged."""
    return bytes(map(flags.__getitem__, ledger.cause))


def by_resource(ledger: Ledger, flags: bytes) -> Mask:
    """Rows whose resource is flagged."""
    return bytes(map(flags.__getitem__, ledger.resource))


def of_resources(ledger: Ledger, resources: Sequence[Resource], keep: Callable[[Resource], object]) -> Mask:
    """Rows whose resource passes a test; the test runs once per resource."""
    return by_resource(ledger, bytes(bool(keep(resource)) for resource in resources))


def of_causes(ledger: Ledger, causes: Sequence[Any], keep: Callable[[Any], object]) -> Mask:
    """Rows whose rule or weakness passes a test; the test runs once for each of those."""
    return by_cause(ledger, bytes(bool(keep(cause)) for cause in causes))


def of_rows(count: int, rows: Iterable[int | None]) -> Mask:
    """The named rows; those that do not exist are left out."""
    mask = bytearray(count)
    for row in rows:
        if row is not None and row < count:
            mask[row] = 1
    return bytes(mask)


def negate(mask: Mask) -> Mask:
    """The other rows."""
    return mask.translate(b"\x01" + b"\x00" * 255)


def combine(masks: Sequence[Mask], count: int) -> Mask:
    """Rows that pass all masks."""
    if not masks:
        return everything(count)
    total = int.from_bytes(masks[0], "little")
    for mask in masks[1:]:
        total &= int.from_bytes(mask, "little")
    return total.to_bytes(count, "little")


def either(masks: Sequence[Mask], count: int) -> Mask:
    """Rows that pass at least one mask."""
    total = 0
    for mask in masks:
        total |= int.from_bytes(mask, "little")
    return total.to_bytes(count, "little")


def rows(mask: Mask) -> array[int]:
    """The row numbers of a mask, ascending."""
    return array("I", compress(range(len(mask)), mask))


def bounds(value: dict[str, Any], now: int) -> tuple[int | None, int | None]:
    """A date filter as microseconds: later than the first, earlier than the second; None for no bound."""
    after = read(value["after"]) if value.get("after") else None
    before = read(value["before"]) if value.get("before") else None
    clock = now * 1_000_000

    def span(duration: dict[str, Any]) -> int:
        return (duration.get("amount") or 0) * _UNITS.get(duration.get("unit") or "", 86_400) * 1_000_000

    if value.get("inLast"):
        after = max(after or 0, clock - span(value["inLast"]))
    if value.get("beforeLast"):
        latest = clock - span(value["beforeLast"])
        before = latest if before is None else min(before, latest)
    if value.get("inNext"):
        after = max(after or 0, clock)
        latest = clock + span(value["inNext"])
        before = latest if before is None else min(before, latest)
    if value.get("afterNext"):
        after = max(after or 0, clock + span(value["afterNext"]))
    return after, before


def times(column: Sequence[int], value: dict[str, Any], now: int) -> Mask:
    """Rows whose time lies between the bounds of a date filter; a row that has no such time never does."""
    after, before = bounds(value, now)
    masks = [bytes(map(bool, column))] if after is None else []
    count = len(column)
    if after is not None:
        second, rest = divmod(after, 1_000_000)
        masks.append(_edge(column, second, rest, later=True))
    if before is not None:
        second, rest = divmod(before, 1_000_000)
        masks.append(_edge(column, second, rest, later=False))
    return combine(masks, count)


def _edge(column: Sequence[int], second: int, rest: int, *, later: bool) -> Mask:
    """Compare whole seconds, then look at decimals where the second is the same."""
    compare = second.__lt__ if later else second.__gt__
    mask = bytearray(map(compare, column))
    position = 0
    same = column.count(second)
    while same:
        position = column.index(second, position)
        part = micros(position)
        mask[position] = part > rest if later else part < rest
        position += 1
        same -= 1
    return bytes(mask)
