"""Priority: which work comes first, and why, in one sentence. Pure.

The order is: what is made to harm, overdue, band, known exploited, EPSS, findings closed by the fix, blast radius, age,
id. Overdue depends on the clock; band, known exploited and EPSS are packed into one whole number that a database can keep sorted; the rest
belongs to the bundle. A smaller number comes first everywhere.
"""

from __future__ import annotations

import math

import msgspec

from callboard.domain.due import AT_ONCE, NO_DATE, Limit, Signals
from callboard.domain.finding import Severity
from callboard.domain.instant import DAY, Instant

_EPSS_STEPS = 1_000
KEV_STEP = 1 << 11
BAND_STEP = 1 << 13
EPSS_LINE = 0.1
"""A chance of exploitation from here on is worth a word."""
NOTHING_KNOWN = BAND_STEP * 9 + KEV_STEP + _EPSS_STEPS
"""The priority of what has no date and of which nobody told anything."""


def priority_of(limit: Limit, signals: Signals) -> int:
    """Band, known exploited and EPSS as one number. An EPSS that nobody told counts as 0, and is said to be unknown."""
    epss = 0 if signals.epss is None else math.ceil(signals.epss * _EPSS_STEPS)
    listed = 0 if signals.known_exploited else 1
    return limit.band * BAND_STEP + listed * KEV_STEP + (_EPSS_STEPS - epss)


def is_at_once(number: int) -> bool:
    """Whether this priority stands before everything else, overdue or not."""
    return number < BAND_STEP


class Signs(msgspec.Struct, frozen=True):
    """What a priority was made of."""

    band: int
    known_exploited: bool
    """False: not listed, or nobody told."""
    epss: float
    """0 to 1, rounded up to thousandths; 0: none, or nobody told."""


def signs(number: int) -> Signs:
    """What `priority_of` packed."""
    band, rest = divmod(number, BAND_STEP)
    listed, epss = divmod(rest, KEV_STEP)
    return Signs(band, listed == 0, (_EPSS_STEPS - epss) / _EPSS_STEPS)


def blast_of(exposed: bool | None) -> int:  # noqa: FBT001 - an answer, not a switch
    """How far an attacker reaches it: 0 from the internet, 1 nobody told, 2 not from there."""
    return _BLASTS[exposed]


_BLASTS = {True: 0, None: 1, False: 2}


def is_exposed(blast: int) -> bool | None:
    """What `blast_of` made a number of."""
    return {EXPOSED: True, UNTOLD: None}.get(blast, False)


EXPOSED = 0
UNTOLD = 1


def why(
    *,
    number: int,
    severity: Severity,
    blast: int,
    due_at: Instant | None,
    oldest_at: Instant,
    closes: int,
    components: int,
    now: Instant,
    first: bool = False,
) -> str:
    """Why a row stands where it stands: one sentence, the strongest reason first.

    `closes` and `components` count what one action closes, and where.
    """
    found = signs(number)
    reasons: list[str] = []
    if found.band == AT_ONCE:
        reasons.append("made to harm")
    if found.known_exploited:
        reasons.append("known exploited")
    if blast == EXPOSED:
        reasons.append("open to the internet")
    if due_at is not None:
        reasons.append(_due(due_at, now))
    if found.epss >= EPSS_LINE:
        reasons.append(f"EPSS {found.epss:.2f}")
    reasons.append(f"{severity.word} severity" if severity is not Severity.UNKNOWN else "severity unknown")
    if closes > 1:
        where = f" in {components} components" if components > 1 else ""
        reasons.append(f"one fix closes {closes:,} findings{where}")
    days = (now - oldest_at) // DAY
    if days >= 30:
        reasons.append(f"open for {days:,} days")
    if found.band == NO_DATE:
        reasons.append("no due date")
    if blast == UNTOLD:
        reasons.append("exposure unknown")
    head = "First because: " if first else "Here because: "
    return f"{head}{', '.join(reasons)}."


def _due(due_at: Instant, now: Instant) -> str:
    days = due_at // DAY - now // DAY
    if days < 0:
        return f"{-days:,} {'day' if days == -1 else 'days'} late"
    if days == 0:
        return "due today"
    return f"{days:,} {'day' if days == 1 else 'days'} left"
