"""31. Machine clients may do what destroys."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.checks.configuration import Setting
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    sources = portal.settings.get("backend.actions.pluginSources")
    if sources is None or not sources.parts:
        return
    if not _spares(portal.settings.get("backend.actions.filter")):
        named = ", ".join(sources.texts) or "plugins"
        yield fault(sources, f"Machine clients may use every action of {named}, those that destroy as well.")


def _spares(rules: Setting | None) -> bool:
    """Whether some rule of the filter looks at what is destructive."""
    return rules is not None and any(each.key == "destructive" for each in rules.below())


CHECK = Check(
    advice=Advice(
        key="actions",
        number=31,
        title="Assistants may use actions that destroy",
        severity=Severity.MEDIUM,
        reach=Reach.SIGNED_IN,
        hits=Hits.PART,
        why="A sentence in a document that an assistant reads may end in an entity deleted or a template run.",
        remedy="Filter by the attribute `destructive`, and open single actions by name.",
        before="backend:\n  actions:\n    pluginSources: [catalog, scaffolder]\n",
        after=(
            "backend:\n  actions:\n    pluginSources: [catalog, scaffolder]\n    filter:\n      exclude:\n"
            "        - attributes:\n            destructive: true\n"
        ),
    ),
    judge=_judge,
)
