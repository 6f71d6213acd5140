"""The description of the addresses about metrics."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.domain.query import MAX_CHARACTERS
from callboard.domain.remediation import By, Measure
from callboard.web.openapi_words import Described, in_query, reading


def described() -> Described:
    """By path."""
    asked = [
        narrowed(),
        in_query("measure", "What is waited for.", _words([each.value for each in Measure])),
        in_query("by", "What rows are told apart by.", _words([each.value for each in By])),
        *days(),
    ]
    at = "/api/v1/metrics"
    return {
        f"{at}/times": reading("metricsTimes", "How long findings take", "MetricsTimes", asked),
        f"{at}/times.csv": file("metricsTimesCsv", "How long findings take, as a table", "text/csv", asked),
        f"{at}/times.svg": file("metricsTimesSvg", "How long findings take, as a picture", "image/svg+xml", asked),
    }


def narrowed() -> Described:
    """The query, as far as a report can be about it."""
    told = (
        "Which findings, by what they are and not by what became of them, for example severity:critical owner:payments."
    )
    return in_query("q", told, {"type": "string", "maxLength": MAX_CHARACTERS})


def days() -> list[Described]:
    """The first and the last day."""
    text = {"type": "string", "format": "date"}
    return [
        in_query("from", "The first day, in UTC. Left out: a quarter before the last.", text),
        in_query("to", "The last day, which has to be over. Left out: yesterday.", text),
    ]


def file(operation: str, summary: str, media: str, asked: Sequence[Described]) -> Described:
    """An address that answers with a file."""
    found = reading(operation, summary, None, asked, conditional=False)
    found["get"]["responses"]["200"] = {
        "description": summary + ".",
        "content": {media: {"schema": {"type": "string"}}},
    }
    return found


def _words(words: Sequence[str]) -> Described:
    return {"type": "string", "enum": list(words), "default": words[0]}
