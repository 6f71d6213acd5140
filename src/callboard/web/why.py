"""Why a finding matters and why it is due when it is: what was told, what was not, and what was assumed for it."""

from __future__ import annotations

from dataclasses import dataclass

from callboard.domain.board import FindingRow
from callboard.domain.due import AT_ONCE, NO_DATE, Policy, PolicyName, Signals
from callboard.domain.finding import Detail, Kind, Severity
from callboard.domain.instant import DAY
from callboard.web import words
from callboard.web.to_wire.board import told

ABOUT_CODE = frozenset({Kind.VULNERABILITY, Kind.DEPENDENCY, Kind.MALICIOUS_PACKAGE})
"""Kinds for which exploits are a question at all."""
BANDS = ("3 days at most", "up to 15 days", "up to 30 days", "up to 60 days", "up to 90 days", "up to 180 days", "up to a year",
         "more than a year", "no date")  # fmt: skip
"""What each remediation band, from 1 on, leaves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """Why it matters: what speaks for hurry, what speaks against it, and what nobody told."""

    worse: tuple[str, ...]
    better: tuple[str, ...]
    unknown: tuple[str, ...]


def band(number: int) -> str:
    """A remediation band in words."""
    return f"{number} of {NO_DATE}: {'before everything else' if number == AT_ONCE else BANDS[number - 1]}"


def matters(kind: Kind, detail: Detail) -> Why:
    """What the source told about the danger, and what it did not."""
    worse: list[str] = []
    better: list[str] = []
    unknown: list[str] = []
    questions = [
        (
            detail.exposed,
            "Reachable from the internet.",
            "Not reachable from the internet.",
            "whether the internet reaches it",
        ),
    ]
    if kind in ABOUT_CODE:
        questions = [
            (detail.known_exploited, "Known to be exploited (CISA lists it).", "Not on CISA's list of exploited ones.",
             "whether it is exploited in the wild"),
            (detail.has_exploit, "An exploit is public.", "No public exploit.", "whether an exploit is public"),
            *questions,
            (detail.validated_in_runtime, "Seen loaded in the running system.", "Not seen loaded in the running system.",
             "whether the running system loads it"),
        ]  # fmt: skip
    for value, yes, no, question in questions:
        answer = told(value)
        if answer is None:
            unknown.append(question)
        else:
            (worse if answer else better).append(yes if answer else no)
    epss = told(detail.epss)
    if epss is not None:
        worse.append(f"EPSS {epss:.3g}: {_percent(epss)} chance of being exploited within 30 days.")
    elif kind in ABOUT_CODE:
        unknown.append("its EPSS")
    score = told(detail.score)
    if score is not None:
        worse.append(f"CVSS {score:.1f} of 10.")
    return Why(worse=tuple(worse), better=tuple(better), unknown=tuple(unknown))


def _percent(share: float) -> str:
    return "under 1 %" if share < 0.01 else f"{share * 100:.0f} %"


def due(row: FindingRow, policy: Policy, source: str) -> str:
    """Where its due date comes from, and what had to be assumed."""
    signals = Signals(row.kind, row.severity, row.known_exploited or None, row.exposed)
    limit = policy.limit(signals)
    assumed = f" Nobody told, so taken as true: {', '.join(limit.assumed)}." if limit.assumed else ""
    if row.due_at is None:
        return f"No due date: the policy gives none for {_reason(row, policy)}.{assumed}"
    if limit.days is None or row.due_at % DAY != DAY - 1:
        return f"The date is {source}’s own."
    start = "it came back" if row.reopened else "it was first detected"
    return f"{words.count(limit.days, 'day')} from when {start}, for {_reason(row, policy)}.{assumed}"


def _reason(row: FindingRow, policy: Policy) -> str:
    if policy.name is PolicyName.CISA_BOD_26_04 and row.kind in ABOUT_CODE:
        return "its answers to CISA’s directive 26-04"
    if row.known_exploited:
        return "being known exploited"
    if row.kind in (Kind.MALICIOUS_PACKAGE, Kind.SECRET):
        return f"a {words.KIND[row.kind][0]}"
    return (
        "unknown severity, treated like high" if row.severity is Severity.UNKNOWN else f"{row.severity.word} severity"
    )
