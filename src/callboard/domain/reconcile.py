"""Reconcile: what is stored + what was observed → what changes. Pure, and the only place that decides it.

Identity, first and last seen, reopening, flapping and what absence means live here. The store hands in what it has and
writes down what comes out.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import UNSET

from callboard.domain import due as due_dates
from callboard.domain.due import DEFAULT, Policy, Signals, earlier
from callboard.domain.finding import LAST_OPEN, Detail, Kind, Observed, Severity, State, shown
from callboard.domain.instant import DAY, Instant, to_text
from callboard.domain.priority import NOTHING_KNOWN, UNTOLD, blast_of, is_exposed, priority_of, signs


@enum.unique
class EventKind(enum.IntEnum):
    """What can happen to a finding. The numbers are stored: never reuse one."""

    OPENED = 1
    """Shown first in every history; not stored as an event, since the finding's own row tells it."""
    STATE = 2
    REOPENED = 3
    SEVERITY = 4
    DUE = 5
    PROJECTS = 6
    OWNER = 7
    SCOPE = 8
    FIRST_DETECTED = 9
    SAID = 10
    """A person said something that leaves the state as it was: took it, commented on it, took a word back, …"""
    RETURNED = 11
    """Open again: what a person had said was taken back, or ended by itself."""
    BENEATH = 12
    """What the source told changed, while a decision keeps it where it is."""
    LAYER = 13
    """It came with the base image of its resource, or it is in what was built on that."""
    TICKET = 14
    """It has a ticket in a tracker now, or has one no more; the tracker's own dates stand with the ticket."""

    @property
    def word(self) -> str:
        """The word used in the API and on the pages."""
        return self.name.lower().replace("_", "-")


@enum.unique
class Actor(enum.IntEnum):
    """Who made it happen. The numbers are stored: never reuse one."""

    SOURCE = 1
    """The source said so."""
    ABSENCE = 2
    """A complete run no longer held it, and the source does not know its id any more."""
    PERSON = 3
    RULE = 4
    CATALOG = 5

    @property
    def word(self) -> str:
        """The word used in the API and on the pages."""
        return self.name.lower()


_STATE, _SOURCE, _OPEN_WORD = EventKind.STATE, Actor.SOURCE, State.OPEN.word
"""What the opening of a million findings needs, looked up once."""


class Event(msgspec.Struct, frozen=True, gc=False):
    """One fact about a finding, append-only."""

    kind: EventKind
    at: Instant
    actor: Actor
    old: str | None
    new: str | None


class Stored(msgspec.Struct, frozen=True, gc=False):
    """What the database knows of a finding, as far as a decision needs it."""

    id: int
    kind: Kind
    state: State
    """By the source."""
    severity: Severity
    first_detected_at: Instant
    last_detected_at: Instant | None
    status_changed_at: Instant | None
    updated_at: Instant | None
    fixed_at: Instant | None
    due_at: Instant | None
    reopened: int
    in_scope: bool
    policy_due_at: Instant | None = None
    """The policy's part of `due_at`."""
    priority: int = NOTHING_KNOWN
    blast: int = UNTOLD
    aside: State | None = None
    """What a standing decision makes of it while its source calls it open. No observation changes that."""


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """What a finding is after an observation."""

    state: State
    """By the source."""
    severity: Severity
    first_detected_at: Instant
    last_detected_at: Instant | None
    status_changed_at: Instant | None
    updated_at: Instant | None
    fixed_at: Instant | None
    due_at: Instant | None
    reopened: int
    events: tuple[Event, ...]
    policy_due_at: Instant | None = None
    priority: int = NOTHING_KNOWN
    blast: int = UNTOLD
    outdated: bool = False
    """The observation is older than what is stored: nothing of it is used."""
    aside: State | None = None

    @property
    def shown(self) -> State:
        """Where it stands, with what people decided."""
        return shown(self.state, self.aside)


