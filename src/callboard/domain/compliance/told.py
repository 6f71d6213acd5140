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
    PolicyFact,
    ResourceFact,
    RunFact,
    SourceFact,
)
from callboard.domain.compliance.life import Life
from callboard.domain.compliance.measure import Subject
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
    Subject.FINDING: ("source", "kind", "rule", "severity", "state", "due", "closed", "answered"),
    Subject.SOURCE: ("last_whole",),
    Subject.RUN: ("mode", "state", "ended"),
    Subject.DECISION: ("by", "findings", "reason", "until"),
    Subject.COMPONENT: ("owner", "can_act", "bill", "packages"),
    Subject.RESOURCE: ("type", "verdict", "tier"),
    Subject.ENTRY: ("by", "subject"),
    Subject.POLICY: ("kind", "revision", "by"),
})  # fmt: skip
"""What is told of each subject where it is known, in this order."""

MOMENTS = frozenset({"due", "closed", "answered", "until", "ended", "bill", "last_whole"})
"""Those that are instants, told as RFC 3339."""

AnyFact = Life | SourceFact | RunFact | DecisionFact | ComponentFact | ResourceFact | EntryFact | PolicyFact


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
            return _row(
                item.ref, item.ref, None, owner=item.owner, can_act=can_act, bill=item.bill_at, packages=item.packages
            )  # fmt: skip
        case ResourceFact():
            return _row(item.id, item.name, item.since, type=item.type, verdict=item.verdict, tier=item.tier)
        case EntryFact():
            return _row(item.seq, item.action, item.at, by=item.actor, subject=item.subject)
        case PolicyFact():
            return _row(f"{item.kind}/{item.name}", item.name, item.at, kind=item.kind, revision=item.n, by=item.actor)
        case _:
            assert_never(item)


def _finding(life: Life, sources: Mapping[int, str]) -> Row:
    last = life.spells[-1]
    row = _row(
        life.external_id, life.title, life.opened_at, source=sources.get(life.source_id, ""), kind=life.kind.word,
        rule=life.rule, severity=life.severity.word, state=life.state.word, due=life.due_at, closed=last.ended_at,
        answered=life.answered_at,
    )  # fmt: skip
    return msgspec.structs.replace(row, finding_id=life.id)


def _row(id_: str | int, name: str, at: Instant | None, **facts: Any) -> Row:
    told = {key: to_text(value) if key in MOMENTS else str(value) for key, value in facts.items() if value is not None}
    return Row(id=str(id_), name=name, at=at, facts=tuple(told.items()))
