"""28. Tokens are fat, live long, or are signed by keys in files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.checks.configuration import Setting
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_MINUTES = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10080}
_LONGEST = 60
"""Minutes, which is the default."""
_TEXT = re.compile(r"\s*([0-9]{1,6})\s*(m|min|minutes?|h|hours?|d|days?)\s*")


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    fat = portal.settings.get("auth.omitIdentityTokenOwnershipClaim")
    if fat is not None and fat.is_false:
        yield fault(fat, "Each token carries all groups of its user, who keeps them until it ends.")
    life = portal.settings.get("auth.backstageTokenExpiration")
    if life is not None and (minutes := _minutes(life)) is not None and minutes > _LONGEST:
        yield fault(life, f"A token that got away is good for {minutes / 60:g} hours.")
    store = portal.settings.get("auth.keyStore.provider")
    if store is not None and store.text in ("memory", "static"):
        yield fault(store, f"The keys that sign tokens are kept in {'memory' if store.text == 'memory' else 'files'}.")


def _minutes(life: Setting) -> float | None:
    if life.text:
        found = _TEXT.fullmatch(life.text.lower())
        if found is None:
            return None
        return int(found[1]) * {"m": 1, "h": 60, "d": 1440}[found[2][0]]
    values = {name: each.value for name, each in life.items.items()}
    numbers = [value * _MINUTES[name] for name, value in values.items() if name in _MINUTES and isinstance(value, int)]
    return sum(numbers) if numbers else None


CHECK = Check(
    advice=Advice(
        key="tokens",
        number=28,
        title="Tokens are fat or live long",
        severity=Severity.LOW,
        reach=Reach.ANYBODY,
        hits=Hits.PEOPLE,
        why="What a token says is true until it ends, whoever holds it and whatever has changed since.",
        remedy="Keep the defaults: an hour, no groups inside, keys in the database.",
        before="auth:\n  omitIdentityTokenOwnershipClaim: false\n  backstageTokenExpiration:\n    hours: 12\n",
        after="auth:\n  omitIdentityTokenOwnershipClaim: true\n  backstageTokenExpiration:\n    minutes: 30\n",
    ),
    judge=_judge,
)
