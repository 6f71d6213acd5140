"""The application services that resources belong to: told by some kinds of records and not by others."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UNSET

from callboard.domain.finding import Observed, Service
from callboard.store.interning.told import date

Services = tuple[Service, ...]


def services_told(observations: Iterable[Observed]) -> dict[str, tuple[Services, int]]:
    """The newest word on the services of each resource, with its date; words of one date are joined."""
    told: dict[str, tuple[Services, int]] = {}
    for seen in observations:
        services = seen.services
        if services is UNSET:
            continue
        external_id, at = seen.resource.external_id, date(seen)
        other = told.get(external_id)
        if other is None or at > other[1]:
            told[external_id] = services, at
        elif at == other[1] and services != other[0]:
            told[external_id] = together(services, other[0]), at
    return told


def together(one: Services, other: Services) -> Services:
    """Both, sorted; the same whichever comes first."""
    return tuple(sorted({*one, *other}))
