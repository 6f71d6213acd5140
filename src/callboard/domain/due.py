"""Due dates: by when a finding should be closed, under which policy, and what had to be assumed. Pure.

A due date falls on a calendar day in UTC and holds to the end of it: a finding is overdue from the next day on.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from callboard.domain.finding import Kind, Severity
from callboard.domain.instant import DAY, Instant


@enum.unique
class PolicyName(enum.StrEnum):
    """Which table gives the limits."""

    SEVERITY = "severity"
    """Days by severity and kind."""
    CISA_BOD_26_04 = "cisa-bod-26-04"
    """CISA's Binding Operational Directive 26-04 for vulnerabilities; days by severity for everything else."""


class Signals(NamedTuple):
    """What is known about how dangerous a finding is. None: nobody told, which is not "no". Only EPSS decides no limit."""

    kind: Kind
    severity: Severity
    known_exploited: bool | None = None
    """Listed by CISA as known exploited."""
    exposed: bool | None = None
    """Reachable from the internet."""
    automatable: bool | None = None
    """An attacker can automate it (CISA Vulnrichment)."""
    total_impact: bool | None = None
    """It gives total control (CISA Vulnrichment, "technical impact")."""
    epss: float | None = None
    """Probability of exploitation in the next 30 days, 0 to 1."""


class Limit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How long closing it may take."""

    days: int | None
    """Calendar days from the opening. None: with the next upgrade, or no date at all."""
    band: int
    """0 (before everything else), 1 (within days) to 9 (no date): the first word in the order of work."""
    forensics: bool = False
    """The directive asks to look for traces of an intrusion as well."""
    assumed: tuple[str, ...] = ()
    """What nobody told and was taken to be so, in words. Never hidden."""


_BANDS = (3, 15, 30, 60, 90, 180, 365)
AT_ONCE = 0
"""The band of what was made to harm: it comes before all that is overdue."""
NO_DATE = 9
"""The band of what has no date."""


def band_of(days: int | None) -> int:
    """1: three days at most, 2: up to 15, 3: 30, 4: 60, 5: 90, 6: 180, 7: a year, 8: longer, 9: no date."""
    if days is None:
        return NO_DATE
    return next((number for number, most in enumerate(_BANDS, start=1) if days <= most), NO_DATE - 1)


DAYS: Mapping[Severity, int | None] = MappingProxyType(
    {
        Severity.CRITICAL: 15,
        Severity.HIGH: 30,
        Severity.MEDIUM: 90,
        Severity.UNKNOWN: 30,
        Severity.LOW: 180,
        Severity.INFO: None,
    }
)
"""Days that a severity gives where the operator says nothing else. Unknown is treated like high: it may be one."""

KIND_DAYS: Mapping[Kind, int] = MappingProxyType({Kind.MALICIOUS_PACKAGE: 1, Kind.SECRET: 3})
"""Kinds that cannot wait as long as their severity says."""

KNOWN_EXPLOITED_DAYS = 14
"""Most that a known exploited one may take under the policy by severity."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How limits are given."""

    name: PolicyName = PolicyName.SEVERITY
    days: Mapping[Severity, int | None] = DAYS
    known_exploited_days: int | None = KNOWN_EXPLOITED_DAYS
    """None: being known exploited shortens nothing."""
    _limits: dict[tuple[object, ...], Limit] = msgspec.field(default_factory=dict)
    """Limits given so far: there are only a few hundred different ones."""

    @property
    def fingerprint(self) -> str:
        """Equal for equal policies, on any machine."""
        days = {severity.word: self.days.get(severity) for severity in Severity}
        told = {"name": self.name.value, "days": days, "known_exploited_days": self.known_exploited_days}
        return msgspec.json.encode(told, order="deterministic").decode()

    def limit(self, signals: Signals) -> Limit:
        """The limit for a finding with these signals."""
        key = signals[:-1]
        found = self._limits.get(key)
        if found is None:
            found = self._limits[key] = self._made(signals)
        return found

    def _made(self, signals: Signals) -> Limit:
        if self.name is PolicyName.CISA_BOD_26_04 and signals.kind in (Kind.VULNERABILITY, Kind.DEPENDENCY):
            return _directive(signals)
        days = self.days.get(signals.severity, DAYS[signals.severity])
        shorter = [KIND_DAYS.get(signals.kind), self.known_exploited_days if signals.known_exploited else None]
        for other in shorter:
            if other is not None:
                days = other if days is None else min(days, other)
        return Limit(days=days, band=AT_ONCE if signals.kind is Kind.MALICIOUS_PACKAGE else band_of(days))


DEFAULT = Policy()

# (known exploited, exposed, automatable, total impact) → days, forensics. CERT/CC SSVC `cisa_bod_26_04_1_0_0`,
# read 2026-11; the directive is of 2026-06-10 and counts calendar days.
BOD_26_04: Mapping[tuple[bool, bool, bool, bool], tuple[int | None, bool]] = MappingProxyType(
    {
        (False, False, False, False): (None, False),
        (False, False, False, True): (None, False),
        (False, False, True, False): (60, False),
        (False, False, True, True): (60, False),
        (False, True, False, False): (60, False),
        (False, True, False, True): (14, False),
        (False, True, True, False): (14, False),
        (False, True, True, True): (3, False),
        (True, False, False, False): (14, False),
        (True, False, False, True): (14, False),
        (True, False, True, False): (14, False),
        (True, False, True, True): (3, True),
        (True, True, False, False): (14, False),
        (True, True, False, True): (3, True),
        (True, True, True, False): (3, False),
        (True, True, True, True): (3, True),
    }
)


def _directive(signals: Signals) -> Limit:
    """A row of the directive's table; what nobody told is taken by its stricter value, and said."""
    assumed = []
    answers = []
    for value, words in (
        (signals.exposed, "exposed to the internet"),
        (signals.automatable, "automatable"),
        (signals.total_impact, "total impact"),
    ):
        if value is None:
            assumed.append(words)
        answers.append(value is not False)
    exposed, automatable, total = answers
    # The list of known exploited vulnerabilities is public and whole: one that no source names is not on it.
    days, forensics = BOD_26_04[bool(signals.known_exploited), exposed, automatable, total]
    return Limit(days=days, band=band_of(days), forensics=forensics, assumed=tuple(assumed))


def end_of_day(at: Instant, days: int) -> Instant:
    """The last microsecond of the calendar day that lies `days` after `at` (UTC)."""
    return Instant((at // DAY + days + 1) * DAY - 1)


def today(now: Instant) -> Instant:
    """The first microsecond of this day: what was due before it is overdue."""
    return Instant(now // DAY * DAY)


def is_overdue(due_at: Instant | None, now: Instant) -> bool:
    """Whether the day it was due has ended."""
    return due_at is not None and due_at < today(now)


def policy_due(policy: Policy, signals: Signals, *, opened_at: Instant) -> Instant | None:
    """The policy's date for a finding that has just been opened, or opened again. None: no date."""
    days = policy.limit(signals).days
    return None if days is None else end_of_day(opened_at, days)


def earlier(one: Instant | None, other: Instant | None) -> Instant | None:
    """The earlier of two dates, of which each may be missing."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
