"""Two rules that tell the company nothing worth acting on where it develops: one was tuned a while ago, the other not yet.

Of neither has anybody mended anything there. The tuned one looks at development no more since its day; what people called it
before and since is said in `said_of_rules`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from callboard.demo.company.ledger import NO_REASON, OPEN, Ledger
from callboard.demo.company.organisation import DAY
from callboard.demo.company.values import Organisation, Rule

TUNED_DAYS: Final = 100
"""Days before now on which the one was tuned."""
FEWEST: Final = 5
"""Findings of a rule where the company develops, below which nobody would call it noise."""
PLACE: Final = "DEVELOPMENT"
_SLIGHT: Final = frozenset({"MEDIUM", "LOW", "INFORMATIONAL"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Noisy:
    """Which rules they are."""

    tuned: Rule
    tuned_at: int
    """Epoch seconds."""
    other: Rule


def noisy(organisation: Organisation, ledger: Ledger, *, now: int) -> Noisy | None:
    """The two slight rules that are broken most often where the company develops. None: it is too small to have them."""
    met = Counter(
        cause
        for cause, place in zip(ledger.cause, ledger.resource, strict=True)
        if organisation.resources[place].environment == PLACE and organisation.rules[cause].severity in _SLIGHT
    )
    found = sorted((-n, cause) for cause, n in met.items() if n >= FEWEST)[:2]
    if len(found) < 2:
        return None
    first, second = (organisation.rules[cause] for _, cause in found)
    return Noisy(tuned=first, tuned_at=now - TUNED_DAYS * DAY, other=second)


def leave_alone(ledger: Ledger, organisation: Organisation, rules: Noisy) -> None:
    """Let nobody have mended what they find in development; and the tuned one find nothing there since its day."""
    for row, (cause, place) in enumerate(zip(ledger.cause, ledger.resource, strict=True)):
        rule = organisation.rules[cause]
        if organisation.resources[place].environment != PLACE or rule not in (rules.tuned, rules.other):
            continue
        if rule is rules.tuned and ledger.created[row] >= rules.tuned_at:
            ledger.created[row] = 2 * rules.tuned_at - ledger.created[row] - 1
        ledger.status[row], ledger.reason[row], ledger.result[row] = OPEN, NO_REASON, 0
        ledger.resolved[row] = ledger.reopened[row] = 0
        ledger.changed[row] = ledger.updated[row] = ledger.created[row]
        ledger.seen[row] = max(ledger.created[row], organisation.now - DAY // 4)
        if rule is rules.tuned:
            ledger.resolve(row, rules.tuned_at)
            ledger.seen[row] = max(ledger.created[row], rules.tuned_at - DAY // 4)
    ledger.revision += 1
