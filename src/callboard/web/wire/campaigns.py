"""JSON shapes of campaigns. The same contract as `wire`. Every number is of the findings that the caller sees."""

from __future__ import annotations

import msgspec


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """Findings that are to be gone by a day, frozen when it began, and how many of them are left."""

    id: int
    name: str
    aim: str
    """What it is for. Plain text, untrusted."""
    query: str
    """What was asked when it began."""
    owner: str | None
    """Who sees to it: the reference of a group or a user; null: nobody was named."""
    due: str | None
    """Its last day, such as 2027-01-31; null: it has none."""
    late: bool
    """Its day has passed with work left."""
    made_at: str
    made_by: str
    ended_at: str | None
    """When somebody ended it; null: it runs."""
    ended_by: str | None
    findings: int
    open: int
    fixed: int
    gone: int
    """Closed because their resource was removed, which is no fix."""
    suppressed: int
    """Set aside by people, here or at their source."""
    queries: dict[str, str]
    """By name of a number, what lists exactly the findings that it counts."""
    may_change: bool
    """Whether the caller may change and end it."""
    url: str
    """Its page, as a path."""


class Campaigns(msgspec.Struct, frozen=True, kw_only=True):
    """Running campaigns by their day, then ended ones."""

    campaigns: list[Campaign]


class CampaignDay(msgspec.Struct, frozen=True, kw_only=True):
    """How it stood at the end of a day; the last one may not be over."""

    day: str
    open: int
    fixed: int
    gone: int
    suppressed: int


class CampaignPage(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign with its burndown."""

    campaign: Campaign
    days: list[CampaignDay]
    """From the day it began on."""


class CampaignChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a campaign says about itself; what is left out is emptied."""

    name: str
    aim: str = ""
    owner: str | None = None
    due: str | None = None
    """Its last day, such as 2027-01-31."""


class CampaignDraft(CampaignChange, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A campaign to begin with the findings of a query."""

    q: str
    count: int | None = None
    """How many findings the query had when the caller looked; with another number by now nothing begins."""
