"""Cutting a part that is larger than one walk hands out into date ranges that are small enough. Pure.

Nothing but counts is told beforehand, so the number of ranges comes from the count and their shape from experience: most
findings are young. A whole part is first cut by age, each range twice as old as the one before; inside such a range
findings lie evenly enough for ranges of equal length. Where they do not (a scanner was switched on), few ranges at a time
are tried, since each that stays empty costs a call and each that stays too large another one.

The ranges of a part touch, and the first and the last are open: nothing before, between or after them is lost. They follow
from what stands in the part's filter and its count alone; a run that is interrupted goes on with those that were stored.
"""

from __future__ import annotations

import math

import msgspec

from callboard.domain.instant import DAY, SECOND, Instant, to_text
from callboard.domain.run import Part
from callboard.sources.wiz.filters import FOUNDED, Ask, all_severities

FULL = 0.8
"""How much of the window a range is meant to fill. The rest is room for ranges that turn out fuller than the average."""

_AT_ONCE = 40
"""Most ranges that are tried at once without knowing how the findings lie, except where there are very many to come."""

_UNCOUNTED = 4
"""Ranges for a part whose count is only a lower bound."""


def split(part: Part, count: int | None, window: int) -> tuple[Part, ...]:
    """Smaller parts that together ask for everything the part asks for. Empty: it cannot be made smaller.

    `count` is how many records the part holds; None: nobody knows, but more than `window`.
    """
    ask = Ask.decode(part.filter)
    points = _points(ask, None if count is None else math.ceil(count / (window * FULL)))
    if not points:
        return _by_severity(part, ask)
    root = part.name.partition("@")[0]
    lows: list[Instant | None] = [ask.low, *points]
    ranges = [
        Ask(filter=ask.filter, beyond=ask.beyond, order=ask.order, low=low, high=high, last=False)
        for low, high in zip(lows, points, strict=False)
    ]
    ranges.append(
        Ask(filter=ask.filter, beyond=ask.beyond, order=ask.order, low=points[-1], high=ask.high, last=ask.last)
    )
    return tuple(Part(name=_name(root, each), kind=part.kind, filter=each.encode()) for each in ranges)


def _points(ask: Ask, needed: int | None) -> list[Instant]:
    """Where to cut, in order. Whole seconds: then it does not matter whether Wiz compares finer than that."""
    low = FOUNDED if ask.low is None else ask.low
    if ask.low is None and ask.last:
        found = _ages(ask.high, needed)
    else:
        wanted = _pieces(needed)
        found = [low + (ask.high - low) * number // wanted for number in range(1, wanted)]
    whole = dict.fromkeys(at // SECOND * SECOND for at in found)
    return [Instant(at) for at in whole if low + SECOND < at and at + SECOND < ask.high]


def _ages(high: Instant, needed: int | None) -> list[int]:
    """The youngest range holds a day, each older one twice as long as the one after it; fewer where few are needed."""
    days = max((high - FOUNDED) // DAY, 2)
    ages = [DAY << power for power in range(days.bit_length())]
    step = 1 if needed is None else max(1, len(ages) // (needed + 1))
    return sorted(high - age for age in ages[step - 1 :: step])


def _pieces(needed: int | None) -> int:
    if needed is None:
        return _UNCOUNTED
    return max(2, min(needed, _AT_ONCE), math.isqrt(needed))


def _by_severity(part: Part, ask: Ask) -> tuple[Part, ...]:
    """One part for each severity. The last one also takes those that Wiz may have and Callboard does not know.

    `severity` can only be filtered by naming words: "all others" cannot be asked for (schema, 2026-08). So where the
    tenant does not tell its words, a word that Wiz adds is lost in such a part: more than a window within two seconds.
    """
    named = ask.filter.get("severity")
    severities = named or all_severities(part.kind)
    if len(severities) < 2:
        return ()
    has_all = named is None or "severity" in ask.beyond
    others = tuple(field for field in ask.beyond if field != "severity")
    parts = []
    for severity in severities:
        is_last = severity == severities[-1]
        smaller = msgspec.structs.replace(
            ask,
            filter={**ask.filter, "severity": [severity]},
            beyond=("severity", *others) if has_all and is_last else others,
        )
        parts.append(Part(name=f"{part.name}/{severity.lower()}", kind=part.kind, filter=smaller.encode()))
    return tuple(parts)


def _name(root: str, ask: Ask) -> str:
    low = "" if ask.low is None else to_text(ask.low)
    high = "" if ask.last else to_text(ask.high)
    return f"{root}@{low}..{high}"
