"""Say whose one resource is: confirm it, or say that it is not ours; and take either back."""

from __future__ import annotations

from typing import Protocol

import msgspec

from callboard.domain.access import Everything, Right, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.ownership.explanation import Explanation
from callboard.domain.ownership.verdict import Word
from callboard.errors import NotAllowedError, NotFoundError
from callboard.ports import Clock
from callboard.store import Connection, Store, evidence
from callboard.store.database import bump_revision
from callboard.store.ownership import deciding, reviews, speaking
from callboard.store.ownership.speaking import Found
from callboard.store.people import audit
from callboard.usecases.evenly import refused_evenly

LONGEST_REASON = 1_000


class Act(Protocol):
    """Confirming, or saying that it is not ours."""

    def __call__(
        self, store: Store, viewer: Viewer, resource: str, component: EntityRef, *, clock: Clock, reason: str = "",
        source: str | None = None,
    ) -> Said:  # fmt: skip
        """Say it."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What was said, and what followed."""

    id: int
    """Of the decision; it can be taken back by this."""
    word: Word
    resource: str
    component: EntityRef
    moved_findings: int
    """Findings that went to another holding."""
    review: str | None = None
    """The evidence that was said to be wrong so often that somebody should look at it."""


@refused_evenly()
def explain(store: Store, viewer: Viewer, resource: str, source: str | None = None) -> Explanation:
    """Why a resource is whose it is. Raises NotFoundError for an unknown one and for one that is not in sight."""
    with store.read() as conn:
        found = speaking.find(conn, viewer.visibility, resource, source)
        told = speaking.explain(conn, viewer.visibility, found)
        may_map = maps(viewer)
        if may_map:
            theirs = tuple(dict.fromkeys((*told.components, *(each.component for each in told.grounds))))
        elif viewer.owners is not None:
            theirs = tuple(
                ref for ref in told.components if speaking.is_routed_to_own(conn, viewer.visibility, found, ref)
            )
        else:
            theirs = ()
    may_decide = Right.DECIDE in viewer.rights
    return msgspec.structs.replace(
        told,
        may_map=may_map,
        may_confirm=theirs,
        may_deny=theirs if may_decide else (),
        may_undo=tuple(
            each.id
            for each in told.spoken
            if each.ended_at is None and (may_map or (may_decide and each.actor == viewer.named))
        ),
    )


def maps(viewer: Viewer) -> bool:
    """Whether the viewer may say for everybody whose things are."""
    return Right.MAP in viewer.rights and isinstance(viewer.visibility, Everything)


def confirm(
    store: Store, viewer: Viewer, resource: str, component: EntityRef, *, clock: Clock, reason: str = "",
    source: str | None = None,
) -> Said:  # fmt: skip
    """It is theirs.

    By who may map that is the strongest evidence there is; by the team that it is routed to it is an endorsement, which is
    kept and shown and widens nobody's sight.
    Raises NotFoundError for what is not in sight or not in the catalog, NotAllowedError for anybody else.
    """
    with store.write() as conn:
        found, entity_id = _both(conn, viewer, resource, component, source)
        may_map = maps(viewer)
        if may_map:
            word = Word.CONFIRM
            # There is one answer to whose it is; and who maps has heard what the team said.
            former = [
                *speaking.standing(conn, found.id, (Word.CONFIRM,)),
                *speaking.standing(conn, found.id, (Word.NOT_OURS,), entity_id),
            ]
        elif viewer.owners is not None and speaking.is_routed_to_own(conn, viewer.visibility, found, component):
            word, former = Word.ENDORSE, speaking.standing(conn, found.id, (Word.ENDORSE,), entity_id)
        else:
            raise NotAllowedError(
                "Only the team that it is routed to, or who may map, can confirm whose it is.",
                hint="If it is yours, ask security to confirm it.",
            )
        return _say(conn, store, viewer, found, component, entity_id=entity_id, word=word, former=former,
                    reason=reason, now=clock.now())  # fmt: skip


