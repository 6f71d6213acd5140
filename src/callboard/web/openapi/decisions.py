"""The description of the addresses where people say something about findings."""

from __future__ import annotations

from callboard.usecases.remediation.decide import LONGEST_KEY
from callboard.web.openapi.words import Described, content, in_path, writing


def described() -> Described:
    """By path."""
    key = {
        "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": LONGEST_KEY},
        "description": "Sent again with the same key within a day, a request is answered as the first time.",
    }  # fmt: skip
    say = writing(
        "decide", "Say something about findings: take, snooze, dismiss, …; needs the right `decide`", "DecisionDone", [key]
    )  # fmt: skip
    say["post"]["requestBody"] = {"required": True, "content": content("DecisionDraft")}
    back = writing(
        "takeBackDecision", "Take back what was said, wherever it still stands", "DecisionDone",
        [in_path("decision_id"), key],
    )  # fmt: skip
    return {"/api/v1/decisions": say, "/api/v1/decisions/{decision_id}/undo": back}
