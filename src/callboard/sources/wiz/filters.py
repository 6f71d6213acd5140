"""Which parts a run reads, and how each is asked for.

Facts as of 2026-08. Delta filters are those of Wiz's own integration tutorials: issues by `statusChangedAt`,
vulnerabilities and misconfigurations by `updatedAt`. Closed rows come only when their status is asked for. Whether `after`
and `before` include their own instant is not public, so neighbouring ranges overlap by a microsecond on either side: a row
that comes twice is one row, a row that falls between two ranges is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from callboard.domain.finding import Kind, Severity, State
from callboard.domain.instant import DAY, SECOND, Instant, from_datetime, to_text
from callboard.domain.run import Part, Scope
from callboard.errors import SourceChangedError

Filter = dict[str, Any]

FOUNDED = from_datetime(datetime(2020, 1, 1, tzinfo=UTC))
"""Wiz was founded in 2020: nothing was first seen there before. Only where to start halving; ranges stay open below."""

SPLIT_FIELD = {"issue": "createdAt", "vulnerability": "firstSeenAt", "misconfiguration": "firstSeenAt"}
"""The date by which a part that is too large for one walk is cut."""

_DELTA_FIELD = {"issue": "statusChangedAt", "vulnerability": "updatedAt", "misconfiguration": "updatedAt"}

_STATUS = {
    State.OPEN: "OPEN",
    State.IN_PROGRESS: "IN_PROGRESS",
    State.FIXED: "RESOLVED",
    State.REJECTED: "REJECTED",
}

_CLOSED_FIELD = {
    ("issue", State.FIXED): "resolvedAt",
    ("issue", State.REJECTED): "statusChangedAt",
    ("vulnerability", State.FIXED): "resolvedAt",
    ("vulnerability", State.REJECTED): "statusUpdatedAt",
    ("misconfiguration", State.FIXED): "statusChangedAt",
    ("misconfiguration", State.REJECTED): "statusChangedAt",
}
"""The date that says how long ago a finding was closed. Configuration findings have no `resolvedAt` to filter on."""

_INFO = {"issue": "INFORMATIONAL", "vulnerability": "NONE", "misconfiguration": "NONE"}
"""The lowest severity's word differs between the kinds."""

_OPEN = (State.OPEN, State.IN_PROGRESS)
_URGENT = (Severity.CRITICAL, Severity.HIGH)


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a part's `filter` text holds."""

    filter: Filter
    """Wiz's `filterBy`, in the newer generation of names."""
    order: str | None = None
    """Wiz's order field, ascending. None: Wiz's own order."""
    low: Instant | None = None
    """The part is one range of a split one and starts here. None: it has no lower end."""
    high: Instant
    """Where halving ends: the time of planning. The last range itself has no upper end."""
    last: bool = True
    """True while nothing later than `high` belongs to another range."""

    def encode(self) -> str:
        """As text, equal for equal asks."""
        return msgspec.json.encode(self, order="deterministic").decode()

    @classmethod
    def decode(cls, text: str) -> Ask:
        """The ask in a part's filter. Raises SourceChangedError for one that another version of Callboard wrote."""
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.MsgspecError as error:
            raise SourceChangedError(
                "A part of an unfinished run was planned by another Callboard.", hint="Start the run anew."
            ) from error


def plan_full(scope: Scope, now: Instant) -> tuple[Part, ...]:
    """Everything in scope, what matters most first."""
    parts = [_projects(now)]
    kinds = [kind for kind in (Kind.ISSUE, Kind.VULNERABILITY, Kind.MISCONFIGURATION) if kind in scope.kinds]
    open_states = [state for state in _OPEN if state in scope.states]
    for kind in kinds:
        for name, severities in _bands(scope):
            if open_states:
                parts.append(_part(kind, f"open-{name}", _base(kind, scope, open_states, severities), now))
    since = Instant(now - scope.closed_days * DAY)
    for kind in kinds:
        for state in (State.FIXED, State.REJECTED):
            if state in scope.states and scope.closed_days > 0:
                closed = _base(kind, scope, [state], scope.severities)
                closed[_CLOSED_FIELD[kind.word, state]] = {"after": to_text(_whole_second(since))}
                parts.append(_part(kind, _STATUS[state].lower(), closed, now))
    return tuple(parts)


def plan_delta(scope: Scope, since: Instant, now: Instant) -> tuple[Part, ...]:
    """What changed after `since`, in every status of the scope."""
    parts = [_projects(now)]
    states = [state for state in _STATUS if state in scope.states]
    for kind in (Kind.ISSUE, Kind.VULNERABILITY, Kind.MISCONFIGURATION):
        if kind in scope.kinds and states:
            changed = _base(kind, scope, states, scope.severities)
            changed[_DELTA_FIELD[kind.word]] = {"after": to_text(_whole_second(since))}
            if kind is Kind.MISCONFIGURATION:
                changed["includeDeleted"] = True
            order = None if kind is Kind.ISSUE else "INCREMENTAL"
            parts.append(_part(kind, "changed", changed, now, order=order))
    return tuple(parts)


