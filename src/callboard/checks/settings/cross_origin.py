"""11. Other sites may call the API with cookies."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, unknown
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    cors = portal.settings.get("backend.cors")
    origin = cors.get("origin") if cors is not None else None
    if cors is None or origin is None:
        return
    credentials = cors.get("credentials")
    with_cookies = credentials is not None and credentials.is_true
    for each in origin.parts:
        if each.elsewhere:
            yield unknown(each)
        elif each.is_true or (each.text is not None and "*" in each.text):
            said = (
                "Every site may call the API"
                if each.is_true or each.text == "*"
                else f"Every site that {each.text} fits may call the API"
            )
            yield fault(
                each, f"{said}{' with cookies' if with_cookies else ''}.", None if with_cookies else Severity.MEDIUM
            )


CHECK = Check(
    advice=Advice(
        key="cross-origin",
        number=11,
        title="Other sites may call the API",
        severity=Severity.HIGH,
        reach=Reach.ANYBODY,
        hits=Hits.PEOPLE,
        why="A page that somebody opens in another tab acts in their name.",
        remedy="Name the origin of the portal's own frontend and no other.",
        before="backend:\n  cors:\n    origin: '*'\n    credentials: true\n",
        after="backend:\n  cors:\n    origin: https://portal.acme.example\n    credentials: true\n",
    ),
    judge=_judge,
)
