"""The page of one resource: its names, whose it is, and what to do there."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.response import Response

from callboard.domain.board import BundleRow
from callboard.domain.finding import Resource, Severity
from callboard.domain.link import safe_link
from callboard.domain.things import ResourcePage
from callboard.usecases import browse, things
from callboard.web import freshness, render, words
from callboard.web.pages.components import strip_severities
from callboard.web.pages.whose import Whose
from callboard.web.pages.whose import whose as told_whose
from callboard.web.params import board as params
from callboard.web.view import Viewing

CONSOLES = frozenset(
    {
        "console.aws.amazon.com", ".console.aws.amazon.com", "portal.azure.com", "console.cloud.google.com",
        "cloud.oracle.com", "github.com", "gitlab.com", "dev.azure.com", "bitbucket.org",
    }
)  # fmt: skip
"""Where a resource's own link may lead: a source can be told any address by whoever names a resource."""

FORMS = {
    "wiz.asset": "Wiz asset",
    "wiz.external": "Cloud id",
    "wiz.repository": "Wiz repository",
    "repo": "Repository",
    "repo.path": "Place in repository",
    "image": "Image",
    "kubernetes.namespace": "Kubernetes namespace",
    "kubernetes.cluster": "Kubernetes cluster",
    "kubernetes.id": "Kubernetes label",
    "wiz.project": "Wiz project",
}
"""Forms of other names, for people."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    page: ResourcePage
    source: str
    """What people call the source."""
    bundles: tuple[BundleRow, ...]
    severities: tuple[Severity, ...]
    banners: tuple[freshness.Banner, ...]
    seen: freshness.Seen | None
    names: tuple[tuple[str, str], ...]
    """Other names of it, each with what sort of name it is."""
    facts: tuple[tuple[str, str], ...]
    console: str | None
    """Its page at the cloud or repository host. None: none that is safe to show."""
    whose: Whose
    guess: bool
    """The owner was found by a fallback."""


def show(view: Viewing) -> Response[str]:
    """The page of one resource."""
    named = params.named(view.query)
    page = things.resource(view.store, view.viewer, named.id, named.source, now=view.now)
    hosts, rules = view.services.link_hosts, view.services.link_rules
    resource, counts = page.resource, page.spread.by_severity
    context = Context(
        page=page,
        source=words.source_title(page.source.kind, page.source.name),
        bundles=browse.linked(view.store, view.visibility, page.bundles.rows, link_hosts=hosts, link_rules=rules),
        severities=strip_severities(counts.unknown, counts.info),
        banners=freshness.banners((page.source,), view.now),
        seen=freshness.seen((page.source,)),
        names=_names(resource),
        facts=_facts(resource),
        console=safe_link(resource.url, CONSOLES),
        whose=told_whose(view, resource.external_id, page.source.name),
        guess=any(each.won and each.tier >= words.GUESS_TIER for each in page.evidence),
    )
    return render.answer("resource.html", title=resource.name, here="findings", now=view.now, c=context)


def _names(resource: Resource) -> tuple[tuple[str, str], ...]:
    told = {resource.external_id, resource.provider_id}
    aliases = [(FORMS.get(form, form), value) for form, value in resource.aliases if value not in told]
    return tuple(dict.fromkeys(aliases))


def _facts(resource: Resource) -> tuple[tuple[str, str], ...]:
    account = resource.account_name or resource.account_id
    if resource.account_name and resource.account_id and resource.account_name != resource.account_id:
        account = f"{resource.account_name} ({resource.account_id})"
    named = (
        ("Type", words.reason(resource.type.lower())),
        ("Type at the cloud", resource.native_type),
        ("Cloud", resource.platform),
        ("Region", resource.region),
        ("Account", account),
        ("Repository", resource.repository),
        ("Status", resource.status),
    )
    return tuple((label, value) for label, value in named if value)
