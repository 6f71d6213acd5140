"""JSON shapes of the API about people and programs. As `wire`: names here are added to, never changed."""

from __future__ import annotations

import msgspec


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who the caller is here."""

    actor: str
    """As the log of who did what names the caller."""
    roles: list[str]
    """viewer, owner, security, administrator, machine; empty for the person at the machine."""
    rights: list[str]
    """What the caller may do: decide, map, administer, audit. A page hides what is not among them."""
    owners: list[str] | None
    """The caller and the caller's own groups; null for who is not signed in by name."""
    sees: str
    """everything, own (what these owners own), component (one), or nothing."""
    of_others: str
    """How deep the caller sees what others own: nothing, counts, work, sensitive."""
    tracked: bool
    """Whether there is a tracker in which tickets can be made."""


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody did, or was refused."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    detail: dict[str, str]
    hash: str
    """Covers this entry and the hash before it; hexadecimal."""


class AuditEntries(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of the log of who did what, oldest first."""

    entries: list[AuditEntry]
    next_after: int | None
    """`after` of the next page; null when there is nothing more now."""
