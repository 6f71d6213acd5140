"""Gives every finding a believable life over the past year: when it appeared, was fixed, came back or was set aside."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cache
from random import Random
from statistics import NormalDist
from typing import Final

from callboard.demo.company.ledger import (
    DELETED,
    EXCEPTION,
    FALSE_POSITIVE,
    FIXED,
    IN_PROGRESS,
    NO_REASON,
    OPEN,
    REJECTED,
    RESOLVED,
    WONT_FIX,
    Ledger,
)
from callboard.demo.company.organisation import DAY
from callboard.demo.company.rollout import sooner

_STEPS: Final = 4096
_NEVER: Final = 100_000 * DAY
_MEDIAN_DAYS: Final = (200, 150, 60, 24, 9)
"""Usual days until a fix, by severity code. Chosen so that the curves look like a company that tries."""

_LEFT_OPEN: Final = (0.6, 0.5, 0.3, 0.14, 0.06)
"""Share that is never fixed, by severity code."""

_TRANSIENT: Final = 0.025
"""Share that is gone within a day: a test machine, a half-done deployment."""


@cache
def _ages() -> array[int]:
    """How long ago findings appeared, in seconds: a first scan, a steady stream, and a wave when a scanner was added."""
    random = Random("ages")
    ages = array("I")
    for number in range(_STEPS):
        part = number / _STEPS
        if part < 0.22:
            days = random.uniform(352, 365)
        elif part < 0.30:
            days = random.uniform(118, 127)
        elif part < 0.40:
            days = random.uniform(0.1, 14)
        else:
            days = random.uniform(0.1, 352)
        ages.append(int(days * DAY))
    return ages


@cache
def _lives() -> tuple[array[int], ...]:
    """How long findings live, in seconds, one table per severity code."""
    normal = NormalDist()
    tables = []
    for median, left_open in zip(_MEDIAN_DAYS, _LEFT_OPEN, strict=True):
        table = array("Q")
        for number in range(_STEPS):
            part = (number + 0.5) / _STEPS
            if part < _TRANSIENT:
                table.append(1800 + number * 400)
            elif part > 1 - left_open:
                table.append(_NEVER)
            else:
                share = (part - _TRANSIENT) / (1 - left_open - _TRANSIENT)
                table.append(int(median * DAY * 3.2 ** normal.inv_cdf(min(0.999, max(0.001, share)))))
        tables.append(table)
    return tuple(tables)


def write_history(
    ledger: Ledger,
    *,
    causes: Sequence[int],
    resources: Sequence[int],
    leads: Sequence[int],
    severity_of_cause: Sequence[int],
    known_since: Sequence[int],
    paces: Sequence[float],
    hastened: Sequence[int],
    seed: str,
    now: int,
) -> None:
    """Fill a ledger: one row per cause and resource, each with its dates.

    `leads` says for each row which row's life it shares, its own or that of a copy elsewhere, give or take a few days.
    `known_since` says for each cause before when it cannot have been found; `paces` says for each resource how slow its
    owners are, and `hastened` since when they are faster; 0: never.
    """
    count = len(causes)
    random = Random(f"{seed}:history")
    ages, lives = _ages(), _lives()
    draws = [array("H", random.randbytes(2 * count)) for _ in range(4)]
    ledger.cause = array("H", causes)
    ledger.resource = array("I", resources)
    ledger.severity = bytearray(map(severity_of_cause.__getitem__, ledger.cause))
    status, reason = bytearray(count), bytearray(count)
    created, updated, changed, resolved, reopened, seen = (array("I", bytes(4 * count)) for _ in range(6))
    shared = [array("H", map(draw.__getitem__, leads)) for draw in draws[:3]]
    columns = zip(ledger.cause, ledger.resource, ledger.severity, leads, *shared, draws[3], strict=True)
    for row, (cause, resource, severity, lead, age, life, fate, jitter) in enumerate(columns):
        drift = jitter * 3 if lead != row else 0
        born = max(now - 365 * DAY, now - ages[age & 4095] - (age >> 12) - drift)
        if born < known_since[cause]:
            born = min(now - 3600, known_since[cause] + age)
        end = sooner(born, born + int(lives[severity][life & 4095] * paces[resource]), hastened[resource])
        if end >= born + DAY:
            end += drift
        scan = jitter + 3_600
        last = now - scan
        state, why, moved = OPEN, NO_REASON, born
        if end < now:
            if fate < 2_600 and end + jitter * 40 < now:
                moved = reopened[row] = end + jitter * 40
                if fate < 900:
                    state, why = RESOLVED, FIXED
                    moved = min(now - 60, moved + life * 30)
            else:
                state, why, moved = RESOLVED, FIXED if fate < 62_000 else DELETED, end
        elif fate < 1_800:
            state = REJECTED
            why = (FALSE_POSITIVE, EXCEPTION, WONT_FIX)[fate % 3]
            moved = min(now - 60, born + jitter * 30)
        elif fate < 6_000:
            state = IN_PROGRESS
            moved = min(now - 60, born + jitter * 20)
        if state == RESOLVED:
            resolved[row] = moved
            last = max(born, moved - scan)
        elif fate > 65_000:
            # A published sample is open although resolvedAt is set (wiz-api.md, samples: elastic vulnerability).
            resolved[row] = born
        status[row], reason[row] = state, why
        created[row], changed[row], seen[row] = born, moved, max(born, last)
        updated[row] = min(now - 60, moved + jitter * 60) if life & 15 == 3 else moved
    ledger.status, ledger.reason = status, reason
    ledger.created, ledger.updated, ledger.changed = created, updated, changed
    ledger.resolved, ledger.reopened, ledger.seen = resolved, reopened, seen
    ledger.result = bytearray(
        (1 if state == RESOLVED else 0) if luck & 63 != 5 else 2 + (luck >> 6 & 1)
        for state, luck in zip(status, draws[0], strict=True)
    )
    ledger.revision += 1