def first_sight(observed: Observed, policy: Policy = DEFAULT) -> Verdict:
    """A finding that was never stored before. Its opening needs no event: the finding itself is the record of it."""
    events: tuple[Event, ...] = ()
    fixed_at = None
    if observed.state > LAST_OPEN:
        fixed_at = _fixed_at(observed, None)
        at = fixed_at or observed.first_detected_at
        events = (Event(_STATE, at, _SOURCE, _OPEN_WORD, observed.state.word),)
    last, changed, updated, source_due = (
        observed.last_detected_at, observed.status_changed_at, observed.updated_at, observed.due_at
    )  # fmt: skip
    signals = _signals(observed, None)
    limit = policy.limit(signals)
    first = observed.first_detected_at
    policy_due = None if limit.days is None else due_dates.end_of_day(first, limit.days)
    return Verdict(
        state=observed.state,
        severity=observed.severity,
        first_detected_at=observed.first_detected_at,
        last_detected_at=None if last is UNSET else last,
        status_changed_at=None if changed is UNSET else changed,
        updated_at=None if updated is UNSET else updated,
        fixed_at=fixed_at,
        due_at=earlier(None if source_due is UNSET else source_due, policy_due),
        reopened=0,
        events=events,
        policy_due_at=policy_due,
        priority=priority_of(limit, signals),
        blast=blast_of(signals.exposed),
    )


def reconcile(stored: Stored, observed: Observed, policy: Policy = DEFAULT) -> Verdict:
    """A finding that is stored and was observed again.

    The newest version of a record wins, whatever order pages come in; an older one changes nothing. The first
    detection never moves later and the last never earlier. A field that this door does not tell stays as it was.
    """
    if is_older(stored, observed):
        return keep(stored)
    events: list[Event] = []
    at = _event_time(observed)
    state, reopened, fixed_at = observed.state, stored.reopened, stored.fixed_at
    before, after = shown(stored.state, stored.aside), shown(state, stored.aside)
    if state.is_open and not stored.state.is_open:
        # One that was closed by absence comes back with its old dates: it did so after it was closed.
        reopened_at = max(at, stored.fixed_at or at)
        events.append(Event(EventKind.REOPENED, reopened_at, Actor.SOURCE, before.word, after.word))
        reopened += 1
    elif before != after:
        closed_at = _fixed_at(observed, stored) if not state.is_open else None
        events.append(Event(EventKind.STATE, closed_at or at, Actor.SOURCE, before.word, after.word))
    elif state != stored.state:
        events.append(Event(EventKind.BENEATH, at, Actor.SOURCE, stored.state.word, state.word))
    fixed_at = _fixed_at(observed, stored)
    if observed.severity != stored.severity:
        events.append(Event(EventKind.SEVERITY, at, Actor.SOURCE, stored.severity.word, observed.severity.word))
    first = min(stored.first_detected_at, observed.first_detected_at)
    signals = _signals(observed, stored)
    limit = policy.limit(signals)
    opened_again_at = events[0].at if reopened > stored.reopened else None
    policy_due = _policy_due(stored, policy, signals, first=first, reopened_at=opened_again_at, at=at)
    source_due = _source_due(stored) if observed.due_at is UNSET else observed.due_at
    due_at = earlier(source_due, policy_due)
    if due_at != stored.due_at:
        actor = Actor.SOURCE if source_due != _source_due(stored) else Actor.RULE
        events.append(Event(EventKind.DUE, at, actor, _text(stored.due_at), _text(due_at)))
    if first != stored.first_detected_at:
        events.append(
            Event(EventKind.FIRST_DETECTED, first, Actor.SOURCE, to_text(stored.first_detected_at), to_text(first))
        )
    return Verdict(
        state=state,
        severity=observed.severity,
        first_detected_at=first,
        last_detected_at=later(stored.last_detected_at, _given(observed.last_detected_at)),
        status_changed_at=later(stored.status_changed_at, _given(observed.status_changed_at)),
        updated_at=later(stored.updated_at, _given(observed.updated_at)),
        fixed_at=fixed_at,
        due_at=due_at,
        reopened=reopened,
        events=tuple(events),
        policy_due_at=policy_due,
        priority=priority_of(limit, signals),
        blast=blast_of(signals.exposed),
        aside=stored.aside,
    )


