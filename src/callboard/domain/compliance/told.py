"""Rows behind a number, as they are told: the same five things of whatever it counts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, assert_never

import msgspec

from callboard.domain.compliance.facts import (
    ComponentFact,
    DecisionFact,
    EntryFact,
    FeedFact,
    MessageFact,
    PolicyFact,
    ResourceFact,
    RunFact,
    SourceFact,
)
from callboard.domain.compliance.life import Life
from callboard.domain.compliance.measure import Subject
from callboard.domain.decision import DecisionKind
from callboard.domain.finding import State
from callboard.domain.instant import Instant, to_text


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was counted."""

    id: str
    """What it is known by: the source's own id, an entity reference, a number."""
    name: str
    at: Instant | None
    """When it began: a finding's first detection, a decision's moment, a reading's beginning."""
    facts: tuple[tuple[str, str], ...]
    """What else tells it apart."""
    finding_id: int | None = None
    """Of a finding: where its page is."""


FACTS: Mapping[Subject, tuple[str, ...]] = MappingProxyType({
    Subject.FINDING: (
        "source", "kind", "rule", "severity", "state", "due", "closed", "answered", "ticket", "told", "told_late",
        "accepted_by", "asked_by",
    ),
    Subject.SOURCE: ("last_whole",),
    Subject.RUN: ("mode", "state", "ended"),
    Subject.DECISION: ("by", "findings", "reason", "until"),
    Subject.COMPONENT: ("owner", "can_act", "bill", "packages", "suppliers", "licences"),
    Subject.RESOURCE: ("type", "verdict", "tier"),
    Subject.ENTRY: ("by", "subject"),
    Subject.POLICY: ("kind", "revision", "by"),
    Subject.FEED: ("matched",),
    Subject.MESSAGE: ("sort", "team", "channel", "findings", "arrived"),
})  # fmt: skip
"""What is told of each subject where it is known, in this order."""

MOMENTS = frozenset(
    {
        "due",
        "closed",
        "answered",
        "until",
        "ended",
        "bill",
        "last_whole",
        "ticket",
        "told",
        "told_late",
        "arrived",
        "matched",
    }
)
"""Those that are instants, told as RFC 3339."""

AnyFact = (
    Life
    | SourceFact
    | RunFact
    | DecisionFact
    | ComponentFact
    | ResourceFact
    | EntryFact
    | PolicyFact
    | MessageFact
    | FeedFact
)


def row_of(item: AnyFact, sources: Mapping[int, str]) -> Row:
    """How it is told. `sources` names them by number."""
    match item:
        case Life():
            return _finding(item, sources)
        case SourceFact():
            last = item.whole[-1] if item.whole else None
            return _row(item.name, item.kind, item.whole[0] if item.whole else None, last_whole=last)
        case RunFact():
            state = "not applied by the end" if item.state is None else item.state.value
            return _row(
                item.id, item.source, item.started_at, mode=item.mode.value, state=state, ended=item.finished_at
            )
        case DecisionFact():
            return _row(
                item.id, item.kind.word, item.at, by=item.actor, findings=item.findings, reason=item.reason,
                until=item.until_at,
            )  # fmt: skip
        case ComponentFact():
            can_act = "yes" if item.can_act else "no"
            said = item.said if item.bill_at is not None else None
            return _row(
                item.ref, item.ref, None, owner=item.owner, can_act=can_act, bill=item.bill_at, packages=item.packages,
                suppliers=None if said is None else f"{said.suppliers} of {said.parts}",
                licences=None if said is None else f"{said.licences} of {said.parts}",
            )  # fmt: skip
        case ResourceFact():
            return _row(item.id, item.name, item.since, type=item.type, verdict=item.verdict, tier=item.tier)
        case EntryFact():
            return _row(item.seq, item.action, item.at, by=item.actor, subject=item.subject)
        case PolicyFact():
            return _row(f"{item.kind}/{item.name}", item.name, item.at, kind=item.kind, revision=item.n, by=item.actor)
        case FeedFact():
            return _row(item.name, item.name, item.read_at, matched=item.matched_at)
        case MessageFact():
            return _row(
                item.key, f"{item.sort.word} to {item.team}", item.made_at, sort=item.sort.word, team=item.team,
                channel=item.channel, findings=item.findings, arrived=item.at,
            )  # fmt: skip
        case _:
            assert_never(item)


def _finding(life: Life, sources: Mapping[int, str]) -> Row:
    last = life.spells[-1]
    accepted = life.last_word(DecisionKind.ACCEPT) if life.state is State.ACCEPTED else None
    row = _row(
        life.external_id, life.title, life.opened_at, source=sources.get(life.source_id, ""), kind=life.kind.word,
        rule=life.rule, severity=life.severity.word, state=life.state.word, due=life.due_at, closed=last.ended_at,
        answered=life.answered_at, ticket=life.ticket_at, told=life.notice.at, told_late=life.notice.overdue_at,
        accepted_by=accepted.actor if accepted else None, asked_by=accepted.asked_by if accepted else None,
    )  # fmt: skip
    return msgspec.structs.replace(row, finding_id=life.id)


def _row(id_: str | int, name: str, at: Instant | None, **facts: Any) -> Row:
    told = {key: to_text(value) if key in MOMENTS else str(value) for key, value in facts.items() if value is not None}
    return Row(id=str(id_), name=name, at=at, facts=tuple(told.items()))
