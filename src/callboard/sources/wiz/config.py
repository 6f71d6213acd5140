"""What the operator tells about a Wiz tenant."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from callboard.domain.access import Role
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.link import LinkRules
from callboard.domain.remediation.write_back import Operation, WritePolicy
from callboard.domain.run import Scope
from callboard.errors import ConfigError
from callboard.sources.wiz.links import NO_TEMPLATE, WizLinks, portal_problem

DEFAULT_TOKEN_URL = "https://auth.app.wiz.io/oauth/token"  # noqa: S105 - an address

LINK_HOSTS = ("app.wiz.io", "app.wiz.us", "demo.wiz.io")
"""Hosts of Wiz's own pages as of 2026-08, seen in published payloads and clients."""

MAX_PAGE_SIZE = 500
"""Wiz hands out at most this many nodes a page (two shipped clients; what 501 does is not public)."""

_AUTH0_HOSTS = ("auth.wiz.io", "auth0.")
"""Token hosts of the older generation; their audience is `beyond-api`. As of 2026-08, read in two shipped clients."""

_KINDS = {
    "issue": Kind.ISSUE,
    "issues": Kind.ISSUE,
    "vulnerability": Kind.VULNERABILITY,
    "vulnerabilities": Kind.VULNERABILITY,
    "misconfiguration": Kind.MISCONFIGURATION,
    "misconfigurations": Kind.MISCONFIGURATION,
    "configuration": Kind.MISCONFIGURATION,
    "configurations": Kind.MISCONFIGURATION,
}
_SEVERITIES = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "low": Severity.LOW,
    "info": Severity.INFO,
    "informational": Severity.INFO,
    "none": Severity.INFO,
}
_STATES = {
    "open": State.OPEN,
    "in-progress": State.IN_PROGRESS,
    "in_progress": State.IN_PROGRESS,
    "resolved": State.FIXED,
    "fixed": State.FIXED,
    "rejected": State.REJECTED,
    "ignored": State.REJECTED,
}


_T = TypeVar("_T")


class WizScope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of the tenant is asked about. Narrowing it later closes nothing."""

    kinds: tuple[str, ...] = ("issues", "vulnerabilities", "misconfigurations")
    """Any of issues, vulnerabilities, misconfigurations. Default: all."""
    severities: tuple[str, ...] = ("critical", "high", "medium", "low", "info")
    """Any of critical, high, medium, low, info. Default: all."""
    statuses: tuple[str, ...] = ("open", "in-progress", "resolved", "rejected")
    """Any of open, in-progress, resolved, rejected. Default: all."""
    projects: tuple[str, ...] = ()
    """Ids of Wiz projects. Default: every project that the service account sees."""
    asset_statuses: tuple[str, ...] = ()
    """Any of Active, Inactive, Error. Default: all."""
    closed_days: Annotated[int, Meta(ge=0, le=3650)] = 365
    """How far back resolved and rejected findings are read, in days. Default 365; 0 reads none."""

    def resolved(self) -> Scope:
        """The scope in Callboard's words. Raises ConfigError for a word that is none of them."""
        return Scope(
            kinds=_words("kinds", self.kinds, _KINDS),
            severities=_words("severities", self.severities, _SEVERITIES),
            states=_words("statuses", self.statuses, _STATES),
            projects=tuple(sorted(set(self.projects))),
            asset_statuses=tuple(sorted({status.strip().capitalize() for status in self.asset_statuses})),
            closed_days=self.closed_days,
        )


_WRITERS = {role.value: role for role in Role if role is not Role.VIEWER}


