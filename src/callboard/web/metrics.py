"""What this process tells Prometheus: its own traffic, and how fresh and how full the board is."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from callboard import telemetry
from callboard.domain.board import Board
from callboard.domain.finding import Kind, Severity
from callboard.domain.instant import SECOND
from callboard.domain.remediation.engagement import Door, Engagement

LIVE = "/api/v1/live"
"""The route whose answers go on until the reader leaves."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The numbers of one app, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "callboard_http_requests", "Answered requests.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "callboard_http_request_seconds",
            "Time to answer, in seconds.",
            ("method", "route"),
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
            registry=self._registry,
        )

        self._engagements = Counter(
            "callboard_engagements",
            "What people did with findings: at most one for each finding, hour and door.",
            ("what", "kind", "door"),
            registry=self._registry,
        )

    def engaged(self, what: Engagement, kind: Kind, door: Door) -> None:
        """Count that somebody did something with a finding."""
        self._engagements.labels(what.word, kind.word, door.word).inc()

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer. `route` is a template, so the number of series is bounded.

        How long a stream was listened to is no answering time.
        """
        word = method if method in METHODS else "other"
        self._requests.labels(word, route, str(status)).inc()
        if route != LIVE:
            self._seconds.labels(word, route).observe(seconds)

    def text(self, board: Board) -> bytes:
        """Prometheus' text format. The board's numbers are those of now; nothing of them is kept."""
        registry = CollectorRegistry()
        findings = Gauge("callboard_open_findings", "Open findings.", ("severity", "mapped"), registry=registry)
        for severity in Severity:
            every = getattr(board.totals.open, severity.word)
            mapped = getattr(board.totals.mapped, severity.word)
            findings.labels(severity.word, "yes").set(mapped)
            findings.labels(severity.word, "no").set(every - mapped)
        Gauge("callboard_components", "Components.", registry=registry).set(board.totals.components)
        full = Gauge(
            "callboard_source_last_full_timestamp_seconds",
            "Start of the last complete run.",
            ("source",),
            registry=registry,
        )
        stale = Gauge("callboard_source_stale", "1 when older than promised.", ("source",), registry=registry)
        rejected = Gauge("callboard_source_rejected", "Records that cannot be read.", ("source",), registry=registry)
        for source in board.sources:
            if source.last_full_at is not None:
                full.labels(source.name).set(source.last_full_at / SECOND)
            stale.labels(source.name).set(source.stale)
            rejected.labels(source.name).set(source.rejected)
        return generate_latest(self._registry) + generate_latest(registry) + telemetry.metrics().text()
