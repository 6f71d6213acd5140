"""Settings of one look-alike that stay as they are while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

READ_SCOPES: Final = (
    "read:issues",
    "read:vulnerabilities",
    "read:cloud_configuration",
    "read:projects",
    "read:resources",
    "read:inventory",
    "read:users",
    "read:service_accounts",
    "read:controls",
    "read:cloud_accounts",
    "read:security_frameworks",
    "read:threat_issues",
    "read:reports",
    "read:automation_rules",
    "read:integrations",
    "read:connectors",
    "read:scan_policies",
    "read:host_configuration",
    "admin:audit",
)
WRITE_SCOPES: Final = (
    "write:issue_status",
    "write:issue_ignore",
    "write:issue_comments",
    "write:service_ticket",
    "update:write:issue_due_at",
    "create:reports",
    "update:reports",
    "admin:projects",
    "admin:users",
    "admin:identity_providers",
    *(
        f"{verb}:{resource}"
        for resource in (
            "automation_rules",
            "integrations",
            "connectors",
            "scan_policies",
            "cloud_configuration",
            "host_configuration",
            "controls",
            "security_frameworks",
            "service_accounts",
        )
        for verb in ("create", "update", "delete", "write")
        if (verb, resource) != ("write", "integrations")
    ),
    "write:vulnerability_findings",
    "write:projects",
    "write:users",
    "write:forensics",
)
"""Names as seen in wiz-api.md section 1 and in the documents of the provider for Terraform; the last four are our guess,
no public text names them (2026-08)."""

KNOWN_SCOPES: Final = ("read:all", *READ_SCOPES, *WRITE_SCOPES)
"""What can be granted."""

MAX_PAGE: Final = 500
"""The largest `first` (wiz-api.md section 2)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How this look-alike behaves where real tenants differ or are not known."""

    first_max: Literal["clamp", "error"] = "error"
    """What `first` over 500 does; the public record does not say."""

    count_cap: int | None = None
    """`totalCount` is never above this, and `maxCountReached` says so."""

    result_window: int | None = None
    """No row after this many is given out in one walk (wiz-api.md section 2: about 10,000 was seen)."""

    scopes: tuple[str, ...] = (*READ_SCOPES, *WRITE_SCOPES)
    """What the service account may do."""

    token_seconds: int = 86_400
    """How long a token lives (24 h in copies of the vendor's text)."""

    dc: str = "us1"
    """The data centre that tokens name."""

    portal_url: str | None = None
    """Where `url` and `portalUrl` point; None means at this server."""

    report_seconds: float = 2.0
    """How long a report takes, when nobody moves the clock."""

    page_cache: int = 48
    """How many filtered and ordered results are remembered."""
