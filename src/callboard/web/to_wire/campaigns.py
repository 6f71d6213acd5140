"""Campaigns: from the API's JSON shapes, and to them."""

from __future__ import annotations

from collections.abc import Iterable

from callboard.domain.instant import DAY, Instant, to_text
from callboard.domain.query import OneOf, Query
from callboard.domain.remediation.campaign import Campaign, Lot
from callboard.usecases.remediation.run_campaign import Course, Draft, Standing
from callboard.web import links
from callboard.web.to_wire.decisions import end_of_day
from callboard.web.wire import campaigns as wire


def draft_of(body: wire.CampaignChange) -> Draft:
    """What somebody says about a campaign. Raises InvalidQueryError that names the field."""
    return Draft(
        name=body.name, aim=body.aim, owner=body.owner or None, due_at=end_of_day(body.due, field="due")
    )  # fmt: skip


def query_of(campaign: Campaign, lot: Lot | None = None) -> Query:
    """What lists the findings of a campaign, or those in one lot."""
    terms = (OneOf("campaign", (str(campaign.id),)),)
    return Query(terms if lot is None else (*terms, OneOf("is", (lot.value,))))


def day(at: Instant) -> str:
    """The day of an instant, such as 2027-01-31."""
    return to_text(Instant(at // DAY * DAY))[:10]


def campaign(standing: Standing, now: Instant) -> wire.Campaign:
    """A campaign as JSON."""
    found, tally = standing.campaign, standing.tally
    lots = {"open": Lot.OPEN, "fixed": Lot.FIXED, "gone": Lot.GONE, "suppressed": Lot.ASIDE}
    queries = {"findings": query_of(found).canonical} | {
        name: query_of(found, lot).canonical for name, lot in lots.items()
    }
    return wire.Campaign(
        id=found.id, name=found.name, aim=found.aim, query=found.query, owner=found.owner,
        due=None if found.last_day is None else day(found.last_day),
        late=found.is_late(tally, now), made_at=to_text(found.made_at), made_by=found.made_by,
        ended_at=None if found.ended_at is None else to_text(found.ended_at), ended_by=found.ended_by,
        findings=tally.findings, open=tally.open, fixed=tally.fixed, gone=tally.gone, suppressed=tally.aside,
        queries=queries, may_change=standing.may_change, url=links.campaign(found.id),
    )  # fmt: skip


def campaigns(found: Iterable[Standing], now: Instant) -> wire.Campaigns:
    """All campaigns as JSON."""
    return wire.Campaigns(campaigns=[campaign(each, now) for each in found])


def page(course: Course, now: Instant) -> wire.CampaignPage:
    """A campaign with its burndown as JSON."""
    return wire.CampaignPage(
        campaign=campaign(course.standing, now),
        days=[
            wire.CampaignDay(
                day=day(point.day), open=point.tally.open, fixed=point.tally.fixed, gone=point.tally.gone,
                suppressed=point.tally.aside,
            )
            for point in course.points
        ],
    )  # fmt: skip
