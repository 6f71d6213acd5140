"""Which parts a run reads, and how each is asked for.

Facts as of 2026-08. Delta filters are those of Wiz's own integration tutorials: issues by `statusChangedAt`,
vulnerabilities and misconfigurations by `updatedAt`. Closed rows come only when their status is asked for. Whether `after`
and `before` include their own instant is not public, so neighbouring ranges overlap by a microsecond on either side: a row
that comes twice is one row, a row that falls between two ranges is lost.

Severities and statuses can only be filtered by naming words; "all but these" cannot be asked for, and without a status
closed rows may stay away. So where the scope leaves nothing out, a part says which of its filters also stand for words that
Wiz may add later (`Ask.beyond`), and the words that the tenant has are put in when it is asked (`vocabulary`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from callboard.domain.finding import Kind, Severity, State
from callboard.domain.instant import DAY, SECOND, Instant, from_datetime, to_text
from callboard.domain.run import Part, Scope
from callboard.errors import SourceChangedError

Filter = dict[str, Any]
Words = Mapping[str, Sequence[str]]
"""The words that the fields of a filter take."""

FOUNDED = from_datetime(datetime(2020, 1, 1, tzinfo=UTC))
"""Wiz was founded in 2020: nothing was first seen there before. Only where cutting starts; ranges stay open below."""

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
_NAMED_SEVERITIES = frozenset(Severity) - {Severity.UNKNOWN}


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a part's `filter` text holds."""

    filter: Filter
    """Wiz's `filterBy`, in the newer generation of names."""
    beyond: tuple[str, ...] = ()
    """Fields of the filter whose words also stand for those that Wiz may have and Callboard does not know."""
    order: str | None = None
    """Wiz's order field, ascending. None: Wiz's own order."""
    low: Instant | None = None
    """The part is one range of a split one and starts here. None: it has no lower end."""
    high: Instant
    """Where cutting ends: the time of planning. The last range itself has no upper end."""
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
                # Urgent words are known; a word that is new can only be among the others.
                beyond = _beyond(scope, severity=severities[-1] not in _URGENT)
                parts.append(
                    _part(kind, f"open-{name}", _base(kind, scope, open_states, severities), now, beyond=beyond)
                )
    since = Instant(now - scope.closed_days * DAY)
    for kind in kinds:
        for state in (State.FIXED, State.REJECTED):
            if state in scope.states and scope.closed_days > 0:
                closed = _base(kind, scope, [state], scope.severities)
                closed[_CLOSED_FIELD[kind.word, state]] = {"after": to_text(_whole_second(since))}
                parts.append(_part(kind, _STATUS[state].lower(), closed, now, beyond=()))
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
            parts.append(_part(kind, "changed", changed, now, order=order, beyond=_beyond(scope, severity=True)))
    return tuple(parts)


def by_ids(kind: str, ids: list[str], now: Instant, *, every_status: bool = False) -> Ask:
    """These records, whatever their status.

    Wiz's tutorials say that closed rows come only when their status is asked for; a shipped client asks by id alone
    (2026-08). `every_status` names them all.
    """
    chosen: Filter = {"id": ids}
    if every_status:
        chosen["status"] = list(_STATUS.values())
    if kind == Kind.MISCONFIGURATION.word:
        chosen["includeDeleted"] = True
    return Ask(filter=chosen, beyond=("status",) if every_status else (), high=now)


def filter_by(kind: str, ask: Ask, *, old_names: bool, words: Words | None = None) -> Filter:
    """The `filterBy` to send, with the range of the part put in, in the names of the tenant's generation.

    `words` are all that the tenant has for a field of the filter. A field that is not in it keeps the words we know.
    """
    sent = dict(ask.filter)
    for field in ask.beyond:
        if field in sent and words is not None:
            sent[field] = [
                *sent[field],
                *(word for word in words.get(field, ()) if word not in known_words(kind, field)),
            ]
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


def _part(
    kind: Kind, name: str, chosen: Filter, now: Instant, *, beyond: tuple[str, ...], order: str | None = None
) -> Part:
    # A field that is not filtered at all brings every word.
    beyond = tuple(field for field in beyond if field in chosen)
    ask = Ask(filter=chosen, beyond=beyond, order=order, high=now)
    return Part(name=f"{kind.word}/{name}", kind=kind.word, filter=ask.encode())


def _beyond(scope: Scope, *, severity: bool) -> tuple[str, ...]:
    """The fields of which the scope leaves nothing out."""
    fields = []
    if severity and set(scope.severities) >= _NAMED_SEVERITIES:
        fields.append("severity")
    if set(scope.states) >= _STATUS.keys():
        fields.append("status")
    return tuple(fields)


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
    if set(words) != set(all_severities(kind.word)):
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


def known_words(kind: str, field: str) -> frozenset[str]:
    """The words of a filter's field that Callboard has a meaning for."""
    return frozenset(all_severities(kind) if field == "severity" else _STATUS.values())


def all_severities(kind: str) -> list[str]:
    """Wiz's words for them, the worst first."""
    return ["CRITICAL", "HIGH", "MEDIUM", "LOW", _INFO[kind]]


def _whole_second(at: Instant) -> Instant:
    """Earlier by up to a second: asking for a little more is harmless."""
    return Instant(at // SECOND * SECOND)
