"""Campaigns: which there are, how each stands, and beginning, changing and ending one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from litestar.params import FromPath, RawBody
from litestar.response import Response
from markupsafe import Markup

from callboard.domain.access import Right
from callboard.domain.board import BundleRow
from callboard.domain.query import Query, parse
from callboard.domain.remediation.campaign import Lot, Point
from callboard.usecases import ask
from callboard.usecases.remediation import run_campaign
from callboard.usecases.remediation.run_campaign import Course, Standing
from callboard.web import burndown, forms, links, render
from callboard.web.api.campaigns import begun
from callboard.web.params import board as params
from callboard.web.to_wire import campaigns as to_wire_campaigns
from callboard.web.view import View, Viewing
from callboard.web.wire.campaigns import CampaignChange, CampaignDraft

WORK = 5
"""Pieces of work beside a burndown."""
_SAID = ("name", "aim", "owner", "due")
_BEGUN = (*_SAID, "q", "count")


@dataclass(frozen=True, kw_only=True, slots=True)
class Begin:
    """What a campaign that is not there yet would be begun with."""

    query: str
    count: int
    is_more: bool
    """There are more than `count`."""
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """What the page of all campaigns is given."""

    running: tuple[Standing, ...]
    ended: tuple[Standing, ...]
    may_begin: bool
    begin: Begin | None
    counts: bool
    """Whether what is listed is what may be decided about, all of it counted."""
    own: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What the page of one is given."""

    standing: Standing
    plot: Markup
    days: tuple[Point, ...]
    urls: Mapping[str, str]
    """By name of a number, the list of what it counts."""
    bundles: tuple[BundleRow, ...]
    bundle_count: int
    work_url: str
    last_day: str
    own: tuple[str, ...]
    done: str
    """What was done just now."""


def show_all(view: Viewing) -> Response[str]:
    """Every campaign of which the reader sees something. With `q`, what one would be begun with."""
    text = params.text(view.query)
    found = run_campaign.everyone(view.store, view.viewer)
    begin = None
    if text is not None:
        query = parse(text).without("sort", "group")
        listed = ask.list_findings(view.store, view.viewer, query, now=view.now, limit=1)
        begin = Begin(query=query.canonical, count=listed.total, is_more=listed.is_more, url=links.query(query))
    context = Listed(
        running=tuple(each for each in found if each.campaign.ended_at is None),
        ended=tuple(each for each in found if each.campaign.ended_at is not None),
        may_begin=Right.DECIDE in view.viewer.rights,
        begin=begin,
        counts=begin is not None and not begin.is_more and view.viewer.acting == view.visibility,
        own=view.viewer.owners or (),
    )
    return render.answer("campaigns.html", title="Campaigns", here="findings", now=view.now, c=context)


def show(view: Viewing, campaign_id: FromPath[str]) -> Response[str]:
    """One campaign with its burndown."""
    params.nothing(view.query)
    return _shown(view, run_campaign.show(view.store, view.viewer, params.finding_id(campaign_id), now=view.now))


def begin(view: Viewing, body: RawBody) -> Response[str]:
    """Begin one with the findings of a query."""
    params.nothing(view.query)
    fields = forms.read(body, _BEGUN)
    draft = CampaignDraft(
        q=forms.needed(fields, "q"), count=forms.number(fields["count"], "count"), name=fields["name"], aim=fields["aim"],
        owner=fields["owner"] or None, due=fields["due"] or None,
    )  # fmt: skip
    made = begun(view, draft)
    course = run_campaign.show(view.store, view.viewer, made.campaign.id, now=view.now)
    return _shown(view, course, done="The campaign has begun.")


def change(view: Viewing, body: RawBody, campaign_id: FromPath[str]) -> Response[str]:
    """Say something else about one."""
    params.nothing(view.query)
    fields, number = forms.read(body, _SAID), params.finding_id(campaign_id)
    draft = to_wire_campaigns.draft_of(
        CampaignChange(
            name=fields["name"], aim=fields["aim"], owner=fields["owner"] or None, due=fields["due"] or None
        )
    )  # fmt: skip
    run_campaign.change(view.store, view.viewer, number, draft, clock=view.services.clock)
    return _shown(view, run_campaign.show(view.store, view.viewer, number, now=view.now), done="It is changed.")


def end(view: Viewing, campaign_id: FromPath[str]) -> Response[str]:
    """End one, whatever is left."""
    params.nothing(view.query)
    number = params.finding_id(campaign_id)
    run_campaign.end(view.store, view.viewer, number, clock=view.services.clock)
    return _shown(view, run_campaign.show(view.store, view.viewer, number, now=view.now), done="It has ended.")


def _shown(view: View, course: Course, *, done: str = "") -> Response[str]:
    campaign = course.standing.campaign
    asked = to_wire_campaigns.query_of(campaign, Lot.OPEN)
    work = ask.list_bundles(view.store, view.viewer, asked, now=view.now, limit=WORK)
    urls = {lot.value: links.query(to_wire_campaigns.query_of(campaign, lot)) for lot in Lot}
    context = Shown(
        standing=course.standing,
        plot=burndown.plot(course.points, campaign.last_day),
        days=burndown.changed(course.points),
        urls={"all": links.query(to_wire_campaigns.query_of(campaign)), **urls},
        bundles=view.linked(work.rows),
        bundle_count=work.total,
        work_url=links.grouped(Query(asked.terms), "fix"),
        last_day="" if campaign.last_day is None else to_wire_campaigns.day(campaign.last_day),
        own=view.viewer.owners or (),
        done=done,
    )
    return render.answer("campaign.html", title=campaign.name, here="findings", now=view.now, c=context)
