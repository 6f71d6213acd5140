"""Messages as the outbox holds them."""

from __future__ import annotations

from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant, from_text
from callboard.domain.remediation.message import Line, Message, Part, Work

MONDAY = from_text("2026-03-02T07:00:00Z")

DIGEST = Message(
    key="3f0c6f0e-9a53-4c60-8a39-0f6a1b9e5d11",
    sort="digest",
    team=EntityRef("group:default/payments"),
    title="payments: the week on the callboard",
    at=MONDAY,
    since=Instant(MONDAY - 7 * DAY),
    board="https://board.example",
    open=37,
    path="/findings?q=is%3Aopen",
    parts=(
        Part(
            what="new",
            title="New and urgent, since 2026-02-23",
            count=12,
            path="/findings?q=new",
            lines=(
                Line(
                    finding=7, severity="critical", title="Bucket <b>open</b> & *readable* by <!channel>",
                    components=("component:default/checkout-api",), due_at=Instant(MONDAY + 3 * DAY), path="/findings/7",
                ),
                Line(
                    finding=8, severity="high", title="CVE-2021-44228", components=(), due_at=Instant(MONDAY - 2 * DAY),
                    path="/findings/8",
                ),
            ),
        ),
        Part(what="closed", title="Fixed", count=3, path=None),
    ),
    work=(
        Work(
            title="CVE-2021-44228 in log4j-core", fix="Upgrade log4j-core to 2.17.1", severity="critical", findings=14,
            due_at=None, path="/findings?q=bundle",
        ),
    ),
)  # fmt: skip
"""A digest whose words try to be more than words."""
