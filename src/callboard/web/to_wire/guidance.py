"""Guidance as JSON shapes."""

from __future__ import annotations

from callboard.domain.board import FindingPage
from callboard.web import links
from callboard.web.wire import guidance as wire_guidance


def guidance(page: FindingPage) -> wire_guidance.Guidance:
    """What to change, and where the owners write down what to do."""
    return wire_guidance.Guidance(
        changes=tuple(
            wire_guidance.Change(
                where=each.where, folder=each.folder, say=each.say,
                commands=tuple(command.text for command in each.commands), file=each.file, patch=each.patch,
                otherwise=each.otherwise,
            )
            for each in page.changes
        ),
        runbooks=tuple(
            wire_guidance.Runbook(component=each.component, of=each.of, url=url)
            for each in page.runbooks
            if (url := links.safe_link(each.url)) is not None
        ),
    )  # fmt: skip
