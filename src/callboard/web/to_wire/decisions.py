"""What people say about findings: from the API's JSON shapes, and to them."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from callboard.domain import decision
from callboard.domain.decision import DecisionKind, Draft, Justification, Reason, Until
from callboard.domain.instant import Instant, from_datetime, to_text
from callboard.domain.query import parse
from callboard.domain.standing import HANDS, doer
from callboard.errors import InvalidQueryError
from callboard.usecases.remediation.decide import Done, Target
from callboard.web.wire import decisions as wire

E = TypeVar("E", bound=enum.Enum)

ACTS = {kind.word: kind for kind in DecisionKind if kind is not DecisionKind.RETURN}
"""What people can say, by its word."""


def told(said: decision.Decision) -> wire.Decision:
    """A decision as JSON."""
    return wire.Decision(
        id=said.id,
        act=said.kind.word,
        actor=said.actor,
        at=to_text(said.at),
        note=said.note,
        until=said.snooze,
        until_at=None if said.until_at is None else to_text(said.until_at),
        reason=said.reason,
        justification=said.justification,
        to=doer(said) if said.kind in HANDS else None,
        duplicate_of=int(said.about) if said.reason is Reason.DUPLICATE and said.about else None,
        of=said.of,
    )


def done(value: Done) -> wire.DecisionDone:
    """What was said, as JSON."""
    return wire.DecisionDone(
        decision=value.decision,
        act=value.kind.word,
        findings=list(value.findings),
        left_out=[
            wire.LeftOut(finding=each.finding, why=each.why, words=each.words, by=each.by) for each in value.left
        ],
        left_out_count=value.left_count,
        seen=value.newest,
    )


def draft_of(body: wire.DecisionDraft) -> Draft:
    """What somebody wants to say. Raises InvalidQueryError that names the field."""
    kind = ACTS.get(body.act)
    if kind is None:
        raise InvalidQueryError(f"There is no act {body.act[:60]!r}.", field="act", hint=f"One of {', '.join(ACTS)}.")
    is_snooze = kind is DecisionKind.SNOOZE
    about = body.to
    if body.duplicate_of is not None:
        if about is not None or kind is not DecisionKind.DISMISS:
            raise InvalidQueryError(f"That does not go with {kind.word!r}.", field="duplicate_of")
        about = str(body.duplicate_of)
    elif about is not None and kind is DecisionKind.DISMISS:
        raise InvalidQueryError("That does not go with 'dismiss'.", field="to")
    return Draft(
        kind=kind,
        note=body.note,
        snooze=_word(Until, body.until, "until") if is_snooze else None,
        until_at=None if is_snooze else end_of_day(body.until),
        reason=_word(Reason, body.reason, "reason"),
        justification=_word(Justification, body.justification, "justification"),
        about=about,
        of=body.of,
    )


def target_of(body: wire.DecisionDraft) -> Target:
    """Which findings are meant. Raises InvalidQueryError."""
    given = [name for name in ("findings", "bundle", "q") if getattr(body, name) is not None]
    if len(given) > 1:
        raise InvalidQueryError("Name findings, a bundle or a query: just one of these.", field=given[1])
    return Target(
        findings=None if body.findings is None else tuple(body.findings),
        bundle=body.bundle,
        query=None if body.q is None else parse(body.q).without("sort", "group"),
    )


def _word(words: type[E], text: str | None, field: str) -> E | None:
    if not text:
        return None
    try:
        return words(text)
    except ValueError:
        known = ", ".join(str(each.value) for each in words)
        raise InvalidQueryError(f"{text[:60]!r} is not known.", field=field, hint=f"One of {known}.") from None


def end_of_day(text: str | None, field: str = "until") -> Instant | None:
    """The end of a day. Raises InvalidQueryError that names the field."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        return from_datetime(datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1))
    except (ValueError, OverflowError):
        raise InvalidQueryError("A day is expected.", field=field, hint="For example 2027-01-31.") from None