class WizWriteBack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people say here is written to Wiz: which of it, and by which roles. Default: nothing by nobody."""

    status: tuple[str, ...] = ()
    """Who may have the status of issues written: any of owner, security, administrator, machine."""
    note: tuple[str, ...] = ()
    """Whose comments become notes."""
    due: tuple[str, ...] = ()
    """Who may have the due date written, where somebody begins to work on an issue that has none in Wiz."""
    assignee: tuple[str, ...] = ()
    """Who may have the assignee written, as far as `assignees` knows Wiz's identity."""
    ticket: tuple[str, ...] = ()
    """Who may have tickets linked."""
    kinds: tuple[str, ...] = ("issues",)
    """What is written about: any of issues, vulnerabilities, misconfigurations. Of the last two the status alone is written."""
    assignees: dict[str, str] = {}
    """By reference of a user or a group, the id of the identity in Wiz."""

    def __post_init__(self) -> None:
        for operation in Operation:
            for word in getattr(self, operation.word):
                if word not in _WRITERS:
                    raise ValueError(f"{operation.word}: {word!r} is no role; use any of {', '.join(_WRITERS)}")

        for word in self.kinds:
            if word.strip().lower() not in _KINDS:
                raise ValueError(f"kinds: {word!r} is not known; use any of {', '.join(_KINDS)}")

    def policy(self) -> WritePolicy:
        """The same in Callboard's words."""
        roles = {
            operation: frozenset(_WRITERS[word] for word in getattr(self, operation.word)) for operation in Operation
        }
        kinds = frozenset(_words("kinds", self.kinds, _KINDS))
        return WritePolicy(
            roles=roles, kinds=kinds, assignees={ref.lower(): id_ for ref, id_ in self.assignees.items()}
        )


class WizConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One Wiz tenant, read through one service account (in Wiz: Custom Integration, GraphQL API)."""

    name: str = "wiz"
    """What this source is called in Callboard. Unique. Default "wiz"."""
    client_id: str
    """The service account's client id."""
    client_secret: str
    """The service account's secret. Give it by environment, file or keyring; it is never shown or logged."""
    api_url: str
    """The tenant's GraphQL endpoint (in Wiz: User settings, Tenant). With or without `/graphql` at its end."""
    token_url: str = DEFAULT_TOKEN_URL
    """Where tokens are minted. Default https://auth.app.wiz.io/oauth/token; government tenants have their own."""
    audience: str | None = None
    """The token's audience. Default: by the token host, `wiz-api`, or `beyond-api` at hosts of the older generation."""
    scope: WizScope = WizScope()
    """What is read. Default: everything the service account sees."""
    page_size: Annotated[int, Meta(ge=1, le=MAX_PAGE_SIZE)] = MAX_PAGE_SIZE
    """Nodes per page, 1 to 500. Default 500. A page that Wiz calls too costly is asked again at half the size."""
    calls_per_second: Annotated[float, Meta(gt=0, le=1000)] = 4.0
    """Calls a second of this service account. Default 4: Wiz allows 10 (2026-08), and 8 was sometimes refused."""
    concurrency: Annotated[int, Meta(ge=1, le=64)] = 4
    """Calls under way at once. Default 4."""
    full_every_hours: Annotated[float, Meta(gt=0)] = 24.0
    """Hours between full readings. Default 24."""
    delta_every_minutes: Annotated[float, Meta(gt=0)] = 15.0
    """Minutes between readings of what changed. Default 15. Wiz asks integrations for 5 or more."""
    overlap_minutes: Annotated[float, Meta(ge=0)] = 10.0
    """Minutes by which a reading of changes reaches back behind the last one. Default 10."""
    link_hosts: tuple[str, ...] = ()
    """More hosts that links to Wiz pages may lead to, beside Wiz's own and the tenant's. Default: none."""
    portal: str | None = None
    """Where this tenant's own pages begin, for example https://app.wiz.io. Given, links lead nowhere else but to
    `link_hosts`. Default: any host of Wiz, and links that Callboard builds go where the tenant's own links lead."""
    links: WizLinks = WizLinks()
    """How links are built for findings whose record gives none."""
    window: Annotated[int, Meta(ge=0)] = 10_000
    """Most findings that one walk can hand out before it must be split by date, as of 2026-08. Default 10000; 0: no cap."""
    timeout_seconds: Annotated[float, Meta(gt=0, le=600)] = 120.0
    """Longest wait for one page, in seconds. Default 120."""
    webhook_token: str | None = None
    """The bearer token that automation rules send. Default: none, and webhooks are refused."""
    write_back: WizWriteBack = WizWriteBack()
    """What is written to Wiz. Default: nothing. The service account needs the scopes for it, such as write:issue_status."""
    allow_private: bool = False
    """Whether the API and token hosts may be at private addresses or plain http. Default false. For tests and proxies."""

    def __repr__(self) -> str:
        return f"WizConfig(name={self.name!r}, api_url={self.graphql_url!r})"

    def __post_init__(self) -> None:
        for field in ("name", "client_id", "client_secret", "api_url", "token_url"):
            if not getattr(self, field).strip():
                raise ValueError(f"{field} must not be empty")
        for field, url in (("api_url", self.api_url), ("token_url", self.token_url)):
            if not _is_address(url):
                raise ValueError(f"{field} should be an address like https://api.us1.app.wiz.io/graphql")
        if self.portal is not None and (problem := portal_problem(self.portal)) is not None:
            raise ValueError(f"portal: {problem}")
        for field, host in self.links.hosts().items():
            if host not in self.allowed_link_hosts:
                raise ValueError(f"links.{field} leads to {host}, which is neither the portal nor one of link_hosts")

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("name", self.name), ("api_url", self.graphql_url)]

    @property
    def graphql_url(self) -> str:
        """The endpoint to post to. Wiz's own pages show it now with, now without `/graphql`, so both are taken."""
        base = self.api_url.strip().rstrip("/")
        return base if base.endswith("/graphql") else f"{base}/graphql"

    @property
    def token_audience(self) -> str:
        """The audience to ask for."""
        if self.audience:
            return self.audience
        host = urlsplit(self.token_url).hostname or ""
        return "beyond-api" if host.startswith(_AUTH0_HOSTS) else "wiz-api"

    @property
    def allow_hosts(self) -> tuple[str, ...]:
        """Hosts that `net` may ask although they are private."""
        if not self.allow_private:
            return ()
        hosts = (urlsplit(url).hostname for url in (self.graphql_url, self.token_url))
        return tuple(host for host in hosts if host)

    @property
    def allowed_link_hosts(self) -> frozenset[str]:
        """Hosts that a link to the source's own page may lead to."""
        api = urlsplit(self.graphql_url).hostname or ""
        # A regional page host was reported by one client: app.<dc>.app.wiz.io for the API at api.<dc>.app.wiz.io.
        tenant = re.sub(r"^api\.", "app.", api)
        own = {host.strip().lower() for host in self.link_hosts if host.strip()}
        if self.portal is not None:
            return frozenset({*own, urlsplit(self.portal).hostname or ""})
        return frozenset({*LINK_HOSTS, *own} | ({tenant} if tenant else set()))

    @property
    def link_rules(self) -> LinkRules:
        """What is known about the tenant's own pages."""
        return LinkRules(
            hosts=self.allowed_link_hosts,
            templates=self.links.templates(),
            no_template=NO_TEMPLATE,
            portal=None if self.portal is None else self.portal.rstrip("/").lower(),
        )


def _is_address(url: str) -> bool:
    try:
        split = urlsplit(url.strip())
    except ValueError:
        return False
    return split.scheme in ("https", "http") and bool(split.hostname)


def _words(field: str, given: tuple[str, ...], known: dict[str, _T]) -> tuple[_T, ...]:
    """The meanings of words, each once, in the order of `known`. Raises ConfigError naming the words that exist."""
    meant = set()
    for word in given:
        if (meaning := known.get(word.strip().lower())) is None:
            raise ConfigError(
                f"scope.{field}: {word!r} is not known.", hint=f"Use any of {', '.join(dict.fromkeys(known))}."
            )
        meant.add(meaning)
    return tuple(value for value in dict.fromkeys(known.values()) if value in meant)
