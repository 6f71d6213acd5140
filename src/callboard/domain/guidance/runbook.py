"""Where the owners of something write down what to do: the runbook that a catalog entity names. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from callboard.domain.component import Entity, EntityRef

ANNOTATION = "callboard.dev/runbook"
"""The address of the runbook. A link of the entity that calls itself one stands for it where there is none."""
LONGEST = 2_000


class Runbook(msgspec.Struct, frozen=True, kw_only=True):
    """Where owners write down what to do."""

    component: EntityRef
    """The component that it is for."""
    of: EntityRef
    """Who names it: the component, its system, or its owner."""
    url: str
    """Leads to a host by https."""


def runbook_of(entity: Entity) -> str | None:
    """The address of an entity's runbook. None: it names none, or one that is no plain https address."""
    return safe(dict(entity.annotations).get(ANNOTATION, ""))


def safe(address: str) -> str | None:
    """The address, where it leads to a host by https and hides nothing."""
    address = address.strip()
    if len(address) > LONGEST or not address.isprintable() or any(each in address for each in ' \\"<>'):
        return None
    try:
        parts = urlsplit(address)
        host, user = parts.hostname, parts.username or parts.password
    except ValueError:
        return None
    return address if parts.scheme == "https" and host and user is None else None
