"""Links to Wiz's own pages, for the records that give none.

As of 2026-08 an issue's `url` and a vulnerability's `portalUrl` come with nearly every record; report files may lack the
column. The forms are those of published payloads and clients (one ships the cleared filters, so that resolved issues
open). No public form of a link to a configuration finding was found, so none is made up.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec

from callboard.domain.finding import Kind
from callboard.domain.link import template_host, template_problem

TEMPLATES = {
    Kind.ISSUE: "{portal}/issues#~(filters~(status~())~issue~'{id})",
    Kind.VULNERABILITY: "{portal}/explorer/vulnerability-findings#~(entity~(~'{id}*2cSECURITY_TOOL_FINDING))",
}

NO_TEMPLATE = {
    Kind.MISCONFIGURATION: "Wiz gives no link to a misconfiguration, and no public form of one is known. "
    "An operator who knows it can set `links.misconfiguration`.",
}


class WizLinks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How links are built for findings whose record gives none: `{id}` is the finding's id, `{portal}` where pages begin."""

    issue: str | None = None
    """For issues. Default: the page of all issues, its filters cleared, with this one open."""
    vulnerability: str | None = None
    """For vulnerability findings. Default: the explorer with this one open."""
    misconfiguration: str | None = None
    """For configuration findings. Default: none, because no public form is known."""

    def __post_init__(self) -> None:
        for field, template in self._own():
            if (problem := template_problem(template)) is not None:
                raise ValueError(f"{field}: {problem}")

    def templates(self) -> dict[Kind, str]:
        """The template of each kind that has one."""
        return {**TEMPLATES, **{Kind[field.upper()]: template for field, template in self._own()}}

    def hosts(self) -> dict[str, str]:
        """Hosts that the operator's own templates name: field → host."""
        named = {field: template_host(template) for field, template in self._own()}
        return {field: host for field, host in named.items() if host is not None}

    def _own(self) -> list[tuple[str, str]]:
        given = ((field, getattr(self, field)) for field in ("issue", "vulnerability", "misconfiguration"))
        return [(field, template) for field, template in given if template]


def portal_problem(portal: str) -> str | None:
    """What is wrong with an operator's portal address, in words. None: nothing."""
    parts = urlsplit(portal)
    is_plain = re.fullmatch(r"https?://[^/?#@\\\s{}]+", portal.rstrip("/")) is not None
    is_loopback = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not is_plain or (parts.scheme == "http" and not is_loopback):
        return "expected https and a host, for example https://app.wiz.io"
    return None