def _signals(observed: Observed, stored: Stored | None) -> Signals:
    """What is known of the danger; what this door does not tell is as it was."""
    detail = observed.detail
    known_exploited, exposed, epss = detail.known_exploited, detail.exposed, detail.epss
    if stored is not None and UNSET in (known_exploited, exposed, epss):
        former = _former_signals(stored)
        known_exploited = former.known_exploited if known_exploited is UNSET else known_exploited
        exposed = former.exposed if exposed is UNSET else exposed
        epss = former.epss if epss is UNSET else epss
    return Signals(
        observed.kind,
        observed.severity,
        None if known_exploited is UNSET else known_exploited,
        None if exposed is UNSET else exposed,
        None,
        None,
        None if epss is UNSET else epss,
    )


def _former_signals(stored: Stored) -> Signals:
    """What was known of the danger, as far as the stored priority tells."""
    known = signs(stored.priority)
    return Signals(
        kind=stored.kind,
        severity=stored.severity,
        known_exploited=known.known_exploited or None,
        exposed=is_exposed(stored.blast),
        epss=known.epss or None,
    )


def _source_due(stored: Stored) -> Instant | None:
    """The source's own date, where it is the one that counts."""
    return stored.due_at if stored.due_at != stored.policy_due_at else None


def _policy_due(
    stored: Stored, policy: Policy, signals: Signals, *, first: Instant, reopened_at: Instant | None, at: Instant
) -> Instant | None:
    """The policy's date: anew when it was opened again, earlier when it became worse, and otherwise never later."""
    if reopened_at is not None:
        return due_dates.policy_due(policy, signals, opened_at=reopened_at)
    before, after = policy.limit(_former_signals(stored)).days, policy.limit(signals).days
    is_worse = after is not None and (before is None or after < before)
    if is_worse:
        fresh = due_dates.policy_due(policy, signals, opened_at=at)
    elif first < stored.first_detected_at and not stored.reopened:
        fresh = due_dates.policy_due(policy, signals, opened_at=first)
    else:
        return stored.policy_due_at
    return earlier(stored.policy_due_at, fresh)


def keep(stored: Stored) -> Verdict:
    """The finding as it is: the observation was older."""
    return Verdict(
        state=stored.state,
        severity=stored.severity,
        first_detected_at=stored.first_detected_at,
        last_detected_at=stored.last_detected_at,
        status_changed_at=stored.status_changed_at,
        updated_at=stored.updated_at,
        fixed_at=stored.fixed_at,
        due_at=stored.due_at,
        reopened=stored.reopened,
        events=(),
        policy_due_at=stored.policy_due_at,
        priority=stored.priority,
        blast=stored.blast,
        outdated=True,
        aside=stored.aside,
    )


def absent(state: State, *, run_started_at: Instant) -> Event:
    """An open finding that a complete run over its scope did not hold, and whose id the source no longer knows."""
    return Event(EventKind.STATE, run_started_at, Actor.ABSENCE, state.word, State.FIXED.word)


FLAPS = 3
"""Coming back this often …"""
FLAP_WINDOW = 30 * DAY
"""… within this long is flapping (microseconds)."""


def is_flapping(reopened_at: Iterable[Instant]) -> bool:
    """True when the finding came back three times or more within 30 days, at any time."""
    times = sorted(reopened_at)
    return any(times[i + FLAPS - 1] - times[i] <= FLAP_WINDOW for i in range(len(times) - FLAPS + 1))


class Safety(msgspec.Struct, frozen=True, kw_only=True):
    """When a run is held for a person instead of applied. Shares of the source's open findings in scope, 0 to 1."""

    close_share: float = 0.2
    """A run that would close more than this is held."""
    new_share: float = 0.2
    """With this many new *and* this many gone the source has probably renamed its ids: held."""
    owner_share: float = 0.02
    """A run that would move the owner of more findings than this, or a catalog reading of more resources, is held."""
    entity_share: float = 0.9
    """A catalog reading with fewer entities than this share of the last one is not applied."""
    min_findings: int = 20
    """Below this many nothing is surprising."""


