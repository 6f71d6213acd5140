"""Application services, Wiz's own service catalog, as findings mention them. Pure.

As of 2026-08 the schema has `applicationServices` on issues and on vulnerability findings, not on configuration findings, and
`ApplicationServiceSource` is BACKSTAGE or WIZ: a tenant's Backstage connector brings services over from the portal. No
published payload was found, so what `displayName` holds of a service that came over (its name or its title) is not known;
it is compared with both names that an entity goes by: its name and its reference.
"""

# ruff: noqa: N815 - the structs carry Wiz's own field names
from __future__ import annotations

import msgspec
from msgspec import UNSET, Raw, UnsetType

from callboard.domain.finding import Service
from callboard.sources.wiz.lenient import ABSENT, Memo, Reader, listed, loads
from callboard.sources.wiz.words import Text, filled

_MOST_SERVICES = 50
_FROM_CATALOG = "BACKSTAGE"

Mentions = tuple[tuple[Service, ...] | UnsetType, tuple[str, ...]]


class _Service(msgspec.Struct, gc=False):
    displayName: Text = UNSET
    sources: Raw = ABSENT


_SERVICES = Reader(_Service)


def _mentions(raw: Raw | bytes) -> Mentions:
    drift: list[str] = []
    items = listed(raw, "applicationServices", drift)
    if items is None:
        return UNSET, tuple(drift)
    found: dict[str, Service] = {}
    for item in items[:_MOST_SERVICES]:
        # The schema lets the list hold nulls.
        service = None if bytes(item) == b"null" else _SERVICES.read(item, drift, "applicationServices.")
        if service is not None and (name := filled(service.displayName)):
            found[name] = Service(name, _is_from_catalog(service.sources, drift))
    if len(items) > _MOST_SERVICES:
        drift.append(f"applicationServices: only {_MOST_SERVICES} kept")
    return tuple(found[name] for name in sorted(found)), tuple(drift)


def _is_from_catalog(raw: Raw, drift: list[str]) -> bool:
    sources = None if raw is ABSENT else loads(raw)
    if sources is not None and not isinstance(sources, list):
        drift.append("applicationServices.sources: another shape than expected")
        return False
    return _FROM_CATALOG in (sources or ())


_services = Memo(_mentions)


def belongs_to(raw: Raw, drift: list[str]) -> tuple[Service, ...] | UnsetType:
    """The services in a list, sorted by name. UNSET: the record does not tell."""
    if raw is ABSENT:
        return UNSET
    found, odd = _services(raw)
    drift += odd
    return found
