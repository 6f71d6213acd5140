"""JSON shapes of what a team leaves out of its work list. As `wire`: names here are added to, never changed."""

from __future__ import annotations

import msgspec


class TeamLeftOutPart(msgspec.Struct, frozen=True, kw_only=True):
    """What one term leaves out."""

    term: str
    query: str
    """The findings that it leaves out."""
    findings: int


class TeamLeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A team's word. Totals count what it leaves out."""

    team: str
    terms: str
    actor: str
    at: str
    parts: list[TeamLeftOutPart]
    """One finding may be in several."""


class TeamLeftOutDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a team is to leave out; an empty text shows everything again."""

    terms: str
