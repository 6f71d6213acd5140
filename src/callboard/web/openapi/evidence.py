"""The description of the addresses of compliance evidence."""

from __future__ import annotations

from callboard.domain.compliance.frameworks import FRAMEWORKS
from callboard.domain.compliance.measures import BY_KEY
from callboard.domain.compliance.period import USUAL_DAYS
from callboard.web.openapi.words import Described, in_query, reading


def described() -> Described:
    """By path."""
    at = "/api/v1/evidence"
    day = {"type": "string", "format": "date"}
    days = [
        in_query("from", f"The first day, in UTC; left out: such that there are {USUAL_DAYS}.", day),
        in_query("to", "The last day; left out: today.", day),
    ]
    framework = in_query("framework", "Which framework.", {"type": "string", "enum": list(FRAMEWORKS)})
    asked = [{**framework, "required": True}, *days]
    number = in_query("number", "Which number.", {"type": "string", "enum": sorted(BY_KEY)})
    counted = [{**number, "required": True}, *days]
    paged = [
        in_query("start", "`next_start` of the page before.", {"type": "integer", "minimum": 0, "default": 0}),
        in_query("limit", "Rows in one answer.", {"type": "integer", "minimum": 1, "maximum": 1_000, "default": 100}),
    ]
    found = {
        at: reading(
            "exportEvidence", "What stands behind the controls of a framework; needs the right `audit`", "Evidence", asked,
            conditional=False,
        ),
        f"{at}/rows": reading(
            "listEvidence", "The rows behind one number of the evidence; needs the right `audit`", "EvidenceRows",
            [*counted, *paged], conditional=False,
        ),
    }  # fmt: skip
    for path, operation, summary, parameters in (
        (f"{at}.csv", "exportEvidenceCsv", "The same as a table, a line for each number of each control", asked),
        (f"{at}/rows.csv", "listEvidenceCsv", "All rows behind one number as a table", counted),
    ):
        one = reading(operation, summary, None, parameters, conditional=False)
        one["get"]["responses"]["200"] = {
            "description": "The table.", "content": {"text/csv": {"schema": {"type": "string"}}}
        }  # fmt: skip
        found[path] = one
    return found
