"""The page of one rule: everything that fails it, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from litestar.response import Response

from callboard.domain.finding import Severity
from callboard.domain.things import RulePage
from callboard.usecases import things
from callboard.web import freshness, links, render, words
from callboard.web.pages.components import strip_severities
from callboard.web.params import board as params
from callboard.web.view import Viewing


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    page: RulePage
    severities: tuple[Severity, ...]
    banners: tuple[freshness.Banner, ...]
    kind: str
    """What sort of rule it is, in the source's words."""
    source: str
    """What people call the source."""
    link: str | None
    """The rule's own page elsewhere, where it is safe to show."""
    advisory: str | None
    """The advisory's page here, for a rule that is one."""


def show(view: Viewing) -> Response[str]:
    """The page of one rule."""
    named = params.named(view.query)
    page = things.rule(view.store, view.viewer, named.id, named.source, now=view.now)
    rule, counts = page.rule, page.spread.by_severity
    context = Context(
        page=page,
        severities=strip_severities(counts.unknown, counts.info),
        banners=freshness.banners((page.source,), view.now),
        kind=_kind(rule.kind),
        source=words.source_title(page.source.kind, page.source.name),
        link=links.safe_link(rule.url),
        advisory=links.cve(rule.external_id) if rule.external_id.startswith(("CVE-", "GHSA-")) else None,
    )
    return render.answer("rule.html", title=rule.name, here="findings", now=view.now, c=context)


def _kind(word: str) -> str:
    """`CloudConfigurationRule` as people write it; what is in capitals (CVE) stays so."""
    return word if word.isupper() else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", words.risk(word)).lower()
