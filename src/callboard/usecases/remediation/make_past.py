"""Give a board a past: for one that is made up, and would otherwise have known its findings since a minute ago."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from callboard.domain.access import LAPTOP, Right, Viewer
from callboard.domain.decision import Decision, Draft, settled
from callboard.domain.finding import State
from callboard.domain.instant import Instant
from callboard.domain.remediation.engagement import Door, Engagement, hour_of
from callboard.domain.remediation.message import Item, Message
from callboard.domain.standing import Effect, Standing, judge
from callboard.errors import ConflictError, NotFoundError
from callboard.store import Store, deciders, decisions
from callboard.store.database import bump_revision
from callboard.store.people import audit
from callboard.store.remediation import engagement, past


def have_been_here(store: Store, since: Instant) -> int:
    """Say that the board has been here since then: it stored each finding when its source detected it, or then. Returns how many."""
    with store.write() as conn:
        return past.store_sooner(conn, since)


def have_said(store: Store, viewer: Viewer, draft: Draft, finding_id: int, *, at: Instant) -> None:
    """Say something about a finding that was open then, though its source may have closed it since.

    Raises NotAllowedError, NotFoundError, ConflictError and InvalidQueryError as saying it now does.
    """
    viewer.require(Right.DECIDE)
    draft = settled(draft, now=at)
    with store.write() as conn:
        if not deciders.in_sight(conn, store.dialect, viewer.acting, (finding_id,)):
            raise NotFoundError
        before = decisions.known(conn, store.dialect, (finding_id,))
        facts = msgspec.structs.replace(before.facts(finding_id), told=State.OPEN)
        effect = judge(draft, before.standing.get(finding_id, Standing()), facts, actor=viewer.named)
        if not isinstance(effect, Effect):
            raise ConflictError(effect.words)
        if effect.state is not None or effect.new != effect.old:
            raise ConflictError("What changes a finding cannot be said of a day that is past.")
        fields = {name: getattr(draft, name) for name in Draft.__struct_fields__}
        decision = Decision(id=decisions.next_number(conn), actor=viewer.named, at=at, **fields)
        decisions.write(conn, store, decision, {finding_id: effect}, before, now=at)
        audit.note(
            conn, at=at, actor=viewer.named, action=f"finding.{draft.kind.word}", subject=f"finding:{finding_id}",
            detail={"decision": str(decision.id), "findings": "1"},
        )  # fmt: skip
        bump_revision(conn)


def have_written(store: Store, channel: str, letters: Iterable[tuple[Message, Collection[Item]]]) -> None:
    """Messages as they would have been composed on their day: they wait in the outbox with their words, as after a first try.

    Each comes with what it was made for; a digest with nothing.
    """
    with store.write() as conn:
        for message, items in letters:
            past.write_message(conn, channel, message, items)


def have_looked(store: Store, looks: Iterable[tuple[Instant, int, Engagement, Door]]) -> None:
    """What people did with findings, and when, without who they were. Raises NotFoundError."""
    with store.write() as conn:
        for at, finding_id, what, door in looks:
            engagement.note(conn, LAPTOP, finding_id, what, door, hour=hour_of(at))
