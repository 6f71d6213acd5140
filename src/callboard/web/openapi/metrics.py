"""The description of the addresses about metrics."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.domain.query import MAX_CHARACTERS
from callboard.domain.remediation.question import By, Measure
from callboard.usecases.remediation.measure_channels import EVERY
from callboard.web.openapi.words import Described, in_query, reading
from callboard.web.wire import metrics as wire_metrics
from callboard.web.wire import noise as wire_noise

AT = "/api/v1/metrics"
SHAPES = (
    wire_metrics.MetricsTimes,
    wire_metrics.MetricsFlow,
    wire_metrics.MetricsOpen,
    wire_metrics.MetricsDue,
    wire_metrics.MetricsUse,
    wire_noise.Noise,
    wire_metrics.MetricsChannels,
)


def described() -> Described:
    """By path."""
    measure = in_query("measure", "What is waited for.", _words([each.value for each in Measure]))
    by = in_query("by", "What rows are told apart by.", _words([each.value for each in By]))
    on = in_query("on", "A day that is over, in UTC. Left out: now.", {"type": "string", "format": "date"})
    narrow, days = _narrowed(), _days()
    return {
        **_report("times", "MetricsTimes", "How long findings take", [narrow, measure, by, *days]),
        **_report("flow", "MetricsFlow", "What came and went, by week and month", [narrow, *days]),
        **_report("open", "MetricsOpen", "What was open at the end of a day, or is open now", [narrow, by, on]),
        "/api/v1/metrics/noise": reading("metricsNoise", "Which rules are called not useful", "Noise", _days()),
        "/api/v1/metrics/noise.csv": _file(
            "metricsNoiseCsv", "Which rules are called not useful, as a table", "text/csv", _days()
        ),
        **_report("due", "MetricsDue", "How dates were kept of what fell due", [narrow, by, *days]),
        **_report("channels", "MetricsChannels", "What the portal does: by a rollout, and against tickets", [narrow, _designs(), *days]),
        f"{AT}/use": reading(
            "metricsUse", "What people did with findings, and how many teams act", "MetricsUse", [narrow, *days],
            conditional=False,
        ),
        f"{AT}/use.csv": _file("metricsUseCsv", "What people did with findings, as a table", "text/csv", [narrow, *days]),
    }  # fmt: skip


def _report(name: str, shape: str, summary: str, asked: Sequence[Described]) -> Described:
    """One report as JSON, as a table and as a picture."""
    at = f"{AT}/{name}"
    return {
        at: reading(f"metrics{name.title()}", summary, shape, asked),
        f"{at}.csv": _file(f"metrics{name.title()}Csv", f"{summary}, as a table", "text/csv", asked),
        f"{at}.svg": _file(f"metrics{name.title()}Svg", f"{summary}, as a picture", "image/svg+xml", asked),
    }


def _narrowed() -> Described:
    """The query, as far as a report can be about it."""
    told = (
        "Which findings, by what they are and not by what became of them, for example severity:critical owner:payments."
    )
    return in_query("q", told, {"type": "string", "maxLength": MAX_CHARACTERS})


def _designs() -> Described:
    """One design alone."""
    told = "One design alone. Left out: all of them, the best first."
    return in_query("design", told, {"type": "string", "enum": [each.value for each in EVERY]})


def _days() -> list[Described]:
    """The first and the last day."""
    text = {"type": "string", "format": "date"}
    return [
        in_query(
            "from",
            "The first day, in UTC. Left out: a quarter before the last; of a flow and of channels, half a year; of use, four weeks.",
            text,
        ),
        in_query("to", "The last day, which has to be over. Left out: yesterday.", text),
    ]


def _file(operation: str, summary: str, media: str, asked: Sequence[Described]) -> Described:
    """An address that answers with a file."""
    found = reading(operation, summary, None, asked, conditional=False)
    found["get"]["responses"]["200"] = {
        "description": f"{summary}.",
        "content": {media: {"schema": {"type": "string"}}},
    }
    return found


def _words(words: Sequence[str]) -> Described:
    return {"type": "string", "enum": list(words), "default": words[0]}