def by_ids(kind: str, ids: list[str], now: Instant) -> Ask:
    """These records, whatever their status."""
    chosen: Filter = {"id": ids}
    if kind == Kind.MISCONFIGURATION.word:
        chosen["includeDeleted"] = True
    return Ask(filter=chosen, high=now)


def split(part: Part) -> tuple[Part, ...]:
    """Smaller parts that together ask for everything the part asks for. Empty: it cannot be made smaller."""
    ask = Ask.decode(part.filter)
    root = part.name.partition("@")[0]
    low = FOUNDED if ask.low is None else ask.low
    # Cut on whole seconds: then it does not matter whether Wiz compares finer than that.
    middle = (low + ask.high) // 2 // SECOND * SECOND
    if low + SECOND < middle and middle + SECOND < ask.high:
        halves = (
            Ask(filter=ask.filter, order=ask.order, low=ask.low, high=Instant(middle), last=False),
            Ask(filter=ask.filter, order=ask.order, low=Instant(middle), high=ask.high, last=ask.last),
        )
        return tuple(Part(name=_range_name(root, half), kind=part.kind, filter=half.encode()) for half in halves)
    severities = ask.filter.get("severity") or _all_severities(part.kind)
    if len(severities) < 2:
        return ()
    return tuple(
        Part(
            name=f"{part.name}/{severity.lower()}",
            kind=part.kind,
            filter=msgspec.structs.replace(ask, filter={**ask.filter, "severity": [severity]}).encode(),
        )
        for severity in severities
    )


def filter_by(kind: str, ask: Ask, *, old_names: bool) -> Filter:
    """The `filterBy` to send, with the range of the part put in, in the names of the tenant's generation."""
    sent = dict(ask.filter)
    between: Filter = {}
    if ask.low is not None:
        between["after"] = to_text(Instant(ask.low - 1))
    if not ask.last:
        between["before"] = to_text(Instant(ask.high + 1))
    if between:
        sent[SPLIT_FIELD[kind]] = between
    if old_names and kind == Kind.VULNERABILITY.word and "projectIdV2" in sent:
        # Shipped clients still send the older name (official Backstage plugin, 2026-08).
        sent["projectId"] = sent.pop("projectIdV2")["equals"]
    return sent


def has_old_names(kind: str, ask: Ask) -> bool:
    """Whether the older generation of names would ask for this in another way."""
    return filter_by(kind, ask, old_names=True) != filter_by(kind, ask, old_names=False)


def _projects(now: Instant) -> Part:
    return Part(name="project", kind="project", filter=Ask(filter={"includeArchived": True}, high=now).encode())


def _part(kind: Kind, name: str, chosen: Filter, now: Instant, *, order: str | None = None) -> Part:
    return Part(name=f"{kind.word}/{name}", kind=kind.word, filter=Ask(filter=chosen, order=order, high=now).encode())


def _bands(scope: Scope) -> Iterator[tuple[str, tuple[Severity, ...]]]:
    urgent = tuple(severity for severity in scope.severities if severity in _URGENT)
    rest = tuple(severity for severity in scope.severities if severity not in _URGENT)
    if urgent:
        yield "critical-high", urgent
    if rest:
        yield "other", rest


def _base(kind: Kind, scope: Scope, states: list[State], severities: tuple[Severity, ...]) -> Filter:
    chosen: Filter = {"status": [_STATUS[state] for state in states]}
    words = [_severity(kind.word, severity) for severity in severities if severity is not Severity.UNKNOWN]
    if set(words) != set(_all_severities(kind.word)):
        chosen["severity"] = words
    projects, statuses = list(scope.projects), list(scope.asset_statuses)
    match kind:
        case Kind.ISSUE:
            if projects:
                chosen["project"] = projects
            if statuses:
                chosen["relatedEntity"] = {"status": statuses}
        case Kind.VULNERABILITY:
            if projects:
                chosen["projectIdV2"] = {"equals": projects}
            if statuses:
                chosen["assetStatus"] = statuses
        case _:
            resource: Filter = {}
            if projects:
                resource["projectId"] = projects
            if statuses:
                resource["status"] = statuses
            if resource:
                chosen["resource"] = resource
    return chosen


def _severity(kind: str, severity: Severity) -> str:
    return _INFO[kind] if severity is Severity.INFO else severity.name


def _all_severities(kind: str) -> list[str]:
    return ["CRITICAL", "HIGH", "MEDIUM", "LOW", _INFO[kind]]


def _range_name(root: str, ask: Ask) -> str:
    low = "" if ask.low is None else to_text(ask.low)
    high = "" if ask.last else to_text(ask.high)
    return f"{root}@{low}..{high}"


def _whole_second(at: Instant) -> Instant:
    """Earlier by up to a second: asking for a little more is harmless."""
    return Instant(at // SECOND * SECOND)