def not_ours(
    store: Store, viewer: Viewer, resource: str, component: EntityRef, *, clock: Clock, reason: str = "",
    source: str | None = None,
) -> Said:  # fmt: skip
    """It is not this component's: the component is no candidate any more, for work and for sight alike, from now on.

    By the team that it is routed to, with the right to decide, or by who may map. Raises NotFoundError, NotAllowedError.
    """
    viewer.require(Right.DECIDE)
    with store.write() as conn:
        found, entity_id = _both(conn, viewer, resource, component, source)
        may_map = maps(viewer)
        if not may_map and not speaking.is_routed_to_own(conn, viewer.visibility, found, component):
            raise NotAllowedError("Only the team that it is routed to can say that it is not theirs.")
        former = speaking.standing(conn, found.id, (Word.ENDORSE, Word.NOT_OURS), entity_id)
        return _say(conn, store, viewer, found, component, entity_id=entity_id, word=Word.NOT_OURS, former=former,
                    reason=reason, now=clock.now())  # fmt: skip


def undo(store: Store, viewer: Viewer, decision_id: int, *, clock: Clock) -> Said:
    """Take back what was said: by who said it, or by who may map. Raises NotFoundError for anything else."""
    with store.write() as conn:
        now = clock.now()
        stated = speaking.stated(conn, decision_id)
        may_map = maps(viewer)
        if stated is None or not (may_map or (stated.actor == viewer.named and Right.DECIDE in viewer.rights)):
            raise NotFoundError
        speaking.end(conn, [decision_id], by=viewer.named, at=now)
        reviews.follow(conn, store.dialect, said=(), unsaid=[decision_id], now=now)
        moved = _follow(conn, store, stated.resource_id, now=now)
        audit.note(
            conn, at=now, actor=viewer.named, action="ownership.undo", subject=f"resource:{stated.resource_id}",
            detail={"component": stated.component, "word": stated.word.value, "decision": str(decision_id)},
        )  # fmt: skip
        bump_revision(conn)
        return Said(
            id=decision_id, word=stated.word, resource="", component=stated.component, moved_findings=moved
        )  # fmt: skip


def _both(
    conn: Connection, viewer: Viewer, resource: str, component: EntityRef, source: str | None
) -> tuple[Found, int]:
    found = speaking.find(conn, viewer.visibility, resource, source)
    entity_id = speaking.entity_id(conn, viewer.visibility, component)
    if entity_id is None:
        raise NotFoundError
    return found, entity_id


def _say(
    conn: Connection, store: Store, viewer: Viewer, found: Found, component: EntityRef, *, entity_id: int, word: Word,
    former: list[int], reason: str, now: Instant,
) -> Said:  # fmt: skip
    same = [each for each in former if speaking.is_word(conn, each, word, entity_id, viewer.named)]
    if same:  # said before, and still so
        return Said(id=same[0], word=word, resource=found.external_id, component=component, moved_findings=0)
    speaking.end(conn, former, by=viewer.named, at=now)
    reason = reason.strip()[:LONGEST_REASON]
    id_ = speaking.say(conn, found, entity_id, word, actor=viewer.named, reason=reason, at=now)
    moved = _follow(conn, store, found.id, now=now) if word is not Word.ENDORSE or former else 0
    audit.note(
        conn, at=now, actor=viewer.named, action=f"ownership.{word}", subject=f"resource:{found.id}",
        detail={"component": component, "decision": str(id_), **({"reason": reason} if reason else {})},
    )  # fmt: skip
    review = next(iter(reviews.follow(conn, store.dialect, said=[id_], unsaid=former, now=now)), None)
    bump_revision(conn)
    return Said(
        id=id_, word=word, resource=found.external_id, component=component, moved_findings=moved, review=review
    )  # fmt: skip


def _follow(conn: Connection, store: Store, resource_id: int, *, now: Instant) -> int:
    """Decide the resource anew; what a person said holds at once. Returns how many findings moved."""
    moved = deciding.decide_anew(conn, store, [resource_id], now=now, at_once=True)
    evidence.moved(conn)
    return moved