def surprise(
    *,
    open_before: int,
    closing: int,
    new: int,
    safety: Safety,
    moved: int = 0,
    moved_by_projects: int = 0,
    findings: int = 0,
) -> str | None:
    """Why a finished run must be held for a person, in words; None when it may be applied.

    `moved` of the source's `findings` would go to another owner, `moved_by_projects` of these because projects changed
    their place among folders.
    """
    return _surprising_end(open_before, closing, new, safety) or _surprising_move(
        moved, moved_by_projects, findings, safety
    )


def _surprising_end(open_before: int, closing: int, new: int, safety: Safety) -> str | None:
    if closing < safety.min_findings or open_before == 0:
        return None
    share = closing / open_before
    if share > safety.new_share and new / open_before > safety.new_share:
        return (
            f"{new} findings are new and {closing} of {open_before} open ones are gone: "
            "the source may have renamed its ids."
        )
    if share > safety.close_share:
        return f"It would close {closing} of {open_before} open findings ({share:.0%})."
    return None


def _surprising_move(moved: int, by_projects: int, findings: int, safety: Safety) -> str | None:
    if moved < safety.min_findings or findings == 0 or moved / findings <= safety.owner_share:
        return None
    # A finding that moves twice in one run, by its project's folder and by its own projects, is counted twice.
    count = min(moved, findings)
    why = ""
    if by_projects:
        them = "" if by_projects >= moved else f"{by_projects} of them "
        why = f", {them}because the source moved projects into or out of folders"
    return f"It would give {count} of {findings} findings to another owner ({count / findings:.0%}){why}."


def later(one: Instant | None, other: Instant | None) -> Instant | None:
    """The later of two instants, of which each may be unknown."""
    if one is None or other is None:
        return one if other is None else other
    return max(one, other)


def merge_detail(stored: Detail, observed: Detail) -> Detail:
    """The stored document with every field that the observation tells."""
    changes = {name: value for name in Detail.__struct_fields__ if (value := getattr(observed, name)) is not UNSET}
    return msgspec.structs.replace(stored, **changes)


def newest_first(observations: Sequence[Observed]) -> list[Observed]:
    """One observation per id, the newest version of each; the answer does not depend on the order given."""
    best: dict[str, Observed] = {}
    for seen in observations:
        other = best.get(seen.external_id)
        if other is None or _version(seen) > _version(other):
            best[seen.external_id] = seen
    return list(best.values())


def _version(observed: Observed) -> tuple[int, int, bytes]:
    """Sorts versions of one record; the last member only makes equal dates decide alike in any order."""
    return (
        _given(observed.updated_at) or _given(observed.status_changed_at) or 0,
        _given(observed.last_detected_at) or 0,
        msgspec.msgpack.encode(observed),
    )


def is_older(stored: Stored, observed: Observed) -> bool:
    """Whether the observation tells of a time before the stored one."""
    updated_at = _given(observed.updated_at)
    if updated_at is not None:
        return stored.updated_at is not None and updated_at < stored.updated_at
    # A door without versions (a CSV report): its newest date against the newest one we know.
    seen = max(
        _given(observed.last_detected_at) or 0, _given(observed.status_changed_at) or 0, _given(observed.fixed_at) or 0
    )
    known = max(
        stored.last_detected_at or 0, stored.status_changed_at or 0, stored.fixed_at or 0, stored.updated_at or 0
    )
    return seen < known


def _fixed_at(observed: Observed, stored: Stored | None) -> Instant | None:
    """When it was closed: by the source's word, else as stored, else when its status changed; None while open."""
    if observed.state <= LAST_OPEN:
        return None
    known = stored.fixed_at if stored is not None and not stored.state.is_open else None
    return _given(observed.fixed_at) or known or _given(observed.status_changed_at) or _given(observed.updated_at)


def _event_time(observed: Observed) -> Instant:
    return (
        _given(observed.status_changed_at)
        or _given(observed.updated_at)
        or _given(observed.last_detected_at)
        or observed.first_detected_at
    )


def _given(value: Instant | None | msgspec.UnsetType) -> Instant | None:
    return None if value is UNSET else value


def _text(value: Instant | None) -> str | None:
    return None if value is None else to_text(value)
