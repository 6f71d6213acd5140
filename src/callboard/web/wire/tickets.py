"""JSON shapes of tickets. The same contract as `wire`."""

from __future__ import annotations

import msgspec


class FiledTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that was made or linked here."""

    id: int
    tracker: str
    """The operator's name for it."""
    key: str | None
    """As people call it; null: the tracker has not named it yet."""
    url: str | None
    """Its page in the tracker."""
    state: str
    """making, open, done, gone or failed."""
    status: str | None
    """The tracker's own word; null: not read yet."""
    opened_at: str | None
    """The tracker's own dates."""
    closed_at: str | None
    read_at: str | None
    """When the tracker was asked last."""
    problem: str | None
    """Why it could not be made or read, in words."""


class TicketOfFindings(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket, and how many findings in sight have it."""

    ticket: FiledTicket
    findings: int
    query: str
    """What lists them."""


class TrackerName(msgspec.Struct, frozen=True, kw_only=True):
    """Where tickets can be made."""

    name: str
    kind: str
    """github or jira."""
    project: str
    """The repository, or the project's key."""


class Tickets(msgspec.Struct, frozen=True, kw_only=True):
    """Tickets of findings in sight, newest first."""

    tickets: list[TicketOfFindings]
    trackers: list[TrackerName]
    before: int | None
    """Asks for older ones; null: there are none."""


class TicketDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ticket to be made for one piece of work, or one that is there to be linked; about just one of `finding`, `bundle`, `q`."""

    finding: int | None = None
    """Its whole piece of work for a new ticket; the finding alone for one that is there."""
    bundle: str | None = None
    q: str | None = None
    tracker: str | None = None
    """Where to make it; null: the first tracker that takes the team's work."""
    ticket: str | None = None
    """The key or address of one that is there; null: a new one."""


class TicketDone(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that findings have since now."""

    ticket: FiledTicket
    findings: int
    """For how many that is new."""
    is_new: bool
    """False: there was one for this work already."""


class UnlinkDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which findings have a ticket no more: just one of these."""

    finding: int | None = None
    q: str | None = None


class Unlinked(msgspec.Struct, frozen=True, kw_only=True):
    """How many findings have it no more."""

    findings: int
