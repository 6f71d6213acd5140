"""Campaigns: begin one with the findings of a query, see how it stands, change what it says, end it.

Who sees a campaign is who sees one of its findings, and every number is of the findings in sight. It is begun with what
its maker may decide about; whoever made it or sees to it, and whoever may decide about everything, changes and ends it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from callboard.domain.access import Everything, Right, Viewer
from callboard.domain.component import EntityRef, entity_ref
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import Query
from callboard.domain.remediation.campaign import (
    LONGEST_AIM,
    LONGEST_DAYS,
    LONGEST_NAME,
    Campaign,
    Point,
    Tally,
    burndown,
)
from callboard.errors import ConflictError, InvalidQueryError, NotAllowedError, NotFoundError
from callboard.ports import Clock
from callboard.store import Connection, Store, deciders
from callboard.store.board import sources as source_store
from callboard.store.board import visits
from callboard.store.database import bump_revision
from callboard.store.people import audit
from callboard.store.query.filters import Asking
from callboard.store.remediation import campaigns

MANY = 10_000
"""Findings from which on the database is told what it holds now."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says about a campaign."""

    name: str
    aim: str = ""
    owner: str | None = None
    """The reference of a group or a user."""
    due_at: Instant | None = None
    """The end of its last day."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign and how it stands."""

    campaign: Campaign
    tally: Tally
    may_change: bool


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign with all that happened to it."""

    standing: Standing
    points: tuple[Point, ...]


def begin(
    store: Store, viewer: Viewer, draft: Draft, query: Query, *, clock: Clock, count: int | None = None
) -> Standing:  # fmt: skip
    """Freeze the findings of a query that are the viewer's to decide about. `count`: how many there were to see.

    Raises InvalidQueryError, ConflictError when there are more or fewer by now, and NotAllowedError.
    """
    viewer.require(Right.DECIDE)
    with store.write() as conn:
        now = clock.now()
        campaign = _drafted(conn, viewer, draft, now=now, query=query.canonical)
        stale, visited_at = source_store.stale(conn, now=now), visits.last(conn, viewer.key)
        asking = Asking(now=now, me=viewer.owners, visited_at=visited_at, stale=stale)
        asked = query.without("sort", "group")
        made, found = campaigns.freeze(conn, viewer.acting, asked, asking, draft=campaign)
        if not found:
            raise InvalidQueryError("Nothing that you may decide about is found by this query.", field="q")
        if count is not None and count != found:
            raise ConflictError(f"It is {found:,} findings now and was {count:,} when you looked.", hint="Look again.")
        if found >= MANY:
            # What came in one go is not in the planner's statistics yet, and the next question is about just that.
            store.dialect.refresh_statistics(conn)
        _note(conn, viewer, "campaign.begin", made, now=now, findings=str(found))
        return _find(conn, viewer, made.id)


def everyone(store: Store, viewer: Viewer) -> tuple[Standing, ...]:
    """All campaigns of which the viewer sees something: running ones by their day, then ended ones."""
    with store.read() as conn:
        return tuple(_standing(viewer, *each) for each in campaigns.all_of(conn, viewer.visibility))


def show(store: Store, viewer: Viewer, campaign_id: int, *, now: Instant) -> Course:
    """One campaign with its burndown. Raises NotFoundError."""
    with store.read() as conn:
        standing = _find(conn, viewer, campaign_id)
        campaign = standing.campaign
        moves = campaigns.moves(conn, viewer.visibility, campaign)
        until = now if campaign.ended_at is None else campaign.ended_at
        present = standing.tally
        points = burndown(present, moves, since=campaign.made_at, until=max(until, now))
        last = until // DAY
        return Course(standing=standing, points=tuple(point for point in points if point.day // DAY <= last))


def change(store: Store, viewer: Viewer, campaign_id: int, draft: Draft, *, clock: Clock) -> Standing:
    """Say something else about a campaign; its findings stay. Raises NotFoundError, NotAllowedError, ConflictError."""
    with store.write() as conn:
        now = clock.now()
        campaign = _changeable(conn, viewer, campaign_id)
        drafted = _drafted(conn, viewer, draft, now=now, query=campaign.query, old=campaign)
        campaigns.keep(conn, drafted)
        _note(conn, viewer, "campaign.change", campaign, now=now)
        return _find(conn, viewer, campaign_id)


def end(store: Store, viewer: Viewer, campaign_id: int, *, clock: Clock) -> Standing:
    """End a campaign, whatever is left. Raises NotFoundError, NotAllowedError, ConflictError."""
    with store.write() as conn:
        now = clock.now()
        campaign = _changeable(conn, viewer, campaign_id)
        campaigns.keep(conn, msgspec.structs.replace(campaign, ended_at=now, ended_by=viewer.named))
        _note(conn, viewer, "campaign.end", campaign, now=now)
        return _find(conn, viewer, campaign_id)


def _find(conn: Connection, viewer: Viewer, campaign_id: int) -> Standing:
    found = campaigns.find(conn, viewer.visibility, campaign_id)
    if found is None:
        raise NotFoundError
    return _standing(viewer, *found)


def _standing(viewer: Viewer, campaign: Campaign, tally: Tally) -> Standing:
    is_theirs = (
        campaign.made_by == viewer.named
        or isinstance(viewer.visibility, Everything)
        or (viewer.owners is not None and campaign.owner in viewer.owners)
    )
    may = is_theirs and Right.DECIDE in viewer.rights and campaign.ended_at is None
    return Standing(campaign=campaign, tally=tally, may_change=may)


def _changeable(conn: Connection, viewer: Viewer, campaign_id: int) -> Campaign:
    viewer.require(Right.DECIDE)
    standing = _find(conn, viewer, campaign_id)
    if standing.campaign.ended_at is not None:
        raise ConflictError("This campaign has ended.")
    if not standing.may_change:
        raise NotAllowedError("This campaign is for whoever made it or sees to it to change.")
    return standing.campaign


def _drafted(
    conn: Connection, viewer: Viewer, draft: Draft, *, now: Instant, query: str, old: Campaign | None = None
) -> Campaign:
    """The campaign that a draft makes, checked."""
    name, aim = " ".join(draft.name.split()), draft.aim.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidQueryError(f"A campaign's name has 1 to {LONGEST_NAME} characters.", field="name")
    if len(aim) > LONGEST_AIM or not aim.replace("\n", "").replace("\r", "").isprintable():
        raise InvalidQueryError(f"What a campaign is for has at most {LONGEST_AIM} characters.", field="aim")
    due_at, moved = draft.due_at, old is None or draft.due_at != old.due_at
    if due_at is not None and moved and not now < due_at <= now + LONGEST_DAYS * DAY:
        raise InvalidQueryError("The day lies within three years from today.", field="due")
    maker = viewer.named if old is None else old.made_by
    if campaigns.is_named(conn, maker, name, but=0 if old is None else old.id):
        raise ConflictError(f"There is a running campaign {name!r} already.", hint="Give it another name.")
    owner = _owner(conn, viewer, draft.owner, old)
    if old is not None:
        return msgspec.structs.replace(old, name=name, aim=aim, owner=owner, due_at=due_at)
    return Campaign(
        id=0, name=name, aim=aim, query=query, owner=owner, due_at=due_at, made_at=now, made_by=viewer.named,
        ended_at=None, ended_by=None, first_event=0,
    )  # fmt: skip


def _owner(conn: Connection, viewer: Viewer, text: str | None, old: Campaign | None) -> EntityRef | None:
    if not text:
        return None
    try:
        ref = entity_ref(text, kind="group")
    except ValueError as error:
        raise InvalidQueryError(f"{error}.", field="owner", hint="For example group:default/payments.") from error
    is_known = ref in (viewer.owners or ()) or (old is not None and ref == old.owner)
    if not is_known and not deciders.may_be_given_to(conn, viewer.visibility, ref):
        raise InvalidQueryError("There is no such group or user, or you may not know of it.", field="owner")
    return ref


def _note(conn: Connection, viewer: Viewer, action: str, campaign: Campaign, *, now: Instant, **detail: str) -> None:
    told: Mapping[str, str] = {"campaign": str(campaign.id), **detail}
    bump_revision(conn)
    audit.note(conn, at=now, actor=viewer.named, action=action, subject=f"campaign:{campaign.id}", detail=dict(told))
