"""`/api/v1/campaigns`: campaigns and their burndowns. Writing from a page of another origin is refused at the edge.

The handlers of the shared address go to a thread by themselves, as those of `views` do.
"""

from __future__ import annotations

import asyncio

from litestar.params import FromPath, RawBody
from litestar.response import Response

from callboard.domain.query import parse
from callboard.usecases.remediation import run_campaign
from callboard.usecases.remediation.run_campaign import Standing
from callboard.web import answers
from callboard.web.api.ownership import read_body
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.to_wire import campaigns as to_wire_campaigns
from callboard.web.view import View, Viewing
from callboard.web.wire import campaigns as wire_campaigns


async def list_all(view: Viewing) -> Response[bytes]:
    """Every campaign of which the caller sees something."""
    params.nothing(view.query)

    def read() -> Response[bytes]:
        return answers.fresh(
            view, lambda: to_wire_campaigns.campaigns(run_campaign.everyone(view.store, view.viewer), view.now)
        )

    return await asyncio.to_thread(read)


async def begin(view: Viewing, request: WebRequest, body: RawBody) -> Response[bytes]:
    """Begin a campaign with the findings of a query."""
    params.nothing(view.query)
    params.is_json(request.headers.get("content-type"))
    draft = read_body(body, wire_campaigns.CampaignDraft)
    made = await asyncio.to_thread(begun, view, draft)
    return answers.json(to_wire_campaigns.campaign(made, view.now), status=201)


def begun(view: View, draft: wire_campaigns.CampaignDraft) -> Standing:
    """The one way from a door to the use case."""
    return run_campaign.begin(
        view.store, view.viewer, to_wire_campaigns.draft_of(draft), parse(draft.q), clock=view.services.clock,
        count=draft.count,
    )  # fmt: skip


async def show(view: Viewing, campaign_id: FromPath[str]) -> Response[bytes]:
    """One campaign with its burndown."""
    params.nothing(view.query)
    number = params.finding_id(campaign_id)

    def read() -> Response[bytes]:
        return answers.fresh(
            view,
            lambda: to_wire_campaigns.page(run_campaign.show(view.store, view.viewer, number, now=view.now), view.now),
        )

    return await asyncio.to_thread(read)


async def change(view: Viewing, request: WebRequest, body: RawBody, campaign_id: FromPath[str]) -> Response[bytes]:
    """Say something else about a campaign; its findings stay."""
    params.nothing(view.query)
    params.is_json(request.headers.get("content-type"))
    draft = to_wire_campaigns.draft_of(read_body(body, wire_campaigns.CampaignChange))
    number = params.finding_id(campaign_id)
    done = await asyncio.to_thread(
        run_campaign.change, view.store, view.viewer, number, draft, clock=view.services.clock
    )  # fmt: skip
    return answers.json(to_wire_campaigns.campaign(done, view.now))


def end(view: Viewing, campaign_id: FromPath[str]) -> Response[bytes]:
    """End a campaign, whatever is left of it."""
    params.nothing(view.query)
    done = run_campaign.end(view.store, view.viewer, params.finding_id(campaign_id), clock=view.services.clock)
    return answers.json(to_wire_campaigns.campaign(done, view.now))
