"""Words for people: numbers, ages, dates and the names of things. Pages and banners take their words from here."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from callboard.domain.board import FindingRow
from callboard.domain.component import EntityRef, short_name
from callboard.domain.decision import Decision, DecisionKind, Until
from callboard.domain.due import is_overdue
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.instant import DAY, HOUR, MINUTE, SECOND, Instant, to_datetime, to_text
from callboard.domain.ownership.verdict import Tier
from callboard.domain.packages.package_match import SOURCE
from callboard.domain.query import Query, Text, explain, parse
from callboard.domain.risk.scale import Band

if TYPE_CHECKING:
    from callboard.domain.compliance.measure import Figure

BAND_SEVERITY: Final = {
    Band.CRITICAL: Severity.CRITICAL,
    Band.HIGH: Severity.HIGH,
    Band.MEDIUM: Severity.MEDIUM,
    Band.LOW: Severity.LOW,
}
"""How a band of risks is drawn."""
SEVERITY_LETTER: Final = {
    Severity.CRITICAL: "C",
    Severity.HIGH: "H",
    Severity.MEDIUM: "M",
    Severity.UNKNOWN: "?",
    Severity.LOW: "L",
    Severity.INFO: "I",
}
HOMES: Final = frozenset({"owner", "component", "system", "domain"})
"""Keys of a query that say whose findings are asked for."""
KIND: Final = {
    Kind.ISSUE: ("issue", "issues"),
    Kind.VULNERABILITY: ("vulnerability", "vulnerabilities"),
    Kind.MISCONFIGURATION: ("misconfiguration", "misconfigurations"),
    Kind.DEPENDENCY: ("vulnerable dependency", "vulnerable dependencies"),
    Kind.MALICIOUS_PACKAGE: ("malicious package", "malicious packages"),
    Kind.POSTURE: ("portal setting", "portal settings"),
    Kind.CODE: ("code weakness", "code weaknesses"),
    Kind.SECRET: ("secret", "secrets"),
    Kind.SUSPICIOUS_PACKAGE: ("suspicious package", "suspicious packages"),
}
STATE: Final = {
    State.OPEN: "open",
    State.IN_PROGRESS: "in progress",
    State.UNKNOWN: "state unknown",
    State.FIXED: "fixed",
    State.REJECTED: "no action needed",
    State.GONE: "resource gone",
    State.SNOOZED: "snoozed",
    State.DISMISSED: "dismissed",
    State.ACCEPTED: "risk accepted",
}
TIER: Final = {tier.value: tier.words for tier in Tier}
ACTOR: Final = {
    "absence": "its absence from a complete sync",
    "person": "a person",
    "rule": "a rule",
    "catalog": "the catalog",
}
"""Who changed a finding; "source" goes by the source's own name."""
GUESS_TIER = 6
"""From this tier on the owner is a guess, and drawn as one."""
SOURCE_KIND: Final = {
    "wiz": "Wiz",
    "sarif": "SARIF",
    "sbom": "SBOM scan",
    "csv": "CSV file",
    SOURCE: "Callboard",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: int) -> str:
    """A count with its thousands apart."""
    return f"{value:,}"


WRITTEN = {
    "waiting": "waits",
    "done": "written",
    "conflict": "changed there meanwhile",
    "refused": "refused",
    "given-up": "not reached for days",
}
"""What came of a write at a source, by its word."""


def count(value: int, one: str, many: str | None = None) -> str:
    """A count with its unit in the right form."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def figure(told: Figure) -> str:
    """A number of evidence as it is read."""
    if told.value is None:
        return "–"
    if told.of is not None:
        return f"{number(told.value)} of {number(told.of)}" + ("" if told.percent is None else f" ({told.percent} %)")
    return f"{told.value} %" if told.unit.startswith("%") else number(told.value)


def share(part: int, whole: int) -> str | None:
    """`part` of `whole` in per cent. 100 only for all of it, 0 only for none; None when there is no whole."""
    if whole == 0:
        return None
    if 0 < part * 100 < whole:
        return "under 1 %"
    return f"{part * 100 // whole} %"


def age(microseconds: int) -> str:
    """A length of time in its largest fitting unit, rounded down."""
    if microseconds < MINUTE:
        return "under 1 min"
    if microseconds < HOUR:
        return f"{microseconds // MINUTE} min"
    if microseconds < 2 * DAY:
        return f"{microseconds // HOUR} h"
    if microseconds < 730 * DAY:
        return f"{microseconds // DAY} d"
    return f"{microseconds // (365 * DAY)} y"


def ago(at: Instant, now: Instant) -> str:
    """How long ago, or how soon."""
    return f"{age(now - at)} ago" if at <= now else f"in {age(at - now)}"


def since(at: Instant, now: Instant) -> str:
    """How old, for a column that says so in its head."""
    return age(now - at) if at <= now else f"in {age(at - now)}"


def day(at: Instant) -> str:
    """The date and minute in UTC, as people write it."""
    moment = to_datetime(at)
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year} {moment:%H:%M} UTC"


def is_late(due_at: Instant | None, now: Instant) -> bool:
    """Whether the day it was due has ended."""
    return is_overdue(due_at, now)


def due(due_at: Instant, now: Instant) -> str:
    """When it has to be fixed, in days of the calendar."""
    days = due_at // DAY - now // DAY
    if days == 0:
        return "due today"
    length = f"{abs(days):,} d" if abs(days) < 730 else f"{abs(days) // 365} y"
    return f"{length} late" if days < 0 else f"due in {length}"


def date(at: Instant) -> str:
    """The day in UTC without its year, for a chart."""
    moment = to_datetime(at)
    return f"{moment.day} {_MONTHS[moment.month - 1]}"


def exact(at: Instant) -> str:
    """The whole instant in UTC, with the fraction where there is one."""
    moment = to_datetime(at)
    fraction = f".{at % SECOND:06}".rstrip("0") if at % SECOND else ""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year} {moment:%H:%M:%S}{fraction} UTC"


def iso(at: Instant) -> str:
    """The instant for machines."""
    return to_text(at)


def risk(word: str) -> str:
    """A source's constant (`EXTERNAL_EXPOSURE`) as words."""
    return word.replace("_", " ").lower() if re.fullmatch(r"[A-Z0-9_]+", word) else word


