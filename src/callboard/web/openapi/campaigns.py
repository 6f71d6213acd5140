"""The description of the addresses of campaigns."""

from __future__ import annotations

from callboard.web.openapi.words import Described, content, in_path, reading, writing


def described() -> Described:
    """By path."""
    at, one = "/api/v1/campaigns", [in_path("campaign_id")]
    begin = writing(
        "beginCampaign", "Freeze the findings of a query that are the caller's to decide about; needs the right `decide`",
        "Campaign", [], status="201",
    )  # fmt: skip
    begin["post"]["requestBody"] = {"required": True, "content": content("CampaignDraft")}
    change = writing("changeCampaign", "Say something else about a campaign; its findings stay", "Campaign", one)
    change["post"]["requestBody"] = {"required": True, "content": content("CampaignChange")}
    return {
        at: {**reading("listCampaigns", "Campaigns of which the caller sees something", "Campaigns"), **begin},
        f"{at}/{{campaign_id}}": {
            **reading("showCampaign", "A campaign with its burndown", "CampaignPage", one), **change,
        },
        f"{at}/{{campaign_id}}/end": writing("endCampaign", "End a campaign, whatever is left", "Campaign", one),
    }  # fmt: skip
