"""JSON shapes of what people say about findings. The same contract as `wire`."""

from __future__ import annotations

import msgspec


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said about one or more findings."""

    id: int
    act: str
    """take, assign, snooze, dismiss, ask, accept, not-useful, comment, undo or return."""
    actor: str
    at: str
    note: str
    """Plain text, untrusted."""
    until: str | None
    """Of a snooze: 1d, 7d, 30d, fix or worse."""
    until_at: str | None
    """When it ends at the latest; null: by being taken back alone."""
    reason: str | None
    justification: str | None
    to: str | None
    """Who does the work."""
    duplicate_of: int | None
    of: int | None
    """The decision that was taken back, has ended, or was agreed to."""


class DecisionDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to say, about just one of `findings`, `bundle` and `q`; `accept` and `undo` need none of them."""

    act: str
    """take, assign, snooze, dismiss, ask, accept, not-useful, comment or undo."""
    findings: list[int] | None = None
    bundle: str | None = None
    """The key of a bundle: its open findings."""
    q: str | None = None
    """A query: its findings."""
    until: str | None = None
    """Of a snooze 1d, 7d, 30d, fix or worse; else a day such as 2027-01-31, at whose end it comes back."""
    reason: str | None = None
    """Of a dismissal: false-positive, not-used, mitigated, duplicate or wont-fix-retiring."""
    justification: str | None = None
    """Of what is not used: why it is not affected, in the words of OpenVEX with hyphens."""
    duplicate_of: int | None = None
    to: str | None = None
    """Who does the work: the reference of a group or a user."""
    of: int | None = None
    """The decision that is agreed to or taken back."""
    note: str = ""
    seen: int | None = None
    """The newest decision that you know of: what others have said since is not talked over."""
    count: int | None = None
    """How many findings the query had when you looked; if it has another number by now, nothing is done."""
    key: str | None = None
    """The same as the header Idempotency-Key, for who asks through something that drops headers."""
    preview: bool = False
    """Only tell what would be done."""


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A finding about which it cannot be said."""

    finding: int
    why: str
    """not-found, closed, taken, changed, same, own-request, not-asked, has-fix, ended, not-yours, itself or full."""
    words: str
    by: str | None
    """Who was quicker."""


class DecisionDone(msgspec.Struct, frozen=True, kw_only=True):
    """What was said, and about what."""

    decision: int | None
    """Its number, by which it is taken back; null: nothing was said, or this is a preview."""
    act: str
    findings: list[int]
    left_out: list[LeftOut]
    """At most 100 of them."""
    left_out_count: int
    seen: int
    """The newest decision of all."""
