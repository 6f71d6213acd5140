"""Why a resource is whose it is, told to one viewer. Pure values."""

from __future__ import annotations

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.ownership.inherited import BaseImage
from callboard.domain.ownership.verdict import Word


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said about whose a resource is."""

    id: int
    word: Word
    component: EntityRef
    actor: str
    reason: str
    at: Instant
    ended_at: Instant | None
    """When it was taken back. None: it stands."""
    ended_by: str | None


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate, with its evidence."""

    component: EntityRef
    owner: EntityRef | None
    owner_problem: str | None
    """Why the owner cannot act, in words."""
    tier: int
    text: str
    won: bool
    dropped: str | None
    """Why it does not count."""
    seen_at: Instant
    """Since when this is known."""


class Tenure(msgspec.Struct, frozen=True, kw_only=True):
    """Whose it was for a while."""

    components: tuple[EntityRef, ...]
    verdict: str
    tier: int | None
    from_at: Instant
    to_at: Instant | None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about whose one resource is."""

    external_id: str
    source: str
    name: str
    type: str
    verdict: str
    reason: str | None
    """Why it is not simply mapped, in words."""
    tier: int | None
    """Of the evidence that decided."""
    components: tuple[EntityRef, ...]
    disputed: bool
    """Evidence that may route speaks for somebody else as well."""
    open_findings: int
    """In sight."""
    grounds: tuple[Ground, ...]
    """The winners first, then by strength."""
    spoken: tuple[Spoken, ...]
    """The newest first."""
    history: tuple[Tenure, ...]
    """The newest first."""
    withheld: bool
    """Components are concerned that the viewer may not see."""
    waits: bool
    """Other evidence has won once and has to win once more."""
    base: BaseImage | None = None
    """The image that it is or runs, what that was built on, and whose that is which came with it. None: it names no image."""
    may_map: bool = False
    """The viewer may say whose it is for everybody."""
    may_confirm: tuple[EntityRef, ...] = ()
    """Components of which the viewer may say that it is theirs."""
    may_deny: tuple[EntityRef, ...] = ()
    """Components of which the viewer may say that it is not theirs."""
    may_undo: tuple[int, ...] = ()
    """Of `spoken`, by id: what the viewer may take back."""