def source_title(kind: str, name: str) -> str:
    """What people call a source: the product where we know it."""
    return SOURCE_KIND.get(kind, name)


def opens_in(kind: str, name: str) -> str | None:
    """Where a finding's own page is, as people call it. None: what Callboard matched itself has no page elsewhere."""
    return None if kind == SOURCE else source_title(kind, name) or "the source"


def evidence(tier: int | None, source: str) -> str:
    """By what it is known whose something is, in a word or two. Packages are a component's by what was read of it alone."""
    if tier == Tier.NAMED and source == SOURCE:
        return "bill of materials"
    return TIER.get(tier, "whose?") if tier else "whose?"


def homes(query: str) -> str:
    """Whose findings a query asks for, in words."""
    terms = tuple(term for term in parse(query).terms if not isinstance(term, Text) and term.key in HOMES)
    return " and ".join(explain(Query(terms)))


def signs(row: FindingRow) -> tuple[str, ...]:
    """What speaks for hurry, and what sort of finding it is."""
    told = [KIND[row.kind][0]]
    if row.known_exploited:
        told.append("known exploited")
    if row.exposed:
        told.append("open to the internet")
    if row.epss is not None and row.epss >= 0.01:
        told.append(f"EPSS {row.epss:.2f}")
    if row.reopened:
        told.append("came back" if row.reopened == 1 else f"came back {row.reopened} times")
    return tuple(told)


def is_advisory(text: str) -> bool:
    """Whether a rule's id is that of an advisory with a page of its own."""
    return re.fullmatch(r"CVE-[0-9]{4}-[0-9]{4,19}|GHSA(-[0-9a-zA-Z]{4}){3}", text) is not None


def closes(fix: str) -> bool:
    """Whether doing what this line says closes something; that there is no fixed version yet does not."""
    return not fix.startswith("No ")


def reason(word: str) -> str:
    """A stored reason as words."""
    return word.replace("_", " ").replace("-", " ") if re.fullmatch(r"[a-z_-]+", word) else word


def said(decision: Decision) -> str:
    """What somebody said about a finding, without the note."""
    who = short_name(EntityRef(decision.actor)) or decision.actor
    until = "" if decision.until_at is None else f" until {day(decision.until_at)}"
    match decision.kind:
        case DecisionKind.TAKE:
            return f"taken by {who}"
        case DecisionKind.ASSIGN:
            return f"given to {short_name(EntityRef(decision.about or ''))} by {who}"
        case DecisionKind.SNOOZE:
            condition = {Until.FIX: " until there is a fix, at most", Until.WORSE: " until it is worse, at most"}
            return f"snoozed by {who}{condition.get(decision.snooze or Until.MONTH, '')}{until}"
        case DecisionKind.DISMISS:
            why = (decision.reason or "", decision.justification or "", f"#{decision.about}" if decision.about else "")
            return f"dismissed by {who}{until}: {', '.join(reason(each) for each in why if each)}"
        case DecisionKind.ASK:
            return f"{who} asks to accept the risk{until}"
        case DecisionKind.ACCEPT:
            return f"risk accepted by {who}{until}"
        case DecisionKind.NOT_USEFUL:
            return f"not useful to {who}"
        case DecisionKind.COMMENT:
            return f"comment by {who}"
        case DecisionKind.UNDO:
            return f"taken back by {who}"
    return "back by itself"


def aside(decision: Decision) -> str:
    """Why a finding is no work now, and until when, as a list tells it."""
    # What ends at midnight ends with the day before.
    until = "" if decision.until_at is None else f" until {day(Instant(decision.until_at - 1)).rsplit(' ', 2)[0]}"
    match decision.kind, decision.snooze:
        case DecisionKind.SNOOZE, Until.FIX:
            return "snoozed until there is a fix"
        case DecisionKind.SNOOZE, Until.WORSE:
            return "snoozed until it is worse"
        case DecisionKind.SNOOZE, _:
            return f"snoozed{until}"
        case DecisionKind.DISMISS, _:
            return f"dismissed: {reason(decision.reason or '')}"
    return f"risk accepted{until}"


def visible(text: str, *, keep_lines: bool = False) -> str:
    """`text` with what would act on its surroundings made visible.

    These are control characters and the marks that turn the direction of writing.
    """
    if text.isprintable() and text.isascii():
        return text
    return "".join(_visible(char, keep_lines=keep_lines) for char in text)


_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _visible(char: str, *, keep_lines: bool) -> str:
    if char in "\t\n\r":
        return char if keep_lines else " "
    if char in _TURNING or unicodedata.category(char) in ("Cc", "Cs"):
        return f"⟨U+{ord(char):04X}⟩"
    return char
