"""What `/openapi.json` says of a portal's risk register."""

from __future__ import annotations

from callboard.web.openapi.words import Described, in_path, in_query, reading, writing


def described() -> Described:
    """The register, and what it is made of."""
    deliver = writing(
        "deliverJudgement",
        "Hand in what was found in a portal's files, for its own component; needs the right `deliver`",
        "DeliveredJudgement",
        [in_path(name) for name in ("kind", "namespace", "name")],
    )
    deliver["post"]["requestBody"] = {
        "required": True,
        "description": "As `callboard risk --push` writes it; not compressed.",
        "content": {"application/json": {"schema": {}}},
    }
    return {
        "/api/v1/components/{kind}/{namespace}/{name}/risks": deliver,
        "/api/v1/portal/risks": reading(
            "showPortalRisks",
            "The newest risk register of a portal; for security and administrators",
            "RiskRegister",
            [in_query("name", "The portal; left out: whichever was judged last.", {"type": "string"})],
            conditional=False,
        ),
    }
