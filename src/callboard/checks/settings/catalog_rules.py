"""16. Users may register people, groups and templates."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.checks.configuration import Setting
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_POWERFUL = frozenset({"user", "group", "template"})


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    for rule in portal.settings.parts("catalog.rules"):
        locations = rule.get("locations")
        # A rule that is tied to places where only the operator writes is no door for users.
        if locations is not None and locations.parts:
            continue
        yield from _allowed(rule, "from whatever place a user registers")
    for location in portal.settings.parts("catalog.locations"):
        kind = location.get("type")
        if portal.settings.is_production and kind is not None and kind.text == "file":
            yield fault(kind, "A file of the backend's own disk is read as catalog in production.", Severity.LOW)


def _allowed(rule: Setting, whence: str) -> Iterator[Fault]:
    allow = rule.get("allow")
    for each in allow.parts if allow is not None else ():
        kind = each.text or (each.get("kind").text if each.get("kind") else None)  # type: ignore[union-attr]
        if kind and (kind.lower() in _POWERFUL or kind == "*"):
            yield fault(each, f"{kind} is taken {whence}.")


CHECK = Check(
    advice=Advice(
        key="catalog-rules",
        number=16,
        title="Users may register people, groups or templates",
        severity=Severity.HIGH,
        reach=Reach.SIGNED_IN,
        hits=Hits.PORTAL,
        why="Whoever registers a User or a Group becomes its member, and a Template runs with the portal's rights.",
        remedy="Allow User, Group and Template only in the rules of the locations that you write yourself.",
        before="catalog:\n  rules:\n    - allow: [Component, API, User, Group, Template]\n",
        after=(
            "catalog:\n  rules:\n    - allow: [Component, API, System]\n  locations:\n"
            "    - type: url\n      target: https://git.acme.example/org/people.yaml\n"
            "      rules:\n        - allow: [User, Group]\n"
        ),
    ),
    judge=_judge,
)
